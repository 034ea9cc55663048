//! Resolves opaque media ids to files, within this profile. Pictures, and the
//! sound of a clip, are made from the footage on first request.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use futures::future::join_all;
use rushes_library::{ClipPlan, SourceRow};
use rushes_media::{Piece, RunContext, render_clip_sound};
use rushes_model::ids::{ClipId, ExportId, SourceId};
use rushes_model::notice::{Notice, RowKind};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::{StudioError, StudioResult};
use crate::files::cache;
use crate::files::prints::Found;
use crate::session::{ProfileSession, Studio};
use crate::tasks::clip_pictures::{
    ClipPicture, Drawing, FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE, made, remove_outdated, turn,
};
use crate::tasks::pieces::planned;

/// How long what is being made keeps its slot. What takes longer is read from a
/// drive that barely responds.
const PLACE_KEPT: Duration = Duration::from_secs(5);
/// Slots for making sounds, apart from those for pictures: a clip is played at
/// once, however many pictures a list asks for.
static SOUND_PLACES: Semaphore = Semaphore::const_new(2);
/// Changes with how the sound of a clip is made.
const SOUND_VERSION: u32 = 1;

/// Which file of an item is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// What the window plays for a source: its proxy if it needs and has one,
    /// otherwise the source itself.
    Source,
    /// One frame of a source.
    SourceThumb,
    /// Ten frames of a source side by side.
    SourceFilmstrip,
    /// Many small frames of a source, in rows.
    SourceSheet,
    /// The first frame of a clip.
    ClipStill,
    /// One frame from within a clip, small.
    ClipThumb,
    /// Ten frames of a clip side by side.
    ClipFilmstrip,
    /// The sound of a clip as one stream.
    ClipSound,
    /// A final.
    Export,
    /// One frame of a final.
    ExportThumb,
}

/// A file to serve.
#[derive(Debug, Clone)]
pub struct MediaFile {
    /// Its path; for the server only.
    pub path: PathBuf,
    /// Media type.
    pub mime: &'static str,
}

impl ProfileSession {
    /// The file of an id.
    ///
    /// # Errors
    /// The same not-found for an id of another profile, one that never existed,
    /// a file that is missing, and the sound of a clip that has none.
    pub async fn media_file(&self, kind: MediaKind, id: Uuid) -> StudioResult<MediaFile> {
        let path = match kind {
            MediaKind::Source => self.played(SourceId(id)).await?,
            MediaKind::SourceThumb | MediaKind::SourceFilmstrip => {
                self.source_picture(kind, SourceId(id)).await?
            }
            MediaKind::SourceSheet => {
                let row = self.library().source_row(self.profile_id(), SourceId(id)).await?;
                let sheet = self.folders().sheet(&row.source.fingerprint);
                cache::used(&sheet);
                sheet
            }
            MediaKind::ClipStill => self.clip_picture(ClipId(id), ClipPicture::Still).await?,
            MediaKind::ClipThumb => self.clip_picture(ClipId(id), ClipPicture::Thumbnail).await?,
            MediaKind::ClipFilmstrip => self.clip_picture(ClipId(id), ClipPicture::Filmstrip).await?,
            MediaKind::ClipSound => self.clip_sound(ClipId(id)).await?,
            MediaKind::Export => self.export_path(ExportId(id)).await?,
            MediaKind::ExportThumb => {
                let export = self.library().export_row(self.profile_id(), ExportId(id)).await?.0;
                self.clip_picture(export.clip_id, ClipPicture::Thumbnail).await?
            }
        };
        if !self.is_shown(&path).await {
            return Err(no_file());
        }
        let mime = mime(&path);
        Ok(MediaFile { path, mime })
    }

    /// Path of a source.
    pub async fn source_path(&self, id: SourceId) -> StudioResult<PathBuf> {
        let path = self.library().source_row(self.profile_id(), id).await?.path;
        if self.is_shown(&path).await { Ok(path) } else { Err(no_file()) }
    }

