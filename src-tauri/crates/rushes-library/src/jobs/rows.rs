//! Job rows: reading them and their logs.

use rushes_model::ids::{BatchId, ClipId, JobId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Notice, RowKind};
use serde_json::Value;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{
    Job, JobClass, JobEvent, JobEventKind, JobKind, JobQuery, JobResult, JobState, PauseReason,
};
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

/// A job as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct JobColumns {
    profile_id: ProfileId,
    id: JobId,
    revision: i64,
    project_id: Option<ProjectId>,
    clip_id: Option<ClipId>,
    source_id: Option<SourceId>,
    batch_id: Option<BatchId>,
    kind: JobKind,
    class: JobClass,
    title: String,
    payload: Json<Value>,
    payload_version: u32,
    exclusive_key: Option<String>,
    state: JobState,
    pause_reason: Option<PauseReason>,
    position: i64,
    stage: Option<String>,
    progress_bp: u32,
    attempts: u32,
    error: Option<Json<Notice>>,
    error_detail: Option<String>,
    notes: Json<Vec<Notice>>,
    result: Option<Json<JobResult>>,
    worker: String,
    created_at: i64,
    started_at: Option<i64>,
    ended_at: Option<i64>,
}

impl From<JobColumns> for JobRow {
    fn from(row: JobColumns) -> Self {
        Self {
            profile_id: row.profile_id,
            source_id: row.source_id,
            payload: row.payload.0,
            payload_version: row.payload_version,
            exclusive_key: row.exclusive_key,
            worker: row.worker,
            job: Job {
                id: row.id,
                revision: row.revision * REVISION_STEP,
                project_id: row.project_id,
                clip_id: row.clip_id,
                batch_id: row.batch_id,
                kind: row.kind,
                class: row.class,
                title: row.title,
                state: row.state,
                pause_reason: row.pause_reason,
                position: row.position,
                stage: row.stage,
                progress_bp: row.progress_bp,
                eta_s: None,
                speed_milli: None,
                attempts: row.attempts,
                error: row.error.map(|error| error.0),
                error_detail: row.error_detail,
                notes: row.notes.0,
                result: row.result.map(|result| result.0),
                created_at_ms: row.created_at,
                started_at_ms: row.started_at,
                ended_at_ms: row.ended_at,
            },
        }
    }
}

/// A statement that reads whole jobs, with their payloads or with `'null'` instead of them.
macro_rules! select_jobs {
    ($payload:literal, $which:literal $(, $bind:expr)*) => {
        sqlx::query_as!(
            JobColumns,
            r#"SELECT profile_id AS "profile_id: _", id AS "id: _", revision, project_id AS "project_id: _",
                      clip_id AS "clip_id: _", source_id AS "source_id: _", batch_id AS "batch_id: _",
                      kind AS "kind: _", class AS "class: _", title, "#
                + $payload
                + r#" AS "payload!: _", payload_version AS "payload_version: _", exclusive_key,
                      state AS "state: _", pause_reason AS "pause_reason: _", position, stage,
                      progress_bp AS "progress_bp: _", attempts AS "attempts: _", error AS "error: _",
                      error_detail, notes AS "notes: _", result AS "result: _", worker, created_at, started_at,
                      ended_at
                 FROM jobs "#
                + $which
            $(, $bind)*
        )
    };
}

/// A line of a job's log as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct EventColumns {
    number: u32,
    at: i64,
    event: JobEventKind,
    words: Option<String>,
    notices: Json<Vec<Notice>>,
}

impl From<EventColumns> for JobEvent {
    fn from(row: EventColumns) -> Self {
        Self { number: row.number, at_ms: row.at, event: row.event, words: row.words, notices: row.notices.0 }
    }
}

pub(crate) async fn find(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: JobId,
) -> LibraryResult<JobRow> {
    select_jobs!("payload", "WHERE profile_id = ? AND id = ?", profile, id)
        .map(JobRow::from)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)
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
        // The page does not show payloads, which may list thousands of files.
        let jobs = select_jobs!(
            "'null'",
            "WHERE profile_id = ?1 AND (?2 IS NULL OR project_id = ?2) AND (?3 IS NULL OR batch_id = ?3)
               AND (NOT ?4 OR state IN ('queued', 'running', 'paused', 'interrupted'))
             ORDER BY id DESC LIMIT ?5",
            profile,
            asked.project_id,
            asked.batch_id,
            asked.active,
            limit
        )
        .map(|row| JobRow::from(row).job)
        .fetch_all(&self.reader)
        .await?;
        Ok(jobs)
    }

    /// The log of a job, oldest first.
    pub async fn job_log(&self, profile: ProfileId, id: JobId) -> LibraryResult<Vec<JobEvent>> {
        let mut reader = self.reader.acquire().await?;
        require(&mut reader, profile, id).await?;
        let log = sqlx::query_as!(
            EventColumns,
            r#"SELECT number AS "number: _", at, event AS "event: _", words, notices AS "notices: _"
                 FROM job_events WHERE profile_id = ? AND job_id = ? ORDER BY number"#,
            profile,
            id
        )
        .map(JobEvent::from)
        .fetch_all(&mut *reader)
        .await?;
        Ok(log)
    }

    /// Every unfinished job of every profile, for recovery at start-up. Like the other
    /// functions for the scheduler it reads across profiles; none of it reaches a page.
    pub async fn jobs_under_way(&self) -> LibraryResult<Vec<JobRow>> {
        let jobs = select_jobs!(
            "payload",
            "WHERE state IN ('queued', 'running', 'paused', 'interrupted') ORDER BY id"
        )
        .map(JobRow::from)
        .fetch_all(&self.reader)
        .await?;
        Ok(jobs)
    }

    /// Running jobs of a profile that stop when its queue is put on hold.
    pub async fn running_jobs(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        let jobs = sqlx::query_scalar!(
            r#"SELECT id AS "id: JobId" FROM jobs
                WHERE profile_id = ? AND state = 'running' AND class <> 'brief'"#,
            profile
        )
        .fetch_all(&self.reader)
        .await?;
        Ok(jobs)
    }

    /// Failed jobs of a profile that no later job repeats or has repeated.
    pub async fn open_failures(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id: JobId" FROM jobs j WHERE profile_id = ? AND state = 'failed'
                AND NOT EXISTS (SELECT 1 FROM jobs later
                     WHERE later.profile_id = j.profile_id AND later.id > j.id
                       AND later.exclusive_key IS j.exclusive_key AND later.kind = j.kind
                       AND later.clip_id IS j.clip_id AND later.project_id IS j.project_id)
              ORDER BY position, id"#,
            profile
        )
        .fetch_all(&self.reader)
        .await?;
        Ok(ids)
    }

    /// Jobs of all profiles that are paused for this reason.
    pub async fn jobs_paused_for(&self, reason: PauseReason) -> LibraryResult<Vec<JobRow>> {
        let jobs = select_jobs!("payload", "WHERE state = 'paused' AND pause_reason = ? ORDER BY id", reason)
            .map(JobRow::from)
            .fetch_all(&self.reader)
            .await?;
        Ok(jobs)
    }
}
