//! The application itself: its environment, settings and library.

use std::path::Path;

use rushes_model::notice::Notice;
use rushes_studio::{
    AppEvent, Closing, FfmpegStatus, FinalsFolder, Studio, StudioError, StudioEvent, StudioResult,
};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use tauri_plugin_notification::NotificationExt;

use crate::quit::{self, QuitChoice};
use crate::settings::{self, Settings, SettingsPatch};
use crate::shell::{Caller, Shell};
use crate::{start, windows};

/// The system that the application runs on.
#[derive(Debug, Clone, Copy, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum AppPlatform {
    /// Linux.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

/// What the application runs on.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct AppInfo {
    /// Version of the application.
    pub version: String,
    /// Where the library lies.
    pub data_dir: String,
    /// Where finals go while no folder is chosen; absent where that is within the
    /// library.
    pub finals_folder: Option<String>,
    /// The system.
    pub platform: AppPlatform,
    /// Why the library could not be opened, and nothing else works; or the damage
    /// that was found in it since.
    pub problem: Option<StudioError>,
    /// Whether there is a snapshot to go back to.
    pub can_restore: bool,
}

/// What the application runs on, once the library is open or known not to open.
#[tauri::command]
#[specta::specta]
pub async fn app_info(shell: Shell) -> StudioResult<AppInfo> {
    let problem = match shell.studio().await {
        Ok(studio) => studio.known_damage(),
        Err(error) => Some(error),
    };
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").into(),
        data_dir: shell.data_dir().to_string_lossy().into_owned(),
        finals_folder: FinalsFolder::among_the_videos(shell.data_dir())
            .map(|folder| folder.path.to_string_lossy().into_owned()),
        platform: if cfg!(target_os = "macos") {
            AppPlatform::Macos
        } else if cfg!(windows) {
            AppPlatform::Windows
        } else {
            AppPlatform::Linux
        },
        can_restore: problem.as_ref().is_some_and(|problem| problem.notice.is_lost_library())
            && Studio::can_restore(shell.data_dir()),
        problem,
    })
}

/// The settings.
#[tauri::command]
#[specta::specta]
pub async fn get_settings(shell: Shell) -> StudioResult<Settings> {
    Ok(settings::load(&shell))
}

/// Changes settings; absent fields stay. Looks for ffmpeg again where its place
/// changed. Another ffmpeg has to be one that the editor chose.
#[tauri::command]
#[specta::specta]
pub async fn update_settings<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    caller: Caller,
    patch: SettingsPatch,
) -> StudioResult<Settings> {
    let _turn = shell.changing_settings().await;
    let (before, after) = settings::preview(&shell, &patch)?;
    if let Some(ffmpeg) = after.ffmpeg_path.as_ref().filter(|_| after.ffmpeg_path != before.ffmpeg_path) {
        shell.chosen().require(&caller.0, Path::new(ffmpeg))?;
    }
    let studio = shell.studio().await.ok();
    if let Some(studio) = &studio {
        // A folder chosen earlier may be on a drive that is disconnected now.
        if let Some(folder) = patch.output_folder.as_ref().and_then(Option::as_ref) {
            studio.require_output_folder(Path::new(folder)).await?;
        }
        after.apply(studio).await?;
    }
    settings::save(&app, &patch)?;
    if let Some(studio) = studio {
        if before.ffmpeg_path != after.ffmpeg_path {
            studio.use_ffmpeg(after.ffmpeg_path.as_deref().map(Path::new)).await;
        }
        studio.announce(AppEvent::SettingsChanged);
    }
    Ok(after)
}

/// Whether ffmpeg was found. The first search takes about a third of a second,
/// because the programs are asked what they can do.
#[tauri::command]
#[specta::specta]
pub async fn ffmpeg_status(shell: Shell) -> StudioResult<FfmpegStatus> {
    Ok(shell.studio().await?.ffmpeg_status().await)
}

