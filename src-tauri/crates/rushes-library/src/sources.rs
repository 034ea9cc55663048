//! Source videos: their files and how they are identified. Relinking is in `relinking`.

use std::path::{Path, PathBuf};

use rushes_model::facts::SourceFacts;
use rushes_model::ids::{ProfileId, ProjectId, SourceId};
use rushes_model::notice::RowKind;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::db::Library;
use crate::db::paths::DataDir;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Source, SourceState};
use crate::projects;

const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Source };

/// A source with its path as bytes of the system.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// What the page gets.
    pub source: Source,
    /// Path of the file.
    pub path: PathBuf,
    /// Whether the editor removed it from its project.
    pub removed: bool,
}

/// A source to add.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Id, chosen by the caller, who may name a copy after it.
    pub id: SourceId,
    /// File name.
    pub name: String,
    /// Path of the file.
    pub path: PathBuf,
    /// What the probe found.
    pub facts: SourceFacts,
    /// Hash that identifies the content.
    pub fingerprint: String,
    /// Whether it was copied into the profile's folder.
    pub copied: bool,
}

/// A source as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct SourceColumns {
    id: SourceId,
    project_id: ProjectId,
    name: String,
    path: Vec<u8>,
    facts: Json<SourceFacts>,
    state: SourceState,
    fingerprint: String,
    added_at: i64,
    copied: bool,
    removed_at: Option<i64>,
}

impl SourceColumns {
    fn read(self, data_dir: &DataDir) -> SourceRow {
        let path = data_dir.path_of(&self.path);
        SourceRow {
            source: Source {
                id: self.id,
                project_id: self.project_id,
                name: self.name,
                path: path.to_string_lossy().into_owned(),
                plays_from_us: self.facts.0.start_us,
                facts: self.facts.0,
                state: self.state,
                fingerprint: self.fingerprint,
                added_at_ms: self.added_at,
                copied: self.copied,
            },
            removed: self.removed_at.is_some(),
            path,
        }
    }
}

/// A statement that reads sources (`s`).
macro_rules! select_sources {
    ($which:literal, $($bind:expr),+) => {
        sqlx::query_as!(
            SourceColumns,
            r#"SELECT s.id AS "id: _", s.project_id AS "project_id: _", s.name, s.path, s.facts AS "facts: _",
                      s.state AS "state: _", s.fingerprint, s.added_at, s.copied AS "copied: _", s.removed_at
                 FROM sources s "#
                + $which,
            $($bind),+
        )
    };
}

/// The columns needed to mark a source or to cut from it.
#[derive(Debug)]
pub(crate) struct Footage {
    pub project_id: ProjectId,
    pub name: String,
    pub duration_us: i64,
}

/// The footage of a source, removed from its project or not.
pub(crate) async fn footage(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: SourceId,
) -> LibraryResult<Footage> {
    sqlx::query_as!(
        Footage,
        r#"SELECT project_id AS "project_id: _", name, duration_us FROM sources
            WHERE profile_id = ? AND id = ?"#,
        profile,
        id
    )
    .fetch_optional(connection)
    .await?
    .ok_or(NOT_FOUND)
}

/// One source, removed from its project or not.
pub(crate) async fn find(
    data_dir: &DataDir,
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: SourceId,
) -> LibraryResult<SourceRow> {
    select_sources!("WHERE s.profile_id = ? AND s.id = ?", profile, id)
        .map(|row| row.read(data_dir))
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)
}

/// Besides the key, the only unique index is on paths within a project.
pub(crate) fn taken_path(error: sqlx::Error, name: &str) -> LibraryError {
    LibraryError::unless_unique(error, LibraryError::AlreadyAdded { name: name.to_owned() })
}

async fn insert(
    data_dir: &DataDir,
    connection: &mut SqliteConnection,
    profile: ProfileId,
    project: ProjectId,
    new: &NewSource,
) -> LibraryResult<Source> {
    sqlx::query!(
        "INSERT INTO sources (profile_id, id, project_id, name, path, facts, duration_us,
                              fingerprint, state, copied, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'ready', ?, ?)",
        profile,
        new.id,
        project,
        new.name,
        data_dir.to_bytes(&new.path),
        Json(&new.facts),
        new.facts.duration_us,
        new.fingerprint,
        new.copied,
        crate::now_ms()
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| taken_path(error, &new.name))?;
    Ok(find(data_dir, connection, profile, new.id).await?.source)
}

