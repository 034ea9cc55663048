//! Disk queries: whether a file exists, how much space is free.
//!
//! A sleeping drive takes seconds to answer, a hanging one never does. Each
//! query runs on its own thread, and callers only wait as long as they can
//! afford: a page for a moment, a job until a drive has spun up. No lock may be
//! held while waiting.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use rushes_media::FreeSpace;
use rushes_model::notice::Notice;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout};

use crate::error::{StudioError, StudioResult};

/// How long a page waits for an optional answer: unnoticeable, and within the
/// 100 ms budget of a command.
pub(crate) const PAGE_PATIENCE: Duration = Duration::from_millis(60);
/// How long a page waits for an answer it needs. A busy disk is faster; a
/// folder that has not answered for longer is no longer queried by pages.
const SILENT_AFTER: Duration = Duration::from_secs(2);
/// How long a job waits for a disk. Spinning up a drive or reconnecting a share
/// is faster.
const WORK_PATIENCE: Duration = Duration::from_secs(60);
/// Maximum number of concurrent page queries, each on its own thread.
const PAGE_QUESTIONS: usize = 64;

/// Queries of a disk. Each may block forever.
pub trait Disk: Send + Sync {
    /// Whether a file exists.
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    /// Whether a folder exists.
    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    /// Bytes available to this user on the disk of a folder.
    ///
    /// # Errors
    /// If the system call fails.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }

    /// Writes a small file into a folder and removes it.
    ///
    /// # Errors
    /// If the system call fails.
    fn try_to_write(&self, folder: &Path) -> io::Result<()> {
        rushes_media::try_to_write(folder)
    }
}

/// The disks of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {}

/// Queries disks and remembers which folders do not respond.
#[derive(Clone)]
pub(crate) struct Disks {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Arc<dyn Disk>,
    page_questions: Arc<Semaphore>,
    /// Folders with pending queries and when each was started, oldest first.
    owed: Mutex<HashMap<PathBuf, Vec<Instant>>>,
}

impl Disks {
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        let page_questions = Arc::new(Semaphore::new(PAGE_QUESTIONS));
        Self { inner: Arc::new(Inner { disk, page_questions, owed: Mutex::default() }) }
    }

    /// The same disks, to check ffmpeg's claim that one is full.
    pub fn free_space(&self) -> FreeSpace {
        let disk = self.inner.disk.clone();
        Arc::new(move |folder| disk.free_bytes(folder))
    }

    /// Runs a query on `folder` for a page without waiting: `None` if the
    /// answer is not immediate. A command that queries a folder twice waits
    /// only once.
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

    /// Runs a query on each file for a page without waiting. Files on drives
    /// that do not answer at once are left out.
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
                    .map(|(answer, file)| (file, answer))
                    .collect()
            };
            self.quickly(&folder, look).await.unwrap_or_default()
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// Runs a query on `folder` for something about to be shown: `None` if it
    /// takes longer than a busy disk would.
    pub async fn soon<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> Option<T> {
        timeout(SILENT_AFTER, self.whenever(folder, question)?).await.ok()?.ok()
    }

    /// Runs a query on `folder` for a page that does not need the answer yet.
    /// `None` if that folder already has a pending query.
    pub fn whenever<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> Option<oneshot::Receiver<T>> {
        let is_silent = self.inner.owes_for(folder, SILENT_AFTER);
        (!is_silent).then(|| self.ask(folder, Some(self.inner.page_questions.clone()), question))
    }

    /// Runs a query on `folder` for a job that needs the answer.
    ///
    /// # Errors
    /// `drive_silent` if there is no answer within a minute.
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

    /// The query keeps running even if its caller stops waiting.
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
            let answer = match timeout(SILENT_AFTER, &mut asked).await {
                Ok(answer) => answer,
                Err(_) => {
                    // Otherwise the folders of a hanging drive would use up all
                    // the slots.
                    drop(place);
                    asked.await
                }
            };
            if let Ok(answer) = answer {
                // The caller may have stopped waiting.
                let _ = tell.send(answer);
            }
        });
        answer
    }
}

impl Inner {
    /// Whether a query of a folder has been pending for this long.
    fn owes_for(&self, folder: &Path, time: Duration) -> bool {
        let owed = self.owed();
        owed.get(folder).and_then(|since| since.first()).is_some_and(|since| since.elapsed() >= time)
    }

    fn owed(&self) -> MutexGuard<'_, HashMap<PathBuf, Vec<Instant>>> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A query that counts as pending until this is dropped.
struct Debt<'a> {
    inner: &'a Inner,
    folder: PathBuf,
    since: Instant,
}

impl<'a> Debt<'a> {
    fn begin(inner: &'a Inner, folder: PathBuf) -> Self {
        let mut owed = inner.owed();
        // Taken under the lock to keep the list ordered.
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
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    StudioError::with_detail(Notice::DriveSilent { folder: name }, folder.display())
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
