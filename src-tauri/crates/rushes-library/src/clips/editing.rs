//! The editor's changes to a clip: name, flag, edit list, framing and sound.

use rushes_model::ids::{ClipId, ProfileId};
use rushes_model::notice::Field;
use sqlx::types::Json;

use super::edit_hash;
use super::edit_list::{check_cuts, replace_cuts};
use super::rows::{find, find_live, framing, search_text};
use crate::db::Library;
use crate::error::LibraryResult;
use crate::limits;
use crate::model::{Clip, ClipPatch};

impl Library {
    /// Changes a clip; absent fields stay.
    pub async fn update_clip(
        &self,
        profile: ProfileId,
        id: ClipId,
        patch: &ClipPatch,
    ) -> LibraryResult<Clip> {
        // Read and written in one transaction, so that two windows can change two fields at
        // once.
        let mut tx = self.begin().await?;
        let now = find_live(&mut tx, profile, id).await?;
        let name = patch.name.as_deref().map_or(Ok(now.name), |v| limits::name(Field::Name, v))?;
        let rating = limits::within(Field::Rating, patch.rating.unwrap_or(now.rating), 0, 5)?;
        let tags = limits::words(Field::Tags, &patch.tags_over(now.tags))?;
        let old_framing = framing(&mut tx, profile, id).await?;
        let framing = patch.framing.map_or(old_framing, |patch| patch.over(old_framing));
        limits::within(Field::CentreXBp, framing.centre_x_bp, 0, 10_000)?;
        limits::within(Field::CentreYBp, framing.centre_y_bp, 0, 10_000)?;
        let recut = match &patch.cuts {
            Some(new) => {
                check_cuts(&mut tx, profile, new).await?;
                (*new != now.cuts).then_some(new)
            }
            None => None,
        };
        let duration_us =
            recut.map_or(now.duration_us, |cuts| cuts.iter().map(|cut| cut.out_us - cut.in_us).sum());
        let seen = recut.is_some() || framing != old_framing;
        sqlx::query!(
            "UPDATE clips SET name = ?, search_text = ?, rating = ?, tags = ?, flag = ?, framing = ?,
                    duration_us = ?, revision = revision + ?, cut_revision = cut_revision + ?,
                    updated_at = ?
             WHERE profile_id = ? AND id = ?",
            name,
            search_text(&name, &tags),
            rating,
            Json(&tags),
            patch.flag.unwrap_or(now.flag),
            Json(framing),
            duration_us,
            u32::from(seen),
            u32::from(recut.is_some()),
            crate::now_ms(),
            profile,
            id
        )
        .execute(&mut *tx)
        .await?;
        if let Some(cuts) = recut {
            replace_cuts(&mut tx, profile, id, cuts).await?;
        }
        if seen {
            edit_hash::renew(&mut tx, profile, id).await?;
        }
        let clip = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(clip)
    }

    /// Mutes a clip's sound or unmutes it.
    pub async fn set_clip_muted(&self, profile: ProfileId, id: ClipId, muted: bool) -> LibraryResult<Clip> {
        let mut tx = self.begin().await?;
        find_live(&mut tx, profile, id).await?;
        let done = sqlx::query!(
            "UPDATE clips SET muted = ?1, revision = revision + 1, cut_revision = cut_revision + 1,
                    updated_at = ?2
             WHERE profile_id = ?3 AND id = ?4 AND muted <> ?1",
            muted,
            crate::now_ms(),
            profile,
            id
        )
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() > 0 {
            edit_hash::renew(&mut tx, profile, id).await?;
        }
        let clip = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(clip)
    }

    /// Picks a clip, or clears the pick.
    pub async fn toggle_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        let mut tx = self.begin().await?;
        find_live(&mut tx, profile, id).await?;
        sqlx::query!(
            "UPDATE clips SET flag = iif(flag = 'picked', 'unflagged', 'picked'), updated_at = ?
             WHERE profile_id = ? AND id = ?",
            crate::now_ms(),
            profile,
            id
        )
        .execute(&mut *tx)
        .await?;
        let clip = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(clip)
    }
}
