//! Relinking a source to another file, and choosing which sound tracks are used. Both
//! change what its clips show.

use std::collections::BTreeSet;

use rushes_model::ids::{ClipId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Field, Invalid, OtherFootage};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::clips;
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Source, TrackUse};
use crate::sources::{NewSource, find, taken_path};

/// A source after it was relinked.
#[derive(Debug, Clone)]
pub struct Relinked {
    /// The source as it is now.
    pub source: Source,
    /// Whether it is different footage.
    pub is_other: bool,
    /// The projects whose clips show something else now.
    pub changed: BTreeSet<ProjectId>,
}

impl Library {
    /// Relinks a source to a probed file. The same footage keeps its choice of sound
    /// tracks. With different footage, its clips change and their finals become stale.
    ///
    /// # Errors
    /// [`LibraryError::DifferentFootage`] if it is different footage and that was not
    /// accepted, or if it is shorter, since clips would lose footage.
    pub async fn relink_source(
        &self,
        profile: ProfileId,
        id: SourceId,
        to: &NewSource,
        accept_different: bool,
    ) -> LibraryResult<Relinked> {
        // Compared in the transaction that writes: while the probe ran, another window may
        // have relinked the source or chosen its sound.
        let mut tx = self.begin().await?;
        let before = find(&self.data_dir, &mut tx, profile, id).await?.source;
        let is_other = to.fingerprint != before.fingerprint;
        if is_other && !accept_different {
            return Err(LibraryError::DifferentFootage {
                name: to.name.clone(),
                original: before.name,
                why: OtherFootage::Different,
            });
        }
        // Containers round durations by about a frame.
        if to.facts.duration_us + 100_000 < before.facts.duration_us {
            return Err(LibraryError::DifferentFootage {
                name: to.name.clone(),
                original: before.name,
                why: OtherFootage::Shorter,
            });
        }
        let mut facts = to.facts.clone();
        if !is_other && facts.audio.len() == before.facts.audio.len() {
            for (track, before) in facts.audio.iter_mut().zip(&before.facts.audio) {
                track.used = before.used;
            }
        }
        sqlx::query!(
            "UPDATE sources SET path = ?, name = ?, facts = ?, duration_us = ?, fingerprint = ?,
                    state = 'ready', copied = 0
             WHERE profile_id = ? AND id = ?",
            self.data_dir.to_bytes(&to.path),
            to.name,
            Json(&facts),
            facts.duration_us,
            to.fingerprint,
            profile,
            id
        )
        .execute(&mut *tx)
        .await
        .map_err(|error| taken_path(error, &to.name))?;
        let changed = if is_other { outdate_clips(&mut tx, profile, id).await? } else { BTreeSet::new() };
        let source = find(&self.data_dir, &mut tx, profile, id).await?.source;
        tx.commit().await?;
        Ok(Relinked { source, is_other, changed })
    }

    /// Chooses which sound tracks of a source are used; tracks that are not named stay.
    /// Its clips change and their finals become stale. Returns their projects, too.
    ///
    /// # Errors
    /// [`LibraryError::Invalid`] if a track is not a sound track of the source.
    pub async fn set_source_sound(
        &self,
        profile: ProfileId,
        id: SourceId,
        tracks: &[TrackUse],
    ) -> LibraryResult<(Source, BTreeSet<ProjectId>)> {
        let mut tx = self.begin().await?;
        let mut facts = find(&self.data_dir, &mut tx, profile, id).await?.source.facts;
        let before = facts.audio.clone();
        for asked in tracks {
            let track = facts.audio.iter_mut().find(|track| track.stream_index == asked.stream_index);
            let no_such = || LibraryError::invalid(Field::Tracks, Invalid::NoSuchTrack);
            track.ok_or_else(no_such)?.used = asked.used;
        }
        let mut changed = BTreeSet::new();
        if facts.audio != before {
            sqlx::query!(
                "UPDATE sources SET facts = ? WHERE profile_id = ? AND id = ?",
                Json(&facts),
                profile,
                id
            )
            .execute(&mut *tx)
            .await?;
            changed = outdate_clips(&mut tx, profile, id).await?;
        }
        let source = find(&self.data_dir, &mut tx, profile, id).await?.source;
        tx.commit().await?;
        Ok((source, changed))
    }
}

/// Outdates the files and pictures of a source's clips, and updates which of their finals
/// are stale. Returns the projects of these clips.
async fn outdate_clips(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    source: SourceId,
) -> LibraryResult<BTreeSet<ProjectId>> {
    let clips = sqlx::query!(
        r#"UPDATE clips SET revision = revision + 1, cut_revision = cut_revision + 1, updated_at = ?3
          WHERE profile_id = ?1 AND id IN
                (SELECT clip_id FROM clip_cuts WHERE profile_id = ?1 AND source_id = ?2)
         RETURNING id AS "id!: ClipId", project_id AS "project_id!: ProjectId""#,
        profile,
        source,
        crate::now_ms()
    )
    .fetch_all(&mut *connection)
    .await?;
    for clip in &clips {
        clips::renew_edit_hash(connection, profile, clip.id).await?;
    }
    Ok(clips.into_iter().map(|clip| clip.project_id).collect())
}
