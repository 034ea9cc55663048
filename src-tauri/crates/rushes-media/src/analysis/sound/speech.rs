//! Speech detection.
//!
//! The crate `earshot`, a small neural network, scores each 16 ms for voice. It also
//! scores held musical notes as voice, so a steady pitch of the strongest partials
//! counts against speech: a voice glides all the time, an instrument does not. The
//! thresholds were tuned with `benches/speech`.

use std::{collections::VecDeque, sync::Arc};

use earshot::Detector;
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};
use rushes_model::time::Stretch;

use super::{
    heard::{RATE, micros},
    mono::MONO_RATE,
};

/// Samples in one frame at 16 kHz: 16 ms, as `earshot` takes them.
const FRAME: usize = 256;
/// Speech begins at a frame that reaches this score…
const ON: f32 = 0.8;
/// …and extends forwards and backwards while frames reach this one.
const OFF: f32 = 0.56;
/// Delay of the scores relative to the sound, in microseconds.
const LAG_US: i64 = 40_000;
/// Shorter pauses are between words.
const PAUSE_US: i64 = 350_000;
/// Shorter bursts are not words.
const BURST_US: i64 = 200_000;
/// With this share of the energy in steady partials over a second, it is music.
const STEADY: f32 = 0.6;
/// Half of that second, in frames.
const STEADY_REACH: usize = 31;
/// Most decided frames that are kept.
const KEPT: usize = 1000;

/// Detects the speech of one source.
pub(super) struct Speech {
    detector: Box<Detector>,
    partials: Partials,
    /// The start of the next frame.
    frame: Vec<f32>,
    /// Scores and steady shares of the last frames, 0 to 1, and how many of them are
    /// decided.
    scores: Vec<f32>,
    steady: Vec<f32>,
    decided: usize,
    voiced: Voiced,
}

impl Speech {
    /// Starts before the first sample.
    pub fn new() -> Self {
        Self {
            detector: Detector::default_boxed(),
            partials: Partials::new(),
            frame: Vec::with_capacity(FRAME),
            scores: Vec::new(),
            steady: Vec::new(),
            decided: 0,
            voiced: Voiced::default(),
        }
    }

    /// Takes the next samples of the mono mix at 16 kHz.
    pub fn hear(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(FRAME - self.frame.len()));
            self.frame.extend_from_slice(now);
            samples = later;
            if self.frame.len() == FRAME {
                self.scores.push(self.detector.predict_f32(&self.frame));
                self.steady.push(self.partials.steady(&self.frame));
                self.frame.clear();
                if self.steady.len() >= self.decided + Partials::BEHIND + STEADY_REACH {
                    self.decide();
                }
            }
        }
        if self.decided > KEPT {
            let past = self.decided - STEADY_REACH;
            self.scores.drain(..past);
            self.steady.drain(..past);
            self.decided -= past;
        }
    }

    /// Decides whether the next frame contains a voice.
    fn decide(&mut self) {
        let middle = self.decided + Partials::BEHIND;
        let until = (middle + STEADY_REACH).min(self.steady.len());
        let around = &self.steady[middle.saturating_sub(STEADY_REACH).min(until)..until];
        let steady = around.iter().sum::<f32>() / around.len().max(1) as f32;
        self.voiced.next(if steady > STEADY { 0.0 } else { self.scores[self.decided] });
        self.decided += 1;
    }

    /// The stretches of speech, for a picture of `length` samples at 48 kHz.
    pub fn finish(mut self, length: i64) -> Vec<Stretch> {
        while self.decided < self.scores.len() {
            self.decide();
        }
        let end_us = micros(length);
        let time = |frame: usize| {
            let at_us = micros((frame * FRAME) as i64 * (RATE / MONO_RATE)) - LAG_US;
            at_us.clamp(0, end_us)
        };
        let mut stretches: Vec<Stretch> = Vec::new();
        for (start, end) in self.voiced.finish() {
            let stretch = Stretch::new(time(start), time(end));
            match stretches.last_mut() {
                Some(last) if stretch.start_us - last.end_us < PAUSE_US => last.end_us = stretch.end_us,
                _ => stretches.push(stretch),
            }
        }
        stretches.retain(|stretch| stretch.length_us() >= BURST_US);
        stretches
    }
}

