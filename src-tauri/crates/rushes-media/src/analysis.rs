//! The analysis of a source; what it tells is in [`rushes_model::analysis`].
//!
//! Picture and sound are read by one ffmpeg process each, side by side: the
//! picture as small frames with their own timestamps, so that footage with a
//! variable rate is measured on its own clock; the sound as samples. Measures,
//! transitions and speech are found here. A [`survey`] comes first where somebody
//! waits: it tells in a moment what key frames and packets tell, and [`analyse`]
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

/// Version of the measures. A stored analysis of another version is made anew.
pub const ANALYSIS_VERSION: u32 = 5;

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
    file::ask(path, ctx, file::stat).await??;
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
