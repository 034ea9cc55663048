//! Where a clip may begin and end, and which places are best.
//!
//! An edge must never lie strictly inside speech, within [`FLASH_GUARD_US`] of a flash,
//! on a black or white picture, or inside a transition. It must never leave only a
//! sliver of a shot, so it may not lie just before a shot's end or just after its
//! beginning. An in point is the first moment shown and an out point the first one not
//! shown, so a clip may begin where a blank or a transition ends, and end where one
//! begins.

use rushes_model::{analysis::Analysis, time::Stretch};

use super::spans::Spans;

/// Distance that an edge keeps from a flash, in microseconds: a frame or two.
pub(super) const FLASH_GUARD_US: i64 = 40_000;
/// Less of a shot than this is a sliver, which looks like a mistake, unless the shot is
/// no longer than that. In microseconds.
const SLIVER_US: i64 = 400_000;
/// Most of a pause that stays with the words beside it, in microseconds.
const BREATH_US: i64 = 150_000;
/// Bonus for an edge on a cut, in a pause, and on an onset if neither is near.
const ON_CUT: f64 = 0.06;
const ON_PAUSE: f64 = 0.05;
const ON_ONSET: f64 = 0.01;
/// If no cut or pause is this near, an edge may be at a calm moment; these are also
/// this far apart. In microseconds.
const CALM_STEP_US: i64 = 1_000_000;
/// An onset this near to a calm moment replaces it, in microseconds.
const ONSET_REACH_US: i64 = 250_000;

/// Moments that are legal as in and as out points.
#[derive(Debug, Clone)]
pub(super) struct Legal {
    pub ins: Spans,
    pub outs: Spans,
}

impl Legal {
    /// With all rules.
    pub fn strict(analysis: &Analysis) -> Self {
        Self::new(analysis, |_| true).without_slivers(analysis)
    }

    /// Removes the moments that would show a sliver of a shot.
    pub fn without_slivers(mut self, analysis: &Analysis) -> Self {
        for shot in &analysis.shots {
            let (start, end) = (shot.clear_us(), shot.end_us);
            self.ins.remove((end - SLIVER_US).max(start) + 1, end);
            self.outs.remove(start + 1, (start + SLIVER_US).min(end));
        }
        self
    }

    /// Applies the rule for speech only to stretches that `counts` accepts.
    pub fn new(analysis: &Analysis, counts: impl Fn(Stretch) -> bool) -> Self {
        let speech = analysis.sound.iter().flat_map(|sound| &sound.speech).filter(|s| counts(**s));
        // In whole microseconds, the first moment inside is one past the start.
        let both: Vec<(i64, i64)> = speech
            .map(|s| (s.start_us + 1, s.end_us))
            .chain(
                analysis.flashes.iter().map(|f| (f.start_us - FLASH_GUARD_US + 1, f.end_us + FLASH_GUARD_US)),
            )
            .collect();
        let closed: Vec<(i64, i64)> = analysis
            .blanks
            .iter()
            .map(|blank| (blank.start_us, blank.end_us))
            .chain(analysis.shots.iter().map(|shot| (shot.start_us, shot.clear_us())))
            .filter(|(start, end)| end > start)
            .collect();
        let ins = Spans::without(analysis.duration_us, both.iter().chain(&closed).copied());
        let outs = closed.iter().map(|(start, end)| (start + 1, end + 1));
        let outs = Spans::without(analysis.duration_us + 1, both.iter().copied().chain(outs));
        Self { ins, outs }
    }
}

/// A moment and its bonus as an edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub at: i64,
    pub worth: f64,
}

/// Candidate edges, ordered by time.
#[derive(Debug, Clone, Default)]
pub(super) struct Edges {
    pub ins: Vec<Edge>,
    pub outs: Vec<Edge>,
}

