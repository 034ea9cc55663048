//! Why there are fewer clips than were asked for.
//!
//! The reason is what stands in the way, and not what there is most of: each law
//! is lifted in turn, and the one without which there would be more clips is it.

use rushes_model::{analysis::Analysis, time::Stretch};

use super::spans::Spans;

/// Why fewer clips came back than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// There is no source to choose from.
    NoFootage,
    /// There would be more if nothing were avoided.
    UsedUp,
    /// The footage is too short for so many clips of this length.
    TooShort,
    /// The rest of the footage is black, white or damaged.
    Blank,
    /// In the rest of the footage nothing moves and nothing is heard.
    Frozen,
    /// What is left shows the same as what was chosen.
    Repetitive,
}

/// What keeps footage out of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Law {
    /// It is to be avoided, or shows the same as that.
    Used,
    /// It is black, white or damaged.
    Blank,
    /// Nothing moves in it, and nothing is heard.
    Frozen,
    /// It shows the same as another clip.
    Repeated,
}

impl Law {
    /// What an editor can do something about comes first.
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

/// Laws that do not count.
pub(super) struct Lifted<'a>(&'a [Law]);

impl Lifted<'_> {
    pub fn has(&self, law: Law) -> bool {
        self.0.contains(&law)
    }

    /// An analysis as if they did not exist.
    pub fn of(&self, analysis: &Analysis) -> Analysis {
        let mut analysis = analysis.clone();
        if self.has(Law::Blank) {
            // What is black stands still, too.
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

    /// What is avoided all the same.
    pub fn avoided(&self, avoid: &[Stretch]) -> Vec<Stretch> {
        if self.has(Law::Used) { Vec::new() } else { avoid.to_vec() }
    }
}

/// Why there are only `made` clips. `with` tells how many there would be with some
/// laws lifted.
pub(super) fn reason(made: usize, with: impl Fn(&Lifted<'_>) -> usize) -> Shortfall {
    let with = |laws: &[Law]| with(&Lifted(laws));
    if with(&[Law::Used]) > made {
        return Shortfall::UsedUp;
    }
    let alone = Law::ALL[1..].iter().rev().map(|law| (with(&[*law]), *law));
    if let Some((_, law)) = alone.filter(|(count, _)| *count > made).max_by_key(|(count, _)| *count) {
        return law.reason();
    }
    // Several at once, such as a still picture that comes again: the first of those
    // without which there would be no more.
    if with(&Law::ALL) <= made {
        return Shortfall::TooShort;
    }
    let without = |law: &Law| Law::ALL.into_iter().filter(|other| other != law).collect::<Vec<_>>();
    let needed = Law::ALL.into_iter().find(|law| with(&without(law)) <= made);
    needed.unwrap_or(Law::Frozen).reason()
}
