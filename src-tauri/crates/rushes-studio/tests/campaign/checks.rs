//! Invariants checked after every round, however the process ended: in the
//! database, on the disk and among the processes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::Notice;
use rushes_studio::ProfileFolders;
use rushes_studio::model::{Flag, JobKind, JobState, PauseReason};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::types::Json;
use sqlx::{Connection, Row};

use crate::common::{files_in, probed, scratch};
use crate::journal::{self, Known};
use crate::{VICTIM, card_of, out_of};

/// An ffmpeg that was being spawned when its process was killed may still
/// start; it finds its files gone and exits within this time.
const LAST_BREATH: Duration = Duration::from_secs(2);

/// A job row.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    pub profile: ProfileId,
    pub kind: JobKind,
    pub state: JobState,
    pub pause_reason: Option<PauseReason>,
    pub attempts: u32,
    pub ended_at: Option<i64>,
    pub error: Option<Notice>,
}

/// Everything seen so far, and what was wrong with it.
pub struct Checks {
    folder: PathBuf,
    profiles: Vec<(ProfileId, String)>,
    known: BTreeMap<ProfileId, Known>,
    over: BTreeMap<JobId, JobRow>,
    whole: BTreeSet<(PathBuf, u64, SystemTime)>,
    /// Copies of sources that rows refer to.
    recorded: BTreeSet<PathBuf>,
    wrong: Vec<String>,
}

impl Checks {
    pub fn new(folder: &Path, profiles: Vec<(ProfileId, String)>) -> Self {
        Self {
            folder: folder.to_owned(),
            profiles,
            known: BTreeMap::new(),
            over: BTreeMap::new(),
            whole: BTreeSet::new(),
            recorded: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    /// Number of decisions recorded so far.
    pub fn decisions(&self) -> usize {
        self.known.values().map(|known| known.made).sum()
    }

    /// From now on no queue and no job is paused.
    pub fn all_goes_on(&mut self) {
        for known in self.known.values_mut() {
            known.held = vec![false];
            known.paused.clear();
        }
    }

    pub fn is_wrong(&mut self, what: impl Into<String>) {
        self.wrong.push(what.into());
    }

    /// Checks everything at rest and returns what is wrong.
    pub async fn look(&mut self) -> Vec<String> {
        self.no_encoder_is_left().await;
        let data = self.folder.join("data");
        for path in scratch(&data) {
            self.is_wrong(format!("scratch space was left: {}", path.display()));
        }
        let options = SqliteConnectOptions::new().filename(data.join("rushes.db")).read_only(true);
        let mut database = SqliteConnection::connect_with(&options).await.unwrap();
        self.the_database_is_sound(&mut database).await;
        self.jobs_stand_as_they_may(&mut database).await;
        self.no_decision_is_lost(&mut database).await;
        self.files_and_rows_agree(&mut database).await;
        self.copies_are_whole(&mut database).await;
        database.close().await.unwrap();
        std::mem::take(&mut self.wrong)
    }

    async fn the_database_is_sound(&mut self, database: &mut SqliteConnection) {
        let report: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut *database).await.unwrap();
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *database).await.unwrap().len();
        if report != "ok" || strays > 0 {
            self.is_wrong(format!("the database: {report}, {strays} rows of nobody"));
        }
    }

