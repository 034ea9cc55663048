//! Making a version of a source that the window can play. Finals are cut from
//! the source itself all the same.

use rushes_library::ids::SourceId;
use rushes_media::MediaError;
use rushes_media::private;
use serde::{Deserialize, Serialize};

use super::{Task, pieces};
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;

/// What a job that makes a proxy is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProxyPayload {
    pub source_id: SourceId,
}

pub(super) async fn perform(task: &Task<'_>) -> StudioResult<()> {
    let asked: ProxyPayload = task.payload()?;
    let session = task.session;
    let row = session.library().source_row(session.profile_id(), asked.source_id).await?;
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
