//! Tiny footage made by ffmpeg, and a studio in its own data directory.
#![allow(dead_code, clippy::unwrap_used)]

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rushes_model::choice::{ClipKind, MontageOrder};
use rushes_model::ids::{JobId, ProjectId};
use rushes_studio::model::{
    Clip, ClipQuery, FromSegments, GenerateRequest, ItemOutcome, Job, JobResult, JobState, NewProject,
    NewSegment, SelectionMode, Source,
};
use rushes_studio::{Closing, Disk, ProfileSession, Studio, StudioEvent, StudioOptions};

/// A final in the size of the source, quick to make.
pub const QUICK: &str = "prores_master";
/// A final that takes a while, with a clip of half a minute.
pub const SLOW: &str = "square";
/// Length of a clip whose final takes a while.
pub const SLOW_S: i64 = 30;
/// A final that can be caught halfway but still finishes soon.
pub const BRISK: &str = "x";
/// Longer than anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(150);

/// Videos of 320×180 at 25 fps, made once for all tests, since nextest runs
/// each test in its own process.
pub struct Footage {
    /// Four scenes of 3 s, with sound.
    pub scenes: PathBuf,
    /// Three different scenes of 2 s.
    pub others: PathBuf,
    /// One scene of 40 s.
    pub long: PathBuf,
    /// 4 s without sound.
    pub silent: PathBuf,
}

/// A video of six scenes of 10 s, in 2160p at 5 fps: long enough for two
/// passes. Its key frames are not at its cuts.
pub fn large() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("studio-footage-1");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join("lock-large")).unwrap();
    lock.lock().unwrap();
    let film = folder.join("large-1.mp4");
    if !film.exists() {
        let part = film.with_extension("part.mp4");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y"]);
        let pictures = ["testsrc2", "mandelbrot", "rgbtestsrc", "smptehdbars", "testsrc", "yuvtestsrc"];
        for picture in pictures {
            command.args(["-f", "lavfi", "-t", "10", "-i", &format!("{picture}=s=480x270:r=5")]);
        }
        command.args(["-f", "lavfi", "-t", "60", "-i", "sine=f=440:b=4:r=48000"]);
        let scaled: String = (0..pictures.len())
            .map(|n| format!("[{n}:v]setsar=1,format=yuv420p,scale=3840:2160:flags=neighbor[v{n}];"))
            .collect();
        let joined: String = (0..pictures.len()).map(|n| format!("[v{n}]")).collect();
        let graph = format!("{scaled}{joined}concat=n={}[v]", pictures.len());
        command.args(["-filter_complex", &graph, "-map", "[v]", "-map", "6:a", "-c:a", "aac"]);
        command.args(["-c:v", "libx264", "-preset", "ultrafast", "-g", "33", "-sc_threshold", "0"]);
        assert!(command.arg(&part).status().unwrap().success());
        std::fs::rename(part, &film).unwrap();
    }
    film
}

pub fn footage() -> Footage {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("studio-footage-1");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let made = |name: &str, pictures: &[(&str, u32)], sound: bool| {
        let film = folder.join(name);
        if !film.exists() {
            make_film(&film, pictures, sound);
        }
        film
    };
    Footage {
        scenes: made(
            "scenes.mp4",
            &[("testsrc2", 3), ("mandelbrot", 3), ("rgbtestsrc", 3), ("smptehdbars", 3)],
            true,
        ),
        others: made(
            "others.mp4",
            &[("mandelbrot=start_scale=0.1", 2), ("yuvtestsrc", 2), ("testsrc", 2)],
            true,
        ),
        long: made("long.mp4", &[("testsrc2", 40)], true),
        silent: made("silent.mp4", &[("testsrc2", 2), ("mandelbrot", 2)], false),
    }
}

