//! What is true of a reel, as it is kept beside it in JSON.
//!
//! Times are those of the file itself, in microseconds from its first picture.

use serde::{Deserialize, Serialize};

/// All that is true of a reel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    /// Name of its character.
    pub name: String,
    /// Seed it was made from.
    pub seed: u64,
    /// File beside this one.
    pub file: String,
    /// Nominal pictures per second, as numerator and denominator.
    pub fps: [u32; 2],
    /// Nominal length of a picture.
    pub frame_us: i64,
    pub frames: usize,
    pub duration_us: i64,
    pub cuts: Vec<Cut>,
    pub gradual: Vec<Gradual>,
    /// End of a fade at the beginning. It counts for nothing.
    pub opening_us: Option<i64>,
    /// Beginning of a fade at the end. It counts for nothing.
    pub closing_us: Option<i64>,
    /// What looks like a transition and is none.
    pub traps: Vec<Trap>,
    /// What is shown, for reading misses.
    pub scenes: Vec<Shown>,
}

/// A cut.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Cut {
    /// First picture of the new shot.
    pub at_us: i64,
    /// Distance of the picture before it or after it, whichever is further: what
    /// one picture is at this place.
    pub picture_us: i64,
    /// Mean difference of brightness across it, in thousandths of the range.
    pub difference_milli: u32,
}

/// A gradual transition: from its first changed picture up to the first picture
/// in full view, half open.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Gradual {
    pub kind: GradualKind,
    pub start_us: i64,
    pub end_us: i64,
}

/// Its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradualKind {
    Dissolve,
    /// Out to black or white and in again.
    Fade,
}

/// A flash, a whip, a passer-by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trap {
    pub kind: String,
    pub start_us: i64,
    pub end_us: i64,
}

/// A scene from where it is first seen to where it is last seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    pub what: String,
    pub start_us: i64,
    pub end_us: i64,
}
