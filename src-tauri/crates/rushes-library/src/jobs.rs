//! Background jobs as rows: their state is here before the work starts and
//! after it ends. Terminal states are kept by a trigger as well.

use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{Row, SqliteConnection};

use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ClipId, JobId, ProfileId, ProjectId};
use crate::limits;
use crate::model::{Job, JobKind, JobQuery, JobState};
use crate::open::Library;
use crate::{clip_making, exports, projects};

const NOT_FOUND: LibraryError = LibraryError::NotFound { what: "job" };

/// A job to be queued.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// Its project.
    pub project_id: Option<ProjectId>,
    /// The clip that it works on.
    pub clip_id: Option<ClipId>,
    /// What it is about, for lists.
    pub title: String,
    /// What it needs to know.
    pub payload: Value,
    /// Two jobs with the same key are never under way at once.
    pub exclusive_key: Option<String>,
}

/// A job with what it needs to know.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Whose it is.
    pub profile_id: ProfileId,
    /// What is shown.
    pub job: Job,
    /// What it needs to know.
    pub payload: Value,
    /// See [`NewJob::exclusive_key`].
    pub exclusive_key: Option<String>,
    /// The process that queued it or works on it.
    pub worker: String,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// It did what it should, perhaps with a remark.
    Done {
        /// For example why there are fewer clips than asked.
        note: Option<String>,
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

fn read(row: &SqliteRow) -> Result<JobRow, sqlx::Error> {
    Ok(JobRow {
        profile_id: row.try_get("profile_id")?,
        payload: row.try_get::<Json<Value>, _>("payload")?.0,
        exclusive_key: row.try_get("exclusive_key")?,
        worker: row.try_get("worker")?,
        job: Job {
            id: row.try_get("id")?,
            project_id: row.try_get("project_id")?,
            clip_id: row.try_get("clip_id")?,
            kind: row.try_get("kind")?,
            title: row.try_get("title")?,
            state: row.try_get("state")?,
            stage: row.try_get("stage")?,
            progress_bp: row.try_get("progress_bp")?,
            eta_s: None,
            speed_milli: None,
            attempts: row.try_get("attempts")?,
            error_code: row.try_get("error_code")?,
            error_message: row.try_get("error_message")?,
            error_detail: row.try_get("error_detail")?,
            note: row.try_get("note")?,
            created_at_ms: row.try_get("created_at")?,
            started_at_ms: row.try_get("started_at")?,
            ended_at_ms: row.try_get("ended_at")?,
        },
    })
}

async fn find(connection: &mut SqliteConnection, profile: ProfileId, id: JobId) -> LibraryResult<JobRow> {
    let row = sqlx::query("SELECT * FROM jobs WHERE profile_id = ? AND id = ?")
        .bind(profile)
        .bind(id)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// Refuses a job that is not there.
pub(crate) async fn require(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
) -> LibraryResult<()> {
    find(connection, profile, id).await.map(|_| ())
}

/// Refuses a job that is not running any more: what it made comes too late.
pub(crate) async fn require_running(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
) -> LibraryResult<()> {
    match find(connection, profile, id).await?.job.state {
        JobState::Running => Ok(()),
        _ => Err(LibraryError::JobOver),
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    worker: &str,
    new: &NewJob,
) -> LibraryResult<Job> {
    let id = JobId::new();
    sqlx::query(
        "INSERT INTO jobs (profile_id, id, project_id, clip_id, kind, title, payload, exclusive_key, worker, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(profile)
    .bind(id)
    .bind(new.project_id)
    .bind(new.clip_id)
    .bind(new.kind)
    .bind(&new.title)
    .bind(Json(&new.payload))
    .bind(&new.exclusive_key)
    .bind(worker)
    .bind(crate::now_ms())
    .execute(&mut *connection)
    .await
    .map_err(|error| match (LibraryError::from(error), new.kind) {
        (LibraryError::Busy { .. }, JobKind::Generate | JobKind::GenerateFromSegments) => LibraryError::Busy {
            message: "Clips are being made in this project already. Wait for it to finish, or cancel it.",
        },
        (LibraryError::Busy { .. }, JobKind::Render) => LibraryError::Busy {
            message: "This final is in the queue already. Wait for it to finish, or cancel it there.",
        },
        (error, _) => error,
    })?;
    if let (JobKind::Render, Some(clip)) = (new.kind, new.clip_id) {
        exports::settle_final(connection, profile, clip, false).await?;
    }
    Ok(find(connection, profile, id).await?.job)
}

impl Library {
    /// Queues a job. A clip that is to be rendered is marked so with it.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] where a job with the same exclusive key is under way.
    pub async fn queue_job(&self, profile: ProfileId, worker: &str, new: &NewJob) -> LibraryResult<Job> {
        let mut tx = self.begin().await?;
        let job = insert(&mut tx, profile, worker, new).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Queues many jobs in one transaction; each is answered on its own.
    ///
    /// # Errors
    /// One that concerns them all, such as a full disk; then none is queued.
    pub async fn queue_jobs(
        &self,
        profile: ProfileId,
        worker: &str,
        new: &[NewJob],
    ) -> LibraryResult<Vec<LibraryResult<Job>>> {
        let mut tx = self.begin().await?;
        let mut answers = Vec::with_capacity(new.len());
        for job in new {
            // A refused row ends its statement, not the transaction.
            match insert(&mut tx, profile, worker, job).await {
                Err(error @ (LibraryError::Busy { .. } | LibraryError::NotFound { .. })) => {
                    answers.push(Err(error));
                }
                queued => answers.push(Ok(queued?)),
            }
        }
        tx.commit().await?;
        Ok(answers)
    }

    /// One job with what it needs to know.
    pub async fn job_row(&self, profile: ProfileId, id: JobId) -> LibraryResult<JobRow> {
        find(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// Jobs of a profile, newest first.
    pub async fn list_jobs(&self, profile: ProfileId, asked: &JobQuery) -> LibraryResult<Vec<Job>> {
        let limit = limits::page_size(asked.limit, 100, 500)?;
        if let Some(project) = asked.project_id {
            projects::require(&mut *self.reader.acquire().await?, profile, project).await?;
        }
        let rows = sqlx::query(
            "SELECT * FROM jobs
              WHERE profile_id = ?1 AND (?2 IS NULL OR project_id = ?2)
                AND (NOT ?3 OR state IN ('queued', 'running', 'interrupted'))
              ORDER BY id DESC LIMIT ?4",
        )
        .bind(profile)
        .bind(asked.project_id)
        .bind(asked.active)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(read(row)?.job)).collect()
    }

    /// Marks a waiting job as running, by this worker from now on. False where
    /// it is not waiting any more.
    pub async fn start_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut tx = self.begin().await?;
        require(&mut tx, profile, id).await?;
        let done = sqlx::query(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = ?, worker = ?
             WHERE profile_id = ? AND id = ? AND state = 'queued'",
        )
        .bind(crate::now_ms())
        .bind(worker)
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Records how far a running job is. Progress never goes back. False where
    /// it does not run any more: another process ended it.
    pub async fn note_job_progress(
        &self,
        profile: ProfileId,
        id: JobId,
        stage: &str,
        progress_bp: u32,
    ) -> LibraryResult<bool> {
        let done = sqlx::query(
            "UPDATE jobs SET stage = ?, progress_bp = max(progress_bp, ?)
             WHERE profile_id = ? AND id = ? AND state = 'running'",
        )
        .bind(stage)
        .bind(progress_bp.min(10_000))
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        if done.rows_affected() > 0 {
            return Ok(true);
        }
        self.job_row(profile, id).await.map(|_| false)
    }

    /// Writes how a job ended, and settles what it worked on, in one
    /// transaction. What has a terminal state keeps it; the job is returned as
    /// it then is.
    pub async fn end_job(&self, profile: ProfileId, id: JobId, end: &JobEnd) -> LibraryResult<Job> {
        let (state, code, message, detail, note) = match end {
            JobEnd::Done { note } => (JobState::Done, None, None, None, note.as_deref()),
            JobEnd::Failed { code, message, detail } => {
                (JobState::Failed, Some(&**code), Some(&**message), Some(&**detail), None)
            }
            JobEnd::Cancelled => (JobState::Cancelled, None, None, None, None),
        };
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE jobs SET state = ?1, progress_bp = iif(?1 = 'done', 10000, progress_bp), stage = NULL,
                    error_code = ?2, error_message = ?3, error_detail = ?4, note = ?5,
                    ended_at = ?6
             WHERE profile_id = ?7 AND id = ?8 AND state IN ('queued', 'running', 'interrupted')",
        )
        .bind(state)
        .bind(code)
        .bind(message)
        .bind(detail)
        .bind(note)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        let job = find(&mut tx, profile, id).await?.job;
        if done.rows_affected() > 0 {
            settle(&mut tx, profile, &job).await?;
        }
        tx.commit().await?;
        Ok(job)
    }

    /// Queues again a job that was interrupted, or that waits for a process
    /// that is gone.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] where a job with the same exclusive key is under way.
    pub async fn requeue_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut tx = self.begin().await?;
        let job = find(&mut tx, profile, id).await?.job;
        let done = sqlx::query(
            "UPDATE jobs SET state = 'queued', progress_bp = 0, stage = NULL, worker = ?
             WHERE profile_id = ? AND id = ? AND state IN ('interrupted', 'queued')",
        )
        .bind(worker)
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if let (JobKind::Render, Some(clip)) = (job.kind, job.clip_id) {
            exports::settle_final(&mut tx, profile, clip, false).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Every job of every profile that waits or works, for recovery at
    /// start-up: the one function that looks across profiles. Nothing of it
    /// reaches a page.
    pub async fn jobs_under_way(&self) -> LibraryResult<Vec<JobRow>> {
        let rows =
            sqlx::query("SELECT * FROM jobs WHERE state IN ('queued', 'running', 'interrupted') ORDER BY id")
                .fetch_all(&self.reader)
                .await?;
        rows.iter().map(|row| read(row).map_err(Into::into)).collect()
    }

    /// Marks a job as interrupted: the worker that worked on it is gone. False
    /// where it does not run any more, or runs on in the hands of another one.
    pub async fn interrupt_job(&self, profile: ProfileId, id: JobId, worker: &str) -> LibraryResult<bool> {
        let mut tx = self.begin().await?;
        let job = find(&mut tx, profile, id).await?.job;
        let done = sqlx::query(
            "UPDATE jobs SET state = 'interrupted', stage = NULL
             WHERE profile_id = ? AND id = ? AND state = 'running' AND worker = ?",
        )
        .bind(profile)
        .bind(id)
        .bind(worker)
        .execute(&mut *tx)
        .await?;
        if let (JobKind::Render, Some(clip)) = (job.kind, job.clip_id) {
            exports::settle_final(&mut tx, profile, clip, false).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Brings the rows that a job worked on into order, now that it is over.
async fn settle(connection: &mut SqliteConnection, profile: ProfileId, job: &Job) -> LibraryResult<()> {
    match (job.kind, job.clip_id) {
        (JobKind::Render, Some(clip)) => {
            exports::settle_final(connection, profile, clip, job.state == JobState::Failed).await
        }
        (JobKind::Generate | JobKind::GenerateFromSegments, _) if job.state != JobState::Done => {
            clip_making::settle_made_clips(connection, profile, job.id).await
        }
        (JobKind::Refresh, Some(clip)) if job.state != JobState::Done => {
            // Nobody makes that file any more; trying the job again does.
            sqlx::query(
                "UPDATE clips SET raw_state = 'failed'
                  WHERE profile_id = ? AND id = ? AND raw_state = 'pending'",
            )
            .bind(profile)
            .bind(clip)
            .execute(connection)
            .await?;
            Ok(())
        }
        _ => Ok(()),
    }
}
