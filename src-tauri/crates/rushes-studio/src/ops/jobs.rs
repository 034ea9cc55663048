//! Jobs: looking, cancelling, trying again.

use rushes_library::NewJob;
use rushes_library::ids::JobId;
use rushes_library::model::{Job, JobQuery, JobState};
use rushes_library::{JobEnd, LibraryError};

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::studio::ProfileSession;

impl ProfileSession {
    /// Jobs of the profile, newest first.
    pub async fn list_jobs(&self, query: &JobQuery) -> StudioResult<Vec<Job>> {
        let jobs = self.library().list_jobs(self.profile_id(), query).await?;
        Ok(jobs.into_iter().map(|job| self.freshest(job)).collect())
    }

    /// One job.
    pub async fn get_job(&self, id: JobId) -> StudioResult<Job> {
        Ok(self.freshest(self.library().job_row(self.profile_id(), id).await?.job))
    }

    /// Ends a job: ffmpeg is really ended and the temp folder removed. A job
    /// that is over is left as it is.
    pub async fn cancel_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        if matches!(row.job.state, JobState::Done | JobState::Failed | JobState::Cancelled) {
            return Ok(row.job);
        }
        if self.studio().runner().cancel_and_wait(id).await {
            return self.get_job(id).await;
        }
        // No process of ours works on it: it was interrupted, or waits for one
        // that is gone, or another process will find it cancelled.
        let job = self.library().end_job(self.profile_id(), id, &JobEnd::Cancelled).await?;
        crate::tasks::settle(self, &job).await?;
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        Ok(job)
    }

    /// Tries a job again: an interrupted one goes on, a failed or cancelled one
    /// is queued anew (what is over keeps its state).
    pub async fn retry_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        match row.job.state {
            JobState::Done => Err(LibraryError::JobOver.into()),
            JobState::Running => Ok(row.job),
            JobState::Queued if self.studio().runner().is_active(id) => Ok(row.job),
            JobState::Queued | JobState::Interrupted => {
                self.library().requeue_job(self.profile_id(), id, self.studio().worker_name()).await?;
                let job = self.get_job(id).await?;
                self.emit(StudioEvent::JobChanged { job: job.clone() });
                self.studio().runner().spawn(self.clone(), id);
                Ok(job)
            }
            JobState::Failed | JobState::Cancelled => {
                self.queue(NewJob {
                    kind: row.job.kind,
                    project_id: row.job.project_id,
                    clip_id: row.job.clip_id,
                    title: row.job.title,
                    payload: row.payload,
                    exclusive_key: row.exclusive_key,
                })
                .await
            }
        }
    }

    /// Waits until a job of this process is over, and tells how it ended.
    pub async fn wait_for_job(&self, id: JobId) -> StudioResult<Job> {
        while self.studio().runner().is_active(id) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        self.get_job(id).await
    }

    /// A running job as its worker knows it, finer than its row.
    fn freshest(&self, job: Job) -> Job {
        match self.studio().runner().live(job.id) {
            Some(live) if job.state == JobState::Running => live,
            _ => job,
        }
    }
}
