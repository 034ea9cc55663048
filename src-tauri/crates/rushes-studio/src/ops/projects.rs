//! Projects.

use rushes_library::model::{NewProject, Page, Project, ProjectPatch, ProjectQuery};
use rushes_model::ids::ProjectId;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::session::ProfileSession;

impl ProfileSession {
    /// Makes a project.
    pub async fn create_project(&self, new: &NewProject) -> StudioResult<Project> {
        let project = self.library().create_project(self.profile_id(), new).await?;
        self.emit(StudioEvent::ProjectsChanged);
        Ok(project)
    }

    /// A page of projects.
    pub async fn list_projects(&self, query: &ProjectQuery) -> StudioResult<Page<Project>> {
        Ok(self.library().list_projects(self.profile_id(), query).await?)
    }

    /// One project, in the trash or not.
    pub async fn get_project(&self, id: ProjectId) -> StudioResult<Project> {
        Ok(self.library().get_project(self.profile_id(), id).await?)
    }

    /// Changes a project; absent fields stay.
    pub async fn update_project(&self, id: ProjectId, patch: &ProjectPatch) -> StudioResult<Project> {
        let project = self.library().update_project(self.profile_id(), id, patch).await?;
        self.emit(StudioEvent::ProjectsChanged);
        Ok(project)
    }

    /// Puts a project into the trash.
    pub async fn delete_project(&self, id: ProjectId) -> StudioResult<Project> {
        self.trash_project(id, true).await
    }

    /// Takes a project out of the trash.
    pub async fn restore_project(&self, id: ProjectId) -> StudioResult<Project> {
        self.trash_project(id, false).await
    }

    async fn trash_project(&self, id: ProjectId, trashed: bool) -> StudioResult<Project> {
        let project = self.library().set_project_trashed(self.profile_id(), id, trashed).await?;
        self.emit(StudioEvent::ProjectsChanged);
        Ok(project)
    }
}
