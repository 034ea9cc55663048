//! All sound measures, run over the same samples.

use rushes_model::analysis::Sound;

use super::{
    heard::Heard, layout::Layout, loudness::Meter, mono::Mono, onsets::Onsets, peaks::Peaks, speech::Speech,
};

/// Passes interleaved samples to each measure.
pub(super) struct Ear {
    meter: Meter,
    peaks: Peaks,
    mono: Mono,
    speech: Speech,
    onsets: Onsets,
}

impl Ear {
    /// Sets up the measures for a channel layout.
    pub fn new(layout: &Layout) -> Result<Self, ebur128::Error> {
        Ok(Self {
            meter: Meter::new(layout)?,
            peaks: Peaks::new(layout.channels()),
            mono: Mono::new(layout),
            speech: Speech::new(),
            onsets: Onsets::new(),
        })
    }

    /// Takes the next interleaved samples, in whole frames.
    pub fn hear(&mut self, samples: &[f32]) {
        self.meter.hear(samples);
        self.peaks.hear(samples);
        let mono = self.mono.mix(samples);
        self.speech.hear(mono);
        self.onsets.hear(mono);
    }

    /// All measures, for a picture that lasts this many samples.
    pub fn finish(self, length: i64) -> Heard {
        let (momentary, loudness) = self.meter.finish();
        let (silences, clipped, waveform) = self.peaks.finish(length);
        let sound = Sound {
            loudness,
            silences,
            speech: self.speech.finish(length),
            onsets: self.onsets.finish(),
            clipped,
        };
        Heard { momentary, sound, waveform }
    }
}
