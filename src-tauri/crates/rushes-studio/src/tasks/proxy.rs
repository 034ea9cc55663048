//! Making a proxy of a source for playback in the window. Finals are still cut
//! from the source itself.

use std::collections::HashSet;

use rushes_files::private;
use rushes_library::model::{JobClass, JobKind, Source, SourceState};
use rushes_media::MediaError;
use rushes_model::ids::{ClipId, SourceId};
use rushes_model::notice::Failed;
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::error::{StudioError, StudioResult, if_there};
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject, new_job};
use crate::queue::task::{Outcome, Task};
use crate::session::ProfileSession;

/// Payload of a job that makes a proxy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProxyPayload {
    pub source_id: SourceId,
    /// One proxy serves all sources with the same content.
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
        private::create_dir_all(folder).map_err(|error| StudioError::io(Failed::MakeCacheFolder, &error))?;
    }
    let tools = session.studio().tools().await?;
    let context = task.context("encoding", 0.0, 0.99);
    match rushes_media::render_proxy(&tools, &row.path, &row.source.facts, &path, &context).await {
        // Already made: another project uses the same footage.
        Ok(_) | Err(MediaError::Exists { .. }) => {
            session.studio().cache_grew().await;
            session.emit(StudioEvent::AnalysisChanged { source_id: row.source.id });
            // What shows clips of it loads it again.
            session.emit(StudioEvent::SourcesChanged { project_id: row.source.project_id });
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

impl ProfileSession {
    /// Whether a proxy is played instead of a source.
    pub(crate) fn has_proxy(&self, source: &Source) -> bool {
        rushes_media::needs_proxy(&source.facts) && self.folders().proxy(&source.content_key()).is_file()
    }

    /// Queues making a proxy if a source needs one and has none.
    pub(crate) async fn queue_proxy(&self, source: &Source) -> StudioResult<()> {
        let there = self.folders().proxy(&source.content_key()).is_file();
        if there || source.state != SourceState::Ready || !rushes_media::needs_proxy(&source.facts) {
            return Ok(());
        }
        let payload = ProxyPayload { source_id: source.id, content_key: source.content_key() };
        let subject = Subject {
            title: source.name.clone(),
            project_id: Some(source.project_id),
            source_id: Some(source.id),
            ..Subject::default()
        };
        self.queue_once(new_job(&payload, subject)?).await
    }

    /// Queues making proxies of the footage that clips are played from. A clip that was
    /// deleted meanwhile needs none.
    pub(crate) async fn queue_proxies_of(&self, clips: &[ClipId]) -> StudioResult<()> {
        let (library, profile) = (self.library(), self.profile_id());
        let mut seen = HashSet::new();
        for clip in clips {
            let Some(plan) = if_there(library.clip_plan(profile, *clip).await)? else { continue };
            for cut in plan.cuts {
                if seen.insert(cut.source_id)
                    && let Some(row) = if_there(library.source_row(profile, cut.source_id).await)?
                {
                    self.queue_proxy(&row.source).await?;
                }
            }
        }
        Ok(())
    }
}
