//! Runs ffmpeg and ffprobe: progress, pausing and cancelling, hang detection, and
//! errors.
//!
//! Arguments are built with [`FfmpegCommand`]; the process itself runs under tokio (see
//! `process.rs`). Nothing that a cancelled ffmpeg wrote is kept, so it is killed at
//! once.

use std::{
    future::Future,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use ffmpeg_sidecar::command::FfmpegCommand;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::ChildStdout,
    time::{sleep, timeout},
};
use tokio_util::{io::InspectReader, sync::CancellationToken};

use rushes_model::notice::Activity;

use super::{
    control::RunControl,
    log::{BrokenNames, LogLine},
    process::{self, Death, Process, describe},
    stderr::{Asked, Fault, Words, listen},
    toolchain::Toolchain,
};
use crate::{
    error::{MediaError, RunReport},
    files::{
        disk::{self, FreeSpace, system_free_space},
        publish::folder_of,
    },
};

/// Time without any sign of life after which ffmpeg counts as hung. Drives that spin up
/// and shares that reconnect take less.
const PATIENCE: Duration = Duration::from_secs(90);
/// Work that reads and writes next to nothing responds within this, even from a cold
/// disk.
pub(crate) const SHORT_PATIENCE: Duration = Duration::from_secs(20);
/// Slowest disk on which a finished file's index is moved to the front, in bytes a
/// second: ffmpeg copies the whole file then and logs nothing meanwhile.
const SLOWEST_DISK: u64 = 2_000_000;
/// ffmpeg's message before it moves the index.
const MOVES_INDEX: &str = "Starting second pass";

/// Progress of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Microseconds done, from 0 to `total_us`, never decreasing.
    pub done_us: i64,
    /// Microseconds in total.
    pub total_us: i64,
    /// Speed relative to real time in thousandths, if ffmpeg reports it.
    pub speed_milli: Option<u32>,
}

/// What a task needs to run: cancellation, progress reporting, limits.
#[derive(Clone)]
pub struct RunContext {
    /// Cancels the work.
    pub cancel: CancellationToken,
    /// Called with the progress, several times a second.
    pub on_progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Pauses, resumes and deprioritises the work.
    pub control: RunControl,
    /// Set as `RUSHES_JOB` in the environment of every process of this work, so that a
    /// process that outlives the application can be found.
    pub mark: Option<String>,
    /// An ffmpeg without a sign of life for this long is killed as hung. Time while
    /// paused does not count.
    pub patience: Duration,
    /// Checked before ffmpeg's report of a full disk is trusted.
    pub free_space: FreeSpace,
}

impl RunContext {
    /// A context without cancellation, pausing or progress.
    pub fn quiet() -> Self {
        Self {
            cancel: CancellationToken::new(),
            on_progress: Arc::new(|_| {}),
            control: RunControl::default(),
            mark: None,
            patience: PATIENCE,
            free_space: system_free_space(),
        }
    }

    /// The same context without progress.
    pub(crate) fn silent(&self) -> Self {
        Self { on_progress: Arc::new(|_| {}), ..self.clone() }
    }

    /// The context for one stage of a longer task: its progress is mapped to between
    /// `from` and `to` thousandths of `total_us`, and never decreases.
    pub(crate) fn stage(&self, from: i64, to: i64, total_us: i64) -> Self {
        let outer = self.on_progress.clone();
        let furthest = AtomicI64::new(0);
        let on_progress = move |progress: Progress| {
            let share = if progress.total_us > 0 {
                progress.done_us.clamp(0, progress.total_us) as f64 / progress.total_us as f64
            } else {
                0.0
            };
            let milli = from as f64 + (to - from) as f64 * share;
            let done_us = (total_us as f64 * milli / 1000.0) as i64;
            let before = furthest.fetch_max(done_us, Ordering::Relaxed);
            let done_us = done_us.max(before).clamp(0, total_us.max(0));
            outer(Progress { done_us, total_us, speed_milli: progress.speed_milli });
        };
        Self { on_progress: Arc::new(on_progress), ..self.clone() }
    }

    /// The same context for work that reads `bytes` before it reports anything.
    pub(crate) fn reading_first(&self, bytes: i64) -> Self {
        let reading = Duration::from_secs(u64::try_from(bytes).unwrap_or(0) / SLOWEST_DISK);
        Self { patience: self.patience + reading, ..self.clone() }
    }

