//! Job state transitions. Every change of a job's state is made here, by the rules of
//! [`JobState::may_become`], which the schema enforces too. A change and its effect on the
//! clip are one transaction; triggers write the job's log in it.

use rushes_model::ids::{BatchId, JobId, ProfileId};
use rushes_model::notice::{Notice, RowKind};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::queueing::taken_key;
use super::rows::{self, JobRow};
use super::{order, settling};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Job, JobClass, JobKind, JobResult, JobState, PauseReason};

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// It succeeded.
    Done {
        /// Remarks, for example why there are fewer clips than requested.
        notes: Vec<Notice>,
        /// Its result.
        result: Option<JobResult>,
    },
    /// It failed.
    Failed {
        /// What the editor is told.
        error: Notice,
        /// Details for a report.
        detail: String,
    },
    /// The editor cancelled it.
    Cancelled,
}

impl JobEnd {
    fn state(&self) -> JobState {
        match self {
            Self::Done { .. } => JobState::Done,
            Self::Failed { .. } => JobState::Failed,
            Self::Cancelled => JobState::Cancelled,
        }
    }
}

/// A job within the transaction that may change it.
struct Change<'a> {
    tx: Transaction<'a, Sqlite>,
    row: JobRow,
}

impl Change<'_> {
    fn may(&self, next: JobState) -> bool {
        self.row.job.state.may_become(next)
    }

    /// Commits, and returns the job as it is then.
    async fn finish(mut self) -> LibraryResult<Job> {
        let (profile, id) = (self.row.profile_id, self.row.job.id);
        let job = rows::find(&mut self.tx, profile, id).await?.job;
        self.tx.commit().await?;
        Ok(job)
    }

    /// Updates the status of the clip that a final is rendered from.
    async fn settle_final(&mut self) -> LibraryResult<()> {
        if let (JobKind::Render, Some(clip)) = (self.row.job.kind, self.row.job.clip_id) {
            settling::settle_final(&mut self.tx, self.row.profile_id, clip, false).await?;
        }
        Ok(())
    }
}

