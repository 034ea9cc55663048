//! Choosing clips from analysed footage: pure, and the same for the same seed.
//!
//! No two proposals of one choice share footage or show the same, none touches
//! what is to be avoided nor what shows the same as that, and none shows black,
//! white or a damaged picture. Little of a clip stands still unless something is
//! heard meanwhile. Edges keep the law of [`legal`]. Where the footage
//! cannot honestly give as many as asked, fewer come back with the reason.

use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, ClipKind, ScoreParts, ScoreWeights, Stretch};

mod footage;
mod heard;
mod highlight;
mod legal;
mod montage;
mod pieces;
mod score;
mod settle;
mod shortfall;
mod spans;
mod twins;

use footage::{Footage, Remaining};
use score::Scores;
use shortfall::Law;
use twins::Twins;

pub use settle::settle;
pub use shortfall::Shortfall;

/// One analysed source to choose from.
#[derive(Debug, Clone)]
pub struct ChoiceSource<'a> {
    /// Its analysis.
    pub analysis: &'a Analysis,
    /// Stretches that must not be chosen, nor what shows the same in any source:
    /// used, rejected or rendered already.
    pub avoid: Vec<Stretch>,
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

/// Chooses clips.
pub fn choose(sources: &[ChoiceSource<'_>], request: &ChoiceRequest) -> Choice {
    if request.count == 0 || request.target_duration_us <= 0 {
        return Choice::default();
    }
    let footage = Footage::all(sources);
    if footage.is_empty() {
        return Choice { clips: Vec::new(), shortfall: Some(Shortfall::NoFootage) };
    }
    let twins = Twins::new(&footage);
    let mut clips = proposals(&footage, Some(&twins), request);
    clips.sort_by_key(|clip| std::cmp::Reverse(clip.score_bp));
    let missing = clips.len() < request.count as usize;
    let shortfall = missing.then(|| {
        shortfall::reason(clips.len(), |lifted| {
            let analyses: Vec<Analysis> = sources.iter().map(|source| lifted.of(source.analysis)).collect();
            let avoid = |source: &ChoiceSource<'_>| lifted.avoided(&source.avoid);
            let sources = analyses.iter().zip(sources);
            let sources: Vec<ChoiceSource<'_>> =
                sources.map(|(analysis, source)| ChoiceSource { analysis, avoid: avoid(source) }).collect();
            let twins = (!lifted.has(Law::Repeated)).then_some(&twins);
            proposals(&Footage::all(&sources), twins, request).len()
        })
    });
    Choice { clips, shortfall }
}

fn proposals(footage: &[Footage<'_>], twins: Option<&Twins>, request: &ChoiceRequest) -> Vec<ProposedClip> {
    let mut remaining = Remaining::new(footage, twins);
    for (position, source) in footage.iter().enumerate() {
        for avoided in &source.avoided {
            remaining.take(position, avoided.start_us, avoided.end_us);
        }
    }
    let scores = Scores::new(footage, request);
    match request.kind {
        ClipKind::Highlight => highlight::choose(footage, &scores, &mut remaining, request),
        ClipKind::Montage => montage::choose(footage, &scores, &mut remaining, request),
    }
}

/// The shortest and the longest clip for a target.
fn bounds(target_us: i64) -> (i64, i64) {
    let room = target_us / 100 * TOLERANCE_PERCENT;
    (target_us - room, target_us + room)
}

#[cfg(test)]
mod tests;
