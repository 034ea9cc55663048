//! Making the previews of a clip: video, thumbnail, filmstrip.

use rushes_files::private;
use rushes_library::{LibraryError, PreviewPlan};
use rushes_media::RunContext;
use rushes_media::render_preview;
use rushes_media::{filmstrip, thumbnail};
use rushes_model::ids::ClipId;
use rushes_model::notice::Failed;

use super::pieces;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::folders::PreviewFiles;
use crate::queue::task::Task;

/// Tiles of a filmstrip.
pub(crate) const FILMSTRIP_TILES: u32 = 10;
/// Height of a tile in pixels.
pub(crate) const FILMSTRIP_HEIGHT: u32 = 120;
/// Longest side of a thumbnail in pixels.
pub(crate) const THUMBNAIL_SIDE: u32 = 480;

/// Makes the previews of a clip's current revision and removes older ones. A
/// clip whose previews exist, or that was deleted meanwhile, is left alone.
pub(crate) async fn make(task: &Task<'_>, clip: ClipId, context: &RunContext) -> StudioResult<()> {
    let session = task.session;
    let (library, profile) = (session.library(), session.profile_id());
    let plan = match library.preview_plan(profile, clip).await {
        Err(LibraryError::NotFound { .. }) => return Ok(()),
        plan => plan?,
    };
    let revision = plan.cut_revision;
    let files = session.folders().preview(plan.project_id, clip, revision);
    let drafts =
        if files.video.exists() { Ok(None) } else { cut(task, clip, &plan, context).await.map(Some) };
    let made = match drafts {
        Ok(drafts) => {
            // Another job may publish the same concurrently; the last one wins,
            // with the same content.
            let place = || drafts.map_or(Ok(()), |drafts| put_in_place(&drafts, &files));
            match library.publish_preview(profile, clip, revision, place).await {
                Err(LibraryError::NotFound { .. }) => return Ok(()),
                published => published?,
            }
        }
        Err(error) if error.is_cancelled() => return Err(error),
        Err(error) => Err(error),
    };
    match &made {
        Ok(()) if revision > 1 => session.folders().remove_previews_before(plan.project_id, clip, revision),
        Ok(()) => {}
        Err(_) => library.preview_failed(profile, clip, revision).await?,
    }
    match library.get_clip(profile, clip).await {
        Err(LibraryError::NotFound { .. }) => {}
        clip => session.emit(StudioEvent::ClipsUpdated { clips: vec![clip?] }),
    }
    made
}

/// Cuts the video and its images in the scratch folder.
async fn cut(
    task: &Task<'_>,
    clip: ClipId,
    plan: &PreviewPlan,
    context: &RunContext,
) -> StudioResult<PreviewFiles> {
    let scratch = task.temp.join(clip.to_string());
    private::create_dir_all(&scratch).map_err(|error| no_folder(&error))?;
    let tools = task.session.studio().tools().await?;
    let pieces = pieces::resolve(task, &plan.cuts).await?;
    let drafts = PreviewFiles {
        video: scratch.join("clip.mp4"),
        thumbnail: scratch.join("clip.jpg"),
        filmstrip: scratch.join("strip.jpg"),
    };
    let rendered = render_preview(&tools, &pieces, plan.muted, &drafts.video, context).await?;
    pieces::require_unchanged_since(task, &plan.cuts).await?;
    let facts = &rendered.facts;
    let middle = facts.duration_us / 3;
    let silent = task.silent_context();
    thumbnail(&tools, &drafts.video, facts, middle, THUMBNAIL_SIDE, &drafts.thumbnail, &silent).await?;
    let (to, count, height) = (facts.duration_us, FILMSTRIP_TILES, FILMSTRIP_HEIGHT);
    filmstrip(&tools, &drafts.video, facts, 0, to, count, height, &drafts.filmstrip, &silent).await?;
    task.check()?;
    Ok(drafts)
}

/// Moves finished files into place: images first, since a clip counts as ready
/// once its video exists.
fn put_in_place(drafts: &PreviewFiles, files: &PreviewFiles) -> StudioResult<()> {
    if let Some(folder) = files.video.parent() {
        private::create_dir_all(folder).map_err(|error| no_folder(&error))?;
    }
    for (from, to) in [
        (&drafts.thumbnail, &files.thumbnail),
        (&drafts.filmstrip, &files.filmstrip),
        (&drafts.video, &files.video),
    ] {
        std::fs::rename(from, to).map_err(|error| StudioError::io(Failed::PlaceClip, &error))?;
    }
    Ok(())
}

fn no_folder(error: &std::io::Error) -> StudioError {
    StudioError::io(Failed::MakeClipsFolder, error)
}
