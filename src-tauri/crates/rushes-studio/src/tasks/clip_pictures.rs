//! The pictures of clips, made from their footage: those of new clips ahead of time, and
//! what `ops/media_files.rs` needs to make any of them on request.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use rushes_library::SourceRow;
use rushes_media::{MediaError, Piece, RunContext, clip_filmstrip, expected_duration_us, shown_at, still};
use rushes_model::edit::Cut;
use rushes_model::ids::ClipId;
use rushes_model::notice::{Notice, RowKind};
use tokio::sync::OwnedMutexGuard;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::pieces;
use crate::error::{StudioResult, if_there};
use crate::files::folders::ClipPictures;
use crate::queue::task::Task;
use crate::session::{ProfileSession, Studio};

/// Tiles of a filmstrip.
pub(crate) const FILMSTRIP_TILES: u32 = 10;
/// Height of a tile in pixels.
pub(crate) const FILMSTRIP_HEIGHT: u32 = 120;
/// Longest side of a thumbnail in pixels.
pub(crate) const THUMBNAIL_SIDE: u32 = 480;
/// Longest side of a still in pixels.
const STILL_SIDE: u32 = 960;
/// Pictures of a job's clips made in parallel.
const AT_ONCE: usize = 2;
/// How long to wait for another that makes the same. It may be a job that was
/// paused.
const TURN_AFTER: Duration = Duration::from_secs(5);

/// A picture of a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClipPicture {
    /// Its first frame.
    Still,
    /// The frame at a third of it.
    Thumbnail,
    /// Ten frames side by side.
    Filmstrip,
}

impl ClipPicture {
    /// Its file.
    pub fn of(self, pictures: ClipPictures) -> PathBuf {
        match self {
            Self::Still => pictures.still,
            Self::Thumbnail => pictures.thumbnail,
            Self::Filmstrip => pictures.filmstrip,
        }
    }
}

/// What it takes to make a picture of a clip.
pub(crate) struct Drawing {
    picture: ClipPicture,
    /// The sources that are read.
    pub sources: Vec<SourceRow>,
    pieces: Vec<Piece>,
    /// The moment in the source, if it is a single frame.
    at_us: i64,
}

impl Drawing {
    /// What it takes for an edit list; no disk is queried.
    pub async fn of(session: &ProfileSession, cuts: &[Cut], picture: ClipPicture) -> StudioResult<Self> {
        let planned = pieces::planned(session, cuts).await?;
        let (sources, pieces): (Vec<_>, Vec<_>) = planned.into_iter().unzip();
        let moment = match picture {
            ClipPicture::Still => 0,
            ClipPicture::Thumbnail => expected_duration_us(&pieces) / 3,
            ClipPicture::Filmstrip => return Ok(Self { picture, sources, pieces, at_us: 0 }),
        };
        let (index, at_us) = shown_at(&pieces, moment);
        let only = |(row, piece): (SourceRow, Piece)| Self {
            picture,
            sources: vec![row],
            pieces: vec![piece],
            at_us,
        };
        let shown = sources.into_iter().zip(pieces).nth(index).map(only);
        shown.ok_or_else(|| Notice::NotFound { row: RowKind::Source }.into())
    }

    /// Makes it.
    pub async fn draw(&self, studio: &Studio, to: &Path, context: &RunContext) -> StudioResult<()> {
        let tools = studio.tools().await?;
        let side = match self.picture {
            ClipPicture::Still => STILL_SIDE,
            ClipPicture::Thumbnail => THUMBNAIL_SIDE,
            ClipPicture::Filmstrip => {
                let (count, height) = (FILMSTRIP_TILES, FILMSTRIP_HEIGHT);
                return made(clip_filmstrip(&tools, &self.pieces, count, height, to, context).await);
            }
        };
        for piece in &self.pieces {
            made(still(&tools, piece, self.at_us, side, to, context).await)?;
        }
        Ok(())
    }
}

/// The result of making a file: one that another made meanwhile is as good.
pub(crate) fn made(outcome: Result<(), MediaError>) -> StudioResult<()> {
    match outcome {
        Err(MediaError::Exists { .. }) => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// The turn to make a file that several ask for; `None` once it is there. Others that
/// make the same are only waited for as long as it usually takes.
pub(crate) async fn turn(studio: &Studio, wanted: &Path) -> Option<Result<OwnedMutexGuard<()>, Elapsed>> {
    if wanted.is_file() {
        return None;
    }
    let turn = timeout(TURN_AFTER, studio.picture_lock(wanted).lock_owned()).await;
    (!wanted.is_file()).then_some(turn)
}

/// Removes the pictures of other revisions of a clip, and with them one of a clip that
/// was trimmed while it was made.
pub(crate) async fn remove_outdated(session: &ProfileSession, clip: ClipId) -> StudioResult<()> {
    let plan = session.library().clip_plan(session.profile_id(), clip).await?;
    session.folders().remove_other_clip_pictures(plan.project_id, clip, plan.cut_revision);
    Ok(())
}

/// Makes the stills and thumbnails of clips, in this order, so that they are there when
/// the editor comes. What cannot be made here is left to the first request, and so is
/// everything after a drive that does not answer.
pub(crate) async fn make(task: &Task<'_>, clips: &[ClipId]) {
    let pictures = clips
        .iter()
        .flat_map(|clip| [ClipPicture::Still, ClipPicture::Thumbnail].map(|picture| (*clip, picture)));
    let is_silent = &AtomicBool::new(false);
    stream::iter(pictures)
        .for_each_concurrent(AT_ONCE, |(clip, picture)| async move {
            if is_silent.load(Ordering::Relaxed) {
                return;
            }
            if let Err(error) = make_one(task, clip, picture).await
                && !error.is_cancelled()
            {
                is_silent.fetch_or(matches!(error.notice, Notice::DriveSilent { .. }), Ordering::Relaxed);
                tracing::warn!(%clip, ?picture, notice = ?error.notice, detail = error.detail, "no picture");
            }
        })
        .await;
}

async fn make_one(task: &Task<'_>, clip: ClipId, picture: ClipPicture) -> StudioResult<()> {
    task.clear().await?;
    let session = task.session;
    let (library, profile) = (session.library(), session.profile_id());
    // Deleted meanwhile.
    let Some(plan) = if_there(library.clip_plan(profile, clip).await)? else { return Ok(()) };
    let to = picture.of(session.folders().clip_pictures(plan.project_id, clip, plan.cut_revision));
    let Some(_turn) = turn(session.studio(), &to).await else { return Ok(()) };
    let drawing = Drawing::of(session, &plan.cuts, picture).await?;
    require_unchanged(task, &drawing).await?;
    drawing.draw(session.studio(), &to, &task.silent_context()).await?;
    let unchanged = require_unchanged(task, &drawing).await;
    let is_gone = if_there(library.clip_plan(profile, clip).await)?.is_none();
    if unchanged.is_err() || is_gone {
        // At worst it is a left-over.
        let _ = tokio::fs::remove_file(&to).await;
        return unchanged;
    }
    remove_outdated(session, clip).await
}

async fn require_unchanged(task: &Task<'_>, drawing: &Drawing) -> StudioResult<()> {
    for row in &drawing.sources {
        pieces::require_unchanged(task, row).await?;
    }
    Ok(())
}
