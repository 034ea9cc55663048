//! Runs jobs: starts whose turn it is, holds and ends them, and always writes
//! how they ended. The library is the truth; what is here are the jobs that
//! this process is at.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use rushes_library::ids::{JobId, ProfileId};
use rushes_library::model::{HoldReason, Job, JobKind, JobState, PauseReason};
use rushes_library::{JobEnd, LibraryError, Waiting};
use rushes_media::RunControl;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::scheduler::{Class, Focus, Limits, Turns, Working};
use crate::studio::{ProfileSession, Studio, WeakStudio, remove_folder};
use crate::tasks::progress::JobProgress;
use crate::{disk, tasks};

/// How often writing an outcome is tried; with doubled pauses this is half a minute.
const WRITES_TRIED: u32 = 9;
/// Attempts that a job has whose ffmpeg hangs.
const STALLED_ATTEMPTS: u32 = 2;
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
    state: Mutex<State>,
    /// Asks for another look at who may start.
    wake: Notify,
    /// Counts what was started, held and ended.
    changes: watch::Sender<u64>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    names: Mutex<HashSet<PathBuf>>,
}

#[derive(Default)]
struct State {
    active: HashMap<JobId, Active>,
    turns: Turns,
    limits: Option<Limits>,
    focus: HashMap<ProfileId, Focus>,
    closing: HashSet<ProfileId>,
    /// Whether the application ends to go on with the next start.
    goes_on_later: bool,
}

struct Active {
    profile: ProfileId,
    kind: JobKind,
    class: Class,
    cancel: CancellationToken,
    control: RunControl,
    /// Whether its row says that it works.
    started: bool,
    /// Whether it is the editor who wants it to end.
    unwanted: bool,
    /// Where it writes.
    folders: Vec<PathBuf>,
    progress: Option<JobProgress>,
    live: Option<Job>,
}

