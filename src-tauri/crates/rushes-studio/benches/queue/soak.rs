//! Many small finals of five profiles, against the same commands run by `xargs`
//! with the same parallelism.
//!
//! One profile's jobs run first with an ffmpeg that records its calls. Then
//! both sides alternate, a tenth of the work at a time, so that other load
//! affects both equally.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rushes_studio::model::{JobQuery, JobState};
use rushes_studio::{Closing, Limits};

use crate::common::{open, open_with};
use crate::{film, queue, with_clips};

const PROFILES: [&str; 5] = ["Ana", "Ben", "Cleo", "Dan", "Eve"];
const PRESETS: [&str; 2] = ["prores_master", "dnxhr_master"];
/// Maximum clips per profile.
const CLIPS: usize = 10;
/// Number of turns the work is split into.
const TURNS: usize = 10;
/// Target of the design.
const AIM: f64 = 0.97;

pub async fn run(jobs: usize) {
    let a_turn = (jobs / TURNS / PROFILES.len()).clamp(1, CLIPS * PRESETS.len());
    let jobs = a_turn * TURNS * PROFILES.len();
    let folder = tempfile::tempdir().unwrap();
    let film = film(folder.path());
    let scripts = recorded(&folder.path().join("recorded"), &film, a_turn).await;

    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let studio = open(folder.path()).await;
    let mut profiles = Vec::new();
    for name in PROFILES {
        profiles.push(with_clips(&studio, name, &film, clips_for(a_turn)).await);
    }
    studio.idle().await.unwrap();
    let at_once = Limits::AUTOMATIC.total();
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    let mut sizes = Vec::new();
    for turn in 0..TURNS {
        let since = Instant::now();
        for (session, clips) in &profiles {
            queue(session, clips, &PRESETS, a_turn, &out).await;
        }
        studio.idle().await.unwrap();
        ours += since.elapsed();
        sizes.push(size());
        theirs += rival(&folder.path().join(format!("rival-{turn}")), &scripts, at_once);
    }
    for (session, _) in &profiles {
        let query = JobQuery { limit: Some(2_000), ..JobQuery::default() };
        for job in session.list_jobs(&query).await.unwrap() {
            assert_eq!(job.state, JobState::Done, "{:?} {:?}", job.error, job.error_detail);
        }
    }
    let zombies = zombies();
    studio.close(Closing::Interrupt).await;

    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    let ((rss_first, fds_first), (rss_last, fds_last)) = (sizes[0], sizes[sizes.len() - 1]);
    println!("queue, {jobs} finals of 1 s, {} profiles, {at_once} at once", PROFILES.len());
    println!("  Rushes                        {:>7.1} s", ours.as_secs_f64());
    println!("  the same commands from xargs  {:>7.1} s", theirs.as_secs_f64());
    println!(
        "  throughput {ratio:.3} of theirs, aim {AIM:.2}: {}",
        if ratio >= AIM { "met" } else { "missed" }
    );
    println!(
        "  after a tenth: {rss_first:.1} MB, {fds_first} files open; at the end: {rss_last:.1} MB, {fds_last} files open, {zombies} zombies"
    );
}

/// The clips needed for this many finals, one per preset.
fn clips_for(finals: usize) -> u32 {
    finals.div_ceil(PRESETS.len()) as u32
}

/// Runs one profile's jobs with an ffmpeg that records its calls, and writes a
/// script per job with all its commands in order. `SCRATCH` is replaced by its
/// scratch folder.
async fn recorded(folder: &Path, film: &Path, count: usize) -> Vec<String> {
    let tools = folder.join("tools");
    let out = folder.join("out");
    let log = folder.join("log");
    for made in [&tools, &out, &log] {
        std::fs::create_dir_all(made).unwrap();
    }
    for tool in ["ffmpeg", "ffprobe"] {
        let path = tools.join(tool);
        // Each argument is quoted for the shell.
        let script = format!(
            "#!/bin/bash\n\
             [ -n \"$RUSHES_JOB\" ] && printf '%s\\n' \"cd ${{PWD@Q}} && {tool} ${{*@Q}} >/dev/null 2>&1\" >> {}/$RUSHES_JOB\n\
             exec {tool} \"$@\"\n",
            log.display()
        );
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let studio = open_with(folder, Some(tools), true).await;
    let (session, clips) = with_clips(&studio, "Recorded", film, clips_for(count)).await;
    studio.idle().await.unwrap();
    for entry in std::fs::read_dir(&log).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    queue(&session, &clips, &PRESETS, count, &out).await;
    studio.idle().await.unwrap();
    let temp = rushes_studio::ProfileFolders::new(studio.data_dir(), session.profile_id()).temp();
    studio.close(Closing::Interrupt).await;
    let mut scripts = BTreeMap::new();
    for entry in std::fs::read_dir(&log).unwrap() {
        let path = entry.unwrap().path();
        let job = path.file_name().unwrap().to_string_lossy().into_owned();
        let scratch = temp.join(&job).to_string_lossy().into_owned();
        scripts.insert(job, std::fs::read_to_string(path).unwrap().replace(&scratch, "SCRATCH"));
    }
    assert_eq!(scripts.len(), count, "each job was written down");
    scripts.into_values().collect()
}

/// Runs the scripts of all profiles with xargs and returns the time taken.
fn rival(folder: &Path, scripts: &[String], at_once: u32) -> Duration {
    std::fs::create_dir(folder).unwrap();
    let mut list = String::new();
    for profile in PROFILES {
        for (number, script) in scripts.iter().enumerate() {
            let scratch = folder.join(format!("{profile}-{number}"));
            // Drafts go to a subfolder.
            for inner in folders_in(script) {
                std::fs::create_dir_all(scratch.join(inner)).unwrap();
            }
            let path = folder.join(format!("{profile}-{number}.sh"));
            let text = script.replace("SCRATCH", &scratch.to_string_lossy());
            std::fs::write(&path, format!("set -e\n{text}")).unwrap();
            writeln!(list, "{}", path.display()).unwrap();
        }
    }
    let listed = folder.join("list");
    std::fs::write(&listed, list).unwrap();
    let since = Instant::now();
    let done = Command::new("xargs")
        .args(["-P", &at_once.to_string(), "-n", "1", "bash", "-e"])
        .stdin(Stdio::from(std::fs::File::open(listed).unwrap()))
        .status()
        .unwrap();
    let took = since.elapsed();
    assert!(done.success(), "the commands run as they did");
    std::fs::remove_dir_all(folder).unwrap();
    took
}

/// The folders a script names within its scratch folder.
fn folders_in(script: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in script.split("SCRATCH/").skip(1) {
        let inner = part.split(['/', '\'', ' ']).next().unwrap_or_default();
        if inner.starts_with("render-") {
            found.push(inner.into());
        }
    }
    found
}

/// Memory of this process in megabytes, and its number of open files.
fn size() -> (f64, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (kilobytes / 1024.0, std::fs::read_dir("/proc/self/fd").unwrap().count())
}

/// Children of this process that exited but were not reaped.
fn zombies() -> usize {
    let own = std::process::id().to_string();
    let is_one = |stat: &str| {
        // The name in parentheses can contain anything; state and parent follow it.
        let mut rest = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        rest.next() == Some("Z") && rest.next() == Some(&own)
    };
    let stats = std::fs::read_dir("/proc").unwrap().flatten();
    stats
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|s| is_one(s))
        .count()
}
