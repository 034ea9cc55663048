//! Pointing a source at another file, and choosing which of its sound is used:
//! changes of footage, after which its clips have to be made again.

use rushes_model::ids::{ClipId, ProfileId, SourceId};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::clips;
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Source, TrackUse};
use crate::sources::{NewSource, find, taken_path};

/// A source that points at another file.
#[derive(Debug, Clone)]
pub struct Relinked {
    /// The source as it is now.
    pub source: Source,
    /// Whether it is other footage than before.
    pub is_other: bool,
}

impl Library {
    /// Points a source at another file, with what the probe told of it. The same
    /// footage keeps the sound that was chosen. Where it is other footage, its
    /// clips have to be made again and their finals become stale.
    ///
    /// # Errors
    /// [`LibraryError::DifferentFootage`] where it is other footage, unless that is
    /// accepted, and where it is shorter: clips would lose their footage.
    pub async fn relink_source(
        &self,
        profile: ProfileId,
        id: SourceId,
        to: &NewSource,
        accept_different: bool,
    ) -> LibraryResult<Relinked> {
        // Compared in the transaction that writes: the probe took its time, and
        // another window may have relinked the source or chosen its sound meanwhile.
        let mut tx = self.begin().await?;
        let before = find(&self.data_dir, &mut tx, profile, id).await?.source;
        let is_other = to.fingerprint != before.fingerprint;
        if is_other && !accept_different {
            return Err(LibraryError::DifferentFootage {
                message: format!(
                    "“{}” is not the same footage as “{}”. Choose the original file.",
                    to.name, before.name
                ),
            });
        }
        // A frame's worth of difference is a container's rounding.
        if to.facts.duration_us + 100_000 < before.facts.duration_us {
            return Err(LibraryError::DifferentFootage {
                message: format!(
                    "“{}” is shorter than “{}”, so clips would lose their footage. Choose the original file.",
                    to.name, before.name
                ),
            });
        }
        let mut facts = to.facts.clone();
        if !is_other && facts.audio.len() == before.facts.audio.len() {
            for (track, before) in facts.audio.iter_mut().zip(&before.facts.audio) {
                track.used = before.used;
            }
        }
        sqlx::query(
            "UPDATE sources SET path = ?, name = ?, facts = ?, duration_us = ?, fingerprint = ?,
                    state = 'ready', copied = 0
             WHERE profile_id = ? AND id = ?",
        )
        .bind(self.data_dir.to_bytes(&to.path))
        .bind(&to.name)
        .bind(Json(&facts))
        .bind(facts.duration_us)
        .bind(&to.fingerprint)
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(|error| taken_path(error, &to.name))?;
        if is_other {
            outdate_clips(&mut tx, profile, id).await?;
        }
        let source = find(&self.data_dir, &mut tx, profile, id).await?.source;
        tx.commit().await?;
        Ok(Relinked { source, is_other })
    }

    /// Chooses which sound tracks of a source are used; tracks that are not named
    /// stay. Its clips have to be made again and their finals become stale.
    ///
    /// # Errors
    /// `invalid` where one is no sound track of it.
    pub async fn set_source_sound(
        &self,
        profile: ProfileId,
        id: SourceId,
        tracks: &[TrackUse],
    ) -> LibraryResult<Source> {
        let mut tx = self.begin().await?;
        let mut facts = find(&self.data_dir, &mut tx, profile, id).await?.source.facts;
        let before = facts.audio.clone();
        for asked in tracks {
            let track = facts.audio.iter_mut().find(|track| track.stream_index == asked.stream_index);
            let no_such = || LibraryError::invalid("tracks", "The source has no such sound track.");
            track.ok_or_else(no_such)?.used = asked.used;
        }
        if facts.audio != before {
            sqlx::query("UPDATE sources SET facts = ? WHERE profile_id = ? AND id = ?")
                .bind(Json(&facts))
                .bind(profile)
                .bind(id)
                .execute(&mut *tx)
                .await?;
            outdate_clips(&mut tx, profile, id).await?;
        }
        let source = find(&self.data_dir, &mut tx, profile, id).await?.source;
        tx.commit().await?;
        Ok(source)
    }
}

/// Asks for new previews of a source's clips, and finds which of their finals are
/// out of date.
async fn outdate_clips(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    source: SourceId,
) -> LibraryResult<()> {
    let clips: Vec<ClipId> = sqlx::query_scalar(
        "UPDATE clips SET revision = revision + 1, cut_revision = cut_revision + 1,
                raw_state = 'pending', updated_at = ?3
          WHERE profile_id = ?1 AND id IN
                (SELECT clip_id FROM clip_cuts WHERE profile_id = ?1 AND source_id = ?2)
         RETURNING id",
    )
    .bind(profile)
    .bind(source)
    .bind(crate::now_ms())
    .fetch_all(&mut *connection)
    .await?;
    for clip in clips {
        clips::renew_edit_hash(connection, profile, clip).await?;
    }
    Ok(())
}
