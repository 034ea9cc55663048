//! Files opened with Rushes, and the single instance per data directory: a
//! second start passes its files to the first and exits.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rushes_studio::AppEvent;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Emitter, Manager, Runtime};
use uuid::Uuid;

use crate::shell::Shell;
use crate::windows;

/// Ends a second start on the same data directory once the first has its
/// arguments. Another data directory is another application.
pub fn single_instance<R: Runtime>(data_dir: &Path) -> TauriPlugin<R> {
    // A bus name must not start with a digit.
    let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, data_dir.as_os_str().as_encoded_bytes()).simple();
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("org.rushes.desktop.library{name}"))
        .callback(|app, arguments, folder| {
            take_in(app, arguments.into_iter().skip(1).map(OsString::from).collect(), folder.into());
            come_forward(app);
        })
        .build()
}

/// Passes the files among the arguments of a start to the main window. Runs in
/// the background, because their drive may hang.
pub fn take_in<R: Runtime>(app: &AppHandle<R>, arguments: Vec<OsString>, folder: PathBuf) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let named = files(arguments.into_iter(), &folder);
        if named.is_empty() {
            return;
        }
        app.state::<Shell>().ask_for(named);
        if let Err(error) = app.emit_to(windows::MAIN, "app-event", AppEvent::FilesAsked) {
            tracing::warn!(%error, "the main window was not told of the files");
        }
    });
}

/// The files among the arguments of a start, as absolute paths.
fn files(arguments: impl Iterator<Item = OsString>, folder: &Path) -> Vec<PathBuf> {
    arguments.map(|argument| folder.join(argument)).filter(|path| path.exists()).collect()
}

/// Shows the main window, which may be hidden while work continues.
fn come_forward<R: Runtime>(app: &AppHandle<R>) {
    let shown = match app.get_webview_window(windows::MAIN) {
        Some(window) => window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus()),
        None => windows::open_main(app),
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "the main window does not come forward");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_files_of_the_folder_in_which_they_were_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a film.mp4"), "").unwrap();
        let arguments = ["a film.mp4", "--flag", "gone.mp4"].map(OsString::from);
        assert_eq!(files(arguments.into_iter(), folder.path()), [folder.path().join("a film.mp4")]);
    }
}
