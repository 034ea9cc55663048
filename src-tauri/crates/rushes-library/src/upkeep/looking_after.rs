//! The daily check and snapshot, so that there is always a good state to restore.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::db::{Library, reserve, snapshots};
use crate::error::LibraryResult;

/// How old the newest snapshot may become.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

impl Library {
    /// Checks the whole library, repairs what can be repaired without loss, and takes the
    /// daily snapshot. A damaged library gets no snapshot: the existing ones are worth
    /// more. Without `thoroughly`, it is checked only if the newest snapshot is a day old.
    /// A library without profiles needs none.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`](crate::LibraryError::Corrupt) with the faults; those of
    /// the file system and of SQLite.
    pub async fn look_after(&self, thoroughly: bool) -> LibraryResult<LookedAfter> {
        reserve::keep(self.data_dir.path());
        let newest = snapshots::all(self.data_dir.path())?.pop();
        let made = newest.map(|newest| newest.metadata()?.modified()).transpose()?;
        let is_recent = made.is_some_and(|made| distance(made, SystemTime::now()) < EVERY);
        let is_due = !is_recent && !self.list_profiles().await?.is_empty();
        let mut done = LookedAfter::default();
        if is_due || thoroughly {
            done.mended = self.verify_and_mend().await?;
        }
        if is_due {
            // Copied through a reader, so that the editor's writes do not wait.
            done.snapshot = Some(snapshots::take(&self.reader, self.data_dir.path()).await?);
        }
        Ok(done)
    }
}

/// What was done to the library.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LookedAfter {
    /// Incomplete indexes that were rebuilt.
    pub mended: Vec<String>,
    /// The snapshot, if one was taken.
    pub snapshot: Option<PathBuf>,
}

/// How far apart two times are, either way: a snapshot from a clock that was a year
/// ahead is no more current than one that is a year old.
fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).or_else(|_| other.duration_since(one)).unwrap_or_default()
}
