//! Analysis of a source. The results are described in [`rushes_model::analysis`].
//!
//! It has parts, each made by its own ffmpeg process and kept on its own, so that one can
//! be made again without the others: the picture is decoded as small frames with their
//! own timestamps, so that variable frame rate footage is measured on its own clock, and
//! the sound as samples. Measures, transitions and speech are found here. When a user is
//! waiting, a [`survey`] of the picture comes first: it gives a quick estimate from key
//! frames and packet sizes, and [`analyse_picture`] makes it exact.

use std::path::Path;

use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};
use rushes_model::{
    analysis::{Analysis, Bars, Detail, Waveform},
    facts::SourceFacts,
    parts::{Part, PicturePart, SoundPart},
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
mod sound;
mod stir;
mod survey;

use measures::{Figures, Measured, Summary};
use picture::{Partial, Which};
use sheet::Sheet;
use shots::Found;

/// Version of the measures of a part. One that is kept with another version is made
/// again.
pub fn part_version(part: Part) -> u32 {
    match part {
        Part::Picture => picture::VERSION,
        Part::Sound => sound::VERSION,
    }
}

/// The analysed picture of a source.
#[derive(Debug, Clone)]
pub struct AnalysedPicture {
    /// The measured facts.
    pub part: PicturePart,
    /// The film sheet; `None` if no frame could be decoded.
    pub sheet: Option<Sheet>,
}

/// The analysed sound of a source.
#[derive(Debug, Clone)]
pub struct AnalysedSound {
    /// The measured facts.
    pub part: SoundPart,
    /// The waveform; `None` if the source has no sound.
    pub waveform: Option<Waveform>,
}

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

/// Analyses a source, decoding picture and sound once each, side by side.
///
/// # Errors
/// [`MediaError`]. If the picture breaks off early, whatever was read is returned.
pub async fn analyse(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Analysed, MediaError> {
    let quiet = ctx.silent();
    let (picture, sound) = tokio::try_join!(
        analyse_picture(tools, path, facts, ctx),
        analyse_sound(tools, path, facts, &quiet)
    )?;
    let analysis = Analysis::of(picture.part, sound.part);
    Ok(Analysed { analysis, waveform: sound.waveform, sheet: picture.sheet })
}

/// Analyses the picture of a source, decoding it once.
///
/// # Errors
/// [`MediaError`]. If the picture breaks off early, whatever was read is returned.
pub async fn analyse_picture(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<AnalysedPicture, MediaError> {
    file::ask(path, ctx, file::stat).await??;
    let picture = picture::read_whole(tools, path, facts, ctx).await?;
    let looked = Looked {
        detail: Detail::Full,
        summary: picture.summary,
        flashes: picture.flashes,
        bars: picture.bars,
        damage: picture.damage,
    };
    let part = looked.told(facts.duration_us);
    tracing::debug!(shots = part.shots.len(), "the picture was analysed");
    Ok(AnalysedPicture { part, sheet: picture.sheet })
}

/// Analyses the sound of a source, decoding it once.
///
/// # Errors
/// [`MediaError`]. If the sound breaks off or is damaged, whatever was read is returned.
pub async fn analyse_sound(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<AnalysedSound, MediaError> {
    file::ask(path, ctx, file::stat).await??;
    let Some(heard) = sound::read(tools, path, facts, ctx).await? else {
        return Ok(AnalysedSound { part: SoundPart::default(), waveform: None });
    };
    let (part, waveform) = heard.parted(measures::windows(facts.duration_us));
    Ok(AnalysedSound { part, waveform: Some(waveform) })
}

/// A quick look at a source's picture: an estimate from key frames and packet sizes.
#[derive(Debug)]
pub struct Survey {
    frames: Vec<Figures>,
    transitions: Vec<Found>,
    flashes: Vec<Stretch>,
    bars: Option<Bars>,
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

/// Surveys a source's picture in about a tenth of the time that decoding it takes. Returns
/// `None` for intra-only footage, where reading the key frames means reading everything.
///
/// # Errors
/// [`MediaError`], as for [`analyse_picture`].
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
    let keys = picture::read_part(tools, path, facts, Which::Keys, ctx).await?;
    if keys.frames.is_empty() {
        return Ok(None);
    }
    let guess = survey::guess(&packets, &keys.frames);
    Ok(Some(Survey {
        frames: survey::figures(&packets, &keys.frames),
        transitions: guess.transitions,
        flashes: Vec::new(),
        bars: keys.bars,
        duration_us: facts.duration_us,
        exact: guess.exact,
        keys: keys.frames.iter().map(|frame| frame.time_us).collect(),
    }))
}

impl Survey {
    /// The estimate.
    pub fn picture(&self) -> PicturePart {
        let mut summary = Summary::new(self.duration_us);
        summary.take(&self.frames, &self.transitions);
        let looked = Looked {
            detail: Detail::Survey,
            summary,
            flashes: self.flashes.clone(),
            bars: self.bars,
            damage: Vec::new(),
        };
        looked.told(self.duration_us)
    }

    /// Decodes the picture around some moments, so that the results there are as exact
    /// as after a full analysis.
    ///
    /// # Errors
    /// [`MediaError`], as for [`analyse_picture`].
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
    fn replace(&mut self, stretch: Stretch, close: Partial) {
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
    fn told(self, duration_us: i64) -> PicturePart {
        let Measured { shots, windows, blanks, frozen } = self.summary.finish();
        PicturePart {
            detail: self.detail,
            duration_us,
            shots,
            windows,
            blanks,
            flashes: self.flashes,
            frozen,
            bars: self.bars,
            damage: self.damage,
        }
    }
}
