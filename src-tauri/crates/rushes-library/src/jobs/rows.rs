//! Job rows: reading them and their logs.

use rushes_model::ids::{BatchId, ClipId, JobId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::RowKind;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{Row, SqliteConnection};

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Job, JobClass, JobEvent, JobKind, JobQuery, JobState, PauseReason};
use crate::{limits, projects};

const NOT_FOUND: LibraryError = LibraryError::NotFound { row: RowKind::Job };
/// Most rows in one list.
const LIST_MAX: u32 = 2_000;
/// What [`Job::revision`] grows by with each change of the row. The gap is for the
/// reports of a running job, ten per second for 13 years; 2^21 changes still fit into a
/// JavaScript number exactly.
const REVISION_STEP: i64 = 1 << 32;

/// A job to queue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// The resources it needs.
    pub class: JobClass,
    /// Its project.
    pub project_id: Option<ProjectId>,
    /// The clip it works on.
    pub clip_id: Option<ClipId>,
    /// The source it works on.
    pub source_id: Option<SourceId>,
    /// The batch it belongs to; [`Library::queue_jobs`] assigns a new one.
    pub batch_id: Option<BatchId>,
    /// Title for lists.
    pub title: String,
    /// Input of the task.
    pub payload: Value,
    /// Version of the payload's format.
    pub payload_version: u32,
    /// Two jobs with the same key are never in progress at once.
    pub exclusive_key: Option<String>,
}

/// A job with its payload.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Its profile.
    pub profile_id: ProfileId,
    /// What the page gets.
    pub job: Job,
    /// See [`NewJob::source_id`].
    pub source_id: Option<SourceId>,
    /// Input of the task.
    pub payload: Value,
    /// Version of the payload's format.
    pub payload_version: u32,
    /// See [`NewJob::exclusive_key`].
    pub exclusive_key: Option<String>,
    /// The process that queued it or runs it.
    pub worker: String,
}

pub(crate) fn read(row: &SqliteRow) -> Result<JobRow, sqlx::Error> {
    Ok(JobRow {
        profile_id: row.try_get("profile_id")?,
        job: read_job(row)?,
        source_id: row.try_get("source_id")?,
        payload: row.try_get::<Json<Value>, _>("payload")?.0,
        payload_version: row.try_get("payload_version")?,
        exclusive_key: row.try_get("exclusive_key")?,
        worker: row.try_get("worker")?,
    })
}

/// Reads only what the page shows: a payload may list thousands of files.
fn read_job(row: &SqliteRow) -> Result<Job, sqlx::Error> {
    Ok(Job {
        id: row.try_get("id")?,
        revision: row.try_get::<i64, _>("revision")? * REVISION_STEP,
        project_id: row.try_get("project_id")?,
        clip_id: row.try_get("clip_id")?,
        batch_id: row.try_get("batch_id")?,
        kind: row.try_get("kind")?,
        class: row.try_get("class")?,
        title: row.try_get("title")?,
        state: row.try_get("state")?,
        pause_reason: row.try_get("pause_reason")?,
        position: row.try_get("position")?,
        stage: row.try_get("stage")?,
        progress_bp: row.try_get("progress_bp")?,
        eta_s: None,
        speed_milli: None,
        attempts: row.try_get("attempts")?,
        error: row.try_get::<Option<Json<_>>, _>("error")?.map(|error| error.0),
        error_detail: row.try_get("error_detail")?,
        notes: row.try_get::<Json<_>, _>("notes")?.0,
        result: row.try_get::<Option<Json<_>>, _>("result")?.map(|result| result.0),
        created_at_ms: row.try_get("created_at")?,
        started_at_ms: row.try_get("started_at")?,
        ended_at_ms: row.try_get("ended_at")?,
    })
}

pub(crate) fn read_event(row: &SqliteRow) -> Result<JobEvent, sqlx::Error> {
    Ok(JobEvent {
        number: row.try_get("number")?,
        at_ms: row.try_get("at")?,
        event: row.try_get("event")?,
        words: row.try_get("words")?,
        notices: row.try_get::<Json<_>, _>("notices")?.0,
    })
}

