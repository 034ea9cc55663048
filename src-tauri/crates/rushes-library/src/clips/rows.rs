//! Clip rows: reading them with their edit lists, framing and content.

use rushes_model::captions::{CaptionStyle, Cue};
use rushes_model::choice::ScoreParts;
use rushes_model::edit::Cut;
use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, ProfileId, ProjectId};
use rushes_model::notice::RowKind;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Clip, ClipContent, ClipOrigin, FinalStatus, Flag};

pub(crate) const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Clip };

/// A clip as it is stored, with the name of its project and its edit list.
#[derive(sqlx::FromRow)]
pub(crate) struct ClipColumns {
    pub id: ClipId,
    pub project_id: ProjectId,
    pub project_name: String,
    pub name: String,
    pub variant_number: u32,
    pub origin: ClipOrigin,
    pub cuts: Json<Vec<Cut>>,
    pub duration_us: i64,
    pub flag: Flag,
    pub rating: u32,
    pub tags: Json<Vec<String>>,
    pub muted: bool,
    pub score_bp: u32,
    pub score_parts: Option<Json<ScoreParts>>,
    pub provisional: bool,
    pub final_status: FinalStatus,
    pub revision: u32,
    pub cut_revision: u32,
    pub file_revision: u32,
    pub changes: u32,
    pub deleted_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl From<ClipColumns> for Clip {
    fn from(row: ClipColumns) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            project_name: row.project_name,
            name: row.name,
            variant_number: row.variant_number,
            origin: row.origin,
            cuts: row.cuts.0,
            duration_us: row.duration_us,
            flag: row.flag,
            rating: row.rating,
            tags: row.tags.0,
            muted: row.muted,
            score_bp: row.score_bp,
            score_parts: row.score_parts.map(|json| json.0),
            provisional: row.provisional,
            has_file: row.file_revision == row.cut_revision,
            final_status: row.final_status,
            revision: row.revision,
            changes: row.changes,
            deleted_at_ms: row.deleted_at,
            created_at_ms: row.created_at,
            updated_at_ms: row.updated_at,
        }
    }
}

/// The edit list of a clip (`c`) as a column, for statements that are put together at run
/// time.
macro_rules! cuts_column {
    () => {
        "(SELECT json_group_array(json_object('source_id', lower(hex(k.source_id)), 'in_us', k.in_us,
                                              'out_us', k.out_us))
            FROM (SELECT * FROM clip_cuts WHERE profile_id = c.profile_id AND clip_id = c.id
                   ORDER BY position) k) AS cuts"
    };
}
pub(crate) use cuts_column;

/// A statement that reads clips (`c`) with their projects (`p`).
macro_rules! select_clips {
    ($which:literal, $($bind:expr),+) => {
        sqlx::query_as!(
            $crate::clips::rows::ClipColumns,
            r#"SELECT c.id AS "id: _", c.project_id AS "project_id: _", p.name AS project_name, c.name,
                      c.variant_number AS "variant_number: _", c.origin AS "origin: _",
                      (SELECT json_group_array(json_object('source_id', lower(hex(k.source_id)), 'in_us', k.in_us,
                                                           'out_us', k.out_us))
                         FROM (SELECT * FROM clip_cuts WHERE profile_id = c.profile_id AND clip_id = c.id
                                ORDER BY position) k) AS "cuts!: _",
                      c.duration_us, c.flag AS "flag: _", c.rating AS "rating: _", c.tags AS "tags: _",
                      c.muted AS "muted: _", c.score_bp AS "score_bp: _", c.score_parts AS "score_parts: _",
                      c.provisional AS "provisional: _", c.final_status AS "final_status: _",
                      c.revision AS "revision: _", c.cut_revision AS "cut_revision: _",
                      c.file_revision AS "file_revision: _", c.changes AS "changes: _", c.deleted_at,
                      c.created_at, c.updated_at
                 FROM clips c JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id "#
                + $which,
            $($bind),+
        )
    };
}
pub(super) use select_clips;

/// The content of a clip as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct ContentColumns {
    script: String,
    captions: Json<Vec<Cue>>,
    caption_style: Json<CaptionStyle>,
}

impl From<ContentColumns> for ClipContent {
    fn from(row: ContentColumns) -> Self {
        Self { script: row.script, captions: row.captions.0, style: row.caption_style.0 }
    }
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
    select_clips!("WHERE c.profile_id = ? AND c.id = ?", profile, id)
        .map(Clip::from)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)
}

/// One clip, unless it or its project is in the trash.
pub(crate) async fn find_live(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Clip> {
    select_clips!(
        "WHERE c.profile_id = ? AND c.id = ? AND c.deleted_at IS NULL AND p.deleted_at IS NULL",
        profile,
        id
    )
    .map(Clip::from)
    .fetch_optional(connection)
    .await?
    .ok_or(NOT_FOUND)
}

/// The edit list of a clip.
pub(super) async fn cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Vec<Cut>> {
    let cuts = sqlx::query_as!(
        Cut,
        r#"SELECT source_id AS "source_id: _", in_us, out_us FROM clip_cuts
            WHERE profile_id = ? AND clip_id = ? ORDER BY position"#,
        profile,
        id
    )
    .fetch_all(connection)
    .await?;
    // Every clip has an edit list, so no rows means no clip.
    if cuts.is_empty() { Err(NOT_FOUND) } else { Ok(cuts) }
}

/// How a clip is framed.
pub(crate) async fn framing(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Framing> {
    let framing = sqlx::query_scalar!(
        r#"SELECT framing AS "framing: Json<Framing>" FROM clips WHERE profile_id = ? AND id = ?"#,
        profile,
        id
    )
    .fetch_optional(connection)
    .await?
    .ok_or(NOT_FOUND)?;
    Ok(framing.0)
}

/// The content of a clip.
pub(crate) async fn content(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<ClipContent> {
    sqlx::query_as!(
        ContentColumns,
        r#"SELECT script, captions AS "captions: _", caption_style AS "caption_style: _" FROM clips
            WHERE profile_id = ? AND id = ?"#,
        profile,
        id
    )
    .map(ClipContent::from)
    .fetch_optional(connection)
    .await?
    .ok_or(NOT_FOUND)
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

    /// How a clip is framed.
    pub async fn clip_framing(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Framing> {
        framing(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// The content of a clip.
    pub async fn clip_content(&self, profile: ProfileId, id: ClipId) -> LibraryResult<ClipContent> {
        content(&mut *self.reader.acquire().await?, profile, id).await
    }
}
