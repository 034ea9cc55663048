//! Making a version of a source that the window can play. Finals are cut from
//! the source itself all the same.

use rushes_files::private;
use rushes_library::model::{JobClass, JobKind};
use rushes_media::MediaError;
use rushes_model::ids::SourceId;
use serde::{Deserialize, Serialize};

use super::kind::{Payload, Subject};
use super::{Outcome, Task, pieces};
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;

/// What a job that makes a proxy is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProxyPayload {
    pub source_id: SourceId,
    /// One version serves all sources with the same content.
    #[serde(default)]
    pub content_key: String,
}

impl Payload for ProxyPayload {
    const KIND: JobKind = JobKind::Proxy;

    fn class(&self) -> JobClass {
        JobClass::Encode
    }

    fn exclusive_key(&self, _subject: &Subject) -> String {
        format!("proxy:{}", self.content_key)
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        make(task, self.source_id).await?;
        Ok(Outcome::PLAIN)
    }
}

async fn make(task: &Task<'_>, source: SourceId) -> StudioResult<()> {
    let session = task.session;
    let row = session.library().source_row(session.profile_id(), source).await?;
    pieces::require_unchanged(task, &row).await?;
    let path = session.folders().proxy(&row.source.content_key());
    if let Some(folder) = path.parent() {
        private::create_dir_all(folder)
            .map_err(|error| StudioError::io("The cache folder cannot be made.", &error))?;
    }
    let tools = session.studio().tools().await?;
    let context = task.context("encoding", 0.0, 0.99);
    match rushes_media::render_proxy(&tools, &row.path, &row.source.facts, &path, &context).await {
        // Made already: the same footage stands in another project, too.
        Ok(_) | Err(MediaError::Exists { .. }) => {
            session.studio().cache_grew().await;
            session.emit(StudioEvent::AnalysisChanged { source_id: row.source.id });
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
