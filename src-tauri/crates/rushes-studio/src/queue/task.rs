//! A job at work, as what it does sees it, and what comes of it.
//!
//! What pauses and ends a job is private to this file: a task gets its contexts for
//! ffmpeg from here, so that none of its ffmpegs can be forgotten by a pause, a
//! cancel, quiet mode, or the search for those that outlived a killed process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rushes_library::model::JobResult;
use rushes_library::{JobRow, LibraryError};
use rushes_media::RunControl;
use rushes_media::{Progress, RunContext};
use tokio_util::sync::CancellationToken;

use super::progress::JobProgress;
use crate::error::{StudioError, StudioResult};
use crate::files::disks::Disk;
use crate::session::ProfileSession;

/// A job at work.
pub(crate) struct Task<'a> {
    /// The profile that it belongs to.
    pub session: &'a ProfileSession,
    /// Its row as it started.
    pub row: &'a JobRow,
    /// Its scratch space; removed when it ends.
    pub temp: PathBuf,
    /// How far it is.
    pub progress: JobProgress,
    cancel: CancellationToken,
    control: RunControl,
}

impl<'a> Task<'a> {
    /// A job that is ended by `cancel`, and paused and released by `control`.
    pub fn new(
        session: &'a ProfileSession,
        row: &'a JobRow,
        temp: PathBuf,
        cancel: CancellationToken,
        control: RunControl,
        progress: JobProgress,
    ) -> Self {
        Self { session, row, temp, progress, cancel, control }
    }

    /// An error where the editor ended the job.
    pub fn check(&self) -> StudioResult<()> {
        if self.cancel.is_cancelled() { Err(StudioError::cancelled()) } else { Ok(()) }
    }

    /// Waits while the job is held; an error where the editor ended it.
    pub async fn clear(&self) -> StudioResult<()> {
        self.wait_for(self.control.resumed()).await
    }

    /// Waits for something that may never come; an error where the editor ended the
    /// job meanwhile.
    pub async fn wait_for<T>(&self, something: impl Future<Output = T>) -> StudioResult<T> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(StudioError::cancelled()),
            done = something => Ok(done),
        }
    }

    /// Asks a disk about something in `folder`; an error where it does not answer, or
    /// the editor ended the job meanwhile.
    pub async fn ask_disk<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> StudioResult<T> {
        self.wait_for(self.session.studio().disks().patiently(folder, question)).await?
    }

    /// Ends with the job, and can be ended before it.
    pub fn stop_token(&self) -> CancellationToken {
        self.cancel.child_token()
    }

    /// Keeps what came of the job so far. One that somebody ended meanwhile, or
    /// deleted with what it works on, has nothing to keep.
    pub async fn note(&self, result: &JobResult) -> StudioResult<()> {
        let (library, profile) = (self.session.library(), self.session.profile_id());
        match library.note_job_result(profile, self.row.job.id, result).await {
            Err(LibraryError::JobOver | LibraryError::NotFound { .. }) => Ok(()),
            noted => Ok(noted?),
        }
    }

    /// A context for ffmpeg whose progress fills the part of the whole from
    /// `from` to `to`.
    pub fn context(&self, stage: &'static str, from: f64, to: f64) -> RunContext {
        let progress = self.progress.clone();
        let on_progress = move |now: Progress| {
            let part = now.done_us as f64 / now.total_us.max(1) as f64;
            progress.report(stage, from + (to - from) * part.clamp(0.0, 1.0), now.speed_milli);
        };
        RunContext { on_progress: Arc::new(on_progress), ..self.silent_context() }
    }

    /// A context for ffmpeg whose progress tells nothing of the job's.
    pub fn silent_context(&self) -> RunContext {
        RunContext {
            cancel: self.cancel.clone(),
            control: self.control.clone(),
            mark: Some(self.row.job.id.to_string()),
            free_space: self.session.studio().disks().free_space(),
            ..RunContext::quiet()
        }
    }
}

/// What came of a job that did what it should.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// A remark for the editor.
    pub note: Option<String>,
    /// What was made.
    pub result: Option<JobResult>,
}

impl Outcome {
    /// Nothing to be told of.
    pub const PLAIN: Self = Self { note: None, result: None };
}

/// Several remarks as one, if there are any.
pub(crate) fn joined(notes: Vec<String>) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join(" "))
}