impl Library {
    /// Adds a source to a project.
    ///
    /// # Errors
    /// [`LibraryError::AlreadyAdded`] if the project already has this path.
    pub async fn add_source(
        &self,
        profile: ProfileId,
        project: ProjectId,
        new: &NewSource,
    ) -> LibraryResult<Source> {
        let mut tx = self.begin().await?;
        projects::require_live(&mut tx, profile, project).await?;
        let source = insert(&self.data_dir, &mut tx, profile, project, new).await?;
        projects::touch(&mut tx, profile, project).await?;
        tx.commit().await?;
        Ok(source)
    }

    /// Adds many sources to a project in one transaction, with a result for each.
    ///
    /// # Errors
    /// One that concerns them all, such as a missing project; then none is added.
    pub async fn add_sources(
        &self,
        profile: ProfileId,
        project: ProjectId,
        new: &[NewSource],
    ) -> LibraryResult<Vec<LibraryResult<Source>>> {
        let mut tx = self.begin().await?;
        projects::require_live(&mut tx, profile, project).await?;
        let mut answers = Vec::with_capacity(new.len());
        for source in new {
            // A refused row fails its statement, not the transaction.
            match insert(&self.data_dir, &mut tx, profile, project, source).await {
                Err(error @ LibraryError::AlreadyAdded { .. }) => answers.push(Err(error)),
                added => answers.push(Ok(added?)),
            }
        }
        if answers.iter().any(Result::is_ok) {
            projects::touch(&mut tx, profile, project).await?;
        }
        tx.commit().await?;
        Ok(answers)
    }

    /// Whether a project has a source with this path.
    pub async fn has_source(
        &self,
        profile: ProfileId,
        project: ProjectId,
        path: &Path,
    ) -> LibraryResult<bool> {
        let mut reader = self.reader.acquire().await?;
        projects::require(&mut reader, profile, project).await?;
        Ok(sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM sources
                WHERE profile_id = ? AND project_id = ? AND path = ? AND removed_at IS NULL) AS "there!: bool""#,
            profile,
            project,
            self.data_dir.to_bytes(path)
        )
        .fetch_one(&mut *reader)
        .await?)
    }

    /// One source with its path, even if it was removed from its project: clips made from
    /// it still need it.
    pub async fn source_row(&self, profile: ProfileId, id: SourceId) -> LibraryResult<SourceRow> {
        find(&self.data_dir, &mut *self.reader.acquire().await?, profile, id).await
    }

    /// The sources of a project or of the whole profile, in the order they were added.
    pub async fn list_sources(
        &self,
        profile: ProfileId,
        project: Option<ProjectId>,
    ) -> LibraryResult<Vec<SourceRow>> {
        if let Some(project) = project {
            projects::require(&mut *self.reader.acquire().await?, profile, project).await?;
        }
        let sources = select_sources!(
            "JOIN projects p ON p.profile_id = s.profile_id AND p.id = s.project_id
             WHERE s.profile_id = ?1 AND s.removed_at IS NULL
               AND iif(?2 IS NULL, p.deleted_at IS NULL, s.project_id = ?2)
             ORDER BY s.id",
            profile,
            project
        )
        .map(|row| row.read(&self.data_dir))
        .fetch_all(&self.reader)
        .await?;
        Ok(sources)
    }

    /// Removes a source from its project, or restores it. Its row and its clips stay either
    /// way.
    pub async fn set_source_removed(
        &self,
        profile: ProfileId,
        id: SourceId,
        removed: bool,
    ) -> LibraryResult<Source> {
        let mut tx = self.begin().await?;
        let before = find(&self.data_dir, &mut tx, profile, id).await?.source;
        sqlx::query!(
            "UPDATE sources SET removed_at = iif(?, ?, NULL) WHERE profile_id = ? AND id = ?",
            removed,
            crate::now_ms(),
            profile,
            id
        )
        .execute(&mut *tx)
        .await
        .map_err(|error| taken_path(error, &before.name))?;
        projects::touch(&mut tx, profile, before.project_id).await?;
        let source = find(&self.data_dir, &mut tx, profile, id).await?.source;
        tx.commit().await?;
        Ok(source)
    }

    /// Records whether a source's file was found, and returns whether that changed. If the
    /// source was relinked since `known` was read, nothing changes: the finding is about
    /// another file.
    pub async fn set_source_state(
        &self,
        profile: ProfileId,
        known: &SourceRow,
        state: SourceState,
    ) -> LibraryResult<bool> {
        let mut tx = self.begin().await?;
        let now = find(&self.data_dir, &mut tx, profile, known.source.id).await?;
        let is_it = now.path == known.path && now.source.fingerprint == known.source.fingerprint;
        if !is_it || now.source.state == state {
            return Ok(false);
        }
        sqlx::query!(
            "UPDATE sources SET state = ? WHERE profile_id = ? AND id = ?",
            state,
            profile,
            known.source.id
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}
