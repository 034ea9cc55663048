//! What jobs do, a file a kind. A task works in its own profile's folders only.

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
mod task;

use rushes_library::model::{Job, JobKind, JobResult};

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::studio::ProfileSession;

pub(crate) use analyse::AnalysePayload;
pub(crate) use delete_files::DeletePayload;
pub(crate) use from_segments::FromSegmentsPayload;
pub(crate) use generate::GeneratePayload;
pub(crate) use pieces::planned as planned_pieces;
pub(crate) use probe::{Arriving, ProbePayload, examined, forget_copies};
pub(crate) use proxy::ProxyPayload;
pub(crate) use raw_files::{FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE};
pub(crate) use render::{RenderPayload, final_name, folder_missing, forget_lost};
pub(crate) use task::{PAYLOAD_VERSION, Task};

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
