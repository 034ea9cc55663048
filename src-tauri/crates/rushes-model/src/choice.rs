//! Choosing clips: their kinds, their order, and the parts of their score.

use serde::{Deserialize, Serialize};

/// Kind of clip that is made automatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ClipKind {
    /// One continuous moment near the target duration.
    Highlight,
    /// The best shots put together to the target duration.
    Montage,
}

/// Why a clip was ranked where it is: each part from 0 to 10 000 basis points,
/// normalised within the footage of one generation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ScoreParts {
    /// Movement in the picture.
    pub motion_bp: u32,
    /// Fine detail in focus.
    pub sharpness_bp: u32,
    /// Colourfulness.
    pub colour_bp: u32,
    /// Loudness of the sound.
    pub loudness_bp: u32,
    /// Share of the clip in which somebody speaks.
    pub speech_bp: u32,
    /// Distance from the other clips.
    pub novelty_bp: u32,
    /// Pace of the cuts within it.
    pub pace_bp: u32,
}

/// How much each part counts in a score, in percent of one another: only their
/// proportions matter. All zero counts all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ScoreWeights {
    /// Of movement, 0 to 100.
    pub motion: u32,
    /// Of fine detail, 0 to 100.
    pub sharpness: u32,
    /// Of colour, 0 to 100.
    pub colour: u32,
    /// Of loudness, 0 to 100.
    pub loudness: u32,
    /// Of speech, 0 to 100.
    pub speech: u32,
    /// Of novelty, 0 to 100.
    pub novelty: u32,
    /// Of the pace of cuts, 0 to 100.
    pub pace: u32,
}

impl Default for ScoreWeights {
    fn default() -> Self {
        Self { motion: 25, sharpness: 15, colour: 10, loudness: 20, speech: 20, novelty: 15, pace: 5 }
    }
}

/// The order of the pieces of a montage after its opening.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum MontageOrder {
    /// As in the footage, source after source.
    #[default]
    Chronological,
    /// The best first.
    BestFirst,
}
