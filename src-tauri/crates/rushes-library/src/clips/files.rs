//! The files of clips. A clip is played from its sources; its file is made on demand, for
//! other programs.

use std::collections::BTreeSet;

use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, ProfileId, ProjectId};
use sqlx::SqliteConnection;

use super::rows::{self, NOT_FOUND};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};

/// Files of clips that are cleared in one transaction.
const CLEARED_AT_ONCE: usize = 50;

/// What a clip's file, its pictures and its sound are made from, read in one transaction.
#[derive(Debug, Clone)]
pub struct ClipPlan {
    /// The clip's project.
    pub project_id: ProjectId,
    /// Its edit list.
    pub cuts: Vec<Cut>,
    /// Whether its sound is muted.
    pub muted: bool,
    /// Counts the changes of edit list and sound.
    pub cut_revision: u32,
    /// The `cut_revision` that the existing file was made from; 0 if there is none.
    pub file_revision: u32,
}

/// The file of a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClipFile {
    /// The clip's project.
    pub project_id: ProjectId,
    /// The clip.
    pub clip_id: ClipId,
    /// The `cut_revision` that it was made from.
    pub file_revision: u32,
}

impl Library {
    /// What a clip's file is made from. Edit list, sound and revision are read together,
    /// so that no change in between is missed.
    pub async fn clip_plan(&self, profile: ProfileId, id: ClipId) -> LibraryResult<ClipPlan> {
        let mut tx = self.reader.begin().await?;
        let row = sqlx::query!(
            r#"SELECT project_id AS "project_id: ProjectId", muted AS "muted: bool",
                      cut_revision AS "cut_revision: u32", file_revision AS "file_revision: u32"
                 FROM clips WHERE profile_id = ? AND id = ?"#,
            profile,
            id
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(NOT_FOUND)?;
        Ok(ClipPlan {
            project_id: row.project_id,
            cuts: rows::cuts(&mut tx, profile, id).await?,
            muted: row.muted,
            cut_revision: row.cut_revision,
            file_revision: row.file_revision,
        })
    }

    /// Publishes the file that was made from `cut_revision`; `put_in_place` moves it. It runs
    /// inside the transaction: a clip that is deleted in between would leave a file that no
    /// deletion looks for again. If the clip has changed since, the file is still the newest.
    /// Returns what `put_in_place` returned; if that is an error, nothing is recorded.
    pub async fn publish_clip_file<E>(
        &self,
        profile: ProfileId,
        id: ClipId,
        cut_revision: u32,
        put_in_place: impl FnOnce() -> Result<(), E> + Send,
    ) -> LibraryResult<Result<(), E>> {
        let mut tx = self.begin().await?;
        let newest = sqlx::query_scalar!(
            r#"UPDATE clips SET file_revision = max(file_revision, ?1)
             WHERE profile_id = ?2 AND id = ?3
             RETURNING file_revision AS "file_revision!: u32""#,
            cut_revision,
            profile,
            id
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(NOT_FOUND)?;
        // Another job may have published the file of a later revision meanwhile.
        if newest == cut_revision
            && let Err(error) = put_in_place()
        {
            return Ok(Err(error));
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Records that a clip's file is gone, unless another was made meanwhile.
    pub async fn forget_clip_file(
        &self,
        profile: ProfileId,
        id: ClipId,
        file_revision: u32,
    ) -> LibraryResult<()> {
        let mut writer = self.writer.acquire().await?;
        if forget(&mut writer, profile, id, file_revision).await? { Ok(()) } else { Err(NOT_FOUND) }
    }

    /// Forgets the files of all clips of a profile, and has them removed one by one, on a
    /// thread of their own. Rows come first: a crash leaves files without rows, which are
    /// found as left-overs. They are removed inside a transaction, so that none is removed
    /// that was made again meanwhile; a few at a time, so that nobody waits long to write.
    pub async fn clear_clip_files(
        &self,
        profile: ProfileId,
        mut remove: impl FnMut(ClipFile) + Send + 'static,
    ) -> LibraryResult<()> {
        let mut reader = self.reader.acquire().await?;
        let all = named(&mut reader, profile).await?;
        drop(reader);
        for files in all.chunks(CLEARED_AT_ONCE) {
            let mut tx = self.begin_deleting().await?;
            for file in files {
                forget(&mut tx, profile, file.clip_id, file.file_revision).await?;
            }
            tx.commit().await?;

            let mut tx = self.begin_deleting().await?;
            let made_again: BTreeSet<ClipFile> = named(&mut tx, profile).await?.into_iter().collect();
            let gone: Vec<ClipFile> =
                files.iter().filter(|file| !made_again.contains(*file)).copied().collect();
            remove = tokio::task::spawn_blocking(move || {
                gone.into_iter().for_each(&mut remove);
                remove
            })
            .await
            .map_err(|error| LibraryError::Io(std::io::Error::other(error)))?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Records that a clip's file is gone, unless another was made meanwhile. Returns whether
/// there is such a clip.
async fn forget(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
    file_revision: u32,
) -> LibraryResult<bool> {
    let done = sqlx::query!(
        "UPDATE clips SET file_revision = iif(file_revision = ?1, 0, file_revision)
              WHERE profile_id = ?2 AND id = ?3",
        file_revision,
        profile,
        id
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The files that rows of a profile name.
async fn named(connection: &mut SqliteConnection, profile: ProfileId) -> LibraryResult<Vec<ClipFile>> {
    let files = sqlx::query_as!(
        ClipFile,
        r#"SELECT project_id AS "project_id: _", id AS "clip_id: _", file_revision AS "file_revision: _"
             FROM clips WHERE profile_id = ? AND file_revision > 0 ORDER BY id"#,
        profile
    )
    .fetch_all(connection)
    .await?;
    Ok(files)
}