impl Library {
    async fn change(&self, profile: ProfileId, id: JobId) -> LibraryResult<Change<'static>> {
        let mut tx = self.begin().await?;
        let row = rows::find(&mut tx, profile, id).await?;
        Ok(Change { tx, row })
    }

    /// Marks a waiting job as running in this worker. Returns `false` if it is no longer
    /// waiting or its queue is on hold.
    pub async fn start_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        self.run_job(profile, id, worker, 1).await
    }

    /// Marks a waiting job as running again whose work this worker had only stopped.
    /// Returns `false` if it is no longer waiting or its queue is on hold.
    pub async fn continue_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        self.run_job(profile, id, worker, 0).await
    }

    async fn run_job(
        &self,
        profile: ProfileId,
        id: JobId,
        worker: &str,
        attempts: u32,
    ) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state != JobState::Queued {
            return Ok(false);
        }
        // Holding a queue pauses what runs. A job started after that would run on in a
        // queue that is on hold.
        if change.row.job.class != JobClass::Brief && order::is_held(&mut change.tx, profile).await? {
            return Ok(false);
        }
        sqlx::query!(
            "UPDATE jobs SET state = 'running', attempts = attempts + ?1,
                    started_at = iif(?1 > 0, ?2, started_at), worker = ?3
              WHERE profile_id = ?4 AND id = ?5",
            attempts,
            crate::now_ms(),
            worker,
            profile,
            id
        )
        .execute(&mut *change.tx)
        .await?;
        change.finish().await.map(|_| true)
    }

    /// Pauses a waiting or running job. One that has ended, or is paused already, stays as
    /// it is. The worker that runs it has to stop it.
    pub async fn pause_job(&self, profile: ProfileId, id: JobId, reason: PauseReason) -> LibraryResult<Job> {
        let mut change = self.change(profile, id).await?;
        if change.may(JobState::Paused) {
            sqlx::query!(
                "UPDATE jobs SET state = 'paused', pause_reason = ? WHERE profile_id = ? AND id = ?",
                reason,
                profile,
                id
            )
            .execute(&mut *change.tx)
            .await?;
        }
        change.finish().await
    }

    /// Queues a paused job again, for `worker`. With `stands_still`, its work was only
    /// stopped and continues from there; otherwise it starts over.
    pub async fn resume_job(
        &self,
        profile: ProfileId,
        id: JobId,
        worker: &str,
        stands_still: bool,
    ) -> LibraryResult<Job> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state == JobState::Paused {
            sqlx::query!(
                "UPDATE jobs SET state = 'queued', pause_reason = NULL, worker = ?1,
                        progress_bp = iif(?2, progress_bp, 0), stage = iif(?2, stage, NULL)
                  WHERE profile_id = ?3 AND id = ?4",
                worker,
                stands_still,
                profile,
                id
            )
            .execute(&mut *change.tx)
            .await?;
        }
        change.finish().await
    }

    /// Puts a running job back into the queue after a temporary failure. Returns `false` if
    /// it is no longer running.
    pub async fn try_job_again(&self, profile: ProfileId, id: JobId, why: &Notice) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state != JobState::Running {
            return Ok(false);
        }
        remark(&mut change.tx, profile, id, why).await?;
        sqlx::query!(
            "UPDATE jobs SET state = 'queued', progress_bp = 0, stage = NULL WHERE profile_id = ? AND id = ?",
            profile,
            id
        )
        .execute(&mut *change.tx)
        .await?;
        change.finish().await.map(|_| true)
    }

    /// Queues a job again that was interrupted, or that waits for a process that is gone.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] if a job with the same exclusive key is in progress.
    pub async fn requeue_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if !matches!(change.row.job.state, JobState::Interrupted | JobState::Queued) {
            return Ok(false);
        }
        let kind = change.row.job.kind;
        sqlx::query!(
            "UPDATE jobs SET state = 'queued', progress_bp = 0, stage = NULL, worker = ?
              WHERE profile_id = ? AND id = ?",
            worker,
            profile,
            id
        )
        .execute(&mut *change.tx)
        .await
        .map_err(|error| taken_key(error, kind))?;
        change.settle_final().await?;
        change.finish().await.map(|_| true)
    }

    /// Marks a job as interrupted because its worker is gone. Returns `false` if it is no
    /// longer running, or runs in another worker.
    pub async fn interrupt_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state != JobState::Running || change.row.worker != worker {
            return Ok(false);
        }
        sqlx::query!(
            "UPDATE jobs SET state = 'interrupted', stage = NULL WHERE profile_id = ? AND id = ?",
            profile,
            id
        )
        .execute(&mut *change.tx)
        .await?;
        change.settle_final().await?;
        change.finish().await.map(|_| true)
    }

    /// Records the progress of a running job. Progress never goes back; a job that is not
    /// running stays as it is.
    pub async fn note_job_progress(
        &self,
        profile: ProfileId,
        id: JobId,
        stage: &str,
        progress_bp: u32,
    ) -> LibraryResult<()> {
        let noted = sqlx::query!(
            "UPDATE jobs SET stage = ?, progress_bp = max(progress_bp, ?)
             WHERE profile_id = ? AND id = ? AND state = 'running'",
            stage,
            progress_bp.min(10_000),
            profile,
            id
        )
        .execute(&self.writer)
        .await?;
        if noted.rows_affected() > 0 {
            return Ok(());
        }
        self.job_row(profile, id).await.map(|_| ())
    }

    /// Stores the partial result of a running job, which is kept even if the job does not
    /// finish.
    pub async fn note_job_result(
        &self,
        profile: ProfileId,
        id: JobId,
        result: &JobResult,
    ) -> LibraryResult<()> {
        let mut tx = self.begin_at_work(profile, id).await?;
        sqlx::query!("UPDATE jobs SET result = ? WHERE profile_id = ? AND id = ?", Json(result), profile, id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Stores what a running job has found out and needs when it starts over.
    pub async fn note_job_payload(
        &self,
        profile: ProfileId,
        id: JobId,
        payload: &Value,
    ) -> LibraryResult<()> {
        let mut tx = self.begin_at_work(profile, id).await?;
        sqlx::query!(
            "UPDATE jobs SET payload = ? WHERE profile_id = ? AND id = ?",
            Json(payload),
            profile,
            id
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Begins a change of a job that has to be in progress.
    async fn begin_at_work(
        &self,
        profile: ProfileId,
        id: JobId,
    ) -> LibraryResult<Transaction<'static, Sqlite>> {
        let mut tx = self.begin().await?;
        rows::require_at_work(&mut tx, profile, id).await?;
        Ok(tx)
    }

    /// Adds a remark to the log of a job.
    pub async fn remark_on_job(&self, profile: ProfileId, id: JobId, about: &Notice) -> LibraryResult<()> {
        let mut tx = self.begin().await?;
        rows::require(&mut tx, profile, id).await?;
        remark(&mut tx, profile, id, about).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records how a job ended and updates what it worked on, in one transaction. A job
    /// that has already ended keeps its state. Returns the job as it is then.
    pub async fn end_job(&self, profile: ProfileId, id: JobId, end: &JobEnd) -> LibraryResult<Job> {
        let mut change = self.change(profile, id).await?;
        if change.may(end.state()) {
            write_end(&mut change.tx, profile, id, end).await?;
        }
        change.finish().await
    }

    /// Cancels every unfinished job of a batch in one transaction, and returns them. The
    /// workers that run them have to stop them.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] if there is no such batch.
    pub async fn cancel_batch(&self, profile: ProfileId, batch: BatchId) -> LibraryResult<Vec<Job>> {
        let mut tx = self.begin().await?;
        let members = sqlx::query!(
            r#"SELECT id AS "id: JobId", state AS "state: JobState" FROM jobs
                WHERE profile_id = ? AND batch_id = ? ORDER BY id"#,
            profile,
            batch
        )
        .fetch_all(&mut *tx)
        .await?;
        if members.is_empty() {
            return Err(LibraryError::NotFound { row: RowKind::Batch });
        }
        let mut ended = Vec::new();
        for member in members {
            if member.state.may_become(JobState::Cancelled) {
                ended.push(write_end(&mut tx, profile, member.id, &JobEnd::Cancelled).await?);
            }
        }
        tx.commit().await?;
        Ok(ended)
    }
}

async fn remark(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
    about: &Notice,
) -> LibraryResult<()> {
    sqlx::query!(
        "INSERT INTO job_events (profile_id, job_id, number, at, event, notices)
         SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, 'remark', ?4
           FROM job_events WHERE profile_id = ?1 AND job_id = ?2",
        profile,
        id,
        crate::now_ms(),
        Json([about])
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the end of a job, if its state allows that.
async fn write_end(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
    end: &JobEnd,
) -> LibraryResult<Job> {
    let (error, detail) = match end {
        JobEnd::Failed { error, detail } => (Some(Json(error)), Some(&**detail)),
        _ => (None, None),
    };
    let (notes, result) = match end {
        JobEnd::Done { notes, result } => (&**notes, result.as_ref().map(Json)),
        _ => (&[][..], None),
    };
    sqlx::query!(
        "UPDATE jobs SET state = ?1, progress_bp = iif(?1 = 'done', 10000, progress_bp), stage = NULL,
                pause_reason = NULL, error = ?2, error_detail = ?3, notes = ?4,
                result = coalesce(?5, result), ended_at = ?6
          WHERE profile_id = ?7 AND id = ?8",
        end.state(),
        error,
        detail,
        Json(notes),
        result,
        crate::now_ms(),
        profile,
        id
    )
    .execute(&mut *connection)
    .await?;
    let job = rows::find(connection, profile, id).await?.job;
    settling::settle(connection, profile, &job).await?;
    Ok(job)
}
