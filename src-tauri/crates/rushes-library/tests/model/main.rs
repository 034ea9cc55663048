//! Model test of the queue: random calls from several workers and profiles, after which
//! library and model must give the same answers and have the same state.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod world;

use common::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rushes_library::model::{FinalStatus, JobQuery, JobState, PauseReason};
use rushes_library::{JobEnd, LibraryError, LibraryResult, NewJob};
use rushes_model::ids::{BatchId, ClipId, JobId, ProfileId, ProjectId};
use rushes_model::notice::Notice;
use world::{CLIPS, End, ModelJob, PROFILES, PROJECTS, Place, Work, World};

const WORKERS: [&str; 2] = ["one", "two"];
const PRESETS: [&str; 2] = ["tiktok", "square"];
const STAGES: [&str; 2] = ["analysing", "encoding"];

/// One call. Jobs are picked from those that exist by then.
#[derive(Debug, Clone)]
enum Call {
    Queue { place: (usize, usize), work: Vec<Work>, worker: usize },
    OfJob { job: Index, by_a_stranger: bool, what: OfJob },
    Hold { profile: usize },
    Release { profile: usize },
}

/// A call about one job.
#[derive(Debug, Clone)]
enum OfJob {
    Start { worker: usize },
    GoOn { worker: usize },
    Progress { stage: usize, bp: u32 },
    Pause { reason: PauseReason },
    Resume { worker: usize, stands_still: bool },
    TryAgain,
    Requeue { worker: usize },
    Interrupt { worker: usize },
    End { end: End },
    Move { before: Option<Index> },
    CancelBatch,
}

fn call() -> impl Strategy<Value = Call> {
    let place = || (0..PROFILES, 0..PROJECTS);
    let work = || {
        prop_oneof![
            2 => Just(Work::Making),
            2 => (0..CLIPS, 0..PRESETS.len()).prop_map(|(c, p)| Work::Final(c, p)),
            1 => (0..2usize).prop_map(Work::Adding),
        ]
    };
    prop_oneof![
        4 => (place(), work(), 0..2usize)
            .prop_map(|(place, work, worker)| Call::Queue { place, work: vec![work], worker }),
        2 => (place(), vec(work(), 2..5), 0..2usize)
            .prop_map(|(place, work, worker)| Call::Queue { place, work, worker }),
        24 => (any::<Index>(), prop::bool::weighted(0.1), of_job())
            .prop_map(|(job, by_a_stranger, what)| Call::OfJob { job, by_a_stranger, what }),
        1 => (0..PROFILES).prop_map(|profile| Call::Hold { profile }),
        1 => (0..PROFILES).prop_map(|profile| Call::Release { profile }),
    ]
}

fn of_job() -> impl Strategy<Value = OfJob> {
    let worker = || 0..WORKERS.len();
    let reason = prop::sample::select(vec![
        PauseReason::Editor,
        PauseReason::Queue,
        PauseReason::DiskFull,
        PauseReason::FolderMissing,
        PauseReason::Quit,
    ]);
    let end = prop::sample::select(vec![End::Done, End::Failed, End::Cancelled]);
    prop_oneof![
        6 => worker().prop_map(|worker| OfJob::Start { worker }),
        1 => worker().prop_map(|worker| OfJob::GoOn { worker }),
        3 => (0..STAGES.len(), 0..12_000u32).prop_map(|(stage, bp)| OfJob::Progress { stage, bp }),
        3 => reason.prop_map(|reason| OfJob::Pause { reason }),
        3 => (worker(), any::<bool>())
            .prop_map(|(worker, stands_still)| OfJob::Resume { worker, stands_still }),
        1 => Just(OfJob::TryAgain),
        2 => worker().prop_map(|worker| OfJob::Requeue { worker }),
        3 => worker().prop_map(|worker| OfJob::Interrupt { worker }),
        2 => end.prop_map(|end| OfJob::End { end }),
        3 => any::<Option<Index>>().prop_map(|before| OfJob::Move { before }),
        1 => Just(OfJob::CancelBatch),
    ]
}

/// The library and the model beside it.
struct Both {
    shelf: Shelf,
    profiles: Vec<ProfileId>,
    projects: Vec<Vec<ProjectId>>,
    clips: Vec<(Place, ClipId)>,
    world: World,
    /// The library's ids of the model's jobs.
    jobs: Vec<JobId>,
    batches: Vec<BatchId>,
}

