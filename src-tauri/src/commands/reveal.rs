//! Showing a file in the system's file manager.

use std::path::{Path, PathBuf};

use rushes_model::notice::{NotShown, Notice};
use rushes_studio::{StudioError, StudioResult};

/// Shows a file in the system's file manager. Its drive is queried on a thread,
/// since it may hang.
pub(super) async fn reveal(path: PathBuf) -> StudioResult<()> {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        tauri_plugin_opener::reveal_item_in_dir(&path).map_err(|error| not_shown(&path, &error))
    });
    shown.await.map_err(StudioError::internal)?
}

/// The error for a file that could not be shown; it includes the path, which is
/// still useful.
fn not_shown(path: &Path, error: &dyn std::error::Error) -> StudioError {
    let why = if path.exists() { NotShown::NoFileManager } else { NotShown::Gone };
    StudioError::with_detail(Notice::Reveal { path: path.display().to_string(), why }, error)
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
        let refusal = |why| Notice::Reveal { path: file.display().to_string(), why };
        assert_eq!(not_shown(&file, &error).notice, refusal(NotShown::Gone));
        std::fs::write(&file, "film").unwrap();
        let shown = not_shown(&file, &error);
        assert_eq!(shown.notice, refusal(NotShown::NoFileManager));
        assert_eq!(shown.detail, "no file manager");
    }
}