impl Runner {
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                state: Mutex::default(),
                wake: Notify::new(),
                changes: watch::channel(0).0,
                tasks: TaskTracker::new(),
                shutdown: CancellationToken::new(),
                names: Mutex::default(),
            }),
        }
    }

    /// Starts jobs as their turns come, until the studio is closed or gone.
    pub fn serve(&self, studio: WeakStudio) {
        let runner = self.clone();
        tokio::spawn(async move {
            loop {
                let pause = if runner.lock().active.is_empty() { IDLE_LOOK } else { LOOK };
                let woken = tokio::select! {
                    () = runner.inner.shutdown.cancelled() => return,
                    () = runner.inner.wake.notified() => true,
                    () = tokio::time::sleep(pause) => false,
                };
                let Some(studio) = studio.upgrade() else { return };
                let looked = if woken { Ok(()) } else { runner.look_around(&studio).await };
                if let Err(error) = looked.and(runner.start_whose_turn_it_is(&studio).await) {
                    tracing::warn!(%error, detail = error.detail, "the queue could not be looked at");
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
        self.lock().limits.unwrap_or(Limits::AUTOMATIC)
    }

    /// Sets how much goes on at once. What works already works on; ffmpeg that
    /// runs at lower priority keeps it.
    pub fn set_limits(&self, limits: Limits) {
        let mut state = self.lock();
        state.limits = Some(limits);
        for active in state.active.values() {
            active.control.set_quiet(limits.quiet);
        }
        drop(state);
        self.wake();
    }

    /// What the editor of a profile looks at is made first.
    pub fn look_at(&self, profile: ProfileId, focus: Focus) {
        self.lock().focus.insert(profile, focus);
        self.wake();
    }

    /// Ends a job of this process and waits until its outcome is written. False
    /// where it is not at work here.
    pub async fn cancel_and_wait(&self, id: JobId) -> bool {
        let known = self.lock().active.get_mut(&id).map(Active::end).is_some();
        self.until(|state| !state.active.contains_key(&id)).await;
        known
    }

    /// Ends all jobs of a profile and waits for them. None starts in it any
    /// more, until [`Runner::reopen_profile`].
    pub async fn close_profile(&self, profile: ProfileId) {
        {
            let mut state = self.lock();
            state.closing.insert(profile);
            state.active.values_mut().filter(|active| active.profile == profile).for_each(Active::end);
        }
        self.until(|state| !state.active.values().any(|active| active.profile == profile)).await;
    }

    /// Lets jobs of a profile start again.
    pub fn reopen_profile(&self, profile: ProfileId) {
        self.lock().closing.remove(&profile);
        self.wake();
    }

    /// Stops the work on a job whose row says that it is paused.
    pub fn hold(&self, id: JobId) {
        if let Some(active) = self.lock().active.get_mut(&id) {
            active.control.pause();
            if let Some(progress) = &active.progress {
                progress.hold();
            }
        }
        self.tell_of_change();
        self.wake();
    }

    /// Whether the work on a job is stopped in its middle.
    pub fn stands_still(&self, id: JobId) -> bool {
        self.lock().active.get(&id).is_some_and(|active| active.control.is_paused())
    }

    /// How a job of this process stands right now, finer than its row.
    pub fn live(&self, id: JobId) -> Option<Job> {
        self.lock().active.get(&id).and_then(|active| active.live.clone())
    }

    /// Keeps how a job stands right now.
    pub fn set_live(&self, job: &Job) {
        if let Some(active) = self.lock().active.get_mut(&job.id) {
            active.live = Some(job.clone());
        }
    }

    /// Ends all work. With `goes_on_later` it goes on by itself with the next
    /// start; without, it was interrupted and is offered again.
    pub async fn shut_down(&self, goes_on_later: bool) {
        self.lock().goes_on_later = goes_on_later;
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
        self.lock().active.values().all(|active| active.control.is_paused())
    }

    /// Whether this process is at a job.
    pub fn is_at(&self, id: JobId) -> bool {
        self.lock().active.contains_key(&id)
    }

    /// Told whenever a job starts, is held or ends.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Holds the first of the names that `name` gives for 1, 2, … which neither
    /// exists nor is held.
    pub fn reserve_name(&self, name: impl Fn(u32) -> PathBuf) -> ReservedName {
        let mut held = lock(&self.inner.names);
        let mut number = 1;
        loop {
            let path = name(number);
            if !is_taken(&path) && held.insert(path.clone()) {
                return ReservedName { path, inner: self.inner.clone() };
            }
            number += 1;
        }
    }

    async fn until(&self, done: impl Fn(&State) -> bool) {
        let mut changes = self.changes();
        while !done(&self.lock()) {
            // The sender lives as long as this.
            let _ = changes.changed().await;
        }
    }

    fn tell_of_change(&self) {
        self.inner.changes.send_modify(|count| *count += 1);
    }

    /// Starts jobs until the machine has enough to do.
    async fn start_whose_turn_it_is(&self, studio: &Studio) -> StudioResult<()> {
        let mut waiting = studio.library().waiting_jobs(studio.worker_name()).await?;
        waiting.retain(|job| !self.lock().closing.contains(&job.profile_id));
        while let Some(at) = self.next(&waiting) {
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

    fn next(&self, waiting: &[Waiting]) -> Option<usize> {
        let mut state = self.lock();
        let State { active, turns, limits, focus, .. } = &mut *state;
        let working: Vec<Working> = active
            .values()
            .filter(|active| !active.control.is_paused())
            .map(|active| Working { profile: active.profile, class: active.class })
            .collect();
        let id = turns.next(waiting, &working, limits.unwrap_or(Limits::AUTOMATIC), focus)?;
        waiting.iter().position(|job| job.id == id)
    }

    /// Lets work that stands still go on.
    async fn go_on(&self, session: &ProfileSession, id: JobId) -> StudioResult<()> {
        let (library, profile) = (session.library(), session.profile_id());
        if library.continue_job(profile, id, session.studio().worker_name()).await? {
            if let Some(active) = self.lock().active.get(&id) {
                active.control.resume();
                if let Some(progress) = &active.progress {
                    progress.go_on();
                }
            }
            session.emit(StudioEvent::JobChanged { job: library.job_row(profile, id).await?.job });
            self.tell_of_change();
        }
        Ok(())
    }

    /// Starts a job in the background; one that was started already is left alone.
    fn start(&self, session: ProfileSession, job: &Waiting) {
        let (profile, id) = (job.profile_id, job.id);
        let cancel = self.inner.shutdown.child_token();
        {
            let mut state = self.lock();
            let control = RunControl::default();
            control.set_quiet(state.limits.is_some_and(|limits| limits.quiet));
            match state.active.entry(id) {
                Entry::Occupied(_) => return,
                Entry::Vacant(place) => place.insert(Active {
                    profile,
                    kind: job.kind,
                    class: Class::of(job),
                    cancel: cancel.clone(),
                    control,
                    started: false,
                    unwanted: false,
                    folders: Vec::new(),
                    progress: None,
                    live: None,
                }),
            };
        }
        let runner = self.clone();
        let span = tracing::info_span!(parent: None, "job", profile = %profile, job = %id);
        self.inner.tasks.spawn(
            async move {
                // Whatever happens in it, it is not waited for when it is over.
                let _leave = Leave { runner: &runner, id };
                if let Some(end) = runner.work(&session, id, &cancel).await {
                    runner.finish(&session, id, end).await;
                }
                if let Err(error) = session.refresh_left_pending().await {
                    tracing::warn!(%error, "clips may wait for their files until the next start");
                }
            }
            .instrument(span),
        );
    }

    /// Does the work and tells how it went; nothing where there was none to do.
    async fn work(
        &self,
        session: &ProfileSession,
        id: JobId,
        cancel: &CancellationToken,
    ) -> Option<StudioResult<tasks::Outcome>> {
        let profile = session.profile_id();
        match session.library().start_job(profile, id, session.studio().worker_name()).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error.into())),
        }
        let row = match session.library().job_row(profile, id).await {
            Ok(row) => row,
            Err(error) => return Some(Err(error.into())),
        };
        session.emit(StudioEvent::JobChanged { job: row.job.clone() });
        tracing::info!(kind = ?row.job.kind, attempt = row.job.attempts, "job starts");

        let temp = session.folders().job_temp(id);
        let progress = JobProgress::new(session.clone(), row.job.clone());
        let control = {
            let mut state = self.lock();
            let active = state.active.get_mut(&id)?;
            active.started = true;
            active.folders = disk::folders_of(session, &row);
            active.progress = Some(progress.clone());
            active.control.clone()
        };
        let task =
            tasks::Task { session, row: &row, temp: temp.clone(), cancel: cancel.clone(), control, progress };
        let result = match disk::require_room(session, &row).and_then(|()| {
            // Deleting writes nothing, and a disk that is full takes no folder.
            let made =
                if row.job.kind == JobKind::DeleteFiles { Ok(()) } else { std::fs::create_dir_all(&temp) };
            made.map_err(|error| StudioError::io("The job's temp folder cannot be made.", &error))
        }) {
            // A task that panics is a failed job, not one that runs forever.
            Ok(()) => AssertUnwindSafe(tasks::perform(&task)).catch_unwind().await.unwrap_or_else(|_| {
                Err(StudioError::new("internal", "Something went wrong inside Rushes. Try the job again."))
            }),
            Err(error) => Err(error),
        };
        drop(task);
        if let Err(error) = remove_folder(&temp) {
            tracing::warn!(%error, "the job's temp folder stays until the next start");
        }
        Some(match result {
            Err(_) if cancel.is_cancelled() => Err(StudioError::cancelled()),
            other => other,
        })
    }

    async fn finish(&self, session: &ProfileSession, id: JobId, result: StudioResult<tasks::Outcome>) {
        let unwanted = self.lock().active.get(&id).is_some_and(|active| active.unwanted);
        let mut tried = 0;
        loop {
            match self.write_outcome(session, id, unwanted, &result).await {
                Ok(()) => return,
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
        }
    }

    /// Writes what became of a job: it is over, or it waits for something.
    async fn write_outcome(
        &self,
        session: &ProfileSession,
        id: JobId,
        unwanted: bool,
        result: &StudioResult<tasks::Outcome>,
    ) -> Result<(), LibraryError> {
        let (library, profile) = (session.library(), session.profile_id());
        let end = match result {
            Ok(outcome) => JobEnd::Done { note: outcome.note.clone(), result: outcome.result.clone() },
            Err(error) => match error.code.as_str() {
                // The application ends, not the editor's wish.
                "cancelled" if self.is_shutting_down() && !unwanted => {
                    return self.leave_for_later(session, id).await;
                }
                "cancelled" => JobEnd::Cancelled,
                "disk_full" | "disk_short" => {
                    library.remark_on_job(profile, id, &error.message).await?;
                    let job = library.pause_job(profile, id, PauseReason::DiskFull).await?;
                    library.hold_queue(profile, HoldReason::DiskFull).await?;
                    tracing::warn!(detail = error.detail, "the disk is full; the queue is held");
                    session.emit(StudioEvent::JobChanged { job });
                    session.emit(StudioEvent::QueueChanged);
                    return Ok(());
                }
                "folder_missing" => {
                    let job = library.pause_job(profile, id, PauseReason::FolderMissing).await?;
                    tracing::warn!("the output folder is gone; the job waits for it");
                    session.emit(StudioEvent::JobChanged { job });
                    return Ok(());
                }
                "suspended" => return Ok(()),
                "ffmpeg_stalled"
                    if library.job_row(profile, id).await?.job.attempts < STALLED_ATTEMPTS
                        && library.try_job_again(profile, id, &error.message).await? =>
                {
                    tracing::warn!(detail = error.detail, "ffmpeg hung; the job is tried once more");
                    session.emit(StudioEvent::JobChanged { job: library.job_row(profile, id).await?.job });
                    return Ok(());
                }
                code => JobEnd::Failed {
                    code: code.to_owned(),
                    message: error.message.clone(),
                    detail: error.detail.clone(),
                },
            },
        };
        match &end {
            JobEnd::Failed { code, detail, .. } => tracing::error!(code, detail, "job failed"),
            other => tracing::info!(outcome = ?other, "job ends"),
        }
        let job = library.end_job(profile, id, &end).await?;
        tasks::announce_end(session, &job);
        session.emit(StudioEvent::JobChanged { job });
        Ok(())
    }

    async fn leave_for_later(&self, session: &ProfileSession, id: JobId) -> Result<(), LibraryError> {
        let (library, profile) = (session.library(), session.profile_id());
        if self.lock().goes_on_later {
            library.pause_job(profile, id, PauseReason::Quit).await.map(|_| ())
        } else {
            library.interrupt_job(profile, id, session.studio().worker_name()).await.map(|_| ())
        }
    }

    /// Looks at the jobs at work and at those that wait for something: other
    /// processes may have paused or ended them, a disk may be full or a folder
    /// back.
    async fn look_around(&self, studio: &Studio) -> StudioResult<()> {
        self.follow_the_library(studio).await?;
        self.hold_what_has_no_room(studio).await?;
        disk::let_go_what_has_room(studio).await
    }

    async fn follow_the_library(&self, studio: &Studio) -> StudioResult<()> {
        let library = studio.library();
        let mut at: Vec<(JobId, ProfileId, JobKind, bool)> = Vec::new();
        for (id, active) in self.lock().active.iter().filter(|(_, active)| active.started) {
            at.push((*id, active.profile, active.kind, active.control.is_paused()));
        }
        if at.is_empty() {
            return Ok(());
        }
        let held = library.held_queues().await?;
        let standing: HashMap<JobId, JobState> = library
            .jobs_of_worker(studio.worker_name())
            .await?
            .into_iter()
            .map(|standing| (standing.id, standing.state))
            .collect();
        for (id, profile, kind, stands_still) in at {
            let is_held = !kind.is_brief() && held.iter().any(|(held, _)| *held == profile);
            match standing.get(&id) {
                Some(JobState::Running) if is_held => {
                    ProfileSession::of(studio, profile).pause(id, PauseReason::Queue).await?;
                }
                Some(JobState::Paused) if !stands_still => self.hold(id),
                Some(_) => {}
                // Ended by another process, or deleted with what it works on. One
                // that waits to go on is started again by its turn.
                None => match library.job_row(profile, id).await {
                    Ok(row) if !row.job.state.is_over() => {}
                    Ok(_) | Err(LibraryError::NotFound { .. }) => self.drop_job(id),
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(())
    }

    /// Stops work before it fills a disk to the last byte.
    async fn hold_what_has_no_room(&self, studio: &Studio) -> StudioResult<()> {
        let mut full = Vec::new();
        for (id, active) in &self.lock().active {
            let stopped = active.control.is_paused() || !active.started;
            if !stopped && active.folders.iter().any(|folder| studio.is_almost_full(folder)) {
                full.push((active.profile, *id));
            }
        }
        for (profile, id) in full {
            let session = ProfileSession::of(studio, profile);
            studio.library().hold_queue(profile, HoldReason::DiskFull).await?;
            session.pause(id, PauseReason::DiskFull).await?;
            session.emit(StudioEvent::QueueChanged);
            tracing::warn!(job = %id, "a disk is almost full; the queue is held");
        }
        Ok(())
    }

    fn drop_job(&self, id: JobId) {
        if let Some(active) = self.lock().active.get_mut(&id) {
            active.end();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.inner.state)
    }
}

/// Takes a job off the list of those of this process.
struct Leave<'a> {
    runner: &'a Runner,
    id: JobId,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.runner.lock().active.remove(&self.id);
        self.runner.tell_of_change();
        self.runner.wake();
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

/// A file name that is held for a job for as long as this lives.
pub(crate) struct ReservedName {
    path: PathBuf,
    inner: Arc<Inner>,
}

impl ReservedName {
    /// The name.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        lock(&self.inner.names).remove(&self.path);
    }
}
