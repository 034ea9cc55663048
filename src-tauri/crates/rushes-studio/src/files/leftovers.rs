//! Orphans: files without a row, and rows whose files are gone.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rushes_library::{ClipFile, MediaRows};
use rushes_model::ids::{ClipId, ExportId, OrphanId, ProfileId, ProjectId};
use serde::Serialize;
use uuid::Uuid;

use super::folders::ProfileFolders;

/// A younger file may belong to a job that is about to write its row.
const SETTLED: Duration = Duration::from_secs(60);

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum OrphanKind {
    /// A file in the profile's folders that belongs to nothing. It can be removed.
    FileWithoutRow,
    /// A clip whose file is gone. It can be made again.
    ClipWithoutFile,
    /// A final whose file is gone. It can be taken off the list.
    FinalWithoutFile,
}

/// A file without a row, or a row without its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct Orphan {
    /// Names it in `settle_orphans`.
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

/// How to settle an orphan.
pub(crate) enum Remedy {
    Remove(PathBuf),
    ForgetFile(ClipFile),
    Forget(ExportId, ProjectId),
}

/// The files that no row refers to.
pub(crate) fn without_row(
    profile: ProfileId,
    folders: &ProfileFolders,
    files: Vec<PathBuf>,
    rows: &MediaRows,
) -> Vec<(Orphan, Remedy)> {
    let known = Known::of(rows);
    let mut orphans = Vec::new();
    for path in files {
        // Files elsewhere are not ours to judge.
        let Some(place) = Place::of(&path, folders) else { continue };
        if known.speaks_of(&path, &place) {
            continue;
        }
        let orphan = Orphan {
            // The same file keeps its id across listings.
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

/// The clips and finals whose files are gone; `gone_elsewhere` are the missing
/// finals outside of the profile's folders.
pub(crate) fn without_file(
    folders: &ProfileFolders,
    rows: &MediaRows,
    gone_elsewhere: &HashSet<PathBuf>,
) -> Vec<(Orphan, Remedy)> {
    let mut orphans = Vec::new();
    for clip in &rows.clips {
        let (project_id, clip_id, file_revision) = (clip.project_id, clip.id, clip.file_revision);
        if file_revision > 0 && !folders.clip_file(project_id, clip_id, file_revision).is_file() {
            let orphan = Orphan {
                id: OrphanId(clip.id.0),
                kind: OrphanKind::ClipWithoutFile,
                name: clip.name.clone(),
                bytes: None,
                project_id: Some(project_id),
                clip_id: Some(clip_id),
            };
            let file = ClipFile { project_id, clip_id, file_revision };
            orphans.push((orphan, Remedy::ForgetFile(file)));
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
/// for. The folder of a whole project is listed file by file.
pub(crate) fn settled_files(folders: &ProfileFolders, now: SystemTime) -> Vec<PathBuf> {
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

/// Location of a file in the media of a profile: `media/<project>/<kind>/…`.
#[derive(Debug)]
struct Place {
    project: Option<ProjectId>,
    kind: String,
    /// Path within the folder of its kind.
    inner: PathBuf,
}

impl Place {
    /// Parsed relative to the known folder, whatever its parents are called.
    /// `None` if the file is elsewhere.
    fn of(path: &Path, folders: &ProfileFolders) -> Option<Self> {
        let mut parts = path.strip_prefix(folders.all_media()).ok()?.iter();
        let mut next = || parts.next().unwrap_or_default().to_string_lossy().into_owned();
        let (project, kind) = (next().parse().ok(), next());
        Some(Self { project, kind, inner: parts.collect() })
    }
}

/// Index of what the rows of a profile refer to, for looking up thousands of files.
struct Known<'a> {
    rows: &'a MediaRows,
    /// The revision each clip's file was made from.
    clips: HashMap<ClipId, u32>,
    /// Sources and finals, wherever they are stored.
    named: HashSet<&'a Path>,
}

impl<'a> Known<'a> {
    fn of(rows: &'a MediaRows) -> Self {
        let finals = rows.exports.iter().map(|(_, path)| &**path);
        Self {
            clips: rows.clips.iter().map(|clip| (clip.id, clip.file_revision)).collect(),
            named: rows.sources.values().map(|path| &**path).chain(finals).collect(),
            rows,
        }
    }

    /// Whether a row refers to a file, or the file is a final. A restored
    /// library does not know finals made after its snapshot; only our own
    /// unfinished files are worthless.
    fn speaks_of(&self, path: &Path, place: &Place) -> bool {
        if self.named.contains(path) {
            return true;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match &*place.kind {
            "finals" => !rushes_media::is_draft(path),
            // A copied source has its own folder and outlives its project if
            // another project uses it.
            "sources" => {
                let folder = place.inner.parent().and_then(Path::to_str);
                folder.and_then(|id| id.parse().ok()).is_some_and(|id| self.rows.sources.contains_key(&id))
            }
            _ if !place.project.is_some_and(|project| self.rows.projects.contains(&project)) => false,
            "raw" => {
                let mut parts = name.split('.');
                let clip = parts.next().and_then(|id| id.parse::<ClipId>().ok());
                let revision = parts.next().and_then(|revision| revision.parse::<u32>().ok());
                let is_picture = parts.next_back() != Some("mp4");
                // Pictures are replaced when newer ones are asked for.
                clip.and_then(|clip| self.clips.get(&clip))
                    .is_some_and(|made| revision.is_some() && (is_picture || revision == Some(*made)))
            }
            // The name starts with the source's id, which has a fixed length.
            "pictures" => name
                .get(..36)
                .and_then(|id| id.parse().ok())
                .is_some_and(|id| self.rows.sources.contains_key(&id)),
            _ => false,
        }
    }
}
