//! Deleting the files of emptied trash. Files that a row refers to, or that are
//! outside the profile's own folder, are never deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

use rushes_library::model::{JobClass, JobKind, JobResult};
use rushes_library::{Emptied, limits};
use rushes_model::ids::{ClipId, JobId, ProjectId};
use rushes_model::notice::Notice;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{StudioError, StudioResult, if_there};
use crate::files::folders::{ProfileFolders, clip_of_sound};
use crate::queue::kinds::{Payload, Subject, Writes, to_json};
use crate::queue::task::{Outcome, Task};
use crate::session::ProfileSession;

/// Maximum number of files an error lists individually.
const NAMED_MAX: usize = 20;

/// Payload of a job that deletes files. It cannot name anything outside the
/// profile's folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeletePayload {
    /// Clips with their projects: their files, pictures and sounds are deleted.
    clips: Vec<(ProjectId, ClipId)>,
    /// Finals, as paths within the profile's folder.
    finals: Vec<Within>,
    /// Projects: all of their media is deleted.
    projects: Vec<ProjectId>,
    /// Totals before the first file was deleted, so that the result is right
    /// even if the job was interrupted; `None` until counted. A retry by
    /// another job counts what is left by then.
    #[serde(default)]
    found: Option<(JobId, Sum)>,
}

/// A path within the profile's folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Within(#[serde(with = "rushes_library::paths")] PathBuf);

/// Number and total size of files.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Sum {
    files: u64,
    bytes: u64,
}

impl Sum {
    fn of<'a>(files: impl IntoIterator<Item = &'a Doomed>) -> Self {
        files
            .into_iter()
            .fold(Self::default(), |sum, file| Self { files: sum.files + 1, bytes: sum.bytes + file.bytes })
    }
}

impl DeletePayload {
    /// What to delete of the emptied trash, if it has any files.
    pub fn of(emptied: &Emptied, folders: &ProfileFolders) -> Option<Self> {
        let mut with_files: BTreeSet<ProjectId> = emptied.clips.iter().map(|(project, _)| *project).collect();
        with_files.retain(|project| folders.all_clip_files(*project).exists());
        let heard: BTreeSet<ClipId> = folders.clip_sounds().into_iter().map(|(clip, _)| clip).collect();
        let mut payload = Self {
            clips: emptied.clips.clone(),
            finals: Vec::new(),
            projects: emptied.projects.clone(),
            found: None,
        };
        payload.clips.retain(|(project, clip)| with_files.contains(project) || heard.contains(clip));
        payload.projects.retain(|project| folders.media(*project).exists());
        // Finals elsewhere stay, and their drives are not queried: one may hang.
        let own = emptied.finals.iter().filter_map(|path| Some((path, folders.relative(path)?)));
        let there = own.filter(|(path, _)| path.symlink_metadata().is_ok());
        payload.finals.extend(there.map(|(_, within)| Within(within.to_owned())));
        let is_nothing = payload.clips.is_empty() && payload.finals.is_empty() && payload.projects.is_empty();
        (!is_nothing).then_some(payload)
    }
}

/// A file to delete.
#[derive(Debug, Clone, Copy)]
struct Doomed {
    bytes: u64,
    /// Whether a row may refer to it by now: a copied source that another
    /// project uses, or a new final with the same name.
    may_be_used: bool,
}

impl Payload for DeletePayload {
    const KIND: JobKind = JobKind::DeleteFiles;
    const ATTEMPTS_AFTER_CRASH: u32 = 5;
    // It writes nothing, and a full disk cannot take a folder.
    const HAS_SCRATCH: bool = false;
    // Its rows are gone, so its files would never be found again.
    const CANCELLED_ON_CLOSE: bool = false;

    fn class(&self) -> JobClass {
        JobClass::Brief
    }

    /// Each deletion is independent; a retry of it has the same key.
    fn exclusive_key(&self, _subject: &Subject) -> String {
        format!("delete:{}", Uuid::now_v7())
    }

    fn writes(&self, _session: &ProfileSession, _project: Option<ProjectId>) -> Writes {
        Writes::default()
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        delete(task, self).await
    }
}

