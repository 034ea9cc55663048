//! The folder of real footage, if present.

use std::path::PathBuf;

/// The folder; prints a note to stderr if it is missing.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("RUSHES_FOOTAGE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/footage"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        eprintln!(
            "skipped: there is no footage in {} (RUSHES_FOOTAGE names another folder)",
            folder.display()
        );
        return None;
    }
    Some(folder)
}

/// One file from it.
pub fn file(name: &str) -> Option<PathBuf> {
    folder().map(|folder| folder.join(name))
}
