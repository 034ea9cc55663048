//! Scoring in the manner of TRECVID's shot boundary task: detections are matched
//! one to one against true transitions.
//!
//! The rules, the same for every detector, in this order:
//!
//! 1. A detected cut hits the nearest true cut that is at most one frame away.
//! 2. A detected gradual transition hits the true one that it overlaps most; any
//!    overlap will do.
//! 3. A remaining detected cut hits a remaining true gradual transition, if it lies
//!    within it or one frame beside it. This favours detectors that know only cuts.
//!    A second one within is a false alarm.
//! 4. A remaining detected gradual transition of at most five frames hits a remaining
//!    true cut within it. This counts only for the overall figure; among cuts it is a
//!    miss and among gradual ones a false alarm.
//!
//! Fades at the beginning and the end of a reel are neither hits nor misses, and
//! detections around them are not counted.

use crate::reels::truth::{Gradual, GradualKind, HardCut, Truth};

/// Longest gradual transition, in frames, that can match a cut.
const SHORT: i64 = 5;
/// Rounding of tools that report times in thousandths of a second.
const ROUNDING_US: i64 = 1_000;

/// A detected transition: a cut if both times are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub start_us: i64,
    pub end_us: i64,
}

impl Found {
    /// A cut.
    pub fn cut(at_us: i64) -> Self {
        Self { start_us: at_us, end_us: at_us }
    }

    fn is_cut(self) -> bool {
        self.start_us == self.end_us
    }
}

/// Counts of one kind of transition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub hits: usize,
    pub missed: usize,
    pub false_alarms: usize,
}

impl Tally {
    /// Share of detections that are true; 1 without detections.
    pub fn precision(self) -> f64 {
        share(self.hits, self.hits + self.false_alarms)
    }

    /// Share of true transitions that were found; 1 if there are none.
    pub fn recall(self) -> f64 {
        share(self.hits, self.hits + self.missed)
    }

