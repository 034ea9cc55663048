//! Limits on values. A value out of range is refused by field name, never clamped.

use rushes_model::notice::{Field, Invalid};

use crate::error::{LibraryError, LibraryResult};

/// Longest name, in characters.
pub const NAME_CHARS: usize = 200;
/// Longest description or context text, in characters.
pub const DESCRIPTION_CHARS: usize = 2_000;
/// Longest script, in characters.
pub const SCRIPT_CHARS: usize = 20_000;
/// Shortest target duration, in microseconds.
pub const TARGET_MIN_US: i64 = 1_000_000;
/// Longest target duration, in microseconds.
pub const TARGET_MAX_US: i64 = 600_000_000;
/// Target duration of a new project, in microseconds.
pub const TARGET_DEFAULT_US: i64 = 20_000_000;
/// Most clips to make at once.
pub const COUNT_MAX: u32 = 50;
/// Most items in one bulk call.
pub const BULK_MAX: usize = 10_000;
/// Most captions of one clip.
pub const CUES_MAX: usize = 2_000;

/// A name: trimmed, 1 to 200 characters, no control characters.
pub fn name(field: Field, value: &str) -> LibraryResult<String> {
    let trimmed = value.trim();
    let length = trimmed.chars().count();
    if length == 0 {
        return Err(LibraryError::invalid(field, Invalid::NameEmpty));
    }
    if length > NAME_CHARS {
        let reason = Invalid::NameTooLong { most: number(NAME_CHARS), length: number(length) };
        return Err(LibraryError::invalid(field, reason));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(LibraryError::invalid(field, Invalid::NameControl));
    }
    Ok(trimmed.to_owned())
}

/// Free text of at most `most` characters.
pub fn text(field: Field, value: &str, most: usize) -> LibraryResult<String> {
    let length = value.chars().count();
    if length > most {
        let reason = Invalid::TextTooLong { most: number(most), length: number(length) };
        return Err(LibraryError::invalid(field, reason));
    }
    if value.contains('\0') {
        return Err(LibraryError::invalid(field, Invalid::TextNul));
    }
    Ok(value.to_owned())
}

/// A count as a notice tells it.
pub fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A target duration: 1 to 600 s.
pub fn target_duration(field: Field, value_us: i64) -> LibraryResult<i64> {
    if (TARGET_MIN_US..=TARGET_MAX_US).contains(&value_us) {
        Ok(value_us)
    } else {
        Err(LibraryError::invalid(field, Invalid::TargetDuration))
    }
}

/// A count of clips: 1 to 50.
pub fn count(field: Field, value: u32) -> LibraryResult<u32> {
    if (1..=COUNT_MAX).contains(&value) {
        Ok(value)
    } else {
        Err(LibraryError::invalid(field, Invalid::ClipCount { most: COUNT_MAX }))
    }
}

/// A number within inclusive bounds.
pub fn within(field: Field, value: u32, low: u32, high: u32) -> LibraryResult<u32> {
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(LibraryError::invalid(field, Invalid::OutOfRange { low, high }))
    }
}

/// A colour as `#RRGGBB`.
pub fn colour(field: Field, value: &str) -> LibraryResult<String> {
    let digits = value.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(value.to_ascii_uppercase())
    } else {
        Err(LibraryError::invalid(field, Invalid::Colour))
    }
}

/// Tags or keywords: at most 50, each 1 to 60 characters, trimmed and without
/// duplicates.
pub fn words(field: Field, values: &[String]) -> LibraryResult<Vec<String>> {
    let mut kept: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        let word = value.trim();
        if word.is_empty() {
            continue;
        }
        if word.chars().count() > 60 || word.chars().any(char::is_control) {
            return Err(LibraryError::invalid(field, Invalid::TagTooLong));
        }
        if !kept.iter().any(|other| fold(other) == fold(word)) {
            kept.push(word.to_owned());
        }
    }
    if kept.len() > 50 {
        return Err(LibraryError::invalid(field, Invalid::TooManyTags));
    }
    Ok(kept)
}

/// Folds a text for comparison and search regardless of case, in any script.
///
/// Each character goes to upper case and back on its own. That way `ß` matches `SS`,
/// and a final Greek sigma one inside a word; lower-casing the whole text keeps them
/// apart.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// A page size, or its default.
pub fn page_size(limit: Option<u32>, default: u32, most: u32) -> LibraryResult<u32> {
    limit.map_or(Ok(default), |limit| within(Field::Limit, limit, 1, most))
}
