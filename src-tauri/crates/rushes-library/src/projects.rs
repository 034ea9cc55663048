//! Projects and the counts that their cards show.

use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::clip_list::Cursor;
use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ClipId, ProfileId, ProjectId};
use crate::limits::{self, DESCRIPTION_CHARS};
use crate::model::{NewProject, Page, Project, ProjectCounts, ProjectPatch, ProjectQuery, ProjectSort};
use crate::open::Library;

pub(crate) const NOT_FOUND: LibraryError = LibraryError::NotFound { what: "project" };

const SELECT: &str = "SELECT p.id, p.name, p.description, p.context, p.target_duration_us, p.status,
        p.created_at, p.updated_at, p.deleted_at,
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
            AND c.raw_state = 'ready'
          ORDER BY c.flag = 'picked' DESC, c.score_bp DESC, c.id LIMIT 4)) AS covers
     FROM projects p WHERE p.profile_id = ";

fn read(row: &SqliteRow) -> Result<Project, sqlx::Error> {
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

impl Library {
    /// Makes a project.
    pub async fn create_project(&self, profile: ProfileId, new: &NewProject) -> LibraryResult<Project> {
        let name = limits::name("name", &new.name)?;
        let description = limits::text("description", &new.description, DESCRIPTION_CHARS)?;
        let context = limits::text("context", &new.context, DESCRIPTION_CHARS)?;
        let target = limits::target_duration(
            "target_duration_us",
            new.target_duration_us.unwrap_or(limits::TARGET_DEFAULT_US),
        )?;
        let id = ProjectId::new();
        let now = crate::now_ms();
        sqlx::query(
            "INSERT INTO projects (profile_id, id, name, description, context, search_text,
                                   target_duration_us, status, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)",
        )
        .bind(profile)
        .bind(id)
        .bind(&name)
        .bind(&description)
        .bind(&context)
        .bind(search_text(&name, &description))
        .bind(target)
        .bind(now)
        .bind(now)
        .execute(&self.writer)
        .await?;
        self.get_project(profile, id).await
    }

    /// One project, in the trash or not.
    pub async fn get_project(&self, profile: ProfileId, id: ProjectId) -> LibraryResult<Project> {
        let mut query = QueryBuilder::<Sqlite>::new(SELECT);
        query.push_bind(profile).push(" AND p.id = ").push_bind(id);
        let row = query.build().fetch_optional(&self.reader).await?.ok_or(NOT_FOUND)?;
        Ok(read(&row)?)
    }

    /// One project that is not in the trash: what work is done on.
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
        query.push_bind(profile);
        filter(&mut query);
        if let Some(cursor) = asked.cursor.as_deref() {
            Cursor::parse(cursor)?.push(&mut query, key, "p.id", descending);
        }
        let direction = if descending { " DESC" } else { "" };
        query.push(format_args!(" ORDER BY {key}{direction}, p.id{direction} LIMIT ")).push_bind(limit + 1);
        let rows = query.build().fetch_all(&self.reader).await?;

        let mut items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor = items.last().filter(|_| more).map(|last| {
            let value = match asked.sort {
                ProjectSort::Recent => last.updated_at_ms.into(),
                ProjectSort::Created => last.created_at_ms.into(),
                ProjectSort::Name => search_text(&last.name, &last.description).into(),
            };
            Cursor { value, id: last.id.0 }.to_text()
        });

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
        let now = self.live_project(profile, id).await?;
        let name = patch.name.as_deref().map_or(Ok(now.name), |v| limits::name("name", v))?;
        let description = patch
            .description
            .as_deref()
            .map_or(Ok(now.description), |v| limits::text("description", v, DESCRIPTION_CHARS))?;
        let context = patch
            .context
            .as_deref()
            .map_or(Ok(now.context), |v| limits::text("context", v, DESCRIPTION_CHARS))?;
        let target = limits::target_duration(
            "target_duration_us",
            patch.target_duration_us.unwrap_or(now.target_duration_us),
        )?;
        sqlx::query(
            "UPDATE projects SET name = ?, description = ?, context = ?, search_text = ?,
                    target_duration_us = ?, status = ?, updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(&name)
        .bind(&description)
        .bind(&context)
        .bind(search_text(&name, &description))
        .bind(target)
        .bind(patch.status.unwrap_or(now.status))
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        self.get_project(profile, id).await
    }

    /// Puts a project into the trash, or takes it out again.
    pub async fn set_project_trashed(
        &self,
        profile: ProfileId,
        id: ProjectId,
        trashed: bool,
    ) -> LibraryResult<Project> {
        let done = sqlx::query(
            "UPDATE projects SET deleted_at = iif(?, coalesce(deleted_at, ?), NULL)
             WHERE profile_id = ? AND id = ?",
        )
        .bind(trashed)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 {
            return Err(NOT_FOUND);
        }
        self.get_project(profile, id).await
    }
}
