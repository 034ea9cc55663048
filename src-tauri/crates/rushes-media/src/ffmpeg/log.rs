//! Separates ffmpeg's log messages from file metadata that it prints.
//!
//! Titles, comments and file names go to the same stream as ffmpeg's own messages, and
//! may contain line breaks. So a line counts only with the complete prefix of
//! `-loglevel level`; figures are taken only from a filter whose name no file can know
//! ([`Reporter`]); and lines that result from line breaks in the command's file names
//! are ignored ([`BrokenNames`]).

use std::{ffi::OsStr, process::Command};

/// Severity of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Anything below a warning.
    Info,
    Warning,
    Error,
}

/// One line of ffmpeg's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogLine<'a> {
    /// The filter, format or codec that logged it; `None` for ffmpeg itself.
    pub context: Option<&'a str>,
    pub level: Level,
    pub message: &'a str,
}

impl<'a> LogLine<'a> {
    /// Parses `[context @ 0x55d0] [level] message`, with any number of contexts.
    /// Continuation lines of a message are not lines of the log.
    pub fn parse(line: &'a str) -> Option<Self> {
        let mut context = None;
        let mut rest = line;
        loop {
            let (word, after) = rest.strip_prefix('[')?.split_once("] ")?;
            if let Some(level) = level(word) {
                return Some(Self { context, level, message: after });
            }
            let (name, address) = word.rsplit_once(" @ ")?;
            // Windows writes addresses without `0x`.
            let digits = address.strip_prefix("0x").unwrap_or(address);
            if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            (context, rest) = (Some(name), after);
        }
    }
}

fn level(word: &str) -> Option<Level> {
    match word {
        "panic" | "fatal" | "error" => Some(Level::Error),
        "warning" => Some(Level::Warning),
        "info" | "verbose" | "debug" | "trace" => Some(Level::Info),
        _ => None,
    }
}

/// A filter that reports figures in the log.
///
/// It gets a random name for each run, so that its lines cannot be confused with
/// anything in a file.
#[derive(Debug)]
pub(crate) struct Reporter {
    name: String,
}

impl Reporter {
    /// A reporter for a filter, such as `showinfo`.
    pub fn of(filter: &str) -> Self {
        Self { name: format!("{filter}@{:016x}", rand::random::<u64>()) }
    }

    /// The filter as written in a graph, before its options.
    pub fn filter(&self) -> &str {
        &self.name
    }

    /// The message of a line, if this filter logged it.
    pub fn message<'a>(&self, line: &'a str) -> Option<&'a str> {
        LogLine::parse(line).filter(|line| line.context == Some(&self.name)).map(|line| line.message)
    }
}

/// Lines that file names with line breaks produce in messages.
#[derive(Debug, Default)]
pub(crate) struct BrokenNames {
    beginnings: Vec<String>,
}

impl BrokenNames {
    /// For all file names of a command.
    pub fn of(command: &Command) -> Self {
        let broken = |argument: &OsStr| {
            let argument = argument.to_string_lossy();
            // Filter graphs contain line breaks, too, but are never printed.
            let is_name = argument.starts_with("file:");
            let rest = argument.split('\n').skip(1).filter(|_| is_name);
            rest.map(as_printed).collect::<Vec<_>>()
        };
        Self { beginnings: command.get_args().flat_map(broken).collect() }
    }

    /// Whether a line continues a broken file name. If the rest of a name is empty, the
    /// line has only ffmpeg's following words, which have no prefix and are ignored
    /// anyway.
    pub fn has(&self, line: &str) -> bool {
        self.beginnings.iter().any(|beginning| !beginning.is_empty() && line.starts_with(beginning.as_str()))
    }
}

/// A text as ffmpeg prints it: control characters become question marks.
fn as_printed(text: &str) -> String {
    text.trim_end()
        .chars()
        .map(|c| if matches!(c, '\0'..='\x07' | '\x0e'..='\x1f') { '?' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_with_its_whole_prefix() {
        let read = |line| LogLine::parse(line).map(|line| (line.context, line.level, line.message));
        assert_eq!(read("[error] Conversion failed!"), Some((None, Level::Error, "Conversion failed!")));
        assert_eq!(
            read("[showinfo@1f @ 0x55d0] [info] n:   1 pts: 4"),
            Some((Some("showinfo@1f"), Level::Info, "n:   1 pts: 4"))
        );
        assert_eq!(
            read("[mov,mp4 @ 0x1] [h264 @ 0x2] [warning] odd"),
            Some((Some("h264"), Level::Warning, "odd"))
        );
        for printed in [
            "[info]",
            "                : [error] No space left on device",
            "title [error] No space left on device",
            "[Parsed_showinfo_0 @ here] [info] n: 0",
            "[error No space left on device",
        ] {
            assert_eq!(read(printed), None, "{printed}");
        }
    }

    #[test]
    fn a_title_that_speaks_like_ffmpeg_is_the_titles() {
        let line = LogLine::parse("[info]     title           : [error] No space left on device");
        assert_eq!(line.map(|line| line.level), Some(Level::Info));
    }

    #[test]
    fn a_reporter_is_known_by_its_random_name_alone() {
        let (one, other) = (Reporter::of("showinfo"), Reporter::of("showinfo"));
        let line = format!("[{} @ 0x1] [info] n: 0", one.filter());
        assert_eq!(one.message(&line), Some("n: 0"));
        assert_eq!(other.message(&line), None);
        assert_eq!(one.message("[Parsed_showinfo_0 @ 0x1] [info] n: 0"), None);
    }

    #[test]
    fn what_a_broken_name_goes_on_with_is_no_line_of_the_log() {
        let mut command = Command::new("ffmpeg");
        command.args(["-i", "file:/a\n[error] No space left on device.mp4", "-vf", "null\n[error] no name"]);
        let names = BrokenNames::of(&command);
        assert!(names.has("[error] No space left on device.mp4': Invalid data"));
        assert!(!names.has("[error] no name") && !names.has("[error] Conversion failed!"));
    }
}
