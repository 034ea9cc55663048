//! A room with footage that takes a while, tools that pretend to be ffmpeg, and
//! eyes for the processes at work.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rushes_media::{MARK_VARIABLE, Piece, RunContext, Toolchain, probe};
use tempfile::TempDir;

/// Far longer than anything here takes, also beside other work.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Room {
    pub tools: Toolchain,
    folder: TempDir,
}

impl Room {
    pub async fn open() -> Self {
        Self { tools: Toolchain::discover(None).await.unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An ffmpeg that is a script; ffprobe stays the real one.
    pub fn pretend(&self, script: &str) -> Toolchain {
        let ffmpeg = self.path("ffmpeg");
        fs::write(&ffmpeg, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
        Toolchain { ffmpeg, version: "0.1-pretended".into(), ..self.tools.clone() }
    }

    /// Half a minute of footage, as a piece: some seconds of work.
    pub async fn piece(&self) -> Piece {
        let path = self.path("film.mp4");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=30"])
            .args(["-f", "lavfi", "-i", "sine=440:d=30:sample_rate=48000"])
            .args(["-c:v", "mpeg4", "-q:v", "6", "-c:a", "aac"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
        let facts = probe(&self.tools, &path).await.unwrap();
        let out_us = facts.duration_us;
        Piece { path, facts, in_us: 0, out_us }
    }

    /// What is left in the room under a name that a draft has.
    pub fn drafts(&self) -> usize {
        let is_draft = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".rushes-");
        fs::read_dir(self.folder.path()).unwrap().filter(|entry| is_draft(entry.as_ref().unwrap())).count()
    }
}

/// A context whose processes are found by a mark of their own.
pub fn marked() -> RunContext {
    let mark = format!("{:x}-{:?}", std::process::id(), Instant::now()).replace(' ', "");
    RunContext { mark: Some(mark), ..RunContext::quiet() }
}

/// Processes that bear the mark of a context.
pub fn processes(ctx: &RunContext) -> Vec<u32> {
    let wanted = format!("{MARK_VARIABLE}={}", ctx.mark.as_deref().unwrap());
    let bears = |pid: &u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    };
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(bears)
        .collect()
}

/// Waits until an ffmpeg of a context writes its draft, and gives its id.
pub async fn at_work(ctx: &RunContext) -> u32 {
    let writes = |pid: &u32| {
        let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_link(file.path()).ok()).any(|file| is_draft(&file))
    };
    until(|| processes(ctx).into_iter().find(writes)).await
}

fn is_draft(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".rushes-"))
}

/// Waits until something is there.
pub async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

/// Fields of a process from its state on, as `/proc` tells them.
fn fields(pid: u32) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// `T` for a process that is stopped.
pub fn state(pid: u32) -> Option<String> {
    fields(pid).first().cloned()
}

/// How far a process stands back.
pub fn nice(pid: u32) -> Option<i32> {
    fields(pid).get(16)?.parse().ok()
}
