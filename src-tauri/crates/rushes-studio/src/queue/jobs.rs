//! Operations on job rows used everywhere: queueing, pausing, resuming, and
//! announcing changes.

use rushes_library::model::{Job, JobState, PauseReason};
use rushes_library::{JobRow, LibraryError, NewJob};
use rushes_model::ids::JobId;
use rushes_model::notice::Notice;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;

impl ProfileSession {
    /// Adds a job to the queue and starts it.
    pub(crate) async fn queue(&self, new: NewJob) -> StudioResult<Job> {
        let job = self.library().queue_job(self.profile_id(), self.studio().worker_name(), &new).await?;
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        self.studio().active_jobs().wake();
        Ok(job)
    }

    /// Adds a job to the queue unless an identical one is waiting or running.
    pub(crate) async fn queue_once(&self, new: NewJob) -> StudioResult<()> {
        match self.queue(new).await {
            Err(error) if matches!(error.notice, Notice::Busy { .. }) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Adds many jobs to the queue in one transaction and starts them; those
    /// already refused keep their error.
    pub(crate) async fn queue_all(
        &self,
        planned: Vec<StudioResult<NewJob>>,
    ) -> StudioResult<Vec<StudioResult<Job>>> {
        let new: Vec<NewJob> = planned.iter().filter_map(|job| job.as_ref().ok().cloned()).collect();
        let worker = self.studio().worker_name();
        let mut queued = self.library().queue_jobs(self.profile_id(), worker, &new).await?.into_iter();
        let mut answers = Vec::with_capacity(planned.len());
        for job in planned {
            let answer = match (job, &mut queued) {
                (Err(refused), _) => Err(refused),
                (Ok(_), queued) => queued.next().unwrap_or(Err(LibraryError::JobOver)).map_err(Into::into),
            };
            if let Ok(job) = &answer {
                self.emit(StudioEvent::JobChanged { job: job.clone() });
            }
            answers.push(answer);
        }
        self.studio().active_jobs().wake();
        Ok(answers)
    }

    /// Pauses a job for a reason. A finished or paused job is left alone.
    pub(crate) async fn pause(&self, id: JobId, reason: PauseReason) -> StudioResult<Job> {
        let job = self.library().pause_job(self.profile_id(), id, reason).await?;
        if job.state == JobState::Paused {
            self.studio().active_jobs().hold(id);
        }
        let job = self.freshest(job);
        if job.state == JobState::Paused {
            self.emit(StudioEvent::JobChanged { job: job.clone() });
        }
        Ok(job)
    }

    /// Puts a paused job back in the queue.
    pub(crate) async fn go_on(&self, row: &JobRow) -> StudioResult<Job> {
        let id = row.job.id;
        // A job that another process suspended resumes there.
        let (own, stands_still) = (self.studio().worker_name(), self.studio().active_jobs().stands_still(id));
        let elsewhere = row.worker != own && !self.studio().is_gone(&row.worker);
        let worker = if elsewhere { &*row.worker } else { own };
        let job = self.library().resume_job(self.profile_id(), id, worker, stands_still || elsewhere).await?;
        let job = self.freshest(job);
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        self.studio().active_jobs().wake();
        Ok(job)
    }

    /// A job with its live progress, which is more recent than its row.
    pub(crate) fn freshest(&self, job: Job) -> Job {
        match self.studio().active_jobs().live(job.id) {
            Some(live) if job.state == JobState::Running && live.revision >= job.revision => live,
            // It is suspended, and its progress is ahead of its row.
            Some(live) if !job.state.is_over() => {
                Job { progress_bp: live.progress_bp.max(job.progress_bp), stage: live.stage, ..job }
            }
            _ => job,
        }
    }
}

/// Announces to the windows of a profile what the end of a job changed.
pub(crate) fn announce_end(session: &ProfileSession, job: &Job) {
    if let Some(project_id) = job.project_id {
        session.emit(StudioEvent::ClipsChanged { project_id });
    }
    session.emit(StudioEvent::ProjectsChanged);
}
