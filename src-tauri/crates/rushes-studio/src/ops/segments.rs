//! Segments.

use rushes_library::model::{NewSegment, Segment, SegmentPatch};
use rushes_model::ids::{ProjectId, SegmentId};

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;

impl ProfileSession {
    /// Adds a segment at the end of its source's project.
    pub async fn add_segment(&self, new: &NewSegment) -> StudioResult<Segment> {
        let segment = self.library().add_segment(self.profile_id(), new).await?;
        self.emit(StudioEvent::SegmentsChanged { project_id: segment.project_id });
        Ok(segment)
    }

    /// The segments of a project in their order.
    pub async fn list_segments(&self, project: ProjectId) -> StudioResult<Vec<Segment>> {
        Ok(self.library().list_segments(self.profile_id(), project).await?)
    }

    /// Changes a segment; absent fields stay.
    pub async fn update_segment(&self, id: SegmentId, patch: &SegmentPatch) -> StudioResult<Segment> {
        let before = self.library().get_segment(self.profile_id(), id).await?;
        let segment = self.library().update_segment(self.profile_id(), id, patch).await?;
        self.emit(StudioEvent::SegmentsChanged { project_id: segment.project_id });
        if before.project_id != segment.project_id {
            self.emit(StudioEvent::SegmentsChanged { project_id: before.project_id });
        }
        Ok(segment)
    }

    /// Removes a segment; clips made from it stay.
    pub async fn remove_segment(&self, id: SegmentId) -> StudioResult<()> {
        let project_id = self.library().get_segment(self.profile_id(), id).await?.project_id;
        self.library().remove_segment(self.profile_id(), id).await?;
        self.emit(StudioEvent::SegmentsChanged { project_id });
        Ok(())
    }

    /// Puts the segments of a project into the order given.
    pub async fn reorder_segments(
        &self,
        project: ProjectId,
        ids: &[SegmentId],
    ) -> StudioResult<Vec<Segment>> {
        let segments = self.library().reorder_segments(self.profile_id(), project, ids).await?;
        self.emit(StudioEvent::SegmentsChanged { project_id: project });
        Ok(segments)
    }
}
