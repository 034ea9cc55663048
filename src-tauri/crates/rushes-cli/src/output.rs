//! Output on stdout: text, or exactly one JSON document.

use std::io::Write;
use std::process::ExitCode;

use rushes_model::notice::Notice;
use rushes_studio::StudioError;
use rushes_studio::words::{english, parts};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Where results are printed.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Print one JSON document instead of text.
    pub json: bool,
}

impl Output {
    /// Prints a result: the value as JSON, or the text made by `words`.
    pub fn show<T: Serialize>(&self, value: &T, words: impl FnOnce(&T) -> String) {
        let text = if self.json {
            plain_json(&format!("{:#}", document(value)))
        } else {
            plain_lines(&words(value))
        };
        // A closed pipe (`| head`) is not a failure.
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    }

    /// Prints one of several results as it arrives, one line each.
    pub fn line<T: Serialize>(&self, value: &T, words: impl FnOnce(&T) -> String) {
        let text = if self.json { plain_json(&document(value).to_string()) } else { plain(&words(value)) };
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// Prints an error. Misuse and invalid values exit with status 2.
    pub fn failure(&self, error: &StudioError) -> ExitCode {
        if self.json {
            self.show(error, ToString::to_string);
        } else {
            let _ = writeln!(std::io::stderr(), "rushes-cli: {}", plain_lines(&error.to_string()));
            if !error.detail.is_empty() {
                let _ = writeln!(std::io::stderr(), "{}", plain_lines(&error.detail));
            }
        }
        let is_misuse = matches!(error.notice, Notice::Invalid { .. } | Notice::Usage { .. });
        ExitCode::from(if is_misuse { 2 } else { 1 })
    }
}

/// A value as JSON. Each notice in it becomes its code, its message in English and its
/// parameters; those of an error or a refusal are its own.
fn document<T: Serialize>(value: &T) -> Value {
    // All values here are plain data, which always serialise.
    with_words(serde_json::to_value(value).unwrap_or_default())
}

fn with_words(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_words).collect(),
        Value::Object(members) => {
            if members.contains_key("code")
                && let Ok(notice) = serde_json::from_value(members.clone().into())
            {
                return words_of(&notice).into();
            }
            let mut object = Map::new();
            for (name, member) in members {
                match (&*name, with_words(member)) {
                    ("notice", Value::Object(notice)) => object.extend(notice),
                    (_, member) => {
                        object.insert(name, member);
                    }
                }
            }
            object.into()
        }
        other => other,
    }
}

fn words_of(notice: &Notice) -> Map<String, Value> {
    let (code, parameters) = parts(notice);
    let fields =
        [("code", json!(code)), ("message", json!(english(notice))), ("parameters", parameters.into())];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Text made safe for a terminal, on one line. File names and metadata can
/// contain escape sequences that move the cursor, change colours or write to
/// the clipboard.
pub fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Like [`plain`], for multi-line text.
pub fn plain_lines(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

/// JSON does not escape DEL and the C1 controls, and U+009B starts an escape
/// sequence on some terminals. They only occur inside strings.
fn plain_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{7f}'..='\u{9f}' => plain.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => plain.push(c),
        }
    }
    plain
}

/// Rows as aligned columns; the last column is not padded.
pub fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            format!("{}\n", cells.join("  ").trim_end())
        })
        .collect()
}

/// A duration as `h:mm:ss.s`.
pub fn length(us: i64) -> String {
    let tenths = (us + 50_000) / 100_000;
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
    let seconds = format!("{:02}.{}", rest / 10, rest % 10);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds}") } else { format!("{minutes}:{seconds}") }
}

/// A time in milliseconds since the epoch, as UTC `hh:mm:ss`.
pub fn moment(at_ms: i64) -> String {
    let seconds = at_ms.div_euclid(1_000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02} UTC", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A size in a suitable unit.
pub fn size(bytes: i64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1_000.0 {
            break;
        }
        value /= 1_000.0;
        unit = next;
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}

/// The JSON name of an enum variant.
pub fn word<T: Serialize>(value: T) -> String {
    serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_read_as_people_write_them() {
        assert_eq!(length(20_000_000), "0:20.0");
        assert_eq!(length(59_990_000), "1:00.0");
        assert_eq!(length(3_725_500_000), "1:02:05.5");
        assert_eq!(moment(90_061_500), "01:01:01 UTC");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_500_000), "1.5 MB");
    }

    #[test]
    fn a_notice_in_a_document_has_its_code_its_words_and_its_parameters() {
        let empty = Notice::FileEmpty { name: "a.mp4".into() };
        let words = json!({
            "code": "file_empty",
            "message": "“a.mp4” is empty. Copy it from the camera again.",
            "parameters": { "name": "a.mp4" },
        });
        assert_eq!(document(&json!({ "notes": [empty] })), json!({ "notes": [words] }));
        let mut error = words;
        error["detail"] = "ENOENT".into();
        assert_eq!(document(&StudioError::with_detail(empty, "ENOENT")), error);
    }

    #[test]
    fn columns_line_up() {
        let text = table([vec!["a".into(), "bb".into()], vec!["ccc".into(), "d".into()]]);
        assert_eq!(text, "a    bb\nccc  d\n");
    }

    #[test]
    fn a_name_cannot_break_a_row_or_command_the_terminal() {
        assert_eq!(table([vec!["one\ntwo\u{1b}[2J.mp4".into()]]).lines().count(), 1);
    }

    #[test]
    fn no_escape_sequence_reaches_the_terminal() {
        let name = "a\u{1b}]52;c;Zm9v\u{7}\u{9b}2J\r\u{7f}";
        assert!(!plain(name).contains(char::is_control));
        assert_eq!(plain_lines("one\n\u{1b}[31mtwo"), "one\n\u{fffd}[31mtwo");
        let json = plain_json(&serde_json::to_string(name).expect("a string"));
        assert!(!json.contains(char::is_control));
        assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), name);
    }
}
