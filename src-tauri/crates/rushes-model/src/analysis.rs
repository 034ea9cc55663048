//! What analysis tells about a source, as plain values.

use serde::{Deserialize, Serialize};

use crate::time::Stretch;

/// Length of a window in microseconds.
pub const WINDOW_US: i64 = 500_000;

/// What is known of a source after its analysis. Times count from its first
/// picture, in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// Version of the measures when it was made.
    pub version: u32,
    /// How closely the picture was looked at.
    pub detail: Detail,
    /// Length of the picture.
    pub duration_us: i64,
    /// Shots in order, without gaps: the first begins at 0, the last ends at
    /// `duration_us`.
    pub shots: Vec<Shot>,
    /// Measures of each half second, in order, without gaps.
    pub windows: Vec<Window>,
    /// Stretches that are black or white and nothing else, in order.
    pub blanks: Vec<Stretch>,
    /// Flashes: stretches so bright or so different that nobody would begin on
    /// them, after which the same scene goes on. In order.
    pub flashes: Vec<Stretch>,
    /// Stretches of at least a second in which nothing moves, in order.
    pub frozen: Vec<Stretch>,
    /// Black bars around the picture, where it has them throughout.
    pub bars: Option<Bars>,
    /// The sound; absent where the source has none.
    pub sound: Option<Sound>,
    /// Stretches of the picture that could not be read, in order; a survey tells
    /// of none.
    pub damage: Vec<Stretch>,
}

/// How closely the picture was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Key frames and packet sizes: boundaries are near, not exact.
    Survey,
    /// Every picture that others refer to, and where it matters every one.
    Full,
}

/// Rows and columns of black at the edges, in thousandths of height and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Bars {
    /// Of the height.
    pub top_milli: u32,
    /// Of the height.
    pub bottom_milli: u32,
    /// Of the width.
    pub left_milli: u32,
    /// Of the width.
    pub right_milli: u32,
}

/// Loudness by EBU R128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Loudness {
    /// Integrated loudness in thousandths of LUFS.
    pub integrated_mlufs: i32,
    /// Highest true peak in thousandths of dBTP.
    pub true_peak_mdb: i32,
}

/// What is heard in a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    /// Loudness of the whole; absent where all of it is below the gate of
    /// EBU R128.
    pub loudness: Option<Loudness>,
    /// Stretches of at least 0.3 s in which nothing is heard, in order.
    pub silences: Vec<Stretch>,
    /// Stretches in which somebody speaks, in order. Pauses between words
    /// belong to them, pauses between sentences do not.
    pub speech: Vec<Stretch>,
    /// Moments at which something begins to sound: a beat, a clap, a door.
    pub onsets: Vec<i64>,
    /// Stretches in which the recording is clipped, in order.
    pub clipped: Vec<Stretch>,
}

/// The outline of the sound, for drawing it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waveform {
    /// Lowest and highest sample of each [`Waveform::STEP_US`] from the source's
    /// first picture on, over all channels, in 127ths of full scale.
    pub peaks: Vec<[i8; 2]>,
}

impl Waveform {
    /// Length of one entry in microseconds.
    pub const STEP_US: i64 = 10_000;

    /// The lowest and the highest sample of each of `columns` equal parts of a
    /// stretch, one after the other; beyond the end there is silence.
    pub fn outline(&self, from_us: i64, to_us: i64, columns: u32) -> Vec<i8> {
        let length_us = (to_us - from_us).max(1);
        let step = |column: i64| (from_us + length_us * column / i64::from(columns)) / Self::STEP_US;
        (0..i64::from(columns))
            .flat_map(|column| {
                let first = usize::try_from(step(column)).unwrap_or(0);
                let past = usize::try_from(step(column + 1)).unwrap_or(0).max(first + 1);
                let part = self.peaks.get(first..past.min(self.peaks.len())).unwrap_or_default();
                let low = part.iter().map(|peak| peak[0]).min().unwrap_or(0);
                let high = part.iter().map(|peak| peak[1]).max().unwrap_or(0);
                [low, high]
            })
            .collect()
    }
}

/// Means over the pictures of a stretch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Change from picture to picture, in thousandths of the full range for each
    /// 40 ms; cuts are left out.
    pub motion_milli: u32,
    /// The part of the motion that goes with the whole picture: the camera pans,
    /// tilts or shakes. In thousandths of the longer side for each 40 ms.
    pub camera_milli: u32,
    /// The part of the change that moving the whole picture does not explain:
    /// somebody or something moves. In thousandths of the full range for each
    /// 40 ms.
    pub subject_milli: u32,
    /// Energy of fine detail: standard deviation of the Laplacian of the small
    /// picture, in thousandths of the full range.
    pub sharpness_milli: u32,
    /// Mean distance of the colours from grey, in thousandths of the full range.
    pub colour_milli: u32,
    /// Mean brightness: 0 for black, 1000 for white.
    pub brightness_milli: u32,
    /// Standard deviation of the brightness, in thousandths of the full range.
    pub contrast_milli: u32,
}

/// How a shot begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// It is the first.
    Start,
    /// From one picture to the next.
    Cut,
    /// It comes through the one before.
    Dissolve,
    /// Out of black, white or another plain colour, into which the one before
    /// may have gone.
    Fade,
}

/// The transition into a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Transition {
    /// Its kind.
    pub kind: TransitionKind,
    /// Its length in microseconds, counted from the beginning of the shot: 0 for
    /// a cut and for a source that begins in full view.
    pub length_us: i64,
}

/// A shot: what the camera saw between two transitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shot {
    /// First picture: of a cut the first of the new scene, of a dissolve or a
    /// fade the first in which the change is seen.
    pub start_us: i64,
    /// Beginning of the next shot, or the end of the source.
    pub end_us: i64,
    /// How it begins.
    #[serde(rename = "in")]
    pub opening: Transition,
    /// Means over the shot, without its transition.
    pub measures: Measures,
    /// Difference hash of a picture in the middle; near pictures have near
    /// hashes by Hamming distance.
    pub hash: u64,
}

impl Shot {
    /// Its first moment in full view.
    pub fn clear_us(&self) -> i64 {
        self.start_us + self.opening.length_us
    }
}

/// Half a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its beginning; it lasts [`WINDOW_US`], the last one up to the end.
    pub start_us: i64,
    /// Means over the window.
    pub measures: Measures,
    /// Loudest momentary loudness (400 ms, EBU Tech 3341) in thousandths of
    /// LUFS; absent without sound.
    pub loudness_mlufs: Option<i32>,
    /// Difference hash of its first picture.
    pub hash: u64,
}
