//! Which file an opaque media id stands for, in this profile.

use std::path::PathBuf;

use rushes_library::ids::{ClipId, ExportId, SourceId};
use uuid::Uuid;

use crate::error::{StudioError, StudioResult};
use crate::studio::ProfileSession;
use crate::tasks::{FILMSTRIP_HEIGHT, FILMSTRIP_TILES, THUMBNAIL_SIDE};

/// What of an item is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// What the window plays of a source: its proxy where it needs one and has
    /// it, or else the source itself.
    Source,
    /// One picture of a source.
    SourceThumb,
    /// Ten pictures of a source side by side.
    SourceFilmstrip,
    /// Many small pictures of a source, in rows.
    SourceSheet,
    /// A clip's file for viewing.
    ClipRaw,
    /// One picture of a clip.
    ClipThumb,
    /// Ten pictures of a clip side by side.
    ClipFilmstrip,
    /// A final.
    Export,
    /// One picture of a final.
    ExportThumb,
}

/// A file to serve.
#[derive(Debug, Clone)]
pub struct MediaFile {
    /// Where it lies; for the server only.
    pub path: PathBuf,
    /// Media type.
    pub mime: &'static str,
}

impl ProfileSession {
    /// The file that an id stands for. Pictures of sources are made when they
    /// are first asked for.
    ///
    /// # Errors
    /// The same not-found for an id of another profile, one that never existed,
    /// and a file that is not there.
    pub async fn media_file(&self, kind: MediaKind, id: Uuid) -> StudioResult<MediaFile> {
        let path = match kind {
            MediaKind::Source => self.played(SourceId(id)).await?,
            MediaKind::SourceThumb | MediaKind::SourceFilmstrip => {
                self.source_picture(kind, SourceId(id)).await?
            }
            MediaKind::SourceSheet => {
                let row = self.library().source_row(self.profile_id(), SourceId(id)).await?;
                let sheet = self.folders().sheet(&row.source.fingerprint);
                crate::cache::used(&sheet);
                sheet
            }
            MediaKind::ClipRaw => self.raw(ClipId(id)).await?.video,
            MediaKind::ClipThumb => self.raw(ClipId(id)).await?.thumbnail,
            MediaKind::ClipFilmstrip => self.raw(ClipId(id)).await?.filmstrip,
            MediaKind::Export => self.export_path(ExportId(id)).await?,
            MediaKind::ExportThumb => {
                let export = self.library().export_row(self.profile_id(), ExportId(id)).await?.0;
                self.raw(export.clip_id).await?.thumbnail
            }
        };
        if !path.is_file() {
            return Err(no_file());
        }
        let mime = mime(&path);
        Ok(MediaFile { path, mime })
    }

    /// Where a clip's file for viewing lies.
    pub async fn clip_path(&self, id: ClipId) -> StudioResult<PathBuf> {
        Ok(self.media_file(MediaKind::ClipRaw, id.0).await?.path)
    }

    /// Where a source lies.
    pub async fn source_path(&self, id: SourceId) -> StudioResult<PathBuf> {
        let path = self.library().source_row(self.profile_id(), id).await?.path;
        if path.is_file() { Ok(path) } else { Err(no_file()) }
    }

    async fn played(&self, id: SourceId) -> StudioResult<PathBuf> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        let proxy = self.folders().proxy(&row.source.fingerprint);
        if rushes_media::needs_proxy(&row.source.facts) && proxy.is_file() {
            crate::cache::used(&proxy);
            return Ok(proxy);
        }
        Ok(row.path)
    }

    async fn raw(&self, id: ClipId) -> StudioResult<crate::folders::RawFiles> {
        let plan = self.library().raw_plan(self.profile_id(), id).await?;
        Ok(self.folders().raw(plan.project_id, id, plan.raw_revision))
    }

    async fn source_picture(&self, kind: MediaKind, id: SourceId) -> StudioResult<PathBuf> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        let (thumbnail, filmstrip) =
            self.folders().source_pictures(row.source.project_id, id, &row.source.fingerprint);
        let wanted = if kind == MediaKind::SourceThumb { thumbnail } else { filmstrip };
        // Asked for twice at once, it is made once.
        let _making = self.studio().picture_lock().lock().await;
        if wanted.is_file() || !row.path.is_file() {
            return Ok(wanted);
        }
        if let Some(folder) = wanted.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StudioError::io("The folder for pictures cannot be made.", &error))?;
        }
        let tools = self.studio().tools().await?;
        let facts = &row.source.facts;
        if kind == MediaKind::SourceThumb {
            let at = facts.duration_us / 3;
            rushes_media::thumbnail(&tools, &row.path, facts, at, THUMBNAIL_SIDE, &wanted).await?;
        } else {
            let (to, count, height) = (facts.duration_us, FILMSTRIP_TILES, FILMSTRIP_HEIGHT);
            rushes_media::filmstrip(&tools, &row.path, facts, 0, to, count, height, &wanted).await?;
        }
        Ok(wanted)
    }
}

fn mime(path: &std::path::Path) -> &'static str {
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
    StudioError::new("not_found", "There is no such file. It may have been moved or deleted.")
}
