//! A running job as its task sees it, and its result.
//!
//! Pausing and cancelling are private to this file: a task gets its ffmpeg
//! contexts from here, so that a pause, a cancel, quiet mode or the search for
//! stray processes reaches each of its ffmpegs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rushes_library::model::JobResult;
use rushes_library::{JobRow, LibraryError};
use rushes_media::RunControl;
use rushes_media::{Progress, RunContext};
use rushes_model::notice::Notice;
use tokio_util::sync::CancellationToken;

use super::progress::JobProgress;
use crate::error::{StudioError, StudioResult};
use crate::files::disks::Disk;
use crate::session::ProfileSession;

/// A running job.
pub(crate) struct Task<'a> {
    /// The profile it belongs to.
    pub session: &'a ProfileSession,
    /// Its row at the start.
    pub row: &'a JobRow,
    /// Its scratch folder; removed when it ends.
    pub temp: PathBuf,
    /// How far it is.
    pub progress: JobProgress,
    cancel: CancellationToken,
    control: RunControl,
}

impl<'a> Task<'a> {
    /// A job cancelled by `cancel`, and paused and resumed by `control`.
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

    /// Returns an error if the editor cancelled the job.
    pub fn check(&self) -> StudioResult<()> {
        if self.cancel.is_cancelled() { Err(StudioError::cancelled()) } else { Ok(()) }
    }

    /// Waits while the job is paused; returns an error if it was cancelled.
    pub async fn clear(&self) -> StudioResult<()> {
        self.wait_for(self.control.resumed()).await
    }

    /// Waits for something that may never happen; returns an error if the job
    /// is cancelled meanwhile.
    pub async fn wait_for<T>(&self, something: impl Future<Output = T>) -> StudioResult<T> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(StudioError::cancelled()),
            done = something => Ok(done),
        }
    }

    /// Runs a disk query on `folder`; returns an error if it does not respond
    /// or the job is cancelled.
    pub async fn ask_disk<T: Send + 'static>(
        &self,
        folder: &Path,
        question: impl FnOnce(&dyn Disk) -> T + Send + 'static,
    ) -> StudioResult<T> {
        self.wait_for(self.session.studio().disks().patiently(folder, question)).await?
    }

    /// Cancelled with the job, and can be cancelled before it.
    pub fn stop_token(&self) -> CancellationToken {
        self.cancel.child_token()
    }

    /// Stores the result so far. Does nothing if the job was cancelled
    /// meanwhile, or deleted with its subject.
    pub async fn note(&self, result: &JobResult) -> StudioResult<()> {
        let (library, profile) = (self.session.library(), self.session.profile_id());
        match library.note_job_result(profile, self.row.job.id, result).await {
            Err(LibraryError::JobOver | LibraryError::NotFound { .. }) => Ok(()),
            noted => Ok(noted?),
        }
    }

    /// An ffmpeg context whose progress covers the fraction of the whole from
    /// `from` to `to`.
    pub fn context(&self, stage: &'static str, from: f64, to: f64) -> RunContext {
        let progress = self.progress.clone();
        let on_progress = move |now: Progress| {
            let part = now.done_us as f64 / now.total_us.max(1) as f64;
            progress.report(stage, from + (to - from) * part.clamp(0.0, 1.0), now.speed_milli);
        };
        RunContext { on_progress: Arc::new(on_progress), ..self.silent_context() }
    }

    /// An ffmpeg context that does not report progress.
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

/// Result of a successful job.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Remarks for the editor.
    pub notes: Vec<Notice>,
    /// What was made.
    pub result: Option<JobResult>,
}

impl Outcome {
    /// Nothing to report.
    pub const PLAIN: Self = Self { notes: Vec::new(), result: None };
}
