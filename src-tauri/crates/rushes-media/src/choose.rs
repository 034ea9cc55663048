//! Choosing clips from analysed footage: pure, and the same for the same seed.
//!
//! No two proposals of one choice share footage or show the same, none touches
//! what is to be avoided nor what shows the same as that, and none shows black,
//! white or a damaged picture. Edges keep the law of [`legal`]. Where the footage
//! cannot honestly give as many as asked, fewer come back with the reason.

use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, ClipKind, ScoreParts, ScoreWeights, Stretch};

mod footage;
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
use shortfall::Account;
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
    let mut remaining = Remaining::new(&footage, &twins);
    let mut account = Account {
        used: footage.iter().map(|source| source.used_us).sum(),
        blank: footage.iter().map(|source| source.blank_us).sum(),
        frozen: footage.iter().map(|source| source.frozen.upto(i64::MAX)).sum(),
        ..Account::default()
    };
    for (position, source) in footage.iter().enumerate() {
        for avoided in &source.avoided {
            account.used += remaining.take(position, avoided.start_us, avoided.end_us);
        }
    }
    let scores = Scores::new(&footage, request);
    let (mut clips, repeated) = match request.kind {
        ClipKind::Highlight => highlight::choose(&footage, &scores, &mut remaining, request),
        ClipKind::Montage => montage::choose(&footage, &scores, &mut remaining, request),
    };
    account.repeated = repeated;
    account.chosen = clips.iter().flat_map(|clip| &clip.cuts).map(|cut| cut.out_us - cut.in_us).sum();
    clips.sort_by_key(|clip| std::cmp::Reverse(clip.score_bp));
    let missing = clips.len() < request.count as usize;
    Choice { clips, shortfall: missing.then(|| account.reason()) }
}

/// The shortest and the longest clip for a target.
fn bounds(target_us: i64) -> (i64, i64) {
    let room = target_us / 100 * TOLERANCE_PERCENT;
    (target_us - room, target_us + room)
}

#[cfg(test)]
mod tests;
