//! What holds for the whole application on this machine, kept by
//! tauri-plugin-store. Nothing of a profile is in it but which one was open
//! last: what belongs to a profile lies in the library.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rushes_studio::ids::ProfileId;
use rushes_studio::media::private;
use rushes_studio::{CACHE_LIMIT_MB, FinalsFolder, Limits, Studio, StudioError};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_store::{Store, StoreBuilder};

use crate::shell::Shell;

const FILE: &str = "settings.json";
const SETTINGS: &str = "settings";
/// Below it nothing can be read, above it nothing finds room.
const ZOOM_PERCENT: RangeInclusive<u32> = 50..=300;
const LAST_PROFILE: &str = "last_profile";

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Language of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system has it.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// Settings of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Language of the page.
    pub language: Language,
    /// ffmpeg, or the folder that holds it; searched in the usual places where absent.
    pub ffmpeg_path: Option<String>,
    /// Folder for the finals of profiles without one of their own; each gets a
    /// folder of its name inside it. Where absent, they go where [`FinalsFolder::among_the_videos`] says.
    pub output_folder: Option<String>,
    /// Whether triage goes on to the next clip after a verdict.
    pub auto_advance: bool,
    /// Jobs at once, 1 to 16; by the machine where absent.
    pub jobs_at_once: Option<u32>,
    /// One job at a time, at lower priority.
    pub quiet: bool,
    /// What the caches of all profiles may take together, in megabytes.
    pub cache_limit_mb: Option<u32>,
    /// Whether the graphics card encodes finals, where it can.
    pub hardware: bool,
    /// How large the page is drawn, 50 to 300 percent.
    pub zoom_percent: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            ffmpeg_path: None,
            output_folder: None,
            auto_advance: true,
            jobs_at_once: None,
            quiet: false,
            cache_limit_mb: None,
            hardware: false,
            zoom_percent: 100,
        }
    }
}

impl Settings {
    /// Has a studio work by these settings.
    ///
    /// # Errors
    /// Where one is out of its bounds; then none of these is taken up.
    pub async fn apply(&self, studio: &Studio) -> Result<(), StudioError> {
        if !ZOOM_PERCENT.contains(&self.zoom_percent) {
            let (least, most) = (ZOOM_PERCENT.start(), ZOOM_PERCENT.end());
            let message = format!("Choose a size of the page between {least} and {most} %.");
            return Err(StudioError::invalid("zoom_percent", message));
        }
        let cache_limit_mb = self.cache_limit_mb.unwrap_or(CACHE_LIMIT_MB);
        studio.check_cache_limit(cache_limit_mb)?;
        studio.set_limits(Limits { at_once: self.jobs_at_once, quiet: self.quiet })?;
        studio.set_cache_limit(cache_limit_mb).await?;
        let chosen = self.output_folder.as_deref().map(|folder| FinalsFolder::chosen(Path::new(folder)));
        let default = FinalsFolder::among_the_videos(studio.data_dir());
        studio.set_default_output_folder(chosen.or(default)).await;
        // Trying what the graphics card can takes a moment; nothing waits for it.
        let (studio, wanted) = (studio.clone(), self.hardware);
        tauri::async_runtime::spawn(async move { studio.use_hardware(wanted).await });
        Ok(())
    }
}

/// The settings as they are kept. A file that cannot be read counts as none:
/// preferences are not worth an application that does not start.
pub fn load<R: Runtime>(app: &AppHandle<R>) -> Settings {
    let kept = store(app).ok().and_then(|store| store.get(SETTINGS)).unwrap_or_default();
    // A file of an earlier version lacks what came since.
    let mut whole = serde_json::to_value(Settings::default()).unwrap_or_default();
    if let (Some(whole), Some(kept)) = (whole.as_object_mut(), kept.as_object()) {
        whole.extend(kept.clone());
    }
    serde_json::from_value(whole).unwrap_or_default()
}

/// Keeps the settings.
pub fn save<R: Runtime>(app: &AppHandle<R>, settings: &Settings) -> Result<(), StudioError> {
    let value = serde_json::to_value(settings).map_err(|error| unsaved(&error))?;
    put(app, SETTINGS, value)
}

/// The profile that the main window showed last.
pub fn last_profile<R: Runtime>(app: &AppHandle<R>) -> Option<ProfileId> {
    store(app).ok()?.get(LAST_PROFILE)?.as_str()?.parse().ok()
}

/// Remembers the profile that the main window shows.
pub fn remember_profile<R: Runtime>(app: &AppHandle<R>, profile: ProfileId) {
    if let Err(error) = put(app, LAST_PROFILE, profile.to_string().into()) {
        tracing::warn!(%error, detail = error.detail, "the open profile is not remembered");
    }
}

fn put<R: Runtime>(app: &AppHandle<R>, key: &str, value: serde_json::Value) -> Result<(), StudioError> {
    let store = store(app).map_err(|error| unsaved(&error))?;
    store.set(key, value);
    store.save().map_err(|error| unsaved(&error))?;
    private::close(&path(app)).map_err(|error| unsaved(&error))
}

fn store<R: Runtime>(app: &AppHandle<R>) -> tauri_plugin_store::Result<Arc<Store<R>>> {
    StoreBuilder::new(app, path(app)).disable_auto_save().build()
}

fn path<R: Runtime>(app: &AppHandle<R>) -> PathBuf {
    app.state::<Shell>().data_dir().join(FILE)
}

fn unsaved(error: &dyn std::fmt::Display) -> StudioError {
    StudioError {
        code: "settings".into(),
        message: "The settings could not be saved. Check the disk that the library lies on.".into(),
        detail: error.to_string(),
    }
}
