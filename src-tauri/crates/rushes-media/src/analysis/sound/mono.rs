//! A mono mix at 16 kHz for detecting speech and onsets. Both need only what lies below
//! 7 kHz, and a third of the samples costs a third of the time.

use std::f32::consts::{PI, TAU};

use super::{heard::RATE, layout::Layout};

/// Samples per second.
pub(super) const MONO_RATE: i64 = RATE / FACTOR as i64;
const FACTOR: usize = 3;
/// Taps of the low-pass filter: a Blackman window 1 ms long.
const TAPS: usize = 48;
/// The filter's -6 dB point, in hertz.
const CUTOFF_HZ: f32 = 7200.0;

/// Mixes down and decimates.
pub(super) struct Mono {
    weights: Vec<f32>,
    taps: [f32; TAPS],
    /// Mixed samples at 48 kHz that the next outputs still need.
    mixed: Vec<f32>,
    out: Vec<f32>,
}

impl Mono {
    /// Sets up the mix for a channel layout.
    pub fn new(layout: &Layout) -> Self {
        let mut taps = std::array::from_fn(|n| {
            let t = n as f32 - (TAPS as f32 - 1.0) / 2.0;
            let phase = TAU * (n as f32 + 0.5) / TAPS as f32;
            let window = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
            window * (TAU * CUTOFF_HZ / RATE as f32 * t).sin() / (PI * t)
        });
        let sum: f32 = taps.iter().sum();
        taps.iter_mut().for_each(|tap| *tap /= sum);
        // Half a filter of silence first, so that the output is not delayed.
        Self { weights: layout.to_mono(), taps, mixed: vec![0.0; TAPS / 2], out: Vec::new() }
    }

    /// Converts the next interleaved samples to mono at 16 kHz.
    pub fn mix(&mut self, samples: &[f32]) -> &[f32] {
        self.out.clear();
        match self.weights.len() {
            1 => self.mixed.extend_from_slice(samples),
            2 => self.mixed.extend(samples.as_chunks().0.iter().map(|[left, right]| (left + right) * 0.5)),
            count => self.mixed.extend(samples.chunks_exact(count).map(|frame| {
                frame.iter().zip(&self.weights).map(|(sample, weight)| sample * weight).sum::<f32>()
            })),
        }
        let mut from = 0;
        while let Some(window) = self.mixed.get(from..from + TAPS) {
            let value: f32 = window.iter().zip(&self.taps).map(|(sample, tap)| sample * tap).sum();
            self.out.push(value.clamp(-1.0, 1.0));
            from += FACTOR;
        }
        self.mixed.drain(..from);
        &self.out
    }
}
