//! One job from start to outcome, which is always recorded.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use rushes_library::model::PauseReason;
use rushes_library::{JobEnd, JobRow, LibraryError, Waiting};
use rushes_media::RunControl;
use rushes_model::ids::JobId;
use rushes_model::notice::{Failed, Notice};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::Runner;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::remove_folder;
use crate::queue::kinds::Descriptor;
use crate::queue::progress::JobProgress;
use crate::queue::task::{Outcome, Task};
use crate::queue::{disk, jobs};
use crate::session::ProfileSession;
use crate::worker::ActiveJobs;
use crate::worker::jobs::{Active, Begun};

/// How often recording an outcome is tried; with doubling pauses this takes
/// half a minute.
const WRITES_TRIED: u32 = 9;
/// Time a cancelled job has to clean up. One that waits for a hanging drive is
/// abandoned after it.
const LAST_MOMENT: Duration = Duration::from_secs(5);

impl Runner {
    /// Starts a job in the background; one that is already running is left alone.
    pub(super) fn start(&self, session: ProfileSession, job: &Waiting) {
        let id = job.id;
        let cancel = Arc::new(self.active.shutdown().child_token());
        let control = RunControl::default();
        control.set_quiet(self.active.limits().quiet);
        let is_new = self.active.jobs().insert(Active {
            id,
            profile: job.profile_id,
            class: job.class,
            cancel: cancel.clone(),
            control,
            begun: None,
            unwanted: false,
        });
        if !is_new {
            return;
        }
        let runner = self.clone();
        let span = tracing::info_span!(parent: None, "job", profile = %job.profile_id, job = %id);
        self.active.tasks().spawn(
            async move {
                // Whatever happens, a finished job must not be waited for.
                let _leave = Leave { active: &runner.active, id };
                if let Some(end) = runner.work(&session, id, &cancel).await {
                    runner.finish(&session, id, end).await;
                }
            }
            .instrument(span),
        );
    }

