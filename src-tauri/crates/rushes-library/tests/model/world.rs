//! A model of the queue in memory: what each call changes and returns, written from the
//! rules instead of the SQL.

use std::collections::BTreeMap;

use rushes_library::model::{FinalStatus, JobEventKind, JobState, PauseReason};
use rushes_model::notice::{Activity, Notice};

/// Number of profiles, projects in each, and clips in each project.
pub const PROFILES: usize = 2;
pub const PROJECTS: usize = 2;
pub const CLIPS: usize = 2;

/// A clip, by profile, project and number.
pub type Place = (usize, usize, usize);

/// What a job works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Making clips in a project.
    Making,
    /// A final of one of the project's clips with one of the presets.
    Final(usize, usize),
    /// Adding files to a project, which runs even if the queue is on hold.
    Adding(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelJob {
    pub profile: usize,
    pub project: usize,
    pub work: Work,
    pub state: JobState,
    pub pause_reason: Option<PauseReason>,
    /// Position in the order, counted in jobs; among equals the older comes first.
    pub turn: i64,
    pub stage: Option<&'static str>,
    pub progress_bp: u32,
    pub attempts: u32,
    pub worker: &'static str,
    pub batch: Option<usize>,
    pub log: Vec<(JobEventKind, Option<String>, Vec<Notice>)>,
}

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Done,
    Failed,
    Cancelled,
}

impl End {
    fn state(self) -> JobState {
        match self {
            Self::Done => JobState::Done,
            Self::Failed => JobState::Failed,
            Self::Cancelled => JobState::Cancelled,
        }
    }
}

/// Why a job is tried again.
pub const HUNG: Notice = Notice::FfmpegStalled { activity: Activity::Rendering, silent_s: 60 };
/// What is told of a job that is done.
pub const REMARK: Notice = Notice::SegmentsShort;

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    Busy,
    Invalid,
}

#[derive(Debug, Default)]
pub struct World {
    pub jobs: Vec<ModelJob>,
    pub batches: usize,
    pub held: [bool; PROFILES],
    pub finals: BTreeMap<Place, FinalStatus>,
}

fn under_way(state: JobState) -> bool {
    matches!(state, JobState::Queued | JobState::Running | JobState::Paused)
}

impl World {
    /// Queues jobs, as a batch if there are several, with a result for each.
    pub fn queue(
        &mut self,
        (profile, project): (usize, usize),
        work: &[Work],
        worker: &'static str,
    ) -> Vec<Result<usize, Refused>> {
        let batch = (work.len() > 1).then(|| {
            self.batches += 1;
            self.batches
        });
        let mut answers = Vec::new();
        for work in work {
            if self.twin((profile, project, *work), None) {
                answers.push(Err(Refused::Busy));
                continue;
            }
            let turn = self.next_turn(profile, project);
            self.jobs.push(ModelJob {
                profile,
                project,
                work: *work,
                state: JobState::Queued,
                pause_reason: None,
                turn,
                stage: None,
                progress_bp: 0,
                attempts: 0,
                worker,
                batch,
                log: vec![(JobEventKind::Queued, None, vec![])],
            });
            let job = self.jobs.len() - 1;
            self.settle(job, false);
            answers.push(Ok(job));
        }
        answers
    }

    pub fn run(&mut self, job: usize, worker: &'static str, anew: bool) -> bool {
        let may = self.jobs[job].state == JobState::Queued && !self.is_held(job);
        if may {
            self.go(job, JobState::Running, JobEventKind::Started, None);
            self.jobs[job].worker = worker;
            self.jobs[job].attempts += u32::from(anew);
        }
        may
    }

    pub fn progress(&mut self, job: usize, stage: &'static str, bp: u32) {
        let job = &mut self.jobs[job];
        if job.state != JobState::Running {
            return;
        }
        if job.stage != Some(stage) {
            job.log.push((JobEventKind::Stage, Some(stage.into()), vec![]));
        }
        job.stage = Some(stage);
        job.progress_bp = job.progress_bp.max(bp.min(10_000));
    }

