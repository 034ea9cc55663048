//! Measures of the samples themselves: waveform, silence, clipping.

use rushes_model::{analysis::Waveform, time::Stretch};

use super::heard::{RATE, micros};

/// Samples in one entry of the waveform.
const STEP: i64 = RATE * Waveform::STEP_US / 1_000_000;
/// Sound below this in every channel is silence: -45 dBFS.
const SILENT: f32 = 0.005_623_413;
/// Least length of a silence, in samples: 0.3 s.
const SILENCE: i64 = RATE * 3 / 10;
/// Full scale, or so close that only a limiter can have held it there.
const FULL: f32 = 0.999;
/// This many consecutive samples at full scale are clipped.
const CLIP_RUN: u32 = 3;
/// Clipping closer together than this is one stretch, in samples: 0.25 s.
const CLIP_APART: i64 = RATE / 4;

/// The measures of one source that need a single pass over the samples.
pub(super) struct Peaks {
    channels: usize,
    /// Samples so far, per channel.
    at: i64,
    waveform: Waveform,
    lowest: f32,
    highest: f32,
    /// Start of the current silence.
    silent_from: Option<i64>,
    silences: Vec<Stretch>,
    /// How long each channel has been at full scale.
    full: Vec<u32>,
    /// In samples.
    clipped: Vec<(i64, i64)>,
}

impl Peaks {
    /// Sets up the measures for a number of channels.
    pub fn new(channels: usize) -> Self {
        Self {
            channels,
            at: 0,
            waveform: Waveform::default(),
            lowest: f32::INFINITY,
            highest: f32::NEG_INFINITY,
            silent_from: None,
            silences: Vec::new(),
            full: vec![0; channels],
            clipped: Vec::new(),
        }
    }

    /// Takes the next interleaved samples.
    pub fn hear(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let frames = (STEP - self.at % STEP) as usize;
            let (now, later) = samples.split_at(samples.len().min(frames * self.channels));
            self.step(now);
            samples = later;
        }
    }

    /// Takes samples that belong to a single entry of the waveform.
    fn step(&mut self, samples: &[f32]) {
        let (lowest, highest) = samples
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &s| (low.min(s), high.max(s)));
        self.lowest = self.lowest.min(lowest);
        self.highest = self.highest.max(highest);
        let peak = highest.max(-lowest);
        if peak < SILENT {
            self.silent_from.get_or_insert(self.at);
        } else {
            self.look_for_silence(samples);
        }
        if peak >= FULL {
            self.look_for_clipping(samples);
        } else {
            self.full.fill(0);
        }
        self.at += (samples.len() / self.channels) as i64;
        if self.at % STEP == 0 {
            self.draw();
        }
    }

    fn look_for_silence(&mut self, samples: &[f32]) {
        for (frame, now) in samples.chunks_exact(self.channels).zip(self.at..) {
            if frame.iter().all(|sample| sample.abs() < SILENT) {
                self.silent_from.get_or_insert(now);
            } else {
                self.end_silence(now);
            }
        }
    }

    fn end_silence(&mut self, end: i64) {
        if let Some(start) = self.silent_from.take().filter(|start| end - start >= SILENCE) {
            self.silences.push(Stretch::new(micros(start), micros(end)));
        }
    }

    fn look_for_clipping(&mut self, samples: &[f32]) {
        for (frame, now) in samples.chunks_exact(self.channels).zip(self.at..) {
            for (sample, run) in frame.iter().zip(&mut self.full) {
                *run = if sample.abs() >= FULL { *run + 1 } else { 0 };
                if *run < CLIP_RUN {
                    continue;
                }
                let start = now + 1 - i64::from(*run);
                match self.clipped.last_mut() {
                    Some(last) if start - last.1 < CLIP_APART => last.1 = last.1.max(now + 1),
                    _ => self.clipped.push((start, now + 1)),
                }
            }
        }
    }

    fn draw(&mut self) {
        if self.lowest <= self.highest {
            let part = |sample: f32| (sample * 127.0).round().clamp(-127.0, 127.0) as i8;
            self.waveform.peaks.push([part(self.lowest), part(self.highest)]);
        }
        self.lowest = f32::INFINITY;
        self.highest = f32::NEG_INFINITY;
    }

    /// Silences, clipped stretches and the waveform. Anything missing up to `length`
    /// samples counts as silence.
    pub fn finish(mut self, length: i64) -> (Vec<Stretch>, Vec<Stretch>, Waveform) {
        self.draw();
        let steps = usize::try_from((length + STEP - 1) / STEP).unwrap_or(0);
        self.waveform.peaks.resize(steps, [0, 0]);
        if self.at < length {
            self.silent_from.get_or_insert(self.at);
        }
        self.end_silence(length);
        let clipped =
            self.clipped.iter().map(|&(start, end)| Stretch::new(micros(start), micros(end))).collect();
        (self.silences, clipped, self.waveform)
    }
}
