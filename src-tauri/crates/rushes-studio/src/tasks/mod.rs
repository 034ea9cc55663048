//! What jobs do. A task is handed its session, its job and its scratch space;
//! it works in that profile's folders only.

mod analyse;
mod delete_files;
mod from_segments;
mod generate;
mod pieces;
mod probe;
pub(crate) mod progress;
mod proxy;
mod raw_files;
mod refresh;
mod render;
mod sample;

use std::path::PathBuf;

use rushes_library::model::{Job, JobKind, JobResult};
use rushes_library::{JobRow, LibraryError};
use rushes_media::RunControl;
use rushes_media::run::RunContext;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::studio::ProfileSession;
use progress::JobProgress;

pub(crate) use analyse::AnalysePayload;
pub(crate) use delete_files::DeletePayload;
pub(crate) use from_segments::FromSegmentsPayload;
pub(crate) use generate::GeneratePayload;
pub(crate) use pieces::resolve as resolve_pieces;
pub(crate) use probe::{Arriving, ProbePayload, examined, forget_copies};
pub(crate) use proxy::ProxyPayload;
pub(crate) use raw_files::{FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE};
pub(crate) use render::{RenderPayload, final_name, folder_missing, forget_lost};

/// The shape of the payloads that this version writes.
pub(crate) const PAYLOAD_VERSION: u32 = 1;

/// A job at work.
pub(crate) struct Task<'a> {
    /// The profile that it belongs to.
    pub session: &'a ProfileSession,
    /// Its row as it started.
    pub row: &'a JobRow,
    /// Its scratch space; removed when it ends.
    pub temp: PathBuf,
    /// Ends it.
    pub cancel: CancellationToken,
    /// Stops it and lets it go on.
    pub control: RunControl,
    /// How far it is.
    pub progress: JobProgress,
}

impl Task<'_> {
    /// What the job needs to know.
    pub fn payload<P: DeserializeOwned>(&self) -> StudioResult<P> {
        let other_version = |detail: String| StudioError {
            code: "job_payload".into(),
            message: "This job was queued by another version of Rushes. Start it again.".into(),
            detail,
        };
        if self.row.payload_version != PAYLOAD_VERSION {
            return Err(other_version(format!("payload version {}", self.row.payload_version)));
        }
        serde_json::from_value(self.row.payload.clone()).map_err(|error| other_version(error.to_string()))
    }

    /// An error where the editor ended the job.
    pub fn check(&self) -> StudioResult<()> {
        if self.cancel.is_cancelled() { Err(StudioError::cancelled()) } else { Ok(()) }
    }

    /// Waits while the job is held; an error where the editor ended it.
    pub async fn clear(&self) -> StudioResult<()> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(StudioError::cancelled()),
            () = self.control.resumed() => Ok(()),
        }
    }

    /// Keeps what came of the job so far. One that somebody ended meanwhile, or
    /// deleted with what it works on, has nothing to keep.
    pub async fn note(&self, result: &JobResult) -> StudioResult<()> {
        let (library, profile) = (self.session.library(), self.session.profile_id());
        match library.note_job_result(profile, self.row.job.id, result).await {
            Err(LibraryError::JobOver | LibraryError::NotFound { .. }) => Ok(()),
            noted => Ok(noted?),
        }
    }

    /// A context for ffmpeg whose progress fills the part of the whole from
    /// `from` to `to`.
    pub fn context(&self, stage: &'static str, from: f64, to: f64) -> RunContext {
        RunContext {
            cancel: self.cancel.clone(),
            control: self.control.clone(),
            mark: Some(self.row.job.id.to_string()),
            on_progress: self.progress.told(stage, from, to),
            ..RunContext::quiet()
        }
    }
}

/// What came of a job that did what it should.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// A remark for the editor.
    pub note: Option<String>,
    /// What was made.
    pub result: Option<JobResult>,
}

impl Outcome {
    /// Nothing to be told of.
    const PLAIN: Self = Self { note: None, result: None };
}

/// Does what a job is for.
pub(crate) async fn perform(task: &Task<'_>) -> StudioResult<Outcome> {
    match task.row.job.kind {
        JobKind::Analyse => analyse::perform(task).await.map(|()| Outcome::PLAIN),
        JobKind::DeleteFiles => delete_files::perform(task).await,
        JobKind::Generate => made_clips(task, generate::perform(task).await?).await,
        JobKind::GenerateFromSegments => made_clips(task, from_segments::perform(task).await?).await,
        JobKind::Probe => probe::perform(task).await,
        JobKind::Proxy => proxy::perform(task).await.map(|()| Outcome::PLAIN),
        JobKind::Refresh => refresh::perform(task).await.map(|()| Outcome::PLAIN),
        JobKind::Render => render::perform(task).await,
        JobKind::Sample => sample::perform(task).await.map(|()| Outcome::PLAIN),
    }
}

async fn made_clips(task: &Task<'_>, note: Option<String>) -> StudioResult<Outcome> {
    let session = task.session;
    let clips = session.library().clips_of_job(session.profile_id(), task.row.job.id).await?;
    Ok(Outcome { note, result: Some(JobResult::Clips { made: clips.len() as u32 }) })
}

/// Tells the windows of a profile what the end of a job changed.
pub(crate) fn announce_end(session: &ProfileSession, job: &Job) {
    if let Some(project_id) = job.project_id {
        session.emit(StudioEvent::ClipsChanged { project_id });
    }
    session.emit(StudioEvent::ProjectsChanged);
}
