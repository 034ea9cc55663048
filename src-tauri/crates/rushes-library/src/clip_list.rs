//! Pages of clips: filters, sort orders and keyset cursors.

use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::clips;
use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ProfileId, ProjectId};
use crate::limits;
use crate::model::{Clip, ClipQuery, ClipSort, Page};
use crate::open::Library;

/// Where a page ended: the sort value and the id of its last row.
pub(crate) struct Cursor {
    /// A number or a text.
    pub value: Value,
    /// Breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// As handed to the caller. Cursors are opaque; they hold nothing that the
    /// page before did not show.
    pub fn to_text(&self) -> String {
        Value::from(vec![self.value.clone(), self.id.to_string().into()]).to_string()
    }

    /// Reads a cursor back.
    pub fn parse(text: &str) -> LibraryResult<Self> {
        let refused = || LibraryError::invalid("cursor", "Begin again at the first page of this list.");
        let (value, id): (Value, Uuid) = serde_json::from_str(text).map_err(|_| refused())?;
        if value.is_i64() || value.is_string() { Ok(Self { value, id }) } else { Err(refused()) }
    }

    /// Adds the condition that a row comes after this place.
    pub fn push(&self, query: &mut QueryBuilder<Sqlite>, key: &str, id: &str, descending: bool) {
        let after = if descending { "<" } else { ">" };
        query.push(format_args!(" AND ({key}, {id}) {after} ("));
        match self.value.as_i64() {
            Some(number) => query.push_bind(number),
            None => query.push_bind(self.value.as_str().unwrap_or_default().to_owned()),
        };
        query.push(", ").push_bind(self.id).push(")");
    }
}

struct Order {
    key: &'static str,
    descending: bool,
    value: fn(&Clip) -> Value,
}

fn order(sort: ClipSort) -> Order {
    let (key, descending, value): (_, _, fn(&Clip) -> Value) = match sort {
        // UUIDv7 is ordered by time; the constant leaves the order to the id.
        ClipSort::Oldest => ("0", false, |_| 0.into()),
        ClipSort::Newest => ("0", true, |_| 0.into()),
        ClipSort::Score => ("c.score_bp", true, |clip| clip.score_bp.into()),
        ClipSort::Rating => ("c.rating", true, |clip| clip.rating.into()),
        ClipSort::Duration => ("c.duration_us", true, |clip| clip.duration_us.into()),
        ClipSort::Name => ("c.name", false, |clip| clip.name.clone().into()),
    };
    Order { key, descending, value }
}

impl Library {
    /// A page of the clips of one project, or of the whole profile.
    pub async fn list_clips(
        &self,
        profile: ProfileId,
        project: Option<ProjectId>,
        asked: &ClipQuery,
    ) -> LibraryResult<Page<Clip>> {
        let limit = limits::page_size(asked.limit, 100, 500)?;
        if let Some(project) = project {
            self.get_project(profile, project).await?;
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
            if let Some(rating) = asked.min_rating {
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
        };
        let Order { key, descending, value } = order(asked.sort);

        let mut query = QueryBuilder::<Sqlite>::new(clips::SELECT);
        query.push_bind(profile);
        filter(&mut query);
        if let Some(cursor) = asked.cursor.as_deref() {
            let cursor = Cursor::parse(cursor)?;
            if key == "0" {
                query.push(if descending { " AND c.id < " } else { " AND c.id > " }).push_bind(cursor.id);
            } else {
                cursor.push(&mut query, key, "c.id", descending);
            }
        }
        let direction = if descending { " DESC" } else { "" };
        if key == "0" {
            query.push(format_args!(" ORDER BY c.id{direction}"));
        } else {
            query.push(format_args!(" ORDER BY {key}{direction}, c.id{direction}"));
        }
        query.push(" LIMIT ").push_bind(limit + 1);
        let rows = query.build().fetch_all(&self.reader).await?;
        let mut items = rows.iter().map(clips::read).collect::<Result<Vec<_>, _>>()?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor =
            items.last().filter(|_| more).map(|last| Cursor { value: value(last), id: last.id.0 }.to_text());

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

    /// Every tag in use outside the trash, in alphabetical order.
    pub async fn list_tags(&self, profile: ProfileId) -> LibraryResult<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT tag.value FROM clips c, json_each(c.tags) AS tag
              WHERE c.profile_id = ? AND c.deleted_at IS NULL ORDER BY 1",
        )
        .bind(profile)
        .fetch_all(&self.reader)
        .await?)
    }
}
