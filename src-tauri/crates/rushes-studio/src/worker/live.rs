//! Live state of a job of this process, more recent than its row. Progress
//! never goes back; there are at most ten events a second, and the row is
//! written once a second by `queue/progress.rs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rushes_library::model::{Job, JobState};
use rushes_model::ids::JobId;

const EVENT_EVERY: Duration = Duration::from_millis(100);
const ROW_EVERY: Duration = Duration::from_secs(1);

/// A running job. Clones share its state.
#[derive(Clone)]
pub(crate) struct LiveJob {
    state: Arc<Mutex<State>>,
}

struct State {
    job: Job,
    /// When it started, shifted by the time it was paused.
    started: Instant,
    held: Option<Instant>,
    last_event: Option<Instant>,
    last_row: Option<Instant>,
}

impl LiveJob {
    /// A job that has just started.
    pub fn new(mut job: Job) -> Self {
        job.state = JobState::Running;
        let started = Instant::now();
        let state = State { job, started, held: None, last_event: None, last_row: None };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Stops the clock.
    pub fn hold(&self) {
        self.lock().held.get_or_insert_with(Instant::now);
    }

    /// Restarts the clock, for a job whose row says that it runs again.
    pub fn go_on(&self, row: &Job) {
        let mut state = self.lock();
        let live = &state.job;
        state.job = Job {
            revision: live.revision.max(row.revision),
            progress_bp: live.progress_bp.max(row.progress_bp),
            stage: live.stage.clone(),
            ..row.clone()
        };
        if let Some(held) = state.held.take() {
            state.started += held.elapsed();
        }
    }

    /// The current state of the job, more recent than its row.
    pub fn job(&self) -> Job {
        self.lock().job.clone()
    }

    /// Records the stage, the fraction done (0 to 1) and the speed, and returns
    /// what has to be published.
    pub fn report(&self, stage: &str, done: f64, speed_milli: Option<u32>) -> Due {
        self.lock().report(stage, done, speed_milli, Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to publish once the lock is released.
pub(crate) struct Due {
    pub event: Option<Job>,
    pub row: Option<(JobId, u32)>,
}

impl State {
    fn report(&mut self, stage: &str, done: f64, speed_milli: Option<u32>, now: Instant) -> Due {
        let job = &mut self.job;
        let new_stage = job.stage.as_deref() != Some(stage);
        let bp = (done.clamp(0.0, 1.0) * 10_000.0) as u32;
        job.revision += 1;
        job.progress_bp = job.progress_bp.max(bp.min(9_999));
        job.speed_milli = speed_milli.or(job.speed_milli.filter(|_| !new_stage));
        job.stage = Some(stage.to_owned());
        let elapsed = now.duration_since(self.started).as_secs_f64();
        let part = f64::from(job.progress_bp) / 10_000.0;
        // Any earlier estimate would jump around.
        job.eta_s = (elapsed > 1.5 && part > 0.03).then(|| (elapsed * (1.0 - part) / part).ceil() as u32);

        let is_due = |last: Option<Instant>, every| {
            new_stage || last.is_none_or(|last| now.duration_since(last) >= every)
        };
        let mut due = Due { event: None, row: None };
        if is_due(self.last_event, EVENT_EVERY) {
            self.last_event = Some(now);
            due.event = Some(job.clone());
        }
        if is_due(self.last_row, ROW_EVERY) {
            self.last_row = Some(now);
            due.row = Some((job.id, job.progress_bp));
        }
        due
    }
}
