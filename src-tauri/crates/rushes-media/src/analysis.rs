//! What analysis tells about a source, as plain values, and the analysis itself.
//!
//! Picture and sound are read by one ffmpeg process each, side by side: the
//! picture as small frames with their own timestamps, so that footage with a
//! variable rate is measured on its own clock; the sound as samples. Measures,
//! transitions and speech are found here. A [`survey`] comes first where somebody
//! waits: it tells in a moment what key frames and packets tell, and [`analyse`]
//! makes it exact.

use std::path::Path;

use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::{MediaError, disk, facts::SourceFacts, probe, run::RunContext, toolchain::Toolchain};

mod damage;
mod evidence;
mod frame;
mod gradual;
mod measures;
mod picture;
mod sheet;
mod shots;
mod sound;
mod stir;
mod survey;

pub use sheet::Sheet;

use measures::{Summary, Told};
use picture::{Figures, Part, Which};
use shots::Found;
use sound::Heard;

pub use sound::listen;

/// Version of the measures. A stored analysis of another version is made anew.
pub const ANALYSIS_VERSION: u32 = 5;
/// Length of a window in microseconds.
pub const WINDOW_US: i64 = 500_000;

/// What is known of a source after its analysis. Times count from its first
/// picture, in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// [`ANALYSIS_VERSION`] when it was made.
    pub version: u32,
    /// How closely the picture was looked at.
    pub detail: Detail,
    /// Length of the picture.
    pub duration_us: i64,
    /// Shots in order, without gaps: the first begins at 0, the last ends at
    /// `duration_us`.
    pub shots: Vec<Shot>,
    /// Measures of each half second, in order, without gaps.
    pub windows: Vec<Window>,
    /// Stretches that are black or white and nothing else, in order.
    pub blanks: Vec<Stretch>,
    /// Flashes: stretches so bright or so different that nobody would begin on
    /// them, after which the same scene goes on. In order.
    pub flashes: Vec<Stretch>,
    /// Stretches of at least a second in which nothing moves, in order.
    pub frozen: Vec<Stretch>,
    /// Black bars around the picture, where it has them throughout.
    pub bars: Option<Bars>,
    /// The sound; absent where the source has none.
    pub sound: Option<Sound>,
    /// Stretches of the picture that could not be read, in order; a survey tells
    /// of none.
    pub damage: Vec<Stretch>,
}

/// How closely the picture was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Key frames and packet sizes: boundaries are near, not exact.
    Survey,
    /// Every picture that others refer to, and where it matters every one.
    Full,
}

/// A stretch of time, half open, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, specta::Type)]
pub struct Stretch {
    /// First moment.
    pub start_us: i64,
    /// First moment after it.
    pub end_us: i64,
}

impl Stretch {
    /// From `start_us` up to `end_us`.
    pub fn new(start_us: i64, end_us: i64) -> Self {
        Self { start_us, end_us }
    }

    /// Its length.
    pub fn length_us(self) -> i64 {
        self.end_us - self.start_us
    }

    /// Whether the two have a moment in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start_us < other.end_us && other.start_us < self.end_us
    }
}

/// Rows and columns of black at the edges, in thousandths of height and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Bars {
    /// Of the height.
    pub top_milli: u32,
    /// Of the height.
    pub bottom_milli: u32,
    /// Of the width.
    pub left_milli: u32,
    /// Of the width.
    pub right_milli: u32,
}

/// Loudness by EBU R128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Loudness {
    /// Integrated loudness in thousandths of LUFS.
    pub integrated_mlufs: i32,
    /// Highest true peak in thousandths of dBTP.
    pub true_peak_mdb: i32,
}

/// What is heard in a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    /// Loudness of the whole; absent where all of it is below the gate of
    /// EBU R128.
    pub loudness: Option<Loudness>,
    /// Stretches of at least 0.3 s in which nothing is heard, in order.
    pub silences: Vec<Stretch>,
    /// Stretches in which somebody speaks, in order. Pauses between words
    /// belong to them, pauses between sentences do not.
    pub speech: Vec<Stretch>,
    /// Moments at which something begins to sound: a beat, a clap, a door.
    pub onsets: Vec<i64>,
    /// Stretches in which the recording is clipped, in order.
    pub clipped: Vec<Stretch>,
}

