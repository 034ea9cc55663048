//! Making raw clips from segments.

use rushes_library::limits;
use rushes_library::model::{FromSegments, Job};
use rushes_model::edit::Cut;
use rushes_model::ids::ProjectId;
use rushes_model::notice::{Field, Notice, RowKind};

use super::generate::draw_seed;
use crate::error::StudioResult;
use crate::session::ProfileSession;
use crate::tasks::from_segments::FromSegmentsPayload;
use crate::tasks::variants::WeightedCut;

impl ProfileSession {
    /// Makes raw clips from segments of a project, in the background.
    ///
    /// # Errors
    /// `busy` if the project is already making clips.
    pub async fn generate_from_segments(
        &self,
        project: ProjectId,
        request: &FromSegments,
    ) -> StudioResult<Job> {
        let row = self.library().live_project(self.profile_id(), project).await?;
        let variant_count = limits::count(Field::VariantCount, request.variant_count)?;
        let target_duration_us =
            limits::target_duration(Field::TargetDurationUs, request.target_duration_us)?;
        self.studio().tools().await?;
        let segments = self.list_segments(project).await?;
        if request.segment_ids.iter().any(|id| !segments.iter().any(|segment| segment.id == *id)) {
            return Err(rushes_library::LibraryError::NotFound { row: RowKind::Segment }.into());
        }
        let segments: Vec<WeightedCut> = segments
            .into_iter()
            .filter(|segment| request.segment_ids.is_empty() || request.segment_ids.contains(&segment.id))
            .map(|s| WeightedCut {
                cut: Cut { source_id: s.source_id, in_us: s.in_us, out_us: s.out_us },
                weight: s.weight,
            })
            .collect();
        if segments.is_empty() {
            return Err(Notice::NoSegments.into());
        }
        let payload = FromSegmentsPayload {
            segments,
            variant_count,
            selection_mode: request.selection_mode,
            target_duration_us,
            muted: request.muted,
            seed: request.seed.map_or_else(draw_seed, u64::from),
        };
        self.queue_making(project, row.name, &payload).await
    }
}
