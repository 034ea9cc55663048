//! The queue as a whole: pausing it, its order, what the editor is looking at.

use rushes_library::model::{HoldReason, ItemOutcome, Job, PauseReason};
use rushes_model::ids::{BatchId, JobId};
use serde::Serialize;

use super::sources::outcome;
use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;
use crate::worker::limits::Focus;

/// How the queue of a profile stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub struct QueueStatus {
    /// Why it is held, if it is.
    pub held: Option<HoldReason>,
    /// Jobs at work.
    pub running: u32,
    /// Jobs that wait.
    pub waiting: u32,
    /// Jobs that are held.
    pub paused: u32,
    /// Jobs of other profiles at work on this machine.
    pub others_running: u32,
    /// Jobs of other profiles that wait or are held.
    pub others_waiting: u32,
    /// Jobs at once on this machine.
    pub at_once: u32,
    /// Whether the machine is kept quiet: one job at a time, at lower priority.
    pub quiet: bool,
}

impl ProfileSession {
    /// State of the profile's queue. Other profiles are only included in totals.
    pub async fn queue_status(&self) -> StudioResult<QueueStatus> {
        let (own, others) = self.library().queue_counts(self.profile_id()).await?;
        let limits = self.studio().active_jobs().limits();
        Ok(QueueStatus {
            held: self.held().await?,
            running: own.running,
            waiting: own.waiting,
            paused: own.paused,
            others_running: others.running,
            others_waiting: others.waiting + others.paused,
            at_once: limits.total(),
            quiet: limits.quiet,
        })
    }

    /// Why work of the profile is paused: all of it by the editor, or only work
    /// that writes to a full disk.
    async fn held(&self) -> StudioResult<Option<HoldReason>> {
        let (library, profile) = (self.library(), self.profile_id());
        if library.is_queue_held(profile).await? {
            return Ok(Some(HoldReason::Editor));
        }
        Ok(library.waits_for_room(profile).await?.then_some(HoldReason::DiskFull))
    }

    /// Pauses the whole queue: running work is suspended and nothing starts
    /// until [`Self::release_queue`], even after a restart. Adding and deleting
    /// files continues.
    pub async fn hold_queue(&self) -> StudioResult<QueueStatus> {
        self.library().hold_queue(self.profile_id()).await?;
        for job in self.library().running_jobs(self.profile_id()).await? {
            self.pause(job, PauseReason::Queue).await?;
        }
        self.emit(StudioEvent::QueueChanged);
        self.queue_status().await
    }

    /// Resumes the queue and the work that was paused with it.
    pub async fn release_queue(&self) -> StudioResult<QueueStatus> {
        // All are queued before the first one starts.
        for job in self.library().jobs_paused_with_queue(self.profile_id()).await? {
            self.resume_job(job).await?;
        }
        self.library().release_queue(self.profile_id()).await?;
        self.studio().active_jobs().wake();
        self.emit(StudioEvent::QueueChanged);
        self.queue_status().await
    }

    /// Puts a job that waits before another one, or behind all.
    pub async fn move_job(&self, id: JobId, before: Option<JobId>) -> StudioResult<Job> {
        let job = self.library().move_job(self.profile_id(), id, before).await?;
        self.studio().active_jobs().wake();
        self.emit(StudioEvent::QueueChanged);
        Ok(job)
    }

    /// Cancels the rest of a batch and returns the cancelled jobs.
    pub async fn cancel_batch(&self, batch: BatchId) -> StudioResult<Vec<Job>> {
        let ended = self.library().cancel_batch(self.profile_id(), batch).await?;
        for job in &ended {
            self.studio().active_jobs().cancel_and_wait(job.id).await;
            crate::queue::jobs::announce_end(self, job);
            self.emit(StudioEvent::JobChanged { job: job.clone() });
        }
        Ok(ended)
    }

    /// Retries failed jobs that were not retried since; each is answered individually.
    pub async fn retry_failed_jobs(&self) -> StudioResult<Vec<ItemOutcome<Job>>> {
        let mut outcomes = Vec::new();
        for id in self.library().open_failures(self.profile_id()).await? {
            outcomes.push(outcome(id.to_string(), self.retry_job(id).await));
        }
        Ok(outcomes)
    }

    /// Sets what the editor is looking at: work for it comes first, and footage
    /// the window cannot play, of a source or of a clip, gets a proxy.
    pub async fn look_at(&self, focus: Focus) -> StudioResult<()> {
        self.studio().active_jobs().look_at(self.profile_id(), focus);
        if let Some(source) = focus.source_id {
            let row = self.library().source_row(self.profile_id(), source).await?;
            self.queue_proxy(&row.source).await?;
        }
        self.queue_proxies_of(focus.clip_id.as_slice()).await
    }
}
