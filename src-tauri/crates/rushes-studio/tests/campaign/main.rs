//! The crash campaign: the application works for two profiles at once; at
//! random moments it or its ffmpeg is killed, or it is closed; and each time
//! the next start finds everything in order.
//!
//! A short campaign is part of the tests. `make campaign` runs a long one:
//! `RUSHES_CAMPAIGN_ROUNDS` and `RUSHES_CAMPAIGN_SEED` set its length and seed.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod checks;
#[path = "../common/mod.rs"]
mod common;
mod journal;
mod victim;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use checks::{Checks, encoders};
use common::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rushes_model::ids::ProfileId;
use rushes_studio::Closing;
use rushes_studio::model::{JobKind, JobQuery, JobState, NewSegment};

/// Set in the process that is killed: its folder.
const VICTIM: &str = "RUSHES_CAMPAIGN_VICTIM";
const VICTIM_SEED: &str = "RUSHES_CAMPAIGN_VICTIM_SEED";
/// Rounds of the short campaign.
const ROUNDS: u64 = 8;
/// Maximum time for the rest of the work at the end.
const PATIENCE: Duration = Duration::from_secs(900);

/// How a round ends.
#[derive(Debug, Clone, Copy)]
enum Blow {
    /// The application is killed.
    App,
    /// An ffmpeg is killed; the application continues and is closed.
    Ffmpeg,
    /// An ffmpeg is killed, and the application right after it.
    Both,
    /// It is closed normally.
    Close(&'static str),
}

/// Folder for the finals of a profile.
pub fn out_of(folder: &Path, profile: &str) -> PathBuf {
    folder.join("out").join(profile)
}

/// Folder of the videos that are copied in.
pub fn card_of(folder: &Path) -> PathBuf {
    folder.join("card")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_the_next_start_finds_everything_in_order() {
    let asked = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(folder) = std::env::var_os(VICTIM) {
        return victim::work(Path::new(&folder), asked(VICTIM_SEED).unwrap()).await;
    }
    let rounds = asked("RUSHES_CAMPAIGN_ROUNDS").unwrap_or(ROUNDS);
    let seed = asked("RUSHES_CAMPAIGN_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let mut campaign = Campaign::begin(seed).await;
    let wrong = campaign.fight(rounds).await;
    if let Some((round, wrong)) = wrong {
        let folder = campaign.folder.keep();
        panic!(
            "seed {seed}, round {round}; the data directory is kept in {}:\n{}",
            folder.display(),
            wrong.join("\n")
        );
    }
}

struct Campaign {
    folder: tempfile::TempDir,
    /// Another file system, if there is one: finals are copied to it.
    _other: Option<tempfile::TempDir>,
    checks: Checks,
    profiles: Vec<ProfileId>,
    seed: u64,
    since: Instant,
    apps_killed: u32,
    ffmpegs_killed: u32,
    closed: u32,
}

impl Campaign {
    /// A data directory with two profiles, two projects each, footage and
    /// segments.
    async fn begin(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir_in("/dev/shm").ok();
        let footage = footage();
        let card = card_of(folder.path());
        std::fs::create_dir(&card).unwrap();
        std::fs::copy(&footage.silent, card.join("light.mp4")).unwrap();
        heavy(&footage.others, &card.join("heavy.mp4"), 24);
        let studio = open(folder.path()).await;
        let mut profiles = Vec::new();
        for name in ["Ana", "Ben"] {
            let out = out_of(folder.path(), name);
            std::fs::create_dir_all(out.parent().unwrap()).unwrap();
            match &other {
                Some(other) if name == "Ben" => std::os::unix::fs::symlink(other.path(), &out).unwrap(),
                _ => std::fs::create_dir(&out).unwrap(),
            }
            let profile = studio.create_profile(name, "#3B82F6").await.unwrap();
            let session = studio.open_profile(profile.id).await.unwrap();
            let films: [(&str, &[&Path]); 2] =
                [("Scenes", &[&footage.scenes, &footage.silent]), ("Takes", &[&footage.long])];
            for (project_name, films) in films {
                let project = project(&session, &format!("{name} {project_name}")).await;
                // Clips and finals are named after their footage: each profile
                // has its own.
                let own: Vec<PathBuf> = films
                    .iter()
                    .map(|film| {
                        let file = film.file_name().unwrap().to_string_lossy();
                        let own = folder.path().join(format!("{name} {file}"));
                        std::fs::copy(film, &own).unwrap();
                        own
                    })
                    .collect();
                let own: Vec<&Path> = own.iter().map(PathBuf::as_path).collect();
                for source in add(&session, project, &own).await {
                    for start in 0..3 {
                        let (in_us, out_us) = (start * 1_000_000, start * 1_000_000 + 900_000);
                        let source_id = source.id;
                        let segment = NewSegment {
                            source_id,
                            in_us,
                            out_us,
                            name: None,
                            keywords: Vec::new(),
                            weight: None,
                        };
                        session.add_segment(&segment).await.unwrap();
                    }
                }
            }
            profiles.push((profile.id, name.to_owned()));
        }
        studio.close(Closing::Interrupt).await;
        Self {
            checks: Checks::new(folder.path(), profiles.clone()),
            profiles: profiles.into_iter().map(|(id, _)| id).collect(),
            folder,
            _other: other,
            seed,
            since: Instant::now(),
            apps_killed: 0,
            ffmpegs_killed: 0,
            closed: 0,
        }
    }

    /// All rounds, and the end. Returns what went wrong, and in which round.
    async fn fight(&mut self, rounds: u64) -> Option<(u64, Vec<String>)> {
        for round in 1..=rounds {
            self.round(round).await;
            // A command line that starts alone recovers but starts nothing.
            let studio = open_with(self.folder.path(), None, false).await;
            let wrong = self.checks.look().await;
            studio.close(Closing::Interrupt).await;
            if !wrong.is_empty() {
                return Some((round, wrong));
            }
            if round % 20 == 0 {
                println!("{round} rounds, {:.0} s", self.since.elapsed().as_secs_f64());
            }
        }
        self.finish_all().await;
        let mut wrong = self.checks.look().await;
        wrong.extend(self.checks.all_is_done().await);
        if !wrong.is_empty() {
            return Some((rounds, wrong));
        }
        self.tell(rounds).await;
        None
    }

    async fn round(&mut self, round: u64) {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(round));
        let blow = match random.random_range(0..100) {
            0..52 => Blow::App,
            52..66 => Blow::Ffmpeg,
            66..82 => Blow::Both,
            82..90 => Blow::Close("interrupt"),
            90..98 => Blow::Close("go on later"),
            _ => Blow::Close("cancel"),
        };
        let mut victim = self.start(random.random());
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
        if matches!(blow, Blow::App) && random.random_bool(0.15) {
            // During its own startup.
            std::thread::sleep(Duration::from_millis(random.random_range(0..150)));
        } else {
            assert!(lines.any(|line| line == "open"), "it did not open: {}", self.last_words());
            let longest = random.random_range(50..5_000);
            std::thread::sleep(Duration::from_millis(random.random_range(10..longest)));
        }
        let closing = match blow {
            Blow::App => None,
            Blow::Ffmpeg => {
                self.kill_an_ffmpeg(&mut random);
                std::thread::sleep(Duration::from_millis(random.random_range(50..800)));
                Some("interrupt")
            }
            Blow::Both => {
                self.kill_an_ffmpeg(&mut random);
                std::thread::sleep(Duration::from_millis(random.random_range(0..60)));
                None
            }
            Blow::Close(how) => Some(how),
        };
        // One that failed by itself is recognised by its exit status.
        let failed = victim.try_wait().unwrap();
        match closing {
            Some(how) if failed.is_none() => {
                self.closed += 1;
                writeln!(victim.stdin.take().unwrap(), "{how}").unwrap();
                let told = lines.any(|line| line == "closed");
                let status = victim.wait().unwrap();
                if !told || !status.success() {
                    let words = self.last_words();
                    self.checks.is_wrong(format!("closing ({how}) ended with {status}: {words}"));
                }
                if how == "cancel" {
                    self.nothing_waits().await;
                }
            }
            None if failed.is_none() => {
                self.apps_killed += 1;
                victim.kill().unwrap();
                victim.wait().unwrap();
            }
            _ => {
                let words = self.last_words();
                self.checks.is_wrong(format!("it ended by itself: {failed:?} {words}"));
            }
        }
    }

    fn start(&self, seed: u64) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("whatever_is_killed_the_next_start_finds_everything_in_order")
            .env(VICTIM, self.folder.path())
            .env(VICTIM_SEED, seed.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(self.folder.path().join("stderr")).unwrap())
            .spawn()
            .unwrap()
    }

    fn last_words(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    fn kill_an_ffmpeg(&mut self, random: &mut ChaCha8Rng) {
        let patience = Instant::now() + Duration::from_secs(2);
        while Instant::now() < patience {
            if let Some((pid, _)) = encoders(self.folder.path()).choose(random) {
                // The shell's `kill` exists everywhere.
                let done = Command::new("sh").args(["-c", &format!("kill -KILL {pid}")]).output().unwrap();
                self.ffmpegs_killed += u32::from(done.status.success());
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// After closing with everything cancelled, only deletions wait for the next start.
    async fn nothing_waits(&mut self) {
        for (id, job) in self.checks.all_jobs().await {
            let waits = matches!(job.state, JobState::Queued | JobState::Running);
            if waits && job.kind != JobKind::DeleteFiles {
                self.checks.is_wrong(format!("job {id} was cancelled by closing and is {:?}", job.state));
            }
        }
    }

    /// Resumes everything interrupted or paused until nothing is left to do.
    async fn finish_all(&mut self) {
        self.checks.all_goes_on();
        let studio = open(self.folder.path()).await;
        let patience = Instant::now() + PATIENCE;
        loop {
            let mut left = 0;
            for profile in &self.profiles {
                let session = studio.open_profile(*profile).await.unwrap();
                session.release_queue().await.unwrap();
                let active = JobQuery { active: true, limit: Some(2_000), ..JobQuery::default() };
                for job in session.list_jobs(&active).await.unwrap() {
                    left += 1;
                    match job.state {
                        JobState::Paused => drop(session.resume_job(job.id).await.unwrap()),
                        // The same work may be running: then this one is retried later.
                        JobState::Interrupted => drop(session.retry_job(job.id).await),
                        _ => {}
                    }
                }
            }
            if left == 0 {
                break;
            }
            if Instant::now() > patience {
                self.checks.is_wrong(format!("{left} jobs never end"));
                break;
            }
            let _ = tokio::time::timeout(Duration::from_secs(60), studio.idle()).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        studio.close(Closing::Interrupt).await;
    }

    async fn tell(&self, rounds: u64) {
        let jobs = self.checks.all_jobs().await;
        let ended = |state| jobs.values().filter(|job| job.state == state).count();
        let mut codes: std::collections::BTreeMap<String, u32> = Default::default();
        for job in jobs.values().filter(|job| job.state == JobState::Failed) {
            let code = job.error.as_ref().map_or("?".into(), |error| rushes_studio::words::parts(error).0);
            *codes.entry(code).or_default() += 1;
        }
        let of = |kind| jobs.values().filter(|job| job.kind == kind).count();
        println!(
            "campaign, seed {}: {rounds} rounds, {} kills of the app, {} of ffmpeg, {} orderly ends; \
             {} jobs, {} of them adding and {} deleting: {} done, {} failed {codes:?}, {} cancelled; \
             {} decisions kept; {:.0} s",
            self.seed,
            self.apps_killed,
            self.ffmpegs_killed,
            self.closed,
            jobs.len(),
            of(JobKind::Ingest),
            of(JobKind::DeleteFiles),
            ended(JobState::Done),
            ended(JobState::Failed),
            ended(JobState::Cancelled),
            self.checks.decisions(),
            self.since.elapsed().as_secs_f64(),
        );
    }
}