    async fn jobs_stand_as_they_may(&mut self, database: &mut SqliteConnection) {
        let jobs = jobs(database).await;
        let clips: Vec<ClipId> =
            sqlx::query_scalar("SELECT id FROM clips").fetch_all(&mut *database).await.unwrap();
        for profile in self.profiles.clone() {
            let known = self.known.entry(profile.0).or_default();
            known.follow(journal::take(&self.folder, profile.0));
            // The jobs of a clip are deleted with it.
            let gone: Vec<ClipId> = known.jobs.values().flatten().copied().collect();
            for clip in gone.into_iter().filter(|clip| !clips.contains(clip)) {
                if known.went(clip) || known.gone.contains(&clip) {
                    let of_clip: Vec<JobId> =
                        known.jobs.iter().filter(|(_, of)| **of == Some(clip)).map(|(job, _)| *job).collect();
                    for job in of_clip {
                        known.jobs.remove(&job);
                        known.paused.remove(&job);
                    }
                }
            }
            let (told, over, paused) = (known.jobs.clone(), known.over.clone(), known.paused.clone());
            for id in told.into_keys() {
                if jobs.get(&id).is_none_or(|job| job.profile != profile.0) {
                    self.is_wrong(format!("job {id} of {} was told and is lost", profile.1));
                }
            }
            for (id, state) in over {
                if jobs.get(&id).is_some_and(|job| job.state != state) {
                    self.is_wrong(format!("job {id} was told as {state:?} and is now {:?}", jobs[&id]));
                }
            }
            for id in paused {
                let stays = |job: &JobRow| job.state == JobState::Paused || job.state.is_over();
                if !jobs.get(&id).is_some_and(stays) {
                    self.is_wrong(format!("job {id} was paused and is now {:?}", jobs.get(&id)));
                }
            }
        }
        for (id, job) in &jobs {
            if job.state == JobState::Running {
                self.is_wrong(format!("job {id} runs, and nobody works on it"));
            }
            if job.state == JobState::Failed && job.error.is_none() {
                self.is_wrong(format!("job {id} failed for no reason"));
            }
            if job.state.is_over() {
                let before = self.over.entry(*id).or_insert_with(|| job.clone()).clone();
                if before != *job {
                    self.is_wrong(format!("job {id} was over as {before:?} and is now {job:?}"));
                }
            }
        }
    }

    async fn no_decision_is_lost(&mut self, database: &mut SqliteConnection) {
        let held: Vec<ProfileId> =
            sqlx::query_scalar("SELECT profile_id FROM held_queues").fetch_all(&mut *database).await.unwrap();
        let clips: Vec<(ClipId, Flag, bool, bool)> =
            sqlx::query_as("SELECT id, flag, muted, deleted_at IS NOT NULL FROM clips")
                .fetch_all(&mut *database)
                .await
                .unwrap();
        let mut cuts: BTreeMap<ClipId, Vec<Cut>> = BTreeMap::new();
        let rows = sqlx::query("SELECT * FROM clip_cuts ORDER BY clip_id, position");
        for row in rows.fetch_all(&mut *database).await.unwrap() {
            let (source_id, in_us, out_us) = (row.get("source_id"), row.get("in_us"), row.get("out_us"));
            cuts.entry(row.get("clip_id")).or_default().push(Cut { source_id, in_us, out_us });
        }
        let mut wrong = Vec::new();
        for (profile, name) in &self.profiles {
            let known = self.known.entry(*profile).or_default();
            if !Known::settle(&mut known.held, &held.contains(profile)) {
                wrong.push(format!("whether the queue of {name} is held"));
            }
            for (id, flag, muted, trashed) in &clips {
                let kept = [
                    ("flag", known.flags.get_mut(id).is_none_or(|f| Known::settle(f, flag))),
                    ("sound", known.muted.get_mut(id).is_none_or(|m| Known::settle(m, muted))),
                    ("deletion", known.trashed.get_mut(id).is_none_or(|t| Known::settle(t, trashed))),
                    ("cut", known.cuts.get_mut(id).is_none_or(|c| Known::settle(c, &cuts[id]))),
                ];
                wrong.extend(
                    kept.iter()
                        .filter(|(_, kept)| !kept)
                        .map(|(what, _)| format!("the {what} of clip {id} was told and is lost")),
                );
            }
            let is_there = |id: &&ClipId| !clips.iter().any(|(clip, ..)| clip == *id);
            let decided = known.flags.keys().chain(known.muted.keys());
            let decided = decided.chain(known.trashed.keys()).chain(known.cuts.keys());
            let lost: BTreeSet<ClipId> = decided.filter(is_there).copied().collect();
            for id in lost {
                if !known.went(id) {
                    wrong.push(format!("clip {id} was decided on and is lost"));
                }
            }
        }
        self.wrong.extend(wrong);
    }

