//! Room on disks: how much a job will need, whether there is as much, and what
//! waits for it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rushes_library::JobRow;
use rushes_library::model::{HoldReason, JobKind, JobQuery, JobState, PauseReason};

use crate::error::{StudioError, StudioResult};
use crate::studio::{ProfileSession, Studio};
use crate::tasks::{ProbePayload, RenderPayload};

/// What stays free of every disk that is written to, in bytes: room for the
/// library itself, and for the system to breathe.
const RESERVE: u64 = 256 << 20;
/// What has to be free before held work goes on by itself, in bytes, so that it
/// does not stop again at once.
const ENOUGH: u64 = 2 * RESERVE;

/// Tells the bytes that are free where a folder lies.
pub type FreeSpace = Arc<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// The bytes that the system says are free for this user.
pub(crate) fn system_free_space() -> FreeSpace {
    Arc::new(|folder| fs4::available_space(folder))
}

impl Studio {
    /// The bytes free where a folder lies, or will lie; absent where that cannot
    /// be told, as for a drive that is gone.
    pub(crate) fn free_bytes(&self, folder: &Path) -> Option<u64> {
        let there = folder.ancestors().find(|folder| folder.is_dir())?;
        (self.free_space())(there).ok()
    }

    /// Whether a disk that is being written to is about to be full.
    pub(crate) fn is_almost_full(&self, folder: &Path) -> bool {
        self.free_bytes(folder).is_some_and(|free| free < RESERVE / 4)
    }

    fn has_enough(&self, folder: &Path) -> bool {
        self.free_bytes(folder).is_none_or(|free| free >= ENOUGH)
    }
}

/// Where a job writes: its profile's own folders, and where a final goes. What
/// deletes, or only looks at files, needs no room.
pub(crate) fn folders_of(session: &ProfileSession, row: &JobRow) -> Vec<PathBuf> {
    let writes = match row.job.kind {
        JobKind::DeleteFiles => false,
        JobKind::Probe => added_by(row).is_some_and(|payload| payload.copy),
        _ => true,
    };
    let mut folders = Vec::new();
    folders.extend(writes.then(|| session.folders().root().to_owned()));
    folders.extend(output_of(row).map(|payload| payload.folder));
    folders
}

fn output_of(row: &JobRow) -> Option<RenderPayload> {
    (row.job.kind == JobKind::Render).then(|| serde_json::from_value(row.payload.clone()).ok()).flatten()
}

fn added_by(row: &JobRow) -> Option<ProbePayload> {
    (row.job.kind == JobKind::Probe).then(|| serde_json::from_value(row.payload.clone()).ok()).flatten()
}

/// Refuses to start a job for which there is no room.
pub(crate) fn require_room(session: &ProfileSession, row: &JobRow) -> StudioResult<()> {
    let needed = match (output_of(row), row.job.project_id) {
        (Some(payload), _) => payload.needed_bytes.max(0) as u64,
        (None, Some(project)) => {
            added_by(row).map_or(0, |payload| payload.bytes_to_copy(&session.folders(), project))
        }
        (None, None) => 0,
    };
    for folder in folders_of(session, row) {
        require(session.studio(), &folder, needed)?;
    }
    Ok(())
}

/// Refuses where a folder's disk has no room for so many bytes.
///
/// # Errors
/// `disk_short`, with both figures.
pub(crate) fn require(studio: &Studio, folder: &Path, needed: u64) -> StudioResult<()> {
    match studio.free_bytes(folder) {
        Some(free) if free < needed.saturating_add(RESERVE) => Err(StudioError {
            code: "disk_short".into(),
            message: format!(
                "This needs about {}, and {} of {} free on the disk are to spare. Free some space on it, or choose another folder.",
                megabytes(needed),
                megabytes(free.saturating_sub(RESERVE)),
                megabytes(free),
            ),
            detail: String::new(),
        }),
        _ => Ok(()),
    }
}

fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Lets jobs go on that waited for room or for a folder, where it is there again.
pub(crate) async fn let_go_what_has_room(studio: &Studio) -> StudioResult<()> {
    for (profile, reason) in studio.library().held_queues().await? {
        let session = ProfileSession::of(studio, profile);
        if reason == HoldReason::DiskFull && waits_for_nothing(&session).await? {
            tracing::info!(%profile, "there is room again; the queue goes on");
            session.release_queue().await?;
        }
    }
    // What is brief waits for no queue that the editor holds.
    for row in studio.library().jobs_paused_for(PauseReason::DiskFull).await? {
        let session = ProfileSession::of(studio, row.profile_id);
        if row.job.kind.is_brief() && is_in_our_hands(studio, &row) && has_room(&session, &row) {
            session.resume_job(row.job.id).await?;
        }
    }
    for row in studio.library().jobs_paused_for(PauseReason::FolderMissing).await? {
        let is_back = output_of(&row).is_some_and(|payload| payload.folder.is_dir());
        if is_back && is_in_our_hands(studio, &row) {
            ProfileSession::of(studio, row.profile_id).resume_job(row.job.id).await?;
        }
    }
    Ok(())
}

fn is_in_our_hands(studio: &Studio, row: &JobRow) -> bool {
    row.worker == studio.worker_name() || studio.is_gone(&row.worker)
}

async fn waits_for_nothing(session: &ProfileSession) -> StudioResult<bool> {
    let active = JobQuery { active: true, limit: Some(2_000), ..JobQuery::default() };
    for job in session.library().list_jobs(session.profile_id(), &active).await? {
        if job.state == JobState::Paused && job.pause_reason == Some(PauseReason::DiskFull) {
            let row = session.library().job_row(session.profile_id(), job.id).await?;
            if !has_room(session, &row) {
                return Ok(false);
            }
        }
    }
    Ok(session.studio().has_enough(session.folders().root()))
}

/// Whether a job that waits for room has it. One that stands still has written a
/// part already, so that it needs no room for all of it.
fn has_room(session: &ProfileSession, row: &JobRow) -> bool {
    let studio = session.studio();
    folders_of(session, row).iter().all(|folder| studio.has_enough(folder))
        && (studio.runner().stands_still(row.job.id) || require_room(session, row).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_an_editor_reads_them() {
        assert_eq!(megabytes(1), "1 MB");
        assert_eq!(megabytes(750_000_000), "750 MB");
        assert_eq!(megabytes(12_340_000_000), "12.3 GB");
    }
}
