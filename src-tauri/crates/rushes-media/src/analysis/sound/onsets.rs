//! Onset detection.
//!
//! Uses spectral flux: how much louder the auditory bands become from one moment to the
//! next, on a logarithmic scale so that a quiet clap counts as much as a loud one. A
//! peak counts if it stands out from its surroundings (after Dixon, "Onset detection
//! revisited", DAFx 2006, and Böck & Widmer, "Maximum filter vibrato suppression for
//! onset detection", DAFx 2013).

use std::{collections::VecDeque, sync::Arc};

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};

use super::{
    heard::{RATE, micros},
    mono::MONO_RATE,
    speech::hann,
};

/// Samples in a window at 16 kHz: 16 ms.
const SIZE: usize = 256;
/// Samples from one window to the next: 5 ms.
const HOP: usize = 80;
/// First bins of the bands, and the end of the last: about half an octave each.
const BANDS: [usize; 15] = [1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 37, 50, 68, 92, 128];
/// A window is compared with the loudest of this many hops before.
const APART: usize = 3;
/// Mean square, relative to full scale, below which a band counts as silent: -65 dB.
const FLOOR: f32 = 3.2e-7;
/// A peak is the highest value within this many hops: 30 ms.
const NEAR: usize = 6;
/// Its surroundings: half a second before and 100 ms after, in hops.
const BEFORE: usize = 100;
const AFTER: usize = 20;
/// Most decided hops that are kept.
const KEPT: usize = 10 * BEFORE;
/// How far a peak must exceed the mean of its surroundings…
const ABOVE: f32 = 0.55;
/// …and by what factor.
const TIMES: f32 = 2.2;
/// Least distance between onsets, in microseconds.
const APART_US: i64 = 50_000;
/// Distance from the start of the window with the highest flux to the onset, in samples
/// at 16 kHz; calibrated with clicks at known times.
const OFFSET: i64 = 128;

/// Detects the onsets of one source.
pub(super) struct Onsets {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Samples that the next windows still need.
    samples: Vec<f32>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Bands of the previous windows, oldest first.
    past: VecDeque<Bands>,
    /// Flux of the last hops, and how many of them are decided.
    flux: Vec<f32>,
    decided: usize,
    /// Number of hops already dropped.
    gone: usize,
    /// In microseconds from the first sample.
    onsets: Vec<i64>,
}

/// The logarithm of the energy of each band.
type Bands = [f32; BANDS.len() - 1];

impl Onsets {
    /// Starts before the first sample.
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(SIZE);
        let (spectrum, scratch) = (fft.make_output_vec(), fft.make_scratch_vec());
        Self {
            window: hann(SIZE),
            // Half a window of silence first, so that sound from the very start is an
            // onset.
            samples: vec![0.0; SIZE / 2],
            windowed: vec![0.0; SIZE],
            spectrum,
            scratch,
            past: VecDeque::new(),
            flux: Vec::new(),
            decided: 0,
            gone: 0,
            onsets: Vec::new(),
            fft,
        }
    }

    /// Takes the next samples of the mono mix at 16 kHz.
    pub fn hear(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
        let mut from = 0;
        while let Some(samples) = self.samples.get(from..from + SIZE) {
            for ((out, sample), window) in self.windowed.iter_mut().zip(samples).zip(&self.window) {
                *out = sample * window;
            }
            // Fails only for buffers of another length.
            let _ = self.fft.process_with_scratch(&mut self.windowed, &mut self.spectrum, &mut self.scratch);
            let bands = bands(&self.spectrum);
            self.flux.push(flux(&self.past, &bands));
            if self.past.len() == APART {
                self.past.pop_front();
            }
            self.past.push_back(bands);
            from += HOP;
        }
        self.samples.drain(..from);
        while self.flux.len() >= self.decided + AFTER {
            self.decide();
        }
        if self.decided > KEPT {
            let past = self.decided - BEFORE;
            self.flux.drain(..past);
            self.decided -= past;
            self.gone += past;
        }
    }

    /// Decides whether there is an onset at the next hop.
    fn decide(&mut self) {
        let (flux, hop) = (&self.flux, self.decided);
        self.decided += 1;
        let value = flux[hop];
        let near = &flux[hop.saturating_sub(NEAR)..(hop + NEAR + 1).min(flux.len())];
        if value < ABOVE || near.iter().any(|other| *other > value) {
            return;
        }
        let around = &flux[hop.saturating_sub(BEFORE)..(hop + AFTER).min(flux.len())];
        let mean = around.iter().sum::<f32>() / around.len() as f32;
        if value < (mean + ABOVE).max(mean * TIMES) {
            return;
        }
        let at = ((self.gone + hop) * HOP) as i64 - (SIZE / 2) as i64 + OFFSET;
        let at_us = micros(at.max(0) * (RATE / MONO_RATE));
        if self.onsets.last().is_none_or(|last| at_us - last >= APART_US) {
            self.onsets.push(at_us);
        }
    }

    /// The onsets, in microseconds from the first sample.
    pub fn finish(mut self) -> Vec<i64> {
        while self.decided < self.flux.len() {
            self.decide();
        }
        self.onsets
    }
}

fn bands(spectrum: &[Complex32]) -> Bands {
    // A Hann window passes 3/8 of the energy, which is split over both halves of the
    // spectrum.
    let scale = 2.0 / (0.375 * (SIZE * SIZE) as f32);
    std::array::from_fn(|band| {
        let bins = &spectrum[BANDS[band]..BANDS[band + 1]];
        (bins.iter().map(Complex32::norm_sqr).sum::<f32>() * scale + FLOOR).ln()
    })
}

/// The rise of the bands over themselves and their neighbours before. Vibrato from band
/// to band is not an onset.
fn flux(past: &VecDeque<Bands>, now: &Bands) -> f32 {
    let Some(before) = past.front().filter(|_| past.len() == APART) else { return 0.0 };
    let rise = |band: usize| {
        let neighbours = &before[band.saturating_sub(1)..(band + 2).min(before.len())];
        (now[band] - neighbours.iter().copied().fold(f32::NEG_INFINITY, f32::max)).max(0.0)
    };
    (0..now.len()).map(rise).sum::<f32>() / now.len() as f32
}
