//! Jobs: listing, pausing, cancelling, retrying.

use std::time::Duration;

use rushes_library::NewJob;
use rushes_library::model::{Clip, Job, JobEvent, JobQuery, JobState, PauseReason};
use rushes_library::{JobEnd, LibraryError};
use rushes_model::ids::JobId;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;
use crate::tasks::descriptor;

/// Longest polling interval while waiting for a job.
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

    /// The clips a job made that still exist, in order.
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

    /// Cancels a job: its ffmpeg is stopped and its temp folder removed. A
    /// finished job is left alone.
    pub async fn cancel_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        if row.job.state.is_over() {
            return Ok(row.job);
        }
        if self.studio().active_jobs().cancel_and_wait(id).await {
            return self.get_job(id).await;
        }
        // Not running in this process: it is waiting or interrupted, or another
        // process will see that it was cancelled.
        let job = self.library().end_job(self.profile_id(), id, &JobEnd::Cancelled).await?;
        if row.worker == self.studio().worker_name() || self.studio().is_gone(&row.worker) {
            (descriptor(row.job.kind).discard)(self, &row).await;
        }
        crate::queue::jobs::announce_end(self, &job);
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        Ok(job)
    }

    /// Pauses a job: it does not start, or its ffmpeg is suspended. A finished
    /// or paused job is left alone.
    pub async fn pause_job(&self, id: JobId) -> StudioResult<Job> {
        self.pause(id, PauseReason::Editor).await
    }

    /// Resumes a paused job as soon as it is its turn. Other jobs are left alone.
    pub async fn resume_job(&self, id: JobId) -> StudioResult<Job> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        if row.job.state != JobState::Paused {
            return Ok(row.job);
        }
        self.studio().active_jobs().forget_refusals(id);
        self.go_on(&row).await
    }

    /// Retries a job: an interrupted or paused one resumes, a failed or
    /// cancelled one is queued again as a new job (finished jobs keep their
    /// state).
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

    /// Whether an unfinished job is owned by this process.
    pub async fn is_ours(&self, id: JobId) -> StudioResult<bool> {
        let row = self.library().job_row(self.profile_id(), id).await?;
        Ok(!row.job.state.is_over() && row.worker == self.studio().worker_name())
    }

    /// Waits until this process has nothing left to do for a job, and returns
    /// it: finished, paused or interrupted.
    pub async fn wait_for_job(&self, id: JobId) -> StudioResult<Job> {
        self.wait_until(id, |job| {
            let at_rest = !matches!(job.state, JobState::Queued | JobState::Running);
            at_rest && (job.state == JobState::Paused || !self.studio().active_jobs().is_at(id))
        })
        .await
    }

    /// Waits until a job is in the wanted state and returns it.
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
            // Changes by other processes only show in the library.
            let _ = tokio::time::timeout(LOOK, changes.changed()).await;
        }
    }
}