/// The outline of the sound, for drawing it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waveform {
    /// Lowest and highest sample of each [`Waveform::STEP_US`] from the source's
    /// first picture on, over all channels, in 127ths of full scale.
    pub peaks: Vec<[i8; 2]>,
}

impl Waveform {
    /// Length of one entry in microseconds.
    pub const STEP_US: i64 = 10_000;

    /// The lowest and the highest sample of each of `columns` equal parts of a
    /// stretch, one after the other; beyond the end there is silence.
    pub fn outline(&self, from_us: i64, to_us: i64, columns: u32) -> Vec<i8> {
        let length_us = (to_us - from_us).max(1);
        let step = |column: i64| (from_us + length_us * column / i64::from(columns)) / Self::STEP_US;
        (0..i64::from(columns))
            .flat_map(|column| {
                let first = usize::try_from(step(column)).unwrap_or(0);
                let past = usize::try_from(step(column + 1)).unwrap_or(0).max(first + 1);
                let part = self.peaks.get(first..past.min(self.peaks.len())).unwrap_or_default();
                let low = part.iter().map(|peak| peak[0]).min().unwrap_or(0);
                let high = part.iter().map(|peak| peak[1]).max().unwrap_or(0);
                [low, high]
            })
            .collect()
    }
}

/// Means over the pictures of a stretch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Change from picture to picture, in thousandths of the full range for each
    /// 40 ms; cuts are left out.
    pub motion_milli: u32,
    /// The part of the motion that goes with the whole picture: the camera pans,
    /// tilts or shakes. In thousandths of the longer side for each 40 ms.
    pub camera_milli: u32,
    /// The part of the change that moving the whole picture does not explain:
    /// somebody or something moves. In thousandths of the full range for each
    /// 40 ms.
    pub subject_milli: u32,
    /// Energy of fine detail: standard deviation of the Laplacian of the small
    /// picture, in thousandths of the full range.
    pub sharpness_milli: u32,
    /// Mean distance of the colours from grey, in thousandths of the full range.
    pub colour_milli: u32,
    /// Mean brightness: 0 for black, 1000 for white.
    pub brightness_milli: u32,
    /// Standard deviation of the brightness, in thousandths of the full range.
    pub contrast_milli: u32,
}

/// How a shot begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// It is the first.
    Start,
    /// From one picture to the next.
    Cut,
    /// It comes through the one before.
    Dissolve,
    /// Out of black, white or another plain colour, into which the one before
    /// may have gone.
    Fade,
}

/// The transition into a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Transition {
    /// Its kind.
    pub kind: TransitionKind,
    /// Its length in microseconds, counted from the beginning of the shot: 0 for
    /// a cut and for a source that begins in full view.
    pub length_us: i64,
}

/// A shot: what the camera saw between two transitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shot {
    /// First picture: of a cut the first of the new scene, of a dissolve or a
    /// fade the first in which the change is seen.
    pub start_us: i64,
    /// Beginning of the next shot, or the end of the source.
    pub end_us: i64,
    /// How it begins.
    #[serde(rename = "in")]
    pub opening: Transition,
    /// Means over the shot, without its transition.
    pub measures: Measures,
    /// Difference hash of a picture in the middle; near pictures have near
    /// hashes by Hamming distance.
    pub hash: u64,
}

impl Shot {
    /// Its first moment in full view.
    pub fn clear_us(&self) -> i64 {
        self.start_us + self.opening.length_us
    }
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
    /// Difference hash of its first picture.
    pub hash: u64,
}

/// A source, analysed.
#[derive(Debug, Clone)]
pub struct Analysed {
    /// What is known of it.
    pub analysis: Analysis,
    /// The outline of its sound; absent where it has none.
    pub waveform: Option<Waveform>,
    /// Small pictures of the whole; absent where none could be read.
    pub sheet: Option<Sheet>,
}