    pub fn pause(&mut self, job: usize, reason: PauseReason) {
        if matches!(self.jobs[job].state, JobState::Queued | JobState::Running) {
            let words = serde_json::to_value(reason).ok().and_then(|word| word.as_str().map(str::to_owned));
            self.go(job, JobState::Paused, JobEventKind::Paused, words);
            self.jobs[job].pause_reason = Some(reason);
        }
    }

    pub fn resume(&mut self, job: usize, worker: &'static str, stands_still: bool) {
        if self.jobs[job].state == JobState::Paused {
            self.go(job, JobState::Queued, JobEventKind::Resumed, None);
            self.jobs[job].worker = worker;
            if !stands_still {
                self.begin_anew(job);
            }
        }
    }

    pub fn try_again(&mut self, job: usize) -> bool {
        let may = self.jobs[job].state == JobState::Running;
        if may {
            self.jobs[job].log.push((JobEventKind::Remark, None, vec![HUNG]));
            self.go(job, JobState::Queued, JobEventKind::Retried, None);
            self.begin_anew(job);
        }
        may
    }

    pub fn requeue(&mut self, job: usize, worker: &'static str) -> Result<bool, Refused> {
        let ModelJob { profile, project, work, state, .. } = self.jobs[job];
        match state {
            JobState::Interrupted if self.twin((profile, project, work), Some(job)) => Err(Refused::Busy),
            JobState::Interrupted | JobState::Queued => {
                if state == JobState::Interrupted {
                    self.go(job, JobState::Queued, JobEventKind::Requeued, None);
                }
                self.begin_anew(job);
                self.jobs[job].worker = worker;
                self.settle(job, false);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    pub fn interrupt(&mut self, job: usize, worker: &'static str) -> bool {
        let may = self.jobs[job].state == JobState::Running && self.jobs[job].worker == worker;
        if may {
            self.go(job, JobState::Interrupted, JobEventKind::Interrupted, None);
            self.jobs[job].stage = None;
            self.settle(job, false);
        }
        may
    }

    pub fn end(&mut self, job: usize, end: End) -> bool {
        use JobState::{Interrupted, Paused, Queued, Running};
        let may = matches!(
            (self.jobs[job].state, end),
            (Running | Paused, _) | (Queued, End::Failed | End::Cancelled) | (Interrupted, End::Cancelled)
        );
        if may {
            let (event, notices) = match end {
                End::Done => (JobEventKind::Done, vec![REMARK]),
                End::Failed => (JobEventKind::Failed, vec![Notice::FULL]),
                End::Cancelled => (JobEventKind::Cancelled, vec![]),
            };
            self.go(job, end.state(), event, None);
            self.jobs[job].log.last_mut().unwrap().2 = notices;
            self.jobs[job].stage = None;
            if end == End::Done {
                self.jobs[job].progress_bp = 10_000;
            }
            self.settle(job, end == End::Failed);
        }
        may
    }

    /// Ends the unfinished jobs of a batch, and returns them.
    pub fn cancel_batch(&mut self, batch: usize) -> Vec<usize> {
        (0..self.jobs.len())
            .filter(|job| self.jobs[*job].batch == Some(batch))
            .collect::<Vec<_>>()
            .into_iter()
            .filter(|job| self.end(*job, End::Cancelled))
            .collect()
    }

    /// Moves a job before another one, or to the end. All others keep their order.
    pub fn put(&mut self, job: usize, before: Option<usize>) -> Result<(), Refused> {
        let profile = self.jobs[job].profile;
        let mut order = self.in_order(profile, &[JobState::Queued, JobState::Paused]);
        let waits = |wanted: usize| order.contains(&wanted);
        if !waits(job) || before.is_some_and(|before| !waits(before)) {
            return Err(Refused::Invalid);
        }
        if before == Some(job) {
            return Ok(());
        }
        let first = self.jobs[order[0]].turn;
        order.retain(|other| *other != job);
        let at = before.and_then(|before| order.iter().position(|other| *other == before));
        order.insert(at.unwrap_or(order.len()), job);
        // From here on, no two jobs share a turn.
        for (turn, job) in (first..).zip(order) {
            self.jobs[job].turn = turn;
        }
        Ok(())
    }

    /// Releases a queue, and returns what was paused with it.
    pub fn release(&mut self, profile: usize) -> Vec<usize> {
        self.held[profile] = false;
        let mut paused = self.in_order(profile, &[JobState::Paused]);
        paused.retain(|job| {
            matches!(self.jobs[*job].pause_reason, Some(PauseReason::Queue | PauseReason::DiskFull))
        });
        paused
    }

    /// The jobs of a profile that wait for a worker, in order.
    pub fn waiting(&self, profile: usize, worker: &str) -> Vec<usize> {
        let mut jobs = self.in_order(profile, &[JobState::Queued]);
        jobs.retain(|job| self.jobs[*job].worker == worker && !self.is_held(*job));
        jobs
    }

    /// Whether a job waits because its queue is on hold.
    fn is_held(&self, job: usize) -> bool {
        let ModelJob { profile, work, .. } = self.jobs[job];
        self.held[profile] && !matches!(work, Work::Adding(_))
    }

    /// The jobs of a profile in some states, in order.
    pub fn in_order(&self, profile: usize, states: &[JobState]) -> Vec<usize> {
        let mut jobs: Vec<usize> = (0..self.jobs.len())
            .filter(|job| self.jobs[*job].profile == profile && states.contains(&self.jobs[*job].state))
            .collect();
        jobs.sort_by_key(|job| (self.jobs[*job].turn, *job));
        jobs
    }

    /// Start-time fair queueing: a job goes behind the last one of its own project, but not
    /// before the one whose turn it is.
    fn next_turn(&self, profile: usize, project: usize) -> i64 {
        let turns = |state| self.in_order(profile, &[state]).into_iter().map(|job| self.jobs[job].turn);
        let now = turns(JobState::Queued).min().or(turns(JobState::Running).max()).unwrap_or(0);
        let own = self
            .jobs
            .iter()
            .filter(|job| (job.profile, job.project) == (profile, project) && under_way(job.state));
        now.max(own.map(|job| job.turn).max().unwrap_or(0) + 1)
    }

    /// Whether another unfinished job does the same work.
    fn twin(&self, (profile, project, work): (usize, usize, Work), but: Option<usize>) -> bool {
        self.jobs.iter().enumerate().any(|(number, job)| {
            (job.profile, job.project, job.work) == (profile, project, work)
                && under_way(job.state)
                && Some(number) != but
        })
    }

    fn go(&mut self, job: usize, to: JobState, event: JobEventKind, words: Option<String>) {
        let job = &mut self.jobs[job];
        job.state = to;
        job.pause_reason = None;
        job.log.push((event, words, vec![]));
    }

    fn begin_anew(&mut self, job: usize) {
        self.jobs[job].stage = None;
        self.jobs[job].progress_bp = 0;
    }

    /// Updates a clip's final status from the jobs that render it.
    fn settle(&mut self, job: usize, failed: bool) {
        let ModelJob { profile, project, work: Work::Final(clip, _), .. } = self.jobs[job] else { return };
        let renders = self.jobs.iter().any(|job| {
            (job.profile, job.project) == (profile, project)
                && matches!(job.work, Work::Final(other, _) if other == clip)
                && under_way(job.state)
        });
        let status = match (renders, failed) {
            (true, _) => FinalStatus::Rendering,
            (false, true) => FinalStatus::Failed,
            (false, false) => FinalStatus::None,
        };
        self.finals.insert((profile, project, clip), status);
    }
}
