//! A workspace with footage that takes a while, fake ffmpeg scripts, and helpers that
//! inspect running processes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rushes_media::{MARK_VARIABLE, MediaError, Piece, Rendered, RunContext, Toolchain, render_clip_file};
use tokio::task::JoinHandle;

#[path = "../common/room.rs"]
mod common;

pub use common::{PATIENCE, Room};

impl Room {
    /// A script in place of ffmpeg; ffprobe stays the real one.
    pub fn pretend(&self, script: &str) -> Toolchain {
        let ffmpeg = self.path("ffmpeg");
        fs::write(&ffmpeg, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
        Toolchain { ffmpeg, version: "0.1-pretended".into(), ..self.tools.clone() }
    }

    /// Half a minute of footage, as a piece: some seconds of work.
    pub async fn half_a_minute(&self) -> Piece {
        let picture = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=30"];
        let sound = ["-f", "lavfi", "-i", "sine=440:d=30:sample_rate=48000"];
        let coding = ["-c:v", "mpeg4", "-q:v", "6", "-c:a", "aac"];
        let film = self.make("film.mp4", &[&picture[..], &sound, &coding].concat());
        self.piece(&film).await
    }

    /// Starts rendering a piece as a clip file.
    pub fn clip_file(&self, piece: &Piece, ctx: &RunContext) -> JoinHandle<Result<Rendered, MediaError>> {
        let (tools, to) = (self.tools.clone(), self.path("clip.mp4"));
        let (pieces, ctx) = ([piece.clone()], ctx.clone());
        tokio::spawn(async move { render_clip_file(&tools, &pieces, false, &to, &ctx).await })
    }

    /// How many drafts are left in the workspace.
    pub fn drafts(&self) -> usize {
        let is_draft = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".rushes-");
        fs::read_dir(self.folder.path()).unwrap().filter(|entry| is_draft(entry.as_ref().unwrap())).count()
    }
}

/// A context whose processes can be found by a mark of their own.
pub fn marked() -> RunContext {
    let mark = format!("{:x}-{:?}", std::process::id(), Instant::now()).replace(' ', "");
    RunContext { mark: Some(mark), ..RunContext::quiet() }
}

/// Processes that carry the mark of a context.
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

/// Waits until an ffmpeg of a context writes its draft, and returns its process id.
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

/// Waits until `look` returns something.
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

/// Fields of `/proc/PID/stat`, from the state on.
fn fields(pid: u32) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// `T` for a stopped process.
pub fn state(pid: u32) -> Option<String> {
    fields(pid).first().cloned()
}

/// The niceness of a process.
pub fn nice(pid: u32) -> Option<i32> {
    fields(pid).get(16)?.parse().ok()
}