fn make_film(film: &Path, pictures: &[(&str, u32)], sound: bool) {
    let part = film.with_extension("part.mp4");
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y"]);
    for (picture, seconds) in pictures {
        let joint = if picture.contains('=') { ':' } else { '=' };
        command.args(["-f", "lavfi", "-t", &seconds.to_string(), "-i"]);
        command.arg(format!("{picture}{joint}s=320x180:r=25"));
    }
    let total: u32 = pictures.iter().map(|(_, seconds)| seconds).sum();
    if sound {
        command.args(["-f", "lavfi", "-t", &total.to_string(), "-i", "sine=f=440:b=4:r=48000"]);
    }
    let inputs: String =
        (0..pictures.len()).map(|n| format!("[{n}:v]setsar=1,format=yuv420p[v{n}];")).collect();
    let joined: String = (0..pictures.len()).map(|n| format!("[v{n}]")).collect();
    command.arg("-filter_complex").arg(format!("{inputs}{joined}concat=n={}[v]", pictures.len()));
    command.args(["-map", "[v]"]);
    if sound {
        command.arg("-map").arg(format!("{}:a", pictures.len())).args(["-c:a", "aac"]);
    }
    command.args(["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"]).arg(&part);
    assert!(command.status().unwrap().success());
    std::fs::rename(part, film).unwrap();
}

/// A video with two sound tracks, the first one silent.
pub fn two_tracks(folder: &Path) -> PathBuf {
    let film = folder.join("two.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6"])
        .args(["-f", "lavfi", "-i", "anullsrc=cl=stereo:r=48000", "-f", "lavfi", "-i", "sine=d=6"])
        .args(["-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast"])
        .args(["-c:a", "aac", "-t", "6"])
        .arg(&film)
        .status();
    assert!(made.unwrap().success());
    film
}

/// Disks that report the free space set by the test.
pub struct ToldRoom<F>(pub F);

impl<F: Fn(&Path) -> u64 + Send + Sync> Disk for ToldRoom<F> {
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        Ok(self.0(folder))
    }
}

/// A studio with a temporary data directory.
pub struct Room {
    pub studio: Studio,
    pub footage: Footage,
    pub folder: tempfile::TempDir,
    /// The ffmpeg it was opened with; that of the machine if `None`.
    pub ffmpeg: Option<PathBuf>,
}

impl Room {
    pub async fn new() -> Self {
        Self::within(&std::env::temp_dir()).await
    }

    /// A room in its own folder inside another one.
    pub async fn within(parent: &Path) -> Self {
        let folder = tempfile::tempdir_in(parent).unwrap();
        Self { studio: open(folder.path()).await, footage: footage(), folder, ffmpeg: None }
    }

    /// A room whose ffmpeg encodes no faster than real time, so that it can be
    /// caught halfway on any machine.
    pub async fn unhurried() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ffmpeg = folder.path().join("ffmpeg");
        let script =
            "#!/bin/sh\ncase \"$*\" in *libx264*) exec ffmpeg -re \"$@\";; esac\nexec ffmpeg \"$@\"\n";
        std::fs::write(&ffmpeg, script).unwrap();
        std::fs::set_permissions(&ffmpeg, std::fs::Permissions::from_mode(0o755)).unwrap();
        let studio = open_with(folder.path(), Some(ffmpeg.clone()), true).await;
        Self { studio, footage: footage(), folder, ffmpeg: Some(ffmpeg) }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder next to the data directory.
    pub fn beside(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    pub async fn profile(&self, name: &str) -> ProfileSession {
        let profile = self.studio.create_profile(name, "#3B82F6").await.unwrap();
        self.studio.open_profile(profile.id).await.unwrap()
    }

    /// The studio as the next start of the application finds it.
    pub async fn reopen(&mut self) {
        self.studio.close(Closing::Interrupt).await;
        self.studio = open_with(self.folder.path(), self.ffmpeg.clone(), true).await;
    }
}

/// Opens the studio of a room's folder.
pub async fn open(folder: &Path) -> Studio {
    open_with(folder, None, true).await
}

pub async fn open_with(folder: &Path, ffmpeg: Option<PathBuf>, take_over: bool) -> Studio {
    let data_dir = folder.join("data");
    Studio::open(StudioOptions { data_dir, ffmpeg, take_over, disk: None }).await.unwrap()
}

/// Opens the studio of a room with custom disks.
pub async fn open_on(folder: &Path, disk: impl Disk + 'static) -> Studio {
    let data_dir = folder.join("data");
    let options = StudioOptions { data_dir, ffmpeg: None, take_over: true, disk: Some(Arc::new(disk)) };
    Studio::open(options).await.unwrap()
}

pub async fn project(session: &ProfileSession, name: &str) -> ProjectId {
    let new = NewProject { name: name.into(), ..NewProject::default() };
    session.create_project(&new).await.unwrap().id
}

/// A video padded to any size with a hole after its end.
pub fn heavy(film: &Path, to: &Path, megabytes: u32) {
    std::fs::copy(film, to).unwrap();
    let mut file = std::fs::File::options().append(true).open(to).unwrap();
    let size = megabytes << 20;
    std::io::Write::write_all(&mut file, &[&size.to_be_bytes()[..], b"free"].concat()).unwrap();
    file.set_len(file.metadata().unwrap().len() + u64::from(size) - 8).unwrap();
}

/// Runs the calling test again in a process that is killed as soon as it
/// reports its position; returns what it reported.
pub fn kill_another(test: &str, variable: &str, folder: &Path) -> String {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", test])
        .env(variable, folder)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(victim.stdout.take().unwrap());
    let told = std::io::BufRead::lines(lines)
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("in the middle ").map(str::to_owned))
        .expect("it works");
    victim.kill().unwrap();
    victim.wait().unwrap();
    told
}

