//! Free disk space, and whether a disk is full.
//!
//! ffmpeg's messages about a full disk are only a hint: the same words may occur in a
//! title, and a run that failed for another reason must not hold up a queue.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

/// Below this many free bytes a disk counts as full for ffmpeg, which writes in steps
/// of some megabytes, and for everything else that runs.
const FULL: u64 = 64 << 20;
/// Size of the trial write.
const TRIAL_BYTES: usize = 1 << 20;

/// Returns the free bytes on the disk of a folder.
pub type FreeSpace = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// The free bytes that the system reports for this user.
pub fn system_free_space() -> FreeSpace {
    Arc::new(|folder| fs4::available_space(folder))
}

/// Whether a folder has no room for more data.
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

/// Writes a little data to a folder. This detects what free space does not show: an
/// exhausted quota or a disk without room for more files. The file is unnamed if the
/// system supports that, so that not even a kill leaves it behind. This blocks.
///
/// # Errors
/// The system's error.
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
