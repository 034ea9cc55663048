//! Captions as text files: reading SubRip as it is found in the wild, and
//! writing it as it should be.
//!
//! The files are forgiven a missing number, any line ending, a byte-order mark,
//! a full stop instead of the comma, missing hours, more than one blank line,
//! overlapping cues, and older encodings. What cannot be understood is told
//! with its line.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

pub use crate::ass::to_ass;
use crate::spec::Cue;

/// Why a caption file was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptionError {
    /// A line where a time was expected.
    #[error("line {line}: “{text}” is not a pair of times like 00:00:01,000 --> 00:00:02,500")]
    BadTime {
        /// Line in the file, from 1.
        line: usize,
        /// What stands there, cut to 60 characters.
        text: String,
    },
    /// A cue that ends before it begins.
    #[error("line {line}: the caption ends before it begins")]
    Backwards {
        /// Line in the file, from 1.
        line: usize,
    },
    /// There is no caption in the file.
    #[error("there is no caption in this file")]
    Empty,
}

impl CaptionError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        "bad_captions"
    }

    /// What happened and what to do next, for the editor.
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "There is no caption in this file. Choose an SRT file.".into(),
            other => format!("The captions could not be read: {other}. Correct that line, then try again."),
        }
    }
}

/// Reads SubRip captions. Cues come back in order of time; formatting tags
/// (`<i>`, `{\an8}`) are taken off, because the look is the clip's own.
///
/// # Errors
/// [`CaptionError`], naming the line.
pub fn parse_srt(bytes: &[u8]) -> Result<Vec<Cue>, CaptionError> {
    let text = decode(bytes);
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
    Ok(one_at_a_time(cues))
}

