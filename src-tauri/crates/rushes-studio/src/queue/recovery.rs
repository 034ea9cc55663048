//! Recovery at startup from processes that died: their jobs become interrupted,
//! finals that were never written leave the list, scratch folders are swept,
//! their waiting jobs are taken over, and jobs resume that were paused at
//! shutdown or whose kind resumes by itself. Folders left over from deleted
//! profiles are removed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rushes_library::model::{JobState, PauseReason};
use rushes_library::paths::PROFILES;
use rushes_model::ids::{JobId, ProfileId};

use super::kinds::Kinds;
use super::stray;
use crate::error::StudioResult;
use crate::files::disks::Disk;
use crate::files::folders::{DOOMED, ProfileFolders};
use crate::files::remove_folder;
use crate::session::{ProfileSession, Studio};

/// A process that was killed while it spawned an ffmpeg seems alive until its child
/// has become ffmpeg: until then the child holds the lock, too.
const SPAWNING: Duration = Duration::from_millis(100);

/// Recovers from dead processes. With `take_over`, their waiting jobs are
/// queued again here.
pub(crate) async fn recover(studio: &Studio, kinds: Kinds, take_over: bool) -> StudioResult<()> {
    let profiles = studio.library().list_profiles().await?;
    // List scratch folders before jobs: any folder found now belongs to a job
    // whose row already exists, or to one that is over.
    let scratch: Vec<PathBuf> = profiles
        .iter()
        .flat_map(|profile| entries(&ProfileFolders::new(studio.data_dir(), profile.id).temp()))
        .collect();
    let mut alive: HashSet<JobId> = HashSet::new();
    let mut waiting = Vec::new();
    let rows = studio.library().jobs_under_way().await?;
    if rows.iter().any(|row| !studio.is_gone(&row.worker)) {
        tokio::time::sleep(SPAWNING).await;
    }
    for row in rows {
        if !studio.is_gone(&row.worker) {
            alive.insert(row.job.id);
            continue;
        }
        forget_lost(&ProfileSession::of(studio, row.profile_id), row.job.id).await?;
        let was_cut_off = row.job.state == JobState::Running;
        if was_cut_off {
            studio.library().interrupt_job(row.profile_id, row.job.id, &row.worker).await?;
        }
        let goes_on = match (row.job.state, row.job.pause_reason) {
            (JobState::Queued, _) | (JobState::Paused, Some(PauseReason::Quit)) => true,
            (state, _) => {
                let ended = was_cut_off || state == JobState::Interrupted;
                ended && row.job.attempts < (kinds.descriptor)(row.job.kind).attempts_after_crash
            }
        };
        if goes_on && take_over {
            waiting.push((row.profile_id, row.job));
        }
    }
    let swept: Vec<PathBuf> = scratch.into_iter().filter(|folder| is_left(studio, folder, &alive)).collect();
    // Not every system ends the ffmpegs of a killed process with it.
    stray::end_workers(&swept).await;
    for folder in &swept {
        if let Err(error) = remove_folder(folder) {
            tracing::warn!(%error, "scratch space stays until the next start");
        }
    }
    // Catches one that was only being spawned and still looked like its parent.
    // Any that start later end by themselves, since their folder and their
    // reader are gone.
    stray::end_workers(&swept).await;
    sweep_deleted_profiles(studio).await?;
    for (profile, job) in waiting {
        let (library, worker) = (studio.library(), studio.worker_name());
        if job.state == JobState::Paused {
            library.resume_job(profile, job.id, worker, false).await?;
        } else {
            library.requeue_job(profile, job.id, worker).await?;
        }
    }
    studio.active_jobs().wake();
    Ok(())
}

/// Removes the final of a job from the list if the job died between writing its
/// row and moving the file into place. On a disconnected drive the file may
/// exist.
pub(crate) async fn forget_lost(session: &ProfileSession, job: JobId) -> StudioResult<()> {
    let (library, profile) = (session.library(), session.profile_id());
    if let Some(export) = library.export_of_job(profile, job).await? {
        let (_, path) = library.export_row(profile, export).await?;
        let Some(folder) = path.parent().map(Path::to_owned) else { return Ok(()) };
        let asked = folder.clone();
        let is_lost = move |disk: &dyn Disk| !disk.is_file(&path) && disk.is_dir(&asked);
        if session.studio().disks().quickly(&folder, is_lost).await == Some(true) {
            library.forget_export(profile, export).await?;
        }
    }
    Ok(())
}

/// Removes the folder of a deleted profile. What cannot be removed now is swept
/// by the next start.
pub(crate) async fn remove_profile_folder(studio: &Studio, id: ProfileId) -> StudioResult<()> {
    let folders = ProfileFolders::new(studio.data_dir(), id);
    // Move it away atomically first.
    let doomed = folders.doomed();
    match std::fs::rename(folders.root(), &doomed) {
        Ok(()) => remove_folder(&doomed)?,
        Err(_) => remove_folder(folders.root())?,
    }
    studio.library().erase_deleted_profile(id).await?;
    Ok(studio.library().forget_deleted_profile(id).await?)
}

/// Removes what is left of deleted profiles. Only the library knows which were
/// deleted: a folder without a profile may be all that is left of one.
async fn sweep_deleted_profiles(studio: &Studio) -> StudioResult<()> {
    for profile in studio.library().deleted_profiles().await? {
        if let Err(error) = remove_profile_folder(studio, profile).await {
            tracing::warn!(%error, "a deleted profile's folder stays until the next start");
        }
    }
    for folder in entries(&studio.data_dir().join(PROFILES)) {
        if folder.extension().is_some_and(|ending| ending == DOOMED)
            && let Err(error) = remove_folder(&folder)
        {
            tracing::warn!(%error, "a deleted profile's folder stays until the next start");
        }
    }
    Ok(())
}

/// Whether a scratch folder belongs to no running job. Older versions also had
/// one per process.
fn is_left(studio: &Studio, folder: &Path, alive: &HashSet<JobId>) -> bool {
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { return false };
    match name.strip_prefix("worker-") {
        Some(worker) => studio.is_gone(worker),
        None => name.parse().is_ok_and(|job: JobId| !alive.contains(&job)),
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect())
        .unwrap_or_default()
}
