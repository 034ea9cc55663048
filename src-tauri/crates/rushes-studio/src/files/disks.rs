//! Asking disks: whether a file is there, how much room there is.
//!
//! A drive that sleeps takes seconds to answer, one that hangs never does. Each
//! question runs on a thread of its own, and whoever asks waits only as long as it
//! can afford: a page for a moment, a job for as long as a drive takes to wake up.
//! No lock may be held while one waits.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use rushes_media::FreeSpace;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout};

use crate::error::{StudioError, StudioResult};

/// How long a page waits for a disk where it can do without: too short to be noticed,
/// within the tenth of a second that a command may take.
pub(crate) const PAGE_PATIENCE: Duration = Duration::from_millis(60);
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

    /// Writes a little into a folder, which nothing is left of.
    ///
    /// # Errors
    /// Those of the system.
    fn try_to_write(&self, folder: &Path) -> io::Result<()> {
        rushes_media::try_to_write(folder)
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
    /// Folders that owe answers, with when each was asked for, the oldest first.
    owed: Mutex<HashMap<PathBuf, Vec<Instant>>>,
}

impl Disks {
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        let page_questions = Arc::new(Semaphore::new(PAGE_QUESTIONS));
        Self { inner: Arc::new(Inner { disk, page_questions, owed: Mutex::default() }) }
    }

    /// The same disks, for ffmpeg's word that one is full.
    pub fn free_space(&self) -> FreeSpace {
        let disk = self.inner.disk.clone();
        Arc::new(move |folder| disk.free_bytes(folder))
    }

    /// Asks about something in `folder` for a page, which does not wait: nothing
    /// where the answer does not come at once. A command that asks a folder twice
    /// waits for it once.
    pub async fn quickly<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> Option<T> {
        if self.inner.owes_for(folder, PAGE_PATIENCE) {
            return None;
        }
        timeout(PAGE_PATIENCE, self.whenever(folder, question)?).await.ok()?.ok()
    }

    /// Asks about each of some files for a page, which does not wait. Those whose
    /// drives do not answer at once are left out.
    pub async fn of_each<T: Send + 'static>(
        &self,
        files: impl IntoIterator<Item = PathBuf>,
        question: fn(&dyn Disk, &Path) -> T,
    ) -> HashMap<PathBuf, T> {
        let mut folders: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
        for file in files {
            folders.entry(file.parent().unwrap_or(&file).to_owned()).or_default().push(file);
        }
        let asked = folders.into_iter().map(|(folder, files)| async move {
            let look = move |disk: &dyn Disk| -> Vec<(PathBuf, T)> {
                files
                    .into_iter()
                    .map(|file| (question(disk, &file), file))
                    .map(|(told, file)| (file, told))
                    .collect()
            };
            self.quickly(&folder, look).await.unwrap_or_default()
        });
        join_all(asked).await.into_iter().flatten().collect()
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
        let is_silent = self.inner.owes_for(folder, SILENT_AFTER);
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
            let place = match places {
                Some(places) => places.acquire_owned().await.ok(),
                None => None,
            };
            let _debt = Debt::begin(&inner, folder);
            let disk = inner.disk.clone();
            let mut asked = tokio::task::spawn_blocking(move || question(&*disk));
            let told = match timeout(SILENT_AFTER, &mut asked).await {
                Ok(told) => told,
                Err(_) => {
                    // The folders of a drive that hangs would keep all places from
                    // those of others.
                    drop(place);
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
    /// Whether a folder owes an answer for so long.
    fn owes_for(&self, folder: &Path, time: Duration) -> bool {
        let owed = self.owed();
        owed.get(folder).and_then(|since| since.first()).is_some_and(|since| since.elapsed() >= time)
    }

    fn owed(&self) -> MutexGuard<'_, HashMap<PathBuf, Vec<Instant>>> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that is owed for as long as this lives.
struct Debt<'a> {
    inner: &'a Inner,
    folder: PathBuf,
    since: Instant,
}

impl<'a> Debt<'a> {
    fn begin(inner: &'a Inner, folder: PathBuf) -> Self {
        let mut owed = inner.owed();
        // Within the lock, so that they stay in their order.
        let since = Instant::now();
        owed.entry(folder.clone()).or_default().push(since);
        Self { inner, folder, since }
    }
}

impl Drop for Debt<'_> {
    fn drop(&mut self) {
        let mut owed = self.inner.owed();
        if let Some(debts) = owed.get_mut(&self.folder) {
            if let Some(at) = debts.iter().position(|since| *since == self.since) {
                debts.remove(at);
            }
            if debts.is_empty() {
                owed.remove(&self.folder);
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

    #[tokio::test(flavor = "multi_thread")]
    async fn one_command_waits_once_for_a_folder_however_often_it_asks() {
        let disks = Disks::new(Arc::new(SystemDisk));
        let here = Path::new("/here");
        let (answer, hangs) = mpsc::channel();
        assert_eq!(disks.quickly(here, move |_| hangs.recv().unwrap()).await, None);
        let since = Instant::now();
        assert_eq!(disks.quickly(here, |_| ()).await, None);
        assert!(since.elapsed() < PAGE_PATIENCE / 2, "{:?}", since.elapsed());
        answer.send(()).unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn folders_of_a_drive_that_hangs_leave_places_to_others() {
        let disks = Disks::new(Arc::new(SystemDisk));
        let mut held = Vec::new();
        for number in 0..PAGE_QUESTIONS {
            let (answer, hangs) = mpsc::channel::<()>();
            let asked = disks.whenever(&Path::new("/drive").join(number.to_string()), move |_| hangs.recv());
            held.push((answer, asked.unwrap()));
        }
        let asked = disks.whenever(Path::new("/here"), |_| 1).unwrap();
        assert_eq!(timeout(2 * SILENT_AFTER, asked).await, Ok(Ok(1)));
    }
}
