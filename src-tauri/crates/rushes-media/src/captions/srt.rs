//! Reads SubRip captions as found in the wild.
//!
//! Accepts missing numbers, any line ending, a byte-order mark, a full stop instead of
//! the comma, missing hours, extra blank lines, overlapping cues, and legacy encodings.
//! Anything else is an error with its line number.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use rushes_model::captions::Cue;
use rushes_model::notice::{BadCaptions, Notice};

use super::{encoding::CaptionEncoding, text::plain};

/// Largest caption file that is read, in bytes.
const MOST_BYTES: u64 = 4 << 20;

/// Why a caption file was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptionError {
    /// A line where a time was expected.
    #[error("line {line}: “{text}” is not a pair of times like 00:00:01,000 --> 00:00:02,500")]
    BadTime {
        /// Line in the file, from 1.
        line: usize,
        /// The line's text, cut to 60 characters.
        text: String,
    },
    /// A cue that ends before it begins.
    #[error("line {line}: the caption ends before it begins")]
    Backwards {
        /// Line in the file, from 1.
        line: usize,
    },
    /// The file contains no captions.
    #[error("there is no caption in this file")]
    Empty,
    /// A folder, a device or a pipe.
    #[error("this is not a file")]
    NotAFile,
    /// The file is larger than captions ever are.
    #[error("the file is larger than 4 MiB")]
    TooLarge,
}

impl CaptionError {
    /// What the user is told.
    pub fn notice(&self) -> Notice {
        let line_of = |line: &usize| u32::try_from(*line).unwrap_or(u32::MAX);
        let reason = match self {
            Self::BadTime { line, text } => BadCaptions::BadTime { line: line_of(line), text: text.clone() },
            Self::Backwards { line } => BadCaptions::Backwards { line: line_of(line) },
            Self::Empty => BadCaptions::Empty,
            Self::NotAFile => BadCaptions::NotAFile,
            Self::TooLarge => BadCaptions::TooLarge,
        };
        Notice::BadCaptions { reason }
    }
}

/// The contents of a caption file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captions {
    /// The encoding it was read in.
    pub encoding: CaptionEncoding,
    /// The cues ordered by time, without overlaps.
    pub cues: Vec<Cue>,
}

/// Reads the bytes of a caption file; regular files of limited size only. This blocks
/// on disk access.
///
/// # Errors
/// [`CaptionError::NotAFile`], [`CaptionError::TooLarge`], and the system's error if
/// the file cannot be read.
pub fn read_caption_file(path: &Path) -> io::Result<Result<Vec<u8>, CaptionError>> {
    // Check before opening: opening a pipe waits for its other end.
    if !std::fs::metadata(path)?.is_file() {
        return Ok(Err(CaptionError::NotAFile));
    }
    let mut bytes = Vec::new();
    // The file may have grown or been replaced since the check.
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(if bytes.len() as u64 > MOST_BYTES { Err(CaptionError::TooLarge) } else { Ok(bytes) })
}

/// Parses SubRip captions in the given encoding, or in a detected one. Cues are
/// returned ordered by time. Formatting tags (`<i>`, `{\an8}`) are removed, because the
/// clip has its own style.
///
/// # Errors
/// [`CaptionError`], naming the line.
pub fn parse_srt(bytes: &[u8], encoding: Option<CaptionEncoding>) -> Result<Captions, CaptionError> {
    let encoding = encoding.unwrap_or_else(|| CaptionEncoding::detect(bytes));
    let text = encoding.decode(bytes);
    let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
    let mut cues = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        // The number before the times is optional, and never needed.
        if !is_times(lines[at]) && is_number(lines[at]) {
            at += 1;
            // Some tools leave a blank line after the number.
            while at < lines.len() && lines[at].trim().is_empty() {
                at += 1;
            }
            if at == lines.len() {
                break;
            }
        }
        let (start_us, end_us) = times(lines[at]).ok_or_else(|| CaptionError::BadTime {
            line: at + 1,
            text: lines[at].trim().chars().take(60).collect(),
        })?;
        if end_us < start_us {
            return Err(CaptionError::Backwards { line: at + 1 });
        }
        at += 1;
        let first = at;
        at = end_of_text(&lines, first);
        let text = plain(&lines[first..at].join("\n"));
        if !text.is_empty() && end_us > start_us {
            cues.push(Cue { start_us, end_us, text });
        }
    }
    if cues.is_empty() {
        return Err(CaptionError::Empty);
    }
    cues.sort_by_key(|cue| (cue.start_us, cue.end_us));
    Ok(Captions { encoding, cues: one_at_a_time(cues) })
}

