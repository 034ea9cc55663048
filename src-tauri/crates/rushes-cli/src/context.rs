//! The open studio, and lookup of profiles and projects by name or id.

use std::path::{Path, PathBuf};

use rushes_model::ids::ProjectId;
use rushes_model::notice::{LostLibrary, Notice, RowKind, Usage, WayBack};
use rushes_studio::model::{Profile, ProjectQuery};
use rushes_studio::{LibraryError, ProfileSession, Studio, StudioError, StudioOptions, StudioResult, limits};

use crate::args::Global;

/// Opens the studio in a data directory.
pub async fn open(global: &Global, data_dir: PathBuf) -> StudioResult<Studio> {
    let ffmpeg = global.ffmpeg.clone();
    let options = StudioOptions { data_dir: data_dir.clone(), ffmpeg, take_over: false, disk: None };
    Studio::open(options).await.map_err(|error| with_way_back(error, &data_dir))
}

/// Whether the library is missing or damaged.
pub fn is_lost(error: &StudioError) -> bool {
    matches!(error.notice, Notice::LibraryCorrupt { .. } | Notice::LibraryMissing { .. })
}

/// Adds the command that repairs a lost library to an error.
pub fn with_way_back(mut error: StudioError, data_dir: &Path) -> StudioError {
    if Studio::can_restore(data_dir) {
        match &mut error.notice {
            Notice::LibraryCorrupt { why } => *why = WayBack::Terminal,
            Notice::LibraryMissing { why } => *why = LostLibrary::Terminal,
            _ => {}
        }
    }
    error
}

/// The requested data directory, or the one the application uses.
pub fn data_dir(global: &Global) -> StudioResult<PathBuf> {
    if let Some(folder) = &global.data_dir {
        return Ok(std::path::absolute(folder).unwrap_or_else(|_| folder.clone()));
    }
    rushes_studio::data_dir().ok_or_else(|| Notice::Usage { reason: Usage::NoHome }.into())
}

/// The profile with the given name or id; the default profile if none is given.
pub async fn find_profile(studio: &Studio, asked: Option<&str>) -> StudioResult<Profile> {
    let profiles = studio.list_profiles().await?;
    let found = match asked {
        Some(asked) => profiles
            .iter()
            .find(|profile| profile.id.to_string() == asked)
            .or_else(|| profiles.iter().find(|profile| same_name(&profile.name, asked))),
        None => profiles.iter().find(|profile| profile.is_default),
    };
    found.cloned().ok_or_else(|| {
        match asked {
            _ if profiles.is_empty() => Notice::NoProfileYet,
            Some(asked) => Notice::NoProfileNamed { name: asked.to_owned() },
            None => Notice::NoDefaultProfile,
        }
        .into()
    })
}

/// The session of the requested profile.
pub async fn session(studio: &Studio, global: &Global) -> StudioResult<ProfileSession> {
    let profile = find_profile(studio, global.profile.as_deref()).await?;
    studio.open_profile(profile.id).await
}

/// A project by id, or by name if exactly one matches.
pub async fn find_project(session: &ProfileSession, asked: &str) -> StudioResult<ProjectId> {
    find(session, asked, false).await
}

/// A project in the trash, by id or name.
pub async fn find_trashed_project(session: &ProfileSession, asked: &str) -> StudioResult<ProjectId> {
    find(session, asked, true).await
}

/// Like [`find_project`], for an optional argument.
pub async fn find_optional_project(
    session: &ProfileSession,
    asked: Option<&str>,
) -> StudioResult<Option<ProjectId>> {
    match asked {
        Some(asked) => find_project(session, asked).await.map(Some),
        None => Ok(None),
    }
}

async fn find(session: &ProfileSession, asked: &str, trashed: bool) -> StudioResult<ProjectId> {
    if let Ok(id) = asked.parse() {
        return Ok(session.get_project(id).await?.id);
    }
    match projects_named(session, asked, trashed).await?.as_slice() {
        [one] => Ok(*one),
        [] => Err(LibraryError::NotFound { row: RowKind::Project }.into()),
        _ => Err(Notice::Ambiguous.into()),
    }
}

/// The projects with a name, ignoring case.
async fn projects_named(session: &ProfileSession, name: &str, trashed: bool) -> StudioResult<Vec<ProjectId>> {
    let mut found = Vec::new();
    let mut query =
        ProjectQuery { search: Some(name.to_owned()), limit: Some(200), trashed, ..ProjectQuery::default() };
    loop {
        let page = session.list_projects(&query).await?;
        found.extend(
            page.items.iter().filter(|project| same_name(&project.name, name)).map(|project| project.id),
        );
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(found);
        }
    }
}

fn same_name(name: &str, asked: &str) -> bool {
    limits::fold(name) == limits::fold(asked.trim())
}

#[cfg(test)]
mod tests {
    use super::same_name;

    #[test]
    fn names_meet_as_the_library_compares_them() {
        assert!(same_name("Straße", " STRASSE "));
        assert!(!same_name("Ana", "Anna"));
    }
}
