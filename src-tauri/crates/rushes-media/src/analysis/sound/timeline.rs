//! Puts pieces of sound where they belong on the source's clock: silence where
//! there is none, nothing twice, nothing before the first picture and nothing
//! after the last.

use super::{
    ear::Ear,
    heard::{Heard, RATE},
};

/// Times of pieces that follow one another differ by rounding, and in live
/// recordings by more; below this they are taken as one run. In samples: 20 ms.
const SLACK: i64 = RATE / 50;

/// One piece of sound as `ashowinfo` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Presentation time in samples of the file's own clock, where it has one.
    pub at: Option<i64>,
    /// Samples of each channel.
    pub frames: usize,
}

impl Piece {
    /// Reads what `ashowinfo` says: `n:… pts:… … nb_samples:… …`.
    pub fn read(message: &str) -> Option<Self> {
        let value = |key: &str| message.split_whitespace().find_map(|word| word.strip_prefix(key));
        let frames = value("nb_samples:")?.parse().ok()?;
        Some(Self { at: value("pts:").and_then(|pts| pts.parse().ok()), frames })
    }
}

/// The clock of one source, and the ear that hears along it.
pub(super) struct Timeline {
    /// The first picture, in samples of the file's own clock.
    start: i64,
    /// Samples from the first picture to the end of the last.
    length: i64,
    /// Samples heard so far.
    heard: i64,
    channels: usize,
    silence: Vec<f32>,
    ear: Ear,
}

impl Timeline {
    /// For a picture that starts at `start_us` of the file's clock.
    pub fn new(start_us: i64, duration_us: i64, channels: usize, ear: Ear) -> Self {
        let samples = |us: i64| us.saturating_mul(RATE / 1000) / 1000;
        let silence = vec![0.0; channels * RATE as usize / 10];
        Self {
            start: samples(start_us),
            length: samples(duration_us).max(0),
            heard: 0,
            channels,
            silence,
            ear,
        }
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Hears interleaved samples that begin `at` in the file's own clock.
    pub fn place(&mut self, at: Option<i64>, samples: &[f32]) {
        let mut samples = samples;
        let ahead = at.map_or(0, |at| at.saturating_sub(self.start) - self.heard);
        // The first piece is placed to the sample.
        let slack = if self.heard == 0 { 0 } else { SLACK };
        if ahead > slack {
            self.fill(self.heard.saturating_add(ahead));
        } else if ahead < -slack {
            let known = usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX);
            samples = samples.get(known.saturating_mul(self.channels)..).unwrap_or_default();
        }
        let room = usize::try_from(self.length - self.heard).unwrap_or(0) * self.channels;
        let samples = &samples[..samples.len().min(room)];
        self.ear.hear(samples);
        self.heard += (samples.len() / self.channels) as i64;
    }

    /// Hears silence up to a sample.
    fn fill(&mut self, end: i64) {
        let mut left = end.min(self.length) - self.heard;
        while left > 0 {
            let frames = left.min(RATE / 10);
            self.ear.hear(&self.silence[..frames as usize * self.channels]);
            self.heard += frames;
            left -= frames;
        }
    }

    /// All that was heard, with silence to the end of the picture.
    pub fn finish(self) -> Heard {
        self.ear.finish(self.length)
    }
}
