//! English words for notices and export presets, for the command line and logs, from the
//! tables that the page uses too.

use std::collections::HashMap;
use std::sync::LazyLock;

use rushes_library::model::ExportPreset;
use rushes_model::notice::Notice;
use serde_json::{Map, Value};

/// The tests below fail if one of these is not a table.
static TABLE: LazyLock<HashMap<String, Value>> = LazyLock::new(|| {
    let table = |text| serde_json::from_str::<HashMap<_, _>>(text).unwrap_or_default();
    [NOTICES, PRESETS].into_iter().flat_map(table).collect()
});

const NOTICES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/messages/en/notices.json"));
const PRESETS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/messages/en/presets.json"));

/// Parameters that choose a phrase.
const CHOICES: [&str; 5] = ["activity", "failed", "field", "row", "system"];

/// A notice in English.
pub fn english(notice: &Notice) -> String {
    // Notices are plain data, which always serialises.
    let fields = serde_json::to_value(notice).unwrap_or_default();
    fields.as_object().map(sentence).unwrap_or_default()
}

/// Several remarks, one after the other.
pub fn english_of(notices: &[Notice]) -> String {
    notices.iter().map(english).collect::<Vec<_>>().join(" ")
}

/// Name and notes of a preset in English: those of the table if it came with the application,
/// otherwise its own.
pub fn preset(preset: &ExportPreset) -> (String, String) {
    let text = |what: &str, own: &str| {
        let known = TABLE.get(&format!("preset_{}_{what}", preset.key)).and_then(Value::as_str);
        known.unwrap_or(own).to_owned()
    };
    (text("name", &preset.name), text("notes", &preset.notes))
}

/// Code and parameters of a notice, for programs.
pub fn parts(notice: &Notice) -> (String, Map<String, Value>) {
    let Ok(Value::Object(mut parameters)) = serde_json::to_value(notice) else { return Default::default() };
    let code = parameters.remove("code");
    (code.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(), parameters)
}

fn sentence(fields: &Map<String, Value>) -> String {
    let mut parameters = fields.clone();
    // A reason without a code is part of its notice; one with a code is a sentence itself.
    if let Some(Value::Object(reason)) = fields.get("reason").filter(|reason| reason.get("code").is_none()) {
        parameters.extend(reason.clone());
    }
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    let code = text("code").unwrap_or_default();
    let key = match text("why") {
        Some(why) => format!("{code}_{why}"),
        None => code.to_owned(),
    };
    let count = parameters.get("count").and_then(Value::as_i64);
    filled(template(&key, count), |name| match name {
        "shown" => count.map(|count| count.to_string()),
        name => parameters.get(name).map(|value| shown(name, value)),
    })
}

/// The entry of the table, in the number of `count`.
fn template(key: &str, count: Option<i64>) -> &'static str {
    let text = match TABLE.get(&format!("notice_{key}")) {
        Some(Value::Array(numbers)) => {
            let number = if count == Some(1) { "n=one" } else { "n=other" };
            numbers.first().and_then(|numbers| numbers["match"][number].as_str())
        }
        Some(text) => text.as_str(),
        None => None,
    };
    text.unwrap_or_default()
}

/// A text with its `{parameters}` filled in. What is filled in is not searched again: a
/// file may be called `{name}`.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        whole.push_str(&value(name).unwrap_or_default());
        rest = after;
    }
    whole + rest
}

