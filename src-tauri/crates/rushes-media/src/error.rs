//! What can go wrong with a file or with ffmpeg, in the user's words.
//!
//! Each error has three forms: [`MediaError::code`] for programs,
//! [`MediaError::message`] for the user, with the next step in it, and
//! [`MediaError::detail`] for "copy diagnostics". Messages never contain more of a path
//! than the file's name, nor any of ffmpeg's output.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rushes_model::facts;

/// Why a readable file is not footage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotVideoReason {
    /// Not a media file that ffmpeg knows.
    Unrecognised,
    /// It has sound but no picture.
    AudioOnly,
    /// The only picture is a cover image.
    CoverOnly,
    /// A still picture.
    StillPicture,
    /// A raw video stream without timestamps.
    BareStream,
    /// A playlist or a text file.
    Playlist,
    /// The video codec cannot be decoded by this ffmpeg.
    UnknownCodec,
    /// The frames are too large to keep several in memory.
    TooLarge,
}

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
        reason: NotVideoReason,
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
    #[error("the disk is full while {what}")]
    DiskFull {
        /// The task, as in "while …".
        what: &'static str,
    },
    /// The work was paused on a system that cannot suspend a process, so it was ended.
    /// Start it again after resuming.
    #[error("suspended")]
    Suspended,
    /// ffmpeg failed for a reason without an error of its own.
    #[error("ffmpeg failed while {what}")]
    Failed {
        /// The task, as in "while …".
        what: &'static str,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg was killed from outside, most often by the system when memory runs out.
    #[error("ffmpeg was ended by signal {signal} while {what}")]
    Killed {
        /// The task, as in "while …".
        what: &'static str,
        /// The signal.
        signal: i32,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg crashed.
    #[error("ffmpeg crashed by signal {signal} while {what}")]
    Crashed {
        /// The task, as in "while …".
        what: &'static str,
        /// The signal; on Windows the exception.
        signal: i32,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg stopped responding and was killed.
    #[error("ffmpeg hung for {} s while {what}", .after.as_secs())]
    Stalled {
        /// The task, as in "while …".
        what: &'static str,
        /// How long there was no sign of life.
        after: Duration,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// This build of ffmpeg lacks something that the task needs.
    #[error("this ffmpeg lacks {missing} for {what}")]
    Lacks {
        /// The task, as in "while …".
        what: &'static str,
        /// The missing encoder, filter, ….
        missing: String,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// The source's timestamps run backwards, and ffmpeg could not go on.
    #[error("bad timestamps while {what}")]
    BadTimestamps {
        /// The task, as in "while …".
        what: &'static str,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// The frame size, channels or sample rate of a source change midway.
    #[error("a source changes its form while {what}")]
    FormChanges {
        /// The task, as in "while …".
        what: &'static str,
    },
    /// ffmpeg could not write to the destination.
    #[error("{} cannot be written to while {what}", .folder.display())]
    Unwritable {
        /// The task, as in "while …".
        what: &'static str,
        /// The destination folder.
        folder: PathBuf,
        /// The system's error.
        source: io::Error,
        /// For diagnostics.
        report: Box<RunReport>,
    },
    /// ffmpeg succeeded, but its output is not what was requested.
    #[error("while {what}: expected {expected}, found {found}")]
    WrongOutput {
        /// The task, as in "while …".
        what: &'static str,
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
    #[error("an edit cannot be made: {reason}")]
    BadEdit {
        /// What is wrong with it, for the user.
        reason: String,
    },
    /// The pieces cannot be joined without re-encoding them.
    #[error("the pieces cannot be joined losslessly: {reason}")]
    NotLossless {
        /// What differs, for the user.
        reason: String,
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
    #[error("{what}: {}", .path.display())]
    Io {
        /// The task, as in "while …".
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl MediaError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ToolMissing { .. } => "ffmpeg_missing",
            Self::ToolUnsuitable { .. } => "ffmpeg_unsuitable",
            Self::NotFound { .. } => "file_not_found",
            Self::Unreadable { .. } => "file_unreadable",
            Self::NotAFile { .. } => "not_a_file",
            Self::Empty { .. } => "file_empty",
            Self::NotVideo { .. } => "not_a_video",
            Self::Truncated { .. } => "file_truncated",
            Self::ZeroDuration { .. } => "zero_duration",
            Self::UnevenClock { .. } => "uneven_clock",
            Self::TimedOut { .. } => "probe_timed_out",
            Self::Cancelled => "cancelled",
            Self::DiskFull { .. } => "disk_full",
            Self::Suspended => "suspended",
            Self::Failed { .. } => "ffmpeg_failed",
            Self::Killed { .. } => "ffmpeg_killed",
            Self::Crashed { .. } => "ffmpeg_crashed",
            Self::Stalled { .. } => "ffmpeg_stalled",
            Self::Lacks { .. } => "ffmpeg_unsuitable",
            Self::BadTimestamps { .. } => "bad_timestamps",
            Self::FormChanges { .. } => "form_changes",
            Self::Unwritable { .. } => "output_unwritable",
            Self::WrongOutput { .. } => "wrong_output",
            Self::Exists { .. } => "file_exists",
            Self::BadEdit { .. } => "bad_edit",
            Self::NotLossless { .. } | Self::NotCuttable { .. } => "not_lossless",
            Self::Io { .. } => "io",
        }
    }

    /// What happened and what to do next, for the user.
    pub fn message(&self) -> String {
        match self {
            Self::ToolMissing { tool, .. } => format!(
                "{tool} was not found on this machine. Install ffmpeg, or choose where it lies in the settings."
            ),
            Self::ToolUnsuitable { missing, .. } => format!(
                "This ffmpeg lacks {}. Install a complete build of ffmpeg, or choose another one in the settings.",
                missing.join(", ")
            ),
            Self::NotFound { path } => format!(
                "{} is not there any more. Reconnect its drive, or relink the source to where the file lies now.",
                name(path)
            ),
            Self::Unreadable { path, .. } => {
                format!("{} may not be read. Check the file's permissions, then try again.", name(path))
            }
            Self::NotAFile { path } => {
                format!("{} is not a file. Choose the video files inside it.", name(path))
            }
            Self::Empty { path } => {
                format!("{} is empty. Copy it from the camera again.", name(path))
            }
            Self::NotVideo { path, reason } => {
                let name = name(path);
                match reason {
                    NotVideoReason::Unrecognised => {
                        format!("{name} is not a video that ffmpeg can read. Choose a video file.")
                    }
                    NotVideoReason::AudioOnly => {
                        format!("{name} has sound but no picture. Choose a video file.")
                    }
                    NotVideoReason::CoverOnly => {
                        format!("{name} has no picture but a cover image. Choose a video file.")
                    }
                    NotVideoReason::StillPicture => {
                        format!("{name} is a still picture. Choose a video file.")
                    }
                    NotVideoReason::BareStream => format!(
                        "{name} is a bare stream of pictures without times. Put it into a container with its frame rate, for example MP4 or Matroska, and add that file."
                    ),
                    NotVideoReason::Playlist => format!(
                        "{name} is a text or a list of other files. Choose the video files themselves."
                    ),
                    NotVideoReason::TooLarge => format!(
                        "The pictures of {name} are larger than 8192×8192 pixels. Make the file smaller, then add that."
                    ),
                    NotVideoReason::UnknownCodec => format!(
                        "The picture of {name} is in a codec that this ffmpeg cannot read. Convert the file, or install a newer ffmpeg."
                    ),
                }
            }
            Self::Truncated { path } => format!(
                "{} is cut short: its index is missing. Copy it again, or repair it with the recorder's own tool.",
                name(path)
            ),
            Self::ZeroDuration { path } => format!(
                "{} lasts no time at all. Copy it again, or export it anew from where it was made.",
                name(path)
            ),
            Self::UnevenClock { path, parts } if *parts > facts::MOST_PARTS => format!(
                "The clock of {} leaps {} times, so nothing in it can be found again. Convert it with another program, for example to ProRes, and add the new file.",
                name(path),
                parts - 1
            ),
            Self::UnevenClock { path, parts } => format!(
                "{} holds {parts} recordings, each with a clock of its own. Add it to a project as a new source: Rushes then works with a copy whose clock runs through.",
                name(path)
            ),
            Self::TimedOut { path } => format!(
                "{} took too long to read. Check the drive that it lies on, then try again.",
                name(path)
            ),
            Self::Cancelled => "Cancelled.".into(),
            Self::DiskFull { .. } => "The disk is full. Make room on it, then start this again.".into(),
            Self::Failed { what, .. } => format!(
                "ffmpeg failed while {what}. Try again; when it fails again, copy the diagnostics for a report."
            ),
            Self::Suspended => "Paused. It starts again when it is resumed.".into(),
            Self::Killed { signal: 9, .. } => {
                "The system ended ffmpeg, most likely because memory ran out. Close other programs, then try again."
                    .into()
            }
            Self::Killed { what, .. } => {
                format!("Something on this machine ended ffmpeg while {what}. Try again.")
            }
            Self::Crashed { what, .. } => format!(
                "ffmpeg crashed while {what}. Try again; when it crashes again, install a newer ffmpeg, or convert the source to another format first."
            ),
            Self::Stalled { what, after, .. } => format!(
                "ffmpeg did nothing for {} seconds while {what}, so it was ended. Check that the drives of the source and of the result answer, then try again.",
                after.as_secs().max(1)
            ),
            Self::Lacks { missing, .. } => format!(
                "This ffmpeg lacks {missing}. Install a complete build of ffmpeg, or choose another one in the settings."
            ),
            Self::BadTimestamps { .. } => {
                "The times in this source run backwards, so it cannot be cut as it is. Convert it, for example to ProRes or to MP4, and add the new file."
                    .into()
            }
            Self::FormChanges { .. } => {
                "The picture or the sound of a source changes its size, its channels or its sample rate in the middle. Convert the source to one form, for example to ProRes, and relink it to the new file."
                    .into()
            }
            Self::Unwritable { folder, source, .. } => format!(
                "The result could not be written to {}: {}. Choose another folder, or check the disk and its permissions, then try again.",
                name(folder),
                system_reason(source)
            ),
            Self::WrongOutput { what, .. } => format!(
                "The result of {what} was not what was asked for, so it was not kept. A source is most likely damaged, or made in an unusual way: convert it with another program, for example to ProRes, and relink it to the new file. The diagnostics tell what differs."
            ),
            Self::Exists { path } => {
                format!("{} exists already and was not overwritten. Choose another name.", name(path))
            }
            Self::BadEdit { reason } => {
                format!("This clip cannot be made: {reason}. Correct its in and out points.")
            }
            Self::NotLossless { reason } => format!(
                "These pieces cannot be joined without encoding them again: {reason}. Choose another preset, or cut them one by one."
            ),
            Self::NotCuttable { path, reason } => {
                let name = name(path);
                match reason {
                    NotCuttableReason::NoDisplayTimes => format!(
                        "{name} does not say when its pictures are shown, so it cannot be cut without encoding it again. Choose a preset that encodes, such as ProRes."
                    ),
                    NotCuttableReason::BeginsLater { key_us } => format!(
                        "The first {:.1} s of {name} cannot be decoded, so a lossless cut cannot begin there. Set the in point later, or choose a preset that encodes.",
                        *key_us as f64 / 1e6
                    ),
                }
            }
            Self::Io { what, path, source } => format!(
                "{} failed for {}: {}. Check the disk and its permissions, then try again.",
                capital(what),
                name(path),
                system_reason(source)
            ),
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
    pub(crate) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { what },
            io::ErrorKind::AlreadyExists => Self::Exists { path: path.into() },
            _ => Self::Io { what, path: path.into(), source },
        }
    }
}

/// The file's name in quotation marks, with control characters escaped.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name: String = name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("“{name}”")
}

fn capital(what: &str) -> String {
    let mut chars = what.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn system_reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "it is not allowed",
        io::ErrorKind::NotFound => "the folder is not there",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        io::ErrorKind::InvalidFilename => "the disk does not take this name",
        io::ErrorKind::FileTooLarge => "the disk does not take files this large",
        _ => "the disk reported an error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_carry_the_name_and_never_the_folder() {
        let error = MediaError::NotFound { path: "/home/anna/Secret Client/reel.mp4".into() };
        assert!(error.message().contains("“reel.mp4”"));
        assert!(!error.message().contains("Secret"));
    }

    #[test]
    fn a_full_disk_is_told_as_such_wherever_it_shows() {
        let error = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(MediaError::io("copying", Path::new("/x"), error).code(), "disk_full");
    }

    #[test]
    fn a_line_break_in_a_name_cannot_break_a_message() {
        let error = MediaError::Empty { path: "/a/one\ntwo.mp4".into() };
        assert!(!error.message().contains('\n'));
    }
}
