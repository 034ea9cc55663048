//! The library file: looking after it, checking it, snapshots of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rushes_library::{Library, LibraryError};

use crate::error::{StudioError, StudioResult};
use crate::events::{AppEvent, StudioEvent};
use crate::session::Studio;
use crate::worker::lock::Worker;

/// How often it is asked whether a snapshot of the library is due.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(60 * 60);

impl Studio {
    /// Looks after the library in the background, now and then: the application
    /// may stay open for weeks.
    pub(super) fn keep_looking_after_library(&self) {
        let (weak, mut after_crash) = (self.downgrade(), self.after_crash());
        tokio::spawn(async move {
            while let Some(studio) = weak.upgrade().filter(|studio| !studio.active_jobs().is_shutting_down())
            {
                studio.look_after_library(after_crash).await;
                drop(studio);
                after_crash = false;
                tokio::time::sleep(LOOK_AFTER_EVERY).await;
            }
        });
    }

    /// Takes the snapshot of the day, and checks the library with it and after a
    /// crash. Damage is told to every window.
    pub(super) async fn look_after_library(&self, after_crash: bool) {
        match self.library().look_after(after_crash).await {
            Ok(done) if done.mended.is_empty() => {}
            Ok(done) => {
                tracing::warn!(indexes = ?done.mended, "the library hid rows and was mended");
                // What was hidden may be anything.
                for profile in self.list_profiles().await.unwrap_or_default() {
                    self.emit(profile.id, StudioEvent::Missed);
                }
            }
            Err(error @ LibraryError::Corrupt { .. }) => {
                let error = StudioError::from(error);
                tracing::error!(detail = error.detail, "the library file is damaged");
                self.note_damage(error);
                self.announce(AppEvent::LibraryDamaged);
            }
            Err(error) => tracing::warn!(%error, "no snapshot of the library was taken"),
        }
    }

    /// Checks the library file thoroughly, which takes longer than opening it.
    /// Indexes that lost entries are made anew; their names are returned.
    ///
    /// # Errors
    /// `library_corrupt` with what was found.
    pub async fn check_library(&self) -> StudioResult<Vec<String>> {
        Ok(self.library().verify_and_mend().await?)
    }

    /// Copies the library, consistent as of now, to where the other snapshots lie.
    pub async fn take_snapshot(&self) -> StudioResult<PathBuf> {
        Ok(self.library().snapshot().await?)
    }

    /// Whether there is a snapshot for [`Studio::restore_newest_snapshot`].
    pub fn can_restore(data_dir: &Path) -> bool {
        Library::has_snapshot(data_dir)
    }

    /// Makes the newest sound snapshot the library again. The file that was the
    /// library is kept; its new path is returned, where there was one.
    ///
    /// # Errors
    /// `busy` while any process works on the library: what it writes would be
    /// lost. Those of [`Library::restore_newest_snapshot`].
    pub async fn restore_newest_snapshot(data_dir: &Path) -> StudioResult<Option<PathBuf>> {
        Ok(Library::restore_newest_snapshot(data_dir, || Worker::any_lives(data_dir)).await?)
    }
}