/// Runs of frames that stay above [`OFF`] and reach [`ON`] somewhere.
#[derive(Default)]
struct Voiced {
    frames: usize,
    /// Start of the current run, and whether it has reached [`ON`].
    run: Option<(usize, bool)>,
    runs: Vec<(usize, usize)>,
}

impl Voiced {
    fn next(&mut self, score: f32) {
        if score >= OFF {
            let (_, is_voice) = self.run.get_or_insert((self.frames, false));
            *is_voice |= score >= ON;
        } else {
            self.end();
        }
        self.frames += 1;
    }

    fn end(&mut self) {
        if let Some((start, true)) = self.run.take() {
            self.runs.push((start, self.frames));
        }
    }

    fn finish(mut self) -> Vec<(usize, usize)> {
        self.end();
        self.runs
    }
}

/// Tracks the strongest partials of each frame.
struct Partials {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// The last samples, one window long.
    samples: Vec<f32>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
    /// Partials of the previous frames, oldest first.
    past: VecDeque<Vec<Partial>>,
}

/// A peak of the spectrum.
#[derive(Debug, Clone, Copy)]
struct Partial {
    /// In bins, interpolated.
    place: f32,
    power: f32,
}

impl Partials {
    /// Samples in a window: 64 ms.
    const SIZE: usize = 1024;
    /// Bins that contain the strongest partials of voices and melodies, 156 Hz to 3
    /// kHz.
    const BINS: std::ops::Range<usize> = 10..192;
    /// Partials that are compared.
    const COUNT: usize = 5;
    /// Distance in frames to the partials they are compared with: 96 ms.
    const APART: usize = 6;
    /// Partials closer than this stayed the same: a tenth of a semitone.
    const SAME: f32 = 0.006;
    /// Frames from the middle of the two windows to the current frame.
    const BEHIND: usize = 5;

    fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(Self::SIZE);
        let (spectrum, scratch) = (fft.make_output_vec(), fft.make_scratch_vec());
        Self {
            window: hann(Self::SIZE),
            samples: vec![0.0; Self::SIZE],
            windowed: vec![0.0; Self::SIZE],
            spectrum,
            scratch,
            power: Vec::new(),
            past: VecDeque::new(),
            fft,
        }
    }

    /// The share of the partials' energy, 0 to 1, at frequencies that were present a
    /// tenth of a second ago.
    fn steady(&mut self, frame: &[f32]) -> f32 {
        self.samples.drain(..frame.len());
        self.samples.extend_from_slice(frame);
        for ((out, sample), window) in self.windowed.iter_mut().zip(&self.samples).zip(&self.window) {
            *out = sample * window;
        }
        // Fails only for buffers of another length.
        let _ = self.fft.process_with_scratch(&mut self.windowed, &mut self.spectrum, &mut self.scratch);
        self.power.clear();
        self.power.extend(self.spectrum.iter().map(|bin| bin.norm_sqr() + 1e-12));
        let partials = strongest(&self.power);
        let total: f32 = partials.iter().map(|partial| partial.power).sum();
        let share = match self.past.front().filter(|_| self.past.len() == Self::APART) {
            Some(before) if total > 0.0 => {
                let stayed = |now: &&Partial| {
                    before.iter().any(|then| (then.place - now.place).abs() < Self::SAME * now.place)
                };
                partials.iter().filter(stayed).map(|partial| partial.power).sum::<f32>() / total
            }
            _ => 0.0,
        };
        if self.past.len() == Self::APART {
            self.past.pop_front();
        }
        self.past.push_back(partials);
        share
    }
}

fn strongest(power: &[f32]) -> Vec<Partial> {
    let mut peaks: Vec<Partial> = Partials::BINS
        .filter(|&bin| power[bin] > power[bin - 1] && power[bin] >= power[bin + 1])
        .map(|bin| {
            // A parabola through the three logarithms: the Hann window's main lobe is
            // close to one.
            let [left, middle, right] = [power[bin - 1].ln(), power[bin].ln(), power[bin + 1].ln()];
            let bend = left - 2.0 * middle + right;
            let shift = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
            Partial { place: bin as f32 + shift, power: power[bin] }
        })
        .collect();
    peaks.sort_unstable_by(|a, b| b.power.total_cmp(&a.power));
    peaks.truncate(Partials::COUNT);
    peaks
}

/// A Hann window.
pub(super) fn hann(size: usize) -> Vec<f32> {
    (0..size).map(|n| 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / size as f32).cos()).collect()
}
