//! Making a clip's previews again after a trim or a change of sound.

use rushes_library::model::{Clip, JobClass, JobKind};
use rushes_model::notice::{Notice, RowKind};
use serde::{Deserialize, Serialize};

use super::preview_files;
use crate::error::StudioResult;
use crate::queue::kinds::{Payload, Subject, new_job};
use crate::queue::task::{Outcome, Task};
use crate::session::ProfileSession;

/// The job's clip is all it needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PreviewPayload;

impl Payload for PreviewPayload {
    const KIND: JobKind = JobKind::Preview;

    fn class(&self) -> JobClass {
        JobClass::Encode
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        let clip = subject.clip_id.map(|id| id.to_string()).unwrap_or_default();
        format!("preview:{clip}")
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        make(task).await?;
        Ok(Outcome::PLAIN)
    }
}

async fn make(task: &Task<'_>) -> StudioResult<()> {
    let clip = task.row.job.clip_id.ok_or(Notice::NotFound { row: RowKind::Clip })?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    loop {
        let context = task.context("cutting", 0.0, 1.0);
        preview_files::make(task, clip, &context).await?;
        // Trimmed again meanwhile: the current files are already out of date.
        let plan = library.preview_plan(profile, clip).await?;
        if plan.cut_revision == plan.preview_revision {
            return Ok(());
        }
        task.check()?;
    }
}

impl ProfileSession {
    /// Queues making the previews again; an identical job that is waiting or
    /// running will pick up the change.
    pub(crate) async fn queue_preview(&self, clip: &Clip) -> StudioResult<()> {
        let subject = Subject {
            title: clip.name.clone(),
            project_id: Some(clip.project_id),
            clip_id: Some(clip.id),
            ..Subject::default()
        };
        self.queue_once(new_job(&PreviewPayload, subject)?).await
    }

    /// Queues making the previews of clips that wait for them without a job.
    /// Without ffmpeg they keep waiting, and a short-lived command leaves them
    /// to the application.
    pub(crate) async fn queue_missing_previews(&self) -> StudioResult<()> {
        if !self.studio().stays() || self.studio().active_jobs().is_shutting_down() {
            return Ok(());
        }
        let waiting = self.library().clips_left_pending(self.profile_id()).await?;
        if waiting.is_empty() || self.studio().tools().await.is_err() {
            return Ok(());
        }
        for clip in waiting {
            self.queue_preview(&clip).await?;
        }
        Ok(())
    }
}