    /// Does the work and returns the result; `None` if there was nothing to do.
    async fn work(
        &self,
        session: &ProfileSession,
        id: JobId,
        cancel: &CancellationToken,
    ) -> Option<StudioResult<Outcome>> {
        let row = match self.begin(session, id).await {
            Ok(Some(row)) => row,
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        session.emit(StudioEvent::JobChanged { job: row.job.clone() });
        let kind = (self.kinds.descriptor)(row.job.kind);
        tracing::info!(kind = ?kind.kind, attempt = row.job.attempts, "job starts");

        let temp = session.folders().job_temp(id);
        let progress = JobProgress::new(session.clone(), row.job.clone());
        let folders = disk::writes_of(session, self.kinds, &row).folders.into();
        let control = self.active.jobs().begin(id, Begun { live: progress.live().clone(), folders })?;
        if control.is_paused() {
            progress.live().hold();
        }
        let task = Task::new(session, &row, temp.clone(), cancel.clone(), control, progress);
        let result = match prepare_scratch(kind, &task) {
            // A panic fails the job instead of leaving it running forever.
            Ok(()) => tokio::select! {
                biased;
                done = AssertUnwindSafe((kind.perform)(&task)).catch_unwind() => done.unwrap_or_else(|_| {
                    Err(Notice::Internal.into())
                }),
                () = given_up(cancel) => Err(StudioError::cancelled()),
            },
            Err(error) => Err(error),
        };
        drop(task);
        if let Err(error) = remove_folder(&temp) {
            tracing::warn!(%error, "the job's temp folder stays until the next start");
        }
        Some(match result {
            Err(_) if cancel.is_cancelled() => Err(StudioError::cancelled()),
            other => other,
        })
    }

    /// Marks a job as running if there is disk space; `None` if it is no longer
    /// waiting.
    async fn begin(&self, session: &ProfileSession, id: JobId) -> StudioResult<Option<JobRow>> {
        let (library, profile) = (session.library(), session.profile_id());
        // A job without enough space is not started: it would only fail.
        disk::require_room(session, self.kinds, &library.job_row(profile, id).await?).await?;
        if !library.start_job(profile, id, session.studio().worker_name()).await? {
            return Ok(None);
        }
        Ok(Some(library.job_row(profile, id).await?))
    }

    pub(super) async fn finish(
        &self,
        session: &ProfileSession,
        id: JobId,
        mut result: StudioResult<Outcome>,
    ) {
        let unwanted = self.active.jobs().get(id).is_some_and(|active| active.unwanted);
        match &result {
            // Wait for a disk that explains why it is full; one that claims to
            // have space may refuse forever.
            Err(error) if matches!(error.notice, Notice::DiskFull { .. }) => {
                if !disk::is_refused(session, self.kinds, id).await
                    && !self.active.jobs().refused(id, Instant::now())
                {
                    result = Err(disk::refused_for_good(error));
                }
            }
            _ => self.active.jobs().forget_refusals(id),
        }
        let mut tried = 0;
        loop {
            match self.write_outcome(session, id, unwanted, &result).await {
                Ok(()) => return,
                // Deleted with its profile, project or clip.
                Err(LibraryError::NotFound { .. }) => return,
                Err(error) => {
                    tracing::error!(%error, tried, "the job's outcome could not be written");
                    tried += 1;
                    if tried == WRITES_TRIED {
                        // The next start finds it running without a worker.
                        return;
                    }
                    // A full disk or a long write by another process may be temporary.
                    tokio::time::sleep(Duration::from_millis(50 << tried)).await;
                }
            }
        }
    }

    /// Records the outcome of a job: finished, or waiting for something.
    async fn write_outcome(
        &self,
        session: &ProfileSession,
        id: JobId,
        unwanted: bool,
        result: &StudioResult<Outcome>,
    ) -> Result<(), LibraryError> {
        let (library, profile) = (session.library(), session.profile_id());
        let end = match result {
            Ok(outcome) => JobEnd::Done { notes: outcome.notes.clone(), result: outcome.result.clone() },
            Err(error) => match &error.notice {
                // Cancelled by the shutdown, not by the editor.
                Notice::Cancelled if self.active.is_shutting_down() && !unwanted => {
                    return self.leave_for_later(session, id).await;
                }
                Notice::Cancelled => JobEnd::Cancelled,
                notice if notice.is_want_of_space() => {
                    library.remark_on_job(profile, id, notice).await?;
                    let job = library.pause_job(profile, id, PauseReason::DiskFull).await?;
                    tracing::warn!(detail = error.detail, "the disk is full; the job waits for room");
                    session.emit(StudioEvent::JobChanged { job });
                    session.emit(StudioEvent::QueueChanged);
                    return Ok(());
                }
                Notice::FolderMissing { .. } => {
                    let job = library.pause_job(profile, id, PauseReason::FolderMissing).await?;
                    tracing::warn!("the output folder is gone; the job waits for it");
                    session.emit(StudioEvent::JobChanged { job });
                    return Ok(());
                }
                Notice::Suspended => return Ok(()),
                Notice::FfmpegStalled { .. } if self.try_again(session, id, error).await? => {
                    tracing::warn!(detail = error.detail, "ffmpeg hung; the job is tried once more");
                    session.emit(StudioEvent::JobChanged { job: library.job_row(profile, id).await?.job });
                    return Ok(());
                }
                notice => JobEnd::Failed { error: notice.clone(), detail: error.detail.clone() },
            },
        };
        match &end {
            JobEnd::Failed { error, detail } => tracing::error!(?error, detail, "job failed"),
            other => tracing::info!(outcome = ?other, "job ends"),
        }
        let job = library.end_job(profile, id, &end).await?;
        jobs::announce_end(session, &job);
        session.emit(StudioEvent::JobChanged { job });
        Ok(())
    }

    /// Queues a job again whose ffmpeg hung. Returns false after too many attempts.
    async fn try_again(
        &self,
        session: &ProfileSession,
        id: JobId,
        error: &StudioError,
    ) -> Result<bool, LibraryError> {
        let (library, profile) = (session.library(), session.profile_id());
        let job = library.job_row(profile, id).await?.job;
        Ok(job.attempts < (self.kinds.descriptor)(job.kind).stalled_attempts
            && library.try_job_again(profile, id, &error.notice).await?)
    }

    async fn leave_for_later(&self, session: &ProfileSession, id: JobId) -> Result<(), LibraryError> {
        let (library, profile) = (session.library(), session.profile_id());
        if self.active.jobs().goes_on_later() {
            library.pause_job(profile, id, PauseReason::Quit).await.map(|_| ())
        } else {
            library.interrupt_job(profile, id, session.studio().worker_name()).await.map(|_| ())
        }
    }
}

fn prepare_scratch(kind: &Descriptor, task: &Task<'_>) -> StudioResult<()> {
    if !kind.has_scratch {
        return Ok(());
    }
    rushes_files::private::create_dir_all(&task.temp)
        .map_err(|error| StudioError::io(Failed::MakeTempFolder, &error))
}

async fn given_up(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(LAST_MOMENT).await;
}

/// Removes a job from the active jobs of this process when dropped.
struct Leave<'a> {
    active: &'a ActiveJobs,
    id: JobId,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.active.jobs().remove(self.id);
        self.active.tell_of_change();
        self.active.wake();
    }
}
