//! Projects.

use rushes_model::ids::ProjectId;
use rushes_studio::model::{Job, NewProject, Page, Project, ProjectPatch, ProjectQuery};
use rushes_studio::{ProjectProgress, StudioResult};

use crate::shell::WindowSession;

/// Makes a project.
#[tauri::command]
#[specta::specta]
pub async fn create_project(session: WindowSession, project: NewProject) -> StudioResult<Project> {
    session.create_project(&project).await
}

/// A page of projects.
#[tauri::command]
#[specta::specta]
pub async fn list_projects(session: WindowSession, query: ProjectQuery) -> StudioResult<Page<Project>> {
    session.list_projects(&query).await
}

/// One project, in the trash or not.
#[tauri::command]
#[specta::specta]
pub async fn get_project(session: WindowSession, id: ProjectId) -> StudioResult<Project> {
    session.get_project(id).await
}

/// How far a project's background work is.
#[tauri::command]
#[specta::specta]
pub async fn get_project_progress(session: WindowSession, id: ProjectId) -> StudioResult<ProjectProgress> {
    session.get_project_progress(id).await
}

/// Changes a project; absent fields stay.
#[tauri::command]
#[specta::specta]
pub async fn update_project(
    session: WindowSession,
    id: ProjectId,
    patch: ProjectPatch,
) -> StudioResult<Project> {
    session.update_project(id, &patch).await
}

/// Puts a project into the trash.
#[tauri::command]
#[specta::specta]
pub async fn delete_project(session: WindowSession, id: ProjectId) -> StudioResult<Project> {
    session.delete_project(id).await
}

/// Takes a project out of the trash.
#[tauri::command]
#[specta::specta]
pub async fn restore_project(session: WindowSession, id: ProjectId) -> StudioResult<Project> {
    session.restore_project(id).await
}

/// Makes a project with sample footage, in the background.
#[tauri::command]
#[specta::specta]
pub async fn create_sample_project(session: WindowSession) -> StudioResult<Job> {
    session.create_sample_project().await
}