/// Orders cues by time and removes overlaps: the earlier cue ends at the start of the
/// next, and cues that start together are merged.
fn one_at_a_time(cues: Vec<Cue>) -> Vec<Cue> {
    let mut kept: Vec<Cue> = Vec::with_capacity(cues.len());
    for cue in cues {
        match kept.last_mut() {
            Some(before) if before.start_us == cue.start_us => {
                before.end_us = cue.end_us;
                before.text.push('\n');
                before.text.push_str(&cue.text);
            }
            Some(before) => {
                before.end_us = before.end_us.min(cue.start_us);
                kept.push(cue);
            }
            None => kept.push(cue),
        }
    }
    kept
}

/// Where the text that begins at `first` ends: at the blank line before the next cue.
/// Blank lines inside a text are accepted.
fn end_of_text(lines: &[&str], first: usize) -> usize {
    let mut at = first;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            let Some(next) = (at..lines.len()).find(|i| !lines[*i].trim().is_empty()) else {
                return at;
            };
            let after = (next + 1..lines.len()).find(|i| !lines[*i].trim().is_empty());
            let numbered = is_number(lines[next]) && after.is_some_and(|i| is_times(lines[i]));
            let last_number = is_number(lines[next]) && after.is_none();
            if is_times(lines[next]) || numbered || last_number || looks_like_times(lines[next]) {
                return at;
            }
            // A number followed by something that looks like a malformed time line.
            if is_number(lines[next]) && after.is_some_and(|i| looks_like_times(lines[i])) {
                return at;
            }
            at = next;
        } else if is_times(lines[at]) {
            // No blank line before the next cue: its number is not part of the text.
            return if at > first && is_number(lines[at - 1]) { at - 1 } else { at };
        } else {
            at += 1;
        }
    }
    at
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
}

fn is_times(line: &str) -> bool {
    times(line).is_some()
}

fn looks_like_times(line: &str) -> bool {
    line.contains("-->")
}

/// Parses `00:00:01,000 --> 00:00:02,500`, ignoring anything after it (positions).
fn times(line: &str) -> Option<(i64, i64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((time(start.trim())?, time(end)?))
}

