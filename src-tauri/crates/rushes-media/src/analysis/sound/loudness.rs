//! Loudness and true peak according to EBU R128 (BS.1770-4), with the crate `ebur128`.

use ebur128::{EbuR128, Mode};
use rushes_model::analysis::Loudness;

use super::{
    heard::{RATE, micros},
    layout::Layout,
};

/// EBU R128's absolute gate: anything below it does not count.
const GATE_LUFS: f64 = -70.0;
/// Digital silence has no loudness; this value is used instead.
const FLOOR_LUFS: f64 = -120.0;
/// Interval of momentary loudness in samples: 100 ms (EBU Tech 3341).
const HOP: usize = RATE as usize / 10;
/// Intervals in one block: 400 ms.
const BLOCK_HOPS: usize = 4;

/// The loudness meter of one source.
pub(super) struct Meter {
    meter: EbuR128,
    channels: usize,
    /// Samples in the current interval.
    in_hop: usize,
    hops: usize,
    momentary: Vec<(i64, i32)>,
}

impl Meter {
    /// Sets up the meter for a channel layout.
    pub fn new(layout: &Layout) -> Result<Self, ebur128::Error> {
        let channels = layout.channels();
        let count = u32::try_from(channels).unwrap_or(u32::MAX);
        let mut meter = EbuR128::new(count, RATE as u32, Mode::M | Mode::I | Mode::TRUE_PEAK)?;
        meter.set_channel_map(&layout.weights())?;
        Ok(Self { meter, channels, in_hop: 0, hops: 0, momentary: Vec::new() })
    }

    /// Takes the next interleaved samples.
    pub fn hear(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let frames = (samples.len() / self.channels).min(HOP - self.in_hop);
            let (now, later) = samples.split_at(frames * self.channels);
            samples = later;
            if frames == 0 || self.meter.add_frames_f32(now).is_err() {
                return;
            }
            self.in_hop += frames;
            if self.in_hop == HOP {
                self.in_hop = 0;
                self.hops += 1;
                if self.hops >= BLOCK_HOPS {
                    let loudness = self.meter.loudness_momentary().unwrap_or(FLOOR_LUFS);
                    let end_us = micros((self.hops * HOP) as i64);
                    self.momentary.push((end_us, milli(loudness.max(FLOOR_LUFS))));
                }
            }
        }
    }

    /// Momentary loudness at the end of each block, and the loudness of the whole.
    pub fn finish(self) -> (Vec<(i64, i32)>, Option<Loudness>) {
        let peaks = (0..self.channels as u32).filter_map(|channel| self.meter.true_peak(channel).ok());
        let peak = peaks.fold(0.0, f64::max);
        let integrated = self.meter.loudness_global().unwrap_or(f64::NEG_INFINITY);
        let loudness = (integrated > GATE_LUFS && peak > 0.0).then(|| Loudness {
            integrated_mlufs: milli(integrated),
            true_peak_mdb: milli(20.0 * peak.log10()),
        });
        (self.momentary, loudness)
    }
}

fn milli(value: f64) -> i32 {
    (value * 1000.0).round() as i32
}
