//! The files of clips: made on demand, and deleted to make room.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::mpsc;

use rushes_library::model::{Clip, ItemOutcome, Job};
use rushes_library::{ClipFile, limits};
use rushes_model::ids::{ClipId, ProjectId};
use rushes_model::notice::{Field, Invalid, Notice};
use serde::Serialize;

use super::sources::outcome;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::folders::ProfileFolders;
use crate::session::ProfileSession;
use crate::tasks::clip_file::new_clip_file;

/// What clearing the files of clips freed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct ClipFilesCleared {
    /// How many files were deleted.
    pub files: u32,
    /// The space that became free, in bytes.
    pub bytes: i64,
}

impl ProfileSession {
    /// Makes files of clips, in the background; each is answered on its own, and with
    /// nothing where its file shows the clip as it is. Everything that can be queued is
    /// queued in one transaction.
    pub async fn make_clip_files(&self, ids: &[ClipId]) -> StudioResult<Vec<ItemOutcome<Job>>> {
        if ids.len() > limits::BULK_MAX {
            let most = limits::number(limits::BULK_MAX);
            return Err(StudioError::invalid(Field::Ids, Invalid::TooManyClips { most }));
        }
        self.studio().tools().await?;
        let mut clips = Vec::with_capacity(ids.len());
        for id in ids {
            clips.push(self.clip_and_file(*id).await);
        }
        // One that was removed by hand is made again. A drive that does not respond is
        // assumed to have it.
        let named: Vec<PathBuf> = clips.iter().flatten().filter_map(|(_, file)| file.clone()).collect();
        let is_there = self.studio().disks().of_each(named, |disk, path| disk.is_file(path)).await;
        let has_file = |file: Option<&PathBuf>| file.is_some_and(|path| is_there.get(path) != Some(&false));
        let mut lacking = Vec::new();
        let planned: Vec<bool> = clips
            .into_iter()
            .map(|clip| {
                match clip {
                    Ok((_, file)) if has_file(file.as_ref()) => return false,
                    Ok((clip, _)) => lacking.push(new_clip_file(&clip)),
                    Err(error) => lacking.push(Err(error)),
                }
                true
            })
            .collect();
        let mut queued = self.queue_all(lacking).await?.into_iter();
        let answers = ids.iter().zip(planned).map(|(id, is_planned)| {
            let nothing = ItemOutcome { item: id.to_string(), done: None, refused: None };
            let answer = if is_planned { queued.next() } else { None };
            answer.map_or(nothing, |job| outcome(id.to_string(), job))
        });
        Ok(answers.collect())
    }

    /// Deletes the files of all clips of the profile. They can be made again.
    pub async fn clear_clip_files(&self) -> StudioResult<ClipFilesCleared> {
        let folders = self.folders();
        let (tell, told) = mpsc::channel();
        let remove = move |file: ClipFile| {
            // The receiver outlives it.
            let _ = tell.send((file.project_id, removed(&folders, file)));
        };
        let ended = self.library().clear_clip_files(self.profile_id(), remove).await;
        let mut cleared = ClipFilesCleared::default();
        let mut projects: BTreeSet<ProjectId> = BTreeSet::new();
        for (project_id, bytes) in told.try_iter() {
            projects.insert(project_id);
            if let Some(bytes) = bytes {
                cleared.files += 1;
                cleared.bytes += bytes;
            }
        }
        // Also if it ended early: what went is gone.
        for project_id in projects {
            self.emit(StudioEvent::ClipsChanged { project_id });
        }
        ended?;
        Ok(cleared)
    }

    /// Path of a clip's file.
    ///
    /// # Errors
    /// `no_clip_file` if there is none that shows the clip as it is.
    pub async fn clip_path(&self, id: ClipId) -> StudioResult<PathBuf> {
        let clip = self.library().get_clip(self.profile_id(), id).await?;
        let path = self.named_file(id).await?;
        let (asked, folder) = (path.clone(), path.parent().unwrap_or(&path));
        let is_there = self.studio().disks().soon(folder, move |disk| disk.is_file(&asked)).await;
        if clip.has_file && is_there == Some(true) { Ok(path) } else { Err(Notice::NoClipFile.into()) }
    }

    /// A clip outside the trash, and its file if that shows the clip as it is.
    async fn clip_and_file(&self, id: ClipId) -> StudioResult<(Clip, Option<PathBuf>)> {
        let clip = self.library().live_clip(self.profile_id(), id).await?;
        let file = if clip.has_file { Some(self.named_file(id).await?) } else { None };
        Ok((clip, file))
    }

    /// Where the file of a clip lies by its row.
    async fn named_file(&self, id: ClipId) -> StudioResult<PathBuf> {
        let plan = self.library().clip_plan(self.profile_id(), id).await?;
        Ok(self.folders().clip_file(plan.project_id, id, plan.file_revision))
    }
}

/// Removes the file of a clip. Returns its size if there was one.
fn removed(folders: &ProfileFolders, file: ClipFile) -> Option<i64> {
    let path = folders.clip_file(file.project_id, file.clip_id, file.file_revision);
    let bytes = path.symlink_metadata().map_or(0, |facts| facts.len() as i64);
    if !folders.holds(&path) {
        return None;
    }
    match fs::remove_file(&path) {
        Ok(()) => Some(bytes),
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                // It is listed as a left-over.
                tracing::warn!(%error, "a clip file could not be deleted");
            }
            None
        }
    }
}
