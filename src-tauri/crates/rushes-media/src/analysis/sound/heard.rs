//! The measures of a source's sound, and the clock they use.

use rushes_model::{
    analysis::{Sound, WINDOW_US, Waveform},
    parts::SoundPart,
};

/// Samples per second of each channel.
pub(super) const RATE: i64 = 48_000;

/// The measures of a source's sound. Times count from the first frame of the picture.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// End of each 400 ms block in microseconds, and its loudness in thousandths of
    /// LUFS.
    pub momentary: Vec<(i64, i32)>,
    pub sound: Sound,
    /// The waveform, for drawing.
    pub waveform: Waveform,
}

impl Heard {
    /// What of it is kept with a source of so many windows, and the waveform.
    pub fn parted(self, windows: i64) -> (SoundPart, Waveform) {
        let mut momentary = self.momentary.iter().peekable();
        let loudest = |window: i64| {
            let end_us = (window + 1) * WINDOW_US;
            let mut loudest = None;
            while let Some((_, loudness)) = momentary.next_if(|(time_us, _)| *time_us < end_us) {
                loudest = loudest.max(Some(*loudness));
            }
            loudest
        };
        let momentary_mlufs = (0..windows).map(loudest).collect();
        (SoundPart { sound: Some(self.sound), momentary_mlufs }, self.waveform)
    }
}

/// Converts a number of samples per channel to microseconds.
pub(super) fn micros(frames: i64) -> i64 {
    frames * 1000 / (RATE / 1000)
}
