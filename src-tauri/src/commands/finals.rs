//! Finals: presets, estimates, rendering.

use std::path::PathBuf;

use rushes_model::ids::{ClipId, ExportId, ProjectId};
use rushes_studio::model::{Export, ExportPreset, ItemOutcome, Job};
use rushes_studio::{RenderEstimate, StudioResult};

use super::reveal::reveal;
use crate::shell::WindowSession;

/// All export presets.
#[tauri::command]
#[specta::specta]
pub async fn list_export_presets(session: WindowSession) -> StudioResult<Vec<ExportPreset>> {
    session.list_export_presets().await
}

/// What finals will roughly be.
#[tauri::command]
#[specta::specta]
pub async fn estimate_render(
    session: WindowSession,
    ids: Vec<ClipId>,
    presets: Vec<String>,
) -> StudioResult<Vec<RenderEstimate>> {
    session.estimate_render(&ids, &presets).await
}

/// Renders a final of a clip, in the background.
#[tauri::command]
#[specta::specta]
pub async fn render_final_clip(
    session: WindowSession,
    id: ClipId,
    preset: String,
    folder: Option<PathBuf>,
) -> StudioResult<Job> {
    session.render_final_clip(id, &preset, folder.as_deref()).await
}

/// Renders every clip with every preset; each is answered on its own.
#[tauri::command]
#[specta::specta]
pub async fn bulk_render_clips(
    session: WindowSession,
    ids: Vec<ClipId>,
    presets: Vec<String>,
    folder: Option<PathBuf>,
) -> StudioResult<Vec<ItemOutcome<Job>>> {
    session.bulk_render_clips(&ids, &presets, folder.as_deref()).await
}

/// Finals of a project or of the profile, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_exports(
    session: WindowSession,
    project_id: Option<ProjectId>,
) -> StudioResult<Vec<Export>> {
    session.list_exports(project_id).await
}

/// Shows a final in the file manager.
#[tauri::command]
#[specta::specta]
pub async fn reveal_export(session: WindowSession, id: ExportId) -> StudioResult<()> {
    reveal(session.export_path(id).await?).await
}
