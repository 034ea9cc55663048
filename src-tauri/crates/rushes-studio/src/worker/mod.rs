//! This process as a worker on the library: its lock, and the jobs that it is at.
//!
//! These are values that the handles in `session/` share. Nothing here starts a job
//! or knows what one does; that is `queue/runner/`.
//!
//! - `lock.rs`: which processes are alive.
//! - `jobs.rs`: what is known of the jobs, behind the only lock.
//! - `live.rs`: how far one is.
//! - `limits.rs`: how much goes on at once, and what the editor looks at.
//! - `names.rs`: names of files that are about to be made.
//! - `refusals.rs`: disks that refuse a job although they say that they have room.

pub(crate) mod jobs;
pub(crate) mod limits;
pub(crate) mod live;
pub(crate) mod lock;
mod names;
pub(crate) mod refusals;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use rushes_library::model::Job;
use rushes_model::ids::{JobId, ProfileId};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use jobs::{Active, Jobs};
use limits::{Focus, Limits};
use names::{Names, ReservedName};

/// The jobs of this process.
#[derive(Clone)]
pub(crate) struct ActiveJobs {
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

impl ActiveJobs {
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

    /// Ends a job of this process. False where it is not at work here.
    pub(crate) fn cancel(&self, id: JobId) -> bool {
        let known = self.jobs().disown(id);
        known.inspect(|active| active.cancel.cancel()).is_some()
    }

    /// Ends all jobs of a profile and waits for them. None starts in it any
    /// more, until [`Self::reopen_profile`].
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

    /// Lets the work on a job go on whose row says that it runs.
    pub(crate) fn release(&self, id: JobId, row: &Job) {
        if let Some(active) = self.jobs().get(id) {
            if let Some(begun) = &active.begun {
                begun.live.go_on(row);
            }
            active.control.resume();
        }
        self.tell_of_change();
    }

    /// Whether the work on a job is stopped in its middle.
    pub fn stands_still(&self, id: JobId) -> bool {
        self.jobs().get(id).is_some_and(|active| !active.is_working())
    }

    /// How a job of this process stands right now, finer than its row.
    pub fn live(&self, id: JobId) -> Option<Job> {
        Some(self.jobs().get(id)?.begun?.live.job())
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

    /// Tells those who wait that a job started, was held or ended.
    pub(crate) fn tell_of_change(&self) {
        self.inner.changes.send_modify(|count| *count += 1);
    }

    /// What is known of them.
    pub(crate) fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// What works on them in the background; waited for when the application ends.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.inner.tasks
    }

    /// Ends with this process's work.
    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.inner.shutdown
    }

    /// Waits until somebody asks for a look at who may start.
    pub(crate) async fn woken(&self) {
        self.inner.wake.notified().await;
    }
}
