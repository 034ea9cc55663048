//! Profiles: managing them, and opening one in a window.

use rushes_model::ids::ProfileId;
use rushes_model::notice::Notice;
use rushes_studio::model::{Profile, ProfileSettingsPatch};
use rushes_studio::{LeftBehind, ProfileOverview, StudioResult};
use serde::Serialize;
use tauri::{AppHandle, Runtime};

use crate::shell::{Caller, Shell, WindowSession};
use crate::{settings, windows};

/// The profile that a window shows.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct OpenProfile {
    /// The profile.
    pub profile: Profile,
    /// Where its films and pictures are served, for as long as the window shows it.
    pub media_base: String,
}

/// All profiles, oldest first; with its settings only the one that the calling
/// window shows.
#[tauri::command]
#[specta::specta]
pub async fn list_profiles(shell: Shell, caller: Caller) -> StudioResult<Vec<Profile>> {
    let mut profiles = shell.studio().await?.list_profiles().await?;
    if let Some((session, _)) = shell.shown(&caller.0)
        && let Some(shown) = profiles.iter_mut().find(|profile| profile.id == session.profile_id())
    {
        *shown = session.profile().await?;
    }
    Ok(profiles)
}

/// Makes a profile.
#[tauri::command]
#[specta::specta]
pub async fn create_profile(shell: Shell, name: String, colour: String) -> StudioResult<Profile> {
    shell.studio().await?.create_profile(&name, &colour).await
}

/// Gives a profile another name.
#[tauri::command]
#[specta::specta]
pub async fn rename_profile(shell: Shell, id: ProfileId, name: String) -> StudioResult<Profile> {
    shell.studio().await?.rename_profile(id, &name).await
}

/// Gives a profile another colour.
#[tauri::command]
#[specta::specta]
pub async fn recolour_profile(shell: Shell, id: ProfileId, colour: String) -> StudioResult<Profile> {
    shell.studio().await?.recolour_profile(id, &colour).await
}

/// Makes a profile the one that the application opens with at first.
#[tauri::command]
#[specta::specta]
pub async fn set_default_profile(shell: Shell, id: ProfileId) -> StudioResult<Profile> {
    shell.studio().await?.set_default_profile(id).await
}

/// Deletes a profile with everything in it, and tells which finals it leaves in
/// other folders; refused unless its name is given, and for the only one.
#[tauri::command]
#[specta::specta]
pub async fn delete_profile(shell: Shell, id: ProfileId, confirm_name: String) -> StudioResult<LeftBehind> {
    let studio = shell.studio().await?;
    let deleted = studio.delete_profile(id, &confirm_name).await;
    // Windows leave a deleted profile even if some of its files could not be removed.
    if deleted.is_ok() || !studio.list_profiles().await?.iter().any(|profile| profile.id == id) {
        shell.shut_off(id);
    }
    deleted
}

/// Shows a profile in the calling window.
#[tauri::command]
#[specta::specta]
pub async fn open_profile<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    caller: Caller,
    id: ProfileId,
) -> StudioResult<OpenProfile> {
    let session = shell.studio().await?.open_profile(id).await?;
    let profile = session.profile().await?;
    if caller.0 == windows::MAIN {
        settings::remember_profile(&app, id);
    }
    Ok(OpenProfile { profile, media_base: shell.show(&caller.0, session) })
}

/// The profile that the calling window shows; at the start of the main window
/// the one that it showed last.
#[tauri::command]
#[specta::specta]
pub async fn current_profile(shell: Shell, caller: Caller) -> StudioResult<Option<OpenProfile>> {
    let studio = shell.studio().await?;
    if let Some((session, media_base)) = shell.shown(&caller.0) {
        return Ok(Some(OpenProfile { profile: session.profile().await?, media_base }));
    }
    let Some(last) = settings::last_profile(&shell).filter(|_| caller.0 == windows::MAIN) else {
        return Ok(None);
    };
    match studio.open_profile(last).await {
        Ok(session) => {
            let profile = session.profile().await?;
            Ok(Some(OpenProfile { profile, media_base: shell.show(&caller.0, session) }))
        }
        // Deleted meanwhile by another window or the command line.
        Err(error) if matches!(error.notice, Notice::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens another window that shows a profile.
#[tauri::command]
#[specta::specta]
pub async fn open_profile_window<R: Runtime>(
    app: AppHandle<R>,
    shell: Shell,
    id: ProfileId,
) -> StudioResult<()> {
    windows::open_another(&app, shell.studio().await?.open_profile(id).await?)
}

/// What the profile holds.
#[tauri::command]
#[specta::specta]
pub async fn profile_overview(session: WindowSession) -> StudioResult<ProfileOverview> {
    session.profile_overview().await
}

/// Changes what the profile sets for itself; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn update_profile_settings(
    session: WindowSession,
    settings: ProfileSettingsPatch,
) -> StudioResult<Profile> {
    session.update_profile_settings(&settings).await
}