/// Captions in order of time, none over another: the earlier one ends where the
/// next begins, and those that begin together become one.
fn one_at_a_time(cues: Vec<Cue>) -> Vec<Cue> {
    let mut kept: Vec<Cue> = Vec::with_capacity(cues.len());
    for cue in cues {
        match kept.last_mut() {
            Some(before) if before.start_us == cue.start_us => {
                before.end_us = cue.end_us;
                before.text = format!("{}\n{}", before.text, cue.text);
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

fn decode(bytes: &[u8]) -> String {
    for encoding in [UTF_8, UTF_16LE, UTF_16BE] {
        if encoding_rs::Encoding::for_bom(bytes).map(|(found, _)| found) == Some(encoding) {
            return encoding.decode(bytes).0.into_owned();
        }
    }
    // UTF-16 without its mark: every other byte of these files' digits is 0.
    let head = &bytes[..bytes.len().min(64)];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    if zeros(1) > head.len() / 4 {
        return UTF_16LE.decode(bytes).0.into_owned();
    }
    if zeros(0) > head.len() / 4 {
        return UTF_16BE.decode(bytes).0.into_owned();
    }
    // What is not UTF-8 is almost always the old Western set of Windows.
    std::str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode(bytes).0.into_owned(), str::to_owned)
}

/// Where the text that begins at `first` ends: at the blank line before the
/// next cue. A blank line inside a text is forgiven.
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
            // A number, and then something meant as times that is not.
            if is_number(lines[next]) && after.is_some_and(|i| looks_like_times(lines[i])) {
                return at;
            }
            at = next;
        } else if is_times(lines[at]) {
            // No blank line before the next cue: its number is not our text.
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

/// `00:00:01,000 --> 00:00:02,500`, with anything after it (positions) ignored.
fn times(line: &str) -> Option<(i64, i64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((time(start.trim())?, time(end)?))
}

/// `[hours:]minutes:seconds[,thousandths]` in microseconds.
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

/// A text without SubRip's and ASS's formatting tags.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let tag = tag_length(tail);
        if tag == 0 {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
        } else {
            rest = &tail[tag..];
        }
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Length of the formatting tag that `text` begins with, or 0. `<3` and
/// `{curly}` are words.
fn tag_length(text: &str) -> usize {
    if text.starts_with("{\\") {
        return text.find('}').map_or(0, |end| end + 1);
    }
    let Some(end) = text.find('>') else { return 0 };
    let inner = text[1..end].trim_start_matches('/').to_ascii_lowercase();
    let name = inner.split_whitespace().next().unwrap_or_default();
    if matches!(name, "i" | "b" | "u" | "s" | "font" | "c" | "v" | "ruby" | "rt") { end + 1 } else { 0 }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cue(start_ms: i64, end_ms: i64, text: &str) -> Cue {
        Cue { start_us: start_ms * 1000, end_us: end_ms * 1000, text: text.into() }
    }

    #[test]
    fn a_plain_file_is_read() {
        let srt =
            b"1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n";
        assert_eq!(parse_srt(srt).unwrap(), [cue(1000, 2500, "Hello\nthere"), cue(3000, 4000, "Bye")]);
    }

    #[test]
    fn what_is_found_in_the_wild_is_forgiven() {
        let wild = "\u{feff}\r\n00:01.5 --> 00:02.500 X1:0\r\n<i>Ol\u{e9}</i> {\\an8}<3\r\n\r\n\r\n7\r\n\r\n0:00:00,5 --> 0:00:09,25\r\nfirst\r\n\r\nstill first\r\n";
        assert_eq!(
            parse_srt(wild.as_bytes()).unwrap(),
            [cue(500, 1500, "first\nstill first"), cue(1500, 2500, "Olé <3")]
        );
    }

    #[test]
    fn older_encodings_are_read() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\nCafé “déjà”\n";
        let expected = [cue(1000, 2000, "Café “déjà”")];
        let latin = WINDOWS_1252.encode(text).0;
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in [latin.as_ref(), &little, &big] {
            assert_eq!(parse_srt(bytes).unwrap(), expected);
        }
    }

    #[test]
    fn cues_without_a_blank_line_between_them_are_told_apart() {
        let srt = b"1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:02,000 --> 00:00:03,000\ntwo";
        assert_eq!(parse_srt(srt).unwrap(), [cue(1000, 2000, "one"), cue(2000, 3000, "two")]);
    }

    #[test]
    fn captions_never_lie_over_each_other() {
        let srt = b"00:01,0 --> 00:03,0\none\n\n00:01,0 --> 00:04,0\ntwo\n\n00:02,0 --> 00:05,0\nthree\n";
        assert_eq!(parse_srt(srt).unwrap(), [cue(1000, 2000, "one\ntwo"), cue(2000, 5000, "three")]);
    }

    #[test]
    fn an_error_names_its_line() {
        let srt = b"1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:61,000 --> oops\ntwo\n";
        let error = parse_srt(srt).unwrap_err();
        assert!(matches!(error, CaptionError::BadTime { line: 6, .. }), "{error:?}");
        assert!(error.message().contains("line 6"));
        let backwards = b"1\n00:00:03,000 --> 00:00:02,000\none\n";
        assert_eq!(parse_srt(backwards), Err(CaptionError::Backwards { line: 2 }));
        assert_eq!(parse_srt(b"\n\n"), Err(CaptionError::Empty));
        assert!(parse_srt(b"just a text\nof two lines").is_err());
    }

    /// Writes SubRip captions, numbered from 1. Blank lines inside a text, which
    /// SubRip cannot hold, are left out.
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

    /// The time as SubRip writes it, to the nearest millisecond.
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
            prop_assert_eq!(parse_srt(to_srt(&cues).as_bytes()).unwrap(), cues);
        }

        #[test]
        fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse_srt(&bytes);
        }

        #[test]
        fn no_text_brings_the_reader_down(text in "[0-9:,>\\-\n<{} a\\\\]{0,120}") {
            let _ = parse_srt(text.as_bytes());
        }
    }
}
