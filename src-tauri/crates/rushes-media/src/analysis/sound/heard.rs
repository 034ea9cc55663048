//! What the ear takes from a source, and the clock that it counts by.

use rushes_model::analysis::{Sound, Waveform};

/// Samples per second of each channel.
pub(super) const RATE: i64 = 48_000;

/// What the ear takes from a source. Times count from the first picture.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// End of each 400 ms block, in microseconds, and its loudness in
    /// thousandths of LUFS.
    pub momentary: Vec<(i64, i32)>,
    pub sound: Sound,
    /// The outline, for drawing.
    pub waveform: Waveform,
}

/// Microseconds of a number of samples of one channel.
pub(super) fn micros(frames: i64) -> i64 {
    frames * 1000 / (RATE / 1000)
}
