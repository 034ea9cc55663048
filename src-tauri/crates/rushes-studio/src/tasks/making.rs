//! Code shared by the jobs that make clips of a project.

use rushes_library::limits;
use rushes_library::model::JobResult;
use rushes_model::notice::Notice;

use crate::error::StudioResult;
use crate::queue::kinds::Subject;
use crate::queue::task::{Outcome, Task};

/// Only one job at a time makes clips of a project.
pub(super) fn exclusive_key(subject: &Subject) -> String {
    let project = subject.project_id.map(|id| id.to_string()).unwrap_or_default();
    format!("make:{project}")
}

/// Result of a job that made clips. Proxies of footage that the window cannot play are
/// queued, and the files of the clips if the profile wants some.
pub(super) async fn outcome(task: &Task<'_>, notes: Vec<Notice>) -> StudioResult<Outcome> {
    let session = task.session;
    let clips = session.library().clips_of_job(session.profile_id(), task.row.job.id).await?;
    if session.studio().stays() {
        session.queue_proxies_of(&clips).await?;
    }
    if session.profile().await?.settings.clip_files {
        session.queue_clip_files(&clips).await?;
    }
    Ok(Outcome { notes, result: Some(JobResult::Clips { made: limits::number(clips.len()) }) })
}