/// Parses `[hours:]minutes:seconds[,thousandths]` to microseconds.
fn time(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.rsplit_once([',', '.']) {
        Some((clock, fraction)) => (clock, fraction),
        None => (text, ""),
    };
    let parts: Vec<i64> = clock
        .split(':')
        .map(|part| {
            let part = part.trim();
            let digits = (1..=5).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (hours, minutes, seconds),
        [minutes, seconds] => (0, minutes, seconds),
        _ => return None,
    };
    if minutes > 59 && parts.len() == 3 || seconds > 59 {
        return None;
    }
    if fraction.len() > 6 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Vec<Cue>, CaptionError> {
        parse_srt(bytes, None).map(|captions| captions.cues)
    }

    fn cue(start_ms: i64, end_ms: i64, text: &str) -> Cue {
        Cue { start_us: start_ms * 1000, end_us: end_ms * 1000, text: text.into() }
    }

    #[test]
    fn a_plain_file_is_read() {
        let srt =
            b"1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n";
        assert_eq!(read(srt).unwrap(), [cue(1000, 2500, "Hello\nthere"), cue(3000, 4000, "Bye")]);
    }

    #[test]
    fn what_is_found_in_the_wild_is_forgiven() {
        let wild = "\u{feff}\r\n00:01.5 --> 00:02.500 X1:0\r\n<i>Ol\u{e9}</i> {\\an8}<3\r\n\r\n\r\n7\r\n\r\n0:00:00,5 --> 0:00:09,25\r\nfirst\r\n\r\nstill first\r\n";
        assert_eq!(
            read(wild.as_bytes()).unwrap(),
            [cue(500, 1500, "first\nstill first"), cue(1500, 2500, "Olé <3")]
        );
    }

    #[test]
    fn the_encoding_is_found_and_can_be_told() {
        let text = "1\n00:00:00,500 --> 00:00:02,000\nПривет\n";
        let bytes = encoding_rs::WINDOWS_1251.encode(text).0;
        let found = parse_srt(&bytes, None).unwrap();
        assert_eq!((found.encoding, &*found.cues[0].text), (CaptionEncoding::Windows1251, "Привет"));
        let told = parse_srt(&bytes, Some(CaptionEncoding::Windows1252)).unwrap();
        assert_eq!((told.encoding, &*told.cues[0].text), (CaptionEncoding::Windows1252, "Ïðèâåò"));
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(read(&big).unwrap(), [cue(500, 2000, "Привет")]);
    }

    #[test]
    fn cues_without_a_blank_line_between_them_are_told_apart() {
        let srt = b"1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:02,000 --> 00:00:03,000\ntwo";
        assert_eq!(read(srt).unwrap(), [cue(1000, 2000, "one"), cue(2000, 3000, "two")]);
    }

    #[test]
    fn captions_never_lie_over_each_other() {
        let srt = b"00:01,0 --> 00:03,0\none\n\n00:01,0 --> 00:04,0\ntwo\n\n00:02,0 --> 00:05,0\nthree\n";
        assert_eq!(read(srt).unwrap(), [cue(1000, 2000, "one\ntwo"), cue(2000, 5000, "three")]);
    }

    #[test]
    fn an_error_names_its_line() {
        let srt = b"1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:61,000 --> oops\ntwo\n";
        let error = read(srt).unwrap_err();
        assert!(matches!(error, CaptionError::BadTime { line: 6, .. }), "{error:?}");
        let backwards = b"1\n00:00:03,000 --> 00:00:02,000\none\n";
        assert_eq!(read(backwards), Err(CaptionError::Backwards { line: 2 }));
        assert_eq!(read(b"\n\n"), Err(CaptionError::Empty));
        assert!(read(b"just a text\nof two lines").is_err());
    }

    /// Quadratic parsing would take minutes for a file of this length.
    #[rstest::rstest]
    #[case::tags("1\n00:00:01,000 --> 00:00:02,000\n", "<")]
    #[case::overrides("1\n00:00:01,000 --> 00:00:02,000\n", "{\\")]
    #[case::one_moment("", "00:01.0 --> 00:02.0\nx\n\n")]
    #[case::blank_lines("00:01.0 --> 00:02.0\nx\n", "\n")]
    #[case::numbers("00:01.0 --> 00:02.0\nx\n", "\n7\n")]
    #[case::arrows("00:01.0 --> 00:02.0\nx\n", "-->")]
    #[case::colons("00:01.0 --> 00:02.0\nx\n", ":")]
    #[case::times("00:01.0 --> 00:02.0\nx\n", "00:01.0 --> 00:02.0\n")]
    fn a_long_file_takes_no_longer_than_its_length(#[case] head: &str, #[case] part: &str) {
        let file = format!("{head}{}", part.repeat((4 << 20) / part.len()));
        let start = std::time::Instant::now();
        let _ = read(file.as_bytes());
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
    }

    #[test]
    fn only_a_plain_file_of_a_captions_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &Path| read_caption_file(path).unwrap().unwrap_err();
        assert_eq!(refused(folder.path()), CaptionError::NotAFile);
        let large = folder.path().join("large.srt");
        File::create(&large).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert_eq!(refused(&large), CaptionError::TooLarge);
        #[cfg(unix)]
        {
            assert_eq!(refused(Path::new("/dev/zero")), CaptionError::NotAFile);
            let pipe = folder.path().join("pipe.srt");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            assert_eq!(refused(&pipe), CaptionError::NotAFile);
        }
    }

    /// Writes SubRip captions, numbered from 1. Blank lines inside a text are dropped,
    /// because SubRip cannot represent them.
    fn to_srt(cues: &[Cue]) -> String {
        cues.iter()
            .enumerate()
            .map(|(index, cue)| {
                let text: Vec<&str> = cue.text.lines().filter(|line| !line.trim().is_empty()).collect();
                format!(
                    "{}\n{} --> {}\n{}\n\n",
                    index + 1,
                    stamp(cue.start_us),
                    stamp(cue.end_us),
                    text.join("\n")
                )
            })
            .collect()
    }

    /// A SubRip timestamp, to the nearest millisecond.
    fn stamp(us: i64) -> String {
        let ms = (us.max(0) + 500) / 1000;
        let (s, ms) = (ms / 1000, ms % 1000);
        format!("{:02}:{:02}:{:02},{ms:03}", s / 3600, s / 60 % 60, s % 60)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            parts in prop::collection::vec((1i64..90_000, 1i64..9000, "[A-Za-zäß語 !?'\",.]{0,20}[a-z]"), 1..30)
        ) {
            let mut at = 0;
            let cues: Vec<Cue> = parts
                .into_iter()
                .map(|(gap, length, text)| {
                    let start = at + gap;
                    at = start + length;
                    cue(start, at, text.trim())
                })
                .collect();
            prop_assert_eq!(read(to_srt(&cues).as_bytes()).unwrap(), cues);
        }

        #[test]
        fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_text_brings_the_reader_down(text in "[0-9:,>\\-\n<{} a\\\\]{0,120}") {
            let _ = read(text.as_bytes());
        }
    }
}
