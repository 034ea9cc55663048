//! Editing the content of a clip: script, captions and their style.

use rushes_model::captions::{CaptionStyle, Cue};
use rushes_model::ids::{ClipId, ProfileId};
use sqlx::types::Json;

use super::{edit_hash, rows};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{ClipContent, ContentPatch};

impl Library {
    /// Changes the content of a clip; absent fields stay. Captions are sorted, and finals
    /// that show others become stale.
    pub async fn update_clip_content(
        &self,
        profile: ProfileId,
        id: ClipId,
        patch: &ContentPatch,
    ) -> LibraryResult<ClipContent> {
        let mut tx = self.begin().await?;
        let clip = rows::find_live(&mut tx, profile, id).await?;
        let now = rows::content(&mut tx, profile, id).await?;
        let script = patch
            .script
            .as_deref()
            .map_or(Ok(now.script.clone()), |v| limits::text("script", v, limits::SCRIPT_CHARS))?;
        let captions = match &patch.captions {
            Some(captions) => checked_cues(captions, clip.duration_us, &now.captions)?,
            None => now.captions.clone(),
        };
        let style = match patch.style.clone() {
            Some(patch) => checked_style(patch.over(now.style.clone()))?,
            None => now.style.clone(),
        };
        let seen = captions != now.captions || style != now.style;
        sqlx::query(
            "UPDATE clips SET script = ?, captions = ?, caption_style = ?, revision = revision + ?,
                    updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(script)
        .bind(Json(captions))
        .bind(Json(style))
        .bind(u32::from(seen))
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if seen {
            edit_hash::renew(&mut tx, profile, id).await?;
        }
        let content = rows::content(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(content)
    }
}

/// Validates and sorts captions. One beyond the clip's end may stay unchanged, so that
/// it does not block saving the others.
fn checked_cues(cues: &[Cue], clip_us: i64, before: &[Cue]) -> LibraryResult<Vec<Cue>> {
    if cues.len() > limits::CUES_MAX {
        return Err(LibraryError::invalid(
            "captions",
            format!("A clip has at most {} captions.", limits::CUES_MAX),
        ));
    }
    let mut cues = cues.to_vec();
    cues.sort_by_key(|cue| (cue.start_us, cue.end_us));
    for (index, cue) in cues.iter().enumerate() {
        let number = index + 1;
        if cue.start_us < 0 || cue.end_us <= cue.start_us {
            return Err(LibraryError::invalid(
                "captions",
                format!("Caption {number} ends before it begins. Correct its times."),
            ));
        }
        if cue.end_us > clip_us && !before.contains(cue) {
            return Err(LibraryError::invalid(
                "captions",
                format!(
                    "Caption {number} ends after the clip, which is {:.1} s long. Correct its times, or delete it.",
                    clip_us as f64 / 1e6
                ),
            ));
        }
        limits::text("captions", &cue.text, 1_000)?;
        if cues.get(number).is_some_and(|next| next.start_us < cue.end_us) {
            return Err(LibraryError::invalid(
                "captions",
                format!("Captions {number} and {} overlap. Correct their times.", number + 1),
            ));
        }
    }
    Ok(cues)
}

fn checked_style(style: CaptionStyle) -> LibraryResult<CaptionStyle> {
    limits::name("font", &style.font)?;
    limits::within("size_permille", style.size_permille, 10, 200)?;
    limits::within("outline_permille", style.outline_permille, 0, 20)?;
    limits::within("margin_permille", style.margin_permille, 0, 450)?;
    Ok(CaptionStyle {
        colour: limits::colour("colour", &style.colour)?,
        outline_colour: limits::colour("outline_colour", &style.outline_colour)?,
        ..style
    })
}
