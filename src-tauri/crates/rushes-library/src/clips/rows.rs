//! Clip rows: reading them with their edit lists, framing and content.

use rushes_model::captions::{CaptionStyle, Cue};
use rushes_model::choice::ScoreParts;
use rushes_model::edit::Cut;
use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, ProfileId};
use rushes_model::notice::RowKind;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Clip, ClipContent};

pub(crate) const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Clip };

pub(crate) const SELECT: &str = "SELECT c.*, p.name AS project_name FROM clips c
    JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
    WHERE c.profile_id = ";

pub(crate) fn read(row: &SqliteRow) -> Result<Clip, sqlx::Error> {
    Ok(Clip {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        project_name: row.try_get("project_name")?,
        name: row.try_get("name")?,
        variant_number: row.try_get("variant_number")?,
        origin: row.try_get("origin")?,
        duration_us: row.try_get("duration_us")?,
        flag: row.try_get("flag")?,
        rating: row.try_get("rating")?,
        tags: row.try_get::<Json<Vec<String>>, _>("tags")?.0,
        muted: row.try_get("muted")?,
        score_bp: row.try_get("score_bp")?,
        score_parts: row.try_get::<Option<Json<ScoreParts>>, _>("score_parts")?.map(|json| json.0),
        provisional: row.try_get("provisional")?,
        preview_state: row.try_get("preview_state")?,
        final_status: row.try_get("final_status")?,
        // A new preview counts too: it is another picture for the same clip.
        revision: row.try_get::<u32, _>("revision")? + row.try_get::<u32, _>("preview_revision")?,
        changes: row.try_get("changes")?,
        deleted_at_ms: row.try_get("deleted_at")?,
        created_at_ms: row.try_get("created_at")?,
        updated_at_ms: row.try_get("updated_at")?,
    })
}

pub(crate) fn read_cut(row: &SqliteRow) -> Result<Cut, sqlx::Error> {
    Ok(Cut {
        source_id: row.try_get("source_id")?,
        in_us: row.try_get("in_us")?,
        out_us: row.try_get("out_us")?,
    })
}

pub(crate) fn read_framing(row: &SqliteRow) -> Result<Framing, sqlx::Error> {
    Ok(row.try_get::<Json<Framing>, _>("framing")?.0)
}

pub(crate) fn read_content(row: &SqliteRow) -> Result<ClipContent, sqlx::Error> {
    Ok(ClipContent {
        script: row.try_get("script")?,
        captions: row.try_get::<Json<Vec<Cue>>, _>("captions")?.0,
        style: row.try_get::<Json<CaptionStyle>, _>("caption_style")?.0,
    })
}

pub(crate) fn search_text(name: &str, tags: &[String]) -> String {
    limits::fold(&format!("{name}\n{}", tags.join("\n")))
}

/// One clip, in the trash or not.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Clip> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push_bind(profile).push(" AND c.id = ").push_bind(id);
    let row = query.build().fetch_optional(connection).await?.ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// One clip, unless it or its project is in the trash.
pub(crate) async fn find_live(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Clip> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push_bind(profile).push(" AND c.deleted_at IS NULL AND p.deleted_at IS NULL AND c.id = ");
    query.push_bind(id);
    let row = query.build().fetch_optional(connection).await?.ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// The edit list of a clip.
pub(crate) async fn cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Vec<Cut>> {
    let rows = sqlx::query(
        "SELECT source_id, in_us, out_us FROM clip_cuts
          WHERE profile_id = ? AND clip_id = ? ORDER BY position",
    )
    .bind(profile)
    .bind(id)
    .fetch_all(connection)
    .await?;
    // Every clip has an edit list, so no rows means no clip.
    if rows.is_empty() {
        return Err(NOT_FOUND);
    }
    rows.iter().map(|row| read_cut(row).map_err(Into::into)).collect()
}

/// How a clip is framed.
pub(crate) async fn framing(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Framing> {
    let row = sqlx::query("SELECT framing FROM clips WHERE profile_id = ? AND id = ?")
        .bind(profile)
        .bind(id)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)?;
    Ok(read_framing(&row)?)
}

/// The content of a clip.
pub(crate) async fn content(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<ClipContent> {
    let row =
        sqlx::query("SELECT script, captions, caption_style FROM clips WHERE profile_id = ? AND id = ?")
            .bind(profile)
            .bind(id)
            .fetch_optional(connection)
            .await?
            .ok_or(NOT_FOUND)?;
    Ok(read_content(&row)?)
}

impl Library {
    /// One clip, in the trash or not.
    pub async fn get_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        find(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// One clip, unless it or its project is in the trash.
    pub async fn live_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        find_live(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// The edit list of a clip.
    pub async fn clip_cuts(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Vec<Cut>> {
        cuts(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// How a clip is framed.
    pub async fn clip_framing(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Framing> {
        framing(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// The content of a clip.
    pub async fn clip_content(&self, profile: ProfileId, id: ClipId) -> LibraryResult<ClipContent> {
        content(&mut *self.reader.acquire().await?, profile, id).await
    }
}
