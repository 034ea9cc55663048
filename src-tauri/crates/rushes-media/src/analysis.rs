//! Analysis of a source. The results are described in [`rushes_model::analysis`].
//!
//! Picture and sound are decoded side by side, each by its own ffmpeg process: the
//! picture as small frames with their own timestamps, so that variable frame rate
//! footage is measured on its own clock, and the sound as samples. Measures,
//! transitions and speech are found here. When a user is waiting, a [`survey`] comes
//! first: it gives a quick estimate from key frames and packet sizes, and [`analyse`]
//! makes it exact.

use std::path::Path;

use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};
use rushes_model::{
    analysis::{Analysis, Bars, Detail, Waveform},
    facts::SourceFacts,
    time::Stretch,
};

use crate::{
    error::MediaError,
    ffmpeg::{run::RunContext, toolchain::Toolchain},
    probe::file,
};

mod damage;
mod evidence;
mod frame;
mod gradual;
mod measures;
mod picture;
pub(crate) mod sheet;
mod shots;
pub(crate) mod sound;
mod stir;
mod survey;

use measures::{Figures, Summary, Told};
use picture::{Part, Which};
use sheet::Sheet;
use shots::Found;
use sound::heard::Heard;

/// Version of the measures. Stored analyses with another version are redone.
pub const ANALYSIS_VERSION: u32 = 5;

/// The analysis of a source with its waveform and film sheet.
#[derive(Debug, Clone)]
pub struct Analysed {
    /// The measured facts.
    pub analysis: Analysis,
    /// The waveform; `None` if the source has no sound.
    pub waveform: Option<Waveform>,
    /// The film sheet; `None` if no frame could be decoded.
    pub sheet: Option<Sheet>,
}

/// Analyses a source, decoding picture and sound once each, side by side. If a survey
/// is given, its sound is reused.
///
/// # Errors
/// [`MediaError`]. If the picture breaks off early, whatever was read is returned.
pub async fn analyse(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    survey: Option<Survey>,
    ctx: &RunContext,
) -> Result<Analysed, MediaError> {
    file::ask(path, ctx, file::stat).await??;
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

/// A quick look at a source: all of its sound, and an estimate of its picture from key
/// frames and packet sizes.
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

/// How far a closer look reaches on either side of a moment, in microseconds.
const CLOSE_US: i64 = 1_000_000;
/// Closer looks that run at once: one starts up while another finishes.
const LOOKS_AT_ONCE: usize = 2;

/// Surveys a source in about a tenth of the time that decoding it takes. Returns `None`
/// for intra-only footage, where reading the key frames means reading everything.
///
/// # Errors
/// [`MediaError`], as for [`analyse`].
pub async fn survey(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Option<Survey>, MediaError> {
    file::ask(path, ctx, file::stat).await??;
    // Without presentation timestamps, key frames that are decoded on their own get the
    // times of the frames that follow them.
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
    /// The estimated analysis.
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

    /// The waveform; `None` if the source has no sound.
    pub fn waveform(&self) -> Option<&Waveform> {
        self.heard.as_ref().map(|heard| &heard.waveform)
    }

    /// Decodes the picture around some moments, so that the results there are as exact
    /// as after a full analysis.
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
                // Decoding starts at a key frame. If that lies within the previous
                // stretch, extending that stretch costs no more.
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

    /// Replaces the estimate for a stretch with the result of a closer look.
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

    /// The last key frame at or before a moment.
    fn key_before(&self, moment_us: i64) -> i64 {
        let after = self.keys.partition_point(|key| *key <= moment_us);
        after.checked_sub(1).map_or(moment_us, |last| self.keys[last])
    }
}

/// What the picture process found.
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
