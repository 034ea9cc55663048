//! Adding files and folders to a project. A job does the work, and the caller
//! waits for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rushes_library::model::{
    ItemOutcome, Job, JobResult, JobState, PauseReason, Refusal, RefusedFile, Source,
};
use rushes_library::{LibraryError, limits};
use rushes_model::ids::{JobId, ProjectId, SourceId};
use rushes_model::notice::{Field, FullDisk, Interruption, Invalid, Notice};

use crate::error::{StudioError, StudioResult};
use crate::queue::disk;
use crate::queue::kinds::{Subject, new_job};
use crate::session::ProfileSession;
use crate::tasks::ingest::{Arriving, IngestPayload};

/// Maximum number of files added per drop.
const FILES_MAX: usize = 2_000;
/// Maximum depth of the folder search.
const DEPTH_MAX: usize = 8;
/// Extensions a folder is searched for. A file named explicitly is probed
/// whatever its extension.
pub const VIDEO_ENDINGS: &[&str] = &[
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mts", "m2ts", "ts", "mpg", "mpeg", "mxf", "wmv", "flv",
    "3gp", "3g2", "ogv", "vob", "insv", "braw", "r3d",
];

impl ProfileSession {
    /// Adds files, and the videos in folders, to a project; each is answered
    /// individually. With `copy`, the profile keeps its own copy.
    ///
    /// # Errors
    /// `disk_short` and `disk_full` if there is no space for the copies. Files
    /// that hit a disk that filled up meanwhile, or the end of the application
    /// (`interrupted`), are still added later.
    pub async fn add_sources(
        &self,
        project: ProjectId,
        paths: &[PathBuf],
        copy: bool,
    ) -> StudioResult<Vec<ItemOutcome<Source>>> {
        let project = self.library().live_project(self.profile_id(), project).await?;
        // The editor is waiting for this drive.
        let paths = paths.to_vec();
        let files =
            tokio::task::spawn_blocking(move || named(&paths, copy)).await.map_err(StudioError::internal)?;
        if files.len() > FILES_MAX {
            let (named, most) = (limits::number(files.len()), limits::number(FILES_MAX));
            return Err(StudioError::invalid(Field::Paths, Invalid::TooManyFiles { named, most }));
        }
        let Some(first) = files.first() else { return Ok(Vec::new()) };
        if copy {
            let bytes = files.iter().map(|file| file.bytes).sum();
            disk::require(self.studio(), self.folders().root(), bytes).await?;
        }
        let title = if files.len() == 1 { first.name() } else { project.name };
        let subject = Subject { title, project_id: Some(project.id), ..Subject::default() };
        let job = self.queue(new_job(&IngestPayload { files: files.clone(), copy }, subject)?).await?;
        let over = self.until_added(job.id).await?;
        self.answers(files, over).await
    }

    /// Waits until an ingest job is over, including while it is paused.
    async fn until_added(&self, id: JobId) -> StudioResult<Job> {
        let runner = self.studio().active_jobs();
        let later = || StudioError::from(Notice::Interrupted { why: Interruption::AddsLater });
        let waited = self
            .wait_until(id, |job| match job.state {
                JobState::Running => false,
                JobState::Queued => runner.is_shutting_down(),
                JobState::Paused => {
                    matches!(job.pause_reason, Some(PauseReason::DiskFull | PauseReason::Quit))
                }
                _ => !runner.is_at(id),
            })
            .await;
        match waited {
            Err(_) if runner.is_shutting_down() => Err(later()),
            Err(error) => Err(error),
            Ok(job) if job.state.is_over() => Ok(job),
            Ok(job) if job.pause_reason == Some(PauseReason::DiskFull) => {
                Err(Notice::DiskFull { why: FullDisk::AddsLater }.into())
            }
            Ok(_) => Err(later()),
        }
    }

    /// The outcome of each file, from a job that is over.
    async fn answers(&self, files: Vec<Arriving>, over: Job) -> StudioResult<Vec<ItemOutcome<Source>>> {
        let mut refused: HashMap<SourceId, RefusedFile> = match over.result {
            Some(JobResult::Sources { refused, .. }) => {
                refused.into_iter().map(|file| (file.source_id, file)).collect()
            }
            _ => HashMap::new(),
        };
        let rest = match over.state {
            JobState::Failed => Refusal {
                notice: over.error.unwrap_or(Notice::Internal),
                detail: over.error_detail.unwrap_or_default(),
            },
            _ => StudioError::cancelled().into(),
        };
        let mut outcomes = Vec::with_capacity(files.len());
        for file in files {
            let item = file.path.to_string_lossy().into_owned();
            outcomes.push(match self.library().source_row(self.profile_id(), file.id).await {
                Ok(row) => ItemOutcome { item, done: Some(row.source), refused: None },
                Err(LibraryError::NotFound { .. }) => {
                    let taken = refused.remove(&file.id);
                    let refusal = taken.map(|file| Refusal { notice: file.notice, detail: String::new() });
                    ItemOutcome { item, done: None, refused: Some(refusal.unwrap_or_else(|| rest.clone())) }
                }
                Err(error) => return Err(error.into()),
            });
        }
        Ok(outcomes)
    }
}

/// The files named by paths, each with the id it will get.
fn named(paths: &[PathBuf], copy: bool) -> Vec<Arriving> {
    let mut files = Vec::new();
    for path in paths {
        // Relative paths are relative to the terminal; the library stores
        // absolute ones.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        if path.is_dir() {
            let before = files.len();
            collect_videos(&path, 0, &mut files);
            if files.len() == before {
                files.push(path);
            }
        } else {
            files.push(path);
        }
    }
    let bytes = |path: &Path| path.metadata().map_or(0, |facts| facts.len());
    files
        .into_iter()
        .map(|path| Arriving { id: SourceId::new(), bytes: if copy { bytes(&path) } else { 0 }, path })
        .collect()
}

fn collect_videos(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if depth < DEPTH_MAX {
                collect_videos(&path, depth + 1, files);
            }
        } else if path
            .extension()
            .is_some_and(|ending| VIDEO_ENDINGS.contains(&ending.to_string_lossy().to_lowercase().as_str()))
        {
            files.push(path);
        }
    }
}
