//! Runs jobs: a slot for each heavy one, a token that cancels it, an outcome
//! that is always written.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use rushes_library::ids::{JobId, ProfileId};
use rushes_library::model::Job;
use rushes_library::{JobEnd, LibraryError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::error::StudioError;
use crate::events::StudioEvent;
use crate::studio::{ProfileSession, remove_folder};
use crate::tasks;
use crate::tasks::progress::JobProgress;

/// How often writing an outcome is tried; with doubled pauses this is half a minute.
const WRITES_TRIED: u32 = 9;
/// Between two looks at whether a job is over.
const POLL: Duration = Duration::from_millis(10);

/// The jobs of this process.
#[derive(Clone)]
pub(crate) struct Runner {
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    active: Arc<Mutex<HashMap<JobId, Active>>>,
    names: Arc<Mutex<HashSet<PathBuf>>>,
    closing: Arc<Mutex<HashSet<ProfileId>>>,
}

struct Active {
    profile: ProfileId,
    cancel: CancellationToken,
    /// Whether it is the editor who wants it to end.
    unwanted: bool,
    live: Option<Job>,
}

impl Runner {
    /// A runner with as many slots as the machine serves well: an encoder uses
    /// several cores, so two at once on a small machine and one for every four
    /// cores on a large one.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            slots: Arc::new(Semaphore::new((cores / 4).max(2))),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
            active: Arc::default(),
            names: Arc::default(),
            closing: Arc::default(),
        }
    }

    /// Starts a queued job in the background; one that was started already is
    /// left alone.
    pub fn spawn(&self, session: ProfileSession, id: JobId) {
        let profile = session.profile_id();
        let cancel = self.shutdown.child_token();
        {
            let mut all = self.lock();
            // A profile that is being deleted starts nothing more. Asked under the
            // lock, so that a job either sees the closing or is ended by it.
            if lock(&self.closing).contains(&profile) {
                return;
            }
            match all.entry(id) {
                Entry::Occupied(_) => return,
                Entry::Vacant(place) => {
                    let cancel = cancel.clone();
                    place.insert(Active { profile, cancel, unwanted: false, live: None })
                }
            };
        }
        let runner = self.clone();
        let span = tracing::info_span!(parent: None, "job", profile = %profile, job = %id);
        self.tasks.spawn(
            async move {
                // Whatever happens in it, it is not waited for when it is over.
                let _leave = Leave { runner: &runner, id };
                runner.run(&session, id, cancel).await;
                if let Err(error) = session.refresh_left_pending().await {
                    tracing::warn!(%error, "clips may wait for their files until the next start");
                }
            }
            .instrument(span),
        );
    }

    /// Ends a job of this process and waits until its outcome is written. False
    /// where it is not one.
    pub async fn cancel_and_wait(&self, id: JobId) -> bool {
        let known = self.lock().get_mut(&id).map(Active::end).is_some();
        self.wait(id).await;
        known
    }

    /// Waits until a job is not one of this process any more.
    pub async fn wait(&self, id: JobId) {
        while self.lock().contains_key(&id) {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Ends all jobs of a profile and waits for them. None starts in it any
    /// more, until [`Runner::reopen_profile`].
    pub async fn close_profile(&self, profile: ProfileId) {
        lock(&self.closing).insert(profile);
        self.lock().values_mut().filter(|active| active.profile == profile).for_each(Active::end);
        while self.lock().values().any(|active| active.profile == profile) {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Lets jobs of a profile start again.
    pub fn reopen_profile(&self, profile: ProfileId) {
        lock(&self.closing).remove(&profile);
    }

    /// Ends the work on a job that another process ended.
    pub fn drop_job(&self, id: JobId) {
        if let Some(active) = self.lock().get_mut(&id) {
            active.end();
        }
    }

    /// How a job of this process stands right now, finer than its row.
    pub fn live(&self, id: JobId) -> Option<Job> {
        self.lock().get(&id).and_then(|active| active.live.clone())
    }

    /// Keeps how a job stands right now.
    pub fn set_live(&self, job: &Job) {
        if let Some(active) = self.lock().get_mut(&job.id) {
            active.live = Some(job.clone());
        }
    }

    /// Ends all jobs; they become interrupted.
    pub async fn shut_down(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Whether all jobs are being ended.
    pub fn is_shutting_down(&self) -> bool {
        self.shutdown.is_cancelled()
    }

    /// Waits until no job is under way.
    pub async fn idle(&self) {
        while !self.lock().is_empty() {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Holds the first of the names that `name` gives for 1, 2, … which neither
    /// exists nor is held.
    pub fn reserve_name(&self, name: impl Fn(u32) -> PathBuf) -> ReservedName {
        let mut held = lock(&self.names);
        let mut number = 1;
        loop {
            let path = name(number);
            if !is_taken(&path) && held.insert(path.clone()) {
                return ReservedName { path, names: self.names.clone() };
            }
            number += 1;
        }
    }

    async fn run(&self, session: &ProfileSession, id: JobId, cancel: CancellationToken) {
        // Waiting for a slot can be cancelled, too.
        let slot = tokio::select! {
            slot = self.slots.clone().acquire_owned() => slot.ok(),
            () = cancel.cancelled() => None,
        };
        let end =
            if slot.is_some() { self.work(session, id, &cancel).await } else { Some(JobEnd::Cancelled) };
        if let Some(end) = end {
            self.finish(session, id, end).await;
        }
    }

    /// Does the work and tells how it ended; nothing where there was none to do.
    async fn work(&self, session: &ProfileSession, id: JobId, cancel: &CancellationToken) -> Option<JobEnd> {
        let profile = session.profile_id();
        match session.library().start_job(profile, id, session.studio().worker_name()).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(failed(error.into())),
        }
        let row = match session.library().job_row(profile, id).await {
            Ok(row) => row,
            Err(error) => return Some(failed(error.into())),
        };
        session.emit(StudioEvent::JobChanged { job: row.job.clone() });
        tracing::info!(kind = ?row.job.kind, attempt = row.job.attempts, "job starts");

        let temp = session.folders().job_temp(id);
        let progress = JobProgress::new(session.clone(), row.job.clone());
        let task = tasks::Task { session, row: &row, temp: temp.clone(), cancel: cancel.clone(), progress };
        let result = match std::fs::create_dir_all(&temp) {
            // A task that panics is a failed job, not one that runs forever.
            Ok(()) => AssertUnwindSafe(tasks::perform(&task)).catch_unwind().await.unwrap_or_else(|_| {
                Err(StudioError::new("internal", "Something went wrong inside Rushes. Try the job again."))
            }),
            Err(error) => Err(StudioError::io("The job's temp folder cannot be made.", &error)),
        };
        drop(task);
        if let Err(error) = remove_folder(&temp) {
            tracing::warn!(%error, "the job's temp folder stays until the next start");
        }
        Some(match result {
            Ok(note) => JobEnd::Done { note },
            Err(_) if cancel.is_cancelled() => JobEnd::Cancelled,
            Err(error) if error.is_cancelled() => JobEnd::Cancelled,
            Err(error) => failed(error),
        })
    }

    async fn finish(&self, session: &ProfileSession, id: JobId, end: JobEnd) {
        let profile = session.profile_id();
        let library = session.library();
        match &end {
            JobEnd::Failed { code, detail, .. } => tracing::error!(code, detail, "job failed"),
            other => tracing::info!(outcome = ?other, "job ends"),
        }
        let unwanted = self.lock().get(&id).is_some_and(|active| active.unwanted);
        if end == JobEnd::Cancelled && self.shutdown.is_cancelled() && !unwanted {
            // The application ends, not the editor's wish: the job is offered again.
            let worker = session.studio().worker_name();
            if let Err(error) = library.interrupt_job(profile, id, worker).await {
                tracing::error!(%error, "the job's interruption could not be written");
            }
            return;
        }
        let mut tried = 0;
        let job = loop {
            match library.end_job(profile, id, &end).await {
                Ok(job) => break job,
                // Deleted with its profile, project or clip.
                Err(LibraryError::NotFound { .. }) => return,
                Err(error) => {
                    tracing::error!(%error, tried, "the job's outcome could not be written");
                    tried += 1;
                    if tried == WRITES_TRIED {
                        // The next start finds it running without a worker.
                        return;
                    }
                    // A full disk or a long write of another process may pass.
                    tokio::time::sleep(Duration::from_millis(50 << tried)).await;
                }
            }
        };
        tasks::announce_end(session, &job);
        session.emit(StudioEvent::JobChanged { job });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, Active>> {
        lock(&self.active)
    }
}

/// Takes a job off the list of those of this process.
struct Leave<'a> {
    runner: &'a Runner,
    id: JobId,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.runner.lock().remove(&self.id);
    }
}

impl Active {
    /// Ends the work because the editor wants it to.
    fn end(&mut self) {
        self.unwanted = true;
        self.cancel.cancel();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a name is taken; a dangling link takes it, too.
fn is_taken(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn failed(error: StudioError) -> JobEnd {
    JobEnd::Failed { code: error.code, message: error.message, detail: error.detail }
}

/// A file name that is held for a job for as long as this lives.
pub(crate) struct ReservedName {
    path: PathBuf,
    names: Arc<Mutex<HashSet<PathBuf>>>,
}

impl ReservedName {
    /// The name.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        lock(&self.names).remove(&self.path);
    }
}
