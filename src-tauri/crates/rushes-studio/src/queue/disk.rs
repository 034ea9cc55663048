//! Disk space: how much a job needs, whether it is available, and what waits for it.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use futures::future::join_all;
use rushes_library::JobRow;
use rushes_library::model::PauseReason;
use rushes_model::ids::JobId;
use rushes_model::notice::{FullDisk, Notice};

use super::kinds::{Kinds, Writes};
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::disks::Disk;
use crate::session::{ProfileSession, Studio};
use crate::worker::refusals::TRIES;

/// Space left free on every disk that is written to, in bytes: for the library
/// and the system.
const RESERVE: u64 = 256 << 20;
/// Space required before paused work resumes, in bytes, so that it does not
/// stop again at once.
const ENOUGH: u64 = 2 * RESERVE;

/// What a disk reports about its space.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// Bytes free; `None` if unknown, as for a disconnected drive.
    free: Option<u64>,
    /// Whether a small file can be written.
    takes: bool,
}

impl Room {
    fn of(disk: &dyn Disk, folder: &Path) -> Self {
        // Only try the folder itself: if its drive is gone, its parent is on
        // another disk.
        let tried = disk.is_dir(folder).then(|| disk.try_to_write(folder));
        let takes = !matches!(tried, Some(Err(error)) if is_full(&error));
        Self { free: free(disk, folder), takes }
    }

    fn is_enough(self, needed: u64) -> bool {
        self.takes && self.free.is_none_or(|free| free >= ENOUGH.max(needed.saturating_add(RESERVE)))
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Bytes free on the disk a folder is or will be on; `None` if unknown.
fn free(disk: &dyn Disk, folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| disk.is_dir(folder))?;
    disk.free_bytes(there).ok()
}

/// The answers of the disks of some folders; disks that do not respond are left out.
async fn each<T: Send + 'static>(
    studio: &Studio,
    folders: HashSet<PathBuf>,
    question: fn(&dyn Disk, &Path) -> T,
) -> HashMap<PathBuf, T> {
    let asked = folders.into_iter().map(|folder| async move {
        let looked = folder.clone();
        let answer = studio.disks().soon(&folder, move |disk| question(disk, &looked)).await?;
        Some((folder, answer))
    });
    join_all(asked).await.into_iter().flatten().collect()
}

/// The folders whose disks are about to be full.
pub(crate) async fn almost_full(studio: &Studio, folders: HashSet<PathBuf>) -> HashSet<PathBuf> {
    let mut free_space = each(studio, folders, free).await;
    free_space.retain(|_, free| free.is_some_and(|free| free < RESERVE / 4));
    free_space.into_keys().collect()
}

/// Where a job writes, and roughly how much.
pub(crate) fn writes_of(session: &ProfileSession, kinds: Kinds, row: &JobRow) -> Writes {
    ((kinds.descriptor)(row.job.kind).writes)(session, row)
}

/// Refuses to start a job without enough disk space.
pub(crate) async fn require_room(session: &ProfileSession, kinds: Kinds, row: &JobRow) -> StudioResult<()> {
    let Writes { folders, bytes, .. } = writes_of(session, kinds, row);
    let folders = folders.into_iter().collect();
    for room in each(session.studio(), folders, Room::of).await.into_values() {
        require_bytes(room.free, bytes)?;
        if !room.takes {
            return Err(Notice::DiskFull { why: FullDisk::TakesNothing }.into());
        }
    }
    Ok(())
}

/// Refuses if a folder's disk reports too little space. A disk that does not
/// answer at once is accepted.
///
/// # Errors
/// `disk_short`, with both figures.
pub(crate) async fn require(studio: &Studio, folder: &Path, needed: u64) -> StudioResult<()> {
    let asked = folder.to_owned();
    let free_space = studio.disks().quickly(folder, move |disk| free(disk, &asked)).await;
    require_bytes(free_space.flatten(), needed)
}

fn require_bytes(free: Option<u64>, needed: u64) -> StudioResult<()> {
    match free {
        Some(free) if free < needed.saturating_add(RESERVE) => {
            let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
            let spare_bytes = bytes(free.saturating_sub(RESERVE));
            Err(Notice::DiskShort { needed_bytes: bytes(needed), spare_bytes, free_bytes: bytes(free) }
                .into())
        }
        _ => Ok(()),
    }
}

/// Whether a disk a job writes to is really full: by its figures, or because it
/// refuses a small file.
pub(crate) async fn is_refused(session: &ProfileSession, kinds: Kinds, job: JobId) -> bool {
    let Ok(row) = session.library().job_row(session.profile_id(), job).await else { return false };
    let folders = writes_of(session, kinds, &row).folders.into_iter().collect();
    each(session.studio(), folders, Room::of).await.values().any(|room| !room.is_enough(0))
}

/// The error of a job whose disk refused it too often.
pub(crate) fn refused_for_good(last: &StudioError) -> StudioError {
    StudioError::with_detail(Notice::DiskRefuses { tries: TRIES }, &last.detail)
}

/// Resumes jobs that waited for space or a folder, once it is available.
pub(crate) async fn let_go_what_has_room(studio: &Studio, kinds: Kinds) -> StudioResult<()> {
    let mut waiting = studio.library().jobs_paused_for(PauseReason::DiskFull).await?;
    waiting.retain(|row| is_in_our_hands(studio, row));
    let session = |row: &JobRow| ProfileSession::of(studio, row.profile_id);
    let writes: Vec<Writes> = waiting.iter().map(|row| writes_of(&session(row), kinds, row)).collect();
    let folders = writes.iter().flat_map(|writes| writes.folders.clone()).collect();
    let rooms = each(studio, folders, Room::of).await;
    for (row, Writes { folders, bytes, .. }) in waiting.iter().zip(&writes) {
        let session = session(row);
        // A suspended job has already written a part, so it needs less space.
        let stands_still = studio.active_jobs().stands_still(row.job.id);
        let needed = if stands_still { 0 } else { *bytes };
        let is_enough = |room: &Room| room.is_enough(needed);
        if folders.iter().any(|folder| rooms.get(folder).is_some_and(|room| !is_enough(room))) {
            // What it waits for is known by now.
            studio.active_jobs().forget_refusals(row.job.id);
        } else if folders.iter().all(|folder| rooms.contains_key(folder))
            && !studio.active_jobs().is_pausing(row.job.id)
        {
            tracing::info!(profile = %row.profile_id, job = %row.job.id, "there is room again");
            session.go_on(row).await?;
            session.emit(StudioEvent::QueueChanged);
        }
    }

    let mut waiting = studio.library().jobs_paused_for(PauseReason::FolderMissing).await?;
    waiting.retain(|row| is_in_our_hands(studio, row));
    let outside = |row: &JobRow| writes_of(&session(row), kinds, row).outside;
    let folders: HashSet<PathBuf> = waiting.iter().filter_map(outside).collect();
    let there = each(studio, folders, |disk, folder| disk.is_dir(folder)).await;
    for row in &waiting {
        if outside(row).is_some_and(|folder| there.get(&folder) == Some(&true)) {
            session(row).go_on(row).await?;
        }
    }
    Ok(())
}

fn is_in_our_hands(studio: &Studio, row: &JobRow) -> bool {
    row.worker == studio.worker_name() || studio.is_gone(&row.worker)
}
