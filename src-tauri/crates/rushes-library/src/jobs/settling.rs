//! What the state of a job means for the clip it works on and for the clips it made.

use rushes_model::ids::{ClipId, JobId, ProfileId};
use sqlx::SqliteConnection;

use crate::error::LibraryResult;
use crate::model::{Job, JobKind, JobState};

/// Updates the rows that a job worked on, after it has ended.
pub(crate) async fn settle(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    job: &Job,
) -> LibraryResult<()> {
    match (job.kind, job.clip_id) {
        (JobKind::Render, Some(clip)) => {
            settle_final(connection, profile, clip, job.state == JobState::Failed).await
        }
        (JobKind::Generate | JobKind::GenerateFromSegments, _) if job.state != JobState::Done => {
            settle_made_clips(connection, profile, job.id).await
        }
        _ => Ok(()),
    }
}

/// Updates a clip's final status from its finals and its unfinished jobs.
pub(crate) async fn settle_final(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
    failed: bool,
) -> LibraryResult<()> {
    sqlx::query!(
        "UPDATE clips SET final_status = CASE
            WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.profile_id = ?1 AND j.clip_id = ?2
                          AND j.kind = 'render' AND j.state IN ('queued', 'running', 'paused')) THEN 'rendering'
            WHEN ?3 THEN 'failed'
            WHEN EXISTS (SELECT 1 FROM exports e WHERE e.profile_id = ?1 AND e.clip_id = ?2
                          AND e.edit_hash = clips.edit_hash) THEN 'done'
            WHEN EXISTS (SELECT 1 FROM exports e WHERE e.profile_id = ?1 AND e.clip_id = ?2) THEN 'stale'
            ELSE 'none' END
         WHERE profile_id = ?1 AND id = ?2",
        profile,
        clip,
        failed
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Leaves the clips of a generation that did not succeed as they are: they can be judged
/// and rendered, and no closer look moves their ends any more.
async fn settle_made_clips(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    job: JobId,
) -> LibraryResult<()> {
    sqlx::query!(
        "UPDATE clips SET provisional = 0 WHERE profile_id = ? AND job_id = ? AND provisional = 1",
        profile,
        job
    )
    .execute(connection)
    .await?;
    Ok(())
}
