//! Progress that is true: a job is a row of stages with weights; the done part
//! never goes back, events are at most ten a second, the row is written once a
//! second.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rushes_library::model::{Job, JobState};
use rushes_media::run::Progress;
use tracing::Instrument;

use crate::events::StudioEvent;
use crate::studio::ProfileSession;

const EVENT_EVERY: Duration = Duration::from_millis(100);
const ROW_EVERY: Duration = Duration::from_secs(1);

/// The progress of one job. Clones tell of the same job.
#[derive(Clone)]
pub(crate) struct JobProgress {
    session: ProfileSession,
    state: Arc<Mutex<State>>,
}

struct State {
    job: Job,
    /// When it started, moved on by the time for which it was held.
    started: Instant,
    held: Option<Instant>,
    last_event: Option<Instant>,
    last_row: Option<Instant>,
}

impl JobProgress {
    /// Progress of a job that has just started.
    pub fn new(session: ProfileSession, mut job: Job) -> Self {
        job.state = JobState::Running;
        let started = Instant::now();
        let state = State { job, started, held: None, last_event: None, last_row: None };
        Self { session, state: Arc::new(Mutex::new(state)) }
    }

    /// The clock stands still.
    pub fn hold(&self) {
        self.lock().held.get_or_insert_with(Instant::now);
    }

    /// The clock goes on.
    pub fn go_on(&self) {
        let mut state = self.lock();
        if let Some(held) = state.held.take() {
            state.started += held.elapsed();
        }
    }

    /// Tells the stage, the done part of the whole (0 to 1) and the speed.
    pub fn report(&self, stage: &str, done: f64, speed_milli: Option<u32>) {
        let mut state = self.lock();
        let now = Instant::now();
        let new_stage = state.job.stage.as_deref() != Some(stage);
        let bp = (done.clamp(0.0, 1.0) * 10_000.0) as u32;
        state.job.progress_bp = state.job.progress_bp.max(bp.min(9_999));
        state.job.speed_milli = speed_milli.or(state.job.speed_milli.filter(|_| !new_stage));
        state.job.stage = Some(stage.to_owned());
        let elapsed = now.duration_since(state.started).as_secs_f64();
        let part = f64::from(state.job.progress_bp) / 10_000.0;
        // Before this much is known, an estimate would only jump about.
        state.job.eta_s =
            (elapsed > 1.5 && part > 0.03).then(|| (elapsed * (1.0 - part) / part).ceil() as u32);
        self.session.studio().runner().set_live(&state.job);

        let due = |last: Option<Instant>, every| last.is_none_or(|last| now.duration_since(last) >= every);
        if new_stage || due(state.last_event, EVENT_EVERY) {
            state.last_event = Some(now);
            self.session.emit(StudioEvent::JobChanged { job: state.job.clone() });
        }
        // Each stage is a line of the job's log.
        if new_stage || due(state.last_row, ROW_EVERY) {
            state.last_row = Some(now);
            let (session, job) = (self.session.clone(), state.job.clone());
            let stage = stage.to_owned();
            let write = async move {
                let (library, profile) = (session.library(), session.profile_id());
                if let Err(error) = library.note_job_progress(profile, job.id, &stage, job.progress_bp).await
                {
                    tracing::warn!(%error, "progress could not be written");
                }
            };
            tokio::spawn(write.in_current_span());
        }
    }

    /// Whom to tell of the progress of a stage that fills the part of the whole
    /// from `from` to `to`.
    pub fn told(&self, stage: &'static str, from: f64, to: f64) -> Arc<dyn Fn(Progress) + Send + Sync> {
        let progress = self.clone();
        Arc::new(move |now: Progress| {
            let part = now.done_us as f64 / now.total_us.max(1) as f64;
            progress.report(stage, from + (to - from) * part.clamp(0.0, 1.0), now.speed_milli);
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
