//! Sources of projects: looking, removing, relinking, versions to play.

use std::path::Path;

use rushes_library::NewJob;
use rushes_library::ids::{ProjectId, SourceId};
use rushes_library::model::{ItemOutcome, JobKind, Refusal, Source, SourceState};
use rushes_media::RunContext;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::ops::making::to_json;
use crate::studio::ProfileSession;
use crate::tasks::{PAYLOAD_VERSION, ProxyPayload, examined};

impl ProfileSession {
    /// The sources of a project. Those whose file is gone are marked so.
    pub async fn list_sources(&self, project: ProjectId) -> StudioResult<Vec<Source>> {
        self.sources(Some(project)).await
    }

    /// The sources of all projects.
    pub async fn list_all_sources(&self) -> StudioResult<Vec<Source>> {
        self.sources(None).await
    }

    /// One source.
    pub async fn get_source(&self, id: SourceId) -> StudioResult<Source> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        self.looked_up(row.source, &row.path).await
    }

    /// Removes a source from its project. Nothing is deleted: its file is left
    /// alone, and clips made from it stay.
    pub async fn remove_source(&self, id: SourceId) -> StudioResult<()> {
        self.set_source_removed(id, true).await.map(|_| ())
    }

    /// Brings a removed source back.
    pub async fn restore_source(&self, id: SourceId) -> StudioResult<Source> {
        self.set_source_removed(id, false).await
    }

    /// Points a source at the file's new place.
    ///
    /// # Errors
    /// `different_footage` where the file is not the same footage, unless that
    /// is accepted; then it has to be as long at least as the clips need.
    pub async fn relink_source(
        &self,
        id: SourceId,
        path: &Path,
        accept_different: bool,
    ) -> StudioResult<Source> {
        let before = self.library().source_row(self.profile_id(), id).await?.source;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let new = examined(self, id, &path, &RunContext::quiet()).await?;
        if new.fingerprint != before.fingerprint && !accept_different {
            return Err(StudioError::new(
                "different_footage",
                format!(
                    "“{}” is not the same footage as “{}”. Choose the original file.",
                    new.name, before.name
                ),
            ));
        }
        // A frame's worth of difference is a container's rounding.
        if new.facts.duration_us + 100_000 < before.facts.duration_us {
            return Err(StudioError::new(
                "different_footage",
                format!(
                    "“{}” is shorter than “{}”, so clips would lose their footage. Choose the original file.",
                    new.name, before.name
                ),
            ));
        }
        let source = self.library().relink_source(self.profile_id(), id, &new).await?;
        self.emit(StudioEvent::SourcesChanged { project_id: source.project_id });
        if new.fingerprint != before.fingerprint {
            self.emit(StudioEvent::ProjectsChanged);
            self.refresh_left_pending().await?;
        }
        Ok(source)
    }

    /// Queues the making of a version that the window can play, where a source
    /// needs one that is not there.
    pub(crate) async fn queue_proxy(&self, source: &Source) -> StudioResult<()> {
        let there = self.folders().proxy(&source.fingerprint).is_file();
        if there || source.state != SourceState::Ready || !rushes_media::needs_proxy(&source.facts) {
            return Ok(());
        }
        self.queue_once(NewJob {
            kind: JobKind::Proxy,
            project_id: Some(source.project_id),
            clip_id: None,
            batch_id: None,
            title: source.name.clone(),
            payload: to_json(&ProxyPayload { source_id: source.id })?,
            payload_version: PAYLOAD_VERSION,
            exclusive_key: Some(format!("proxy:{}", source.fingerprint)),
        })
        .await
    }

    async fn sources(&self, project: Option<ProjectId>) -> StudioResult<Vec<Source>> {
        let rows = self.library().list_sources(self.profile_id(), project).await?;
        let mut sources = Vec::with_capacity(rows.len());
        for row in rows {
            sources.push(self.looked_up(row.source, &row.path).await?);
        }
        Ok(sources)
    }

    /// A source with its state as the disk tells it now.
    async fn looked_up(&self, mut source: Source, path: &Path) -> StudioResult<Source> {
        let there = tokio::fs::metadata(path).await.is_ok_and(|facts| facts.is_file());
        let state = if there { SourceState::Ready } else { SourceState::Missing };
        if state != source.state {
            self.library().set_source_state(self.profile_id(), source.id, state).await?;
            source.state = state;
        }
        Ok(source)
    }

    async fn set_source_removed(&self, id: SourceId, removed: bool) -> StudioResult<Source> {
        let source = self.library().set_source_removed(self.profile_id(), id, removed).await?;
        self.emit(StudioEvent::SourcesChanged { project_id: source.project_id });
        self.emit(StudioEvent::ProjectsChanged);
        Ok(source)
    }
}

pub(crate) fn outcome<T>(item: String, result: StudioResult<T>) -> ItemOutcome<T> {
    match result {
        Ok(done) => ItemOutcome { item, done: Some(done), refused: None },
        Err(error) => ItemOutcome {
            item,
            done: None,
            refused: Some(Refusal { code: error.code, message: error.message }),
        },
    }
}
