//! Orphans: files that no row knows, and rows whose files are gone. They are
//! listed with what can be done; nothing is done by itself.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rushes_library::MediaRows;
use rushes_library::model::{ItemOutcome, RawState};
use rushes_model::ids::{ClipId, ExportId, OrphanId, ProfileId, ProjectId};
use serde::Serialize;
use uuid::Uuid;

use crate::disks::Disk;
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
            Remedy::Remove(path) => on_disk(move || fs::remove_file(path))
                .await?
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

    /// Those of some files outside of the profile's folders that are gone. One on a
    /// drive that is not connected, or does not answer, is not lost.
    async fn gone_elsewhere(&self, files: impl Iterator<Item = PathBuf>) -> HashSet<PathBuf> {
        let is_gone = |disk: &dyn Disk, file: &Path| {
            !disk.is_file(file) && file.parent().is_some_and(|folder| disk.is_dir(folder))
        };
        let told = self.studio().disks().of_each(files, is_gone).await;
        told.into_iter().filter_map(|(file, is_gone)| is_gone.then_some(file)).collect()
    }
}

/// Asks the disk where a slow one keeps nobody waiting.
async fn on_disk<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> StudioResult<T> {
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(|error| StudioError::new("internal", error.to_string()))
}

/// The files that no row speaks of.
fn without_row(
    profile: ProfileId,
    folders: &ProfileFolders,
    files: Vec<PathBuf>,
    rows: &MediaRows,
) -> Vec<(Orphan, Remedy)> {
    let known = Known::of(rows);
    let mut orphans = Vec::new();
    for path in files {
        // What lies elsewhere is not ours to judge.
        let Some(place) = Place::of(&path, folders) else { continue };
        if known.speaks_of(&path, &place) {
            continue;
        }
        let orphan = Orphan {
            // The same file is the same orphan in the next list.
            id: OrphanId(Uuid::new_v5(&profile.0, path.as_os_str().as_encoded_bytes())),
            kind: OrphanKind::FileWithoutRow,
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            bytes: Some(path.metadata().map_or(0, |facts| facts.len() as i64)),
            project_id: place.project.filter(|project| rows.projects.contains(project)),
            clip_id: None,
        };
        orphans.push((orphan, Remedy::Remove(path)));
    }
    orphans
}

/// The clips and finals whose files are gone, with what is known of finals that lie
/// elsewhere.
fn without_file(
    folders: &ProfileFolders,
    rows: &MediaRows,
    gone_elsewhere: &HashSet<PathBuf>,
) -> Vec<(Orphan, Remedy)> {
    let mut orphans = Vec::new();
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
        let is_own = folders.relative(path).is_some();
        let is_gone = is_own && !path.is_file() && path.parent().is_some_and(Path::is_dir);
        if is_gone || gone_elsewhere.contains(path) {
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
    orphans
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

/// Where a file lies among the media of a profile: `media/<project>/<kind>/…`.
#[derive(Debug)]
struct Place {
    project: Option<ProjectId>,
    kind: String,
    /// Its place within the folder of its kind.
    inner: PathBuf,
}

impl Place {
    /// Found from the known folder on, whatever the folders above it are called.
    /// Nothing where a file lies elsewhere.
    fn of(path: &Path, folders: &ProfileFolders) -> Option<Self> {
        let mut parts = path.strip_prefix(folders.all_media()).ok()?.iter();
        let mut next = || parts.next().unwrap_or_default().to_string_lossy().into_owned();
        let (project, kind) = (next().parse().ok(), next());
        Some(Self { project, kind, inner: parts.collect() })
    }
}

/// What the rows of a profile speak of, to be asked for thousands of files.
struct Known<'a> {
    rows: &'a MediaRows,
    /// The revision that the file of each clip was made from.
    clips: HashMap<ClipId, u32>,
    /// Sources and finals, wherever they lie.
    named: HashSet<&'a Path>,
}

impl<'a> Known<'a> {
    fn of(rows: &'a MediaRows) -> Self {
        let finals = rows.exports.iter().map(|(_, path)| &**path);
        Self {
            clips: rows.clips.iter().map(|clip| (clip.id, clip.raw_revision)).collect(),
            named: rows.sources.values().map(|path| &**path).chain(finals).collect(),
            rows,
        }
    }

    /// Whether a row speaks of a file, or it is a final: a library that was
    /// restored does not know those that came after its snapshot, and nothing but
    /// an unfinished file of our own makes a final worthless.
    fn speaks_of(&self, path: &Path, place: &Place) -> bool {
        if self.named.contains(path) {
            return true;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match &*place.kind {
            "finals" => !rushes_media::is_draft(path),
            // A copied source lies in a folder of its own, and outlives its project
            // where another one uses it.
            "sources" => {
                let folder = place.inner.parent().and_then(Path::to_str);
                folder.and_then(|id| id.parse().ok()).is_some_and(|id| self.rows.sources.contains_key(&id))
            }
            _ if !place.project.is_some_and(|project| self.rows.projects.contains(&project)) => false,
            "raw" => {
                let mut parts = name.split('.');
                let clip = parts.next().and_then(|id| id.parse::<ClipId>().ok());
                let revision = parts.next().and_then(|revision| revision.parse::<u32>().ok());
                // A later one is being made.
                clip.and_then(|clip| self.clips.get(&clip)).is_some_and(|made| revision >= Some(*made))
            }
            // A source's id is a part of the name of fixed length.
            "pictures" => name
                .get(..36)
                .and_then(|id| id.parse().ok())
                .is_some_and(|id| self.rows.sources.contains_key(&id)),
            _ => false,
        }
    }
}
