//! Highlights: one continuous moment close to the target duration that starts and ends
//! at natural points of the footage.
//!
//! Edges are cuts and pauses, or calm moments and onsets if neither is near. Speech
//! that goes on for longer than the longest clip contains no legal clip. Such a
//! monologue may be cut only when everything else is taken: in a silence, or at the
//! quietest moment of every two seconds.

use super::{
    footage::Footage,
    legal::{Edge, Edges, Legal},
    remaining::Remaining,
    request::{ChoiceRequest, ProposedClip, ProposedCut, bounds},
    score::{FAR, Scores, nearest, share_of_nearest},
};

/// Penalty for a length that is off the target by the whole tolerance.
const OFF_TARGET: f64 = 0.05;
/// Penalty for each cut inside, and its maximum: an uninterrupted moment is better.
const CUT_INSIDE: f64 = 0.01;
const CUTS_INSIDE: f64 = 0.05;
/// Penalty for an edge that is merely legal.
const MERELY_LEGAL: f64 = 0.02;
/// Ends considered on either side of the target, and how many of them are kept, for
/// each start.
const ENDS: usize = 12;
const KEPT: usize = 3;

#[derive(Debug, Clone, Copy)]
struct Candidate {
    footage: usize,
    start: i64,
    end: i64,
    worth: f64,
    /// Hashes of its pictures, and the distance of each from those chosen.
    hashes: [u64; 3],
    distances: [u32; 3],
}

impl Candidate {
    fn novelty(&self) -> f64 {
        share_of_nearest(self.distances.into_iter(), 3)
    }
}

/// Where clips of one source may begin and end.
struct Places {
    legal: Legal,
    edges: Edges,
}

pub(super) fn choose<'t>(
    footage: &[Footage<'_>],
    scores: &Scores,
    remaining: &mut Remaining<'t>,
    request: &ChoiceRequest,
) -> Vec<ProposedClip> {
    let (_, longest) = bounds(request.target_duration_us);
    let mut picker = Picker { footage, scores, remaining, request, seen: Vec::new(), clips: Vec::new() };
    let strict = |f: &Footage<'_>| {
        let edges = Edges::natural(f.analysis, &f.legal).with_calm(f.analysis, &f.legal);
        Places { legal: f.legal.clone(), edges }
    };
    picker.fill(&footage.iter().map(strict).collect::<Vec<_>>());
    if footage.iter().any(|f| !f.monologues(longest).is_empty()) {
        let lenient = |f: &Footage<'_>| {
            let legal =
                Legal::new(f.analysis, |speech| speech.length_us() <= longest).without_slivers(f.analysis);
            let edges = Edges::natural(f.analysis, &legal).with_calm(f.analysis, &f.legal);
            let edges = edges.with_breaths(f.analysis, &f.monologues(longest), &legal);
            Places { legal, edges }
        };
        picker.fill(&footage.iter().map(lenient).collect::<Vec<_>>());
    }
    picker.clips
}

struct Picker<'a, 'f, 't> {
    footage: &'a [Footage<'f>],
    scores: &'a Scores,
    remaining: &'a mut Remaining<'t>,
    request: &'a ChoiceRequest,
    seen: Vec<u64>,
    clips: Vec<ProposedClip>,
}

