//! Background jobs.

use rushes_model::ids::{BatchId, ClipId, ExportId, JobId, ProjectId, SourceId};
use rushes_model::notice::Notice;
use serde::{Deserialize, Serialize};

/// What a job does. Each is a row of the table `job_kinds`, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum JobKind {
    /// Analyses a source.
    Analyse,
    /// Makes the file of a clip.
    ClipFile,
    /// Deletes the files of what was in the trash.
    DeleteFiles,
    /// Makes raw clips from sources.
    Generate,
    /// Makes raw clips from segments.
    GenerateFromSegments,
    /// Adds files to a project: probes them, and copies them where that is asked.
    Ingest,
    /// Makes a version of a source that the window can play.
    Proxy,
    /// Renders a final.
    Render,
    /// Makes sample footage and a project around it.
    Sample,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Analyse,
        Self::ClipFile,
        Self::DeleteFiles,
        Self::Generate,
        Self::GenerateFromSegments,
        Self::Ingest,
        Self::Proxy,
        Self::Render,
        Self::Sample,
    ];
}

/// What a job mostly needs of the machine: how many of a class work at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum JobClass {
    /// Decodes a whole source; the decoder alone uses every core.
    Decode,
    /// Encodes what is short, or much of it.
    Encode,
    /// Copies streams: the disk is what it needs.
    Light,
    /// The editor takes it for done, or waits for it in this moment. Each profile
    /// has places of its own for these, and they are not held with the queue:
    /// deleting is what makes room on a full disk.
    Brief,
}

/// How far a job is. `Done`, `Failed` and `Cancelled` are terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for its turn.
    Queued,
    /// Working.
    Running,
    /// Held: it waits, or its ffmpeg is stopped in the middle.
    Paused,
    /// Was running when the application ended; can be tried again.
    Interrupted,
    /// Finished.
    Done,
    /// Ended with an error.
    Failed,
    /// Ended by the editor.
    Cancelled,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Running,
        Self::Paused,
        Self::Interrupted,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Whether this state is terminal.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Whether a job may go from this state to `next`. Triggers in the schema enforce the
    /// same rules.
    pub fn may_become(self, next: Self) -> bool {
        use JobState::{Cancelled, Done, Failed, Interrupted, Paused, Queued, Running};
        match self {
            Queued => matches!(next, Running | Paused | Failed | Cancelled),
            Running => matches!(next, Queued | Paused | Interrupted | Done | Failed | Cancelled),
            Paused => matches!(next, Queued | Done | Failed | Cancelled),
            Interrupted => matches!(next, Queued | Cancelled),
            Done | Failed | Cancelled => false,
        }
    }
}

/// Why a job is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum PauseReason {
    /// The editor wanted it.
    Editor,
    /// The whole queue is held.
    Queue,
    /// There is no room for what it makes. It goes on once there is.
    DiskFull,
    /// The folder that it writes to is gone. It goes on once it is back.
    FolderMissing,
    /// The application was closed. It goes on with the next start.
    Quit,
}

/// Why work of a profile is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The editor wanted it: the whole queue is held.
    Editor,
    /// A disk is full. What writes to it goes on once there is room.
    DiskFull,
}

/// A file that was not added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RefusedFile {
    /// The identity that it would have had.
    pub source_id: SourceId,
    /// Its file name.
    pub name: String,
    /// Why.
    pub notice: Notice,
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum JobResult {
    /// A final.
    Final {
        /// Its identity.
        export_id: ExportId,
    },
    /// Clips, which may have been deleted since.
    Clips {
        /// How many it made.
        made: u32,
    },
    /// Files that were added to a project, and those that were not.
    Sources {
        /// How many it added.
        added: u32,
        /// What was refused, in the order in which it was named.
        refused: Vec<RefusedFile>,
    },
    /// Files that were deleted.
    Deleted {
        /// How many.
        files: u32,
        /// The space that became free, in bytes.
        bytes: i64,
    },
}

/// A background job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Job {
    /// Identity.
    pub id: JobId,
    /// Only grows. Of two answers or events about the same job, the one with the lower
    /// revision is older and must never replace the other; of equal ones, the one that
    /// came last counts.
    pub revision: i64,
    /// Its project.
    pub project_id: Option<ProjectId>,
    /// Its clip, where it is one.
    pub clip_id: Option<ClipId>,
    /// The call that asked for it together with others.
    pub batch_id: Option<BatchId>,
    /// What it does.
    pub kind: JobKind,
    /// What it needs of the machine.
    pub class: JobClass,
    /// What it is about, for lists: a clip's or a project's name.
    pub title: String,
    /// How far it is.
    pub state: JobState,
    /// Why it is held, while it is paused.
    pub pause_reason: Option<PauseReason>,
    /// Its place among the waiting jobs of the profile; the lowest comes first.
    pub position: i64,
    /// Stage that it is in: `looking`, `analysing`, `encoding`, `making footage`,
    /// `probing`, `copying`, `deleting`.
    pub stage: Option<String>,
    /// Done part, 0 to 10 000 basis points; never goes back.
    pub progress_bp: u32,
    /// Seconds left, once that can be told.
    pub eta_s: Option<u32>,
    /// Speed in thousandths of real time.
    pub speed_milli: Option<u32>,
    /// How often it was started.
    pub attempts: u32,
    /// The error that ended it.
    pub error: Option<Notice>,
    /// Diagnostics to copy.
    pub error_detail: Option<String>,
    /// Remarks on a finished job, for example why there are fewer clips than asked.
    pub notes: Vec<Notice>,
    /// What came of it.
    pub result: Option<JobResult>,
    /// When it was queued, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// When it last started, in milliseconds since the epoch.
    pub started_at_ms: Option<i64>,
    /// When it ended, in milliseconds since the epoch.
    pub ended_at_ms: Option<i64>,
}

/// What happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum JobEventKind {
    /// It was asked for.
    Queued,
    /// It began to work.
    Started,
    /// It entered a stage.
    Stage,
    /// It was held.
    Paused,
    /// It went on, or waits again.
    Resumed,
    /// The application ended while it worked.
    Interrupted,
    /// It waits again after it was interrupted.
    Requeued,
    /// It failed in a way that passes, and waits to be tried once more.
    Retried,
    /// Something worth knowing.
    Remark,
    /// It did what it should.
    Done,
    /// It could not.
    Failed,
    /// The editor ended it.
    Cancelled,
}

/// One line of the log of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct JobEvent {
    /// Counts from 1.
    pub number: u32,
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
    /// What happened.
    pub event: JobEventKind,
    /// More of it: the stage, or why it was paused.
    pub words: Option<String>,
    /// What the editor is told of it: a remark, the error of a failed job, the remarks on
    /// a finished one.
    pub notices: Vec<Notice>,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct JobQuery {
    /// Only those of this project.
    pub project_id: Option<ProjectId>,
    /// Only those of this batch.
    pub batch_id: Option<BatchId>,
    /// Only those that are not over.
    pub active: bool,
    /// Rows, 1 to 2 000; 100 where absent.
    pub limit: Option<u32>,
}
