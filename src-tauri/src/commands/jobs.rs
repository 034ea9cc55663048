//! Background jobs.

use rushes_studio::StudioResult;
use rushes_studio::ids::JobId;
use rushes_studio::model::{Job, JobQuery};

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