/// Looks for ffmpeg again.
#[tauri::command]
#[specta::specta]
pub async fn recheck_ffmpeg(shell: Shell) -> StudioResult<FfmpegStatus> {
    let explicit = settings::load(&shell).ffmpeg_path;
    let status = shell.studio().await?.use_ffmpeg(explicit.as_deref().map(Path::new)).await;
    shell.studio().await?.announce(AppEvent::SettingsChanged);
    Ok(status)
}

/// Puts the newest snapshot in place of a library that does not open, opens it,
/// and tells where the broken file is kept, if there was one.
#[tauri::command]
#[specta::specta]
pub async fn restore_library<R: Runtime>(app: AppHandle<R>, shell: Shell) -> StudioResult<Option<String>> {
    let _restoring = shell.restoring().await;
    // Another process may have restored it meanwhile.
    if shell.studio().await.is_err() {
        start::start_studio(&app).await;
    }
    match shell.studio().await {
        Err(error) if !error.notice.is_lost_library() => return Err(error),
        Err(_) => {}
        Ok(studio) => {
            // Damage that does not prevent opening is found by the thorough check.
            match studio.check_library().await {
                Ok(_) => return Err(Notice::LibrarySound.into()),
                Err(error) if matches!(error.notice, Notice::LibraryCorrupt { .. }) => {}
                Err(error) => return Err(error),
            }
            shell.shut_off_all();
            studio.close(Closing::Interrupt).await;
        }
    }
    let broken = Studio::restore_newest_snapshot(shell.data_dir()).await?;
    start::start_studio(&app).await;
    shell.studio().await?;
    Ok(broken.map(|path| path.to_string_lossy().into_owned()))
}

/// Sends the calling window the events of the profile that it shows.
#[tauri::command]
#[specta::specta]
pub async fn watch(shell: Shell, caller: Caller, on_event: Channel<StudioEvent>) -> StudioResult<()> {
    shell.listen(&caller.0, on_event);
    Ok(())
}

/// Does with work that is under way as the editor chose, and ends the
/// application where that was chosen.
#[tauri::command]
#[specta::specta]
pub async fn quit<R: Runtime>(app: AppHandle<R>, choice: QuitChoice) -> StudioResult<()> {
    quit::choose(&app, choice);
    Ok(())
}

/// The files that somebody opened with Rushes, for the main window to take once.
#[tauri::command]
#[specta::specta]
pub async fn take_asked_files(shell: Shell, caller: Caller) -> StudioResult<Vec<String>> {
    if caller.0 != windows::MAIN {
        return Ok(Vec::new());
    }
    Ok(shell.take_asked().into_iter().map(|path| path.to_string_lossy().into_owned()).collect())
}

/// Tells the editor something through the system, while the calling window is
/// not the one that they look at.
#[tauri::command]
#[specta::specta]
pub async fn notify<R: Runtime>(
    app: AppHandle<R>,
    caller: Caller,
    title: String,
    body: String,
) -> StudioResult<()> {
    if window(&app, &caller)?.is_focused().unwrap_or(false) {
        return Ok(());
    }
    // The page shows it as well, so missing notifications lose nothing.
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(%error, "the system shows no notification");
    }
    Ok(())
}

/// Shows on the taskbar or the dock how far the work of the calling window's
/// profile is, in basis points; nothing where there is none.
#[tauri::command]
#[specta::specta]
pub async fn show_progress<R: Runtime>(
    app: AppHandle<R>,
    caller: Caller,
    bp: Option<u32>,
) -> StudioResult<()> {
    let state = ProgressBarState {
        status: Some(if bp.is_some() { ProgressBarStatus::Normal } else { ProgressBarStatus::None }),
        progress: bp.map(|bp| u64::from(bp.min(10_000) / 100)),
    };
    // Not every desktop has a progress bar.
    if let Err(error) = window(&app, &caller)?.set_progress_bar(state) {
        tracing::debug!(%error, "the system shows no progress");
    }
    Ok(())
}

fn window<R: Runtime>(app: &AppHandle<R>, caller: &Caller) -> StudioResult<WebviewWindow<R>> {
    app.get_webview_window(&caller.0).ok_or_else(|| StudioError::internal("the window is closing"))
}
