//! Sources, and raw clips made from them.

use std::path::PathBuf;

use rushes_model::choice::ScoreWeights;
use rushes_model::ids::{ProjectId, SourceId};
use rushes_studio::model::{GenerateRequest, ItemOutcome, Job, ScoreWeightsPatch, Source, TrackUse};
use rushes_studio::{SourceAnalysis, StudioResult};

use super::reveal::reveal;
use crate::shell::WindowSession;

/// Adds files, and the videos in folders; each is answered on its own.
#[tauri::command]
#[specta::specta]
pub async fn add_sources(
    session: WindowSession,
    project_id: ProjectId,
    paths: Vec<PathBuf>,
    copy: bool,
) -> StudioResult<Vec<ItemOutcome<Source>>> {
    session.add_sources(project_id, &paths, copy).await
}

/// The sources of a project.
#[tauri::command]
#[specta::specta]
pub async fn list_sources(session: WindowSession, project_id: ProjectId) -> StudioResult<Vec<Source>> {
    session.list_sources(project_id).await
}

/// The sources of all projects.
#[tauri::command]
#[specta::specta]
pub async fn list_all_sources(session: WindowSession) -> StudioResult<Vec<Source>> {
    session.list_all_sources().await
}

/// One source.
#[tauri::command]
#[specta::specta]
pub async fn get_source(session: WindowSession, id: SourceId) -> StudioResult<Source> {
    session.get_source(id).await
}

/// Removes a source from its project; its file and its clips stay.
#[tauri::command]
#[specta::specta]
pub async fn remove_source(session: WindowSession, id: SourceId) -> StudioResult<()> {
    session.remove_source(id).await
}

/// Brings a removed source back.
#[tauri::command]
#[specta::specta]
pub async fn restore_source(session: WindowSession, id: SourceId) -> StudioResult<Source> {
    session.restore_source(id).await
}

/// Points a source at its file's new place.
#[tauri::command]
#[specta::specta]
pub async fn relink_source(
    session: WindowSession,
    id: SourceId,
    path: PathBuf,
    accept_different: bool,
) -> StudioResult<Source> {
    session.relink_source(id, &path, accept_different).await
}

/// Chooses which sound tracks of a source are used; tracks that are not named
/// stay. Several are mixed.
#[tauri::command]
#[specta::specta]
pub async fn set_source_sound(
    session: WindowSession,
    id: SourceId,
    tracks: Vec<TrackUse>,
) -> StudioResult<Source> {
    session.set_source_sound(id, &tracks).await
}

/// Shows a source in the file manager.
#[tauri::command]
#[specta::specta]
pub async fn reveal_source(session: WindowSession, id: SourceId) -> StudioResult<()> {
    reveal(session.source_path(id).await?).await
}

/// Makes raw clips from the footage of a project, in the background.
#[tauri::command]
#[specta::specta]
pub async fn generate_raw_clips(
    session: WindowSession,
    project_id: ProjectId,
    request: GenerateRequest,
) -> StudioResult<Job> {
    session.generate_raw_clips(project_id, &request).await
}

/// What is known of a source; nothing where it was not looked at yet.
#[tauri::command]
#[specta::specta]
pub async fn get_source_analysis(
    session: WindowSession,
    id: SourceId,
) -> StudioResult<Option<SourceAnalysis>> {
    session.get_source_analysis(id).await
}

/// Looks at a source, in the background. Asked for again while it is being
/// looked at, it is the same job.
#[tauri::command]
#[specta::specta]
pub async fn analyse_source(session: WindowSession, id: SourceId) -> StudioResult<Job> {
    session.analyse_source(id).await
}

/// The outline of a source's sound from `from_us` to `to_us` in `columns` equal
/// parts: for each the lowest and the highest sample, in 127ths of full scale.
/// Empty where there is none.
#[tauri::command]
#[specta::specta]
pub async fn get_source_waveform(
    session: WindowSession,
    id: SourceId,
    from_us: i64,
    to_us: i64,
    columns: u32,
) -> StudioResult<Vec<i8>> {
    session.get_source_waveform(id, from_us, to_us, columns).await
}

/// How much each part counts in the score of a clip.
#[tauri::command]
#[specta::specta]
pub async fn get_score_weights(session: WindowSession) -> StudioResult<ScoreWeights> {
    session.get_score_weights().await
}

/// Changes how much each part counts in the scores of the next generations; parts
/// that are not named stay. Back to ours where absent.
#[tauri::command]
#[specta::specta]
pub async fn set_score_weights(
    session: WindowSession,
    weights: Option<ScoreWeightsPatch>,
) -> StudioResult<ScoreWeights> {
    session.set_score_weights(weights).await
}
