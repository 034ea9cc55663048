//! A hash of everything that a final is rendered from. With the same hash, rendering again
//! would make the same file.

use rushes_model::captions::{CaptionStyle, Cue};
use rushes_model::facts::SourceFacts;
use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, ProfileId};
use serde::Serialize;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::rows;
use crate::error::LibraryResult;

/// The hashed values, as JSON. Without captions, their style does not count.
#[derive(Serialize)]
struct Edit {
    cuts: Vec<UsedFootage>,
    muted: bool,
    framing: Framing,
    captions: Vec<Cue>,
    style: Option<CaptionStyle>,
}

#[derive(Serialize)]
struct UsedFootage {
    fingerprint: String,
    sound_streams: Vec<u32>,
    in_us: i64,
    out_us: i64,
}

/// Updates a clip's hash after a change, and marks its final as stale if no export
/// matches the hash.
pub(crate) async fn renew(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
) -> LibraryResult<()> {
    let hash = hash(connection, profile, clip).await?;
    sqlx::query!(
        "UPDATE clips SET edit_hash = ?1, final_status = CASE
            WHEN final_status NOT IN ('done', 'stale') THEN final_status
            WHEN EXISTS (SELECT 1 FROM exports e WHERE e.profile_id = ?2 AND e.clip_id = ?3
                          AND e.edit_hash = ?1) THEN 'done'
            ELSE 'stale' END
          WHERE profile_id = ?2 AND id = ?3",
        hash,
        profile,
        clip
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn hash(connection: &mut SqliteConnection, profile: ProfileId, clip: ClipId) -> LibraryResult<String> {
    let row = sqlx::query!(
        r#"SELECT muted AS "muted: bool", framing AS "framing: Json<Framing>" FROM clips
            WHERE profile_id = ? AND id = ?"#,
        profile,
        clip
    )
    .fetch_one(&mut *connection)
    .await?;
    let content = rows::content(connection, profile, clip).await?;
    let edit = Edit {
        cuts: used_footage(connection, profile, clip).await?,
        muted: row.muted,
        framing: row.framing.0,
        style: (!content.captions.is_empty()).then_some(content.style),
        captions: content.captions,
    };
    let json = serde_json::to_vec(&edit).map_err(|error| sqlx::Error::Encode(error.into()))?;
    Ok(blake3::hash(&json).to_hex().to_string())
}

async fn used_footage(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
) -> LibraryResult<Vec<UsedFootage>> {
    let footage = sqlx::query!(
        r#"SELECT s.fingerprint, s.facts AS "facts: Json<SourceFacts>", k.in_us, k.out_us FROM clip_cuts k
             JOIN sources s ON s.profile_id = k.profile_id AND s.id = k.source_id
            WHERE k.profile_id = ? AND k.clip_id = ? ORDER BY k.position"#,
        profile,
        clip
    )
    .map(|row| UsedFootage {
        fingerprint: row.fingerprint,
        sound_streams: row.facts.used_audio().map(|track| track.stream_index).collect(),
        in_us: row.in_us,
        out_us: row.out_us,
    })
    .fetch_all(connection)
    .await?;
    Ok(footage)
}
