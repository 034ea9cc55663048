//! Running ffmpeg and ffprobe: progress, bounded words, cancelling, no zombies.
//!
//! Arguments are built with [`FfmpegCommand`]; the process itself runs under
//! tokio in a process group of its own (a job object on Windows), so that a
//! cancel ends whatever ffmpeg started and an abandoned future leaves nothing
//! behind.

use std::{
    collections::VecDeque,
    future::Future,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ffmpeg_sidecar::{
    command::FfmpegCommand,
    event::{FfmpegEvent, LogLevel},
    log_parser::FfmpegLogParser,
};
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{ChildStderr, ChildStdin, ChildStdout},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{MediaError, toolchain::Toolchain};

/// Time that ffmpeg has to end by itself after `q`.
const GRACE: Duration = Duration::from_secs(2);
/// Lines kept of what ffmpeg said.
const TAIL_LINES: usize = 400;
/// Lines of it that go into an error.
const REPORT_LINES: usize = 30;
/// A line longer than this is cut; a broken file can make ffmpeg print any length.
const LINE_BYTES: usize = 4000;

/// How far a piece of work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Microseconds done, from 0 to `total_us`, never going back.
    pub done_us: i64,
    /// Microseconds in all.
    pub total_us: i64,
    /// Speed against real time in thousandths, when ffmpeg tells it.
    pub speed_milli: Option<u32>,
}

/// What a piece of work is handed: how to stop it, whom to tell, how wide to run.
#[derive(Clone)]
pub struct RunContext {
    /// Cancels the work.
    pub cancel: CancellationToken,
    /// Told of progress, several times a second.
    pub on_progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Threads for codecs; ffmpeg's own choice where absent.
    pub threads: Option<u32>,
}

impl RunContext {
    /// A context that cannot be cancelled from outside and tells nobody.
    pub fn quiet() -> Self {
        Self { cancel: CancellationToken::new(), on_progress: Arc::new(|_| {}), threads: None }
    }

    /// The same context with nobody to tell.
    pub(crate) fn silent(&self) -> Self {
        Self { on_progress: Arc::new(|_| {}), ..self.clone() }
    }

    /// The context for one stage of a longer work: its progress is shown
    /// between `from` and `to` thousandths of `total_us`, and never goes back.
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
        Self { cancel: self.cancel.clone(), on_progress: Arc::new(on_progress), threads: self.threads }
    }
}

impl std::fmt::Debug for RunContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunContext").field("threads", &self.threads).finish_non_exhaustive()
    }
}

/// What a short command answered.
pub(crate) struct Answer {
    pub success: bool,
    pub exit: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Answer {
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// Why a short command gave no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    TimedOut,
    Spawn(std::io::Error),
}

/// Runs a short command to its end within `patience`, and collects what it says.
pub(crate) async fn collect(command: Command, patience: Duration) -> Result<Answer, NoAnswer> {
    let mut child = spawn(command).map_err(NoAnswer::Spawn)?;
    let stdout = child.stdout().take();
    let stderr = child.stderr().take();
    let work = async {
        let (stdout, stderr, status) = tokio::join!(read_all(stdout), read_all(stderr), child.wait());
        (stdout, stderr, status)
    };
    let finished = timeout(patience, work).await;
    match finished {
        Ok((stdout, stderr, Ok(status))) => Ok(Answer {
            success: status.success(),
            exit: status.code(),
            stdout,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }),
        Ok((_, _, Err(error))) => Err(NoAnswer::Spawn(error)),
        Err(_) => {
            end(&mut child).await;
            Err(NoAnswer::TimedOut)
        }
    }
}

async fn read_all(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // A pipe that breaks ends the text; the exit status tells the rest.
        let _ = pipe.read_to_end(&mut bytes).await;
    }
    bytes
}

