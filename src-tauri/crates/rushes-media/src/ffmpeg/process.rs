//! One ffmpeg or ffprobe as a process: a group of its own (a job object on
//! Windows), so that what is done to it is done to all that it started, and an
//! abandoned future leaves nothing behind.

use std::{
    io,
    process::{Command, ExitStatus, Stdio},
    sync::OnceLock,
};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::{ChildStderr, ChildStdout};

/// The variable that a run's mark stands in, in the environment of the process.
pub const MARK_VARIABLE: &str = "RUSHES_JOB";
/// How far a quiet process stands back, as `nice` counts.
#[cfg(unix)]
const STANDS_BACK: i32 = 10;

/// See [`keep_from_tools`].
static KEPT_BACK: OnceLock<&'static [&'static str]> = OnceLock::new();

/// Keeps variables that the application set for other programs out of the
/// environment of every ffmpeg and ffprobe. To be called once, before any is started.
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
    /// Starts a command whose output is read and that is never spoken to.
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

    /// Its standard output and standard error, once.
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
        // An error means that the group has ended by itself.
        let _ = self.child.start_kill();
        let _ = self.child.wait().await;
    }
}

#[cfg(unix)]
impl Process {
    /// Stops the group where it is; false where this system cannot.
    pub fn hold(&self) -> bool {
        self.signal(rustix::process::Signal::STOP);
        true
    }

    /// Lets a stopped group go on.
    pub fn release(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    /// Makes the group leave the processor to others first.
    pub fn stand_back(&self) {
        use rustix::process::{Pid, getpriority_pgrp, setpriority_pgrp};
        let group = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let Some(group) = group else { return };
        // One that stands back further already is left there.
        let lowered = getpriority_pgrp(Some(group)).and_then(|now| {
            if now < STANDS_BACK { setpriority_pgrp(Some(group), STANDS_BACK) } else { Ok(()) }
        });
        if let Err(error) = lowered {
            tracing::debug!(%error, "the priority stays as it is");
        }
    }

    fn signal(&self, signal: rustix::process::Signal) {
        // An error means that the group has ended by itself.
        let _ = self.child.signal(signal.as_raw());
    }
}

#[cfg(not(unix))]
impl Process {
    /// Stops the group where it is; false where this system cannot.
    pub fn hold(&self) -> bool {
        false
    }

    /// Lets a stopped group go on.
    pub fn release(&self) {}

    /// Makes the group leave the processor to others first.
    pub fn stand_back(&self) {}
}

/// What ended a process before its own program did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// A fault in it, by this signal (on Windows, this exception).
    Crashed(i32),
    /// Somebody else, with this signal.
    Killed(i32),
}

/// What ended a process, where it was not its own program.
#[cfg(unix)]
pub(crate) fn death(status: ExitStatus) -> Option<Death> {
    use rustix::process::Signal;
    const FAULTS: [Signal; 5] = [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::ABORT];
    let signal = std::os::unix::process::ExitStatusExt::signal(&status)?;
    let faulted = FAULTS.iter().any(|fault| fault.as_raw() == signal);
    Some(if faulted { Death::Crashed(signal) } else { Death::Killed(signal) })
}

/// What ended a process, where it was not its own program.
#[cfg(not(unix))]
pub(crate) fn death(status: ExitStatus) -> Option<Death> {
    // NTSTATUS values of the severity "error"; ffmpeg's own codes lie outside.
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
