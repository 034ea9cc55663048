//! The parts of an analysis. Each is made, stored and renewed on its own;
//! [`Analysis::of`] combines them.

use serde::{Deserialize, Serialize};

use crate::{
    analysis::{Analysis, Bars, Detail, Measures, Shot, Sound, Window},
    time::Stretch,
};

/// A part of an analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(rename_all = "snake_case"))]
pub enum Part {
    /// [`PicturePart`], and the film sheet.
    Picture,
    /// [`SoundPart`], and the waveform.
    Sound,
}

/// The picture of a source, measured. Times are in microseconds from its first picture.
/// The fields are described in [`Analysis`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturePart {
    /// How closely it was examined.
    pub detail: Detail,
    /// Its length.
    pub duration_us: i64,
    /// Shots in order, without gaps.
    pub shots: Vec<Shot>,
    /// Measures of each half second, in order, without gaps.
    pub windows: Vec<PictureWindow>,
    /// Stretches that are only black or white.
    pub blanks: Vec<Stretch>,
    /// Flashes.
    pub flashes: Vec<Stretch>,
    /// Stretches without any movement.
    pub frozen: Vec<Stretch>,
    /// Black bars around the picture.
    pub bars: Option<Bars>,
    /// Unreadable stretches; empty after a survey.
    pub damage: Vec<Stretch>,
}

/// The picture of a [`Window`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureWindow {
    /// Start of the window.
    pub start_us: i64,
    /// Means over the window.
    pub measures: Measures,
    /// Difference hash of its first picture.
    pub hash: u64,
}

/// The sound of a source, measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundPart {
    /// The sound; `None` if the source has none.
    pub sound: Option<Sound>,
    /// Highest momentary loudness of each [`Window`] in thousandths of LUFS, `None` where
    /// nothing was measured; empty without sound.
    pub momentary_mlufs: Vec<Option<i32>>,
}

impl Analysis {
    /// Combines the parts.
    pub fn of(picture: PicturePart, sound: SoundPart) -> Self {
        let PicturePart { detail, duration_us, shots, windows, blanks, flashes, frozen, bars, damage } =
            picture;
        let loudness = sound.momentary_mlufs.into_iter().chain(std::iter::repeat(None));
        let windows = windows
            .into_iter()
            .zip(loudness)
            .map(|(PictureWindow { start_us, measures, hash }, loudness_mlufs)| Window {
                start_us,
                measures,
                loudness_mlufs,
                hash,
            })
            .collect();
        let sound = sound.sound;
        Self { detail, duration_us, shots, windows, blanks, flashes, frozen, bars, sound, damage }
    }
}
