//! Comparing a source's file with its fingerprint.

use rushes_library::model::{JobClass, JobKind};
use rushes_model::ids::SourceId;
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::error::StudioResult;
use crate::queue::kinds::{Payload, Subject};
use crate::queue::task::{Outcome, Task};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct VerifyPayload {
    pub source_id: SourceId,
}

impl Payload for VerifyPayload {
    const KIND: JobKind = JobKind::Verify;
    const HAS_SCRATCH: bool = false;

    fn class(&self) -> JobClass {
        JobClass::Light
    }

    fn exclusive_key(&self, _subject: &Subject) -> String {
        format!("verify:{}", self.source_id)
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        let (library, profile) = (task.session.library(), task.session.profile_id());
        let row = library.source_row(profile, self.source_id).await?;
        pieces::require_unchanged(task, &row).await?;
        Ok(Outcome::PLAIN)
    }
}
