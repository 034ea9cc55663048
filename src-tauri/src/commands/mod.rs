//! The API of the page. Each command takes the session of the window that
//! calls, calls the studio and hands on its answer; whatever is longer belongs
//! below.

mod app;
mod clips;
mod dialogs;
mod finals;
mod jobs;
#[macro_use]
pub mod names;
mod profiles;
mod projects;
mod segments;
mod sources;

use std::path::{Path, PathBuf};

use rushes_studio::media::{SAFE_AREAS, TITLE_SAFE};
use rushes_studio::{AppEvent, StudioError, StudioResult};
use tauri::Runtime;
use tauri::plugin::TauriPlugin;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands};

macro_rules! collected {
    ($($module:ident::$name:ident $(::<$runtime:ty>)?,)*) => {
        collect_commands![$($module::$name $(::<$runtime>)?),*]
    };
}

/// Every command with its types.
pub fn api<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .plugin_name(names::PLUGIN)
        .error_handling(ErrorHandlingMode::Throw)
        // Microseconds and bytes stay far below 2^53.
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
        .typ::<AppEvent>()
        .constant("SAFE_AREAS", SAFE_AREAS)
        .constant("TITLE_SAFE", TITLE_SAFE)
        .commands(commands!(collected))
}

/// The commands as a plugin of the application's own, so that each has a
/// permission that a capability can give to a window.
pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new(names::PLUGIN).invoke_handler(api().invoke_handler()).build()
}

/// Shows a file in the system's file manager. Its drive is asked where it may hang.
async fn reveal(path: PathBuf) -> StudioResult<()> {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        tauri_plugin_opener::reveal_item_in_dir(&path).map_err(|error| not_shown(&path, &error))
    });
    shown.await.map_err(|error| StudioError::new("internal", error.to_string()))?
}

/// What is said of a file that could not be shown: where it lies is of use all the same.
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
