//! The library file: maintenance, checks and snapshots.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rushes_library::{Library, LibraryError};

use crate::error::{StudioError, StudioResult};
use crate::events::{AppEvent, StudioEvent};
use crate::session::Studio;
use crate::worker::lock::Worker;

/// How often to check whether a snapshot is due.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(60 * 60);

impl Studio {
    /// Maintains the library periodically in the background, since the
    /// application may stay open for weeks.
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

    /// Takes the daily snapshot, and checks the library then and after a crash.
    /// Damage is announced to every window.
    pub(super) async fn look_after_library(&self, after_crash: bool) {
        match self.library().look_after(after_crash).await {
            Ok(done) if done.mended.is_empty() => {}
            Ok(done) => {
                tracing::warn!(indexes = ?done.mended, "the library hid rows and was mended");
                // Anything may have been hidden by the damage.
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
    /// Incomplete indexes are rebuilt; their names are returned.
    ///
    /// # Errors
    /// `library_corrupt` with what was found.
    pub async fn check_library(&self) -> StudioResult<Vec<String>> {
        Ok(self.library().verify_and_mend().await?)
    }

    /// Takes a consistent snapshot of the library next to the others.
    pub async fn take_snapshot(&self) -> StudioResult<PathBuf> {
        Ok(self.library().snapshot().await?)
    }

    /// Whether there is a snapshot for [`Studio::restore_newest_snapshot`].
    pub fn can_restore(data_dir: &Path) -> bool {
        Library::has_snapshot(data_dir)
    }

    /// Replaces the library by the newest sound snapshot. The old file is kept;
    /// its new path is returned, if there was one.
    ///
    /// # Errors
    /// `busy` while any process uses the library, because its writes would be
    /// lost. Those of [`Library::restore_newest_snapshot`].
    pub async fn restore_newest_snapshot(data_dir: &Path) -> StudioResult<Option<PathBuf>> {
        Ok(Library::restore_newest_snapshot(data_dir, || Worker::any_lives(data_dir)).await?)
    }
}