/// Analyses a source: its picture and its sound, each read once and side by
/// side. With a survey at hand, the sound is not read again.
///
/// # Errors
/// [`MediaError`]; where the picture breaks off early, what was read counts.
pub async fn analyse(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    survey: Option<Survey>,
    ctx: &RunContext,
) -> Result<Analysed, MediaError> {
    disk::ask(path, ctx, probe::stat).await??;
    let reading = picture::read_whole(tools, path, facts, ctx);
    let quiet = ctx.silent();
    let (picture, heard) = match survey {
        Some(survey) => (reading.await?, survey.heard),
        None => tokio::try_join!(reading, sound::read(tools, path, facts, &quiet))?,
    };
    let looked = Looked {
        detail: Detail::Full,
        summary: picture.summary,
        flashes: picture.flashes,
        bars: picture.bars,
        damage: picture.damage,
    };
    let analysis = looked.told(heard.as_ref(), facts.duration_us);
    tracing::debug!(shots = analysis.shots.len(), "analysed");
    Ok(Analysed { analysis, waveform: heard.map(|heard| heard.waveform), sheet: picture.sheet })
}

/// A first look at a source: all of its sound, and of its picture what the key
/// frames and the sizes of the packets tell.
#[derive(Debug)]
pub struct Survey {
    frames: Vec<Figures>,
    transitions: Vec<Found>,
    flashes: Vec<Stretch>,
    bars: Option<Bars>,
    heard: Option<Heard>,
    duration_us: i64,
    /// Cuts that need no closer look.
    exact: Vec<i64>,
    /// Times of the key frames.
    keys: Vec<i64>,
}

/// How far to either side of a moment a closer look reaches, in microseconds.
const CLOSE_US: i64 = 1_000_000;
/// Close looks at once: one begins while another ends.
const LOOKS_AT_ONCE: usize = 2;

/// Takes a first look at a source, in about a tenth of the time that decoding it
/// takes. Of footage that has nothing but key frames there is none: reading them
/// is the whole of it.
///
/// # Errors
/// [`MediaError`], as for [`analyse`].
pub async fn survey(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Option<Survey>, MediaError> {
    disk::ask(path, ctx, probe::stat).await??;
    // Where the file does not say when pictures are shown, key frames that are
    // decoded alone bear the times of those that follow them.
    if facts.picture_lag_us > 0 {
        return Ok(None);
    }
    let packets = tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => return Err(MediaError::Cancelled),
        packets = survey::packets(tools, path, facts, ctx) => packets?,
    };
    if !survey::is_worth_it(&packets, facts.duration_us) {
        return Ok(None);
    }
    let keys = picture::read_part(tools, path, facts, Which::Keys, ctx);
    let quiet = ctx.silent();
    let (keys, heard) = tokio::try_join!(keys, sound::read(tools, path, facts, &quiet))?;
    if keys.frames.is_empty() {
        return Ok(None);
    }
    let guess = survey::guess(&packets, &keys.frames);
    Ok(Some(Survey {
        frames: survey::figures(&packets, &keys.frames),
        transitions: guess.transitions,
        flashes: Vec::new(),
        bars: keys.bars,
        heard,
        duration_us: facts.duration_us,
        exact: guess.exact,
        keys: keys.frames.iter().map(|frame| frame.time_us).collect(),
    }))
}

impl Survey {
    /// What the first look tells.
    pub fn analysis(&self) -> Analysis {
        let mut summary = Summary::new(self.duration_us);
        summary.take(&self.frames, &self.transitions);
        let looked = Looked {
            detail: Detail::Survey,
            summary,
            flashes: self.flashes.clone(),
            bars: self.bars,
            damage: Vec::new(),
        };
        looked.told(self.heard.as_ref(), self.duration_us)
    }

    /// The outline of the sound; absent where the source has none.
    pub fn waveform(&self) -> Option<&Waveform> {
        self.heard.as_ref().map(|heard| &heard.waveform)
    }