    /// Harmonic mean of the two.
    pub fn f1(self) -> f64 {
        share(2 * self.hits, 2 * self.hits + self.missed + self.false_alarms)
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.missed += other.missed;
        self.false_alarms += other.false_alarms;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The result of a detector on one reel, or on several.
#[derive(Debug, Clone, Default)]
pub struct Score {
    pub cuts: Tally,
    pub gradual: Tally,
    pub overall: Tally,
    /// Overlap, detected time and true time of matched gradual transitions.
    pub common_us: [i64; 3],
    /// Descriptions of misses and false alarms.
    pub remarks: Vec<(i64, String)>,
}

impl Score {
    /// Adds another reel.
    pub fn add(&mut self, other: &Score) {
        self.cuts += other.cuts;
        self.gradual += other.gradual;
        self.overall += other.overall;
        self.common_us.iter_mut().zip(other.common_us).for_each(|(sum, part)| *sum += part);
    }

    /// For matched gradual transitions, the share of their true time that was found,
    /// and the share of the detected time that is true.
    pub fn extent(&self) -> (f64, f64) {
        let [common, found, real] = self.common_us.map(|us| us as f64);
        (common / real.max(1.0), common / found.max(1.0))
    }
}

/// Scores the detections on a reel.
pub fn score(truth: &Truth, found: &[Found]) -> Score {
    let mut left = vec![true; found.len()];
    let mut cuts = vec![false; truth.cuts.len()];
    let mut gradual = vec![false; truth.gradual.len()];
    let mut score = Score::default();

    let near = |one: Found, cut: &HardCut| {
        let distance = (one.start_us - cut.at_us).abs();
        (one.is_cut() && distance <= cut.picture_us + ROUNDING_US).then_some(-distance)
    };
    pair(found, &mut left, &truth.cuts, &mut cuts, near, |_, _| {});

    let common = |one: Found, real: &Gradual| {
        let common = one.end_us.min(real.end_us) - one.start_us.max(real.start_us);
        (!one.is_cut() && common > 0).then_some(common)
    };
    pair(found, &mut left, &truth.gradual, &mut gradual, common, |one, real| {
        let parts = [common(one, real).unwrap_or(0), one.end_us - one.start_us, real.end_us - real.start_us];
        score.common_us.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    });

    let slack = truth.frame_us + ROUNDING_US;
    let within = |one: Found, real: &Gradual| {
        let inside = (real.start_us - slack..=real.end_us + slack).contains(&one.start_us);
        (one.is_cut() && inside).then(|| -(2 * one.start_us - real.start_us - real.end_us).abs())
    };
    pair(found, &mut left, &truth.gradual, &mut gradual, within, |_, _| {});

    for (left, one) in left.iter_mut().zip(found) {
        *left &= counts(truth, *one);
    }

    let hits = |hit: &[bool]| hit.iter().filter(|hit| **hit).count();
    let vain = |left: &[bool], cut: bool| {
        found.iter().zip(left).filter(|(one, left)| **left && one.is_cut() == cut).count()
    };
    score.cuts.hits = hits(&cuts);
    score.cuts.missed = cuts.len() - score.cuts.hits;
    score.cuts.false_alarms = vain(&left, true);
    score.gradual.hits = hits(&gradual);
    score.gradual.missed = gradual.len() - score.gradual.hits;
    score.gradual.false_alarms = vain(&left, false);

    let short = |one: Found, cut: &HardCut| {
        let short = one.end_us - one.start_us <= SHORT * truth.frame_us + ROUNDING_US;
        let around = (one.start_us - slack..=one.end_us + slack).contains(&cut.at_us);
        (!one.is_cut() && short && around).then(|| -(one.start_us - cut.at_us).abs())
    };
    pair(found, &mut left, &truth.cuts, &mut cuts, short, |_, _| {});
    score.overall = Tally {
        hits: hits(&cuts) + score.gradual.hits,
        missed: cuts.len() - hits(&cuts) + score.gradual.missed,
        false_alarms: hits(&left),
    };
    score.remarks = remarks(truth, found, [&left, &cuts, &gradual]);
    score
}

/// Whether a detection is outside the fades at both ends.
fn counts(truth: &Truth, one: Found) -> bool {
    let slack = truth.frame_us;
    let opening = truth.opening_us.is_some_and(|end| one.start_us <= end + slack);
    let closing = truth.closing_us.is_some_and(|start| one.end_us >= start - slack);
    !opening && !closing
}

/// Pairs what is left on both sides, best first, each at most once.
fn pair<T>(
    found: &[Found],
    left: &mut [bool],
    real: &[T],
    hit: &mut [bool],
    worth: impl Fn(Found, &T) -> Option<i64>,
    mut matched: impl FnMut(Found, &T),
) {
    let mut pairs = Vec::new();
    for (f, one) in found.iter().enumerate().filter(|(f, _)| left[*f]) {
        for (r, other) in real.iter().enumerate().filter(|(r, _)| !hit[*r]) {
            pairs.extend(worth(*one, other).map(|worth| (-worth, f, r)));
        }
    }
    pairs.sort_unstable();
    for (_, f, r) in pairs {
        if left[f] && !hit[r] {
            left[f] = false;
            hit[r] = true;
            matched(found[f], &real[r]);
        }
    }
}

fn remarks(truth: &Truth, found: &[Found], [left, cuts, gradual]: [&[bool]; 3]) -> Vec<(i64, String)> {
    let scene = |at: i64| {
        let shown = truth.scenes.iter().rev().find(|scene| scene.start_us <= at);
        shown.map_or("", |scene| scene.what.as_str())
    };
    let into = |at: i64| format!("{} → {}", scene(at - truth.frame_us), scene(at));
    let mut remarks = Vec::new();
    for (cut, _) in truth.cuts.iter().zip(cuts).filter(|(_, hit)| !**hit) {
        let words = format!("missed cut, difference {} ({})", cut.difference_milli, into(cut.at_us));
        remarks.push((cut.at_us, words));
    }
    for (real, _) in truth.gradual.iter().zip(gradual).filter(|(_, hit)| !**hit) {
        let kind = if real.kind == GradualKind::Fade { "fade" } else { "dissolve" };
        let end = real.end_us as f64 / 1e6;
        remarks.push((real.start_us, format!("missed {kind} up to {end:.3} ({})", scene(real.start_us - 1))));
    }
    for (one, _) in found.iter().zip(left).filter(|(_, left)| **left) {
        let (margin, at) = (3 * truth.frame_us, one.start_us);
        let trap = truth
            .traps
            .iter()
            .find(|trap| trap.start_us <= one.end_us + margin && one.start_us <= trap.end_us + margin);
        let trap = trap.map_or(String::new(), |trap| format!(", {}", trap.kind));
        let kind = if one.is_cut() {
            "cut".to_owned()
        } else {
            format!("gradual up to {:.3}", one.end_us as f64 / 1e6)
        };
        remarks.push((at, format!("false {kind} ({}{trap})", scene(at))));
    }
    remarks.sort();
    remarks
}

/// Checks the rules on a small example.
///
/// # Panics
/// If a rule does not hold.
pub fn self_check() {
    let cut = |at_us| HardCut { at_us, picture_us: 40_000, difference_milli: 100 };
    let gradual = |start_us, end_us| Gradual { kind: GradualKind::Dissolve, start_us, end_us };
    let truth = Truth {
        name: String::new(),
        seed: 0,
        file: String::new(),
        fps: [25, 1],
        frame_us: 40_000,
        frames: 500,
        duration_us: 20_000_000,
        cuts: vec![cut(2_000_000), cut(9_000_000)],
        gradual: vec![gradual(5_000_000, 6_000_000)],
        opening_us: Some(1_000_000),
        closing_us: None,
        traps: Vec::new(),
        scenes: Vec::new(),
    };
    let span = |start_us, end_us| Found { start_us, end_us };
    let overall = |found: &[Found]| {
        let Tally { hits, missed, false_alarms } = score(&truth, found).overall;
        [hits, missed, false_alarms]
    };
    let exact = [Found::cut(2_000_000), span(5_000_000, 6_000_000), Found::cut(9_000_000)];
    assert_eq!(overall(&exact), [3, 0, 0], "the truth is perfect");
    assert_eq!(score(&truth, &exact).extent(), (1.0, 1.0), "and of the right extent");
    assert_eq!(overall(&[]), [0, 3, 0], "nothing found is nothing hit");
    assert_eq!(overall(&[Found::cut(2_040_000)]), [1, 2, 0], "one picture late is a hit");
    assert_eq!(overall(&[Found::cut(2_080_000)]), [0, 3, 1], "two are not");
    assert_eq!(overall(&[Found::cut(1_960_000), Found::cut(2_000_000)]), [1, 2, 1], "one to one");
    assert_eq!(overall(&[Found::cut(5_500_000)]), [1, 2, 0], "a cut within a dissolve finds it");
    assert_eq!(overall(&[Found::cut(5_200_000), Found::cut(5_500_000)]), [1, 2, 1], "but only one");
    assert_eq!(overall(&[span(8_920_000, 9_080_000)]), [1, 2, 0], "a short dissolve stands for a cut");
    assert_eq!(score(&truth, &[span(8_920_000, 9_080_000)]).cuts.hits, 0, "though not among cuts");
    assert_eq!(overall(&[span(8_500_000, 9_500_000)]), [0, 3, 1], "a long one does not");
    assert_eq!(overall(&[Found::cut(500_000), span(0, 1_000_000)]), [0, 3, 0], "ends do not count");
    let fades_out = Truth { cuts: Vec::new(), closing_us: Some(6_000_000), ..truth };
    let beside = [span(5_000_000, 6_040_000), span(6_080_000, 20_000_000)];
    let Tally { hits, missed, false_alarms } = score(&fades_out, &beside).overall;
    assert_eq!([hits, missed, false_alarms], [1, 0, 0], "what lies beside them does");
}