    /// Waits until work may start; fails if it was cancelled.
    async fn clear(&self) -> Result<(), MediaError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(MediaError::Cancelled),
            () = self.control.resumed() => Ok(()),
        }
    }
}

impl std::fmt::Debug for RunContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunContext")
            .field("control", &self.control)
            .field("mark", &self.mark)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// The output of a short command.
pub(crate) struct Answer {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Answer {
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// Why a short command gave no output.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    Cancelled,
    TimedOut,
    Spawn(io::Error),
}

/// Runs a short command to completion within `patience` and collects its output.
pub(crate) async fn collect(
    command: Command,
    patience: Duration,
    ctx: &RunContext,
) -> Result<Answer, NoAnswer> {
    ctx.clear().await.map_err(|_| NoAnswer::Cancelled)?;
    let mut process = Process::start(command, ctx.mark.as_deref()).map_err(NoAnswer::Spawn)?;
    let (stdout, stderr) = process.pipes().map_err(NoAnswer::Spawn)?;
    let work = async {
        let (stdout, stderr, status) = tokio::join!(read_all(stdout), read_all(stderr), process.wait());
        (stdout, stderr, status)
    };
    let finished = tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => Err(NoAnswer::Cancelled),
        finished = timeout(patience, work) => finished.map_err(|_| NoAnswer::TimedOut),
    };
    match finished {
        Ok((stdout, stderr, Ok(status))) => {
            Ok(Answer { status, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() })
        }
        Ok((_, _, Err(error))) => Err(NoAnswer::Spawn(error)),
        Err(why) => {
            process.end().await;
            Err(why)
        }
    }
}

async fn read_all(mut pipe: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A broken pipe ends the output; the exit status explains why.
    let _ = pipe.read_to_end(&mut bytes).await;
    bytes
}

/// An ffmpeg command with the arguments common to all runs.
///
/// `-loglevel level+info` (which ffmpeg-sidecar sets) lets its log parser separate
/// errors from the rest.
pub(crate) fn ffmpeg(tools: &Toolchain) -> FfmpegCommand {
    let mut command = FfmpegCommand::new_with_path(&tools.ffmpeg);
    command.hide_banner().arg("-nostats").overwrite();
    command
}

/// Runs ffmpeg to completion with progress from `-progress pipe:1`.
///
/// `what` completes "while …" in an error. `total_us` is the length of the output,
/// which progress is measured against.
pub(crate) async fn run(
    tools: &Toolchain,
    what: Activity,
    mut command: FfmpegCommand,
    total_us: i64,
    ctx: &RunContext,
) -> Result<Words, MediaError> {
    // Options after the last output would be ignored, so this one goes first.
    let mut with_progress = Command::new(command.as_inner().get_program());
    with_progress.args(["-progress", "pipe:1"]).args(command.as_inner().get_args());
    if let Some(folder) = command.as_inner_mut().get_current_dir() {
        with_progress.current_dir(folder);
    }
    let pulse = Pulse::default();
    let reader = |stdout| report_progress(stdout, total_us, ctx, &pulse);
    let (words, ()) = supervise(tools, what, with_progress, ctx, &pulse, reader, |_| {}).await?;
    (ctx.on_progress)(Progress { done_us: total_us.max(0), total_us: total_us.max(0), speed_milli: None });
    Ok(words)
}

/// ffmpeg's standard output; every read is a sign of life.
pub(crate) type Stdout = InspectReader<ChildStdout, Beat>;
type Beat = Box<dyn FnMut(&[u8]) + Send>;

/// Runs ffmpeg with a reader for its standard output and a callback for each line of
/// its standard error. The reader must read to the end of the pipe.
pub(crate) async fn run_reading<R, F>(
    tools: &Toolchain,
    what: Activity,
    command: Command,
    ctx: &RunContext,
    reader: impl FnOnce(Stdout) -> F,
    ear: impl FnMut(&str),
) -> Result<(Words, R), MediaError>
where
    F: Future<Output = R>,
{
    let pulse = Arc::new(Pulse::default());
    let beating = pulse.clone();
    let reader = |stdout| {
        let beat: Beat = Box::new(move |_| beating.beat());
        reader(InspectReader::new(stdout, beat))
    };
    supervise(tools, what, command, ctx, &pulse, reader, ear).await
}

