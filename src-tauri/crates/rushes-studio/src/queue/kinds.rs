//! What the queue needs to know about each kind of job. A new kind needs a
//! variant of [`JobKind`], a row of the table `job_kinds`, a payload
//! implementing this in its task's file, a line in `tasks/mod.rs`, and its
//! texts on the page.
//!
//! The queue names no kind itself: [`Kinds`] is passed in when it starts, since
//! tasks are in a layer above that uses the queue.

use std::path::PathBuf;

use futures::future::BoxFuture;
use rushes_library::model::{JobClass, JobKind};
use rushes_library::{JobRow, NewJob};
use rushes_model::ids::{ClipId, ProjectId, SourceId};
use rushes_model::notice::Notice;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::task::{Outcome, Task};
use crate::error::{StudioError, StudioResult};
use crate::session::ProfileSession;

/// Data a job of one kind needs, stored as JSON, and how the queue treats the kind.
pub(crate) trait Payload: Serialize + DeserializeOwned + Send + 'static {
    /// The kind.
    const KIND: JobKind;
    /// Version of the JSON. Earlier versions are still read; added fields have
    /// defaults.
    const VERSION: u32 = 1;
    /// Maximum attempts of a job whose ffmpeg hangs.
    const STALLED_ATTEMPTS: u32 = 2;
    /// Maximum attempts at which a job resumes by itself after a crash; 0 to
    /// offer it to the editor instead, since the job may have caused the crash.
    const ATTEMPTS_AFTER_CRASH: u32 = 0;
    /// Whether a job is prioritised when the editor looks at its subject.
    const FOLLOWS_FOCUS: bool = true;
    /// Whether a job needs a scratch folder.
    const HAS_SCRATCH: bool = true;
    /// Whether a job is cancelled with all others when the application closes.
    const CANCELLED_ON_CLOSE: bool = true;

    /// The main resource it needs.
    fn class(&self) -> JobClass;

    /// Two jobs with the same key never run or wait at once.
    fn exclusive_key(&self, subject: &Subject) -> String;

    /// Where it writes, and how much.
    fn writes(&self, session: &ProfileSession, _project: Option<ProjectId>) -> Writes {
        Writes::within(session)
    }

    /// Does the work.
    fn perform(self, task: &Task<'_>) -> impl Future<Output = StudioResult<Outcome>> + Send;

    /// Cleans up after an interrupted job when it is cancelled.
    fn discard(self, _session: &ProfileSession, _row: &JobRow) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// What a job is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    /// Title in lists.
    pub title: String,
    pub project_id: Option<ProjectId>,
    pub clip_id: Option<ClipId>,
    pub source_id: Option<SourceId>,
}

/// What a job writes.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    /// Target folders.
    pub folders: Vec<PathBuf>,
    /// Rough size, as far as known.
    pub bytes: u64,
    /// A folder chosen by the editor, which must exist; anything missing below
    /// it is created.
    pub outside: Option<PathBuf>,
}

impl Writes {
    /// An unknown amount in the profile's own folder.
    pub fn within(session: &ProfileSession) -> Self {
        Self { folders: vec![session.folders().root().to_owned()], ..Self::default() }
    }
}

/// Builds a job for the queue.
pub(crate) fn new_job<P: Payload>(payload: &P, subject: Subject) -> StudioResult<NewJob> {
    Ok(NewJob {
        kind: P::KIND,
        class: payload.class(),
        exclusive_key: Some(payload.exclusive_key(&subject)),
        payload: to_json(payload)?,
        payload_version: P::VERSION,
        project_id: subject.project_id,
        clip_id: subject.clip_id,
        source_id: subject.source_id,
        batch_id: None,
        title: subject.title,
    })
}

pub(crate) fn to_json(payload: &impl Serialize) -> StudioResult<serde_json::Value> {
    serde_json::to_value(payload).map_err(StudioError::internal)
}

/// The payload of a job.
pub(crate) fn payload_of<P: Payload>(row: &JobRow) -> StudioResult<P> {
    let unreadable = |detail: String| StudioError::with_detail(Notice::JobPayload, detail);
    if row.payload_version > P::VERSION {
        return Err(unreadable(format!("payload version {}", row.payload_version)));
    }
    serde_json::from_value(row.payload.clone()).map_err(|error| unreadable(error.to_string()))
}

/// A kind of job, independent of its payload type.
pub(crate) struct Descriptor {
    pub kind: JobKind,
    pub stalled_attempts: u32,
    pub attempts_after_crash: u32,
    pub follows_focus: bool,
    pub has_scratch: bool,
    pub cancelled_on_close: bool,
    /// Where a job writes; nothing if its payload cannot be read.
    pub writes: fn(&ProfileSession, &JobRow) -> Writes,
    pub perform: for<'a> fn(&'a Task<'_>) -> BoxFuture<'a, StudioResult<Outcome>>,
    pub discard: for<'a> fn(&'a ProfileSession, &'a JobRow) -> BoxFuture<'a, ()>,
}

impl Descriptor {
    /// The descriptor of jobs with this payload.
    pub const fn new<P: Payload>() -> Self {
        Self {
            kind: P::KIND,
            stalled_attempts: P::STALLED_ATTEMPTS,
            attempts_after_crash: P::ATTEMPTS_AFTER_CRASH,
            follows_focus: P::FOLLOWS_FOCUS,
            has_scratch: P::HAS_SCRATCH,
            cancelled_on_close: P::CANCELLED_ON_CLOSE,
            writes: |session, row| match payload_of::<P>(row) {
                Ok(payload) => payload.writes(session, row.job.project_id),
                Err(_) => Writes::default(),
            },
            perform: |task| Box::pin(async move { payload_of::<P>(task.row)?.perform(task).await }),
            discard: |session, row| {
                Box::pin(async move {
                    if let Ok(payload) = payload_of::<P>(row) {
                        payload.discard(session, row).await;
                    }
                })
            },
        }
    }
}

/// All kinds of jobs, passed in from the layer above.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kinds {
    /// The descriptor of a kind.
    pub descriptor: fn(JobKind) -> &'static Descriptor,
}
