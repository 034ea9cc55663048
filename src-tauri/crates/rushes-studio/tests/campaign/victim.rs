//! The process that is killed: two editors at once, each with a profile, acting
//! at random and recording their decisions.

use std::io::BufRead;
use std::path::Path;
use std::time::Duration;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rushes_model::ids::{BatchId, ClipId, JobId, ProjectId};
use rushes_model::notice::Notice;
use rushes_studio::model::{
    Clip, ClipPatch, ClipQuery, Flag, FromSegments, Job, JobQuery, JobState, ProjectQuery, SelectionMode,
};
use rushes_studio::{Closing, ProfileSession, StudioResult};

use crate::common::{BRISK, QUICK, asking_for, open};
use crate::journal::{self, Decision, Journal, Line};

/// A profile with this many jobs gets no more.
const BUSY_JOBS: usize = 8;
/// A project with this many clips gets no more.
const FULL_PROJECT: usize = 24;
/// A project with this many sources gets no more.
const FULL_CARD: usize = 12;
/// Errors expected by an editor who clicks at random.
fn is_expected(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::Busy { .. }
            | Notice::NotFound { .. }
            | Notice::JobOver
            | Notice::Invalid { .. }
            | Notice::BadEdit { .. }
            | Notice::SourceMissing { .. }
            | Notice::FileExists { .. }
            | Notice::NoSegments
    )
}

