//! Why there are fewer clips than requested.
//!
//! The reason is the rule that stands in the way, not the most common one: each rule is
//! lifted in turn, and the one without which there would be more clips is reported.

use rushes_model::{analysis::Analysis, time::Stretch};

use super::spans::Spans;

/// Why fewer clips were returned than requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// There is no source to choose from.
    NoFootage,
    /// There would be more if nothing were avoided.
    UsedUp,
    /// The footage is too short for this many clips of this length.
    TooShort,
    /// The rest of the footage is black, white or damaged.
    Blank,
    /// The rest of the footage is frozen and silent.
    Frozen,
    /// The rest shows the same as what was chosen.
    Repetitive,
}

/// A rule that excludes footage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Law {
    /// It is to be avoided, or a near-duplicate of such footage.
    Used,
    /// It is black, white or damaged.
    Blank,
    /// It is frozen and silent.
    Frozen,
    /// It shows the same as another clip.
    Repeated,
}

impl Law {
    /// The ones that a user can act on come first.
    const ALL: [Self; 4] = [Self::Used, Self::Blank, Self::Frozen, Self::Repeated];

    fn reason(self) -> Shortfall {
        match self {
            Self::Used => Shortfall::UsedUp,
            Self::Blank => Shortfall::Blank,
            Self::Frozen => Shortfall::Frozen,
            Self::Repeated => Shortfall::Repetitive,
        }
    }
}

/// Rules that are lifted.
pub(super) struct Lifted<'a>(&'a [Law]);

impl Lifted<'_> {
    pub fn has(&self, law: Law) -> bool {
        self.0.contains(&law)
    }

    /// The analysis with the lifted rules' stretches removed.
    pub fn of(&self, analysis: &Analysis) -> Analysis {
        let mut analysis = analysis.clone();
        if self.has(Law::Blank) {
            // Blank footage is also frozen.
            let blank = analysis.blanks.drain(..).chain(analysis.damage.drain(..));
            let shown = Spans::without(analysis.duration_us, blank.map(|b| (b.start_us, b.end_us)));
            let frozen = analysis.frozen.iter().flat_map(|f| shown.within(f.start_us, f.end_us));
            analysis.frozen = frozen.map(|(start, end)| Stretch::new(start, end)).collect();
        }
        if self.has(Law::Frozen) {
            analysis.frozen.clear();
        }
        analysis
    }

    /// The stretches that are still avoided.
    pub fn avoided(&self, avoid: &[Stretch]) -> Vec<Stretch> {
        if self.has(Law::Used) { Vec::new() } else { avoid.to_vec() }
    }
}

/// Why there are only `made` clips. `with` returns how many there would be with some
/// rules lifted.
pub(super) fn reason(made: usize, with: impl Fn(&Lifted<'_>) -> usize) -> Shortfall {
    let with = |laws: &[Law]| with(&Lifted(laws));
    if with(&[Law::Used]) > made {
        return Shortfall::UsedUp;
    }
    let alone = Law::ALL[1..].iter().rev().map(|law| (with(&[*law]), *law));
    if let Some((_, law)) = alone.filter(|(count, _)| *count > made).max_by_key(|(count, _)| *count) {
        return law.reason();
    }
    // Several rules together, such as a frozen picture that is repeated: report the
    // first one that is needed for more clips.
    if with(&Law::ALL) <= made {
        return Shortfall::TooShort;
    }
    let without = |law: &Law| Law::ALL.into_iter().filter(|other| other != law).collect::<Vec<_>>();
    let needed = Law::ALL.into_iter().find(|law| with(&without(law)) <= made);
    needed.unwrap_or(Law::Frozen).reason()
}
