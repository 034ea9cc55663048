//! Totals: what a profile holds, and the progress of a project's work.

use rushes_library::model::{Job, JobQuery, JobState, ProjectCounts};
use rushes_model::ids::ProjectId;
use serde::Serialize;

use crate::error::StudioResult;
use crate::files::folders::disk_usage;
use crate::session::ProfileSession;

/// What a profile holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct ProfileOverview {
    /// Projects outside the trash.
    pub projects: u32,
    /// Number of sources.
    pub sources: u32,
    /// Number of clips.
    pub clips: u32,
    /// How many of the clips were picked.
    pub picked: u32,
    /// Number of finals.
    pub finals: u32,
    /// Length of all sources together, in microseconds.
    pub sources_us: i64,
    /// Length of all finals together, in microseconds.
    pub finals_us: i64,
    /// Space that the profile's folders take, in bytes.
    pub disk_bytes: i64,
}

/// How far a project's background work is.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ProjectProgress {
    /// The project.
    pub project_id: ProjectId,
    /// Jobs that wait, work or were interrupted.
    pub jobs: Vec<Job>,
    /// Done part of them together, 0 to 10 000 basis points; 10 000 with none.
    pub progress_bp: u32,
    /// Seconds until the last running one is done, once that can be told.
    pub eta_s: Option<u32>,
    /// What the project holds.
    pub counts: ProjectCounts,
}

impl ProfileSession {
    /// What the profile holds.
    pub async fn profile_overview(&self) -> StudioResult<ProfileOverview> {
        let counts = self.library().profile_counts(self.profile_id()).await?;
        let root = self.folders().root().to_owned();
        let disk = tokio::task::spawn_blocking(move || disk_usage(&root)).await.unwrap_or_default();
        Ok(ProfileOverview {
            projects: counts.projects,
            sources: counts.sources,
            clips: counts.clips,
            picked: counts.picked,
            finals: counts.finals,
            sources_us: counts.sources_us,
            finals_us: counts.finals_us,
            disk_bytes: disk as i64,
        })
    }

    /// How far a project's background work is.
    pub async fn get_project_progress(&self, id: ProjectId) -> StudioResult<ProjectProgress> {
        let counts = self.get_project(id).await?.counts;
        let jobs = self
            .list_jobs(&JobQuery {
                project_id: Some(id),
                active: true,
                limit: Some(500),
                ..JobQuery::default()
            })
            .await?;
        let progress_bp = match jobs.len() as u32 {
            0 => 10_000,
            count => jobs.iter().map(|job| job.progress_bp).sum::<u32>() / count,
        };
        let eta_s =
            jobs.iter().filter(|job| job.state == JobState::Running).filter_map(|job| job.eta_s).max();
        Ok(ProjectProgress { project_id: id, jobs, progress_bp, eta_s, counts })
    }
}