/// An ffmpeg command with the arguments that every run has.
///
/// `-loglevel level+info` (which ffmpeg-sidecar sets) lets its log parser tell
/// errors from the rest.
pub(crate) fn ffmpeg(tools: &Toolchain) -> FfmpegCommand {
    let mut command = FfmpegCommand::new_with_path(&tools.ffmpeg);
    command.hide_banner().arg("-nostats").overwrite();
    command
}

/// What ffmpeg said while it worked, bounded.
#[derive(Debug, Default)]
pub(crate) struct Words {
    tail: VecDeque<String>,
    errors: VecDeque<String>,
    pub disk_full: bool,
}

impl Words {
    fn hear(&mut self, line: &str) {
        if line.contains("No space left on device") || line.contains("Disk quota exceeded") {
            self.disk_full = true;
        }
        if let Ok(FfmpegEvent::Log(LogLevel::Error | LogLevel::Fatal, text)) =
            FfmpegLogParser::new(line.as_bytes()).parse_next_event()
        {
            push_bounded(&mut self.errors, text, REPORT_LINES);
        }
        push_bounded(&mut self.tail, line.to_owned(), TAIL_LINES);
    }

    /// The last lines, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.tail.iter().map(String::as_str)
    }

    /// Errors if there were any, and otherwise the last lines.
    pub fn report(&self) -> String {
        let lines: Vec<&str> = if self.errors.is_empty() {
            let skip = self.tail.len().saturating_sub(REPORT_LINES);
            self.lines().skip(skip).collect()
        } else {
            self.errors.iter().map(String::as_str).collect()
        };
        lines.join("\n")
    }
}

fn push_bounded(lines: &mut VecDeque<String>, line: String, bound: usize) {
    if lines.len() == bound {
        lines.pop_front();
    }
    lines.push_back(line);
}

/// Runs ffmpeg to its end with progress from `-progress pipe:1`.
///
/// `what` completes "while …" in an error. `total_us` is the length of what is
/// written, against which progress is told.
pub(crate) async fn run(
    what: &'static str,
    mut command: FfmpegCommand,
    total_us: i64,
    ctx: &RunContext,
) -> Result<Words, MediaError> {
    // Options after the last output would be ignored, so this one goes in front.
    let mut with_progress = Command::new(command.as_inner().get_program());
    with_progress.args(["-progress", "pipe:1"]).args(command.as_inner().get_args());
    if let Some(folder) = command.as_inner_mut().get_current_dir() {
        with_progress.current_dir(folder);
    }
    with_progress.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (words, ()) =
        run_reading(what, with_progress, ctx, |stdout| report_progress(stdout, total_us, ctx), |_| {})
            .await?;
    (ctx.on_progress)(Progress { done_us: total_us.max(0), total_us: total_us.max(0), speed_milli: None });
    Ok(words)
}

/// Runs ffmpeg with a reader for its standard output and an ear for each line
/// of its standard error. The reader must read to the end of the pipe.
pub(crate) async fn run_reading<R, F>(
    what: &'static str,
    command: Command,
    ctx: &RunContext,
    reader: impl FnOnce(ChildStdout) -> F,
    ear: impl FnMut(&str),
) -> Result<(Words, R), MediaError>
where
    F: Future<Output = R>,
{
    if ctx.cancel.is_cancelled() {
        return Err(MediaError::Cancelled);
    }
    let shown = describe(&command);
    tracing::debug!(command = %shown, "ffmpeg starts");
    let failed = |exit, stderr_tail| MediaError::Failed { what, exit, stderr_tail, command: shown.clone() };
    let mut child = spawn(command).map_err(|error| failed(None, error.to_string()))?;
    let stdin = child.stdin().take();
    let (Some(stdout), Some(stderr)) = (child.stdout().take(), child.stderr().take()) else {
        end(&mut child).await;
        return Err(failed(None, "ffmpeg's pipes are missing".into()));
    };

    let mut words = Words::default();
    let mut pump = Box::pin(async {
        // The ear goes away with the last line, so that a reader who waits for
        // what it passes on knows that no more comes.
        let listen = async {
            let mut ear = ear;
            listen(stderr, |line| {
                ear(line);
                words.hear(line);
            })
            .await;
        };
        let (result, ()) = tokio::join!(reader(stdout), listen);
        result
    });
    let result = tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => None,
        result = &mut pump => Some(result),
    };
    let Some(result) = result else {
        stop(&mut child, stdin, pump).await;
        return Err(MediaError::Cancelled);
    };
    drop(pump);
    let status = child.wait().await.map_err(|error| failed(None, error.to_string()))?;
    drop(stdin);
    if words.disk_full {
        return Err(MediaError::DiskFull { what });
    }
    if !status.success() {
        tracing::warn!(exit = ?status.code(), words = %words.report(), "ffmpeg failed");
        return Err(failed(status.code(), words.report()));
    }
    Ok((words, result))
}

