//! Keeping the library in a state to go back to: the check and the snapshot of the
//! day.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::db::{Library, reserve, snapshots};
use crate::error::LibraryResult;

/// How old the newest one may become.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

impl Library {
    /// Keeps the library in a state to go back to: checks all of it, mends what can
    /// be mended without loss, and takes the snapshot of the day. One that is not
    /// sound gets no snapshot: those that are kept are worth more. Without
    /// `thoroughly`, it is checked only when the newest snapshot is a day old. A
    /// library without a profile needs none.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`](crate::LibraryError::Corrupt) with what was found;
    /// those of the file system and of SQLite.
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
            // Copied by a reader: the editor's own work does not wait for it.
            done.snapshot = Some(snapshots::take(&self.reader, self.data_dir.path()).await?);
        }
        Ok(done)
    }
}

/// What was done for the library.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LookedAfter {
    /// Indexes that had lost entries and were made anew.
    pub mended: Vec<String>,
    /// The snapshot that was taken.
    pub snapshot: Option<PathBuf>,
}

/// How far two times are apart: a snapshot from a clock that was ahead for a year
/// is as little of today as one that is a year old.
fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).or_else(|_| other.duration_since(one)).unwrap_or_default()
}
