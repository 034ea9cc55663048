//! Pages of clips: filters and sort orders.

use rushes_model::ids::{ProfileId, ProjectId};
use rushes_model::notice::Field;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::rows::{ClipColumns, cuts_column};
use crate::db::Library;
use crate::error::LibraryResult;
use crate::limits;
use crate::model::{Clip, ClipQuery, ClipSort, Page};
use crate::page::{AGE, Cursor, cut_page};
use crate::projects;

fn order(sort: ClipSort) -> (&'static str, bool) {
    match sort {
        ClipSort::Oldest => (AGE, false),
        ClipSort::Newest => (AGE, true),
        ClipSort::Score => ("c.score_bp", true),
        ClipSort::Rating => ("c.rating", true),
        ClipSort::Duration => ("c.duration_us", true),
        // It starts with the folded name.
        ClipSort::Name => ("c.search_text", false),
    }
}

impl Library {
    /// A page of the clips of one project (`project`, or the one in the query), or of the
    /// whole profile.
    pub async fn list_clips(
        &self,
        profile: ProfileId,
        project: Option<ProjectId>,
        asked: &ClipQuery,
    ) -> LibraryResult<Page<Clip>> {
        let limit = limits::page_size(asked.limit, 100, 500)?;
        let min_rating =
            asked.min_rating.map(|rating| limits::within(Field::MinRating, rating, 0, 5)).transpose()?;
        let project = project.or(asked.project_id);
        if let Some(project) = project {
            projects::require(&mut *self.reader.acquire().await?, profile, project).await?;
        }
        let filter = |query: &mut QueryBuilder<Sqlite>| {
            if let Some(project) = project {
                query.push(" AND c.project_id = ").push_bind(project);
            }
            query.push(if asked.trashed {
                " AND c.deleted_at IS NOT NULL"
            } else {
                " AND c.deleted_at IS NULL AND p.deleted_at IS NULL"
            });
            if let Some(search) = asked.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
                query.push(" AND instr(c.search_text, ").push_bind(limits::fold(search)).push(") > 0");
            }
            if let Some(flag) = asked.flag {
                query.push(" AND c.flag = ").push_bind(flag);
            }
            if let Some(rating) = min_rating {
                query.push(" AND c.rating >= ").push_bind(rating);
            }
            if let Some(tag) = asked.tag.clone() {
                query
                    .push(" AND EXISTS (SELECT 1 FROM json_each(c.tags) WHERE value = ")
                    .push_bind(tag)
                    .push(")");
            }
            if let Some(origin) = asked.origin {
                query.push(" AND c.origin = ").push_bind(origin);
            }
            if let Some(status) = asked.final_status {
                query.push(" AND c.final_status = ").push_bind(status);
            }
            if let Some(shortest) = asked.min_duration_us {
                query.push(" AND c.duration_us >= ").push_bind(shortest);
            }
            if let Some(limit) = asked.below_duration_us {
                query.push(" AND c.duration_us < ").push_bind(limit);
            }
            if let Some(since) = asked.made_since_ms {
                query.push(" AND c.created_at >= ").push_bind(since);
            }
        };
        let (key, descending) = order(asked.sort);

        let mut query = QueryBuilder::<Sqlite>::new(concat!(
            "SELECT c.*, p.name AS project_name, ",
            cuts_column!(),
            " FROM clips c
               JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
              WHERE c.profile_id = ",
        ));
        query.push_bind(profile);
        filter(&mut query);
        if let Some(cursor) = asked.cursor.as_deref() {
            let cursor = Cursor::parse(cursor)?;
            if key == AGE {
                query.push(if descending { " AND c.id < " } else { " AND c.id > " }).push_bind(cursor.id);
            } else {
                cursor.push(&mut query, key, "c.id", descending);
            }
        }
        let direction = if descending { " DESC" } else { "" };
        if key == AGE {
            query.push(format_args!(" ORDER BY c.id{direction}"));
        } else {
            query.push(format_args!(" ORDER BY {key}{direction}, c.id{direction}"));
        }
        query.push(" LIMIT ").push_bind(limit + 1);
        let found = query.build().fetch_all(&self.reader).await?;
        let (found, last) = cut_page(&found, limit);
        let items = found
            .iter()
            .map(|row| ClipColumns::from_row(row).map(Clip::from))
            .collect::<Result<Vec<_>, _>>()?;
        let next_cursor = last.map(|row| Cursor::of_row(row, key, "id")).transpose()?.map(|c| c.to_text());

        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT count(*) FROM clips c
               JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
              WHERE c.profile_id = ",
        );
        query.push_bind(profile);
        filter(&mut query);
        let total = query.build_query_scalar().fetch_one(&self.reader).await?;
        Ok(Page { items, next_cursor, total })
    }

    /// Every tag in use outside the trash, sorted alphabetically.
    pub async fn list_tags(&self, profile: ProfileId) -> LibraryResult<Vec<String>> {
        let mut tags = sqlx::query_scalar!(
            r#"SELECT DISTINCT CAST(tag.value AS TEXT) AS "tag!: String" FROM clips c
               JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
               JOIN json_each(c.tags) AS tag
              WHERE c.profile_id = ? AND c.deleted_at IS NULL AND p.deleted_at IS NULL"#,
            profile
        )
        .fetch_all(&self.reader)
        .await?;
        tags.sort_by_cached_key(|tag| (limits::fold(tag), tag.clone()));
        Ok(tags)
    }
}
