//! Bulk changes to clips: one transaction, with an outcome for each.

use std::collections::HashMap;

use rushes_model::ids::{ClipId, ProfileId};
use rushes_model::notice::{Field, Invalid};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::rows::{NOT_FOUND, select_clips};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Clip, Flag, ItemOutcome, Refusal};

/// What happens to each of the clips.
#[derive(Clone, Copy)]
enum Change {
    Flag(Flag),
    Trash,
    Restore,
}

impl Library {
    /// Sets the flag of many clips in one transaction; those that do not exist are refused
    /// one by one.
    pub async fn flag_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
        flag: Flag,
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(profile, ids, Change::Flag(flag)).await
    }

    /// Moves many clips to the trash in one transaction.
    pub async fn trash_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(profile, ids, Change::Trash).await
    }

    /// Restores many clips from the trash in one transaction.
    pub async fn restore_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(profile, ids, Change::Restore).await
    }

    async fn change_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
        change: Change,
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        if ids.len() > limits::BULK_MAX {
            return Err(LibraryError::invalid(
                Field::Ids,
                Invalid::TooManyClips { most: limits::number(limits::BULK_MAX) },
            ));
        }
        let now = crate::now_ms();
        let mut tx = self.begin().await?;
        let mut changed = Vec::with_capacity(ids.len());
        for id in ids {
            changed.push(apply(&mut tx, profile, *id, change, now).await?);
        }
        let done: Vec<ClipId> =
            ids.iter().zip(&changed).filter(|(_, changed)| **changed).map(|(id, _)| *id).collect();
        let clips = by_id(&mut tx, profile, &done).await?;
        tx.commit().await?;
        Ok(ids
            .iter()
            .map(|id| {
                let done = clips.get(id).cloned();
                let refused =
                    done.is_none().then(|| Refusal { notice: NOT_FOUND.notice(), detail: String::new() });
                ItemOutcome { item: id.to_string(), done, refused }
            })
            .collect())
    }
}

/// Changes one clip, and returns whether it was there to change.
async fn apply(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
    change: Change,
    now: i64,
) -> LibraryResult<bool> {
    let statement = match change {
        Change::Flag(flag) => sqlx::query!(
            "UPDATE clips SET flag = ?1, updated_at = ?2
              WHERE profile_id = ?3 AND id = ?4 AND deleted_at IS NULL AND project_id IN
                    (SELECT id FROM projects WHERE profile_id = ?3 AND deleted_at IS NULL)",
            flag,
            now,
            profile,
            id
        ),
        Change::Trash => sqlx::query!(
            "UPDATE clips SET deleted_at = ? WHERE profile_id = ? AND id = ? AND deleted_at IS NULL",
            now,
            profile,
            id
        ),
        Change::Restore => sqlx::query!(
            "UPDATE clips SET deleted_at = NULL, updated_at = ?
              WHERE profile_id = ? AND id = ? AND deleted_at IS NOT NULL",
            now,
            profile,
            id
        ),
    };
    Ok(statement.execute(connection).await?.rows_affected() > 0)
}

async fn by_id(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    ids: &[ClipId],
) -> LibraryResult<HashMap<ClipId, Clip>> {
    let clips = select_clips!(
        "WHERE c.profile_id = ? AND c.id IN (SELECT unhex(value, '-') FROM json_each(?))",
        profile,
        Json(ids)
    )
    .map(Clip::from)
    .fetch_all(connection)
    .await?;
    Ok(clips.into_iter().map(|clip| (clip.id, clip)).collect())
}
