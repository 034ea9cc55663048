//! Projects and the counts on their cards.

use rushes_model::ids::{ClipId, ProfileId, ProjectId};
use rushes_model::notice::{Field, RowKind};
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits::{self, DESCRIPTION_CHARS};
use crate::model::{NewProject, Page, Project, ProjectCounts, ProjectPatch, ProjectQuery, ProjectSort};
use crate::page::{Cursor, cut_page};

pub(crate) const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Project };

pub(crate) const SELECT: &str =
    "SELECT p.id, p.name, p.description, p.context, p.target_duration_us, p.status,
        p.search_text, p.created_at, p.updated_at, p.deleted_at,
        (SELECT count(*) FROM sources s
          WHERE s.profile_id = p.profile_id AND s.project_id = p.id AND s.removed_at IS NULL) AS sources,
        (SELECT coalesce(sum(s.duration_us), 0) FROM sources s
          WHERE s.profile_id = p.profile_id AND s.project_id = p.id AND s.removed_at IS NULL) AS sources_us,
        (SELECT json_array(count(*), count(*) FILTER (WHERE c.flag = 'picked'),
                           count(*) FILTER (WHERE c.flag = 'rejected')) FROM clips c
          WHERE c.profile_id = p.profile_id AND c.project_id = p.id AND c.deleted_at IS NULL) AS clips,
        (SELECT count(*) FROM exports e JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
          WHERE e.profile_id = p.profile_id AND e.project_id = p.id AND c.deleted_at IS NULL) AS finals,
        (SELECT json_group_array(lower(hex(id))) FROM (SELECT c.id FROM clips c
          WHERE c.profile_id = p.profile_id AND c.project_id = p.id AND c.deleted_at IS NULL
          ORDER BY c.flag = 'picked' DESC, c.score_bp DESC, c.id LIMIT 4)) AS covers
     FROM projects p";

pub(crate) fn read(row: &SqliteRow) -> Result<Project, sqlx::Error> {
    let Json((clips, picked, rejected)) = row.try_get::<Json<(u32, u32, u32)>, _>("clips")?;
    Ok(Project {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        context: row.try_get("context")?,
        target_duration_us: row.try_get("target_duration_us")?,
        status: row.try_get("status")?,
        created_at_ms: row.try_get("created_at")?,
        updated_at_ms: row.try_get("updated_at")?,
        deleted_at_ms: row.try_get("deleted_at")?,
        counts: ProjectCounts {
            sources: row.try_get("sources")?,
            sources_us: row.try_get("sources_us")?,
            clips,
            picked,
            rejected,
            finals: row.try_get("finals")?,
        },
        cover_clips: row.try_get::<Json<Vec<ClipId>>, _>("covers")?.0,
    })
}

fn search_text(name: &str, description: &str) -> String {
    limits::fold(&format!("{name}\n{description}"))
}

/// One project, in the trash or not.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ProjectId,
) -> LibraryResult<Project> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push(" WHERE p.profile_id = ").push_bind(profile).push(" AND p.id = ").push_bind(id);
    let row = query.build().fetch_optional(connection).await?.ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// Fails unless the project exists, in the trash or not.
pub(crate) async fn require(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ProjectId,
) -> LibraryResult<()> {
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM projects WHERE profile_id = ? AND id = ?) AS "there!: bool""#,
        profile,
        id
    )
    .fetch_one(connection)
    .await?;
    if there { Ok(()) } else { Err(NOT_FOUND) }
}

/// Fails unless the project exists and is not in the trash.
pub(crate) async fn require_live(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ProjectId,
) -> LibraryResult<()> {
    let live = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM projects
            WHERE profile_id = ? AND id = ? AND deleted_at IS NULL) AS "live!: bool""#,
        profile,
        id
    )
    .fetch_one(connection)
    .await?;
    if live { Ok(()) } else { Err(NOT_FOUND) }
}

