//! The open studio, and what people call things: a profile or a project may be
//! named or given by id.

use std::path::PathBuf;

use rushes_studio::ids::ProjectId;
use rushes_studio::model::{Profile, ProjectQuery};
use rushes_studio::{LibraryError, ProfileSession, Studio, StudioError, StudioOptions, StudioResult};

use crate::args::Global;

/// Opens the studio in the data directory that was asked for, or the one that
/// the window uses.
pub async fn open(global: &Global) -> StudioResult<Studio> {
    let data_dir = match &global.data_dir {
        Some(folder) => folder.clone(),
        None => default_data_dir()?,
    };
    Studio::open(StudioOptions { data_dir, ffmpeg: global.ffmpeg.clone(), take_over: false }).await
}

/// Where the installed application keeps its data.
pub fn default_data_dir() -> StudioResult<PathBuf> {
    dirs::data_dir().map(|folder| folder.join("org.rushes.desktop")).ok_or_else(|| {
        StudioError::new("usage", "There is no home directory. Name a data directory with --data-dir.")
    })
}

/// The profile of that name or id; the default one where none is named.
pub async fn find_profile(studio: &Studio, asked: Option<&str>) -> StudioResult<Profile> {
    let profiles = studio.list_profiles().await?;
    let found = match asked {
        Some(asked) => profiles
            .into_iter()
            .find(|profile| profile.id.to_string() == asked || profile.name.to_lowercase() == asked.to_lowercase()),
        None => profiles.into_iter().find(|profile| profile.is_default),
    };
    found.ok_or_else(|| LibraryError::NotFound { what: "profile" }.into())
}

/// The session of the profile that was asked for.
pub async fn session(studio: &Studio, global: &Global) -> StudioResult<ProfileSession> {
    let profile = find_profile(studio, global.profile.as_deref()).await?;
    studio.open_profile(profile.id).await
}

/// A project by id, or by its name where exactly one bears it.
pub async fn find_project(session: &ProfileSession, asked: &str) -> StudioResult<ProjectId> {
    if let Ok(id) = asked.parse() {
        return Ok(session.get_project(id).await?.id);
    }
    let named = project_named(session, asked).await?;
    match named.as_slice() {
        [one] => Ok(*one),
        [] => Err(LibraryError::NotFound { what: "project" }.into()),
        _ => Err(StudioError::new(
            "ambiguous",
            "Several projects bear this name. Give the id that `project list` shows.",
        )),
    }
}

/// The projects that bear a name, regardless of case.
pub async fn project_named(session: &ProfileSession, name: &str) -> StudioResult<Vec<ProjectId>> {
    let mut found = Vec::new();
    let mut query =
        ProjectQuery { search: Some(name.to_owned()), limit: Some(200), ..ProjectQuery::default() };
    loop {
        let page = session.list_projects(&query).await?;
        found.extend(
            page.items
                .into_iter()
                .filter(|project| project.name.to_lowercase() == name.trim().to_lowercase())
                .map(|project| project.id),
        );
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(found);
        }
    }
}
