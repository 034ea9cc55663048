//! The results of analysing a source, as plain values. [`crate::parts`] has what of them
//! is stored.

use serde::{Deserialize, Serialize};

use crate::time::Stretch;

/// Length of a [`Window`], in microseconds.
pub const WINDOW_US: i64 = 500_000;

/// The analysis of a source. Times are in microseconds from its first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// How closely the picture was examined.
    pub detail: Detail,
    /// Length of the picture.
    pub duration_us: i64,
    /// Shots in order, without gaps: the first starts at 0, the last ends at `duration_us`.
    pub shots: Vec<Shot>,
    /// Measures of each half second, in order, without gaps.
    pub windows: Vec<Window>,
    /// Stretches that are only black or white, in order.
    pub blanks: Vec<Stretch>,
    /// Flashes, in order: stretches too bright or too different for a clip to start on,
    /// after which the same scene continues.
    pub flashes: Vec<Stretch>,
    /// Stretches of at least a second without any movement, in order.
    pub frozen: Vec<Stretch>,
    /// Black bars around the picture, if they are there throughout.
    pub bars: Option<Bars>,
    /// The sound; `None` if the source has none.
    pub sound: Option<Sound>,
    /// Unreadable stretches of the picture, in order; empty after a survey.
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

/// The sound of a source, measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sound {
    /// Loudness of the whole source; `None` if all of it is below the gate of EBU R128.
    pub loudness: Option<Loudness>,
    /// Silent stretches of at least 0.3 s, in order.
    pub silences: Vec<Stretch>,
    /// Stretches of speech, in order. They include pauses between words, but not pauses
    /// between sentences.
    pub speech: Vec<Stretch>,
    /// Moments at which a sound starts: a beat, a clap, a door.
    pub onsets: Vec<i64>,
    /// Stretches in which the recording clips, in order.
    pub clipped: Vec<Stretch>,
}

/// The waveform, for drawing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waveform {
    /// Lowest and highest sample of each [`Waveform::STEP_US`], over all channels, in
    /// 127ths of full scale. Starts at the source's first picture.
    pub peaks: Vec<[i8; 2]>,
}

impl Waveform {
    /// Length of one entry in microseconds.
    pub const STEP_US: i64 = 10_000;

    /// Splits a stretch into `columns` equal parts and returns the lowest and highest
    /// sample of each, interleaved. Past the end it is silent.
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
    /// Change from picture to picture, in thousandths of the full range per 40 ms; cuts are
    /// left out.
    pub motion_milli: u32,
    /// Movement of the whole picture: the camera pans, tilts or shakes. In thousandths of
    /// the longer side per 40 ms.
    pub camera_milli: u32,
    /// Change that moving the whole picture does not explain: a person or an object moves.
    /// In thousandths of the full range per 40 ms.
    pub subject_milli: u32,
    /// Fine detail: standard deviation of the Laplacian of the small picture, in
    /// thousandths of the full range.
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

/// A shot: everything between two transitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shot {
    /// First picture: after a cut, the first of the new scene; in a dissolve or a fade, the
    /// first that shows the change.
    pub start_us: i64,
    /// Start of the next shot, or the end of the source.
    pub end_us: i64,
    /// The transition into it.
    #[serde(rename = "in")]
    pub opening: Transition,
    /// Means over the shot, without its transition.
    pub measures: Measures,
    /// Difference hash of a picture in the middle. Similar pictures have a small Hamming
    /// distance.
    pub hash: u64,
}

impl Shot {
    /// The first moment after the transition.
    pub fn clear_us(&self) -> i64 {
        self.start_us + self.opening.length_us
    }
}

/// Half a second of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its start. It lasts [`WINDOW_US`]; the last one ends with the source.
    pub start_us: i64,
    /// Means over the window.
    pub measures: Measures,
    /// Highest momentary loudness (400 ms, EBU Tech 3341) in thousandths of LUFS; `None`
    /// without sound.
    pub loudness_mlufs: Option<i32>,
    /// Difference hash of its first picture.
    pub hash: u64,
}
