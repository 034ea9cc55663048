//! Jobs: looking, cancelling, trying again.

use rushes_library::NewJob;
use rushes_library::ids::JobId;
use rushes_library::model::{Clip, Job, JobQuery, JobState};
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

    /// The clips that a job made and that are still there, in their order.
    pub async fn list_job_clips(&self, id: JobId) -> StudioResult<Vec<Clip>> {
        let (library, profile) = (self.library(), self.profile_id());
        library.job_row(profile, id).await?;
        let mut clips = Vec::new();
        for clip in library.clips_of_job(profile, id).await? {
            clips.push(library.get_clip(profile, clip).await?);
        }
        Ok(clips)
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
        crate::tasks::announce_end(self, &job);
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
            JobState::Queued if !self.studio().is_gone(&row.worker) => Ok(row.job),
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
        self.studio().runner().wait(id).await;
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