impl Both {
    async fn new() -> Self {
        let shelf = Shelf::new().await;
        let (mut profiles, mut projects, mut clips) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..PROFILES {
            let profile = shelf.profile(["Ana", "Ben"][number]).await.id;
            let mut own = Vec::new();
            for name in 0..PROJECTS {
                let project = shelf.project(profile, ["Wedding", "Trailer"][name]).await.id;
                let source = shelf.source(profile, project, &format!("/footage/{name}.mp4")).await.id;
                let made = shelf.clips(profile, project, source, CLIPS).await;
                clips.extend(made.into_iter().enumerate().map(|(clip, id)| ((number, name, clip), id)));
                own.push(project);
            }
            profiles.push(profile);
            projects.push(own);
        }
        // The jobs that made the clips are not part of the model.
        run_sql(&mut shelf.raw().await, "DELETE FROM jobs".into()).await.unwrap();
        Self {
            shelf,
            profiles,
            projects,
            clips,
            world: World::default(),
            jobs: Vec::new(),
            batches: Vec::new(),
        }
    }

    fn new_job(&self, (profile, project): (usize, usize), work: Work) -> NewJob {
        let id = self.projects[profile][project];
        match work {
            Work::Making => making(id),
            Work::Adding(number) => adding(id, number),
            Work::Final(clip, preset) => {
                let place = (profile, project, clip);
                let (_, clip) = self.clips.iter().find(|(other, _)| *other == place).unwrap();
                rendering(id, *clip, PRESETS[preset])
            }
        }
    }

    /// Makes a call to both, which must answer the same.
    async fn make(&mut self, call: &Call) {
        match call {
            Call::Queue { place, work, worker } => self.queue(*place, work, WORKERS[*worker]).await,
            Call::Hold { profile } => {
                self.shelf.library.hold_queue(self.profiles[*profile]).await.unwrap();
                self.world.held[*profile] = true;
            }
            Call::Release { profile } => {
                let (library, id) = (&self.shelf.library, self.profiles[*profile]);
                let paused = library.jobs_paused_with_queue(id).await.unwrap();
                library.release_queue(id).await.unwrap();
                let known = self.world.release(*profile);
                assert_eq!(paused, self.named(known));
            }
            Call::OfJob { job, by_a_stranger, what } if !self.jobs.is_empty() => {
                let job = job.index(self.jobs.len());
                if *by_a_stranger {
                    self.refused_to_a_stranger(job, what).await;
                } else {
                    self.of_job(job, what).await;
                }
            }
            Call::OfJob { .. } => {}
        }
    }

    async fn queue(&mut self, place: (usize, usize), work: &[Work], worker: &'static str) {
        let (library, profile) = (&self.shelf.library, self.profiles[place.0]);
        let new: Vec<NewJob> = work.iter().map(|work| self.new_job(place, *work)).collect();
        let told = match &new[..] {
            [one] => vec![library.queue_job(profile, worker, one).await],
            many => library.queue_jobs(profile, worker, many).await.unwrap(),
        };
        let before = self.world.batches;
        let answers = self.world.queue(place, work, worker);
        for (told, answer) in told.into_iter().zip(answers) {
            match (told, answer) {
                (Ok(job), Ok(number)) => {
                    assert_eq!(number, self.jobs.len());
                    self.jobs.push(job.id);
                    if self.batches.len() < self.world.batches {
                        self.batches.extend(job.batch_id);
                    }
                }
                (told, answer) => same_refusal(told.map(|_| ()), answer.map(|_| ())),
            }
        }
        if self.world.batches > before && self.batches.len() < self.world.batches {
            // All were refused, so there is no batch.
            self.world.batches = before;
        }
    }

