//! From state to state: every change of a job's state is made here, by the
//! rules of [`JobState::may_become`], which the schema keeps as well. A change
//! and what it means for the clip that the job works on are one transaction;
//! the log of the job is written with it, by triggers.

use rushes_model::ids::{BatchId, JobId, ProfileId};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::rows::{self, JobRow};
use super::{order, settling};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Job, JobClass, JobKind, JobResult, JobState, PauseReason};

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// It did what it should.
    Done {
        /// A remark, for example why there are fewer clips than asked.
        note: Option<String>,
        /// What came of it.
        result: Option<JobResult>,
    },
    /// It could not.
    Failed {
        /// Stable code.
        code: String,
        /// For the editor.
        message: String,
        /// To copy.
        detail: String,
    },
    /// The editor ended it.
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

/// A job inside of the transaction that may change it.
struct Change<'a> {
    tx: Transaction<'a, Sqlite>,
    row: JobRow,
}

impl Change<'_> {
    fn may(&self, next: JobState) -> bool {
        self.row.job.state.may_become(next)
    }

    /// Commits, and tells the job as it then is.
    async fn finish(mut self) -> LibraryResult<Job> {
        let (profile, id) = (self.row.profile_id, self.row.job.id);
        let job = rows::find(&mut self.tx, profile, id).await?.job;
        self.tx.commit().await?;
        Ok(job)
    }

    /// The clip that a final is rendered from stands as its jobs do.
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

    /// Marks a waiting job as running, by this worker from now on. False where
    /// it is not waiting any more, or its queue is held by now.
    pub async fn start_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        self.run_job(profile, id, worker, 1).await
    }

    /// Marks a waiting job, whose work of this worker only stands still, as
    /// running again. False where it is not waiting any more, or its queue is held
    /// by now.
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
        // Whoever holds the queue pauses what runs: what is started after that would
        // work on in a queue that is held.
        if change.row.job.class != JobClass::Brief && order::is_held(&mut change.tx, profile).await? {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE jobs SET state = 'running', attempts = attempts + ?1,
                    started_at = iif(?1 > 0, ?2, started_at), worker = ?3
              WHERE profile_id = ?4 AND id = ?5",
        )
        .bind(attempts)
        .bind(crate::now_ms())
        .bind(worker)
        .bind(profile)
        .bind(id)
        .execute(&mut *change.tx)
        .await?;
        change.finish().await.map(|_| true)
    }

    /// Holds a job that waits or works. One that is over, or held already, stays
    /// as it is. Whoever works on it has to stop.
    pub async fn pause_job(&self, profile: ProfileId, id: JobId, reason: PauseReason) -> LibraryResult<Job> {
        let mut change = self.change(profile, id).await?;
        if change.may(JobState::Paused) {
            sqlx::query("UPDATE jobs SET state = 'paused', pause_reason = ? WHERE profile_id = ? AND id = ?")
                .bind(reason)
                .bind(profile)
                .bind(id)
                .execute(&mut *change.tx)
                .await?;
        }
        change.finish().await
    }

    /// Lets a held job wait for its turn again, in the hands of `worker`. With
    /// `stands_still` its work was only stopped and goes on where it stands;
    /// else it begins anew.
    pub async fn resume_job(
        &self,
        profile: ProfileId,
        id: JobId,
        worker: &str,
        stands_still: bool,
    ) -> LibraryResult<Job> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state == JobState::Paused {
            sqlx::query(
                "UPDATE jobs SET state = 'queued', pause_reason = NULL, worker = ?1,
                        progress_bp = iif(?2, progress_bp, 0), stage = iif(?2, stage, NULL)
                  WHERE profile_id = ?3 AND id = ?4",
            )
            .bind(worker)
            .bind(stands_still)
            .bind(profile)
            .bind(id)
            .execute(&mut *change.tx)
            .await?;
        }
        change.finish().await
    }

    /// Puts a job that works back into the queue, after a failure that passes.
    /// False where it does not work any more.
    pub async fn try_job_again(&self, profile: ProfileId, id: JobId, why: &str) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state != JobState::Running {
            return Ok(false);
        }
        remark(&mut change.tx, profile, id, why).await?;
        sqlx::query(
            "UPDATE jobs SET state = 'queued', progress_bp = 0, stage = NULL WHERE profile_id = ? AND id = ?",
        )
        .bind(profile)
        .bind(id)
        .execute(&mut *change.tx)
        .await?;
        change.finish().await.map(|_| true)
    }

    /// Queues again a job that was interrupted, or that waits for a process
    /// that is gone.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] where a job with the same exclusive key is under way.
    pub async fn requeue_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if !matches!(change.row.job.state, JobState::Interrupted | JobState::Queued) {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE jobs SET state = 'queued', progress_bp = 0, stage = NULL, worker = ?
              WHERE profile_id = ? AND id = ?",
        )
        .bind(worker)
        .bind(profile)
        .bind(id)
        .execute(&mut *change.tx)
        .await?;
        change.settle_final().await?;
        change.finish().await.map(|_| true)
    }

    /// Marks a job as interrupted: the worker that worked on it is gone. False
    /// where it does not run any more, or runs on in the hands of another one.
    pub async fn interrupt_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut change = self.change(profile, id).await?;
        if change.row.job.state != JobState::Running || change.row.worker != worker {
            return Ok(false);
        }
        sqlx::query("UPDATE jobs SET state = 'interrupted', stage = NULL WHERE profile_id = ? AND id = ?")
            .bind(profile)
            .bind(id)
            .execute(&mut *change.tx)
            .await?;
        change.settle_final().await?;
        change.finish().await.map(|_| true)
    }

    /// Records how far a running job is. Progress never goes back; one that does
    /// not run any more stays as it is.
    pub async fn note_job_progress(
        &self,
        profile: ProfileId,
        id: JobId,
        stage: &str,
        progress_bp: u32,
    ) -> LibraryResult<()> {
        let noted = sqlx::query(
            "UPDATE jobs SET stage = ?, progress_bp = max(progress_bp, ?)
             WHERE profile_id = ? AND id = ? AND state = 'running'",
        )
        .bind(stage)
        .bind(progress_bp.min(10_000))
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        if noted.rows_affected() > 0 {
            return Ok(());
        }
        self.job_row(profile, id).await.map(|_| ())
    }

    /// Keeps what came so far of a job that works; it is there also where the job
    /// does not get to its end.
    pub async fn note_job_result(
        &self,
        profile: ProfileId,
        id: JobId,
        result: &JobResult,
    ) -> LibraryResult<()> {
        self.note("UPDATE jobs SET result = ? WHERE profile_id = ? AND id = ?", profile, id, result).await
    }

    /// Keeps what a job that works found out and has to know when it begins anew.
    pub async fn note_job_payload(
        &self,
        profile: ProfileId,
        id: JobId,
        payload: &Value,
    ) -> LibraryResult<()> {
        self.note("UPDATE jobs SET payload = ? WHERE profile_id = ? AND id = ?", profile, id, payload).await
    }

    async fn note(
        &self,
        change: &'static str,
        profile: ProfileId,
        id: JobId,
        what: &(impl Serialize + Sync),
    ) -> LibraryResult<()> {
        let mut tx = self.begin().await?;
        rows::require_at_work(&mut tx, profile, id).await?;
        sqlx::query(change).bind(Json(what)).bind(profile).bind(id).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes a remark into the log of a job.
    pub async fn remark_on_job(&self, profile: ProfileId, id: JobId, words: &str) -> LibraryResult<()> {
        let mut tx = self.begin().await?;
        rows::require(&mut tx, profile, id).await?;
        remark(&mut tx, profile, id, words).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes how a job ended, and settles what it worked on, in one
    /// transaction. What has a terminal state keeps it; the job is returned as
    /// it then is.
    pub async fn end_job(&self, profile: ProfileId, id: JobId, end: &JobEnd) -> LibraryResult<Job> {
        let mut change = self.change(profile, id).await?;
        if change.may(end.state()) {
            write_end(&mut change.tx, profile, id, end).await?;
        }
        change.finish().await
    }

    /// Cancels every job of a batch that is not over, in one transaction, and
    /// tells which. Whoever works on them has to stop.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] where there is no such batch.
    pub async fn cancel_batch(&self, profile: ProfileId, batch: BatchId) -> LibraryResult<Vec<Job>> {
        let mut tx = self.begin().await?;
        let members: Vec<(JobId, JobState)> =
            sqlx::query_as("SELECT id, state FROM jobs WHERE profile_id = ? AND batch_id = ? ORDER BY id")
                .bind(profile)
                .bind(batch)
                .fetch_all(&mut *tx)
                .await?;
        if members.is_empty() {
            return Err(LibraryError::NotFound { what: "batch" });
        }
        let mut ended = Vec::new();
        for (id, state) in members {
            if state.may_become(JobState::Cancelled) {
                ended.push(write_end(&mut tx, profile, id, &JobEnd::Cancelled).await?);
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
    words: &str,
) -> LibraryResult<()> {
    sqlx::query(
        "INSERT INTO job_events (profile_id, job_id, number, at, event, words)
         SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, 'remark', ?4
           FROM job_events WHERE profile_id = ?1 AND job_id = ?2",
    )
    .bind(profile)
    .bind(id)
    .bind(crate::now_ms())
    .bind(words)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the end of a job that may end so.
async fn write_end(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
    end: &JobEnd,
) -> LibraryResult<Job> {
    let (code, message, detail) = match end {
        JobEnd::Failed { code, message, detail } => (Some(&**code), Some(&**message), Some(&**detail)),
        _ => (None, None, None),
    };
    let (note, result) = match end {
        JobEnd::Done { note, result } => (note.as_deref(), result.as_ref().map(Json)),
        _ => (None, None),
    };
    sqlx::query(
        "UPDATE jobs SET state = ?1, progress_bp = iif(?1 = 'done', 10000, progress_bp), stage = NULL,
                pause_reason = NULL, error_code = ?2, error_message = ?3, error_detail = ?4, note = ?5,
                result = coalesce(?6, result), ended_at = ?7
          WHERE profile_id = ?8 AND id = ?9",
    )
    .bind(end.state())
    .bind(code)
    .bind(message)
    .bind(detail)
    .bind(note)
    .bind(result)
    .bind(crate::now_ms())
    .bind(profile)
    .bind(id)
    .execute(&mut *connection)
    .await?;
    let job = rows::find(connection, profile, id).await?.job;
    settling::settle(connection, profile, &job).await?;
    Ok(job)
}
