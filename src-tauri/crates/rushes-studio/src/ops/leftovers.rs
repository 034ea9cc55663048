//! Orphans: listing and settling them. Nothing is done automatically.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rushes_library::ClipFile;
use rushes_library::model::ItemOutcome;
use rushes_model::ids::OrphanId;
use rushes_model::notice::{Failed, Notice, RowKind};

use super::sources::outcome;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::disks::Disk;
use crate::files::leftovers::{Orphan, Remedy, settled_files, without_file, without_row};
use crate::session::ProfileSession;

impl ProfileSession {
    /// Files of the profile without a row, and clips and finals whose files are gone.
    pub async fn list_orphans(&self) -> StudioResult<Vec<Orphan>> {
        Ok(self.orphans().await?.into_iter().map(|(orphan, _)| orphan).collect())
    }

    /// Settles orphans: a file without a row is deleted, a missing file of a
    /// clip is forgotten, a missing final is removed from the list. Each is
    /// answered individually; one that is no longer an orphan is not found.
    pub async fn settle_orphans(&self, ids: &[OrphanId]) -> StudioResult<Vec<ItemOutcome<()>>> {
        let mut known: HashMap<OrphanId, Remedy> =
            self.orphans().await?.into_iter().map(|(orphan, remedy)| (orphan.id, remedy)).collect();
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            let settled = match known.remove(id) {
                Some(remedy) => self.settle(remedy).await,
                None => Err(Notice::NotFound { row: RowKind::LeftOver }.into()),
            };
            outcomes.push(outcome(id.to_string(), settled));
        }
        Ok(outcomes)
    }

    async fn settle(&self, remedy: Remedy) -> StudioResult<()> {
        match remedy {
            Remedy::Remove(path) => on_disk(move || fs::remove_file(path))
                .await?
                .map_err(|error| StudioError::io(Failed::RemoveFile, &error)),
            Remedy::ForgetFile(ClipFile { project_id, clip_id, file_revision }) => {
                self.library().forget_clip_file(self.profile_id(), clip_id, file_revision).await?;
                self.emit(StudioEvent::ClipsChanged { project_id });
                Ok(())
            }
            Remedy::Forget(export, project_id) => {
                self.library().forget_export(self.profile_id(), export).await?;
                self.emit(StudioEvent::ExportsChanged { project_id });
                self.emit(StudioEvent::ClipsChanged { project_id });
                Ok(())
            }
        }
    }

    async fn orphans(&self) -> StudioResult<Vec<(Orphan, Remedy)>> {
        let folders = self.folders();
        // Files first: anything made meanwhile has a row by then, or is too young.
        let looked = folders.clone();
        let files = on_disk(move || settled_files(&looked, SystemTime::now())).await?;
        let rows = self.library().media_rows(self.profile_id()).await?;
        let elsewhere = rows.exports.iter().filter(|(_, path)| folders.relative(path).is_none());
        let gone = self.gone_elsewhere(elsewhere.map(|(_, path)| path.clone())).await;
        let profile = self.profile_id();
        on_disk(move || {
            let mut orphans = without_row(profile, &folders, files, &rows);
            orphans.extend(without_file(&folders, &rows, &gone));
            orphans
        })
        .await
    }

    /// The missing ones among files outside the profile's folders. A file on a
    /// drive that is disconnected or does not respond is not missing.
    async fn gone_elsewhere(&self, files: impl Iterator<Item = PathBuf>) -> HashSet<PathBuf> {
        let is_gone = |disk: &dyn Disk, file: &Path| {
            !disk.is_file(file) && file.parent().is_some_and(|folder| disk.is_dir(folder))
        };
        let answers = self.studio().disks().of_each(files, is_gone).await;
        answers.into_iter().filter_map(|(file, is_gone)| is_gone.then_some(file)).collect()
    }
}

/// Queries the disk on a thread, so that a slow one blocks nothing else.
async fn on_disk<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> StudioResult<T> {
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(StudioError::internal)
}
