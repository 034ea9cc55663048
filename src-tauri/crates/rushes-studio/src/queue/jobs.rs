//! What is done with the rows of jobs from everywhere: into the queue, held, let go
//! on, and what is told of them.

use rushes_library::model::{Job, JobState, PauseReason};
use rushes_library::{JobRow, LibraryError, NewJob};
use rushes_model::ids::JobId;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;

impl ProfileSession {
    /// Writes a job into the queue and starts it.
    pub(crate) async fn queue(&self, new: NewJob) -> StudioResult<Job> {
        let job = self.library().queue_job(self.profile_id(), self.studio().worker_name(), &new).await?;
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        self.studio().active_jobs().wake();
        Ok(job)
    }

    /// Writes a job into the queue unless one that does the same waits or works
    /// there already.
    pub(crate) async fn queue_once(&self, new: NewJob) -> StudioResult<()> {
        match self.queue(new).await {
            Err(error) if error.code == "busy" => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Writes many jobs into the queue in one transaction and starts them; those
    /// that were refused before keep their refusal.
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

    /// Holds a job for a reason. One that is over or held is left as it is.
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

    /// Lets a held job wait for its turn.
    pub(crate) async fn go_on(&self, row: &JobRow) -> StudioResult<Job> {
        let id = row.job.id;
        // One that another process stopped in its middle goes on there.
        let (own, stands_still) = (self.studio().worker_name(), self.studio().active_jobs().stands_still(id));
        let elsewhere = row.worker != own && !self.studio().is_gone(&row.worker);
        let worker = if elsewhere { &*row.worker } else { own };
        let job = self.library().resume_job(self.profile_id(), id, worker, stands_still || elsewhere).await?;
        let job = self.freshest(job);
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        self.studio().active_jobs().wake();
        Ok(job)
    }

    /// A job with what its worker knows of it, which is finer than its row.
    pub(crate) fn freshest(&self, job: Job) -> Job {
        match self.studio().active_jobs().live(job.id) {
            Some(live) if job.state == JobState::Running && live.revision >= job.revision => live,
            // It stands still, and is further than was written down.
            Some(live) if !job.state.is_over() => {
                Job { progress_bp: live.progress_bp.max(job.progress_bp), stage: live.stage, ..job }
            }
            _ => job,
        }
    }
}

/// Tells the windows of a profile what the end of a job changed.
pub(crate) fn announce_end(session: &ProfileSession, job: &Job) {
    if let Some(project_id) = job.project_id {
        session.emit(StudioEvent::ClipsChanged { project_id });
    }
    session.emit(StudioEvent::ProjectsChanged);
}
