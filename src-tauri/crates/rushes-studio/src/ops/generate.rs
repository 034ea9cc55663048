//! Making raw clips: from footage, from segments, and sample footage.

use rushes_library::limits;
use rushes_library::model::{FromSegments, GenerateRequest, Job, NewProject, SourceState};
use rushes_library::{LibraryError, NewJob};
use rushes_model::ids::{ProjectId, SourceId};

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::studio::ProfileSession;
use crate::tasks::{FromSegmentsPayload, GeneratePayload, Payload, SamplePayload, Subject, new_job};
use crate::variants::Stretch;

impl ProfileSession {
    /// Makes raw clips from the footage of a project, in the background.
    ///
    /// # Errors
    /// `busy` while clips are being made in the project already.
    pub async fn generate_raw_clips(
        &self,
        project: ProjectId,
        request: &GenerateRequest,
    ) -> StudioResult<Job> {
        self.queue_generation(project, request, false).await
    }

    /// Chooses clips as [`Self::generate_raw_clips`] does, and leaves their files
    /// for viewing to the application: for finals at once, nobody looks at them.
    ///
    /// # Errors
    /// `busy` while clips are being made in the project already.
    pub async fn choose_clips(&self, project: ProjectId, request: &GenerateRequest) -> StudioResult<Job> {
        self.queue_generation(project, request, true).await
    }

    async fn queue_generation(
        &self,
        project: ProjectId,
        request: &GenerateRequest,
        files_later: bool,
    ) -> StudioResult<Job> {
        let row = self.library().live_project(self.profile_id(), project).await?;
        let count = limits::count("count", request.count)?;
        let target_duration_us = limits::target_duration(
            "target_duration_us",
            request.target_duration_us.unwrap_or(row.target_duration_us),
        )?;
        self.studio().tools().await?;
        let sources = self.list_sources(project).await?;
        let mut source_ids: Vec<SourceId> = Vec::new();
        for id in &request.source_ids {
            if !sources.iter().any(|source| source.id == *id) {
                return Err(rushes_library::LibraryError::NotFound { what: "source" }.into());
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
            return Err(StudioError::new(
                "no_sources",
                "There is no footage in this project yet. Add a video first.",
            ));
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
            files_later,
        };
        self.queue_making(project, row.name, &payload).await
    }

    /// Makes raw clips from segments of a project, in the background.
    ///
    /// # Errors
    /// `busy` while clips are being made in the project already.
    pub async fn generate_from_segments(
        &self,
        project: ProjectId,
        request: &FromSegments,
    ) -> StudioResult<Job> {
        let row = self.library().live_project(self.profile_id(), project).await?;
        let variant_count = limits::count("variant_count", request.variant_count)?;
        let target_duration_us = limits::target_duration("target_duration_us", request.target_duration_us)?;
        self.studio().tools().await?;
        let segments = self.list_segments(project).await?;
        if request.segment_ids.iter().any(|id| !segments.iter().any(|segment| segment.id == *id)) {
            return Err(rushes_library::LibraryError::NotFound { what: "segment" }.into());
        }
        let stretches: Vec<Stretch> = segments
            .into_iter()
            .filter(|segment| request.segment_ids.is_empty() || request.segment_ids.contains(&segment.id))
            .map(|s| Stretch { source_id: s.source_id, in_us: s.in_us, out_us: s.out_us, weight: s.weight })
            .collect();
        if stretches.is_empty() {
            return Err(StudioError::new(
                "no_segments",
                "There are no segments in this project yet. Mark some in a source with I and O first.",
            ));
        }
        let payload = FromSegmentsPayload {
            stretches,
            variant_count,
            selection_mode: request.selection_mode,
            target_duration_us,
            muted: request.muted,
            seed: request.seed.map_or_else(draw_seed, u64::from),
        };
        self.queue_making(project, row.name, &payload).await
    }

    /// Makes a project with sample footage in it, in the background.
    pub async fn create_sample_project(&self) -> StudioResult<Job> {
        self.studio().tools().await?;
        let project = self
            .create_project(&NewProject { name: "Sample footage".into(), ..NewProject::default() })
            .await?;
        self.queue_making(project.id, project.name, &SamplePayload).await
    }

    /// Queues a job that makes clips of a project.
    async fn queue_making(
        &self,
        project: ProjectId,
        title: String,
        payload: &impl Payload,
    ) -> StudioResult<Job> {
        let subject = Subject { title, project_id: Some(project), ..Subject::default() };
        self.queue(new_job(payload, subject)?).await
    }

    /// Writes a job into the queue and starts it.
    pub(crate) async fn queue(&self, new: NewJob) -> StudioResult<Job> {
        let job = self.library().queue_job(self.profile_id(), self.studio().worker_name(), &new).await?;
        self.emit(StudioEvent::JobChanged { job: job.clone() });
        self.studio().runner().wake();
        Ok(job)
    }

    /// Writes a job into the queue unless one that does the same waits or works
    /// there already.
    pub(crate) async fn queue_once(&self, new: NewJob) -> StudioResult<()> {
        match self.queue(new).await {
            Err(error) if error.code == "busy" => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Writes many jobs into the queue in one transaction and starts them; those
    /// that were refused before keep their refusal.
    pub(crate) async fn queue_all(
        &self,
        planned: Vec<StudioResult<NewJob>>,
    ) -> StudioResult<Vec<StudioResult<Job>>> {
        let new: Vec<NewJob> = planned.iter().filter_map(|job| job.as_ref().ok().cloned()).collect();
        let worker = self.studio().worker_name();
        let mut queued = self.library().queue_jobs(self.profile_id(), worker, &new).await?.into_iter();
        let mut answers = Vec::with_capacity(planned.len());
        for job in planned {
            let answer = match (job, &mut queued) {
                (Err(refused), _) => Err(refused),
                (Ok(_), queued) => queued.next().unwrap_or(Err(LibraryError::JobOver)).map_err(Into::into),
            };
            if let Ok(job) = &answer {
                self.emit(StudioEvent::JobChanged { job: job.clone() });
            }
            answers.push(answer);
        }
        self.studio().runner().wake();
        Ok(answers)
    }
}

fn draw_seed() -> u64 {
    // UUIDv4 is the randomness at hand; the seed is recorded with the job.
    u64::from(uuid::Uuid::new_v4().as_fields().0)
}
