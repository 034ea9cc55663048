//! The page's types match the commands.
#![allow(clippy::unwrap_used)]

use specta_typescript::Typescript;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/platform/bindings.ts");

#[test]
fn the_pages_bindings_are_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("bindings.ts");
    rushes::commands::api::<tauri::Wry>().export(Typescript::default(), &fresh).unwrap();
    let fresh = std::fs::read_to_string(fresh).unwrap();
    if std::env::var_os("RUSHES_UPDATE_BINDINGS").is_some() {
        std::fs::write(PATH, fresh).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(PATH).unwrap();
    assert!(kept == fresh, "ui/src/platform/bindings.ts is out of date: run `make bindings`");
}
