//! Background jobs.

use serde::{Deserialize, Serialize};

use crate::ids::{ClipId, JobId, ProjectId};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum JobKind {
    /// Analyses a source.
    Analyse,
    /// Makes raw clips from sources.
    Generate,
    /// Makes raw clips from segments.
    GenerateFromSegments,
    /// Makes a clip's file for viewing again.
    Refresh,
    /// Renders a final.
    Render,
    /// Makes sample footage and a project around it.
    Sample,
}

/// How far a job is. `Done`, `Failed` and `Cancelled` are terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting.
    Queued,
    /// Working.
    Running,
    /// Was running when the application ended; can be tried again.
    Interrupted,
    /// Finished.
    Done,
    /// Ended with an error.
    Failed,
    /// Ended by the editor.
    Cancelled,
}

/// A background job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Job {
    /// Identity.
    pub id: JobId,
    /// Its project.
    pub project_id: Option<ProjectId>,
    /// The clip that it works on, where it is one.
    pub clip_id: Option<ClipId>,
    /// What it does.
    pub kind: JobKind,
    /// What it is about, for lists: a clip's or a project's name.
    pub title: String,
    /// How far it is.
    pub state: JobState,
    /// Stage that it is in: `looking`, `analysing`, `cutting`, `encoding`, `making footage`.
    pub stage: Option<String>,
    /// Done part, 0 to 10 000 basis points; never goes back.
    pub progress_bp: u32,
    /// Seconds left, once that can be told.
    pub eta_s: Option<u32>,
    /// Speed in thousandths of real time.
    pub speed_milli: Option<u32>,
    /// How often it was started.
    pub attempts: u32,
    /// Code of the error that ended it.
    pub error_code: Option<String>,
    /// What happened and what to do next.
    pub error_message: Option<String>,
    /// Diagnostics to copy.
    pub error_detail: Option<String>,
    /// Remark on a finished job, for example why there are fewer clips than asked.
    pub note: Option<String>,
    /// When it was queued, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// When it last started.
    pub started_at_ms: Option<i64>,
    /// When it ended.
    pub ended_at_ms: Option<i64>,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct JobQuery {
    /// Only those of this project.
    pub project_id: Option<ProjectId>,
    /// Only those that wait or work.
    pub active: bool,
    /// Rows, 1 to 500; 100 where absent.
    pub limit: Option<u32>,
}
