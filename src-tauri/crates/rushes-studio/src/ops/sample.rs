//! Sample footage for new users.

use rushes_library::model::{Job, NewProject};

use crate::error::StudioResult;
use crate::session::ProfileSession;
use crate::tasks::sample::SamplePayload;

impl ProfileSession {
    /// Creates a project with sample footage, in the background.
    pub async fn create_sample_project(&self) -> StudioResult<Job> {
        self.studio().tools().await?;
        let project = self
            .create_project(&NewProject { name: "Sample footage".into(), ..NewProject::default() })
            .await?;
        self.queue_making(project.id, project.name, &SamplePayload).await
    }
}
