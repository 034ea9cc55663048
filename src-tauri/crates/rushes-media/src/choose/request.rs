//! The request for a choice, and its proposals.

use rushes_model::{
    analysis::Analysis,
    choice::{ClipKind, MontageOrder, ScoreParts, ScoreWeights},
    time::Stretch,
};

use super::shortfall::Shortfall;

/// One analysed source to choose from.
#[derive(Debug, Clone)]
pub struct ChoiceSource<'a> {
    /// Its analysis.
    pub analysis: &'a Analysis,
    /// Stretches that must not be chosen, nor their near-duplicates in any source:
    /// already used, rejected or rendered.
    pub avoid: Vec<Stretch>,
}

/// What to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceRequest {
    /// Highlights or montages.
    pub kind: ClipKind,
    /// How many.
    pub count: u32,
    /// Target duration of each clip, in microseconds.
    pub target_duration_us: i64,
    /// Seed; another one chooses differently among nearly equal candidates.
    pub seed: u64,
    /// Order of the cuts of a montage.
    pub order: MontageOrder,
    /// Weight of each part of the score.
    pub weights: ScoreWeights,
}

/// One entry of a proposed edit list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProposedCut {
    /// Index of the source in the input slice.
    pub source: usize,
    /// In point in microseconds.
    pub in_us: i64,
    /// Out point in microseconds.
    pub out_us: i64,
}

/// A proposed clip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedClip {
    /// Its edit list.
    pub cuts: Vec<ProposedCut>,
    /// Score within this footage, 0 to 10 000.
    pub score_bp: u32,
    /// The parts of the score.
    pub parts: ScoreParts,
}

/// The chosen clips, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// At most as many as requested.
    pub clips: Vec<ProposedClip>,
    /// Why there are fewer than requested, if so.
    pub shortfall: Option<Shortfall>,
}

/// How much a clip may deviate from its target.
const TOLERANCE_PERCENT: i64 = 25;

/// The shortest and the longest clip for a target.
pub(super) fn bounds(target_us: i64) -> (i64, i64) {
    let room = target_us / 100 * TOLERANCE_PERCENT;
    (target_us - room, target_us + room)
}
