//! Edit lists: validating and writing them.

use std::collections::HashMap;

use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, ProfileId, SourceId};
use rushes_model::notice::{Field, Invalid};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::{cue_times, rows};
use crate::error::{LibraryError, LibraryResult};
use crate::segments::check_points;
use crate::sources;

/// Most cuts in one edit list.
const CUTS_MAX: usize = 500;

/// Validates an edit list against the sources of the profile.
pub(crate) async fn check_cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    cuts: &[Cut],
) -> LibraryResult<()> {
    if cuts.is_empty() {
        return Err(LibraryError::invalid(Field::Cuts, Invalid::NoCuts));
    }
    if cuts.len() > CUTS_MAX {
        return Err(LibraryError::invalid(
            Field::Cuts,
            Invalid::TooManyCuts { most: crate::limits::number(CUTS_MAX) },
        ));
    }
    let mut lengths: HashMap<SourceId, i64> = HashMap::new();
    for cut in cuts {
        let duration_us = match lengths.get(&cut.source_id) {
            Some(length) => *length,
            None => {
                let footage = sources::footage(connection, profile, cut.source_id).await?;
                lengths.insert(cut.source_id, footage.duration_us);
                footage.duration_us
            }
        };
        check_points(cut.in_us, cut.out_us, duration_us)?;
    }
    Ok(())
}

/// Replaces the edit list of a clip. Its captions stay with their pictures.
pub(crate) async fn replace_cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
    new: &[Cut],
) -> LibraryResult<()> {
    let before = rows::cuts(connection, profile, clip).await?;
    let captions = rows::content(connection, profile, clip).await?.captions;
    sqlx::query!(
        "UPDATE clips SET captions = ? WHERE profile_id = ? AND id = ?",
        Json(cue_times::follow(&captions, &before, new)),
        profile,
        clip
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM clip_cuts WHERE profile_id = ? AND clip_id = ?", profile, clip)
        .execute(&mut *connection)
        .await?;
    insert_cuts(connection, profile, clip, new).await
}

pub(crate) async fn insert_cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
    cuts: &[Cut],
) -> LibraryResult<()> {
    for (position, cut) in cuts.iter().enumerate() {
        sqlx::query!(
            "INSERT INTO clip_cuts (profile_id, clip_id, position, source_id, in_us, out_us)
             VALUES (?, ?, ?, ?, ?, ?)",
            profile,
            clip,
            position as i64,
            cut.source_id,
            cut.in_us,
            cut.out_us
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