/// Adds videos, all of which must be accepted.
pub async fn add(session: &ProfileSession, project: ProjectId, films: &[&Path]) -> Vec<Source> {
    let paths: Vec<PathBuf> = films.iter().map(|film| film.to_path_buf()).collect();
    let outcomes = session.add_sources(project, &paths, false).await.unwrap();
    outcomes
        .into_iter()
        .map(|outcome| outcome.done.unwrap_or_else(|| panic!("{:?}", outcome.refused)))
        .collect()
}

pub fn asking_for(count: u32, seconds: i64) -> GenerateRequest {
    GenerateRequest {
        source_ids: Vec::new(),
        kind: ClipKind::Highlight,
        count,
        target_duration_us: Some(seconds * 1_000_000),
        seed: Some(7),
        order: MontageOrder::default(),
        include_used: false,
    }
}

/// Makes clips and waits for them.
pub async fn generate(session: &ProfileSession, project: ProjectId, request: &GenerateRequest) -> Vec<Clip> {
    let job = session.generate_raw_clips(project, request).await.unwrap();
    done(session, job.id).await;
    session.list_job_clips(job.id).await.unwrap()
}

/// The code of a refusal, or `done`.
pub fn code_of<T>(outcome: &ItemOutcome<T>) -> String {
    let refused = outcome.refused.as_ref();
    refused.map_or("done".into(), |refused| rushes_studio::words::parts(&refused.notice).0)
}

/// Waits for a job that must succeed.
pub async fn done(session: &ProfileSession, id: JobId) -> Job {
    let job = session.wait_for_job(id).await.unwrap();
    assert_eq!(job.state, JobState::Done, "{:?} {:?}", job.error, job.error_detail);
    job
}

/// Empties the trash and waits until its files are deleted. Returns their
/// number and total size.
pub async fn emptied(session: &ProfileSession) -> (u32, i64) {
    let job = session.empty_trash().await.unwrap().job_id.expect("there are files");
    match done(session, job).await.result {
        Some(JobResult::Deleted { files, bytes }) => (files, bytes),
        other => panic!("{other:?}"),
    }
}

/// A project with one clip of this many seconds from the long video, made from
/// a segment, which needs no analysis.
pub async fn one_clip(room: &Room, session: &ProfileSession, seconds: i64) -> Clip {
    clip_of(&room.footage.long, session, seconds).await
}

