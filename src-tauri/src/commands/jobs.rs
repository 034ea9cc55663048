//! Background jobs, their queue, and what they left over.

use rushes_model::ids::{BatchId, JobId, OrphanId};
use rushes_studio::model::{ItemOutcome, Job, JobEvent, JobQuery};
use rushes_studio::{Focus, Orphan, QueueStatus, StudioResult};

use crate::shell::WindowSession;

/// Jobs of the profile, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_jobs(session: WindowSession, query: JobQuery) -> StudioResult<Vec<Job>> {
    session.list_jobs(&query).await
}

/// One job.
#[tauri::command]
#[specta::specta]
pub async fn get_job(session: WindowSession, id: JobId) -> StudioResult<Job> {
    session.get_job(id).await
}

/// Ends a job.
#[tauri::command]
#[specta::specta]
pub async fn cancel_job(session: WindowSession, id: JobId) -> StudioResult<Job> {
    session.cancel_job(id).await
}

/// Tries a job again.
#[tauri::command]
#[specta::specta]
pub async fn retry_job(session: WindowSession, id: JobId) -> StudioResult<Job> {
    session.retry_job(id).await
}

/// What happened to a job, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn get_job_log(session: WindowSession, id: JobId) -> StudioResult<Vec<JobEvent>> {
    session.job_log(id).await
}

/// Holds a job.
#[tauri::command]
#[specta::specta]
pub async fn pause_job(session: WindowSession, id: JobId) -> StudioResult<Job> {
    session.pause_job(id).await
}

/// Lets a held job go on.
#[tauri::command]
#[specta::specta]
pub async fn resume_job(session: WindowSession, id: JobId) -> StudioResult<Job> {
    session.resume_job(id).await
}

/// Puts a job that waits before another one, or behind all.
#[tauri::command]
#[specta::specta]
pub async fn move_job(session: WindowSession, id: JobId, before: Option<JobId>) -> StudioResult<Job> {
    session.move_job(id, before).await
}

/// Ends what is left of a batch.
#[tauri::command]
#[specta::specta]
pub async fn cancel_batch(session: WindowSession, batch_id: BatchId) -> StudioResult<Vec<Job>> {
    session.cancel_batch(batch_id).await
}

/// Tries again what failed.
#[tauri::command]
#[specta::specta]
pub async fn retry_failed_jobs(session: WindowSession) -> StudioResult<Vec<ItemOutcome<Job>>> {
    session.retry_failed_jobs().await
}

/// How the queue stands.
#[tauri::command]
#[specta::specta]
pub async fn get_queue(session: WindowSession) -> StudioResult<QueueStatus> {
    session.queue_status().await
}

/// Holds the whole queue.
#[tauri::command]
#[specta::specta]
pub async fn hold_queue(session: WindowSession) -> StudioResult<QueueStatus> {
    session.hold_queue().await
}

/// Lets the queue go on.
#[tauri::command]
#[specta::specta]
pub async fn release_queue(session: WindowSession) -> StudioResult<QueueStatus> {
    session.release_queue().await
}

/// Tells what the editor looks at; what is made for it comes first.
#[tauri::command]
#[specta::specta]
pub async fn look_at(session: WindowSession, focus: Focus) -> StudioResult<()> {
    session.look_at(focus).await
}

/// Files that belong to nothing, and rows whose files are gone.
#[tauri::command]
#[specta::specta]
pub async fn list_orphans(session: WindowSession) -> StudioResult<Vec<Orphan>> {
    session.list_orphans().await
}

/// Settles orphans, each on its own.
#[tauri::command]
#[specta::specta]
pub async fn settle_orphans(
    session: WindowSession,
    ids: Vec<OrphanId>,
) -> StudioResult<Vec<ItemOutcome<()>>> {
    session.settle_orphans(&ids).await
}