    async fn of_job(&mut self, job: usize, what: &OfJob) {
        let (library, world, id) = (&self.shelf.library, &mut self.world, self.jobs[job]);
        let profile = self.profiles[world.jobs[job].profile];
        match what {
            OfJob::Start { worker } => {
                let started = library.start_job(profile, id, WORKERS[*worker]).await.unwrap();
                assert_eq!(started, world.run(job, WORKERS[*worker], true));
            }
            OfJob::GoOn { worker } => {
                let goes_on = library.continue_job(profile, id, WORKERS[*worker]).await.unwrap();
                assert_eq!(goes_on, world.run(job, WORKERS[*worker], false));
            }
            OfJob::Progress { stage, bp } => {
                library.note_job_progress(profile, id, STAGES[*stage], *bp).await.unwrap();
                world.progress(job, STAGES[*stage], *bp);
            }
            OfJob::Pause { reason } => {
                library.pause_job(profile, id, *reason).await.unwrap();
                world.pause(job, *reason);
            }
            OfJob::Resume { worker, stands_still } => {
                library.resume_job(profile, id, WORKERS[*worker], *stands_still).await.unwrap();
                world.resume(job, WORKERS[*worker], *stands_still);
            }
            OfJob::TryAgain => {
                let again = library.try_job_again(profile, id, &world::HUNG).await.unwrap();
                assert_eq!(again, world.try_again(job));
            }
            OfJob::Requeue { worker } => {
                let told = library.requeue_job(profile, id, WORKERS[*worker]).await;
                match (told, world.requeue(job, WORKERS[*worker])) {
                    (Ok(told), Ok(answer)) => assert_eq!(told, answer),
                    (told, answer) => same_refusal(told.map(|_| ()), answer.map(|_| ())),
                }
            }
            OfJob::Interrupt { worker } => {
                let interrupted = library.interrupt_job(profile, id, WORKERS[*worker]).await.unwrap();
                assert_eq!(interrupted, world.interrupt(job, WORKERS[*worker]));
            }
            OfJob::End { end } => {
                library.end_job(profile, id, &job_end(*end)).await.unwrap();
                world.end(job, *end);
            }
            OfJob::Move { before } => {
                // Within the profile; another profile's job is covered by
                // `refused_to_a_stranger`.
                let own: Vec<usize> = (0..self.jobs.len())
                    .filter(|j| world.jobs[*j].profile == world.jobs[job].profile)
                    .collect();
                let before = before.map(|before| own[before.index(own.len())]);
                let told = library.move_job(profile, id, before.map(|before| self.jobs[before])).await;
                same_refusal(told.map(|_| ()), world.put(job, before));
            }
            OfJob::CancelBatch => {
                if let Some(batch) = world.jobs[job].batch {
                    let told = library.cancel_batch(profile, self.batches[batch - 1]).await.unwrap();
                    let told: Vec<JobId> = told.into_iter().map(|job| job.id).collect();
                    let ended = world.cancel_batch(batch);
                    assert_eq!(told, self.named(ended));
                }
            }
        }
    }

    /// Another profile's call about a job: for that profile there is no such job.
    async fn refused_to_a_stranger(&self, job: usize, what: &OfJob) {
        let (library, id) = (&self.shelf.library, self.jobs[job]);
        let stranger = self.profiles[(self.world.jobs[job].profile + 1) % PROFILES];
        let told: LibraryResult<()> = match what {
            OfJob::Start { worker } => library.start_job(stranger, id, WORKERS[*worker]).await.map(|_| ()),
            OfJob::GoOn { worker } => library.continue_job(stranger, id, WORKERS[*worker]).await.map(|_| ()),
            OfJob::Progress { stage, bp } => {
                library.note_job_progress(stranger, id, STAGES[*stage], *bp).await
            }
            OfJob::Pause { reason } => library.pause_job(stranger, id, *reason).await.map(|_| ()),
            OfJob::Resume { worker, stands_still } => {
                library.resume_job(stranger, id, WORKERS[*worker], *stands_still).await.map(|_| ())
            }
            OfJob::TryAgain => library.try_job_again(stranger, id, &world::HUNG).await.map(|_| ()),
            OfJob::Requeue { worker } => {
                library.requeue_job(stranger, id, WORKERS[*worker]).await.map(|_| ())
            }
            OfJob::Interrupt { worker } => {
                library.interrupt_job(stranger, id, WORKERS[*worker]).await.map(|_| ())
            }
            OfJob::End { end } => library.end_job(stranger, id, &job_end(*end)).await.map(|_| ()),
            OfJob::Move { before: Some(_) } => {
                // Nor can the stranger move a job of its own before it.
                let own = (0..self.jobs.len())
                    .find(|other| self.profiles[self.world.jobs[*other].profile] == stranger);
                match own {
                    Some(own) => library.move_job(stranger, self.jobs[own], Some(id)).await.map(|_| ()),
                    None => return,
                }
            }
            OfJob::Move { before: None } => library.move_job(stranger, id, None).await.map(|_| ()),
            OfJob::CancelBatch => match self.world.jobs[job].batch {
                Some(batch) => library.cancel_batch(stranger, self.batches[batch - 1]).await.map(|_| ()),
                None => library.job_log(stranger, id).await.map(|_| ()),
            },
        };
        assert!(matches!(told, Err(LibraryError::NotFound { .. })), "{what:?} by a stranger: {told:?}");
    }