async fn delete(task: &Task<'_>, mut asked: DeletePayload) -> StudioResult<Outcome> {
    let (session, folders) = (task.session, task.session.folders());
    let (library, profile) = (session.library(), session.profile_id());
    task.progress.report("deleting", 0.0, None);
    let search = Search::of(task, &asked).await?;
    let Found { mut files, folders: emptied, unread } =
        tokio::task::spawn_blocking(move || search.run()).await.map_err(StudioError::internal)?;
    let job = task.row.job.id;
    let found = match asked.found {
        Some((by, found)) if by == job => found,
        _ => {
            let found = Sum::of(files.values());
            asked.found = Some((job, found));
            library.note_job_payload(profile, job, &to_json(&asked)?).await?;
            found
        }
    };

    let mut stayed = unread;
    let mut gone = found.files.saturating_sub(files.len() as u64);
    let mut ended = Ok(());
    for (path, file) in files.clone() {
        ended = task.clear().await;
        if ended.is_err() {
            break;
        }
        let is_used = file.may_be_used && library.has_media_in(profile, &path).await?;
        if is_used || !folders.holds(&path) {
            continue;
        }
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => stayed.push((path, error)),
            _ => {
                files.remove(&path);
                gone += 1;
                task.progress.report("deleting", gone as f64 / found.files.max(1) as f64, None);
            }
        }
    }
    if ended.is_ok() {
        for folder in emptied.iter().filter(|folder| folders.holds(folder)) {
            // Folders that are not empty stay.
            let _ = std::fs::remove_dir(folder);
        }
    }
    let left = Sum::of(files.values());
    let result = JobResult::Deleted {
        files: u32::try_from(found.files.saturating_sub(left.files)).unwrap_or(u32::MAX),
        bytes: found.bytes.saturating_sub(left.bytes) as i64,
    };
    if ended.is_ok() && stayed.is_empty() {
        return Ok(Outcome { notes: Vec::new(), result: Some(result) });
    }
    task.note(&result).await?;
    ended?;
    Err(left_over(&stayed))
}

fn left_over(stayed: &[(PathBuf, io::Error)]) -> StudioError {
    let named = stayed.iter().take(NAMED_MAX).map(|(path, error)| format!("{}: {error}", path.display()));
    let notice = Notice::FilesLeft { count: limits::number(stayed.len()) };
    StudioError::with_detail(notice, named.collect::<Vec<_>>().join("\n"))
}

/// What to search the disk for: only what no row refers to any more.
struct Search {
    folders: ProfileFolders,
    clips: BTreeMap<ProjectId, BTreeSet<ClipId>>,
    finals: Vec<PathBuf>,
    /// Each with whether a row still refers to something in its folder.
    projects: Vec<(ProjectId, bool)>,
}

impl Search {
    async fn of(task: &Task<'_>, asked: &DeletePayload) -> StudioResult<Self> {
        let (library, profile) = (task.session.library(), task.session.profile_id());
        let folders = task.session.folders();
        let mut clips: BTreeMap<ProjectId, BTreeSet<ClipId>> = BTreeMap::new();
        for (project, clip) in &asked.clips {
            if if_there(library.get_clip(profile, *clip).await)?.is_none() {
                clips.entry(*project).or_default().insert(*clip);
            }
        }
        let mut projects = Vec::new();
        for project in &asked.projects {
            if if_there(library.get_project(profile, *project).await)?.is_none() {
                let is_used = library.has_media_in(profile, &folders.media(*project)).await?;
                projects.push((*project, is_used));
            }
        }
        let finals = asked.finals.iter().map(|path| folders.root().join(&path.0)).collect();
        Ok(Self { folders, clips, finals, projects })
    }

    /// Reads what exists from the disk. Blocks.
    fn run(self) -> Found {
        let mut found = Found::default();
        for (project, clips) in &self.clips {
            for entry in found.entries(&self.folders.all_clip_files(*project)) {
                let name = entry.file_name().to_string_lossy().into_owned();
                let clip = name.split('.').next().and_then(|id| id.parse().ok());
                if clip.is_some_and(|clip| clips.contains(&clip)) {
                    found.put(entry.path(), false);
                }
            }
        }
        let clips: BTreeSet<ClipId> = self.clips.values().flatten().copied().collect();
        let cache = if clips.is_empty() { Vec::new() } else { found.entries(&self.folders.cache()) };
        for path in cache.iter().map(DirEntry::path) {
            if clip_of_sound(&path).is_some_and(|clip| clips.contains(&clip)) {
                found.put(path, false);
            }
        }
        for (project, is_used) in &self.projects {
            found.collect(&self.folders.media(*project), *is_used);
        }
        for path in self.finals {
            found.put(path, true);
        }
        found.files.retain(|path, _| self.folders.holds(path));
        found
    }
}

/// What exists.
#[derive(Default)]
struct Found {
    files: BTreeMap<PathBuf, Doomed>,
    /// The folders that become empty, inner ones first.
    folders: Vec<PathBuf>,
    /// The folders that could not be read.
    unread: Vec<(PathBuf, io::Error)>,
}

impl Found {
    fn collect(&mut self, folder: &Path, may_be_used: bool) {
        // Never follow links out of the folder.
        if folder.is_symlink() {
            return self.put(folder.to_owned(), may_be_used);
        }
        for entry in self.entries(folder) {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.collect(&entry.path(), may_be_used),
                _ => self.put(entry.path(), may_be_used),
            }
        }
        self.folders.push(folder.to_owned());
    }

    fn put(&mut self, path: PathBuf, may_be_used: bool) {
        if let Ok(facts) = path.symlink_metadata()
            && !facts.is_dir()
        {
            self.files.insert(path, Doomed { bytes: facts.len(), may_be_used });
        }
    }

    fn entries(&mut self, folder: &Path) -> Vec<DirEntry> {
        match std::fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(Result::ok).collect(),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    self.unread.push((folder.to_owned(), error));
                }
                Vec::new()
            }
        }
    }
}
