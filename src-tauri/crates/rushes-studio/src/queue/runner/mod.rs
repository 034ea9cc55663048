//! Runs jobs: starts those that are due, pauses and cancels them, and always
//! records how they ended. The library is the source of truth; the jobs of this
//! process are tracked in `worker/`.
//!
//! - `work.rs`: one job from start to outcome.
//! - `follow.rs`: changes from other processes, disks and drives.

mod follow;
#[cfg(test)]
mod tests;
mod work;

use std::collections::HashSet;
use std::time::Duration;

use rushes_library::Waiting;
use rushes_model::ids::JobId;
use tokio::task::JoinHandle;

use super::kinds::Kinds;
use super::scheduler::{Turns, Working};
use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::{ProfileSession, Studio, WeakStudio};
use crate::worker::ActiveJobs;
use crate::worker::jobs::Active;

/// Interval of the checks while jobs run: disks, and changes by other processes.
const LOOK: Duration = Duration::from_secs(1);
/// Interval of the checks while nothing runs.
const IDLE_LOOK: Duration = Duration::from_secs(5);

/// Runs the jobs of this process.
#[derive(Clone)]
pub(crate) struct Runner {
    active: ActiveJobs,
    kinds: Kinds,
}

impl Runner {
    /// A runner for these kinds of jobs, tracked in `active`.
    pub fn new(active: ActiveJobs, kinds: Kinds) -> Self {
        Self { active, kinds }
    }

    /// Starts jobs in turn until the studio is closed or dropped.
    pub fn serve(self, studio: WeakStudio) {
        tokio::spawn(async move {
            let mut turns = Turns::new(self.kinds);
            let mut disks: Option<JoinHandle<()>> = None;
            loop {
                let pause = if self.active.jobs().is_empty() { IDLE_LOOK } else { LOOK };
                let woken = tokio::select! {
                    () = self.active.shutdown().cancelled() => return,
                    () = self.active.woken() => true,
                    () = tokio::time::sleep(pause) => false,
                };
                let Some(studio) = studio.upgrade() else { return };
                let followed = if woken { Ok(()) } else { self.follow_the_library(&studio).await };
                log_failure(followed.and(self.start_due_jobs(&studio, &mut turns).await));
                // Runs beside the scheduling, which must not wait for a drive.
                if !woken && disks.as_ref().is_none_or(JoinHandle::is_finished) {
                    let runner = self.clone();
                    disks =
                        Some(tokio::spawn(async move { log_failure(runner.look_at_disks(&studio).await) }));
                }
            }
        });
    }

    /// Starts jobs until the machine is busy.
    async fn start_due_jobs(&self, studio: &Studio, turns: &mut Turns) -> StudioResult<()> {
        let mut waiting = studio.library().waiting_jobs(studio.worker_name()).await?;
        let closing = self.active.jobs().closing();
        waiting.retain(|job| !closing.contains(&job.profile_id));
        while let Some(at) = self.next(turns, &waiting) {
            let job = waiting.remove(at);
            let session = ProfileSession::of(studio, job.profile_id);
            if self.active.stands_still(job.id) {
                self.go_on(&session, job.id).await?;
            } else {
                self.start(session, &job);
            }
        }
        Ok(())
    }

    fn next(&self, turns: &mut Turns, waiting: &[Waiting]) -> Option<usize> {
        let (working, still): (Vec<_>, Vec<_>) =
            self.active.jobs().all().into_iter().partition(Active::is_working);
        let working: Vec<Working> =
            working.iter().map(|active| Working { profile: active.profile, class: active.class }).collect();
        let begun: HashSet<JobId> = still.iter().map(|active| active.id).collect();
        let id = turns.next(
            waiting,
            &working,
            &begun,
            self.active.jobs().limits(),
            &self.active.jobs().focus(),
        )?;
        waiting.iter().position(|job| job.id == id)
    }

    /// Resumes suspended work.
    async fn go_on(&self, session: &ProfileSession, id: JobId) -> StudioResult<()> {
        let (library, profile) = (session.library(), session.profile_id());
        if library.continue_job(profile, id, session.studio().worker_name()).await? {
            let job = library.job_row(profile, id).await?.job;
            self.active.release(id, &job);
            session.emit(StudioEvent::JobChanged { job });
        }
        Ok(())
    }
}

fn log_failure(looked: StudioResult<()>) {
    if let Err(error) = looked {
        tracing::warn!(%error, detail = error.detail, "the queue could not be looked at");
    }
}
