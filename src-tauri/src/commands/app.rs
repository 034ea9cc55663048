//! The application itself: what it runs on, its settings, its library.

use std::path::{Path, PathBuf};

use rushes_studio::{AppEvent, FfmpegStatus, Studio, StudioError, StudioEvent, StudioResult};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime};

use crate::settings::{self, Settings};
use crate::shell::{Caller, Shell};

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
    /// Whether ffmpeg was found.
    pub ffmpeg: FfmpegStatus,
    /// The system.
    pub platform: AppPlatform,
    /// Why the library could not be opened; nothing else works then.
    pub problem: Option<StudioError>,
    /// Whether there is a snapshot to go back to.
    pub can_restore: bool,
}

/// What the application runs on, once the library is open or known not to open.
#[tauri::command]
#[specta::specta]
pub async fn app_info(shell: Shell) -> StudioResult<AppInfo> {
    let (ffmpeg, problem) = match shell.studio().await {
        Ok(studio) => (studio.ffmpeg_status().await, None),
        Err(error) => (FfmpegStatus::default(), Some(error)),
    };
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").into(),
        data_dir: shell.data_dir().to_string_lossy().into_owned(),
        ffmpeg,
        platform: if cfg!(target_os = "macos") {
            AppPlatform::Macos
        } else if cfg!(windows) {
            AppPlatform::Windows
        } else {
            AppPlatform::Linux
        },
        problem,
        can_restore: Studio::can_restore(shell.data_dir()),
    })
}

/// The settings.
#[tauri::command]
#[specta::specta]
pub async fn get_settings<R: Runtime>(app: AppHandle<R>) -> StudioResult<Settings> {
    Ok(settings::load(&app))
}

/// Replaces the settings, and looks for ffmpeg again where its place changed.
#[tauri::command]
#[specta::specta]
pub async fn update_settings<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    settings: Settings,
) -> StudioResult<Settings> {
    let before = settings::load(&app);
    if settings.output_folder.as_ref().is_some_and(|folder| !Path::new(folder).is_dir()) {
        return Err(StudioError::invalid(
            "output_folder",
            "This folder does not exist. Choose one that does.",
        ));
    }
    settings::save(&app, &settings)?;
    if let Ok(studio) = shell.studio().await {
        if before.ffmpeg_path != settings.ffmpeg_path {
            studio.use_ffmpeg(settings.ffmpeg_path.as_deref().map(Path::new)).await;
        }
        studio.set_default_output_folder(settings.output_folder.clone().map(PathBuf::from)).await;
        studio.announce(AppEvent::SettingsChanged);
    }
    Ok(settings)
}

/// Looks for ffmpeg again.
#[tauri::command]
#[specta::specta]
pub async fn recheck_ffmpeg<R: Runtime>(app: AppHandle<R>, shell: Shell) -> StudioResult<FfmpegStatus> {
    let explicit = settings::load(&app).ffmpeg_path;
    let status = shell.studio().await?.use_ffmpeg(explicit.as_deref().map(Path::new)).await;
    shell.studio().await?.announce(AppEvent::SettingsChanged);
    Ok(status)
}

/// Puts the newest snapshot in place of a library that does not open, opens it,
/// and tells where the broken file is kept.
#[tauri::command]
#[specta::specta]
pub async fn restore_library<R: Runtime>(app: AppHandle<R>, shell: Shell) -> StudioResult<String> {
    let _restoring = shell.restoring().await;
    if shell.studio().await.is_ok() {
        return Err(StudioError::new("library_sound", "The library is sound. There is nothing to restore."));
    }
    let broken = Studio::restore_newest_snapshot(shell.data_dir()).await?;
    crate::app::start_studio(&app).await;
    shell.studio().await?;
    Ok(broken.to_string_lossy().into_owned())
}

/// Sends the calling window the events of the profile that it shows.
#[tauri::command]
#[specta::specta]
pub async fn watch(shell: Shell, caller: Caller, on_event: Channel<StudioEvent>) -> StudioResult<()> {
    shell.listen(&caller.0, on_event);
    Ok(())
}
