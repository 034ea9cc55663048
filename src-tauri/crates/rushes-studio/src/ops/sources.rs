//! Sources of projects: listing, removing, relinking, proxies.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use rushes_library::model::{ItemOutcome, Source, SourceState, TrackUse};
use rushes_library::{LibraryError, Relinked, SourceRow};
use rushes_media::RunContext;
use rushes_model::ids::{ProjectId, SourceId};
use rushes_model::notice::RowKind;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::files::disks::{Disk, PAGE_PATIENCE};
use crate::files::prints::Found;
use crate::session::ProfileSession;
use crate::tasks::ingest::examined;

impl ProfileSession {
    /// The sources of a project. Sources whose file is gone are marked as missing.
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
        self.looked_up(vec![row]).await.pop().ok_or(LibraryError::NotFound { row: RowKind::Source }.into())
    }

    /// Removes a source from its project. Nothing is deleted: its file and the
    /// clips made from it stay.
    pub async fn remove_source(&self, id: SourceId) -> StudioResult<()> {
        self.set_source_removed(id, true).await.map(|_| ())
    }

    /// Brings a removed source back.
    pub async fn restore_source(&self, id: SourceId) -> StudioResult<Source> {
        self.set_source_removed(id, false).await
    }

    /// Points a source at the new location of its file.
    ///
    /// # Errors
    /// `different_footage` if it is not the same footage, unless that is
    /// accepted; then it must be at least as long as the clips need.
    pub async fn relink_source(
        &self,
        id: SourceId,
        path: &Path,
        accept_different: bool,
    ) -> StudioResult<Source> {
        self.library().source_row(self.profile_id(), id).await?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let new = examined(self, id, &path, &RunContext::quiet()).await?;
        let Relinked { source, is_other, changed } =
            self.library().relink_source(self.profile_id(), id, &new, accept_different).await?;
        self.emit(StudioEvent::SourcesChanged { project_id: source.project_id });
        if is_other {
            self.emit(StudioEvent::ProjectsChanged);
            self.clips_changed(changed);
        }
        Ok(source)
    }

    /// Chooses which sound tracks of a source are used: one, several mixed, or
    /// none. Tracks that are not named stay.
    ///
    /// # Errors
    /// `invalid` if there is no such track.
    pub async fn set_source_sound(&self, id: SourceId, tracks: &[TrackUse]) -> StudioResult<Source> {
        let (source, changed) = self.library().set_source_sound(self.profile_id(), id, tracks).await?;
        self.emit(StudioEvent::SourcesChanged { project_id: source.project_id });
        self.emit(StudioEvent::ProjectsChanged);
        self.emit(StudioEvent::AnalysisChanged { source_id: id });
        self.clips_changed(changed);
        if self.studio().stays() {
            self.queue_proxy(&source).await?;
        }
        Ok(source)
    }

    fn clips_changed(&self, projects: BTreeSet<ProjectId>) {
        for project_id in projects {
            self.emit(StudioEvent::ClipsChanged { project_id });
        }
    }

    async fn sources(&self, project: Option<ProjectId>) -> StudioResult<Vec<Source>> {
        let rows = self.library().list_sources(self.profile_id(), project).await?;
        Ok(self.looked_up(rows).await)
    }

    /// Sources with the current state reported by the disks. Drives that do not
    /// answer at once are not waited for: their sources keep their state, and
    /// an event reports a different answer later.
    pub(crate) async fn looked_up(&self, rows: Vec<SourceRow>) -> Vec<Source> {
        let mut folders: HashMap<PathBuf, Vec<SourceRow>> = HashMap::new();
        for row in &rows {
            folders.entry(row.path.parent().unwrap_or(&row.path).to_owned()).or_default().push(row.clone());
        }
        let mut looks: FuturesUnordered<_> =
            folders.into_iter().filter_map(|(folder, rows)| self.look(&folder, rows)).collect();
        let mut states: HashMap<SourceId, SourceState> = HashMap::new();
        // Pending queries continue on their own.
        let _ = timeout(PAGE_PATIENCE, async {
            while let Some(looked) = looks.next().await {
                states.extend(looked.unwrap_or_default());
            }
        })
        .await;
        let state = |source: &Source| states.get(&source.id).copied().unwrap_or(source.state);
        rows.into_iter()
            .map(|row| Source {
                state: state(&row.source),
                plays_from_us: if self.has_proxy(&row.source) { 0 } else { row.source.plays_from_us },
                ..row.source
            })
            .collect()
    }

    /// Checks the sources of one folder and records their states, however long
    /// that takes.
    fn look(&self, folder: &Path, rows: Vec<SourceRow>) -> Option<JoinHandle<Vec<(SourceId, SourceState)>>> {
        let (prints, asked) = (self.studio().prints().clone(), rows.clone());
        let there = move |disk: &dyn Disk| {
            let is_there = |row| prints.glance(disk, row) == Found::Unchanged;
            asked.iter().map(is_there).collect::<Vec<bool>>()
        };
        let answer = self.studio().disks().whenever(folder, there)?;
        let session = self.clone();
        Some(tokio::spawn(async move {
            let mut states = Vec::new();
            for (row, is_there) in rows.iter().zip(answer.await.unwrap_or_default()) {
                let state = if is_there { SourceState::Ready } else { SourceState::Missing };
                if let Err(error) = session.note_source_state(row, state).await {
                    tracing::warn!(%error, "the state of a source could not be noted");
                }
                states.push((row.source.id, state));
            }
            states
        }))
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
        Err(error) => ItemOutcome { item, done: None, refused: Some(error.into()) },
    }
}
