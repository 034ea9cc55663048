//! Source videos: where they lie, and how they are known.

use std::path::{Path, PathBuf};

use rushes_media::facts::SourceFacts;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;

use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ProfileId, ProjectId, SourceId};
use crate::model::{Source, SourceState};
use crate::open::Library;
use crate::paths;

const NOT_FOUND: LibraryError = LibraryError::NotFound { what: "source" };

/// A source with its path as the system's own bytes.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// What is shown.
    pub source: Source,
    /// Where it lies.
    pub path: PathBuf,
    /// Whether the editor removed it from its project.
    pub removed: bool,
}

/// A source to be added.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Identity; chosen by the caller, who may name a copy after it.
    pub id: SourceId,
    /// File name.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What the probe told.
    pub facts: SourceFacts,
    /// Identity of the content.
    pub fingerprint: String,
    /// Whether it was copied into the profile's folder.
    pub copied: bool,
}

fn read(row: &SqliteRow) -> Result<SourceRow, sqlx::Error> {
    let path = paths::from_bytes(row.try_get::<&[u8], _>("path")?);
    Ok(SourceRow {
        source: Source {
            id: row.try_get("id")?,
            project_id: row.try_get("project_id")?,
            name: row.try_get("name")?,
            path: path.to_string_lossy().into_owned(),
            facts: row.try_get::<Json<SourceFacts>, _>("facts")?.0,
            state: row.try_get("state")?,
            fingerprint: row.try_get("fingerprint")?,
            added_at_ms: row.try_get("added_at")?,
            copied: row.try_get("copied")?,
        },
        removed: row.try_get::<Option<i64>, _>("removed_at")?.is_some(),
        path,
    })
}

impl Library {
    /// Adds a source to a project.
    ///
    /// # Errors
    /// [`LibraryError::AlreadyAdded`] where the project has a source of that path.
    pub async fn add_source(
        &self,
        profile: ProfileId,
        project: ProjectId,
        new: &NewSource,
    ) -> LibraryResult<Source> {
        let inserted = sqlx::query(
            "INSERT INTO sources (profile_id, id, project_id, name, path, facts, duration_us,
                                  fingerprint, state, copied, added_at)
             SELECT ?, ?, id, ?, ?, ?, ?, ?, 'ready', ?, ? FROM projects
              WHERE profile_id = ? AND id = ? AND deleted_at IS NULL",
        )
        .bind(profile)
        .bind(new.id)
        .bind(&new.name)
        .bind(paths::to_bytes(&new.path))
        .bind(Json(&new.facts))
        .bind(new.facts.duration_us)
        .bind(&new.fingerprint)
        .bind(new.copied)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(project)
        .execute(&self.writer)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(database) if database.is_unique_violation() => {
                LibraryError::AlreadyAdded { name: new.name.clone() }
            }
            _ => error.into(),
        })?;
        if inserted.rows_affected() == 0 {
            return Err(crate::projects::NOT_FOUND);
        }
        Ok(self.source_row(profile, new.id).await?.source)
    }

    /// Whether a project has a source of that path.
    pub async fn has_source(
        &self,
        profile: ProfileId,
        project: ProjectId,
        path: &Path,
    ) -> LibraryResult<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sources
              WHERE profile_id = ? AND project_id = ? AND path = ? AND removed_at IS NULL)",
        )
        .bind(profile)
        .bind(project)
        .bind(paths::to_bytes(path))
        .fetch_one(&self.reader)
        .await?)
    }

    /// One source with its path, removed from its project or not: clips made
    /// from it still need it.
    pub async fn source_row(&self, profile: ProfileId, id: SourceId) -> LibraryResult<SourceRow> {
        let row = sqlx::query("SELECT * FROM sources WHERE profile_id = ? AND id = ?")
            .bind(profile)
            .bind(id)
            .fetch_optional(&self.reader)
            .await?
            .ok_or(NOT_FOUND)?;
        Ok(read(&row)?)
    }

    /// The sources of a project, or of the whole profile, in the order of their adding.
    pub async fn list_sources(
        &self,
        profile: ProfileId,
        project: Option<ProjectId>,
    ) -> LibraryResult<Vec<SourceRow>> {
        if let Some(project) = project {
            self.get_project(profile, project).await?;
        }
        let rows = sqlx::query(
            "SELECT s.* FROM sources s
               JOIN projects p ON p.profile_id = s.profile_id AND p.id = s.project_id
              WHERE s.profile_id = ?1 AND s.removed_at IS NULL
                AND iif(?2 IS NULL, p.deleted_at IS NULL, s.project_id = ?2)
              ORDER BY s.id",
        )
        .bind(profile)
        .bind(project)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| read(row).map_err(Into::into)).collect()
    }

    /// Removes a source from its project, or brings it back. Its row and its
    /// clips stay either way.
    pub async fn set_source_removed(
        &self,
        profile: ProfileId,
        id: SourceId,
        removed: bool,
    ) -> LibraryResult<Source> {
        let row = self.source_row(profile, id).await?;
        sqlx::query("UPDATE sources SET removed_at = iif(?, ?, NULL) WHERE profile_id = ? AND id = ?")
            .bind(removed)
            .bind(crate::now_ms())
            .bind(profile)
            .bind(id)
            .execute(&self.writer)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(database) if database.is_unique_violation() => {
                    LibraryError::AlreadyAdded { name: row.source.name.clone() }
                }
                _ => error.into(),
            })?;
        Ok(self.source_row(profile, id).await?.source)
    }

    /// Notes that a source's file is there or is not.
    pub async fn set_source_state(
        &self,
        profile: ProfileId,
        id: SourceId,
        state: SourceState,
    ) -> LibraryResult<()> {
        sqlx::query("UPDATE sources SET state = ? WHERE profile_id = ? AND id = ?")
            .bind(state)
            .bind(profile)
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Points a source at another file, with what the probe told of it.
    pub async fn relink_source(
        &self,
        profile: ProfileId,
        id: SourceId,
        to: &NewSource,
    ) -> LibraryResult<Source> {
        let done = sqlx::query(
            "UPDATE sources SET path = ?, name = ?, facts = ?, duration_us = ?, fingerprint = ?,
                    state = 'ready', copied = 0
             WHERE profile_id = ? AND id = ?",
        )
        .bind(paths::to_bytes(&to.path))
        .bind(&to.name)
        .bind(Json(&to.facts))
        .bind(to.facts.duration_us)
        .bind(&to.fingerprint)
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(database) if database.is_unique_violation() => {
                LibraryError::AlreadyAdded { name: to.name.clone() }
            }
            _ => error.into(),
        })?;
        if done.rows_affected() == 0 {
            return Err(NOT_FOUND);
        }
        Ok(self.source_row(profile, id).await?.source)
    }
}