impl Picker<'_, '_, '_> {
    /// Takes the best candidate until there are enough or nothing more fits.
    fn fill(&mut self, places: &[Places]) {
        // Each clip creates new first and last moments, so search again until nothing
        // fits in between.
        while self.clips.len() < self.request.count as usize {
            let mut candidates = Vec::new();
            for (position, place) in places.iter().enumerate() {
                self.collect(position, place, &mut candidates);
            }
            if candidates.is_empty() {
                return;
            }
            self.pick(candidates);
        }
    }

    fn pick(&mut self, mut candidates: Vec<Candidate>) {
        while self.clips.len() < self.request.count as usize {
            let value = |c: &Candidate| c.worth + self.scores.novelty(c.novelty());
            let Some(best) = candidates.iter().max_by(|a, b| value(a).total_cmp(&value(b))).copied() else {
                return;
            };
            let Candidate { footage: position, start, end, .. } = best;
            self.remaining.take(position, start, end);
            let (score_bp, parts) = self.scores.told(self.parts(position, start, end), best.novelty());
            let cut = ProposedCut { source: self.footage[position].index, in_us: start, out_us: end };
            self.clips.push(ProposedClip { cuts: vec![cut], score_bp, parts });
            self.seen.extend(best.hashes);
            candidates.retain_mut(|candidate| {
                for (distance, hash) in candidate.distances.iter_mut().zip(candidate.hashes) {
                    *distance = nearest(hash, &best.hashes, *distance);
                }
                self.remaining.holds(candidate.footage, candidate.start, candidate.end)
            });
        }
    }

    fn parts(&self, position: usize, start: i64, end: i64) -> super::score::Parts {
        let footage = &self.footage[position];
        let parts = self.scores.parts(footage, position, start, end);
        self.scores.paced(parts, footage.cuts_inside(start, end), end - start)
    }

    fn candidate(&self, position: usize, start: i64, end: i64, edges: f64) -> Candidate {
        let footage = &self.footage[position];
        let target = self.request.target_duration_us;
        let (_, longest) = bounds(target);
        let off = (end - start - target).abs() as f64 / (longest - target).max(1) as f64;
        let inside = footage.cuts_inside(start, end) as f64 * CUT_INSIDE;
        let worth = self.scores.worth(self.parts(position, start, end))
            + self.scores.favour(footage, position, start, end)
            + edges
            - off.min(1.0) * OFF_TARGET
            - inside.min(CUTS_INSIDE);
        Candidate { footage: position, start, end, worth, hashes: [0; 3], distances: [FAR; 3] }
    }

    fn collect(&self, position: usize, places: &Places, candidates: &mut Vec<Candidate>) {
        let footage = &self.footage[position];
        let free = &self.remaining.free[position];
        let (shortest, longest) = bounds(self.request.target_duration_us);
        let mut keep = |mut candidate: Candidate| {
            let length = candidate.end - candidate.start;
            candidate.hashes = [1, 3, 5].map(|sixth| footage.hash(candidate.start + length * sixth / 6));
            candidate.distances = candidate.hashes.map(|hash| nearest(hash, &self.seen, FAR));
            candidates.push(candidate);
        };
        if footage.analysis.duration_us < shortest {
            // Shorter than requested: use the longest stretch of it, if that is most of
            // it.
            let legal = |(start, end)| Some((places.legal.ins.next(start)?, places.legal.outs.last(end)?));
            let whole = free.iter().filter_map(legal).max_by_key(|(start, end)| end - start);
            if let Some((start, end)) = whole.filter(|(s, e)| e - s > footage.analysis.duration_us / 2)
                && !footage.is_frozen(start, end)
            {
                keep(self.candidate(position, start, end, 0.0));
            }
            return;
        }
        let merely = |at: i64| Edge { at, worth: -MERELY_LEGAL };
        let firsts = free.iter().filter_map(|(start, _)| places.legal.ins.next(start)).map(merely);
        let mut some = Vec::with_capacity(2 * ENDS + 2);
        for start in places.edges.ins.iter().copied().chain(firsts) {
            let Some((_, limit)) = free.around(start.at) else { continue };
            let (low, high) = (start.at + shortest, limit.min(start.at + longest));
            if low > high {
                continue;
            }
            let outs = &places.edges.outs;
            let from = outs.partition_point(|end| end.at < low);
            let to = outs.partition_point(|end| end.at <= high);
            let middle = outs.partition_point(|end| end.at < start.at + self.request.target_duration_us);
            let near = middle.saturating_sub(ENDS).clamp(from, to)..(middle + ENDS).clamp(from, to);
            some.clear();
            some.extend_from_slice(&outs[near]);
            if some.is_empty() {
                let exact = start.at + self.request.target_duration_us;
                some.extend(places.legal.outs.nearest(exact, low, high).map(merely));
            }
            let mut of_start: Vec<Candidate> = some
                .iter()
                .filter(|end| end.at > start.at && !footage.is_frozen(start.at, end.at))
                .map(|end| self.candidate(position, start.at, end.at, start.worth + end.worth))
                .collect();
            of_start.sort_by(|a, b| b.worth.total_cmp(&a.worth));
            of_start.into_iter().take(KEPT).for_each(&mut keep);
        }
    }
}
