//! Making a clip's files for viewing again after a trim or a change of sound.

use rushes_library::model::{JobClass, JobKind};
use serde::{Deserialize, Serialize};

use super::kind::{Payload, Subject};
use super::{Outcome, Task, raw_files};
use crate::error::{StudioError, StudioResult};

/// The job's clip is all that it needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefreshPayload;

impl Payload for RefreshPayload {
    const KIND: JobKind = JobKind::Refresh;

    fn class(&self) -> JobClass {
        JobClass::Encode
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        let clip = subject.clip_id.map(|id| id.to_string()).unwrap_or_default();
        format!("refresh:{clip}")
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        make(task).await?;
        Ok(Outcome::PLAIN)
    }
}

async fn make(task: &Task<'_>) -> StudioResult<()> {
    let clip = task.row.job.clip_id.ok_or_else(|| StudioError::new("not_found", "There is no clip."))?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    loop {
        let context = task.context("cutting", 0.0, 1.0);
        raw_files::make(task, clip, &context).await?;
        // Trimmed again meanwhile: what is there now is already out of date.
        let plan = library.raw_plan(profile, clip).await?;
        if plan.cut_revision == plan.raw_revision {
            return Ok(());
        }
        task.check()?;
    }
}