    async fn played(&self, id: SourceId) -> StudioResult<PathBuf> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        if self.has_proxy(&row.source) {
            let proxy = self.folders().proxy(&row.source.content_key());
            cache::used(&proxy);
            return Ok(proxy);
        }
        if self.is_unchanged(&row).await { Ok(row.path) } else { Err(no_file()) }
    }

    async fn source_picture(&self, kind: MediaKind, id: SourceId) -> StudioResult<PathBuf> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        let (thumbnail, filmstrip) =
            self.folders().source_pictures(row.source.project_id, id, &row.source.fingerprint);
        let wanted = if kind == MediaKind::SourceThumb { thumbnail } else { filmstrip };
        let Some(_turn) = turn(self.studio(), &wanted).await else { return Ok(wanted) };
        if self.is_unchanged(&row).await {
            let drawn = draw_source(self.studio(), kind, &row, &wanted);
            in_place(self.studio().picture_places(), drawn).await?;
        }
        Ok(wanted)
    }

    async fn clip_picture(&self, id: ClipId, picture: ClipPicture) -> StudioResult<PathBuf> {
        let plan = self.library().clip_plan(self.profile_id(), id).await?;
        let wanted = picture.of(self.folders().clip_pictures(plan.project_id, id, plan.cut_revision));
        let Some(_turn) = turn(self.studio(), &wanted).await else { return Ok(wanted) };
        let drawing = Drawing::of(self, &plan.cuts, picture).await?;
        if self.are_unchanged(&drawing.sources).await {
            let context = RunContext::quiet();
            let drawn = async {
                self.require_as_planned(id, &plan).await?;
                drawing.draw(self.studio(), &wanted, &context).await
            };
            in_place(self.studio().picture_places(), drawn).await?;
            self.keep_if_unchanged(id, &plan, &drawing.sources, &wanted).await?;
            remove_outdated(self, id).await?;
        }
        Ok(wanted)
    }

    async fn clip_sound(&self, id: ClipId) -> StudioResult<PathBuf> {
        let plan = self.library().clip_plan(self.profile_id(), id).await?;
        let (sources, pieces): (Vec<_>, Vec<_>) = planned(self, &plan.cuts).await?.into_iter().unzip();
        let is_heard = pieces.iter().any(|piece: &Piece| piece.facts.used_audio().next().is_some());
        if plan.muted || !is_heard {
            return Err(no_file());
        }
        let wanted = self.folders().clip_sound(id, &sound_key(id, &sources, &pieces));
        // No job makes sounds, so whoever makes the same one is never paused.
        let _turn = self.studio().picture_lock(&wanted).lock_owned().await;
        if wanted.is_file() {
            cache::used(&wanted);
            return Ok(wanted);
        }
        if self.are_unchanged(&sources).await {
            let tools = self.studio().tools().await?;
            let context = RunContext::quiet();
            let rendered = async {
                self.require_as_planned(id, &plan).await?;
                made(render_clip_sound(&tools, &pieces, &wanted, &context).await)
            };
            in_place(&SOUND_PLACES, rendered).await?;
            self.keep_if_unchanged(id, &plan, &sources, &wanted).await?;
            self.tidy_sounds(id, wanted.clone());
        }
        Ok(wanted)
    }

    /// Removes the earlier sounds of a clip and trims the caches, without being
    /// waited for.
    fn tidy_sounds(&self, clip: ClipId, newest: PathBuf) {
        let (folders, studio) = (self.folders(), self.studio().downgrade());
        tokio::spawn(async move {
            let tidied =
                tokio::task::spawn_blocking(move || folders.remove_other_clip_sounds(clip, &newest)).await;
            if let Err(error) = tidied {
                tracing::warn!(%error, "earlier sounds of a clip were not removed");
            }
            if let Some(studio) = studio.upgrade() {
                studio.cache_grew().await;
            }
        });
    }

    /// Refuses a clip that was deleted for good or changed since it was planned.
    async fn require_as_planned(&self, id: ClipId, plan: &ClipPlan) -> StudioResult<()> {
        let now = self.library().clip_plan(self.profile_id(), id).await?;
        if now.cut_revision == plan.cut_revision { Ok(()) } else { Err(no_file()) }
    }

    /// Keeps what was made of a clip, or removes it: its footage may have changed
    /// meanwhile, and a clip that is gone leaves nothing that looks for it again.
    async fn keep_if_unchanged(
        &self,
        id: ClipId,
        plan: &ClipPlan,
        from: &[SourceRow],
        made: &Path,
    ) -> StudioResult<()> {
        let kept = if self.are_unchanged(from).await {
            self.require_as_planned(id, plan).await
        } else {
            Err(no_file())
        };
        if kept.is_err() {
            // At worst it is a left-over.
            let _ = tokio::fs::remove_file(made).await;
        }
        kept
    }

    /// Whether the files of all sources are those that were added.
    async fn are_unchanged(&self, rows: &[SourceRow]) -> bool {
        let mut seen = HashSet::new();
        let distinct = rows.iter().filter(|row| seen.insert(row.source.id));
        let asked: Vec<_> = distinct.map(|row| self.is_unchanged(row)).collect();
        join_all(asked).await.into_iter().all(|is_unchanged| is_unchanged)
    }

    /// Whether a source's file is the one that was added and its drive answers quickly.
    async fn is_unchanged(&self, row: &SourceRow) -> bool {
        let folder = row.path.parent().unwrap_or(&row.path);
        let (prints, looked_at) = (self.studio().prints().clone(), row.clone());
        let found = self.studio().disks().soon(folder, move |disk| prints.look(disk, &looked_at)).await;
        found == Some(Found::Unchanged)
    }

    /// Whether a file exists and its drive answers quickly.
    async fn is_shown(&self, path: &Path) -> bool {
        let (asked, folder) = (path.to_owned(), path.parent().unwrap_or(path));
        self.studio().disks().soon(folder, move |disk| disk.is_file(&asked)).await == Some(true)
    }
}

