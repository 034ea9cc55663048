//! Periodic checks: other processes may have paused or cancelled jobs running
//! here, a disk may be full, and waiting jobs may be able to continue.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use rushes_library::LibraryError;
use rushes_library::model::{JobClass, JobState, PauseReason};
use rushes_model::ids::JobId;

use super::Runner;
use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::queue::disk;
use crate::session::{ProfileSession, Studio};
use crate::worker::jobs::Active;

impl Runner {
    /// Pauses and resumes jobs waiting for disks; a hanging drive delays this.
    pub(super) async fn look_at_disks(&self, studio: &Studio) -> StudioResult<()> {
        self.hold_what_has_no_room(studio).await?;
        disk::let_go_what_has_room(studio, self.kinds).await
    }

    pub(super) async fn follow_the_library(&self, studio: &Studio) -> StudioResult<()> {
        let library = studio.library();
        let mut at = self.active.jobs().all();
        at.retain(|active| active.begun.is_some());
        if at.is_empty() {
            return Ok(());
        }
        let held: HashSet<_> = library.held_queues().await?.into_iter().collect();
        let standing: HashMap<JobId, JobState> = library
            .jobs_of_worker(studio.worker_name())
            .await?
            .into_iter()
            .map(|standing| (standing.id, standing.state))
            .collect();
        for Active { id, profile, class, control, .. } in at {
            let stands_still = control.is_paused();
            match standing.get(&id) {
                Some(JobState::Running) if class != JobClass::Brief && held.contains(&profile) => {
                    ProfileSession::of(studio, profile).pause(id, PauseReason::Queue).await?;
                }
                // Paused and resumed in the same moment.
                Some(JobState::Running) if stands_still => {
                    let row = library.job_row(profile, id).await?;
                    if row.job.state == JobState::Running {
                        self.active.release(id, &row.job);
                    }
                }
                Some(JobState::Paused) if !stands_still => self.active.hold(id),
                Some(_) => {}
                // Cancelled by another process, or deleted along with its
                // subject. A job waiting to resume is restarted when it is its
                // turn.
                None => match library.job_row(profile, id).await {
                    Ok(row) if !row.job.state.is_over() => {}
                    Ok(_) | Err(LibraryError::NotFound { .. }) => {
                        self.active.cancel(id);
                    }
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(())
    }

    /// Pauses work before it fills a disk completely.
    async fn hold_what_has_no_room(&self, studio: &Studio) -> StudioResult<()> {
        let mut writing = Vec::new();
        for active in self.active.jobs().all() {
            if let (true, Some(begun)) = (active.is_working(), &active.begun) {
                writing.push((active.id, active.profile, begun.folders.clone()));
            }
        }
        let folders: HashSet<PathBuf> =
            writing.iter().flat_map(|(_, _, folders)| folders.iter().cloned()).collect();
        let full = disk::almost_full(studio, folders).await;
        for (id, profile, folders) in writing {
            if folders.iter().any(|folder| full.contains(folder)) {
                let session = ProfileSession::of(studio, profile);
                session.pause(id, PauseReason::DiskFull).await?;
                session.emit(StudioEvent::QueueChanged);
                tracing::warn!(job = %id, "a disk is almost full; the job waits for room");
            }
        }
        Ok(())
    }
}
