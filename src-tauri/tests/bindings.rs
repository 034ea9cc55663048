//! What the page is generated from matches the code: the types of the commands, and the
//! samples of notices that its tests read.
#![allow(clippy::unwrap_used)]

use rushes_model::notice::Notice;
use specta_typescript::Typescript;

const UI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/");

/// Compares a generated file of the page with the one that is kept, or replaces it.
fn is_up_to_date(file: &str, fresh: String) {
    let path = format!("{UI}{file}");
    if std::env::var_os("RUSHES_UPDATE_BINDINGS").is_some() {
        std::fs::write(path, fresh).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == fresh, "ui/src/{file} is out of date: run `make bindings`");
}

#[test]
fn the_pages_bindings_are_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("bindings.ts");
    rushes::commands::api::<tauri::Wry>().export(Typescript::default(), &fresh).unwrap();
    is_up_to_date("platform/bindings.ts", std::fs::read_to_string(fresh).unwrap());
}

#[test]
fn the_pages_samples_of_notices_are_up_to_date() {
    let samples = serde_json::to_string_pretty(&Notice::samples()).unwrap();
    is_up_to_date("lib/notices.samples.json", samples + "\n");
}
