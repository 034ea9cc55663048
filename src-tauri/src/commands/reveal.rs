//! Showing a file in the system's file manager.

use std::path::{Path, PathBuf};

use rushes_studio::{StudioError, StudioResult};

/// Shows a file in the system's file manager. Its drive is queried on a thread,
/// since it may hang.
pub(super) async fn reveal(path: PathBuf) -> StudioResult<()> {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        tauri_plugin_opener::reveal_item_in_dir(&path).map_err(|error| not_shown(&path, &error))
    });
    shown.await.map_err(|error| StudioError::new("internal", error.to_string()))?
}

/// The error for a file that could not be shown; it includes the path, which is
/// still useful.
fn not_shown(path: &Path, error: &dyn std::error::Error) -> StudioError {
    let there = path.display();
    let message = if path.exists() {
        format!("The file manager could not be opened. The file is {there}")
    } else {
        format!("The file is not there any more: {there}")
    };
    StudioError { code: "reveal".into(), message, detail: error.to_string() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_shown_is_named_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Beach day - TikTok.mp4");
        let error = std::io::Error::other("no file manager");
        assert!(not_shown(&file, &error).message.starts_with("The file is not there any more: "));
        std::fs::write(&file, "film").unwrap();
        let told = not_shown(&file, &error);
        assert!(told.message.ends_with(&file.display().to_string()), "{}", told.message);
        assert_eq!(told.detail, "no file manager");
    }
}
