//! Segments: stretches of sources that the editor has marked.

use rushes_model::ids::{ProfileId, ProjectId, SegmentId, SourceId};
use rushes_model::notice::{Field, Invalid, RowKind};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{NewSegment, Segment, SegmentPatch};
use crate::{projects, sources};

const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Segment };
/// Shortest segment, in microseconds: a few frames at any common frame rate.
const SHORTEST_US: i64 = 100_000;

/// A segment as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct SegmentColumns {
    id: SegmentId,
    project_id: ProjectId,
    source_id: SourceId,
    name: String,
    in_us: i64,
    out_us: i64,
    keywords: Json<Vec<String>>,
    weight: u32,
    position: u32,
}

impl From<SegmentColumns> for Segment {
    fn from(row: SegmentColumns) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            source_id: row.source_id,
            name: row.name,
            in_us: row.in_us,
            out_us: row.out_us,
            keywords: row.keywords.0,
            weight: row.weight,
            position: row.position,
        }
    }
}

/// A statement that reads segments.
macro_rules! select_segments {
    ($which:literal, $($bind:expr),+) => {
        sqlx::query_as!(
            SegmentColumns,
            r#"SELECT id AS "id: _", project_id AS "project_id: _", source_id AS "source_id: _", name, in_us,
                      out_us, keywords AS "keywords: _", weight AS "weight: _", position AS "position: _"
                 FROM segments "#
                + $which,
            $($bind),+
        )
    };
}

/// Checks in and out points against the length of their source.
pub(crate) fn check_points(in_us: i64, out_us: i64, duration_us: i64) -> LibraryResult<()> {
    if in_us < 0 || in_us >= duration_us {
        return Err(LibraryError::invalid(Field::InUs, Invalid::InPointOutside));
    }
    if out_us > duration_us {
        return Err(LibraryError::invalid(Field::OutUs, Invalid::OutPointOutside));
    }
    if out_us < in_us.saturating_add(SHORTEST_US) {
        return Err(LibraryError::invalid(Field::OutUs, Invalid::PieceTooShort));
    }
    Ok(())
}

async fn find(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: SegmentId,
) -> LibraryResult<Segment> {
    select_segments!("WHERE profile_id = ? AND id = ?", profile, id)
        .map(Segment::from)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)
}

async fn of_project(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    project: ProjectId,
) -> LibraryResult<Vec<Segment>> {
    projects::require(connection, profile, project).await?;
    let segments =
        select_segments!("WHERE profile_id = ? AND project_id = ? ORDER BY position, id", profile, project)
            .map(Segment::from)
            .fetch_all(connection)
            .await?;
    Ok(segments)
}

/// Default name of a segment: its source's, without the extension.
fn name_of_source(source: &str) -> String {
    let stem = source.rsplit_once('.').map_or(source, |(stem, _)| stem);
    let name: String = stem.chars().filter(|c| !c.is_control()).take(limits::NAME_CHARS).collect();
    if name.trim().is_empty() { "Segment".to_owned() } else { name.trim().to_owned() }
}

