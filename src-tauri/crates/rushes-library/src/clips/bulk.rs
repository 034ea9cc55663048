//! Bulk changes to clips: one transaction, with an outcome for each.

use std::collections::HashMap;

use rushes_model::ids::{ClipId, ProfileId};
use rushes_model::notice::{Field, Invalid};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::rows::{self, NOT_FOUND};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Clip, Flag, ItemOutcome, Refusal};

impl Library {
    /// Sets the flag of many clips in one transaction; those that do not exist are refused
    /// one by one.
    pub async fn flag_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
        flag: Flag,
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(
            profile,
            ids,
            "UPDATE clips SET flag = ?1, updated_at = ?2
              WHERE profile_id = ?3 AND id = ?4 AND deleted_at IS NULL AND project_id IN
                    (SELECT id FROM projects WHERE profile_id = ?3 AND deleted_at IS NULL)",
            Some(flag),
        )
        .await
    }

    /// Moves many clips to the trash in one transaction.
    pub async fn trash_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(
            profile,
            ids,
            "UPDATE clips SET deleted_at = ?2 WHERE ?1 IS NULL AND profile_id = ?3 AND id = ?4
                AND deleted_at IS NULL",
            None,
        )
        .await
    }

    /// Restores many clips from the trash in one transaction.
    pub async fn restore_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(
            profile,
            ids,
            "UPDATE clips SET deleted_at = NULL, updated_at = ?2 WHERE ?1 IS NULL AND profile_id = ?3
                AND id = ?4 AND deleted_at IS NOT NULL",
            None,
        )
        .await
    }

    async fn change_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
        statement: &'static str,
        flag: Option<Flag>,
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
            let done =
                sqlx::query(statement).bind(flag).bind(now).bind(profile).bind(id).execute(&mut *tx).await?;
            changed.push(done.rows_affected() > 0);
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

async fn by_id(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    ids: &[ClipId],
) -> LibraryResult<HashMap<ClipId, Clip>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let mut query = QueryBuilder::<Sqlite>::new(rows::SELECT);
        query.push_bind(profile).push(" AND c.id IN (");
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind(*id);
        }
        query.push(")");
        for row in query.build().fetch_all(&mut *connection).await? {
            let clip = rows::read(&row)?;
            found.insert(clip.id, clip);
        }
    }
    Ok(found)
}
