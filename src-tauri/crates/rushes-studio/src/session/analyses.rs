//! Analyses stored per profile, keyed by the content of a source and the sound
//! tracks in use (`Source::content_key`): the figures in the library, the
//! waveform and the film sheet as files in the profile's cache folder. If a
//! file is lost, the source is analysed again.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use rushes_files::private;
use rushes_media::{ANALYSIS_VERSION, Analysed, Sheet, Survey};
use rushes_model::analysis::{Analysis, Waveform};
use rushes_model::notice::Failed;
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

/// A stored analysis.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub analysis: Analysis,
    pub sheet: Option<FilmSheet>,
}

impl ProfileSession {
    /// The analysis of some content; `None` if it was never analysed, was
    /// analysed by another version, or its files are gone.
    pub(crate) async fn kept_analysis(&self, content: &str) -> StudioResult<Option<Kept>> {
        let kept = self.library().analysis(self.profile_id(), content, ANALYSIS_VERSION).await?;
        let kept: Option<Kept> = kept.and_then(|data| serde_json::from_value(data).ok());
        Ok(kept.filter(|kept| {
            let sheet = kept.sheet.is_none() || self.folders().sheet(content).is_file();
            let peaks = kept.analysis.sound.is_none() || self.folders().peaks(content).is_file();
            sheet && peaks
        }))
    }

    /// Stores the result of the first pass until the full analysis replaces it.
    pub(crate) async fn keep_survey(&self, content: &str, survey: &Survey) -> StudioResult<()> {
        self.keep_waveform(content, survey.waveform())?;
        self.keep(content, Kept { analysis: survey.analysis(), sheet: None }).await
    }

    /// Stores an analysis.
    pub(crate) async fn keep_analysis(&self, content: &str, made: &Analysed) -> StudioResult<()> {
        self.keep_waveform(content, made.waveform.as_ref())?;
        if let Some(sheet) = &made.sheet {
            write_whole(&self.folders().sheet(content), &sheet.jpeg)?;
        }
        let sheet = made.sheet.as_ref().map(FilmSheet::from);
        self.keep(content, Kept { analysis: made.analysis.clone(), sheet }).await
    }

    async fn keep(&self, content: &str, kept: Kept) -> StudioResult<()> {
        let data = serde_json::to_value(&kept).map_err(StudioError::internal)?;
        self.library().put_analysis(self.profile_id(), content, ANALYSIS_VERSION, &data).await?;
        self.studio().cache_grew().await;
        Ok(())
    }

    fn keep_waveform(&self, content: &str, waveform: Option<&Waveform>) -> StudioResult<()> {
        let Some(waveform) = waveform else { return Ok(()) };
        let bytes: Vec<u8> = waveform.peaks.iter().flatten().map(|peak| peak.cast_unsigned()).collect();
        write_whole(&self.folders().peaks(content), &bytes)
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
