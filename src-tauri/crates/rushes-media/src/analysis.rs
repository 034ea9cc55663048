//! What analysis tells about a source, as plain values, and the analysis itself.
//!
//! Picture and sound are read by one ffmpeg process each, side by side: the
//! picture as small frames with their own timestamps, so that footage with a
//! variable rate is measured on its own clock; the sound as EBU R128 figures.
//! Measures, shots and windows are computed here.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{MediaError, facts::SourceFacts, probe, run::RunContext, toolchain::Toolchain};

mod picture;
mod shots;
mod sound;

/// Version of the measures. A stored analysis of another version is made anew.
pub const ANALYSIS_VERSION: u32 = 1;
/// Length of a window in microseconds.
pub const WINDOW_US: i64 = 500_000;

/// What is known of a source after its analysis. Times count from its first
/// picture, in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// [`ANALYSIS_VERSION`] when it was made.
    pub version: u32,
    /// Length of the picture.
    pub duration_us: i64,
    /// Shots in order, without gaps: the first begins at 0, the last ends at
    /// `duration_us`.
    pub shots: Vec<Shot>,
    /// Measures of each half second, in order, without gaps.
    pub windows: Vec<Window>,
    /// Stretches of silence (below -45 dB for at least 0.3 s), in order.
    pub silences: Vec<(i64, i64)>,
    /// Loudness of the whole sound; absent where there is none to speak of.
    pub loudness: Option<Loudness>,
}

/// Loudness by EBU R128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Loudness {
    /// Integrated loudness in thousandths of LUFS.
    pub integrated_mlufs: i32,
    /// Highest true peak in thousandths of dBTP.
    pub true_peak_mdb: i32,
}

/// Means over the pictures of a stretch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Change from picture to picture, in thousandths of the full range for each
    /// 40 ms; cuts are left out.
    pub motion_milli: u32,
    /// Energy of fine detail: standard deviation of the Laplacian of the small
    /// picture, in thousandths of the full range.
    pub sharpness_milli: u32,
    /// Mean distance of the colours from grey, in thousandths of the full range.
    pub colour_milli: u32,
    /// Mean brightness: 0 for black, 1000 for white.
    pub brightness_milli: u32,
    /// Standard deviation of the brightness, in thousandths of the full range.
    pub contrast_milli: u32,
    /// Share of pictures that are black or white and nothing else, in thousandths.
    pub blank_milli: u32,
}

/// A shot: what the camera saw between two cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shot {
    /// First picture.
    pub start_us: i64,
    /// First picture of the next shot.
    pub end_us: i64,
    /// Means over the shot.
    pub measures: Measures,
    /// Difference hash of the middle picture; near pictures have near hashes by
    /// Hamming distance.
    pub hash: u64,
}

/// Half a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its beginning; it lasts [`WINDOW_US`], the last one up to the end.
    pub start_us: i64,
    /// Means over the window.
    pub measures: Measures,
    /// Loudest momentary loudness (400 ms, EBU Tech 3341) in thousandths of
    /// LUFS; absent without sound.
    pub loudness_mlufs: Option<i32>,
}

/// Analyses a source in one pass over its picture and its sound.
///
/// # Errors
/// [`MediaError`]; where the picture breaks off early, what was read counts.
pub async fn analyse(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Analysis, MediaError> {
    probe::stat(path)?;
    let (pictures, sound) =
        tokio::try_join!(picture::read(tools, path, facts, ctx), sound::read(tools, path, facts, ctx),)?;
    let duration_us = facts.duration_us;
    let cuts = shots::cuts(&pictures);
    tracing::debug!(pictures = pictures.len(), cuts = cuts.len(), "analysed");
    Ok(Analysis {
        version: ANALYSIS_VERSION,
        duration_us,
        shots: shots::shots(&pictures, &cuts, duration_us),
        windows: shots::windows(&pictures, &cuts, &sound.momentary, duration_us),
        silences: sound.silences,
        loudness: sound.loudness,
    })
}

/// Kind of clip that is made automatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ClipKind {
    /// One continuous moment near the target duration.
    Highlight,
    /// The best shots put together to the target duration.
    Montage,
}

/// Why a clip was ranked where it is: each part from 0 to 10 000 basis points,
/// normalised within the footage of one generation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ScoreParts {
    /// Movement in the picture.
    pub motion_bp: u32,
    /// Fine detail in focus.
    pub sharpness_bp: u32,
    /// Colourfulness.
    pub colour_bp: u32,
    /// Loudness of the sound.
    pub loudness_bp: u32,
    /// Distance from the other candidates.
    pub novelty_bp: u32,
}
