//! Asking disks: whether a file is there, how much room there is.
//!
//! A drive that sleeps takes seconds to answer, one that hangs never does. Each
//! question runs on a thread of its own, and whoever asks waits only as long as it
//! can afford: a page for a moment, a job for as long as a drive takes to wake up.
//! No lock may be held while one waits.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rushes_media::FreeSpace;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::{StudioError, StudioResult};

/// How long a page waits for a disk where it can do without: too short to be noticed.
pub(crate) const PAGE_PATIENCE: Duration = Duration::from_millis(80);
/// How long a page waits for what it cannot show otherwise. A disk under load takes
/// less; a folder that owes an answer for longer is asked by no page any more.
const SILENT_AFTER: Duration = Duration::from_secs(2);
/// How long work waits for a disk. Drives that wake up and shares that reconnect
/// take less.
const WORK_PATIENCE: Duration = Duration::from_secs(60);
/// Questions of pages that may wait for answers at once, each on a thread.
const PAGE_QUESTIONS: usize = 64;
/// Code of the error that a drive does not answer.
pub(crate) const DRIVE_SILENT: &str = "drive_silent";
/// What is written to see whether a disk takes anything, in bytes.
const TRIAL: usize = 256 << 10;

/// What is asked of a disk. Every answer may take for ever.
pub trait Disk: Send + Sync {
    /// Whether there is a file.
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    /// Whether there is a folder.
    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    /// The bytes that are free for this user where a folder lies.
    ///
    /// # Errors
    /// Those of the system.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }

    /// Writes a little into a folder and removes it again. That tells what no figure
    /// does: a quota that is reached, a disk that takes no more files.
    ///
    /// # Errors
    /// Those of the system.
    fn try_to_write(&self, folder: &Path) -> io::Result<()> {
        let trial = folder.join(format!(".rushes-{}", Uuid::now_v7()));
        let written = File::create_new(&trial).and_then(|mut file| {
            file.write_all(&vec![0; TRIAL])?;
            file.sync_all()
        });
        // Where it could not be made there is nothing to remove.
        let _ = fs::remove_file(&trial);
        written
    }
}

/// The disks of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {}

/// Asks disks, and remembers which folders do not answer.
#[derive(Clone)]
pub(crate) struct Disks {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Arc<dyn Disk>,
    page_questions: Arc<Semaphore>,
    /// Folders that owe answers for too long, with how many.
    silent: Mutex<HashMap<PathBuf, usize>>,
}

impl Disks {
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        let page_questions = Arc::new(Semaphore::new(PAGE_QUESTIONS));
        Self { inner: Arc::new(Inner { disk, page_questions, silent: Mutex::default() }) }
    }

    /// The same disks, for ffmpeg's word that one is full.
    pub fn free_space(&self) -> FreeSpace {
        let disk = self.inner.disk.clone();
        Arc::new(move |folder| disk.free_bytes(folder))
    }

    /// Asks about something in `folder` for a page, which does not wait: nothing
    /// where the answer does not come at once.
    pub async fn quickly<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> Option<T> {
        timeout(PAGE_PATIENCE, self.whenever(folder, question)?).await.ok()?.ok()
    }

    /// Asks about something in `folder` that is about to be shown: nothing where the
    /// answer takes longer than a busy disk does.
    pub async fn soon<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> Option<T> {
        timeout(SILENT_AFTER, self.whenever(folder, question)?).await.ok()?.ok()
    }

    /// Asks about something in `folder` for a page that can do without the answer
    /// for now. Nothing where that folder owes an answer already.
    pub fn whenever<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> Option<oneshot::Receiver<T>> {
        let is_silent = self.inner.silent().contains_key(folder);
        (!is_silent).then(|| self.ask(folder, Some(self.inner.page_questions.clone()), question))
    }

    /// Asks about something in `folder` for work that needs the answer.
    ///
    /// # Errors
    /// `drive_silent` where none comes in a minute.
    pub async fn patiently<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> StudioResult<T> {
        match timeout(WORK_PATIENCE, self.ask(folder, None, question)).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(drive_silent(folder)),
        }
    }

    /// The question goes on by itself, whether or not somebody waits for it.
    fn ask<T: Send + 'static>(
        &self,
        folder: &Path,
        places: Option<Arc<Semaphore>>,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (tell, answer) = oneshot::channel();
        let (inner, folder) = (self.inner.clone(), folder.to_owned());
        tokio::spawn(async move {
            let _place = match places {
                Some(places) => places.acquire_owned().await.ok(),
                None => None,
            };
            let disk = inner.disk.clone();
            let mut asked = tokio::task::spawn_blocking(move || question(&*disk));
            let told = match timeout(SILENT_AFTER, &mut asked).await {
                Ok(told) => told,
                Err(_) => {
                    let _silence = Silence::begin(&inner, folder);
                    asked.await
                }
            };
            if let Ok(told) = told {
                // Nobody may wait any more.
                let _ = tell.send(told);
            }
        });
        answer
    }
}

impl Inner {
    fn silent(&self) -> MutexGuard<'_, HashMap<PathBuf, usize>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that is owed for too long, for as long as this lives.
struct Silence<'a> {
    inner: &'a Inner,
    folder: PathBuf,
}

impl<'a> Silence<'a> {
    fn begin(inner: &'a Inner, folder: PathBuf) -> Self {
        *inner.silent().entry(folder.clone()).or_default() += 1;
        Self { inner, folder }
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let mut silent = self.inner.silent();
        if let Some(count) = silent.get_mut(&self.folder) {
            *count -= 1;
            if *count == 0 {
                silent.remove(&self.folder);
            }
        }
    }
}

fn drive_silent(folder: &Path) -> StudioError {
    StudioError {
        code: DRIVE_SILENT.into(),
        message: format!(
            "The drive of the folder “{}” does not answer. Reconnect it, or wait until it does, and try again.",
            folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy()
        ),
        detail: folder.display().to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_folder_that_owes_an_answer_is_not_asked_again_until_it_comes() {
        let disks = Disks::new(Arc::new(SystemDisk));
        let (here, there) = (Path::new("/here"), Path::new("/there"));
        let (answer, hangs) = mpsc::channel();
        let first = disks.whenever(here, move |_| hangs.recv().unwrap()).unwrap();
        while disks.whenever(here, |_| ()).is_some() {
            tokio::task::yield_now().await;
        }
        assert_eq!(disks.quickly(here, |_| 1).await, None);
        assert_eq!(disks.patiently(there, |_| 2).await, Ok(2));
        answer.send(3).unwrap();
        assert_eq!(first.await, Ok(3));
        assert_eq!(disks.patiently(here, |_| 4).await, Ok(4));
        while disks.whenever(here, |_| ()).is_none() {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn a_trial_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        SystemDisk.try_to_write(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(SystemDisk.try_to_write(&folder.path().join("gone")).is_err());
    }
}
