//! What is asked of a choice, and what it proposes.

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
    /// Stretches that must not be chosen, nor what shows the same in any source:
    /// used, rejected or rendered already.
    pub avoid: Vec<Stretch>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceRequest {
    /// Highlights or montages.
    pub kind: ClipKind,
    /// How many.
    pub count: u32,
    /// How long each should be, in microseconds.
    pub target_duration_us: i64,
    /// Another seed makes other choices among what is nearly as good.
    pub seed: u64,
    /// Order of the pieces of a montage.
    pub order: MontageOrder,
    /// How much each part counts in a score.
    pub weights: ScoreWeights,
}

/// One piece of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProposedCut {
    /// Index of the source in the slice that was handed in.
    pub source: usize,
    /// In point in microseconds.
    pub in_us: i64,
    /// Out point in microseconds.
    pub out_us: i64,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedClip {
    /// Its edit list.
    pub cuts: Vec<ProposedCut>,
    /// How good it is within this footage, 0 to 10 000.
    pub score_bp: u32,
    /// Why.
    pub parts: ScoreParts,
}

/// What was chosen, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// At most as many as asked.
    pub clips: Vec<ProposedClip>,
    /// Why there are fewer, where there are.
    pub shortfall: Option<Shortfall>,
}

/// A clip may be this much shorter or longer than its target.
const TOLERANCE_PERCENT: i64 = 25;

/// The shortest and the longest clip for a target.
pub(super) fn bounds(target_us: i64) -> (i64, i64) {
    let room = target_us / 100 * TOLERANCE_PERCENT;
    (target_us - room, target_us + room)
}
