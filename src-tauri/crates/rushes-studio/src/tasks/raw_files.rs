//! Making the files for viewing of a clip: video, thumbnail, filmstrip.

use std::path::Path;

use rushes_library::ids::ClipId;
use rushes_library::model::RawState;
use rushes_media::render::render_preview;
use rushes_media::run::RunContext;
use rushes_media::still;

use super::{Task, pieces};
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;

/// Tiles of a filmstrip.
pub(crate) const FILMSTRIP_TILES: u32 = 10;
/// Height of a tile in pixels.
pub(crate) const FILMSTRIP_HEIGHT: u32 = 120;
/// Longest side of a thumbnail in pixels.
pub(crate) const THUMBNAIL_SIDE: u32 = 480;

/// Makes what is there to view of a clip as it is now, and removes what was
/// made from it before. A clip whose files are there already is left alone.
pub(crate) async fn make(task: &Task<'_>, clip_id: ClipId, context: &RunContext) -> StudioResult<()> {
    let session = task.session;
    let (library, profile) = (session.library(), session.profile_id());
    let clip = library.get_clip(profile, clip_id).await?;
    let (cut_revision, raw_revision) = library.raw_revisions(profile, clip_id).await?;
    let files = session.folders().raw(clip.project_id, clip_id, cut_revision);
    let made: StudioResult<()> = async {
        if let Some(folder) = files.video.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StudioError::io("The folder for clips cannot be made.", &error))?;
        }
        if !files.video.exists() {
            let pieces = pieces::resolve(session, &library.clip_cuts(profile, clip_id).await?).await?;
            let tools = session.studio().tools().await?;
            // Pictures first: a file for viewing that is there is a clip that is ready.
            let part = task.temp.join(format!("{clip_id}.mp4"));
            let rendered = render_preview(&tools, &pieces, clip.muted, &part, context).await?;
            pictures(task, &part, &rendered.facts, &files.thumbnail, &files.filmstrip).await?;
            std::fs::rename(&part, &files.video)
                .map_err(|error| StudioError::io("The clip could not be put into place.", &error))?;
        }
        Ok(())
    }
    .await;
    let state = match &made {
        Ok(()) => RawState::Ready,
        Err(error) if error.is_cancelled() => return made,
        Err(_) => RawState::Failed,
    };
    library.set_raw_state(profile, clip_id, cut_revision, state).await?;
    if made.is_ok() && raw_revision != 0 && raw_revision != cut_revision {
        let old = session.folders().raw(clip.project_id, clip_id, raw_revision);
        for path in [old.video, old.thumbnail, old.filmstrip] {
            // What cannot be removed is only a little space.
            let _ = std::fs::remove_file(path);
        }
    }
    session.emit(StudioEvent::ClipsChanged { project_id: clip.project_id });
    made
}

async fn pictures(
    task: &Task<'_>,
    video: &Path,
    facts: &rushes_media::facts::SourceFacts,
    thumbnail: &Path,
    filmstrip: &Path,
) -> StudioResult<()> {
    let tools = task.session.studio().tools().await?;
    for path in [thumbnail, filmstrip] {
        // Left by an attempt that was cut off before the video came.
        let _ = std::fs::remove_file(path);
    }
    still::thumbnail(&tools, video, facts, facts.duration_us / 3, THUMBNAIL_SIDE, thumbnail).await?;
    still::filmstrip(
        &tools,
        video,
        facts,
        0,
        facts.duration_us,
        FILMSTRIP_TILES,
        FILMSTRIP_HEIGHT,
        filmstrip,
    )
    .await?;
    Ok(())
}
