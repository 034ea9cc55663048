//! Places samples on the source's clock: fills gaps with silence, drops overlaps, and
//! cuts off anything before the first frame or after the last.

use super::{
    ear::Ear,
    heard::{Heard, RATE},
};

/// Consecutive timestamps deviate by rounding, and by more in live recordings.
/// Deviations below this are ignored. In samples: 20 ms.
const SLACK: i64 = RATE / 50;

/// One audio frame as logged by `ashowinfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LoggedFrame {
    /// Presentation timestamp in samples of the file's own clock, if it has one.
    pub at: Option<i64>,
    /// Samples of each channel.
    pub samples: usize,
}

impl LoggedFrame {
    /// Parses a message of `ashowinfo`: `n:… pts:… … nb_samples:… …`.
    pub fn read(message: &str) -> Option<Self> {
        let value = |key: &str| message.split_whitespace().find_map(|word| word.strip_prefix(key));
        let samples = value("nb_samples:")?.parse().ok()?;
        Some(Self { at: value("pts:").and_then(|pts| pts.parse().ok()), samples })
    }
}

/// The clock of one source, and the measures that run along it.
pub(super) struct Timeline {
    /// The first frame of the picture, in samples of the file's own clock.
    start: i64,
    /// Samples from the first frame to the end of the last.
    length: i64,
    /// Samples measured so far.
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

    /// Measures interleaved samples that begin at `at` in the file's own clock.
    pub fn place(&mut self, at: Option<i64>, samples: &[f32]) {
        let mut samples = samples;
        let ahead = at.map_or(0, |at| at.saturating_sub(self.start) - self.heard);
        // The first samples are placed exactly.
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

    /// Measures silence up to a sample.
    fn fill(&mut self, end: i64) {
        let mut left = end.min(self.length) - self.heard;
        while left > 0 {
            let frames = left.min(RATE / 10);
            self.ear.hear(&self.silence[..frames as usize * self.channels]);
            self.heard += frames;
            left -= frames;
        }
    }

    /// All measures, with silence up to the end of the picture.
    pub fn finish(self) -> Heard {
        self.ear.finish(self.length)
    }
}
