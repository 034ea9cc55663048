//! Making raw clips from footage.

use rushes_library::limits;
use rushes_library::model::{GenerateRequest, Job, SourceState};
use rushes_model::ids::{ProjectId, SourceId};
use rushes_model::notice::{Field, NoFootage, Notice, RowKind};

use crate::error::StudioResult;
use crate::queue::kinds::{Payload, Subject, new_job};
use crate::session::ProfileSession;
use crate::tasks::generate::GeneratePayload;

impl ProfileSession {
    /// Makes raw clips from the footage of a project, in the background.
    ///
    /// # Errors
    /// `busy` if the project is already making clips.
    pub async fn generate_raw_clips(
        &self,
        project: ProjectId,
        request: &GenerateRequest,
    ) -> StudioResult<Job> {
        self.queue_generation(project, request, false).await
    }

    /// Chooses clips like [`Self::generate_raw_clips`], but only analyses their
    /// ends closely: if finals follow at once, the rest does not matter.
    ///
    /// # Errors
    /// `busy` if the project is already making clips.
    pub async fn choose_clips(&self, project: ProjectId, request: &GenerateRequest) -> StudioResult<Job> {
        self.queue_generation(project, request, true).await
    }

    async fn queue_generation(
        &self,
        project: ProjectId,
        request: &GenerateRequest,
        ends_only: bool,
    ) -> StudioResult<Job> {
        let row = self.library().live_project(self.profile_id(), project).await?;
        let count = limits::count(Field::Count, request.count)?;
        let target_duration_us = limits::target_duration(
            Field::TargetDurationUs,
            request.target_duration_us.unwrap_or(row.target_duration_us),
        )?;
        self.studio().tools().await?;
        let sources = self.list_sources(project).await?;
        let mut source_ids: Vec<SourceId> = Vec::new();
        for id in &request.source_ids {
            if !sources.iter().any(|source| source.id == *id) {
                return Err(rushes_library::LibraryError::NotFound { row: RowKind::Source }.into());
            }
            if !source_ids.contains(id) {
                source_ids.push(*id);
            }
        }
        if source_ids.is_empty() {
            source_ids =
                sources.iter().filter(|s| s.state == SourceState::Ready).map(|source| source.id).collect();
        }
        if source_ids.is_empty() {
            return Err(Notice::NoSources { why: NoFootage::NoneYet }.into());
        }
        let payload = GeneratePayload {
            source_ids,
            kind: request.kind,
            count,
            target_duration_us,
            seed: request.seed.map_or_else(draw_seed, u64::from),
            order: request.order,
            weights: self.get_score_weights().await?,
            include_used: request.include_used,
            ends_only,
        };
        self.queue_making(project, row.name, &payload).await
    }

    /// Queues a job that makes clips of a project.
    pub(super) async fn queue_making(
        &self,
        project: ProjectId,
        title: String,
        payload: &impl Payload,
    ) -> StudioResult<Job> {
        let subject = Subject { title, project_id: Some(project), ..Subject::default() };
        self.queue(new_job(payload, subject)?).await
    }
}

/// A random seed for a request without one.
pub(super) fn draw_seed() -> u64 {
    // UUIDv4 is a random source we already have; the seed is stored with the job.
    u64::from(uuid::Uuid::new_v4().as_fields().0)
}