/// Updates a project's change time after its contents changed.
pub(crate) async fn touch(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ProjectId,
) -> LibraryResult<()> {
    sqlx::query!(
        "UPDATE projects SET updated_at = ? WHERE profile_id = ? AND id = ?",
        crate::now_ms(),
        profile,
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Library {
    /// Creates a project.
    pub async fn create_project(&self, profile: ProfileId, new: &NewProject) -> LibraryResult<Project> {
        let name = limits::name(Field::Name, &new.name)?;
        let description = limits::text(Field::Description, &new.description, DESCRIPTION_CHARS)?;
        let context = limits::text(Field::Context, &new.context, DESCRIPTION_CHARS)?;
        let target = limits::target_duration(
            Field::TargetDurationUs,
            new.target_duration_us.unwrap_or(limits::TARGET_DEFAULT_US),
        )?;
        let id = ProjectId::new();
        let now = crate::now_ms();
        sqlx::query!(
            "INSERT INTO projects (profile_id, id, name, description, context, search_text,
                                   target_duration_us, status, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)",
            profile,
            id,
            name,
            description,
            context,
            search_text(&name, &description),
            target,
            now,
            now
        )
        .execute(&self.writer)
        .await?;
        self.get_project(profile, id).await
    }

    /// One project, in the trash or not.
    pub async fn get_project(&self, profile: ProfileId, id: ProjectId) -> LibraryResult<Project> {
        find(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// One project, unless it is in the trash.
    pub async fn live_project(&self, profile: ProfileId, id: ProjectId) -> LibraryResult<Project> {
        let project = self.get_project(profile, id).await?;
        if project.deleted_at_ms.is_some() { Err(NOT_FOUND) } else { Ok(project) }
    }

    /// A page of projects.
    pub async fn list_projects(
        &self,
        profile: ProfileId,
        asked: &ProjectQuery,
    ) -> LibraryResult<Page<Project>> {
        let limit = limits::page_size(asked.limit, 50, 200)?;
        let filter = |query: &mut QueryBuilder<Sqlite>| {
            query.push(if asked.trashed {
                " AND p.deleted_at IS NOT NULL"
            } else {
                " AND p.deleted_at IS NULL"
            });
            if let Some(status) = asked.status {
                query.push(" AND p.status = ").push_bind(status);
            }
            if let Some(search) = asked.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
                query.push(" AND instr(p.search_text, ").push_bind(limits::fold(search)).push(") > 0");
            }
        };
        let (key, descending) = match asked.sort {
            ProjectSort::Recent => ("p.updated_at", true),
            ProjectSort::Created => ("p.created_at", true),
            ProjectSort::Name => ("p.search_text", false),
        };
        let mut query = QueryBuilder::<Sqlite>::new(SELECT);
        query.push(" WHERE p.profile_id = ").push_bind(profile);
        filter(&mut query);
        if let Some(cursor) = asked.cursor.as_deref() {
            Cursor::parse(cursor)?.push(&mut query, key, "p.id", descending);
        }
        let direction = if descending { " DESC" } else { "" };
        query.push(format_args!(" ORDER BY {key}{direction}, p.id{direction} LIMIT ")).push_bind(limit + 1);
        let rows = query.build().fetch_all(&self.reader).await?;

        let (rows, last) = cut_page(&rows, limit);
        let items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let next_cursor = last.map(|row| Cursor::of_row(row, key, "id")).transpose()?.map(|c| c.to_text());

        let mut query = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM projects p WHERE p.profile_id = ");
        query.push_bind(profile);
        filter(&mut query);
        let total = query.build_query_scalar().fetch_one(&self.reader).await?;
        Ok(Page { items, next_cursor, total })
    }

    /// Changes a project; absent fields stay.
    pub async fn update_project(
        &self,
        profile: ProfileId,
        id: ProjectId,
        patch: &ProjectPatch,
    ) -> LibraryResult<Project> {
        // Read and written in one transaction, so that two windows can change two fields at
        // once.
        let mut tx = self.begin().await?;
        let now = find(&mut tx, profile, id).await?;
        if now.deleted_at_ms.is_some() {
            return Err(NOT_FOUND);
        }
        let name = patch.name.as_deref().map_or(Ok(now.name), |v| limits::name(Field::Name, v))?;
        let description = patch
            .description
            .as_deref()
            .map_or(Ok(now.description), |v| limits::text(Field::Description, v, DESCRIPTION_CHARS))?;
        let context = patch
            .context
            .as_deref()
            .map_or(Ok(now.context), |v| limits::text(Field::Context, v, DESCRIPTION_CHARS))?;
        let target = limits::target_duration(
            Field::TargetDurationUs,
            patch.target_duration_us.unwrap_or(now.target_duration_us),
        )?;
        sqlx::query!(
            "UPDATE projects SET name = ?, description = ?, context = ?, search_text = ?,
                    target_duration_us = ?, status = ?, updated_at = ?
             WHERE profile_id = ? AND id = ?",
            name,
            description,
            context,
            search_text(&name, &description),
            target,
            patch.status.unwrap_or(now.status),
            crate::now_ms(),
            profile,
            id
        )
        .execute(&mut *tx)
        .await?;
        let project = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(project)
    }

    /// Moves a project to the trash, or restores it.
    pub async fn set_project_trashed(
        &self,
        profile: ProfileId,
        id: ProjectId,
        trashed: bool,
    ) -> LibraryResult<Project> {
        let done = sqlx::query!(
            "UPDATE projects SET deleted_at = iif(?, coalesce(deleted_at, ?), NULL)
             WHERE profile_id = ? AND id = ?",
            trashed,
            crate::now_ms(),
            profile,
            id
        )
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 {
            return Err(NOT_FOUND);
        }
        self.get_project(profile, id).await
    }
}
