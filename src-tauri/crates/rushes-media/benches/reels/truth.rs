//! The ground truth of a reel, stored beside it as JSON.
//!
//! Times are those of the file itself, in microseconds from its first frame.

use serde::{Deserialize, Serialize};

/// The ground truth of a reel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    /// Name of its character.
    pub name: String,
    /// Seed it was made from.
    pub seed: u64,
    /// Name of the file, in the same folder.
    pub file: String,
    /// Nominal frames per second, as numerator and denominator.
    pub fps: [u32; 2],
    /// Nominal length of a frame.
    pub frame_us: i64,
    pub frames: usize,
    pub duration_us: i64,
    pub cuts: Vec<HardCut>,
    pub gradual: Vec<Gradual>,
    /// End of a fade at the beginning, which is not scored.
    pub opening_us: Option<i64>,
    /// Beginning of a fade at the end, which is not scored.
    pub closing_us: Option<i64>,
    /// Events that look like a transition and are not.
    pub traps: Vec<Trap>,
    /// The scenes, to help explain misses.
    pub scenes: Vec<Shown>,
}

/// A cut from one shot to the next.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct HardCut {
    /// First frame of the new shot.
    pub at_us: i64,
    /// Distance to the previous or the next frame, whichever is larger: the length of a
    /// frame at this place.
    pub picture_us: i64,
    /// Mean difference of brightness across it, in thousandths of the range.
    pub difference_milli: u32,
}

/// A gradual transition: from its first changed frame up to the first frame in full
/// view, half open.
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

/// A flash, a whip pan, a passer-by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trap {
    pub kind: String,
    pub start_us: i64,
    pub end_us: i64,
}

/// A scene from where it is first visible to where it is last visible.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    pub what: String,
    pub start_us: i64,
    pub end_us: i64,
}
