//! Making the previews of a clip: video, thumbnail, filmstrip.

use rushes_files::private;
use rushes_library::RawPlan;
use rushes_library::model::RawState;
use rushes_media::RunContext;
use rushes_media::render_preview;
use rushes_media::{filmstrip, thumbnail};
use rushes_model::ids::ClipId;

use super::pieces;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::folders::RawFiles;
use crate::queue::task::Task;

/// Tiles of a filmstrip.
pub(crate) const FILMSTRIP_TILES: u32 = 10;
/// Height of a tile in pixels.
pub(crate) const FILMSTRIP_HEIGHT: u32 = 120;
/// Longest side of a thumbnail in pixels.
pub(crate) const THUMBNAIL_SIDE: u32 = 480;

/// Makes the previews of a clip's current revision and removes older ones. A
/// clip whose previews exist is left alone.
pub(crate) async fn make(task: &Task<'_>, clip: ClipId, context: &RunContext) -> StudioResult<()> {
    let session = task.session;
    let (library, profile) = (session.library(), session.profile_id());
    let plan = library.raw_plan(profile, clip).await?;
    let files = session.folders().raw(plan.project_id, clip, plan.cut_revision);
    let made = if files.video.exists() { Ok(()) } else { cut(task, clip, &plan, &files, context).await };
    let state = match &made {
        Ok(()) => RawState::Ready,
        Err(error) if error.is_cancelled() => return made,
        Err(_) => RawState::Failed,
    };
    library.set_raw_state(profile, clip, plan.cut_revision, state).await?;
    if made.is_ok() && plan.cut_revision > 1 {
        session.folders().remove_raw_before(plan.project_id, clip, plan.cut_revision);
    }
    session.emit(StudioEvent::ClipsChanged { project_id: plan.project_id });
    made
}

/// Cuts the video and its images in the scratch folder, then moves them into
/// place: images first, since a clip counts as ready once its video exists.
/// Another job may do the same concurrently; the last one wins, with the same
/// content.
async fn cut(
    task: &Task<'_>,
    clip: ClipId,
    plan: &RawPlan,
    files: &RawFiles,
    context: &RunContext,
) -> StudioResult<()> {
    let scratch = task.temp.join(clip.to_string());
    for folder in [Some(&*scratch), files.video.parent()].into_iter().flatten() {
        private::create_dir_all(folder)
            .map_err(|error| StudioError::io("The folder for clips cannot be made.", &error))?;
    }
    let tools = task.session.studio().tools().await?;
    let pieces = pieces::resolve(task, &plan.cuts).await?;
    let part = RawFiles {
        video: scratch.join("clip.mp4"),
        thumbnail: scratch.join("clip.jpg"),
        filmstrip: scratch.join("strip.jpg"),
    };
    let rendered = render_preview(&tools, &pieces, plan.muted, &part.video, context).await?;
    pieces::require_unchanged_since(task, &plan.cuts).await?;
    let facts = &rendered.facts;
    let middle = facts.duration_us / 3;
    let silent = task.silent_context();
    thumbnail(&tools, &part.video, facts, middle, THUMBNAIL_SIDE, &part.thumbnail, &silent).await?;
    let (to, count, height) = (facts.duration_us, FILMSTRIP_TILES, FILMSTRIP_HEIGHT);
    filmstrip(&tools, &part.video, facts, 0, to, count, height, &part.filmstrip, &silent).await?;
    task.check()?;
    for (from, to) in [
        (&part.thumbnail, &files.thumbnail),
        (&part.filmstrip, &files.filmstrip),
        (&part.video, &files.video),
    ] {
        std::fs::rename(from, to)
            .map_err(|error| StudioError::io("The clip could not be put into place.", &error))?;
    }
    // The rest is removed with the job.
    let _ = std::fs::remove_dir_all(scratch);
    Ok(())
}