/// Runs ffmpeg to completion, or kills it if the context asks for that or it hangs.
async fn supervise<R, F>(
    tools: &Toolchain,
    what: Activity,
    command: Command,
    ctx: &RunContext,
    pulse: &Pulse,
    reader: impl FnOnce(ChildStdout) -> F,
    ear: impl FnMut(&str),
) -> Result<(Words, R), MediaError>
where
    F: Future<Output = R>,
{
    ctx.clear().await?;
    let shown = describe(&command);
    tracing::debug!(command = %shown, "ffmpeg starts");
    let report = |exit: Option<i32>, words: String| {
        let (command, version) = (shown.clone(), tools.version.clone());
        Box::new(RunReport { command, version, exit, words })
    };
    let failed = |error: io::Error| MediaError::Failed { what, report: report(None, error.to_string()) };
    let asked = Asked::by(&command);
    let folder = asked.output().map(|file| folder_of(Path::new(file)).to_owned());
    let broken_names = BrokenNames::of(&command);
    let mut words = Words::about(asked);
    let mut process = Process::start(command, ctx.mark.as_deref()).map_err(failed)?;
    let (stdout, stderr) = process.pipes().map_err(failed)?;

    let pump = async {
        // Drop the callback after the last line, so that a reader waiting for what it
        // sends sees the end.
        let listening = async {
            let mut ear = ear;
            listen(stderr, |line| {
                pulse.hear(line);
                if !broken_names.has(line) {
                    ear(line);
                    words.hear(line);
                }
            })
            .await;
        };
        let (result, ()) = tokio::join!(reader(stdout), listening);
        result
    };
    let outcome = tokio::select! {
        biased;
        ending = keep(&process, ctx, pulse) => Err(ending),
        result = pump => Ok(result),
    };
    let result = match outcome {
        Ok(result) => result,
        Err(ending) => {
            process.end().await;
            return Err(match ending {
                Ending::Cancelled => MediaError::Cancelled,
                Ending::Suspended => MediaError::Suspended,
                Ending::Stalled => {
                    tracing::warn!(words = %words.report(), "ffmpeg hung");
                    MediaError::Stalled { what, after: ctx.patience, report: report(None, words.report()) }
                }
            });
        }
    };
    let status = process.wait().await.map_err(failed)?;
    if words.fault == Some(Fault::FormChanges) {
        return Err(MediaError::FormChanges { what });
    }
    if !status.success() {
        tracing::warn!(%status, words = %words.report(), "ffmpeg failed");
        let report = report(status.code(), words.report());
        let fault = words.fault.take();
        return Err(failure(what, status, fault, folder, report, ctx).await);
    }
    Ok((words, result))
}

/// The error for an ffmpeg that failed while writing to `folder`.
async fn failure(
    what: Activity,
    status: ExitStatus,
    fault: Option<Fault>,
    folder: Option<PathBuf>,
    report: Box<RunReport>,
    ctx: &RunContext,
) -> MediaError {
    let fault = fault.filter(|_| process::death(status).is_none());
    match (fault, folder) {
        (Some(Fault::Lacks(missing)), _) => MediaError::Lacks { what, missing, report },
        (Some(Fault::Timestamps), _) => MediaError::BadTimestamps { what, report },
        (Some(Fault::Unwritable(kind)), Some(folder)) => {
            MediaError::Unwritable { what, folder, source: kind.into(), report }
        }
        (Some(Fault::DiskFull), Some(folder)) if disk::is_full(&folder, &ctx.free_space).await => {
            MediaError::DiskFull { what }
        }
        _ => ended_badly(what, status, report),
    }
}

/// The error for a process that failed, by its exit status.
pub(crate) fn ended_badly(what: Activity, status: ExitStatus, report: Box<RunReport>) -> MediaError {
    match process::death(status) {
        Some(Death::Crashed(signal)) => MediaError::Crashed { what, signal, report },
        Some(Death::Killed(signal)) => MediaError::Killed { what, signal, report },
        None => MediaError::Failed { what, report },
    }
}

/// Why a process has to be killed.
enum Ending {
    Cancelled,
    /// It should be paused, and this system cannot.
    Suspended,
    Stalled,
}

