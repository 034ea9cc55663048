//! Orphans: files that no row knows, and rows whose files are gone. They are
//! listed with what can be done; nothing is done by itself.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rushes_library::MediaRows;
use rushes_library::ids::{ClipId, ExportId, OrphanId, ProjectId};
use rushes_library::model::{ItemOutcome, RawState};
use serde::Serialize;
use uuid::Uuid;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::folders::ProfileFolders;
use crate::ops::sources::outcome;
use crate::studio::ProfileSession;

/// A file that is younger may belong to a job that is about to write its row.
const SETTLED: Duration = Duration::from_secs(60);

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum OrphanKind {
    /// A file in the profile's folders that belongs to nothing. It can be removed.
    FileWithoutRow,
    /// A clip whose file for viewing is gone. It can be made again.
    ClipWithoutFile,
    /// A final whose file is gone. It can be taken off the list.
    FinalWithoutFile,
}

/// A file without a row, or a row without its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct Orphan {
    /// Names it in [`ProfileSession::settle_orphans`].
    pub id: OrphanId,
    /// What is wrong.
    pub kind: OrphanKind,
    /// The name of the file or of the clip.
    pub name: String,
    /// Size in bytes, where there is a file.
    pub bytes: Option<i64>,
    /// Its project, where that is known.
    pub project_id: Option<ProjectId>,
    /// Its clip, where that is known.
    pub clip_id: Option<ClipId>,
}

/// What is done about one.
enum Remedy {
    Remove(PathBuf),
    MakeAgain(ClipId),
    Forget(ExportId, ProjectId),
}

impl ProfileSession {
    /// Files of the profile that belong to nothing, and clips and finals whose
    /// files are gone.
    pub async fn list_orphans(&self) -> StudioResult<Vec<Orphan>> {
        Ok(self.orphans().await?.into_iter().map(|(orphan, _)| orphan).collect())
    }

    /// Settles orphans: a file that belongs to nothing is removed, a clip's file
    /// is made again, a final that is gone leaves the list. Each is answered on
    /// its own; what is none any more is not found.
    pub async fn settle_orphans(&self, ids: &[OrphanId]) -> StudioResult<Vec<ItemOutcome<()>>> {
        let mut known: HashMap<OrphanId, Remedy> =
            self.orphans().await?.into_iter().map(|(orphan, remedy)| (orphan.id, remedy)).collect();
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            let settled = match known.remove(id) {
                Some(remedy) => self.settle(remedy).await,
                None => Err(StudioError::new("not_found", "There is no such left-over any more.")),
            };
            outcomes.push(outcome(id.to_string(), settled));
        }
        self.refresh_left_pending().await?;
        Ok(outcomes)
    }

    async fn settle(&self, remedy: Remedy) -> StudioResult<()> {
        match remedy {
            Remedy::Remove(path) => fs::remove_file(&path)
                .map_err(|error| StudioError::io("The file could not be removed.", &error)),
            Remedy::MakeAgain(clip) => {
                self.library().lose_raw_file(self.profile_id(), clip).await?;
                let project_id = self.library().get_clip(self.profile_id(), clip).await?.project_id;
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
        // The files first: what is made meanwhile has a row by then, or is young.
        let looked = folders.clone();
        let files = tokio::task::spawn_blocking(move || settled_files(&looked, SystemTime::now()))
            .await
            .map_err(|error| StudioError::new("internal", error.to_string()))?;
        let rows = self.library().media_rows(self.profile_id()).await?;
        let mut orphans = Vec::new();
        for path in files {
            if belongs(&path, &rows) {
                continue;
            }
            let orphan = Orphan {
                // The same file is the same orphan in the next list.
                id: OrphanId(Uuid::new_v5(&self.profile_id().0, path.as_os_str().as_encoded_bytes())),
                kind: OrphanKind::FileWithoutRow,
                name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                bytes: Some(path.metadata().map_or(0, |facts| facts.len() as i64)),
                project_id: project_of(&path).filter(|project| rows.projects.contains(project)),
                clip_id: None,
            };
            orphans.push((orphan, Remedy::Remove(path)));
        }
        for clip in &rows.clips {
            let file = folders.raw(clip.project_id, clip.id, clip.raw_revision).video;
            if clip.raw_state == RawState::Ready && !file.is_file() {
                let orphan = Orphan {
                    id: OrphanId(clip.id.0),
                    kind: OrphanKind::ClipWithoutFile,
                    name: clip.name.clone(),
                    bytes: None,
                    project_id: Some(clip.project_id),
                    clip_id: Some(clip.id),
                };
                orphans.push((orphan, Remedy::MakeAgain(clip.id)));
            }
        }
        for (export, path) in &rows.exports {
            // One on a drive that is not connected is not lost.
            let is_gone = !path.is_file() && path.parent().is_some_and(Path::is_dir);
            if is_gone {
                let orphan = Orphan {
                    id: OrphanId(export.id.0),
                    kind: OrphanKind::FinalWithoutFile,
                    name: export.file_name.clone(),
                    bytes: None,
                    project_id: Some(export.project_id),
                    clip_id: Some(export.clip_id),
                };
                orphans.push((orphan, Remedy::Forget(export.id, export.project_id)));
            }
        }
        Ok(orphans)
    }
}

/// The files in a profile's media folders that no job is about to write a row
/// for; a folder of a whole project is taken apart.
fn settled_files(folders: &ProfileFolders, now: SystemTime) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&folders.all_media(), now, &mut files);
    files.sort();
    files
}

fn collect(folder: &Path, now: SystemTime, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let Ok(facts) = entry.metadata() else { continue };
        let is_settled =
            || facts.modified().is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age >= SETTLED));
        if facts.is_dir() {
            collect(&entry.path(), now, files);
        } else if is_settled() {
            files.push(entry.path());
        }
    }
}

/// Whether some row speaks of a file.
fn belongs(path: &Path, rows: &MediaRows) -> bool {
    let (Some(project), Some(kind)) = (project_of(path), name_above(path)) else { return false };
    // A copied source lies in a folder of its own, and outlives its project where
    // another one uses it.
    if let Ok(source) = kind.parse() {
        return rows.sources.contains(&source);
    }
    if !rows.projects.contains(&project) {
        return false;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match kind.as_str() {
        "raw" => {
            let mut parts = name.split('.');
            let clip = parts.next().and_then(|id| id.parse::<ClipId>().ok());
            let revision = parts.next().and_then(|revision| revision.parse::<u32>().ok());
            // A later one is being made.
            rows.clips.iter().any(|row| Some(row.id) == clip && revision >= Some(row.raw_revision))
        }
        "finals" => rows.exports.iter().any(|(_, known)| known == path),
        "pictures" => {
            // A source's id is a part of the name of fixed length.
            name.get(..36).and_then(|id| id.parse().ok()).is_some_and(|id| rows.sources.contains(&id))
        }
        _ => false,
    }
}

/// The project in whose media folder a file lies: `media/<project>/…`.
fn project_of(path: &Path) -> Option<ProjectId> {
    let mut parts = path.iter().skip_while(|part| *part != "media").skip(1);
    parts.find_map(|part| part.to_str()?.parse().ok())
}

fn name_above(path: &Path) -> Option<String> {
    Some(path.parent()?.file_name()?.to_string_lossy().into_owned())
}
