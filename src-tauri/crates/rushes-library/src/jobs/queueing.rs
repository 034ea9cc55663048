//! Adding jobs to the queue.

use rushes_model::ids::{BatchId, JobId, ProfileId};
use rushes_model::notice::Engaged;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::rows::{NewJob, find};
use super::{order, settling};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Job, JobKind};

/// Besides the key, the only unique index is on the exclusive keys of jobs in progress.
pub(crate) fn taken_key(error: sqlx::Error, kind: JobKind) -> LibraryError {
    let with = match kind {
        JobKind::Generate | JobKind::GenerateFromSegments => Engaged::MakingClips,
        JobKind::Render => Engaged::Rendering,
        _ => Engaged::SameWork,
    };
    LibraryError::unless_unique(error, LibraryError::Busy { with })
}

/// Adds a job to the queue.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    worker: &str,
    batch: Option<BatchId>,
    new: &NewJob,
) -> LibraryResult<Job> {
    let id = JobId::new();
    let position = order::next_position(connection, profile, new.project_id).await?;
    sqlx::query!(
        "INSERT INTO jobs (profile_id, id, project_id, clip_id, source_id, batch_id, kind, class, title, payload,
                           payload_version, exclusive_key, position, worker, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        profile,
        id,
        new.project_id,
        new.clip_id,
        new.source_id,
        batch.or(new.batch_id),
        new.kind,
        new.class,
        new.title,
        Json(&new.payload),
        new.payload_version,
        new.exclusive_key,
        position,
        worker,
        crate::now_ms()
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| taken_key(error, new.kind))?;
    if let (JobKind::Render, Some(clip)) = (new.kind, new.clip_id) {
        settling::settle_final(connection, profile, clip, false).await?;
    }
    Ok(find(connection, profile, id).await?.job)
}

impl Library {
    /// Queues a job. For a render, its clip is marked as well.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] if a job with the same exclusive key is in progress.
    pub async fn queue_job(&self, profile: ProfileId, worker: &str, new: &NewJob) -> LibraryResult<Job> {
        let mut tx = self.begin().await?;
        let job = insert(&mut tx, profile, worker, None, new).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Queues many jobs as one batch in one transaction, with a result for each.
    ///
    /// # Errors
    /// One that concerns them all, such as a full disk; then none is queued.
    pub async fn queue_jobs(
        &self,
        profile: ProfileId,
        worker: &str,
        new: &[NewJob],
    ) -> LibraryResult<Vec<LibraryResult<Job>>> {
        let batch = (new.len() > 1).then(BatchId::new);
        let mut tx = self.begin().await?;
        let mut answers = Vec::with_capacity(new.len());
        for job in new {
            // A refused row fails its statement, not the transaction.
            match insert(&mut tx, profile, worker, batch, job).await {
                Err(error @ (LibraryError::Busy { .. } | LibraryError::NotFound { .. })) => {
                    answers.push(Err(error));
                }
                queued => answers.push(Ok(queued?)),
            }
        }
        tx.commit().await?;
        Ok(answers)
    }
}
