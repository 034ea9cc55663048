//! This process as a worker on the library: its lock and its jobs.
//!
//! These values are shared by the handles in `session/`. Nothing here starts a
//! job or knows its work; see `queue/runner/`.
//!
//! - `lock.rs`: which processes are alive.
//! - `jobs.rs`: the state of the jobs, behind the only lock.
//! - `live.rs`: progress of a job.
//! - `limits.rs`: how many jobs run at once, and the editor's focus.
//! - `names.rs`: reserved names of files about to be made.
//! - `refusals.rs`: disks that refuse a job while reporting free space.

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
    /// Requests another scheduling pass.
    wake: Notify,
    /// Counts jobs that were started, paused or finished.
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

    /// Requests a scheduling pass after a job was queued, moved or resumed.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// How many jobs run at once.
    pub fn limits(&self) -> Limits {
        self.jobs().limits()
    }

    /// Sets how many jobs run at once. Running jobs continue; ffmpegs keep
    /// their priority.
    pub fn set_limits(&self, limits: Limits) {
        self.jobs().set_limits(limits);
        for active in self.jobs().all() {
            active.control.set_quiet(limits.quiet);
        }
        self.wake();
    }

    /// Prioritises what the editor of a profile is looking at.
    pub fn look_at(&self, profile: ProfileId, focus: Focus) {
        self.jobs().look_at(profile, focus);
        self.wake();
    }

    /// Cancels a job of this process and waits until its outcome is recorded.
    /// Returns false if it does not run here.
    pub async fn cancel_and_wait(&self, id: JobId) -> bool {
        let is_known = self.cancel(id);
        self.until(|jobs| !jobs.contains(id)).await;
        is_known
    }

    /// Cancels a job of this process. Returns false if it does not run here.
    pub(crate) fn cancel(&self, id: JobId) -> bool {
        let known = self.jobs().disown(id);
        known.inspect(|active| active.cancel.cancel()).is_some()
    }

    /// Cancels all jobs of a profile and waits for them. No more are started
    /// until [`Self::reopen_profile`].
    pub async fn close_profile(&self, profile: ProfileId) {
        for active in self.jobs().close(profile) {
            active.cancel.cancel();
        }
        self.until(|jobs| !jobs.all().iter().any(|active| active.profile == profile)).await;
    }

    /// Allows jobs of a profile to start again.
    pub fn reopen_profile(&self, profile: ProfileId) {
        self.jobs().reopen(profile);
        self.wake();
    }

    /// Suspends a job whose row says that it is paused.
    pub fn hold(&self, id: JobId) {
        if let Some(active) = self.jobs().get(id) {
            active.hold();
        }
        self.tell_of_change();
        self.wake();
    }

    /// Resumes a job whose row says that it runs.
    pub(crate) fn release(&self, id: JobId, row: &Job) {
        if let Some(active) = self.jobs().get(id) {
            if let Some(begun) = &active.begun {
                begun.live.go_on(row);
            }
            active.control.resume();
        }
        self.tell_of_change();
    }

    /// Whether a job is suspended.
    pub fn stands_still(&self, id: JobId) -> bool {
        self.jobs().get(id).is_some_and(|active| !active.is_working())
    }

    /// The live state of a job of this process, more recent than its row.
    pub fn live(&self, id: JobId) -> Option<Job> {
        Some(self.jobs().get(id)?.begun?.live.job())
    }

    /// Stops all work. With `goes_on_later` it resumes by itself at the next
    /// start; otherwise it is interrupted and offered again.
    pub async fn shut_down(&self, goes_on_later: bool) {
        self.jobs().set_goes_on_later(goes_on_later);
        self.inner.shutdown.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Whether all jobs are being stopped.
    pub fn is_shutting_down(&self) -> bool {
        self.inner.shutdown.is_cancelled()
    }

    /// Whether no job of this process is running; suspended jobs do not count.
    pub fn is_idle(&self) -> bool {
        !self.jobs().all().iter().any(Active::is_working)
    }

    /// Whether this process has a job.
    pub fn is_at(&self, id: JobId) -> bool {
        self.jobs().contains(id)
    }

    /// Whether a job's disk refused it too recently to try again.
    pub fn is_pausing(&self, id: JobId) -> bool {
        self.jobs().is_pausing(id, Instant::now())
    }

    /// Lets a job try its disk again at once, because the editor changed
    /// something there.
    pub fn forget_refusals(&self, id: JobId) {
        self.jobs().forget_refusals(id);
    }

    /// Notified whenever a job starts, pauses or ends.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Reserves the first of the names from `name` (1, 2, …) that neither
    /// exists nor is reserved.
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

    /// Notifies waiters that a job started, paused or ended.
    pub(crate) fn tell_of_change(&self) {
        self.inner.changes.send_modify(|count| *count += 1);
    }

    /// Their state.
    pub(crate) fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// Their background tasks, waited for at shutdown.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.inner.tasks
    }

    /// Cancelled at shutdown.
    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.inner.shutdown
    }

    /// Waits until a scheduling pass is requested.
    pub(crate) async fn woken(&self) {
        self.inner.wake.notified().await;
    }
}