/// Opens the studio and works in it until asked to close, if ever.
pub async fn work(folder: &Path, seed: u64) {
    let studio = open(folder).await;
    println!("\nopen");
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut editors = Vec::new();
    for (number, profile) in studio.list_profiles().await.unwrap().into_iter().enumerate() {
        let mut editor = Editor {
            session: studio.open_profile(profile.id).await.unwrap(),
            random: ChaCha8Rng::seed_from_u64(seed.wrapping_mul(2).wrapping_add(number as u64)),
            journal: Journal::open(&journal::path(folder, profile.id)),
            out: super::out_of(folder, &profile.name),
            card: super::card_of(folder),
            batches: Vec::new(),
        };
        let stopped = stopped.clone();
        editors.push(tokio::spawn(async move {
            while !*stopped.borrow() {
                editor.act().await;
                let pause = editor.random.random_range(0..80);
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
        }));
    }
    let closing = tokio::task::spawn_blocking(|| {
        std::io::stdin().lock().lines().map_while(Result::ok).find_map(|line| match line.as_str() {
            "interrupt" => Some(Closing::Interrupt),
            "go on later" => Some(Closing::GoOnLater),
            "cancel" => Some(Closing::Cancel),
            _ => None,
        })
    });
    let closing = closing.await.unwrap().expect("it is told how to close");
    stop.send_replace(true);
    for editor in editors {
        editor.await.unwrap();
    }
    studio.close(closing).await;
    println!("\nclosed");
}

struct Editor {
    session: ProfileSession,
    random: ChaCha8Rng,
    journal: Journal,
    out: std::path::PathBuf,
    card: std::path::PathBuf,
    batches: Vec<BatchId>,
}

impl Editor {
    async fn act(&mut self) {
        match self.random.random_range(0..100) {
            0..10 => self.generate().await,
            10..28 => self.render().await,
            28..57 => self.decide().await,
            57..87 => self.touch_a_job().await,
            87..92 => self.add().await,
            92..94 => self.empty_trash().await,
            94..97 => self.make_files().await,
            _ => self.touch_the_queue().await,
        }
    }

    /// The answer: a value, or an expected error.
    fn accepted<T>(&self, what: &str, answer: StudioResult<T>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(error) if is_expected(&error.notice) => None,
            Err(error) => panic!("{what}: {error:?}"),
        }
    }

    fn stands(&mut self, job: &Job) {
        self.journal.write(&Line::Stands { job: job.id, clip: job.clip_id, state: job.state });
    }

    async fn projects(&self) -> Vec<ProjectId> {
        let projects = self.session.list_projects(&ProjectQuery::default()).await.unwrap().items;
        projects.into_iter().map(|project| project.id).collect()
    }

    async fn clips(&self, trashed: bool) -> Vec<Clip> {
        let query = ClipQuery { trashed, limit: Some(200), ..ClipQuery::default() };
        self.session.list_all_clips(&query).await.unwrap().items
    }

    async fn jobs(&self, active: bool) -> Vec<Job> {
        let query = JobQuery { active, limit: Some(60), ..JobQuery::default() };
        self.session.list_jobs(&query).await.unwrap()
    }

    async fn is_busy(&self) -> bool {
        self.jobs(true).await.len() >= BUSY_JOBS
    }

    async fn generate(&mut self) {
        let Some(project) = self.projects().await.choose(&mut self.random).copied() else { return };
        let there = self.session.get_project(project).await.unwrap().counts.clips as usize;
        if there >= FULL_PROJECT || self.is_busy().await {
            return;
        }
        let (count, seconds) = (self.random.random_range(1..4), self.random.random_range(1..3));
        let answer = if self.random.random_bool(0.5) {
            self.session.generate_raw_clips(project, &asking_for(count, seconds)).await
        } else {
            let request = FromSegments {
                segment_ids: Vec::new(),
                variant_count: count,
                selection_mode: SelectionMode::Random,
                target_duration_us: seconds * 1_000_000,
                muted: false,
                seed: Some(self.random.random()),
            };
            self.session.generate_from_segments(project, &request).await
        };
        if let Some(job) = self.accepted("making clips", answer) {
            self.stands(&job);
        }
    }

    /// Adds the files on the card, and waits as an editor does.
    async fn add(&mut self) {
        let Some(project) = self.projects().await.choose(&mut self.random).copied() else { return };
        if self.session.list_sources(project).await.unwrap().len() >= FULL_CARD {
            return;
        }
        let answer = self.session.add_sources(project, std::slice::from_ref(&self.card), true).await;
        for outcome in self.accepted("adding", answer).into_iter().flatten() {
            if let Some(source) = outcome.done {
                self.journal.write(&Line::Added { source: source.id });
            }
        }
    }

    /// Empties the trash without waiting for its files.
    async fn empty_trash(&mut self) {
        self.journal.write(&Line::Wants(Decision::Emptied));
        let answer = self.session.empty_trash().await;
        if let Some(job) = self.accepted("emptying", answer).and_then(|ended| ended.job_id) {
            let job = self.session.get_job(job).await.unwrap();
            self.stands(&job);
        }
        self.journal.write(&Line::Made(Decision::Emptied));
    }

    /// Makes the files of some clips, or now and then deletes all of them.
    async fn make_files(&mut self) {
        if self.random.random_bool(0.2) {
            self.session.clear_clip_files().await.unwrap();
            return;
        }
        let clips = self.clips(false).await;
        if self.is_busy().await {
            return;
        }
        let ids: Vec<ClipId> = clips.sample(&mut self.random, 2).map(|clip| clip.id).collect();
        let answer = self.session.make_clip_files(&ids).await;
        for outcome in self.accepted("making files", answer).into_iter().flatten() {
            if let Some(job) = outcome.done {
                self.stands(&job);
                self.batches.extend(job.batch_id);
            }
        }
    }

    async fn render(&mut self) {
        let clips = self.clips(false).await;
        if self.is_busy().await || clips.is_empty() {
            return;
        }
        let presets = [QUICK, "lossless_cut", BRISK, "square"];
        let out = self.out.clone();
        if self.random.random_bool(0.6) {
            let clip = clips.choose(&mut self.random).map(|clip| clip.id).unwrap();
            let preset = *presets.choose(&mut self.random).unwrap();
            let answer = self.session.render_final_clip(clip, preset, Some(&out)).await;
            if let Some(job) = self.accepted("rendering", answer) {
                self.stands(&job);
            }
            return;
        }
        let ids: Vec<ClipId> = clips.sample(&mut self.random, 2).map(|clip| clip.id).collect();
        let presets: Vec<String> = presets.sample(&mut self.random, 2).map(|p| (*p).to_owned()).collect();
        let answer = self.session.bulk_render_clips(&ids, &presets, Some(&out)).await;
        for outcome in self.accepted("rendering many", answer).into_iter().flatten() {
            if let Some(job) = outcome.done {
                self.stands(&job);
                self.batches.extend(job.batch_id);
            }
        }
    }

    /// Makes a decision about a clip.
    async fn decide(&mut self) {
        let trashed = self.random.random_bool(0.25);
        let Some(clip) = self.clips(trashed).await.choose(&mut self.random).cloned() else { return };
        let decision = match self.random.random_range(0..10) {
            _ if trashed => Decision::Trashed { clip: clip.id, trashed: false },
            0 => Decision::Trashed { clip: clip.id, trashed: true },
            1 => Decision::Muted { clip: clip.id, muted: !clip.muted },
            2..4 => {
                let Ok(detail) = self.session.get_clip(clip.id).await else { return };
                let mut cuts = detail.clip.cuts;
                // Half a second of the first cut, later each time.
                let length = 500_000 + 40_000 * self.random.random_range(0..5);
                cuts.truncate(1);
                cuts[0].out_us = cuts[0].in_us + length;
                Decision::Trim { clip: clip.id, cuts }
            }
            _ => {
                let flag = *[Flag::Picked, Flag::Rejected, Flag::Unflagged].choose(&mut self.random).unwrap();
                Decision::Flag { clip: clip.id, flag }
            }
        };
        self.journal.write(&Line::Wants(decision.clone()));
        let session = &self.session;
        let answer = match decision.clone() {
            Decision::Flag { clip, flag } => session.bulk_select_clips(&[clip], flag).await.map(only),
            Decision::Trashed { clip, trashed: true } => session.bulk_delete_clips(&[clip]).await.map(only),
            Decision::Trashed { clip, trashed: false } => session.restore_clips(&[clip]).await.map(only),
            Decision::Muted { clip, muted: true } => session.remove_clip_audio(clip).await.map(|_| true),
            Decision::Muted { clip, muted: false } => session.restore_clip_audio(clip).await.map(|_| true),
            Decision::Trim { clip, cuts } => {
                let patch = ClipPatch { cuts: Some(cuts), ..ClipPatch::default() };
                session.update_clip(clip, &patch).await.map(|_| true)
            }
            _ => return,
        };
        let made = self.accepted("deciding", answer).unwrap_or(false);
        self.journal.write(&if made { Line::Made(decision) } else { Line::Refused });
    }

    async fn touch_a_job(&mut self) {
        let active = self.random.random_bool(0.85);
        let jobs = self.jobs(active).await;
        let Some(job) = jobs.choose(&mut self.random).map(|job| job.id) else { return };
        let told = match self.random.random_range(0..20) {
            0..5 => self.pause(job).await,
            5..10 => self.let_go(job, 0).await,
            10..13 => self.let_go(job, 1).await,
            13 => self.let_go(job, 2).await,
            14..19 => {
                let before: Option<JobId> = jobs.choose(&mut self.random).map(|job| job.id);
                let answer = self.session.move_job(job, before).await;
                self.accepted("moving", answer)
            }
            _ => {
                let answer = self.session.get_job(job).await;
                self.accepted("looking", answer)
            }
        };
        if let Some(job) = told {
            self.stands(&job);
        }
    }

    async fn pause(&mut self, job: JobId) -> Option<Job> {
        self.journal.write(&Line::Wants(Decision::Pause { job }));
        let answer = self.session.pause_job(job).await;
        let told = self.accepted("pausing", answer);
        let by_the_editor = |job: &Job| {
            job.state == JobState::Paused
                && job.pause_reason == Some(rushes_studio::model::PauseReason::Editor)
        };
        let paused = told.as_ref().is_some_and(by_the_editor);
        self.journal.write(&if paused { Line::Made(Decision::Pause { job }) } else { Line::Refused });
        told
    }

    /// Resumes, retries or cancels.
    async fn let_go(&mut self, job: JobId, how: u32) -> Option<Job> {
        self.journal.write(&Line::Wants(Decision::LetGo { job }));
        let answer = match how {
            0 => self.session.resume_job(job).await,
            1 => self.session.retry_job(job).await,
            _ => self.session.cancel_job(job).await,
        };
        let told = self.accepted("a job", answer);
        self.journal.write(&Line::Made(Decision::LetGo { job }));
        told
    }

    async fn touch_the_queue(&mut self) {
        let held = match self.random.random_range(0..6) {
            0 => true,
            1..4 => false,
            4 => {
                let Some(batch) = self.batches.choose(&mut self.random).copied() else { return };
                let answer = self.session.cancel_batch(batch).await;
                for job in self.accepted("cancelling a batch", answer).into_iter().flatten() {
                    self.stands(&job);
                }
                return;
            }
            _ => {
                let answer = self.session.retry_failed_jobs().await;
                for outcome in self.accepted("trying all again", answer).into_iter().flatten() {
                    if let Some(job) = outcome.done {
                        self.stands(&job);
                    }
                }
                return;
            }
        };
        self.journal.write(&Line::Wants(Decision::Held { held }));
        let answer = if held { self.session.hold_queue().await } else { self.session.release_queue().await };
        let made = self.accepted("holding", answer).is_some();
        self.journal.write(&if made { Line::Made(Decision::Held { held }) } else { Line::Refused });
    }
}

/// Whether the one requested clip was changed.
fn only(outcomes: Vec<rushes_studio::model::ItemOutcome<Clip>>) -> bool {
    outcomes.iter().all(|outcome| outcome.done.is_some())
}
