//! An ffmpeg or ffprobe process. Each runs in its own process group (a job object on
//! Windows), so that signals reach its children too and a dropped future leaves nothing
//! behind.

use std::{
    io,
    process::{Command, ExitStatus, Stdio},
    sync::OnceLock,
};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::{ChildStderr, ChildStdout};

/// The environment variable that holds a run's mark.
pub const MARK_VARIABLE: &str = "RUSHES_JOB";
/// Niceness of a deprioritised process.
#[cfg(unix)]
const STANDS_BACK: i32 = 10;

/// See [`keep_from_tools`].
static KEPT_BACK: OnceLock<&'static [&'static str]> = OnceLock::new();

/// Removes variables that the application set for other programs from the environment
/// of every ffmpeg and ffprobe. Call it once, before the first one starts.
pub fn keep_from_tools(variables: &'static [&'static str]) {
    if KEPT_BACK.set(variables).is_err() {
        tracing::error!("what is kept from ffmpeg was said before");
    }
}

/// A running process group.
#[derive(Debug)]
pub(crate) struct Process {
    child: Box<dyn ChildWrapper>,
}

impl Process {
    /// Starts a command with its output piped and its input closed.
    pub fn start(mut command: Command, mark: Option<&str>) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for variable in KEPT_BACK.get().into_iter().copied().flatten() {
            command.env_remove(variable);
        }
        if let Some(mark) = mark {
            command.env(MARK_VARIABLE, mark);
        }
        let mut wrap = CommandWrap::from(tokio::process::Command::from(command));
        wrap.wrap(KillOnDrop);
        #[cfg(unix)]
        wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        wrap.wrap(process_wrap::tokio::JobObject);
        Ok(Self { child: wrap.spawn()? })
    }

    /// Takes standard output and standard error; works only once.
    pub fn pipes(&mut self) -> io::Result<(ChildStdout, ChildStderr)> {
        match (self.child.stdout().take(), self.child.stderr().take()) {
            (Some(stdout), Some(stderr)) => Ok((stdout, stderr)),
            _ => Err(io::Error::other("its pipes are missing")),
        }
    }

    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Kills the whole group and waits for it.
    pub async fn end(&mut self) {
        // An error means that the group has already ended.
        let _ = self.child.start_kill();
        let _ = self.child.wait().await;
    }
}

#[cfg(unix)]
impl Process {
    /// Suspends the group; false if this system cannot.
    pub fn hold(&self) -> bool {
        self.signal(rustix::process::Signal::STOP);
        true
    }

    /// Resumes a suspended group.
    pub fn release(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    /// Lowers the group's CPU priority.
    pub fn stand_back(&self) {
        use rustix::process::{Pid, getpriority_pgrp, setpriority_pgrp};
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let Some(group) = group else { return };
        // Do not raise a group that is already lower.
        let lowered = getpriority_pgrp(Some(group)).and_then(|now| {
            if now < STANDS_BACK { setpriority_pgrp(Some(group), STANDS_BACK) } else { Ok(()) }
        });
        if let Err(error) = lowered {
            tracing::debug!(%error, "the priority stays as it is");
        }
    }

    fn signal(&self, signal: rustix::process::Signal) {
        // An error means that the group has already ended.
        let _ = self.child.signal(signal.as_raw());
    }
}

#[cfg(not(unix))]
impl Process {
    /// Suspends the group; false if this system cannot.
    pub fn hold(&self) -> bool {
        false
    }

    /// Resumes a suspended group.
    pub fn release(&self) {}

    /// Lowers the group's CPU priority.
    pub fn stand_back(&self) {}
}

/// How a process died other than by exiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// It crashed with this signal (on Windows, this exception).
    Crashed(i32),
    /// It was killed from outside with this signal.
    Killed(i32),
}

/// How a process died; `None` if it exited by itself.
#[cfg(unix)]
pub(crate) fn death(status: ExitStatus) -> Option<Death> {
    use rustix::process::Signal;
    const FAULTS: [Signal; 5] = [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::ABORT];
    let signal = std::os::unix::process::ExitStatusExt::signal(&status)?;
    let faulted = FAULTS.iter().any(|fault| fault.as_raw() == signal);
    Some(if faulted { Death::Crashed(signal) } else { Death::Killed(signal) })
}

/// How a process died; `None` if it exited by itself.
#[cfg(not(unix))]
pub(crate) fn death(status: ExitStatus) -> Option<Death> {
    // NTSTATUS values with the severity "error"; ffmpeg's own codes are outside.
    let code = status.code()?;
    (0xC000_0000..0xD000_0000).contains(&(code as u32)).then_some(Death::Crashed(code))
}

/// A command as one line for a report.
pub(crate) fn describe(command: &Command) -> String {
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
