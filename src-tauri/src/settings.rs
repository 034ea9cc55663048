//! Settings of the whole application on this machine, stored in `settings.json`
//! by tauri-plugin-store. The only profile data in it is which one was open
//! last; everything else about a profile is in the library.
//!
//! The file is only changed field by field and replaced by a rename: two
//! windows can change two settings at once, and after a crash the file is
//! either the old or the new one.

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rushes_files::private;
use rushes_model::ids::ProfileId;
use rushes_model::notice::{Field, Invalid, Notice};
use rushes_studio::{CACHE_LIMIT_MB, FinalsFolder, Limits, Studio, StudioError};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_store::StoreBuilder;

use crate::shell::Shell;

const FILE: &str = "settings.json";
const SETTINGS: &str = "settings";
/// Smaller is unreadable, larger does not fit.
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

/// What to change in the settings; absent fields stay. Where a setting may be
/// unset, null unsets it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct SettingsPatch {
    /// Light or dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Language of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Another ffmpeg; the one in the usual places where null.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub ffmpeg_path: Option<Option<String>>,
    /// Another folder for finals; the default one where null.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<String>)]
    pub output_folder: Option<Option<String>>,
    /// Whether triage goes on to the next clip after a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_advance: Option<bool>,
    /// Jobs at once, 1 to 16; by the machine where null.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<u32>)]
    pub jobs_at_once: Option<Option<u32>>,
    /// One job at a time, at lower priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet: Option<bool>,
    /// What the caches of all profiles may take together, in megabytes; the default
    /// where null.
    #[serde(deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[specta(type = Option<u32>)]
    pub cache_limit_mb: Option<Option<u32>>,
    /// Whether the graphics card encodes finals, where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<bool>,
    /// How large the page is drawn, 50 to 300 percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoom_percent: Option<u32>,
}

/// A field that is present, even as null, which serde treats as absent by default.
fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
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
    /// Applies these settings to a studio.
    ///
    /// # Errors
    /// If one is out of bounds; then none is applied.
    pub async fn apply(&self, studio: &Studio) -> Result<(), StudioError> {
        if !ZOOM_PERCENT.contains(&self.zoom_percent) {
            let (low, high) = (*ZOOM_PERCENT.start(), *ZOOM_PERCENT.end());
            return Err(StudioError::invalid(Field::ZoomPercent, Invalid::Zoom { low, high }));
        }
        let cache_limit_mb = self.cache_limit_mb.unwrap_or(CACHE_LIMIT_MB);
        studio.check_cache_limit(cache_limit_mb)?;
        studio.set_limits(Limits { at_once: self.jobs_at_once, quiet: self.quiet })?;
        studio.set_cache_limit(cache_limit_mb).await?;
        let chosen = self.output_folder.as_deref().map(|folder| FinalsFolder::chosen(Path::new(folder)));
        let default = FinalsFolder::among_the_videos(studio.data_dir());
        studio.set_default_output_folder(chosen.or(default)).await;
        // Testing the graphics card takes a moment; nothing waits for it.
        let (studio, wanted) = (studio.clone(), self.hardware);
        tauri::async_runtime::spawn(async move { studio.use_hardware(wanted).await });
        Ok(())
    }

    /// The settings in a file. Missing fields, and those this version cannot
    /// read, get their defaults, so that bad settings cannot prevent a start.
    fn of(kept: &Map<String, Value>) -> Self {
        let mut settings = Self::default();
        for (name, value) in kept {
            // Field by field, so that an unreadable one does not affect the others.
            let Ok(Value::Object(mut whole)) = serde_json::to_value(&settings) else { continue };
            whole.insert(name.clone(), value.clone());
            settings = serde_json::from_value(whole.into()).unwrap_or(settings);
        }
        settings
    }

    /// The settings with some changes.
    fn with(&self, patch: &SettingsPatch) -> Result<Self, StudioError> {
        let mut whole = fields_of(self)?;
        whole.extend(fields_of(patch)?);
        serde_json::from_value(whole.into()).map_err(|error| unsaved(&error))
    }
}

/// The stored settings.
pub fn load(shell: &Shell) -> Settings {
    Settings::of(&part(&read(&path(shell)).unwrap_or_default(), SETTINGS))
}

/// The settings before and after a patch, without storing it.
pub fn preview(shell: &Shell, patch: &SettingsPatch) -> Result<(Settings, Settings), StudioError> {
    let before = load(shell);
    let after = before.with(patch)?;
    Ok((before, after))
}

/// Stores the fields of a patch; all others keep their current values.
pub fn save<R: Runtime>(app: &AppHandle<R>, patch: &SettingsPatch) -> Result<(), StudioError> {
    let fields = fields_of(patch)?;
    change(app, |file| {
        let mut settings = part(file, SETTINGS);
        settings.extend(fields);
        file.insert(SETTINGS.to_owned(), settings.into());
    })
}

/// The profile that the main window showed last.
pub fn last_profile(shell: &Shell) -> Option<ProfileId> {
    read(&path(shell)).ok()?.get(LAST_PROFILE)?.as_str()?.parse().ok()
}

/// Remembers the profile that the main window shows.
pub fn remember_profile<R: Runtime>(app: &AppHandle<R>, profile: ProfileId) {
    let kept = change(app, |file| {
        file.insert(LAST_PROFILE.to_owned(), profile.to_string().into());
    });
    if let Err(error) = kept {
        tracing::warn!(%error, detail = error.detail, "the open profile is not remembered");
    }
}

/// Changes the file: the only place that reads it in order to write it.
fn change<R: Runtime>(
    app: &AppHandle<R>,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Result<(), StudioError> {
    let shell = app.state::<Shell>();
    let _turn = shell.settings_file();
    let path = path(&shell);
    // A file that cannot be read now must not be overwritten.
    let mut file = read(&path).map_err(|error| unsaved(&error))?;
    change(&mut file);
    write(app, &path, file).map_err(|error| unsaved(&error))
}

/// The content of the file; invalid JSON counts as empty.
fn read(path: &Path) -> io::Result<Map<String, Value>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Map::new()),
        Err(error) => Err(error),
    }
}

/// Replaces the file. A store writes in place, which a crash may interrupt, so
/// it writes a draft.
fn write<R: Runtime>(
    app: &AppHandle<R>,
    path: &Path,
    file: Map<String, Value>,
) -> tauri_plugin_store::Result<()> {
    let draft = path.with_extension("json.part");
    let store = StoreBuilder::new(app, &draft).disable_auto_save().create_new().build()?;
    for (name, value) in file {
        store.set(name, value);
    }
    let saved = store.save();
    // Left open, it would write the draft again when the application ends.
    store.close_resource();
    saved?;
    private::close(&draft)?;
    std::fs::OpenOptions::new().write(true).open(&draft)?.sync_all()?;
    Ok(std::fs::rename(&draft, path)?)
}

fn part(file: &Map<String, Value>, name: &str) -> Map<String, Value> {
    file.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn fields_of(value: &impl Serialize) -> Result<Map<String, Value>, StudioError> {
    let value = serde_json::to_value(value).map_err(|error| unsaved(&error))?;
    Ok(value.as_object().cloned().unwrap_or_default())
}

fn path(shell: &Shell) -> PathBuf {
    shell.data_dir().join(FILE)
}

fn unsaved(error: &dyn std::fmt::Display) -> StudioError {
    StudioError::with_detail(Notice::Settings, error)
}