    /// Every final and every clip file is complete, none is named by a row and not
    /// there, and each profile only has its own.
    async fn files_and_rows_agree(&mut self, database: &mut SqliteConnection) {
        let exports: Vec<(ProfileId, Vec<u8>, i64)> =
            sqlx::query_as("SELECT profile_id, path, duration_us FROM exports")
                .fetch_all(&mut *database)
                .await
                .unwrap();
        let mut recorded: BTreeMap<PathBuf, (ProfileId, i64)> = BTreeMap::new();
        for (profile, path, duration_us) in exports {
            let path = self.folder.join("data").join(String::from_utf8(path).unwrap());
            if !path.is_file() {
                self.is_wrong(format!("a final is recorded and not there: {}", path.display()));
            }
            if recorded.insert(path.clone(), (profile, duration_us)).is_some() {
                self.is_wrong(format!("two finals are the same file: {}", path.display()));
            }
        }
        for (profile, name) in self.profiles.clone() {
            for path in files_in(&out_of(&self.folder, &name)) {
                match recorded.get(&path) {
                    _ if is_hidden(&path) => {
                        self.is_wrong(format!("a draft was left: {}", path.display()));
                    }
                    Some((owner, duration_us)) if *owner == profile => {
                        self.is_whole(&path, Some(*duration_us))
                    }
                    // Its clip was deleted with the trash; files in the
                    // editor's folder stay.
                    None if self.known.get(&profile).is_some_and(|known| known.emptied) => {
                        self.is_whole(&path, None);
                    }
                    _ => self.is_wrong(format!("a final of nobody: {}", path.display())),
                }
                // Clips are named after their footage, which is named after its
                // profile; both profiles have the videos of the card.
                let file = path.file_name().unwrap().to_string_lossy().into_owned();
                let is_own = [&*name, "light", "heavy"].iter().any(|stem| file.starts_with(stem));
                if !is_hidden(&path) && !is_own {
                    self.is_wrong(format!("in the folder of {name}: {}", path.display()));
                }
            }
        }
        type ClipRow = (ProfileId, ClipId, ProjectId, u32, u32, i64);
        let clips: Vec<ClipRow> = sqlx::query_as(
            "SELECT profile_id, id, project_id, file_revision, cut_revision, duration_us FROM clips",
        )
        .fetch_all(&mut *database)
        .await
        .unwrap();
        let mut own: BTreeMap<ProjectId, ProfileId> = BTreeMap::new();
        for (profile, clip, project, file_revision, cut_revision, duration_us) in clips {
            own.insert(project, profile);
            let folders = ProfileFolders::new(&self.folder.join("data"), profile);
            let file = folders.clip_file(project, clip, file_revision);
            if file_revision > 0 && !file.is_file() {
                self.is_wrong(format!("clip {clip} has no file: {}", file.display()));
            } else if file_revision == cut_revision {
                self.is_whole(&file, Some(duration_us));
            }
        }
        for (profile, name) in self.profiles.clone() {
            let media = ProfileFolders::new(&self.folder.join("data"), profile).all_media();
            for entry in std::fs::read_dir(media).into_iter().flatten() {
                let project = entry.unwrap().file_name().into_string().unwrap().parse().unwrap();
                if own.get(&project).is_some_and(|owner| *owner != profile) {
                    self.is_wrong(format!("a project of another profile in the media of {name}"));
                }
            }
        }
    }

    /// Everything added is there once, and no copy is partial.
    async fn copies_are_whole(&mut self, database: &mut SqliteConnection) {
        let sources: Vec<(ProfileId, SourceId, Vec<u8>, bool)> =
            sqlx::query_as("SELECT profile_id, id, path, copied FROM sources")
                .fetch_all(&mut *database)
                .await
                .unwrap();
        for (profile, name) in self.profiles.clone() {
            let own =
                |id: &SourceId| sources.iter().any(|(owner, known, ..)| (owner, known) == (&profile, id));
            let told = self.known.entry(profile).or_default().sources.clone();
            for id in told.into_iter().filter(|id| !own(id)) {
                self.is_wrong(format!("source {id} of {name} was told and is lost"));
            }
            for path in copies(&self.folder, profile) {
                let original = card_of(&self.folder).join(path.file_name().unwrap());
                if path.metadata().unwrap().len() != original.metadata().unwrap().len() {
                    self.is_wrong(format!("half a copy: {}", path.display()));
                }
            }
        }
        let mut paths = BTreeSet::new();
        for (_, id, path, _) in sources.into_iter().filter(|(.., copied)| *copied) {
            let path = self.folder.join("data").join(String::from_utf8(path).unwrap());
            if !path.is_file() {
                self.is_wrong(format!("source {id} has no file: {}", path.display()));
            }
            if !paths.insert(path) {
                self.is_wrong(format!("source {id} shares its copy"));
            }
        }
        self.recorded = paths;
    }