fn spawn(command: Command) -> std::io::Result<Box<dyn ChildWrapper>> {
    let mut wrap = CommandWrap::from(tokio::process::Command::from(command));
    wrap.wrap(KillOnDrop);
    #[cfg(unix)]
    wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(process_wrap::tokio::JobObject);
    wrap.spawn()
}

/// Asks ffmpeg to end with `q`, then kills the group, and reaps it either way.
async fn stop<R>(
    child: &mut Box<dyn ChildWrapper>,
    stdin: Option<ChildStdin>,
    pump: impl Future<Output = R>,
) {
    if let Some(mut stdin) = stdin {
        // ffmpeg may be gone already; then there is nothing to ask.
        let _ = stdin.write_all(b"q").await;
        let _ = stdin.flush().await;
        let gentle = async { tokio::join!(pump, child.wait()) };
        if timeout(GRACE, gentle).await.is_ok() {
            return;
        }
    }
    end(child).await;
}

/// Kills the whole group and waits for it.
async fn end(child: &mut Box<dyn ChildWrapper>) {
    // An error means that the group has ended by itself.
    let _ = child.start_kill();
    let _ = child.wait().await;
}

async fn listen(stderr: ChildStderr, mut ear: impl FnMut(&str)) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                line.truncate(LINE_BYTES);
                ear(String::from_utf8_lossy(&line).trim_end());
            }
        }
    }
}

/// Reads the blocks of `-progress` and tells them on, never going back and
/// never above the total.
async fn report_progress(stdout: ChildStdout, total_us: i64, ctx: &RunContext) {
    let mut lines = BufReader::new(stdout).lines();
    let mut block = ProgressBlock::default();
    let mut furthest = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        if block.read(&line) {
            furthest = block.done_us.unwrap_or(0).clamp(furthest, total_us.max(furthest));
            (ctx.on_progress)(Progress {
                done_us: furthest,
                total_us: total_us.max(0),
                speed_milli: block.speed_milli,
            });
        }
    }
}

/// The lines `key=value` of one block of `-progress`.
#[derive(Debug, Default)]
struct ProgressBlock {
    done_us: Option<i64>,
    speed_milli: Option<u32>,
}

impl ProgressBlock {
    /// Takes one line; true when it ends a block. ffmpeg writes `N/A` before
    /// the first packet and after some errors; the last good value stays.
    fn read(&mut self, line: &str) -> bool {
        match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("out_time_us", value)) => {
                self.done_us = value.parse().ok().or(self.done_us);
                false
            }
            Some(("speed", value)) => {
                let speed = value.trim_end_matches('x').trim().parse::<f64>().ok();
                self.speed_milli = speed.map(|s| (s * 1000.0).clamp(0.0, 1e9) as u32);
                false
            }
            Some(("progress", _)) => true,
            _ => false,
        }
    }
}

/// The command as one line for a report.
fn describe(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=+,%".contains(c)) {
                word.into_owned()
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}