    fn named(&self, jobs: Vec<usize>) -> Vec<JobId> {
        jobs.into_iter().map(|job| self.jobs[job]).collect()
    }

    /// Compares both; at the end, the full logs too.
    async fn compare(&self, at_the_end: bool) {
        let library = &self.shelf.library;
        let all = JobQuery { limit: Some(2_000), ..JobQuery::default() };
        let held = library.held_queues().await.unwrap();
        for (number, profile) in self.profiles.iter().enumerate() {
            let jobs = library.list_jobs(*profile, &all).await.unwrap();
            let known = (0..self.jobs.len()).rev().filter(|job| self.world.jobs[*job].profile == number);
            assert_eq!(jobs.len(), known.clone().count(), "no job is lost, none comes from nowhere");
            for (job, known) in jobs.iter().zip(known) {
                assert_eq!(job.id, self.jobs[known], "newest first");
                let ModelJob { state, pause_reason, stage, progress_bp, attempts, worker, .. } =
                    self.world.jobs[known];
                assert_eq!(
                    (job.state, job.pause_reason, job.stage.as_deref(), job.progress_bp, job.attempts),
                    (state, pause_reason, stage, progress_bp, attempts),
                    "job {known}"
                );
                assert_eq!(job.ended_at_ms.is_some(), state.is_over());
                assert_eq!(job.started_at_ms.is_some(), attempts > 0, "going on is no start");
                assert_eq!(job.error.is_some(), state == JobState::Failed);
                // A finished job was compared when it ended, and is compared again at the
                // end.
                if state.is_over() && !at_the_end {
                    continue;
                }
                assert_eq!(library.job_row(*profile, job.id).await.unwrap().worker, worker);
                let log: Vec<_> = library.job_log(*profile, job.id).await.unwrap();
                assert!(log.iter().zip(1..).all(|(line, number)| line.number == number));
                let told: Vec<_> =
                    log.into_iter().map(|line| (line.event, line.words, line.notices)).collect();
                assert_eq!(told, self.world.jobs[known].log, "the log of job {known}");
            }
            assert_eq!(held.contains(profile), self.world.held[number]);
            assert_eq!(library.is_queue_held(*profile).await.unwrap(), self.world.held[number]);
            for worker in WORKERS {
                let waiting = library.waiting_jobs(worker).await.unwrap();
                let waiting: Vec<JobId> =
                    waiting.iter().filter(|job| job.profile_id == *profile).map(|job| job.id).collect();
                let known = self.world.waiting(number, worker);
                assert_eq!(waiting, self.named(known), "the order of what waits");
            }
        }
        for (place, clip) in &self.clips {
            let status = library.get_clip(self.profiles[place.0], *clip).await.unwrap().final_status;
            assert_eq!(status, self.world.finals.get(place).copied().unwrap_or(FinalStatus::None));
        }
    }
}

fn job_end(end: End) -> JobEnd {
    match end {
        End::Done => JobEnd::Done { notes: vec![world::REMARK], result: None },
        End::Failed => JobEnd::Failed { error: Notice::FULL, detail: "ENOSPC".into() },
        End::Cancelled => JobEnd::Cancelled,
    }
}

fn same_refusal(told: LibraryResult<()>, known: Result<(), world::Refused>) {
    let told = told.map_err(|error| match error.notice() {
        Notice::Busy { .. } => world::Refused::Busy,
        Notice::Invalid { .. } => world::Refused::Invalid,
        other => panic!("{other:?}"),
    });
    assert_eq!(told, known);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_queue_is_what_its_rules_say_after_any_calls(calls in vec(call(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new().await;
            for (number, call) in calls.iter().enumerate() {
                both.make(call).await;
                both.compare(number + 1 == calls.len()).await;
            }
            both.shelf.library.close().await;
        });
    }
}
