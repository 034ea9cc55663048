//! Sources: adding files and folders, removing, relinking, pictures of them.

use std::path::{Path, PathBuf};

use futures::StreamExt;
use futures::stream;
use rushes_library::ids::{ProjectId, SourceId};
use rushes_library::model::{ItemOutcome, JobKind, Refusal, Source, SourceState};
use rushes_library::{NewJob, NewSource};

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::ops::making::to_json;
use crate::studio::ProfileSession;
use crate::tasks::{PAYLOAD_VERSION, ProxyPayload};

/// Most files that one drop adds.
const FILES_MAX: usize = 2_000;
/// How deep folders are searched.
const DEPTH_MAX: usize = 8;
/// Probes at once.
const PROBES_AT_ONCE: usize = 4;
/// Endings of files that a folder is searched for. A file that is named itself
/// is probed whatever it ends with.
pub const VIDEO_ENDINGS: &[&str] = &[
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mts", "m2ts", "ts", "mpg", "mpeg", "mxf", "wmv", "flv",
    "3gp", "3g2", "ogv", "vob", "insv", "braw", "r3d",
];

impl ProfileSession {
    /// Adds files, and the videos in folders, to a project; each is answered on
    /// its own. With `copy`, the profile keeps its own copy.
    pub async fn add_sources(
        &self,
        project: ProjectId,
        paths: &[PathBuf],
        copy: bool,
    ) -> StudioResult<Vec<ItemOutcome<Source>>> {
        self.library().live_project(self.profile_id(), project).await?;
        let mut files = Vec::new();
        for path in paths {
            // Relative paths are the terminal's; the library knows whole ones.
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            if path.is_dir() {
                let before = files.len();
                collect_videos(&path, 0, &mut files);
                if files.len() == before {
                    files.push(path);
                }
            } else {
                files.push(path);
            }
        }
        if files.len() > FILES_MAX {
            return Err(StudioError::invalid(
                "paths",
                format!("These are {} files; add at most {FILES_MAX} at once.", files.len()),
            ));
        }
        // Several probes at once; then all that can be added in one transaction.
        let probed: Vec<(PathBuf, StudioResult<NewSource>)> = stream::iter(files)
            .map(|path| async move {
                let source = self.examine(project, &path).await;
                (path, source)
            })
            .buffered(PROBES_AT_ONCE)
            .collect()
            .await;
        let mut answers: Vec<(PathBuf, Option<StudioError>)> = Vec::with_capacity(probed.len());
        let mut new = Vec::new();
        for (path, source) in probed {
            let kept = match source {
                Ok(source) if copy => self.copied(project, source).await,
                other => other,
            };
            answers.push((path, kept.map(|source| new.push(source)).err()));
        }
        let added = self.library().add_sources(self.profile_id(), project, &new).await;
        for (index, source) in new.iter().enumerate().filter(|(_, source)| source.copied) {
            if !added.as_ref().is_ok_and(|added| added[index].is_ok()) {
                // A copy that the library does not know would be an orphan.
                let _ = source.path.parent().map(std::fs::remove_dir_all);
            }
        }
        let added = added?;
        if self.studio().stays() {
            for source in added.iter().flatten() {
                self.queue_proxy(source).await?;
            }
        }
        let mut added = added.into_iter();
        let outcomes: Vec<_> = answers
            .into_iter()
            .filter_map(|(path, refused)| {
                let answer = match refused {
                    Some(error) => Err(error),
                    None => added.next()?.map_err(StudioError::from),
                };
                Some(outcome(path.to_string_lossy().into_owned(), answer))
            })
            .collect();
        if outcomes.iter().any(|outcome| outcome.done.is_some()) {
            self.emit(StudioEvent::SourcesChanged { project_id: project });
            self.emit(StudioEvent::ProjectsChanged);
        }
        Ok(outcomes)
    }

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
        let mut new = self.probe_source(&path).await?;
        new.id = id;
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

    async fn examine(&self, project: ProjectId, path: &Path) -> StudioResult<NewSource> {
        if self.library().has_source(self.profile_id(), project, path).await? {
            let name = file_name(path);
            return Err(rushes_library::LibraryError::AlreadyAdded { name }.into());
        }
        self.probe_source(path).await
    }

    async fn probe_source(&self, path: &Path) -> StudioResult<NewSource> {
        let tools = self.studio().tools().await?;
        let facts = rushes_media::probe(&tools, path).await?;
        let owned = path.to_owned();
        let fingerprint = tokio::task::spawn_blocking(move || rushes_media::fingerprint(&owned))
            .await
            .map_err(|error| StudioError::new("internal", error.to_string()))??;
        Ok(NewSource {
            id: SourceId::new(),
            name: file_name(path),
            path: path.to_owned(),
            facts,
            fingerprint,
            copied: false,
        })
    }

    /// A source with a copy of its own in the profile's folder.
    async fn copied(&self, project: ProjectId, mut new: NewSource) -> StudioResult<NewSource> {
        let target = self.folders().copied_source(project, new.id, &new.name);
        let scratch = self.folders().worker_temp(self.studio().worker_name()).join(new.id.to_string());
        let failed = |error: std::io::Error| StudioError::io("The source could not be copied.", &error);
        // In the scratch space first: a copy that is there is whole, and what is
        // left of one that was cut off is swept at the next start.
        let copied = async {
            tokio::fs::create_dir_all(scratch.parent().unwrap_or(&scratch)).await?;
            tokio::fs::copy(&new.path, &scratch).await?;
            tokio::fs::OpenOptions::new().write(true).open(&scratch).await?.sync_all().await?;
            tokio::fs::create_dir_all(target.parent().unwrap_or(&target)).await?;
            tokio::fs::rename(&scratch, &target).await
        }
        .await;
        if let Err(error) = copied {
            // Nothing of it may have been written yet.
            let _ = tokio::fs::remove_file(&scratch).await;
            return Err(failed(error));
        }
        new.path = target;
        new.copied = true;
        Ok(new)
    }
}

fn collect_videos(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if depth < DEPTH_MAX {
                collect_videos(&path, depth + 1, files);
            }
        } else if path
            .extension()
            .is_some_and(|ending| VIDEO_ENDINGS.contains(&ending.to_string_lossy().to_lowercase().as_str()))
        {
            files.push(path);
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
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
