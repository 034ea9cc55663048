//! Jobs: looking, holding, cancelling, trying again.

use std::time::Duration;

use rushes_library::NewJob;
use rushes_library::model::{Clip, Job, JobEvent, JobQuery, JobState, PauseReason};
use rushes_library::{JobEnd, LibraryError};
use rushes_model::ids::JobId;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;
use crate::tasks::descriptor;

/// Longest time between two looks at a job that is waited for.
const LOOK: Duration = Duration::from_millis(250);

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

    /// What happened to a job, oldest first.
    pub async fn job_log(&self, id: JobId) -> StudioResult<Vec<JobEvent>> {
        Ok(self.library().job_log(self.profile_id(), id).await?)
    }

    /// Ends a job: ffmpeg is really ended and the temp folder removed. A job
    /// that is over is left as it is.
    pub async fn cancel_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        if row.job.state.is_over() {
            return Ok(row.job);
        }
        if self.studio().active_jobs().cancel_and_wait(id).await {
            return self.get_job(id).await;
        }
        // No process of ours works on it: it waits or was interrupted, or another
        // process will find it cancelled.
        let job = self.library().end_job(self.profile_id(), id, &JobEnd::Cancelled).await?;
        if row.worker == self.studio().worker_name() || self.studio().is_gone(&row.worker) {
            (descriptor(row.job.kind).discard)(self, &row).await;
        }
        crate::queue::jobs::announce_end(self, &job);
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        Ok(job)
    }

    /// Holds a job: it does not start, or its ffmpeg is stopped where it stands.
    /// A job that is over or held is left as it is.
    pub async fn pause_job(&self, id: JobId) -> StudioResult<Job> {
        self.pause(id, PauseReason::Editor).await
    }

    /// Lets a held job go on as soon as it is its turn. One that is not held is
    /// left as it is.
    pub async fn resume_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        if row.job.state != JobState::Paused {
            return Ok(row.job);
        }
        self.studio().active_jobs().forget_refusals(id);
        self.go_on(&row).await
    }

    /// Tries a job again: an interrupted or held one goes on, a failed or
    /// cancelled one is queued anew (what is over keeps its state).
    pub async fn retry_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        match row.job.state {
            JobState::Done => Err(LibraryError::JobOver.into()),
            JobState::Running => Ok(row.job),
            JobState::Paused => self.resume_job(id).await,
            JobState::Queued if !self.studio().is_gone(&row.worker) => Ok(row.job),
            JobState::Queued | JobState::Interrupted => {
                self.library().requeue_job(self.profile_id(), id, self.studio().worker_name()).await?;
                let job = self.get_job(id).await?;
                self.emit(StudioEvent::JobChanged { job: job.clone() });
                self.studio().active_jobs().wake();
                Ok(job)
            }
            JobState::Failed | JobState::Cancelled => {
                self.queue(NewJob {
                    kind: row.job.kind,
                    class: row.job.class,
                    project_id: row.job.project_id,
                    clip_id: row.job.clip_id,
                    source_id: row.source_id,
                    batch_id: row.job.batch_id,
                    title: row.job.title,
                    payload: row.payload,
                    payload_version: row.payload_version,
                    exclusive_key: row.exclusive_key,
                })
                .await
            }
        }
    }

    /// Whether a job that is not over is in the hands of this process.
    pub async fn is_ours(&self, id: JobId) -> StudioResult<bool> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        Ok(!row.job.state.is_over() && row.worker == self.studio().worker_name())
    }

    /// Waits until a job of this process needs no more of it, and tells how it
    /// stands: it is over, or held, or was interrupted.
    pub async fn wait_for_job(&self, id: JobId) -> StudioResult<Job> {
        self.wait_until(id, |job| {
            let at_rest = !matches!(job.state, JobState::Queued | JobState::Running);
            at_rest && (job.state == JobState::Paused || !self.studio().active_jobs().is_at(id))
        })
        .await
    }

    /// Waits until a job stands as is wanted, and tells how it then stands.
    pub(crate) async fn wait_until(
        &self,
        id: JobId,
        wanted: impl Fn(&Job) -> bool + Send,
    ) -> StudioResult<Job> {
        let mut changes = self.studio().active_jobs().changes();
        loop {
            changes.mark_unchanged();
            let job = self.get_job(id).await?;
            if wanted(&job) {
                return Ok(job);
            }
            // What another process does to it shows only in the library.
            let _ = tokio::time::timeout(LOOK, changes.changed()).await;
        }
    }
}
