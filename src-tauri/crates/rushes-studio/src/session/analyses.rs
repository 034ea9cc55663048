//! Analyses stored per profile, by part: the figures in the library, the film sheet
//! and the waveform as files in the profile's cache folder. The picture is keyed by
//! the fingerprint of a source, the sound by its content
//! (`Source::content_key`), so that another choice of sound tracks leaves the
//! picture as it is.
//!
//! A part that another version made, or whose file is lost, serves until it is
//! made again. One that can no longer be read counts as absent.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use rushes_files::private;
use rushes_library::StoredPart;
use rushes_library::model::Source;
use rushes_media::{AnalysedPicture, AnalysedSound, Sheet, part_version};
use rushes_model::analysis::{Analysis, Detail, Waveform};
use rushes_model::notice::Failed;
use rushes_model::parts::{Part, PicturePart, SoundPart};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{StudioError, StudioResult};
use crate::files::cache;
use crate::session::ProfileSession;

/// How the pictures of a film sheet lie in its file: in rows from the left and
/// from the top. Picture k is what is shown at (k + ½) steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct FilmSheet {
    /// How many there are; the last row may have fewer.
    pub tiles: u32,
    /// Pictures in a row.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Time from one to the next, in microseconds.
    pub step_us: i64,
    /// Width of a picture in pixels.
    pub tile_width: u32,
    /// Height of a picture in pixels.
    pub tile_height: u32,
}

impl From<&Sheet> for FilmSheet {
    fn from(sheet: &Sheet) -> Self {
        Self {
            tiles: sheet.tiles,
            columns: sheet.columns,
            rows: sheet.rows,
            step_us: sheet.step_us,
            tile_width: sheet.tile_width,
            tile_height: sheet.tile_height,
        }
    }
}

/// A stored part.
pub(crate) struct Kept<P> {
    pub part: P,
    /// Whether this version made it and its file is there.
    pub is_current: bool,
}

/// The picture as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptPicture {
    pub picture: PicturePart,
    pub sheet: Option<FilmSheet>,
}

impl Kept<KeptPicture> {
    /// Whether there is nothing left to do.
    pub fn is_final(&self) -> bool {
        self.is_current && self.part.picture.detail == Detail::Full
    }
}

/// A stored analysis.
pub(crate) struct KeptAnalysis {
    pub analysis: Analysis,
    pub sheet: Option<FilmSheet>,
    /// Whether all of its parts are current.
    pub is_current: bool,
}

impl ProfileSession {
    /// The analysis of a source from the stored parts; `None` if one was never
    /// made.
    pub(crate) async fn kept_analysis(&self, source: &Source) -> StudioResult<Option<KeptAnalysis>> {
        let Some(picture) = self.kept_picture(&source.fingerprint).await? else { return Ok(None) };
        let Some(sound) = self.kept_sound(&source.content_key()).await? else { return Ok(None) };
        let KeptPicture { picture: part, sheet } = picture.part;
        Ok(Some(KeptAnalysis {
            analysis: Analysis::of(part, sound.part),
            sheet,
            is_current: picture.is_current && sound.is_current,
        }))
    }

    /// The picture of a fingerprint.
    pub(crate) async fn kept_picture(&self, fingerprint: &str) -> StudioResult<Option<Kept<KeptPicture>>> {
        let kept = self.kept::<KeptPicture>(fingerprint, Part::Picture).await?;
        Ok(kept.map(|mut kept| {
            if kept.part.sheet.is_some() && !self.folders().sheet(fingerprint).is_file() {
                kept.part.sheet = None;
                kept.is_current = false;
            }
            kept
        }))
    }

    /// The sound of some content.
    pub(crate) async fn kept_sound(&self, content: &str) -> StudioResult<Option<Kept<SoundPart>>> {
        let kept = self.kept::<SoundPart>(content, Part::Sound).await?;
        Ok(kept.map(|kept| {
            let is_whole = kept.part.sound.is_none() || self.folders().peaks(content).is_file();
            Kept { is_current: kept.is_current && is_whole, ..kept }
        }))
    }

