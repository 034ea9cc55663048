//! The system's dialogs for choosing files and folders.

use rushes_studio::{StudioResult, VIDEO_ENDINGS};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

use crate::shell::{Caller, Shell};

/// Lets the editor choose videos; nothing where the dialog was closed.
#[tauri::command]
#[specta::specta]
pub async fn pick_videos<R: Runtime>(app: AppHandle<R>, caller: Caller) -> StudioResult<Option<Vec<String>>> {
    let (answer, chosen) = oneshot::channel();
    dialog(&app, &caller).add_filter("Video", VIDEO_ENDINGS).pick_files(|paths| {
        // The command is waiting as long as the dialog is open.
        let _ = answer.send(paths);
    });
    let paths = chosen.await.ok().flatten();
    Ok(paths.map(|paths| paths.into_iter().filter_map(as_path).collect()))
}

/// Lets the editor choose a folder.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder<R: Runtime>(app: AppHandle<R>, caller: Caller) -> StudioResult<Option<String>> {
    let (answer, chosen) = oneshot::channel();
    dialog(&app, &caller).pick_folder(|path| {
        let _ = answer.send(path);
    });
    Ok(chosen.await.ok().flatten().and_then(as_path))
}

/// Lets the editor choose a caption file.
#[tauri::command]
#[specta::specta]
pub async fn pick_captions<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    caller: Caller,
) -> StudioResult<Option<String>> {
    pick_one(&shell, &caller, dialog(&app, &caller).add_filter("SubRip", &["srt"])).await
}

/// Lets the editor choose the ffmpeg program.
#[tauri::command]
#[specta::specta]
pub async fn pick_ffmpeg<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    caller: Caller,
) -> StudioResult<Option<String>> {
    pick_one(&shell, &caller, dialog(&app, &caller)).await
}

/// Lets the editor choose where a source lies now.
#[tauri::command]
#[specta::specta]
pub async fn pick_file_for_relink<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    caller: Caller,
) -> StudioResult<Option<String>> {
    pick_one(&shell, &caller, dialog(&app, &caller).add_filter("Video", VIDEO_ENDINGS)).await
}

/// Lets the editor choose a file, and remembers the choice for this window.
async fn pick_one<R: Runtime>(
    shell: &Shell,
    caller: &Caller,
    dialog: FileDialogBuilder<R>,
) -> StudioResult<Option<String>> {
    let (answer, chosen) = oneshot::channel();
    dialog.pick_file(|path| {
        let _ = answer.send(path);
    });
    let path = chosen.await.ok().flatten().and_then(as_path);
    shell.chosen().add(&caller.0, path.iter().map(Into::into));
    Ok(path)
}

fn dialog<R: Runtime>(app: &AppHandle<R>, caller: &Caller) -> FileDialogBuilder<R> {
    let dialog = app.dialog().file();
    match app.get_webview_window(&caller.0) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

fn as_path(path: FilePath) -> Option<String> {
    path.into_path().ok().map(|path| path.to_string_lossy().into_owned())
}
