//! Making a clip's files for viewing again after a trim or a change of sound.

use super::{Task, raw_files};
use crate::error::{StudioError, StudioResult};

pub(super) async fn perform(task: &Task<'_>) -> StudioResult<()> {
    let clip = task.row.job.clip_id.ok_or_else(|| StudioError::new("not_found", "There is no clip."))?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    loop {
        let context = task.context("cutting", 0.0, 1.0);
        raw_files::make(task, clip, &context).await?;
        // Trimmed again meanwhile: what is there now is already out of date.
        let plan = library.raw_plan(profile, clip).await?;
        if plan.cut_revision == plan.raw_revision {
            return Ok(());
        }
        task.check()?;
    }
}
