//! Keeps a bounded part of ffmpeg's log, and finds the reason of a failure in it.

use std::{collections::VecDeque, io, process::Command};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::ChildStderr,
};

use super::log::{Level, LogLine};

/// Most lines that are kept.
const TAIL_LINES: usize = 400;
/// Lines included in an error.
const REPORT_LINES: usize = 30;
/// Longer lines are truncated; a broken file can make ffmpeg print any length.
const LINE_BYTES: usize = 4000;

/// The reason of a failure according to ffmpeg's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The destination disk is full.
    DiskFull,
    /// This build lacks an encoder, decoder, filter, format or option.
    Lacks(String),
    /// The output cannot be written.
    Unwritable(io::ErrorKind),
    /// The source's timestamps run backwards.
    Timestamps,
    /// The format of a source's picture or sound changes while filters must not be
    /// reconfigured.
    FormChanges,
}

/// Messages about what a build lacks, each followed by its name.
const LACKS: [&str; 8] = [
    "Unknown encoder ",
    "Unknown decoder ",
    "No such filter: ",
    "Unrecognized option ",
    "Error applying option ",
    "Option ",
    "Requested output format ",
    "Unknown bitstream filter ",
];
/// Messages about the output file, beside its name.
const ABOUT_THE_OUTPUT: [&str; 5] = [
    "av_interleaved_write_frame()",
    "Error writing trailer",
    "Error muxing a packet",
    "to the muxer",
    "Error opening output",
];
/// Why a file cannot be written, in the system's words.
const UNWRITABLE: [(&str, io::ErrorKind); 5] = [
    ("Input/output error", io::ErrorKind::Other),
    ("I/O error", io::ErrorKind::Other),
    ("No such file or directory", io::ErrorKind::NotFound),
    ("Permission denied", io::ErrorKind::PermissionDenied),
    ("File too large", io::ErrorKind::FileTooLarge),
];

/// The system's messages for a disk without room.
const FULL: [&str; 2] = ["No space left on device", "Disk quota exceeded"];
/// Messages of muxers, of several versions, for timestamps that run backwards.
const BACKWARDS: [&str; 3] = ["non monotonically increasing dts", "Non-monotonous DTS", "Non-monotonic DTS"];

/// Message for a format change of picture or sound, in 5.1 as in 7.1.
const ON_THE_FLY: &str = "frame properties on the fly is not supported";

/// What a command contained.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// The output file, as named in the command.
    output: String,
    /// Everything except files: options, filters, encoders.
    words: String,
}

impl Asked {
    pub fn by(command: &Command) -> Self {
        let arguments: Vec<String> =
            command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let output = arguments.last().cloned().unwrap_or_default();
        let words: Vec<String> =
            arguments.into_iter().filter(|argument| !argument.starts_with("file:")).collect();
        Self { output, words: words.join(" ") }
    }

    /// The output file, if there is one.
    pub fn output(&self) -> Option<&str> {
        self.output.strip_prefix("file:")
    }
}

impl Fault {
    /// The reason of a failure that a line gives, if any.
    fn in_line(line: &LogLine<'_>, asked: &Asked) -> Option<Self> {
        let message = line.message;
        // The system's error ends a message, in some versions in brackets.
        let reason = message.trim_end_matches([')', '.']);
        if FULL.iter().any(|words| reason.ends_with(words)) {
            return Some(Self::DiskFull);
        }
        // Sources are never written to.
        if reason.ends_with("Read-only file system") {
            return Some(Self::Unwritable(io::ErrorKind::ReadOnlyFilesystem));
        }
        let lacks = LACKS.iter().find_map(|words| {
            // The name is in quotation marks and must be part of the command: a build
            // cannot lack something that only a file mentions.
            let name = message.strip_prefix(words)?.strip_prefix('\'')?.split('\'').next()?;
            asked.words.contains(name).then(|| Self::Lacks(name.into()))
        });
        let unwritable = || {
            let about = asked.output().is_some_and(|file| message.contains(file))
                || ABOUT_THE_OUTPUT.iter().any(|words| message.contains(words));
            let (_, kind) = UNWRITABLE.iter().find(|(words, _)| about && reason.ends_with(words))?;
            Some(Self::Unwritable(*kind))
        };
        let timestamps = || BACKWARDS.iter().any(|words| message.contains(words)).then_some(Self::Timestamps);
        // The input end of a filter graph.
        let form = || {
            let comes_in = line.context.is_some_and(|context| context.starts_with("graph"));
            (comes_in && message.starts_with("Changing ") && message.contains(ON_THE_FLY))
                .then_some(Self::FormChanges)
        };
        lacks.or_else(unwritable).or_else(timestamps).or_else(form)
    }
}

/// The bounded log of one ffmpeg.
#[derive(Debug, Default)]
pub(crate) struct Words {
    tail: VecDeque<String>,
    errors: VecDeque<String>,
    asked: Asked,
    /// The most significant reason of a failure in the log.
    pub fault: Option<Fault>,
}