fn shown(name: &str, value: &Value) -> String {
    match value {
        Value::String(choice) if CHOICES.contains(&name) => {
            template(&format!("{name}_{choice}"), None).into()
        }
        Value::String(text) => text.clone(),
        Value::Number(number) => figure(name, number.as_i64().unwrap_or_default()),
        Value::Object(fields) => sentence(fields),
        Value::Array(items) => {
            let of_sentences = items.iter().any(Value::is_object);
            let items: Vec<String> = items.iter().map(|item| shown(name, item)).collect();
            items.join(if of_sentences { " " } else { ", " })
        }
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// A number in the unit that its name tells.
fn figure(name: &str, number: i64) -> String {
    match name.rsplit_once('_').map(|(_, unit)| unit) {
        Some("us") => format!("{:.1} s", number as f64 / 1e6),
        Some("s") => format!("{number} s"),
        Some("bytes") if number < 1_000_000_000 => {
            format!("{} MB", (number.max(0) as u64).div_ceil(1_000_000))
        }
        Some("bytes") => format!("{:.1} GB", number as f64 / 1e9),
        Some("mlufs") => format!("{:.1}", number as f64 / 1e3),
        _ => number.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use rushes_model::notice::{
        Activity, Engaged, Field, FullDisk, Invalid, MoreClips, Notice, RowKind, SystemReason,
    };

    use super::*;

    /// Every key of the table that the samples use, with their words.
    fn used() -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        for notice in Notice::samples() {
            collect(&serde_json::to_value(&notice).unwrap(), &mut used);
        }
        used
    }

    fn collect(fields: &Value, used: &mut BTreeSet<String>) {
        let fields = fields.as_object().unwrap();
        let why = fields
            .get("why")
            .or_else(|| fields.get("reason").filter(|reason| reason.get("code").is_none())?.get("why"));
        let code = fields["code"].as_str().unwrap();
        used.insert(
            why.map_or(format!("notice_{code}"), |why| format!("notice_{code}_{}", why.as_str().unwrap())),
        );
        for (name, value) in fields {
            if CHOICES.contains(&&**name) {
                used.insert(format!("notice_{name}_{}", value.as_str().unwrap()));
            }
        }
    }

    #[test]
    fn every_notice_has_its_words_and_every_word_its_notice() {
        let known: BTreeSet<String> =
            TABLE.keys().filter(|key| key.starts_with("notice_")).cloned().collect();
        assert_eq!(used(), known);
    }

    #[test]
    fn every_parameter_of_a_sentence_is_one_of_its_notice() {
        for notice in Notice::samples() {
            let fields = serde_json::to_value(&notice).unwrap();
            let fields = fields.as_object().unwrap();
            let reason =
                fields.get("reason").and_then(Value::as_object).filter(|reason| !reason.contains_key("code"));
            let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
            names.extend(reason.into_iter().flat_map(|reason| reason.keys().map(String::as_str)));
            let why = fields.get("why").or_else(|| reason.and_then(|reason| reason.get("why")));
            let code = fields["code"].as_str().unwrap();
            let key = why.map_or(code.to_owned(), |why| format!("{code}_{}", why.as_str().unwrap()));
            for count in [1, 2] {
                let text = template(&key, Some(count));
                for name in text.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0) {
                    let is_known = names.contains(&name) || name == "shown" && names.contains(&"count");
                    assert!(is_known, "{name} in {text}");
                }
            }
            let words = english(&notice);
            assert!(!words.is_empty() && !words.contains(['{', '}']), "{notice:?}: {words}");
        }
    }

    #[tokio::test]
    async fn every_preset_of_the_library_has_words_in_every_language() {
        let folder = tempfile::tempdir().unwrap();
        let library = rushes_library::Library::open(folder.path()).await.unwrap();
        let presets = library.list_export_presets().await.unwrap();
        assert!(!presets.is_empty());
        let german =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/messages/de/presets.json"));
        for table in [PRESETS, german] {
            let table: HashMap<String, Value> = serde_json::from_str(table).unwrap();
            for ExportPreset { key, .. } in &presets {
                for word in [format!("preset_{key}_name"), format!("preset_{key}_notes")] {
                    assert!(
                        table.get(&word).and_then(Value::as_str).is_some_and(|w| !w.is_empty()),
                        "{word}"
                    );
                }
            }
        }
        library.close().await;
    }

    #[test]
    fn numbers_are_shown_in_their_units() {
        let short = Notice::DiskShort { needed_bytes: 1_500_000_001, spare_bytes: 0, free_bytes: 12_000_001 };
        assert_eq!(
            english(&short),
            "This needs about 1.5 GB, and 0 MB of 13 MB free on the disk are to spare. Free some space on it, or choose another folder."
        );
        let missed = Notice::LoudnessMissed { heard_mlufs: -16_320, target_mlufs: -14_000 };
        assert_eq!(english(&missed), "The sound came out at -16.3 LUFS instead of -14.0.");
        let late =
            Notice::invalid(Field::Captions, Invalid::CaptionAfterClip { number: 2, clip_us: 12_500_000 });
        assert!(english(&late).starts_with("Caption 2 ends after the clip, which is 12.5 s long."));
    }

    #[test]
    fn sizes_are_told_as_an_editor_reads_them() {
        assert_eq!(figure("free_bytes", 1), "1 MB");
        assert_eq!(figure("free_bytes", 750_000_000), "750 MB");
        assert_eq!(figure("free_bytes", 12_340_000_000), "12.3 GB");
    }

    #[test]
    fn choices_and_numbers_select_the_words() {
        let missing = Notice::NotFound { row: RowKind::LeftOver };
        assert_eq!(
            english(&missing),
            "There is no such left-over in this profile. It may have been deleted."
        );
        let variants = |count| Notice::FewerVariants { count, asked: 12, why: MoreClips::MoreSegments };
        assert!(
            english(&variants(1)).starts_with("These segments make only one clip of this length, not 12.")
        );
        assert!(
            english(&variants(3))
                .starts_with("These segments make 3 different clips of this length, not 12.")
        );
        let rating = Notice::invalid(Field::MinRating, Invalid::OutOfRange { low: 0, high: 5 });
        assert_eq!(english(&rating), "“lowest rating” is between 0 and 5.");
        assert!(english(&Notice::Busy { why: Engaged::Rendering }).starts_with("This final is in the queue"));
        assert!(english(&Notice::DiskFull { why: FullDisk::TakesNothing }).contains("takes no more files"));
    }

    #[test]
    fn a_reason_is_a_sentence_within_another() {
        let failed = Notice::FileFailed {
            activity: Activity::MakingFolder,
            name: "clips".into(),
            system: SystemReason::ReadOnly,
        };
        let fields = Notice::ClipsFailed { count: 1, reason: Box::new(failed) };
        assert_eq!(
            english(&fields),
            "One of the clips could not be made: “clips” could not be used while making a folder: the disk is read-only. Check the disk and its permissions, then try again."
        );
    }

    #[test]
    fn a_name_that_looks_like_a_parameter_stays_as_it_is() {
        let empty = Notice::FileEmpty { name: "{name}.mp4".into() };
        assert_eq!(english(&empty), "“{name}.mp4” is empty. Copy it from the camera again.");
    }
}