pub(crate) async fn find(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
) -> LibraryResult<JobRow> {
    let row = sqlx::query("SELECT * FROM jobs WHERE profile_id = ? AND id = ?")
        .bind(profile)
        .bind(id)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// Fails unless the job exists.
pub(crate) async fn require(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
) -> LibraryResult<()> {
    find(connection, profile, id).await.map(|_| ())
}

/// Fails unless the job is still in progress: a result that comes later is discarded. A
/// job that was paused just as it finished counts as in progress.
pub(crate) async fn require_at_work(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
) -> LibraryResult<()> {
    match find(connection, profile, id).await?.job.state {
        JobState::Running | JobState::Paused => Ok(()),
        _ => Err(LibraryError::JobOver),
    }
}

impl Library {
    /// One job with its payload.
    pub async fn job_row(&self, profile: ProfileId, id: JobId) -> LibraryResult<JobRow> {
        find(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// Jobs of a profile, newest first.
    pub async fn list_jobs(&self, profile: ProfileId, asked: &JobQuery) -> LibraryResult<Vec<Job>> {
        let limit = limits::page_size(asked.limit, 100, LIST_MAX)?;
        if let Some(project) = asked.project_id {
            projects::require(&mut *self.reader.acquire().await?, profile, project).await?;
        }
        let rows = sqlx::query(
            "SELECT * FROM jobs
              WHERE profile_id = ?1 AND (?2 IS NULL OR project_id = ?2) AND (?3 IS NULL OR batch_id = ?3)
                AND (NOT ?4 OR state IN ('queued', 'running', 'paused', 'interrupted'))
              ORDER BY id DESC LIMIT ?5",
        )
        .bind(profile)
        .bind(asked.project_id)
        .bind(asked.batch_id)
        .bind(asked.active)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(read_job(row)?)).collect()
    }

    /// The log of a job, oldest first.
    pub async fn job_log(&self, profile: ProfileId, id: JobId) -> LibraryResult<Vec<JobEvent>> {
        let mut reader = self.reader.acquire().await?;
        require(&mut reader, profile, id).await?;
        let rows = sqlx::query(
            "SELECT number, at, event, words, notices FROM job_events
              WHERE profile_id = ? AND job_id = ? ORDER BY number",
        )
        .bind(profile)
        .bind(id)
        .fetch_all(&mut *reader)
        .await?;
        rows.iter().map(|row| Ok(read_event(row)?)).collect()
    }

    /// Every unfinished job of every profile, for recovery at start-up. Like the other
    /// functions for the scheduler it reads across profiles; none of it reaches a page.
    pub async fn jobs_under_way(&self) -> LibraryResult<Vec<JobRow>> {
        let rows = sqlx::query(
            "SELECT * FROM jobs WHERE state IN ('queued', 'running', 'paused', 'interrupted') ORDER BY id",
        )
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| read(row).map_err(Into::into)).collect()
    }

    /// Running jobs of a profile that stop when its queue is put on hold.
    pub async fn running_jobs(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        let sql = "SELECT id FROM jobs WHERE profile_id = ? AND state = 'running' AND class <> 'brief'";
        let jobs = sqlx::query_scalar(sql).bind(profile).fetch_all(&self.reader).await?;
        Ok(jobs)
    }

    /// Failed jobs of a profile that no later job repeats or has repeated.
    pub async fn open_failures(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        let ids = sqlx::query_scalar(
            "SELECT id FROM jobs j WHERE profile_id = ? AND state = 'failed'
                AND NOT EXISTS (SELECT 1 FROM jobs later
                     WHERE later.profile_id = j.profile_id AND later.id > j.id
                       AND later.exclusive_key IS j.exclusive_key AND later.kind = j.kind
                       AND later.clip_id IS j.clip_id AND later.project_id IS j.project_id)
              ORDER BY position, id",
        )
        .bind(profile)
        .fetch_all(&self.reader)
        .await?;
        Ok(ids)
    }

    /// Jobs of all profiles that are paused for this reason.
    pub async fn jobs_paused_for(&self, reason: PauseReason) -> LibraryResult<Vec<JobRow>> {
        let rows = sqlx::query("SELECT * FROM jobs WHERE state = 'paused' AND pause_reason = ? ORDER BY id")
            .bind(reason)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(|row| read(row).map_err(Into::into)).collect()
    }
}
