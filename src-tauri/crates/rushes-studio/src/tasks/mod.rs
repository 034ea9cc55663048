//! What jobs do. A task is handed its session, its job and its scratch space;
//! it works in that profile's folders only.

mod analyse;
mod from_segments;
mod generate;
mod pieces;
pub(crate) mod progress;
mod raw_files;
mod refresh;
mod render;
mod sample;

use std::path::PathBuf;

use rushes_library::JobRow;
use rushes_library::model::{Job, JobKind};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::studio::ProfileSession;
use progress::JobProgress;

pub(crate) use analyse::AnalysePayload;
pub(crate) use from_segments::FromSegmentsPayload;
pub(crate) use generate::GeneratePayload;
pub(crate) use pieces::resolve as resolve_pieces;
pub(crate) use raw_files::{FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE};
pub(crate) use render::{RenderPayload, final_name, folder_missing};

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
    /// How far it is.
    pub progress: JobProgress,
}

impl Task<'_> {
    /// What the job needs to know.
    pub fn payload<P: DeserializeOwned>(&self) -> StudioResult<P> {
        serde_json::from_value(self.row.payload.clone()).map_err(|error| StudioError {
            code: "job_payload".into(),
            message: "This job was queued by another version of Rushes. Start it again.".into(),
            detail: error.to_string(),
        })
    }

    /// An error where the editor ended the job.
    pub fn check(&self) -> StudioResult<()> {
        if self.cancel.is_cancelled() { Err(cancelled()) } else { Ok(()) }
    }
}

fn cancelled() -> StudioError {
    StudioError::new("cancelled", "Cancelled.")
}

/// Does what a job is for. The result is a remark for the editor, if any.
pub(crate) async fn perform(task: &Task<'_>) -> StudioResult<Option<String>> {
    match task.row.job.kind {
        JobKind::Analyse => analyse::perform(task).await.map(|()| None),
        JobKind::Generate => generate::perform(task).await,
        JobKind::GenerateFromSegments => from_segments::perform(task).await,
        JobKind::Refresh => refresh::perform(task).await.map(|()| None),
        JobKind::Render => render::perform(task).await.map(|()| None),
        JobKind::Sample => sample::perform(task).await.map(|()| None),
    }
}

/// Tells the windows of a profile what the end of a job changed.
pub(crate) fn announce_end(session: &ProfileSession, job: &Job) {
    if let Some(project_id) = job.project_id {
        session.emit(StudioEvent::ClipsChanged { project_id });
        session.emit(StudioEvent::ProjectsChanged);
    }
}
