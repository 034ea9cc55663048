//! What jobs do, a file a kind. A task works in its own profile's folders only.

mod analyse;
mod delete_files;
mod from_segments;
mod generate;
mod kind;
mod pieces;
mod probe;
pub(crate) mod progress;
mod proxy;
mod raw_files;
mod refresh;
mod render;
mod sample;
mod task;

use rushes_library::model::{Job, JobResult};

use crate::events::StudioEvent;
use crate::studio::ProfileSession;

pub(crate) use analyse::AnalysePayload;
pub(crate) use delete_files::DeletePayload;
pub(crate) use from_segments::FromSegmentsPayload;
pub(crate) use generate::GeneratePayload;
pub(crate) use kind::{Descriptor, Payload, Subject, Writes, new_job};
pub(crate) use pieces::planned as planned_pieces;
pub(crate) use probe::{Arriving, ProbePayload, examined};
pub(crate) use proxy::ProxyPayload;
pub(crate) use raw_files::{FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE};
pub(crate) use refresh::RefreshPayload;
pub(crate) use render::{RenderPayload, final_name, folder_missing, forget_lost};
pub(crate) use sample::SamplePayload;
pub(crate) use task::Task;

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

/// Tells the windows of a profile what the end of a job changed.
pub(crate) fn announce_end(session: &ProfileSession, job: &Job) {
    if let Some(project_id) = job.project_id {
        session.emit(StudioEvent::ClipsChanged { project_id });
    }
    session.emit(StudioEvent::ProjectsChanged);
}
