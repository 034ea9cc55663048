//! Resolves opaque media ids to files, within this profile.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rushes_files::private;
use rushes_library::SourceRow;
use rushes_media::RunContext;
use rushes_model::ids::{ClipId, ExportId, SourceId};
use rushes_model::notice::{Failed, Notice, RowKind};
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::{StudioError, StudioResult};
use crate::files::prints::Found;
use crate::session::{ProfileSession, Studio};
use crate::tasks::preview_files::{FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE};

/// How long an image being made keeps its slot. One that takes longer is read
/// from a drive that barely responds.
const PLACE_KEPT: Duration = Duration::from_secs(5);

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
    /// A clip's preview.
    ClipPreview,
    /// One frame of a clip.
    ClipThumb,
    /// Ten frames of a clip side by side.
    ClipFilmstrip,
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
    /// The file of an id. Images of sources are made on first request.
    ///
    /// # Errors
    /// The same not-found for an id of another profile, one that never existed,
    /// and a file that is missing.
    pub async fn media_file(&self, kind: MediaKind, id: Uuid) -> StudioResult<MediaFile> {
        let path = match kind {
            MediaKind::Source => self.played(SourceId(id)).await?,
            MediaKind::SourceThumb | MediaKind::SourceFilmstrip => {
                self.source_picture(kind, SourceId(id)).await?
            }
            MediaKind::SourceSheet => {
                let row = self.library().source_row(self.profile_id(), SourceId(id)).await?;
                let sheet = self.folders().sheet(&row.source.fingerprint);
                crate::files::cache::used(&sheet);
                sheet
            }
            MediaKind::ClipPreview => self.preview_files(ClipId(id)).await?.video,
            MediaKind::ClipThumb => self.preview_files(ClipId(id)).await?.thumbnail,
            MediaKind::ClipFilmstrip => self.preview_files(ClipId(id)).await?.filmstrip,
            MediaKind::Export => self.export_path(ExportId(id)).await?,
            MediaKind::ExportThumb => {
                let export = self.library().export_row(self.profile_id(), ExportId(id)).await?.0;
                self.preview_files(export.clip_id).await?.thumbnail
            }
        };
        if !self.is_shown(&path).await {
            return Err(no_file());
        }
        let mime = mime(&path);
        Ok(MediaFile { path, mime })
    }

    /// Path of a clip's preview.
    pub async fn clip_path(&self, id: ClipId) -> StudioResult<PathBuf> {
        Ok(self.media_file(MediaKind::ClipPreview, id.0).await?.path)
    }

    /// Path of a source.
    pub async fn source_path(&self, id: SourceId) -> StudioResult<PathBuf> {
        let path = self.library().source_row(self.profile_id(), id).await?.path;
        if self.is_shown(&path).await { Ok(path) } else { Err(no_file()) }
    }

    async fn played(&self, id: SourceId) -> StudioResult<PathBuf> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        let proxy = self.folders().proxy(&row.source.content_key());
        if rushes_media::needs_proxy(&row.source.facts) && proxy.is_file() {
            crate::files::cache::used(&proxy);
            return Ok(proxy);
        }
        if self.is_unchanged(&row).await { Ok(row.path) } else { Err(no_file()) }
    }

    async fn preview_files(&self, id: ClipId) -> StudioResult<crate::files::folders::PreviewFiles> {
        let plan = self.library().preview_plan(self.profile_id(), id).await?;
        Ok(self.folders().preview(plan.project_id, id, plan.preview_revision))
    }

    async fn source_picture(&self, kind: MediaKind, id: SourceId) -> StudioResult<PathBuf> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        let (thumbnail, filmstrip) =
            self.folders().source_pictures(row.source.project_id, id, &row.source.fingerprint);
        let wanted = if kind == MediaKind::SourceThumb { thumbnail } else { filmstrip };
        if wanted.is_file() {
            return Ok(wanted);
        }
        // Concurrent requests make it only once.
        let making = self.studio().picture_lock(&wanted);
        let _making = making.lock().await;
        if wanted.is_file() || !self.is_unchanged(&row).await {
            return Ok(wanted);
        }
        if let Some(folder) = wanted.parent() {
            private::create_dir_all(folder)
                .map_err(|error| StudioError::io(Failed::MakePicturesFolder, &error))?;
        }
        let place = self.studio().picture_places().acquire().await.ok();
        let mut made = std::pin::pin!(make_picture(self.studio(), kind, &row, &wanted));
        if let Ok(made) = timeout(PLACE_KEPT, &mut made).await {
            made?;
        } else {
            drop(place);
            made.await?;
        }
        Ok(wanted.clone())
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

async fn make_picture(studio: &Studio, kind: MediaKind, row: &SourceRow, to: &Path) -> StudioResult<()> {
    let tools = studio.tools().await?;
    let (facts, context) = (&row.source.facts, RunContext::quiet());
    if kind == MediaKind::SourceThumb {
        let at = facts.duration_us / 3;
        rushes_media::thumbnail(&tools, &row.path, facts, at, THUMBNAIL_SIDE, to, &context).await?;
    } else {
        let (end, count, height) = (facts.duration_us, FILMSTRIP_TILES, FILMSTRIP_HEIGHT);
        rushes_media::filmstrip(&tools, &row.path, facts, 0, end, count, height, to, &context).await?;
    }
    Ok(())
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
        _ => "application/octet-stream",
    }
}

fn no_file() -> StudioError {
    Notice::NotFound { row: RowKind::File }.into()
}
