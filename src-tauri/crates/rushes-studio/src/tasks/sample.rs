//! Sample footage for new users, made by ffmpeg and added to a project.

use rushes_files::private;
use rushes_library::NewSource;
use rushes_library::model::{JobClass, JobKind};
use rushes_model::ids::SourceId;
use rushes_model::notice::{Failed, Notice, RowKind};
use serde::{Deserialize, Serialize};

use super::making;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject};
use crate::queue::task::{Outcome, Task};

/// The job's project is all it needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SamplePayload;

impl Payload for SamplePayload {
    const KIND: JobKind = JobKind::Sample;

    fn class(&self) -> JobClass {
        JobClass::Encode
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        making::exclusive_key(subject)
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        make(task).await?;
        Ok(Outcome::PLAIN)
    }
}

async fn make(task: &Task<'_>) -> StudioResult<()> {
    let project = task.row.job.project_id.ok_or(Notice::NotFound { row: RowKind::Project })?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let tools = task.session.studio().tools().await?;
    let context = task.context("making footage", 0.0, 0.95);
    let made = rushes_media::make_sample_footage(&tools, &task.temp, &context).await?;
    let there = library.list_sources(profile, Some(project)).await?;
    for film in made {
        task.check()?;
        let id = SourceId::new();
        let name = film.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Added by an attempt that was interrupted afterwards.
        if there.iter().any(|row| row.source.copied && row.source.name == name) {
            continue;
        }
        let path = task.session.folders().copied_source(project, id, &name);
        if let Some(folder) = path.parent() {
            private::create_dir_all(folder)
                .map_err(|error| StudioError::io(Failed::MakeSourcesFolder, &error))?;
        }
        std::fs::rename(&film, &path).map_err(|error| StudioError::io(Failed::PlaceSample, &error))?;
        let facts = rushes_media::probe_within(&tools, &path, &task.silent_context()).await?;
        let fingerprint = rushes_media::fingerprint(&path)?;
        let new = NewSource { id, name, path, facts, fingerprint, copied: true };
        library.add_source(profile, project, &new).await?;
        task.session.emit(StudioEvent::SourcesChanged { project_id: project });
    }
    Ok(())
}
