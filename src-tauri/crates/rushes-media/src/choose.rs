//! Choosing clips from analysed footage: pure, and the same for the same seed.
//!
//! No two proposals of one choice share footage, none touches what is to be
//! avoided, and none shows black or a white flash. Where the footage cannot
//! honestly give as many as asked, fewer come back with the reason.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::analysis::{Analysis, ClipKind, ScoreParts};

mod highlight;
mod montage;
mod score;
mod spans;

use score::Scores;
use spans::Spans;

/// One analysed source to choose from.
#[derive(Debug, Clone)]
pub struct ChoiceSource<'a> {
    /// Its analysis.
    pub analysis: &'a Analysis,
    /// Stretches that must not be chosen: used, rejected or rendered already.
    pub avoid: Vec<(i64, i64)>,
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

impl ProposedClip {
    /// Length in microseconds.
    pub fn duration_us(&self) -> i64 {
        self.cuts.iter().map(|cut| cut.out_us - cut.in_us).sum()
    }
}

/// Why fewer clips came back than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// There is no source to choose from.
    NoFootage,
    /// What is left after what was used before is too short for another clip.
    UsedUp,
    /// The footage is too short for so many clips of this length.
    TooShort,
    /// Most of the footage is black or white.
    Blank,
}

impl Shortfall {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoFootage => "no_footage",
            Self::UsedUp => "footage_used_up",
            Self::TooShort => "footage_too_short",
            Self::Blank => "footage_blank",
        }
    }

    /// Why, and what to do next, for the editor.
    pub fn message(self) -> &'static str {
        match self {
            Self::NoFootage => "There is no source to choose from. Add a video first.",
            Self::UsedUp => {
                "The rest of the footage was used before. Delete clips, add sources, or ask for shorter clips."
            }
            Self::TooShort => {
                "The footage is too short for more clips of this length. Add sources, or ask for shorter clips."
            }
            Self::Blank => "Most of the footage is black or white. Add sources that show something.",
        }
    }
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
    let sources: Vec<Footage<'_>> = sources
        .iter()
        .enumerate()
        .filter(|(_, source)| source.analysis.duration_us > 0)
        .map(|(index, source)| Footage::new(index, source))
        .collect();
    if sources.is_empty() {
        return Choice { clips: Vec::new(), shortfall: Some(Shortfall::NoFootage) };
    }
    let scores = Scores::new(&sources);
    let mut random = ChaCha8Rng::seed_from_u64(request.seed);
    let mut clips = match request.kind {
        ClipKind::Highlight => highlight::choose(&sources, &scores, request, &mut random),
        ClipKind::Montage => montage::choose(&sources, &scores, request, &mut random),
    };
    clips.sort_by_key(|clip| std::cmp::Reverse(clip.score_bp));
    let missing = clips.len() < request.count as usize;
    let shortfall = missing.then(|| reason(&sources));
    Choice { clips, shortfall }
}

fn reason(sources: &[Footage<'_>]) -> Shortfall {
    let whole: i64 = sources.iter().map(|s| s.analysis.duration_us).sum();
    let avoided: i64 = sources.iter().map(|s| s.avoided_us).sum();
    let free: i64 = sources.iter().map(|s| s.free.total()).sum();
    if avoided > 0 {
        Shortfall::UsedUp
    } else if free < whole / 2 {
        Shortfall::Blank
    } else {
        Shortfall::TooShort
    }
}

/// A source with what of it may be chosen.
struct Footage<'a> {
    index: usize,
    analysis: &'a Analysis,
    free: Spans,
    avoided_us: i64,
}

impl<'a> Footage<'a> {
    fn new(index: usize, source: &ChoiceSource<'a>) -> Self {
        let analysis = source.analysis;
        let mut free = Spans::whole(analysis.duration_us);
        for (start, end) in &source.avoid {
            free.remove(*start, *end);
        }
        let avoided_us = analysis.duration_us - free.total();
        for blank in &analysis.blanks {
            free.remove(blank.start_us, blank.end_us);
        }
        Self { index, analysis, free, avoided_us }
    }
}

/// The shortest and the longest clip for a target.
fn bounds(target_us: i64) -> (i64, i64) {
    let room = target_us / 100 * TOLERANCE_PERCENT;
    (target_us - room, target_us + room)
}

#[cfg(test)]
#[path = "choose/tests.rs"]
mod tests;
