//! Runs jobs: a slot for each heavy one, a token that cancels it, an outcome
//! that is always written.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rushes_library::JobEnd;
use rushes_library::ids::{JobId, ProfileId};
use rushes_library::model::{Job, JobKind, JobState};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::error::StudioError;
use crate::events::StudioEvent;
use crate::studio::{ProfileSession, remove_folder};
use crate::tasks;
use crate::tasks::progress::JobProgress;

/// The jobs of this process.
#[derive(Clone)]
pub(crate) struct Runner {
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    active: Arc<Mutex<HashMap<JobId, Active>>>,
    names: Arc<Mutex<HashSet<PathBuf>>>,
}

struct Active {
    profile: ProfileId,
    cancel: CancellationToken,
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
        }
    }

    /// Starts a queued job in the background; one that was started already is
    /// left alone.
    pub fn spawn(&self, session: ProfileSession, id: JobId) {
        let cancel = self.shutdown.child_token();
        let active = Active { profile: session.profile_id(), cancel: cancel.clone(), live: None };
        match self.lock().entry(id) {
            Entry::Occupied(_) => return,
            Entry::Vacant(place) => place.insert(active),
        };
        let runner = self.clone();
        let span = tracing::info_span!(parent: None, "job", profile = %session.profile_id(), job = %id);
        self.tasks.spawn(
            async move {
                runner.run(&session, id, cancel).await;
                runner.lock().remove(&id);
            }
            .instrument(span),
        );
    }

    /// Ends a job of this process and waits until its outcome is written. False
    /// where it is not one.
    pub async fn cancel_and_wait(&self, id: JobId) -> bool {
        let known = self.lock().get(&id).map(|active| active.cancel.cancel()).is_some();
        while known && self.is_active(id) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        known
    }

    /// Whether a job waits or works in this process.
    pub fn is_active(&self, id: JobId) -> bool {
        self.lock().contains_key(&id)
    }

    /// Ends all jobs of a profile and waits for them.
    pub async fn cancel_profile(&self, profile: ProfileId) {
        self.lock().values().filter(|active| active.profile == profile).for_each(|a| a.cancel.cancel());
        while self.lock().values().any(|active| active.profile == profile) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
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

    /// Waits until no job is under way.
    pub async fn idle(&self) {
        while !self.lock().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Holds the first of the names that `name` gives for 1, 2, … which neither
    /// exists nor is held.
    pub fn reserve_name(&self, name: impl Fn(u32) -> PathBuf) -> ReservedName {
        let mut held = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let mut number = 1;
        loop {
            let path = name(number);
            if !path.exists() && held.insert(path.clone()) {
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
        match session.library().start_job(profile, id).await {
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
            Ok(()) => tasks::perform(&task).await,
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
        if end == JobEnd::Cancelled && self.shutdown.is_cancelled() {
            // The application ends, not the editor's wish: the job is offered again.
            if let Err(error) = library.interrupt_job(profile, id).await {
                tracing::error!(%error, "the job's interruption could not be written");
            }
            return;
        }
        let job = match library.end_job(profile, id, &end).await {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(%error, "the job's outcome could not be written");
                return;
            }
        };
        if let Err(error) = tasks::settle(session, &job).await {
            tracing::error!(%error, "what the job left could not be settled");
        }
        session.emit(StudioEvent::JobChanged { job });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<JobId, Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(error: StudioError) -> JobEnd {
    JobEnd::Failed { code: error.code, message: error.message, detail: error.detail }
}

/// Whether the outcome of a job of this kind belongs to its clip's final status.
pub(crate) fn concerns_final(job: &Job) -> bool {
    job.kind == JobKind::Render && job.state != JobState::Done
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
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}
