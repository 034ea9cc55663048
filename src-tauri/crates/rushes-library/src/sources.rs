//! Source videos: their files and how they are identified. Relinking is in `relinking`.

use std::path::{Path, PathBuf};

use rushes_model::facts::SourceFacts;
use rushes_model::ids::{ProfileId, ProjectId, SourceId};
use rushes_model::notice::RowKind;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{Row, SqliteConnection};

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

pub(crate) fn read(data_dir: &DataDir, row: &SqliteRow) -> Result<SourceRow, sqlx::Error> {
    let path = data_dir.path_of(row.try_get::<&[u8], _>("path")?);
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

/// The columns needed to mark a source or to cut from it.
#[derive(Debug, sqlx::FromRow)]
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
    sqlx::query_as("SELECT project_id, name, duration_us FROM sources WHERE profile_id = ? AND id = ?")
        .bind(profile)
        .bind(id)
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
    let row = sqlx::query("SELECT * FROM sources WHERE profile_id = ? AND id = ?")
        .bind(profile)
        .bind(id)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)?;
    Ok(read(data_dir, &row)?)
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
    sqlx::query(
        "INSERT INTO sources (profile_id, id, project_id, name, path, facts, duration_us,
                              fingerprint, state, copied, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'ready', ?, ?)",
    )
    .bind(profile)
    .bind(new.id)
    .bind(project)
    .bind(&new.name)
    .bind(data_dir.to_bytes(&new.path))
    .bind(Json(&new.facts))
    .bind(new.facts.duration_us)
    .bind(&new.fingerprint)
    .bind(new.copied)
    .bind(crate::now_ms())
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
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sources
              WHERE profile_id = ? AND project_id = ? AND path = ? AND removed_at IS NULL)",
        )
        .bind(profile)
        .bind(project)
        .bind(self.data_dir.to_bytes(path))
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
        rows.iter().map(|row| read(&self.data_dir, row).map_err(Into::into)).collect()
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
        sqlx::query("UPDATE sources SET removed_at = iif(?, ?, NULL) WHERE profile_id = ? AND id = ?")
            .bind(removed)
            .bind(crate::now_ms())
            .bind(profile)
            .bind(id)
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
        sqlx::query("UPDATE sources SET state = ? WHERE profile_id = ? AND id = ?")
            .bind(state)
            .bind(profile)
            .bind(known.source.id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}