    async fn kept<P: DeserializeOwned>(&self, key: &str, part: Part) -> StudioResult<Option<Kept<P>>> {
        let stored = self.library().analysis_part(self.profile_id(), key, part).await?;
        Ok(stored.and_then(|StoredPart { version, data }| {
            let is_current = version == part_version(part);
            Some(Kept { part: serde_json::from_value(data).ok()?, is_current })
        }))
    }

    /// Stores the estimate of a survey until the full analysis replaces it. It
    /// replaces none itself, whichever version made that.
    pub(crate) async fn keep_survey(&self, fingerprint: &str, picture: PicturePart) -> StudioResult<()> {
        let looking = self.studio().looking(self.profile_id(), Part::Picture, fingerprint);
        // Whoever holds it is making the full analysis.
        let Ok(_looking) = looking.try_lock() else { return Ok(()) };
        let kept = self.kept_picture(fingerprint).await?;
        if kept.is_some_and(|kept| kept.part.picture.detail == Detail::Full) {
            return Ok(());
        }
        self.keep(fingerprint, Part::Picture, &KeptPicture { picture, sheet: None }).await
    }

    /// Stores the full analysis of a picture.
    pub(crate) async fn keep_picture(
        &self,
        fingerprint: &str,
        made: AnalysedPicture,
    ) -> StudioResult<PicturePart> {
        if let Some(sheet) = &made.sheet {
            write_whole(&self.folders().sheet(fingerprint), &sheet.jpeg)?;
        }
        let sheet = made.sheet.as_ref().map(FilmSheet::from);
        let kept = KeptPicture { picture: made.part, sheet };
        self.keep(fingerprint, Part::Picture, &kept).await?;
        Ok(kept.picture)
    }

    /// Stores the analysis of a sound.
    pub(crate) async fn keep_sound(&self, content: &str, made: AnalysedSound) -> StudioResult<SoundPart> {
        if let Some(waveform) = &made.waveform {
            let peaks = waveform.peaks.iter().flatten();
            let bytes: Vec<u8> = peaks.map(|peak| peak.cast_unsigned()).collect();
            write_whole(&self.folders().peaks(content), &bytes)?;
        }
        self.keep(content, Part::Sound, &made.part).await?;
        Ok(made.part)
    }

    async fn keep(&self, key: &str, part: Part, made: &impl Serialize) -> StudioResult<()> {
        let data = serde_json::to_value(made).map_err(StudioError::internal)?;
        let stored = StoredPart { version: part_version(part), data };
        self.library().put_analysis_part(self.profile_id(), key, part, &stored).await?;
        self.studio().cache_grew().await;
        Ok(())
    }

    /// The waveform of some content, if there is one.
    pub(crate) fn kept_waveform(&self, content: &str) -> Option<Waveform> {
        let path = self.folders().peaks(content);
        let bytes = std::fs::read(&path).ok()?;
        cache::used(&path);
        let (pairs, _) = bytes.as_chunks::<2>();
        Some(Waveform { peaks: pairs.iter().map(|pair| pair.map(u8::cast_signed)).collect() })
    }
}

/// Writes a file next to its target and renames it once complete. Concurrent
/// writers write the same content.
fn write_whole(path: &Path, bytes: &[u8]) -> StudioResult<()> {
    let failed = |error: std::io::Error| StudioError::io(Failed::KeepAnalysis, &error);
    if let Some(folder) = path.parent() {
        private::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", uuid::Uuid::new_v4()));
    let draft = PathBuf::from(name);
    let written = private::options()
        .write(true)
        .create_new(true)
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| std::fs::rename(&draft, path));
    written.map_err(|error| {
        // Scratch only; if it cannot be removed, it just wastes a little space.
        let _ = std::fs::remove_file(&draft);
        failed(error)
    })
}