    /// Nothing is waiting: deleted items left no files, and every copy has a row.
    pub async fn all_is_done(&mut self) -> Vec<String> {
        let jobs = self.all_jobs().await;
        for (profile, name) in self.profiles.clone() {
            let undone = |kind: JobKind| {
                let mut own = jobs.values().filter(|job| job.profile == profile && job.kind == kind);
                own.any(|job| job.state != JobState::Done)
            };
            let gone = self.known.get(&profile).map(|known| known.gone.clone()).unwrap_or_default();
            let media = ProfileFolders::new(&self.folder.join("data"), profile).all_media();
            for path in files_in(&media) {
                let file = path.file_name().unwrap().to_string_lossy().into_owned();
                let of_gone = gone.iter().any(|clip| file.starts_with(&clip.to_string()));
                if of_gone && !undone(JobKind::DeleteFiles) {
                    self.is_wrong(format!("{name} emptied the trash, and this stays: {}", path.display()));
                }
            }
            for path in copies(&self.folder, profile) {
                if !self.recorded.contains(&path) && !undone(JobKind::Ingest) {
                    self.is_wrong(format!("a copy of nobody: {}", path.display()));
                }
            }
        }
        std::mem::take(&mut self.wrong)
    }

    /// Whether a video is readable and as long as its row says, if it has one.
    fn is_whole(&mut self, path: &Path, duration_us: Option<i64>) {
        let Ok(facts) = path.metadata() else { return };
        let print = (path.to_owned(), facts.len(), facts.modified().unwrap());
        if self.whole.contains(&print) {
            return;
        }
        let shown = path.to_owned();
        let off = |seconds: f64| duration_us.filter(|us| (seconds - *us as f64 / 1e6).abs() >= 0.2);
        match std::panic::catch_unwind(move || probed(&shown)) {
            Err(_) => self.is_wrong(format!("not whole: {}", path.display())),
            Ok((_, _, seconds)) => match off(seconds) {
                Some(us) => self.is_wrong(format!("{seconds} s instead of {us} µs: {}", path.display())),
                None => drop(self.whole.insert(print)),
            },
        }
    }

    async fn no_encoder_is_left(&mut self) {
        let patience = Instant::now() + LAST_BREATH;
        while !encoders(&self.folder).is_empty() && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (pid, what) in encoders(&self.folder) {
            self.is_wrong(format!("process {pid} outlived its job: {what}"));
        }
    }

    /// Every job row.
    pub async fn all_jobs(&self) -> BTreeMap<JobId, JobRow> {
        let options =
            SqliteConnectOptions::new().filename(self.folder.join("data/rushes.db")).read_only(true);
        let mut database = SqliteConnection::connect_with(&options).await.unwrap();
        jobs(&mut database).await
    }
}

async fn jobs(database: &mut SqliteConnection) -> BTreeMap<JobId, JobRow> {
    let rows = sqlx::query("SELECT * FROM jobs").fetch_all(database).await.unwrap();
    let read = |row: &sqlx::sqlite::SqliteRow| JobRow {
        profile: row.get("profile_id"),
        kind: row.get("kind"),
        state: row.get("state"),
        pause_reason: row.get("pause_reason"),
        attempts: row.get("attempts"),
        ended_at: row.get("ended_at"),
        error: row.get::<Option<Json<_>>, _>("error").map(|error| error.0),
    };
    rows.iter().map(|row| (row.get("id"), read(row))).collect()
}

/// The copies of sources in a profile's folder.
fn copies(folder: &Path, profile: ProfileId) -> Vec<PathBuf> {
    let mut all = files_in(&ProfileFolders::new(&folder.join("data"), profile).all_media());
    all.retain(|path| path.iter().any(|part| part == "sources"));
    all
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// The ffmpegs and ffprobes working for this folder: they name it, or work on a
/// job of a process killed in it.
pub fn encoders(folder: &Path) -> Vec<(u32, String)> {
    let named = folder.to_string_lossy().into_owned();
    let variable = format!("{VICTIM}={named}\0");
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let read = |name: &str| {
            std::fs::read(entry.path().join(name))
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .unwrap_or_default()
        };
        let command = read("cmdline");
        let program = command.split('\0').next().unwrap_or_default();
        let is_tool = program.ends_with("ffmpeg") || program.ends_with("ffprobe");
        // Querying a tool's version is quick and does not count.
        let works = |environ: String| environ.contains(&variable) && environ.contains("RUSHES_JOB=");
        if is_tool && (command.contains(&named) || works(read("environ"))) {
            found.push((pid, command.replace('\0', " ")));
        }
    }
    found
}
