//! Runs jobs: starts those that are due, pauses and ends them, and always writes how
//! they ended. The library is the truth; what is here are the jobs that this process
//! is at.
//!
//! - `jobs.rs`: what is known of them, behind the only lock.
//! - `work.rs`: one job from its start to its outcome.
//! - `follow.rs`: what other processes, disks and drives want of them.
//! - `names.rs`: names of files that are about to be made.

mod follow;
mod jobs;
mod names;
#[cfg(test)]
mod tests;
mod work;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rushes_library::Waiting;
use rushes_library::model::Job;
use rushes_model::ids::{JobId, ProfileId};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::scheduler::{Focus, Limits, Turns, Working};
use crate::studio::{ProfileSession, Studio, WeakStudio};
use jobs::{Active, Jobs};
use names::{Names, ReservedName};

/// Between two looks at jobs at work: at the disk, and at what other processes want of them.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks while nothing works.
const IDLE_LOOK: Duration = Duration::from_secs(5);

/// The jobs of this process.
#[derive(Clone)]
pub(crate) struct Runner {
    inner: Arc<Inner>,
}

struct Inner {
    jobs: Jobs,
    names: Names,
    /// Asks for another look at who may start.
    wake: Notify,
    /// Counts what was started, held and ended.
    changes: watch::Sender<u64>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

impl Runner {
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                jobs: Jobs::default(),
                names: Names::default(),
                wake: Notify::new(),
                changes: watch::channel(0).0,
                tasks: TaskTracker::new(),
                shutdown: CancellationToken::new(),
            }),
        }
    }

    /// Starts jobs as their turns come, until the studio is closed or gone.
    pub fn serve(&self, studio: WeakStudio) {
        let runner = self.clone();
        tokio::spawn(async move {
            let mut turns = Turns::default();
            let mut disks: Option<JoinHandle<()>> = None;
            loop {
                let pause = if runner.jobs().is_empty() { IDLE_LOOK } else { LOOK };
                let woken = tokio::select! {
                    () = runner.inner.shutdown.cancelled() => return,
                    () = runner.inner.wake.notified() => true,
                    () = tokio::time::sleep(pause) => false,
                };
                let Some(studio) = studio.upgrade() else { return };
                let followed = if woken { Ok(()) } else { runner.follow_the_library(&studio).await };
                told(followed.and(runner.start_due_jobs(&studio, &mut turns).await));
                // Beside the turns, which wait for no drive.
                if !woken && disks.as_ref().is_none_or(JoinHandle::is_finished) {
                    let runner = runner.clone();
                    disks = Some(tokio::spawn(async move { told(runner.look_at_disks(&studio).await) }));
                }
            }
        });
    }

    /// Asks for a look at who may start: something was queued, moved or let go.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// How much goes on at once.
    pub fn limits(&self) -> Limits {
        self.jobs().limits()
    }

    /// Sets how much goes on at once. What works already works on; ffmpeg that
    /// runs at lower priority keeps it.
    pub fn set_limits(&self, limits: Limits) {
        self.jobs().set_limits(limits);
        for active in self.jobs().all() {
            active.control.set_quiet(limits.quiet);
        }
        self.wake();
    }

    /// What the editor of a profile looks at is made first.
    pub fn look_at(&self, profile: ProfileId, focus: Focus) {
        self.jobs().look_at(profile, focus);
        self.wake();
    }

    /// Ends a job of this process and waits until its outcome is written. False
    /// where it is not at work here.
    pub async fn cancel_and_wait(&self, id: JobId) -> bool {
        let is_known = self.cancel(id);
        self.until(|jobs| !jobs.contains(id)).await;
        is_known
    }

    fn cancel(&self, id: JobId) -> bool {
        let known = self.jobs().disown(id);
        known.inspect(|active| active.cancel.cancel()).is_some()
    }

    /// Ends all jobs of a profile and waits for them. None starts in it any
    /// more, until [`Runner::reopen_profile`].
    pub async fn close_profile(&self, profile: ProfileId) {
        for active in self.jobs().close(profile) {
            active.cancel.cancel();
        }
        self.until(|jobs| !jobs.all().iter().any(|active| active.profile == profile)).await;
    }

    /// Lets jobs of a profile start again.
    pub fn reopen_profile(&self, profile: ProfileId) {
        self.jobs().reopen(profile);
        self.wake();
    }

    /// Stops the work on a job whose row says that it is paused.
    pub fn hold(&self, id: JobId) {
        if let Some(active) = self.jobs().get(id) {
            active.hold();
        }
        self.tell_of_change();
        self.wake();
    }

    /// Whether the work on a job is stopped in its middle.
    pub fn stands_still(&self, id: JobId) -> bool {
        self.jobs().get(id).is_some_and(|active| !active.is_working())
    }

    /// How a job of this process stands right now, finer than its row.
    pub fn live(&self, id: JobId) -> Option<Job> {
        Some(self.jobs().get(id)?.begun?.progress.job())
    }

    /// Ends all work. With `goes_on_later` it goes on by itself with the next
    /// start; without, it was interrupted and is offered again.
    pub async fn shut_down(&self, goes_on_later: bool) {
        self.jobs().set_goes_on_later(goes_on_later);
        self.inner.shutdown.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Whether all jobs are being ended.
    pub fn is_shutting_down(&self) -> bool {
        self.inner.shutdown.is_cancelled()
    }

    /// Whether no job of this process is at work; one that stands still is not.
    pub fn is_idle(&self) -> bool {
        !self.jobs().all().iter().any(Active::is_working)
    }

    /// Whether this process is at a job.
    pub fn is_at(&self, id: JobId) -> bool {
        self.jobs().contains(id)
    }

    /// Whether a job's disk refused it so lately that another try is too early.
    pub fn is_pausing(&self, id: JobId) -> bool {
        self.jobs().is_pausing(id, Instant::now())
    }

    /// Lets a job try its disk again at once: the editor has changed something there.
    pub fn forget_refusals(&self, id: JobId) {
        self.jobs().forget_refusals(id);
    }

    /// Told whenever a job starts, is held or ends.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Holds the first of the names that `name` gives for 1, 2, … which neither
    /// exists nor is held.
    pub async fn reserve_name(&self, name: impl Fn(u32) -> PathBuf) -> ReservedName {
        self.inner.names.reserve(name).await
    }

    async fn until(&self, done: impl Fn(&Jobs) -> bool) {
        let mut changes = self.changes();
        while !done(self.jobs()) {
            // The sender lives as long as this.
            let _ = changes.changed().await;
        }
    }

    fn tell_of_change(&self) {
        self.inner.changes.send_modify(|count| *count += 1);
    }

    fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// Starts jobs until the machine has enough to do.
    async fn start_due_jobs(&self, studio: &Studio, turns: &mut Turns) -> StudioResult<()> {
        let mut waiting = studio.library().waiting_jobs(studio.worker_name()).await?;
        let closing = self.jobs().closing();
        waiting.retain(|job| !closing.contains(&job.profile_id));
        while let Some(at) = self.next(turns, &waiting) {
            let job = waiting.remove(at);
            let session = ProfileSession::of(studio, job.profile_id);
            if self.stands_still(job.id) {
                self.go_on(&session, job.id).await?;
            } else {
                self.start(session, &job);
            }
        }
        Ok(())
    }

    fn next(&self, turns: &mut Turns, waiting: &[Waiting]) -> Option<usize> {
        let (working, still): (Vec<_>, Vec<_>) = self.jobs().all().into_iter().partition(Active::is_working);
        let working: Vec<Working> =
            working.iter().map(|active| Working { profile: active.profile, class: active.class }).collect();
        let begun: HashSet<JobId> = still.iter().map(|active| active.id).collect();
        let id = turns.next(waiting, &working, &begun, self.jobs().limits(), &self.jobs().focus())?;
        waiting.iter().position(|job| job.id == id)
    }

    /// Lets work that stands still go on.
    async fn go_on(&self, session: &ProfileSession, id: JobId) -> StudioResult<()> {
        let (library, profile) = (session.library(), session.profile_id());
        if library.continue_job(profile, id, session.studio().worker_name()).await? {
            let job = library.job_row(profile, id).await?.job;
            self.release(id, &job);
            session.emit(StudioEvent::JobChanged { job });
        }
        Ok(())
    }

    /// Lets the work on a job go on whose row says that it runs.
    fn release(&self, id: JobId, row: &Job) {
        if let Some(active) = self.jobs().get(id) {
            if let Some(begun) = &active.begun {
                begun.progress.go_on(row);
            }
            active.control.resume();
        }
        self.tell_of_change();
    }
}

fn told(looked: StudioResult<()>) {
    if let Err(error) = looked {
        tracing::warn!(%error, detail = error.detail, "the queue could not be looked at");
    }
}