impl Library {
    /// Adds a segment at the end of its source's project.
    pub async fn add_segment(&self, profile: ProfileId, new: &NewSegment) -> LibraryResult<Segment> {
        let mut tx = self.begin().await?;
        let source = sources::footage(&mut tx, profile, new.source_id).await?;
        let project = source.project_id;
        projects::require_live(&mut tx, profile, project).await?;
        check_points(new.in_us, new.out_us, source.duration_us)?;
        let weight = limits::within(Field::Weight, new.weight.unwrap_or(1), 1, 100)?;
        let keywords = limits::words(Field::Keywords, &new.keywords)?;
        let name = match new.name.as_deref() {
            Some(name) => limits::name(Field::Name, name)?,
            None => name_of_source(&source.name),
        };
        let id = SegmentId::new();
        sqlx::query!(
            "INSERT INTO segments (profile_id, id, project_id, source_id, name, in_us, out_us,
                                   keywords, weight, position)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                    (SELECT coalesce(max(position) + 1, 0) FROM segments
                      WHERE profile_id = ?1 AND project_id = ?3)",
            profile,
            id,
            project,
            new.source_id,
            name,
            new.in_us,
            new.out_us,
            Json(keywords),
            weight
        )
        .execute(&mut *tx)
        .await?;
        let segment = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(segment)
    }

    /// One segment.
    pub async fn get_segment(&self, profile: ProfileId, id: SegmentId) -> LibraryResult<Segment> {
        find(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// The segments of a project in their order.
    pub async fn list_segments(&self, profile: ProfileId, project: ProjectId) -> LibraryResult<Vec<Segment>> {
        of_project(&mut *self.reader.acquire().await?, profile, project).await
    }

    /// Changes a segment; absent fields stay. Moved to another project, it goes to the end
    /// there.
    pub async fn update_segment(
        &self,
        profile: ProfileId,
        id: SegmentId,
        patch: &SegmentPatch,
    ) -> LibraryResult<Segment> {
        let mut tx = self.begin().await?;
        let now = find(&mut tx, profile, id).await?;
        let source = sources::footage(&mut tx, profile, now.source_id).await?;
        let (in_us, out_us) = (patch.in_us.unwrap_or(now.in_us), patch.out_us.unwrap_or(now.out_us));
        check_points(in_us, out_us, source.duration_us)?;
        let name = patch.name.as_deref().map_or(Ok(now.name), |v| limits::name(Field::Name, v))?;
        let weight = limits::within(Field::Weight, patch.weight.unwrap_or(now.weight), 1, 100)?;
        let keywords =
            patch.keywords.as_deref().map_or(Ok(now.keywords), |v| limits::words(Field::Keywords, v))?;
        let project = patch.project_id.unwrap_or(now.project_id);
        projects::require_live(&mut tx, profile, project).await?;
        sqlx::query!(
            "UPDATE segments SET name = ?1, in_us = ?2, out_us = ?3, keywords = ?4, weight = ?5,
                    position = iif(project_id = ?6, position,
                                   (SELECT coalesce(max(position) + 1, 0) FROM segments
                                     WHERE profile_id = ?7 AND project_id = ?6)),
                    project_id = ?6
             WHERE profile_id = ?7 AND id = ?8",
            name,
            in_us,
            out_us,
            Json(keywords),
            weight,
            project,
            profile,
            id
        )
        .execute(&mut *tx)
        .await?;
        let segment = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(segment)
    }

    /// Removes a segment; clips made from it stay.
    pub async fn remove_segment(&self, profile: ProfileId, id: SegmentId) -> LibraryResult<()> {
        let done = sqlx::query!("DELETE FROM segments WHERE profile_id = ? AND id = ?", profile, id)
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 { Err(NOT_FOUND) } else { Ok(()) }
    }

    /// Reorders the segments of a project.
    ///
    /// # Errors
    /// [`LibraryError::Invalid`] unless `ids` names each of them exactly once.
    pub async fn reorder_segments(
        &self,
        profile: ProfileId,
        project: ProjectId,
        ids: &[SegmentId],
    ) -> LibraryResult<Vec<Segment>> {
        let mut tx = self.begin().await?;
        let mut have: Vec<_> =
            of_project(&mut tx, profile, project).await?.into_iter().map(|segment| segment.id).collect();
        let mut asked = ids.to_vec();
        if asked.iter().any(|id| !have.contains(id)) {
            return Err(NOT_FOUND);
        }
        have.sort();
        asked.sort();
        if have != asked {
            return Err(LibraryError::invalid(Field::Ids, Invalid::SegmentsIncomplete));
        }
        for (position, id) in ids.iter().enumerate() {
            sqlx::query!(
                "UPDATE segments SET position = ? WHERE profile_id = ? AND id = ?",
                position as i64,
                profile,
                id
            )
            .execute(&mut *tx)
            .await?;
        }
        let segments = of_project(&mut tx, profile, project).await?;
        tx.commit().await?;
        Ok(segments)
    }
}