async fn draw_source(studio: &Studio, kind: MediaKind, row: &SourceRow, to: &Path) -> StudioResult<()> {
    let tools = studio.tools().await?;
    let (facts, context) = (&row.source.facts, RunContext::quiet());
    if kind == MediaKind::SourceThumb {
        let at = facts.duration_us / 3;
        made(rushes_media::thumbnail(&tools, &row.path, facts, at, THUMBNAIL_SIDE, to, &context).await)
    } else {
        let (end, count, height) = (facts.duration_us, FILMSTRIP_TILES, FILMSTRIP_HEIGHT);
        made(rushes_media::filmstrip(&tools, &row.path, facts, 0, end, count, height, to, &context).await)
    }
}

/// Does work in one of few slots.
async fn in_place(places: &Semaphore, work: impl Future<Output = StudioResult<()>>) -> StudioResult<()> {
    let place = places.acquire().await.ok();
    let mut work = pin!(work);
    if let Ok(done) = timeout(PLACE_KEPT, &mut work).await {
        return done;
    }
    drop(place);
    work.await
}

/// What the sound of a clip is made of, as part of a name.
fn sound_key(clip: ClipId, sources: &[SourceRow], pieces: &[Piece]) -> String {
    let mut content = SOUND_VERSION.to_string();
    for (row, piece) in sources.iter().zip(pieces) {
        content.push_str(&format!(";{}:{}-{}", row.source.content_key(), piece.in_us, piece.out_us));
        // The key of a source with a single track does not tell whether that is used.
        piece.facts.used_audio().for_each(|track| content.push_str(&format!("+{}", track.stream_index)));
    }
    Uuid::new_v5(&clip.0, content.as_bytes()).simple().to_string()
}

fn mime(path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "avi" => "video/x-msvideo",
        "ts" | "mts" | "m2ts" => "video/mp2t",
        "mpg" | "mpeg" | "vob" => "video/mpeg",
        "3gp" | "3g2" => "video/3gpp",
        "ogv" => "video/ogg",
        "wmv" => "video/x-ms-wmv",
        "flv" => "video/x-flv",
        "mxf" => "application/mxf",
        "jpg" => "image/jpeg",
        "wav" => "audio/wav",
        _ => "application/octet-stream",
    }
}

fn no_file() -> StudioError {
    Notice::NotFound { row: RowKind::File }.into()
}