/// Applies the context's requests to a process until it has to be killed.
async fn keep(process: &Process, ctx: &RunContext, pulse: &Pulse) -> Ending {
    let mut wishes = ctx.control.watch();
    let (mut held, mut stands_back) = (false, false);
    loop {
        let wish = *wishes.borrow_and_update();
        if wish.quiet && !stands_back {
            process.stand_back();
            stands_back = true;
        }
        if wish.paused && !held && !process.hold() {
            return Ending::Suspended;
        }
        if held && !wish.paused {
            process.release();
        }
        held = wish.paused;
        tokio::select! {
            biased;
            () = ctx.cancel.cancelled() => return Ending::Cancelled,
            Ok(()) = wishes.changed() => {}
            () = pulse.lost(ctx.patience), if !held => return Ending::Stalled,
        }
    }
}

/// Signs of life of a running ffmpeg.
#[derive(Debug, Default)]
struct Pulse {
    beats: AtomicU64,
    /// Bytes written so far, if ffmpeg reports it.
    written: AtomicU64,
    /// Whether these bytes are being moved to put the index first.
    moves_index: AtomicBool,
}

impl Pulse {
    fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    fn hear(&self, line: &str) {
        self.beat();
        if LogLine::parse(line).is_some_and(|line| line.message.starts_with(MOVES_INDEX)) {
            self.moves_index.store(true, Ordering::Relaxed);
        }
    }

    /// Waits until there was no beat for `patience`, plus the time that moving an index
    /// may take. Time is counted in steps, so that sleep of the machine does not count.
    async fn lost(&self, patience: Duration) {
        let step = (patience / 20).clamp(Duration::from_millis(5), Duration::from_secs(1));
        let mut seen = self.beats.load(Ordering::Relaxed);
        let mut idle = Duration::ZERO;
        loop {
            sleep(step).await;
            let beats = self.beats.load(Ordering::Relaxed);
            idle = if beats == seen { idle + step } else { Duration::ZERO };
            seen = beats;
            let moving = if self.moves_index.load(Ordering::Relaxed) {
                Duration::from_secs(self.written.load(Ordering::Relaxed) / SLOWEST_DISK)
            } else {
                Duration::ZERO
            };
            if idle >= patience + moving {
                return;
            }
        }
    }
}

/// Reads the blocks of `-progress` and reports them, never decreasing and never above
/// the total.
///
/// Blocks arrive as long as ffmpeg's clock ticks, even if it waits for a file that
/// never responds. Only a block that shows an advance is a sign of life.
async fn report_progress(stdout: ChildStdout, total_us: i64, ctx: &RunContext, pulse: &Pulse) {
    let mut lines = BufReader::new(stdout).lines();
    let mut block = ProgressBlock::default();
    let mut advance = block.advance;
    let mut furthest = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        if !block.read(&line) {
            continue;
        }
        if block.advance != advance {
            advance = block.advance;
            pulse.written.store(advance.bytes.unwrap_or(0), Ordering::Relaxed);
            pulse.beat();
        }
        furthest = advance.done_us.unwrap_or(0).clamp(furthest, total_us.max(furthest));
        (ctx.on_progress)(Progress {
            done_us: furthest,
            total_us: total_us.max(0),
            speed_milli: block.speed_milli,
        });
    }
}

/// The lines `key=value` of one block of `-progress`.
#[derive(Debug, Default)]
struct ProgressBlock {
    advance: Advance,
    speed_milli: Option<u32>,
}

/// Counters that grow while ffmpeg works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Advance {
    done_us: Option<i64>,
    frames: Option<u64>,
    bytes: Option<u64>,
}

impl ProgressBlock {
    /// Parses one line; returns true at the end of a block. ffmpeg writes `N/A` before
    /// the first packet and after some errors; the last good value is kept.
    fn read(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once('=') else { return false };
        let value = value.trim();
        let advance = &mut self.advance;
        match key.trim() {
            "out_time_us" => advance.done_us = value.parse().ok().or(advance.done_us),
            "frame" => advance.frames = value.parse().ok().or(advance.frames),
            "total_size" => advance.bytes = value.parse().ok().or(advance.bytes),
            "speed" => {
                let speed = value.trim_end_matches('x').trim().parse::<f64>().ok();
                self.speed_milli = speed.map(|s| (s * 1000.0).clamp(0.0, 1e9) as u32);
            }
            "progress" => return true,
            _ => {}
        }
        false
    }
}