    /// Looks closely at the picture around some moments, so that what lies there
    /// is as exact as after a whole analysis.
    ///
    /// # Errors
    /// [`MediaError`], as for [`analyse`].
    pub async fn look_closely(
        &mut self,
        tools: &Toolchain,
        path: &Path,
        facts: &SourceFacts,
        moments: &[i64],
        ctx: &RunContext,
    ) -> Result<(), MediaError> {
        let mut unsure: Vec<i64> = moments.to_vec();
        unsure.retain(|moment| self.exact.binary_search(moment).is_err());
        unsure.sort_unstable();
        let mut stretches: Vec<Stretch> = Vec::new();
        for moment in unsure {
            let near = Stretch::new((moment - CLOSE_US).max(0), (moment + CLOSE_US).min(self.duration_us));
            if near.length_us() <= 0 {
                continue;
            }
            match stretches.last_mut() {
                // Decoding begins at a key frame: where that lies within the stretch
                // before, reading on from there costs no more.
                Some(last) if self.key_before(near.start_us) <= last.end_us => last.end_us = near.end_us,
                _ => stretches.push(near),
            }
        }
        let ctx = ctx.silent();
        let mut looks = stream::iter(stretches)
            .map(|stretch| {
                let look = picture::read_part(tools, path, facts, Which::Within(stretch), &ctx);
                look.map_ok(move |close| (stretch, close))
            })
            .buffer_unordered(LOOKS_AT_ONCE);
        while let Some((stretch, close)) = looks.try_next().await? {
            self.replace(stretch, close);
        }
        Ok(())
    }

    /// Puts a closer look at a stretch in the place of what was known of it.
    fn replace(&mut self, stretch: Stretch, close: Part) {
        let within = |at: i64| at >= stretch.start_us && at < stretch.end_us;
        self.frames.retain(|frame| !within(frame.time_us));
        self.frames.extend(close.frames);
        self.frames.sort_by_key(|frame| frame.time_us);
        self.transitions.retain(|found| !within(found.at.start_us));
        self.transitions.extend(close.findings.transitions);
        self.transitions.sort_by_key(|found| found.at);
        self.flashes.retain(|flash| !within(flash.start_us));
        self.flashes.extend(close.findings.flashes);
        self.flashes.sort();
    }

    /// The last key frame that is not after a moment.
    fn key_before(&self, moment_us: i64) -> i64 {
        let after = self.keys.partition_point(|key| *key <= moment_us);
        after.checked_sub(1).map_or(moment_us, |last| self.keys[last])
    }
}

/// What was seen of a picture.
struct Looked {
    detail: Detail,
    summary: Summary,
    flashes: Vec<Stretch>,
    bars: Option<Bars>,
    damage: Vec<Stretch>,
}

impl Looked {
    fn told(self, heard: Option<&Heard>, duration_us: i64) -> Analysis {
        let momentary = heard.map_or(&[][..], |heard| &heard.momentary);
        let Told { shots, windows, blanks, frozen } = self.summary.finish(momentary);
        Analysis {
            version: ANALYSIS_VERSION,
            detail: self.detail,
            duration_us,
            shots,
            windows,
            blanks,
            flashes: self.flashes,
            frozen,
            bars: self.bars,
            sound: heard.map(|heard| heard.sound.clone()),
            damage: self.damage,
        }
    }
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
    /// Share of the clip in which somebody speaks.
    pub speech_bp: u32,
    /// Distance from the other clips.
    pub novelty_bp: u32,
    /// Pace of the cuts within it.
    pub pace_bp: u32,
}

/// How much each part counts in a score, in percent of one another: only their
/// proportions matter. All zero counts all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ScoreWeights {
    /// Of movement, 0 to 100.
    pub motion: u32,
    /// Of fine detail, 0 to 100.
    pub sharpness: u32,
    /// Of colour, 0 to 100.
    pub colour: u32,
    /// Of loudness, 0 to 100.
    pub loudness: u32,
    /// Of speech, 0 to 100.
    pub speech: u32,
    /// Of novelty, 0 to 100.
    pub novelty: u32,
    /// Of the pace of cuts, 0 to 100.
    pub pace: u32,
}

impl Default for ScoreWeights {
    fn default() -> Self {
        Self { motion: 25, sharpness: 15, colour: 10, loudness: 20, speech: 20, novelty: 15, pace: 5 }
    }
}
