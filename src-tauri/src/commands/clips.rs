//! Clips: listing, rating, trimming, sound, texts, files, trash.

use std::path::PathBuf;

use rushes_model::ids::{ClipId, ProjectId};
use rushes_studio::media::CaptionEncoding;
use rushes_studio::model::{
    Clip, ClipContent, ClipDetail, ClipPatch, ClipQuery, ContentPatch, Flag, ItemOutcome, Job, Page,
};
use rushes_studio::{ClipFilesCleared, ImportedCaptions, StudioResult, TrashEmptied};

use super::reveal::reveal;
use crate::shell::{Caller, Shell, WindowSession};

/// A page of the clips of a project.
#[tauri::command]
#[specta::specta]
pub async fn list_project_clips(
    session: WindowSession,
    project_id: ProjectId,
    query: ClipQuery,
) -> StudioResult<Page<Clip>> {
    session.list_project_clips(project_id, &query).await
}

/// A page of all clips.
#[tauri::command]
#[specta::specta]
pub async fn list_all_clips(session: WindowSession, query: ClipQuery) -> StudioResult<Page<Clip>> {
    session.list_all_clips(&query).await
}

/// One clip with all that belongs to it.
#[tauri::command]
#[specta::specta]
pub async fn get_clip(session: WindowSession, id: ClipId) -> StudioResult<ClipDetail> {
    session.get_clip(id).await
}

/// Changes a clip; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn update_clip(session: WindowSession, id: ClipId, patch: ClipPatch) -> StudioResult<ClipDetail> {
    session.update_clip(id, &patch).await
}

/// Picks a clip, or takes the pick back.
#[tauri::command]
#[specta::specta]
pub async fn toggle_clip_selection(session: WindowSession, id: ClipId) -> StudioResult<Clip> {
    session.toggle_clip_selection(id).await
}

/// Gives many clips one verdict; each is answered on its own.
#[tauri::command]
#[specta::specta]
pub async fn bulk_select_clips(
    session: WindowSession,
    ids: Vec<ClipId>,
    flag: Flag,
) -> StudioResult<Vec<ItemOutcome<Clip>>> {
    session.bulk_select_clips(&ids, flag).await
}

/// Leaves a clip's sound out.
#[tauri::command]
#[specta::specta]
pub async fn remove_clip_audio(session: WindowSession, id: ClipId) -> StudioResult<Clip> {
    session.remove_clip_audio(id).await
}

/// Brings a clip's sound back.
#[tauri::command]
#[specta::specta]
pub async fn restore_clip_audio(session: WindowSession, id: ClipId) -> StudioResult<Clip> {
    session.restore_clip_audio(id).await
}

/// Puts a clip into the trash.
#[tauri::command]
#[specta::specta]
pub async fn delete_clip(session: WindowSession, id: ClipId) -> StudioResult<Clip> {
    session.delete_clip(id).await
}

/// Puts many clips into the trash; each is answered on its own.
#[tauri::command]
#[specta::specta]
pub async fn bulk_delete_clips(
    session: WindowSession,
    ids: Vec<ClipId>,
) -> StudioResult<Vec<ItemOutcome<Clip>>> {
    session.bulk_delete_clips(&ids).await
}

/// Takes many clips out of the trash; each is answered on its own.
#[tauri::command]
#[specta::specta]
pub async fn restore_clips(session: WindowSession, ids: Vec<ClipId>) -> StudioResult<Vec<ItemOutcome<Clip>>> {
    session.restore_clips(&ids).await
}

/// Ends what is in the trash. This cannot be undone.
#[tauri::command]
#[specta::specta]
pub async fn empty_trash(session: WindowSession) -> StudioResult<TrashEmptied> {
    session.empty_trash().await
}

/// Changes the words of a clip; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn update_clip_content(
    session: WindowSession,
    id: ClipId,
    patch: ContentPatch,
) -> StudioResult<ClipContent> {
    session.update_clip_content(id, &patch).await
}

/// Takes the captions of a clip from an SRT file that the editor chose, in the
/// encoding that is told or else found.
#[tauri::command]
#[specta::specta]
pub async fn import_clip_captions(
    shell: Shell,
    caller: Caller,
    session: WindowSession,
    id: ClipId,
    path: PathBuf,
    encoding: Option<CaptionEncoding>,
) -> StudioResult<ImportedCaptions> {
    shell.chosen().require(&caller.0, &path)?;
    session.import_clip_captions(id, &path, encoding).await
}

/// Every tag in use.
#[tauri::command]
#[specta::specta]
pub async fn list_all_tags(session: WindowSession) -> StudioResult<Vec<String>> {
    session.list_all_tags().await
}

/// Makes files of clips, in the background; each is answered on its own, and
/// with nothing where its file shows the clip as it is.
#[tauri::command]
#[specta::specta]
pub async fn make_clip_files(
    session: WindowSession,
    ids: Vec<ClipId>,
) -> StudioResult<Vec<ItemOutcome<Job>>> {
    session.make_clip_files(&ids).await
}

/// Deletes the files of all clips of the profile. They can be made again.
#[tauri::command]
#[specta::specta]
pub async fn clear_clip_files(session: WindowSession) -> StudioResult<ClipFilesCleared> {
    session.clear_clip_files().await
}

/// Shows the file of a clip in the file manager; refused where it has none.
#[tauri::command]
#[specta::specta]
pub async fn reveal_clip(session: WindowSession, id: ClipId) -> StudioResult<()> {
    reveal(session.clip_path(id).await?).await
}
