//! Emptying the trash: the rows are deleted at once, the files in the background.

use std::collections::BTreeSet;

use rushes_library::{Emptied, NewJob};
use rushes_model::ids::JobId;
use serde::Serialize;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::queue::kinds::{Subject, new_job};
use crate::session::ProfileSession;
use crate::tasks::trash::DeletePayload;

/// What emptying the trash ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub struct TrashEmptied {
    /// Clips.
    pub clips: u32,
    /// Projects.
    pub projects: u32,
    /// The job that deletes their files, and tells how much room that makes;
    /// absent where there are none.
    pub job_id: Option<JobId>,
}

impl ProfileSession {
    /// Deletes what is in the trash; its files in the profile's folders are
    /// deleted in the background. Finals in folders the editor chose stay.
    pub async fn empty_trash(&self) -> StudioResult<TrashEmptied> {
        let trashed = self.library().trashed_jobs(self.profile_id()).await?;
        for job in trashed {
            self.studio().active_jobs().cancel_and_wait(job).await;
        }
        let worker = self.studio().worker_name();
        let deleting = |emptied: &Emptied| self.deletion(emptied);
        let (emptied, job) = self.library().empty_trash(self.profile_id(), worker, deleting).await?;
        self.emit(StudioEvent::ProjectsChanged);
        for project_id in emptied.clips.iter().map(|(project, _)| *project).collect::<BTreeSet<_>>() {
            self.emit(StudioEvent::ClipsChanged { project_id });
            self.emit(StudioEvent::ExportsChanged { project_id });
        }
        let job_id = job.as_ref().map(|job| job.id);
        if let Some(job) = job {
            self.emit(StudioEvent::JobChanged { job });
            self.studio().active_jobs().wake();
        }
        let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
        Ok(TrashEmptied {
            clips: count(emptied.clips.len()),
            projects: count(emptied.projects.len()),
            job_id,
        })
    }

    /// The job that deletes the files of what was in the trash, if there are any.
    fn deletion(&self, emptied: &Emptied) -> Option<NewJob> {
        let payload = DeletePayload::of(emptied, &self.folders())?;
        let title = match &emptied.names[..] {
            [name] => name.clone(),
            [name, rest @ ..] => format!("{name} + {}", rest.len()),
            [] => String::new(),
        };
        // Ids and paths always serialise.
        new_job(&payload, Subject { title, ..Subject::default() }).ok()
    }
}
