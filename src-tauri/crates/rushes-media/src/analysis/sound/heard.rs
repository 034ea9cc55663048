//! The measures of a source's sound, and the clock they use.

use rushes_model::analysis::{Sound, Waveform};

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

/// Converts a number of samples per channel to microseconds.
pub(super) fn micros(frames: i64) -> i64 {
    frames * 1000 / (RATE / 1000)
}