/// The same from another video.
pub async fn clip_of(film: &Path, session: &ProfileSession, seconds: i64) -> Clip {
    let project = project(session, "Long takes").await;
    let source_id = add(session, project, &[film]).await[0].id;
    let (in_us, out_us) = (1_000_000, 1_000_000 + seconds * 1_000_000);
    let segment = NewSegment { source_id, in_us, out_us, name: None, keywords: Vec::new(), weight: None };
    session.add_segment(&segment).await.unwrap();
    let request = FromSegments {
        segment_ids: Vec::new(),
        variant_count: 1,
        selection_mode: SelectionMode::Sequential,
        target_duration_us: seconds * 1_000_000,
        muted: false,
        seed: None,
    };
    let job = session.generate_from_segments(project, &request).await.unwrap();
    done(session, job.id).await;
    session.list_job_clips(job.id).await.unwrap().remove(0)
}

pub async fn clips(session: &ProfileSession, project: ProjectId) -> Vec<Clip> {
    session.list_project_clips(project, &ClipQuery::default()).await.unwrap().items
}

/// Waits until a condition holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !holds().await {
        assert!(since.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Makes the file of a clip unless it has one, and returns where it lies.
pub async fn file_of(session: &ProfileSession, clip: &Clip) -> PathBuf {
    let outcome = session.make_clip_files(&[clip.id]).await.unwrap().remove(0);
    assert_eq!(outcome.refused, None);
    if let Some(job) = outcome.done {
        done(session, job.id).await;
    }
    session.clip_path(clip.id).await.unwrap()
}

/// Waits until ffmpeg writes for a job of this data directory.
pub async fn in_the_middle(session: &ProfileSession, id: JobId) {
    until("ffmpeg at work", async || {
        let job = session.get_job(id).await.unwrap();
        assert!(!matches!(job.state, JobState::Done | JobState::Failed), "too late: {job:?}");
        job.state == JobState::Running
            && !ffmpegs_in(&session.studio().data_dir().join("profiles")).is_empty()
    })
    .await;
}

/// The ffmpeg processes whose command line contains a folder.
pub fn ffmpegs_in(folder: &Path) -> Vec<u32> {
    let needle = folder.to_string_lossy().into_owned();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let command = std::fs::read(entry.path().join("cmdline")).ok()?;
            let command = String::from_utf8_lossy(&command).into_owned();
            let program = command.split('\0').next()?;
            (program.ends_with("ffmpeg") && command.contains(&needle)).then_some(pid)
        })
        .collect()
}

/// Makes a file look too old to belong to a running job.
pub fn age(path: &Path) {
    let hour_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
    std::fs::File::options().append(true).open(path).unwrap().set_modified(hour_ago).unwrap();
}

/// Every file below a folder, in order.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// What is left in the scratch folders of all profiles.
pub fn scratch(data_dir: &Path) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for profile in std::fs::read_dir(data_dir.join("profiles")).into_iter().flatten() {
        let temp = profile.unwrap().path().join("temp");
        left.extend(std::fs::read_dir(temp).into_iter().flatten().map(|entry| entry.unwrap().path()));
    }
    left
}

/// Width, height and length in seconds, from ffprobe.
pub fn probed(path: &Path) -> (u32, u32, f64) {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_entries"])
        .args(["stream=width,height:format=duration", "-of", "default=nw=1:nk=1"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let mut next = || lines.next().unwrap_or_else(|| panic!("{} is not whole", path.display()));
    (next().parse().unwrap(), next().parse().unwrap(), next().parse().unwrap())
}

/// Whether a file has sound that is not silent.
pub fn is_heard(path: &Path) -> bool {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-i"])
        .arg(path)
        .args(["-af", "volumedetect", "-vn", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let level = text.lines().find_map(|line| line.split("max_volume: ").nth(1));
    level.is_some_and(|level| level.trim_end_matches(" dB").parse::<f64>().unwrap() > -60.0)
}

/// The content and modification time of a file.
pub fn print_of(path: &Path) -> (Vec<u8>, std::time::SystemTime) {
    (std::fs::read(path).unwrap(), path.metadata().unwrap().modified().unwrap())
}

/// Events received so far.
pub fn drained(
    events: &mut tokio::sync::broadcast::Receiver<rushes_studio::StudioEventEnvelope>,
) -> Vec<(rushes_model::ids::ProfileId, StudioEvent)> {
    std::iter::from_fn(|| events.try_recv().ok())
        .map(|envelope| (envelope.profile_id, envelope.event))
        .collect()
}
