//! Asking a disk, and whether it is full.
//!
//! What ffmpeg says of a full disk is a hint: the same words may stand in a
//! title, and a run that failed for another reason must not hold a queue.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

/// A disk with fewer bytes free than this is full for ffmpeg, which writes in
/// steps of some megabytes, and for what else runs beside it.
const FULL: u64 = 64 << 20;
/// What is written as a trial.
const TRIAL_BYTES: usize = 1 << 20;

/// Tells the bytes that are free where a folder lies.
pub type FreeSpace = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// The bytes that the system says are free for this user.
pub fn system_free_space() -> FreeSpace {
    Arc::new(|folder| fs4::available_space(folder))
}

/// Whether nothing more can be written to a folder for want of room.
pub(crate) async fn is_full(folder: &Path, free_space: &FreeSpace) -> bool {
    let (folder, free_space) = (folder.to_owned(), free_space.clone());
    let asked = tokio::task::spawn_blocking(move || {
        free_space(&folder).is_ok_and(|free| free < FULL)
            || try_to_write(&folder).is_err_and(|error| {
                matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            })
    });
    asked.await.unwrap_or(false)
}

/// Writes a little into a folder. That tells what no figure does: a quota that is
/// reached, a disk that takes no more files. The file has no name where the system
/// has such files, so that not even a kill leaves it behind. It blocks meanwhile.
///
/// # Errors
/// Those of the system.
pub fn try_to_write(folder: &Path) -> io::Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    // Not zeros, which some file systems do not store.
    file.write_all(&vec![0xa5; TRIAL_BYTES])?;
    file.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_disk_is_full_by_what_it_says_and_not_by_words() {
        let folder = tempfile::tempdir().unwrap();
        let full = |free: u64| {
            let free_space: FreeSpace = Arc::new(move |_| Ok(free));
            let folder = folder.path().to_owned();
            async move { is_full(&folder, &free_space).await }
        };
        assert!(full(FULL - 1).await);
        assert!(!full(FULL).await);
        assert!(!is_full(&folder.path().join("gone"), &system_free_space()).await);
        assert!(try_to_write(&folder.path().join("gone")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
