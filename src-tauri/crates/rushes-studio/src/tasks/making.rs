//! Code shared by the jobs that make clips of a project.

use futures::StreamExt;
use futures::stream;
use rushes_library::model::{JobResult, PreviewState};
use rushes_library::{LibraryError, limits};
use rushes_model::ids::ClipId;
use rushes_model::notice::Notice;

use super::preview_files;
use crate::error::{StudioError, StudioResult};
use crate::queue::kinds::Subject;
use crate::queue::task::{Outcome, Task};

/// Clips cut in parallel: one ffmpeg reads while another writes.
const CUTS_AT_ONCE: usize = 2;

/// Only one job at a time makes clips of a project.
pub(super) fn exclusive_key(subject: &Subject) -> String {
    let project = subject.project_id.map(|id| id.to_string()).unwrap_or_default();
    format!("make:{project}")
}

/// Result of a job that makes clips.
pub(super) async fn outcome(task: &Task<'_>, notes: Vec<Notice>) -> StudioResult<Outcome> {
    let session = task.session;
    let clips = session.library().clips_of_job(session.profile_id(), task.row.job.id).await?;
    Ok(Outcome { notes, result: Some(JobResult::Clips { made: clips.len() as u32 }) })
}

/// Makes the previews of the job's clips, best first, skipping existing ones.
/// Returns a remark if some could not be made.
pub(super) async fn cut(task: &Task<'_>, from: f64, to: f64) -> StudioResult<Option<Notice>> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let mut waiting: Vec<ClipId> = Vec::new();
    for id in library.clips_of_job(profile, task.row.job.id).await? {
        let plan = match library.preview_plan(profile, id).await {
            // Deleted meanwhile.
            Err(LibraryError::NotFound { .. }) => continue,
            plan => plan?,
        };
        if plan.state != PreviewState::Ready {
            waiting.push(id);
        }
    }
    let done = std::sync::atomic::AtomicUsize::new(0);
    let count = waiting.len().max(1) as f64;
    let results: Vec<StudioResult<()>> = stream::iter(waiting)
        .map(|id| {
            let done = &done;
            async move {
                task.check()?;
                let made = preview_files::make(task, id, &task.silent_context()).await;
                let now = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                task.progress.report("cutting", from + (to - from) * now as f64 / count, None);
                made
            }
        })
        .buffer_unordered(CUTS_AT_ONCE)
        .collect()
        .await;
    task.check()?;
    // One failed clip does not fail the others; if all failed, that is the result.
    let count = results.len();
    let mut failures: Vec<StudioError> = results.into_iter().filter_map(Result::err).collect();
    match failures.len() {
        0 => Ok(None),
        failed if failed == count => Err(failures.swap_remove(0)),
        failed => Ok(Some(Notice::ClipsFailed {
            count: limits::number(failed),
            reason: Box::new(failures.swap_remove(0).notice),
        })),
    }
}