impl Edges {
    /// Cuts, ends of transitions, and pauses, if legal.
    pub fn natural(analysis: &Analysis, legal: &Legal) -> Self {
        let mut edges = Self::default();
        for shot in &analysis.shots {
            edges.ins.push(Edge { at: shot.clear_us(), worth: ON_CUT });
            edges.outs.push(Edge { at: shot.end_us, worth: ON_CUT });
        }
        if let Some(sound) = &analysis.sound {
            for pause in pauses(&sound.speech, analysis.duration_us).chain(sound.silences.iter().copied()) {
                let breath = (pause.length_us() / 2).min(BREATH_US);
                edges.ins.push(Edge { at: pause.end_us - breath, worth: ON_PAUSE });
                edges.outs.push(Edge { at: pause.start_us + breath, worth: ON_PAUSE });
            }
        }
        edges.kept(legal)
    }

    /// Adds calm moments and onsets where nothing natural is near.
    pub fn with_calm(mut self, analysis: &Analysis, legal: &Legal) -> Self {
        let onsets = analysis.sound.as_ref().map_or(&[][..], |sound| &sound.onsets);
        let mut calm = Vec::new();
        for pair in analysis.windows.chunks(2) {
            let stir =
                |w: &&rushes_model::analysis::Window| w.measures.subject_milli + w.measures.camera_milli;
            let Some(window) = pair.iter().min_by_key(stir) else { continue };
            let at = window.start_us;
            calm.push(match nearest(onsets, at, ONSET_REACH_US) {
                Some(onset) => Edge { at: onset, worth: ON_ONSET },
                None => Edge { at, worth: 0.0 },
            });
        }
        for edges in [&mut self.ins, &mut self.outs] {
            let natural: Vec<i64> = edges.iter().map(|edge| edge.at).collect();
            let alone = |edge: &&Edge| nearest(&natural, edge.at, CALM_STEP_US).is_none();
            edges.extend(calm.iter().filter(alone));
        }
        self.kept(legal)
    }

    /// Adds the quietest moment of every two seconds of the stretches: where a speaker
    /// who does not pause is most likely between two words.
    pub fn with_breaths(mut self, analysis: &Analysis, stretches: &[Stretch], legal: &Legal) -> Self {
        for stretch in stretches {
            let from = analysis.windows.partition_point(|w| w.start_us < stretch.start_us);
            let to = analysis.windows.partition_point(|w| w.start_us < stretch.end_us);
            for few in analysis.windows[from..to].chunks(4) {
                let Some(window) = few.iter().min_by_key(|w| w.loudness_mlufs) else { continue };
                let at = window.start_us + rushes_model::analysis::WINDOW_US / 2;
                self.ins.push(Edge { at, worth: 0.0 });
                self.outs.push(Edge { at, worth: 0.0 });
            }
        }
        self.kept(legal)
    }

    /// Sorts by time, keeps the best of equal moments, and drops illegal ones.
    fn kept(mut self, legal: &Legal) -> Self {
        for (edges, legal) in [(&mut self.ins, &legal.ins), (&mut self.outs, &legal.outs)] {
            edges.retain(|edge| legal.contains(edge.at));
            edges.sort_by(|a, b| a.at.cmp(&b.at).then(b.worth.total_cmp(&a.worth)));
            edges.dedup_by_key(|edge| edge.at);
        }
        self
    }
}

/// The gaps between stretches, from 0 to `duration_us`.
fn pauses(speech: &[Stretch], duration_us: i64) -> impl Iterator<Item = Stretch> + '_ {
    // A source without speech is not one long pause.
    let ends = speech.iter().map(|s| s.end_us);
    let starts = speech.iter().map(|s| s.start_us).skip(1).chain([duration_us]);
    let first = speech.first().map(|s| Stretch::new(0, s.start_us));
    first
        .into_iter()
        .chain(ends.zip(starts).map(|(end, start)| Stretch::new(end, start)))
        .filter(|p| p.length_us() > 0)
}

/// The moment nearest to `at` within `reach`; `moments` are in order.
pub(super) fn nearest(moments: &[i64], at: i64, reach: i64) -> Option<i64> {
    let index = moments.partition_point(|moment| *moment < at);
    let around = moments[index.saturating_sub(1)..].iter().take(2);
    around.copied().min_by_key(|moment| (moment - at).abs()).filter(|moment| (moment - at).abs() <= reach)
}
