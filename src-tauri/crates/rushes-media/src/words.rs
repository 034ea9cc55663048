//! What ffmpeg says while it works: kept within bounds, and understood where it
//! tells why it cannot go on.

use std::{collections::VecDeque, io};

use ffmpeg_sidecar::{
    event::{FfmpegEvent, LogLevel},
    log_parser::FfmpegLogParser,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::ChildStderr,
};

/// Lines kept of what ffmpeg said.
const TAIL_LINES: usize = 400;
/// Lines of it that go into an error.
const REPORT_LINES: usize = 30;
/// A line longer than this is cut; a broken file can make ffmpeg print any length.
const LINE_BYTES: usize = 4000;

/// What ffmpeg's own words give as the reason of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The disk that is written to is full.
    DiskFull,
    /// This build has no such encoder, decoder, filter, format or option.
    Lacks(String),
    /// The result cannot be written where it should be.
    Unwritable(io::ErrorKind),
    /// The source's timestamps run backwards.
    Timestamps,
}

/// Words of ffmpeg for what a build can lack, each followed by its name, and how
/// an editor is told.
const LACKS: [(&str, &str); 8] = [
    ("Unknown encoder ", "the encoder"),
    ("Unknown decoder ", "the decoder"),
    ("No such filter: ", "the filter"),
    ("Unrecognized option ", "the option"),
    ("Error applying option ", "the option"),
    ("Option ", "the option"),
    ("Requested output format ", "the format"),
    ("Unknown bitstream filter ", "the bitstream filter"),
];
/// Where a line tells of the file that is written, beside that file's own name.
const ABOUT_THE_OUTPUT: [&str; 5] = [
    "av_interleaved_write_frame()",
    "Error writing trailer",
    "Error muxing a packet",
    "to the muxer",
    "Error opening output",
];
/// Why a file cannot be written, as the system words it.
const UNWRITABLE: [(&str, io::ErrorKind); 5] = [
    ("Input/output error", io::ErrorKind::Other),
    ("I/O error", io::ErrorKind::Other),
    ("No such file or directory", io::ErrorKind::NotFound),
    ("Permission denied", io::ErrorKind::PermissionDenied),
    ("File too large", io::ErrorKind::FileTooLarge),
];

impl Fault {
    /// What one line of ffmpeg's, of any level, tells; `output` is the file that
    /// is written, as the command names it.
    fn told(line: &str, output: &str) -> Option<Self> {
        if line.contains("No space left on device") || line.contains("Disk quota exceeded") {
            return Some(Self::DiskFull);
        }
        // Sources are never written to.
        if line.contains("Read-only file system") {
            return Some(Self::Unwritable(io::ErrorKind::ReadOnlyFilesystem));
        }
        let lacks = LACKS.iter().find_map(|(words, kind)| {
            let (_, rest) = line.split_once(words)?;
            // The name stands in quotation marks.
            let name = rest.strip_prefix('\'')?.split('\'').next()?;
            Some(Self::Lacks(format!("{kind} {name}")))
        });
        let unwritable = || {
            let about = (!output.is_empty() && line.contains(output))
                || ABOUT_THE_OUTPUT.iter().any(|words| line.contains(words));
            let (_, kind) = UNWRITABLE.iter().find(|(words, _)| about && line.contains(words))?;
            Some(Self::Unwritable(*kind))
        };
        let timestamps = || {
            let said = ["non monotonically increasing dts", "Non-monotonous DTS", "Non-monotonic DTS"];
            said.iter().any(|words| line.contains(words)).then_some(Self::Timestamps)
        };
        lacks.or_else(unwritable).or_else(timestamps)
    }
}

/// What ffmpeg said while it worked, bounded.
#[derive(Debug, Default)]
pub(crate) struct Words {
    tail: VecDeque<String>,
    errors: VecDeque<String>,
    output: String,
    /// The gravest that was told.
    pub fault: Option<Fault>,
}

impl Words {
    /// For an ffmpeg that writes to `output`, as its command names it.
    pub fn about(output: String) -> Self {
        Self { output, ..Self::default() }
    }

    pub fn hear(&mut self, line: &str) {
        let level = match FfmpegLogParser::new(line.as_bytes()).parse_next_event() {
            Ok(FfmpegEvent::Log(level, _)) => level,
            _ => LogLevel::Info,
        };
        if matches!(level, LogLevel::Warning | LogLevel::Error | LogLevel::Fatal) {
            self.understand(Fault::told(line, &self.output));
        }
        if matches!(level, LogLevel::Error | LogLevel::Fatal) {
            push_bounded(&mut self.errors, line.to_owned(), REPORT_LINES);
        }
        push_bounded(&mut self.tail, line.to_owned(), TAIL_LINES);
    }

    /// The first reason counts, for others follow from it; but odd timestamps may
    /// be overcome, and a full disk explains everything.
    fn understand(&mut self, told: Option<Fault>) {
        let is_news = match (&self.fault, &told) {
            (_, Some(Fault::DiskFull)) | (None, _) => true,
            (Some(Fault::Timestamps), Some(_)) => true,
            (Some(_), _) => false,
        };
        if is_news {
            self.fault = told.or(self.fault.take());
        }
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

/// Hands on each line until no more come.
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

    const OUTPUT: &str = "file:/clips/.rushes-x.mp4";

    #[rstest::rstest]
    #[case("[fatal] Unknown encoder 'h264_nvenc'", "the encoder h264_nvenc")]
    #[case("[AVFilterGraph @ 0x5] [error] No such filter: 'bwdif'", "the filter bwdif")]
    #[case("[Parsed_scale_0 @ 0x5] [error] Option 'foo' not found", "the option foo")]
    #[case("[fatal] Unrecognized option 'fps_mode'.", "the option fps_mode")]
    #[case("[error] Error applying option 'foo' to filter 'scale': Option not found", "the option foo")]
    fn what_a_build_lacks_is_named(#[case] line: &str, #[case] lacks: &str) {
        assert_eq!(Fault::told(line, OUTPUT), Some(Fault::Lacks(lacks.into())));
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
        assert_eq!(Fault::told(line, OUTPUT), Some(Fault::Unwritable(kind)));
        assert_eq!(Fault::told("[error] file:/footage/a.mp4: Input/output error", OUTPUT), None);
    }

    #[test]
    fn a_full_disk_explains_what_came_before_it() {
        let mut words = Words::about(OUTPUT.into());
        words.hear("[mp4 @ 0x5] [warning] Non-monotonous DTS in output stream 0:0; previous: 5, current: 4");
        assert_eq!(words.fault, Some(Fault::Timestamps));
        words.hear("[error] av_interleaved_write_frame(): Input/output error");
        assert_eq!(words.fault, Some(Fault::Unwritable(io::ErrorKind::Other)));
        words.hear("[error] Error writing trailer of x: No space left on device");
        words.hear("[error] av_interleaved_write_frame(): Input/output error");
        assert_eq!(words.fault, Some(Fault::DiskFull));
    }
}
