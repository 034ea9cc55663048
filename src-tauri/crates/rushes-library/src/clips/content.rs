//! Editing the content of a clip: script, captions and their style.

use rushes_model::captions::{CaptionStyle, Cue};
use rushes_model::ids::{ClipId, ProfileId};
use rushes_model::notice::{Field, Invalid};
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
            .map_or(Ok(now.script.clone()), |v| limits::text(Field::Script, v, limits::SCRIPT_CHARS))?;
        let captions = match &patch.captions {
            Some(captions) => checked_cues(captions, clip.duration_us, &now.captions)?,
            None => now.captions.clone(),
        };
        let style = match patch.style.clone() {
            Some(patch) => checked_style(patch.over(now.style.clone()))?,
            None => now.style.clone(),
        };
        let seen = captions != now.captions || style != now.style;
        sqlx::query!(
            "UPDATE clips SET script = ?, captions = ?, caption_style = ?, revision = revision + ?,
                    updated_at = ?
             WHERE profile_id = ? AND id = ?",
            script,
            Json(captions),
            Json(style),
            u32::from(seen),
            crate::now_ms(),
            profile,
            id
        )
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
    let refused = |reason| LibraryError::invalid(Field::Captions, reason);
    if cues.len() > limits::CUES_MAX {
        return Err(refused(Invalid::TooManyCaptions { most: limits::number(limits::CUES_MAX) }));
    }
    let mut cues = cues.to_vec();
    cues.sort_by_key(|cue| (cue.start_us, cue.end_us));
    for (index, cue) in cues.iter().enumerate() {
        let number = limits::number(index + 1);
        if cue.start_us < 0 || cue.end_us <= cue.start_us {
            return Err(refused(Invalid::CaptionBackwards { number }));
        }
        if cue.end_us > clip_us && !before.contains(cue) {
            return Err(refused(Invalid::CaptionAfterClip { number, clip_us }));
        }
        limits::text(Field::Captions, &cue.text, 1_000)?;
        if cues.get(index + 1).is_some_and(|next| next.start_us < cue.end_us) {
            return Err(refused(Invalid::CaptionsOverlap { number, next: number + 1 }));
        }
    }
    Ok(cues)
}

fn checked_style(style: CaptionStyle) -> LibraryResult<CaptionStyle> {
    limits::name(Field::Font, &style.font)?;
    limits::within(Field::SizePermille, style.size_permille, 10, 200)?;
    limits::within(Field::OutlinePermille, style.outline_permille, 0, 20)?;
    limits::within(Field::MarginPermille, style.margin_permille, 0, 450)?;
    Ok(CaptionStyle {
        colour: limits::colour(Field::Colour, &style.colour)?,
        outline_colour: limits::colour(Field::OutlineColour, &style.outline_colour)?,
        ..style
    })
}