impl Words {
    /// For an ffmpeg with this command.
    pub fn about(asked: Asked) -> Self {
        Self { asked, ..Self::default() }
    }

    pub fn hear(&mut self, line: &str) {
        if let Some(logged) = LogLine::parse(line).filter(|line| line.level >= Level::Warning) {
            self.understand(Fault::in_line(&logged, &self.asked));
            if logged.level == Level::Error {
                push_bounded(&mut self.errors, line.to_owned(), REPORT_LINES);
            }
        }
        push_bounded(&mut self.tail, line.to_owned(), TAIL_LINES);
    }

    /// Keeps the first reason, because others follow from it. But ffmpeg may recover
    /// from bad timestamps, and a full disk explains everything.
    fn understand(&mut self, found: Option<Fault>) {
        let is_news = match (&self.fault, &found) {
            (_, Some(Fault::DiskFull | Fault::FormChanges)) | (None, _) => true,
            (Some(Fault::Timestamps), Some(_)) => true,
            (Some(_), _) => false,
        };
        if is_news {
            self.fault = found.or(self.fault.take());
        }
    }

    /// The last lines, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.tail.iter().map(String::as_str)
    }

    /// Errors if there were any, otherwise the last lines.
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

/// Passes on each line until the stream ends.
pub(crate) async fn listen(stderr: ChildStderr, mut ear: impl FnMut(&str)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Asked {
        Asked {
            output: "file:/clips/.rushes-x.mp4".into(),
            words: "-vf bwdif,scale=w=1:foo=2 -c:v h264_nvenc -fps_mode cfr".into(),
        }
    }

    fn fault(line: &str) -> Option<Fault> {
        let mut words = Words::about(asked());
        words.hear(line);
        words.fault
    }

    #[rstest::rstest]
    #[case("[fatal] Unknown encoder 'h264_nvenc'", "h264_nvenc")]
    #[case("[AVFilterGraph @ 0x5] [error] No such filter: 'bwdif'", "bwdif")]
    #[case("[Parsed_scale_0 @ 0x5] [error] Option 'foo' not found", "foo")]
    #[case("[fatal] Unrecognized option 'fps_mode'.", "fps_mode")]
    #[case("[error] Error applying option 'foo' to filter 'scale': Option not found", "foo")]
    fn what_a_build_lacks_is_named(#[case] line: &str, #[case] lacks: &str) {
        assert_eq!(fault(line), Some(Fault::Lacks(lacks.into())));
    }

    #[test]
    fn a_build_lacks_only_what_it_was_asked_for() {
        assert_eq!(fault("[matroska,webm @ 0x5] [error] Unknown encoder 'of a file'"), None);
    }

    #[rstest::rstest]
    #[case("[error] file:/clips/.rushes-x.mp4: No such file or directory", io::ErrorKind::NotFound)]
    #[case("[error] av_interleaved_write_frame(): Input/output error", io::ErrorKind::Other)]
    #[case("[error] Error writing trailer of file:/clips/x: File too large", io::ErrorKind::FileTooLarge)]
    #[case("[error] anything: Read-only file system", io::ErrorKind::ReadOnlyFilesystem)]
    fn what_cannot_be_written_is_told_from_what_cannot_be_read(
        #[case] line: &str,
        #[case] kind: io::ErrorKind,
    ) {
        assert_eq!(fault(line), Some(Fault::Unwritable(kind)));
        assert_eq!(fault("[error] file:/footage/a.mp4: Input/output error"), None);
    }

    #[rstest::rstest]
    #[case("[info]     title           : [error] No space left on device")]
    #[case("                    : [error] No space left on device")]
    #[case("[error] file:/No space left on device.mp4: Invalid data found when processing input")]
    #[case("title [fatal] Unknown encoder 'h264_nvenc'")]
    fn what_a_file_holds_is_no_reason(#[case] line: &str) {
        assert_eq!(fault(line), None);
    }

    #[test]
    fn a_full_disk_explains_what_came_before_it() {
        let mut words = Words::about(asked());
        words.hear("[mp4 @ 0x5] [warning] Non-monotonous DTS in output stream 0:0; previous: 5, current: 4");
        assert_eq!(words.fault, Some(Fault::Timestamps));
        words.hear("[error] av_interleaved_write_frame(): Input/output error");
        assert_eq!(words.fault, Some(Fault::Unwritable(io::ErrorKind::Other)));
        words.hear("[error] Error writing trailer of x: No space left on device");
        words.hear("[error] av_interleaved_write_frame(): Input/output error");
        assert_eq!(words.fault, Some(Fault::DiskFull));
        assert_eq!(
            fault(
                "[vost#0:0/libx264 @ 0x5] [error] Terminating thread with return code -28 (No space left on device)"
            ),
            Some(Fault::DiskFull)
        );
    }
}
