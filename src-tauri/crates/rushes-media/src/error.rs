//! What can go wrong with a file or with ffmpeg.
//!
//! Each error has two forms: [`MediaError::notice`] for the user, and
//! [`MediaError::detail`] for "copy diagnostics". A notice never contains more of a path
//! than the file's name, nor any of ffmpeg's output.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rushes_model::facts;
use rushes_model::notice::{
    Activity, BadEdit, Clocks, FullDisk, KilledBy, Mixed, NotVideo, Notice, SystemReason,
};

/// Why a source cannot be cut without re-encoding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCuttableReason {
    /// The frames are reordered, and the file has no presentation timestamps.
    NoDisplayTimes,
    /// The first decodable frame comes after the in point.
    BeginsLater {
        /// When it is shown, in microseconds from the source's first frame.
        key_us: i64,
    },
}

/// A failed run of ffmpeg, for "copy diagnostics".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunReport {
    /// The command as one line.
    pub command: String,
    /// Version of ffmpeg.
    pub version: String,
    /// Exit status; `None` if the process was killed.
    pub exit: Option<i32>,
    /// The last lines of output.
    pub words: String,
}

impl RunReport {
    /// A report of a failure around ffmpeg.
    pub(crate) fn of(words: String) -> Box<Self> {
        Box::new(Self { words, ..Self::default() })
    }
}

impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.command.is_empty() {
            writeln!(f, "command: {}", self.command)?;
        }
        if !self.version.is_empty() {
            writeln!(f, "ffmpeg: {}", self.version)?;
        }
        if let Some(exit) = self.exit {
            writeln!(f, "exit: {exit}")?;
        }
        f.write_str(&self.words)
    }
}

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// ffmpeg or ffprobe was not found, or does not start.
    #[error("{tool} was not found")]
    ToolMissing {
        /// `ffmpeg` or `ffprobe`.
        tool: String,
        /// Where it was searched for.
        looked: Vec<PathBuf>,
    },
    /// This build of ffmpeg lacks something that Rushes requires.
    #[error("this ffmpeg lacks {}", .missing.join(", "))]
    ToolUnsuitable {
        /// Path of the tool.
        tool: PathBuf,
        /// Missing encoders and filters.
        missing: Vec<String>,
    },
    /// The file does not exist.
    #[error("{} does not exist", .path.display())]
    NotFound {
        /// The requested file.
        path: PathBuf,
    },
    /// The file exists but cannot be read.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// The requested file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A folder, a device, a socket.
    #[error("{} is not a file", .path.display())]
    NotAFile {
        /// The requested path.
        path: PathBuf,
    },
    /// The file has no bytes.
    #[error("{} is empty", .path.display())]
    Empty {
        /// The requested file.
        path: PathBuf,
    },
    /// The file is not footage.
    #[error("{} is not a video ({reason:?})", .path.display())]
    NotVideo {
        /// The requested file.
        path: PathBuf,
        /// What it is instead.
        reason: NotVideo,
    },
    /// The file ends before its index: an interrupted copy or recording.
    #[error("{} is cut short", .path.display())]
    Truncated {
        /// The requested file.
        path: PathBuf,
    },
    /// The picture has no duration.
    #[error("{} has no duration", .path.display())]
    ZeroDuration {
        /// The requested file.
        path: PathBuf,
    },
    /// The file's clock restarts or jumps ahead, as in joined recordings.
    #[error("the clock of {} is that of {parts} recordings", .path.display())]
    UnevenClock {
        /// The requested file.
        path: PathBuf,
        /// How many clocks there are.
        parts: usize,
    },
    /// Reading the file took longer than a healthy file ever does.
    #[error("{} took too long to read", .path.display())]
    TimedOut {
        /// The requested file.
        path: PathBuf,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The destination disk is full.
    #[error("the disk is full while {what:?}")]
    DiskFull {
        /// The task.
        what: Activity,
    },
    /// The work was paused on a system that cannot suspend a process, so it was ended.
    /// Start it again after resuming.
    #[error("suspended")]
    Suspended,
    /// ffmpeg failed for a reason without an error of its own.
    #[error("ffmpeg failed while {what:?}")]
    Failed {
        /// The task.
        what: Activity,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg was killed from outside, most often by the system when memory runs out.
    #[error("ffmpeg was ended by signal {signal} while {what:?}")]
    Killed {
        /// The task.
        what: Activity,
        /// The signal.
        signal: i32,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg crashed.
    #[error("ffmpeg crashed by signal {signal} while {what:?}")]
    Crashed {
        /// The task.
        what: Activity,
        /// The signal; on Windows the exception.
        signal: i32,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg stopped responding and was killed.
    #[error("ffmpeg hung for {} s while {what:?}", .after.as_secs())]
    Stalled {
        /// The task.
        what: Activity,
        /// How long there was no sign of life.
        after: Duration,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// This build of ffmpeg lacks something that the task needs.
    #[error("this ffmpeg lacks {missing} for {what:?}")]
    Lacks {
        /// The task.
        what: Activity,
        /// The missing encoder, filter, ….
        missing: String,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// The source's timestamps run backwards, and ffmpeg could not go on.
    #[error("bad timestamps while {what:?}")]
    BadTimestamps {
        /// The task.
        what: Activity,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// The frame size, channels or sample rate of a source change midway.
    #[error("a source changes its form while {what:?}")]
    FormChanges {
        /// The task.
        what: Activity,
    },
    /// ffmpeg could not write to the destination.
    #[error("{} cannot be written to while {what:?}", .folder.display())]
    Unwritable {
        /// The task.
        what: Activity,
        /// The destination folder.
        folder: PathBuf,
        /// The system's error.
        source: io::Error,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg succeeded, but its output is not what was requested.
    #[error("while {what:?}: expected {expected}, found {found}")]
    WrongOutput {
        /// The task.
        what: Activity,
        /// What the check expected.
        expected: String,
        /// What the check found.
        found: String,
    },
    /// The destination already exists; nothing was overwritten.
    #[error("{} exists already", .path.display())]
    Exists {
        /// The destination.
        path: PathBuf,
    },
    /// An edit list that does not fit its sources.
    #[error("an edit cannot be made: {reason:?}")]
    BadEdit {
        /// What is wrong with it.
        reason: BadEdit,
    },
    /// The pieces cannot be joined without re-encoding them.
    #[error("the pieces cannot be joined losslessly: {reason:?}")]
    NotLossless {
        /// What differs.
        reason: Mixed,
    },
    /// A source cannot be cut without re-encoding it.
    #[error("{} cannot be cut losslessly ({reason:?})", .path.display())]
    NotCuttable {
        /// The source.
        path: PathBuf,
        /// Why not.
        reason: NotCuttableReason,
    },
    /// A file or folder of our own could not be read or written.
    #[error("{what:?}: {}", .path.display())]
    Io {
        /// The task.
        what: Activity,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl MediaError {
    /// What the user is told.
    pub fn notice(&self) -> Notice {
        match self {
            Self::ToolMissing { tool, .. } => Notice::FfmpegMissing { tool: tool.clone() },
            Self::ToolUnsuitable { missing, .. } => Notice::FfmpegUnsuitable { missing: missing.clone() },
            Self::NotFound { path } => Notice::FileNotFound { name: name(path) },
            Self::Unreadable { path, .. } => Notice::FileUnreadable { name: name(path) },
            Self::NotAFile { path } => Notice::NotAFile { name: name(path) },
            Self::Empty { path } => Notice::FileEmpty { name: name(path) },
            Self::NotVideo { path, reason } => Notice::NotAVideo { name: name(path), why: *reason },
            Self::Truncated { path } => Notice::FileTruncated { name: name(path) },
            Self::ZeroDuration { path } => Notice::ZeroDuration { name: name(path) },
            Self::UnevenClock { path, parts } => {
                let (why, parts) = if *parts > facts::MOST_PARTS {
                    (Clocks::Leaping, parts - 1)
                } else {
                    (Clocks::Joined, *parts)
                };
                Notice::UnevenClock { name: name(path), parts: u32::try_from(parts).unwrap_or(u32::MAX), why }
            }
            Self::TimedOut { path } => Notice::ProbeTimedOut { name: name(path) },
            Self::Cancelled => Notice::Cancelled,
            Self::DiskFull { .. } => Notice::DiskFull { why: FullDisk::Full },
            Self::Failed { what, .. } => Notice::FfmpegFailed { activity: *what },
            Self::Suspended => Notice::Suspended,
            Self::Killed { what, signal, .. } => Notice::FfmpegKilled {
                activity: *what,
                why: if *signal == 9 { KilledBy::Memory } else { KilledBy::Other },
            },
            Self::Crashed { what, .. } => Notice::FfmpegCrashed { activity: *what },
            Self::Stalled { what, after, .. } => Notice::FfmpegStalled {
                activity: *what,
                silent_s: u32::try_from(after.as_secs().max(1)).unwrap_or(u32::MAX),
            },
            Self::Lacks { missing, .. } => Notice::FfmpegUnsuitable { missing: vec![missing.clone()] },
            Self::BadTimestamps { .. } => Notice::BadTimestamps,
            Self::FormChanges { .. } => Notice::FormChanges,
            Self::Unwritable { folder, source, .. } => {
                Notice::OutputUnwritable { folder: name(folder), system: SystemReason::of(source) }
            }
            Self::WrongOutput { what, .. } => Notice::WrongOutput { activity: *what },
            Self::Exists { path } => Notice::FileExists { name: name(path) },
            Self::BadEdit { reason } => Notice::BadEdit { reason: reason.clone() },
            Self::NotLossless { reason } => Notice::NotLossless { why: *reason },
            Self::NotCuttable { path, reason: NotCuttableReason::NoDisplayTimes } => {
                Notice::NoDisplayTimes { name: name(path) }
            }
            Self::NotCuttable { path, reason: NotCuttableReason::BeginsLater { key_us } } => {
                Notice::BeginsLater { name: name(path), first_us: *key_us }
            }
            Self::Io { what, path, source } => {
                Notice::FileFailed { activity: *what, name: name(path), system: SystemReason::of(source) }
            }
        }
    }

    /// Everything that helps a report: command, exit status, last lines, paths.
    pub fn detail(&self) -> String {
        match self {
            Self::ToolMissing { tool, looked } => {
                let looked: Vec<_> = looked.iter().map(|p| p.display().to_string()).collect();
                format!("{tool} looked for in: {}", looked.join(", "))
            }
            Self::ToolUnsuitable { tool, missing } => {
                format!("{} lacks: {}", tool.display(), missing.join(", "))
            }
            Self::Unreadable { source, .. } | Self::Io { source, .. } => {
                format!("{self}: {source}")
            }
            Self::Unwritable { source, report, .. } => format!("{self}: {source}\n{report}"),
            Self::Failed { report, .. }
            | Self::Killed { report, .. }
            | Self::Crashed { report, .. }
            | Self::Stalled { report, .. }
            | Self::Lacks { report, .. }
            | Self::BadTimestamps { report, .. } => format!("{self}\n{report}"),
            other => other.to_string(),
        }
    }

    /// Whether the input made ffmpeg stop; anything before that place is usable.
    pub(crate) fn is_of_the_source(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Crashed { .. } | Self::BadTimestamps { .. })
    }

    /// Whether the same work may succeed with another encoder.
    pub(crate) fn is_worth_another_encoder(&self) -> bool {
        !matches!(
            self,
            Self::Cancelled
                | Self::Suspended
                | Self::DiskFull { .. }
                | Self::Unwritable { .. }
                | Self::FormChanges { .. }
        )
    }

    /// Wraps an I/O error on one of our own files.
    pub(crate) fn io(what: Activity, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { what },
            io::ErrorKind::AlreadyExists => Self::Exists { path: path.into() },
            _ => Self::Io { what, path: path.into(), source },
        }
    }
}

/// The file's name, with control characters replaced.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    name.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_carry_the_name_and_never_the_folder() {
        let error = MediaError::NotFound { path: "/home/anna/Secret Client/reel.mp4".into() };
        assert_eq!(error.notice(), Notice::FileNotFound { name: "reel.mp4".into() });
    }

    #[test]
    fn a_full_disk_is_told_as_such_wherever_it_shows() {
        let error = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(MediaError::io(Activity::WritingFile, Path::new("/x"), error).notice(), Notice::FULL);
    }

    #[test]
    fn a_line_break_in_a_name_cannot_break_a_sentence() {
        let error = MediaError::Empty { path: "/a/one\ntwo.mp4".into() };
        assert_eq!(error.notice(), Notice::FileEmpty { name: "one\u{fffd}two.mp4".into() });
    }
}
