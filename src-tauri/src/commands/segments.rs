//! Segments, and raw clips made from them.

use rushes_model::ids::{ProjectId, SegmentId};
use rushes_studio::StudioResult;
use rushes_studio::model::{FromSegments, Job, NewSegment, Segment, SegmentPatch};

use crate::shell::WindowSession;

/// Adds a segment at the end of its source's project.
#[tauri::command]
#[specta::specta]
pub async fn add_segment(session: WindowSession, segment: NewSegment) -> StudioResult<Segment> {
    session.add_segment(&segment).await
}

/// The segments of a project in their order.
#[tauri::command]
#[specta::specta]
pub async fn list_segments(session: WindowSession, project_id: ProjectId) -> StudioResult<Vec<Segment>> {
    session.list_segments(project_id).await
}

/// Changes a segment; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn update_segment(
    session: WindowSession,
    id: SegmentId,
    patch: SegmentPatch,
) -> StudioResult<Segment> {
    session.update_segment(id, &patch).await
}

/// Removes a segment; clips made from it stay.
#[tauri::command]
#[specta::specta]
pub async fn remove_segment(session: WindowSession, id: SegmentId) -> StudioResult<()> {
    session.remove_segment(id).await
}

/// Puts the segments of a project into the order given.
#[tauri::command]
#[specta::specta]
pub async fn reorder_segments(
    session: WindowSession,
    project_id: ProjectId,
    ids: Vec<SegmentId>,
) -> StudioResult<Vec<Segment>> {
    session.reorder_segments(project_id, &ids).await
}

/// Makes raw clips from segments of a project, in the background.
#[tauri::command]
#[specta::specta]
pub async fn generate_from_segments(
    session: WindowSession,
    project_id: ProjectId,
    request: FromSegments,
) -> StudioResult<Job> {
    session.generate_from_segments(project_id, &request).await
}
