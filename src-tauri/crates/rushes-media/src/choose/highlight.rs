//! Highlights: one continuous moment near the target duration, which begins and
//! ends where the footage itself begins or ends something.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::analysis::Stretch;

use super::{
    ChoiceRequest, Footage, ProposedClip, ProposedCut, bounds,
    score::{Scores, novelty},
};

/// Beginnings are also tried this far apart, in microseconds, so that a long
/// take without a cut or a pause has its moments too.
const STEP_US: i64 = 1_000_000;
/// What beginning or ending on a cut is worth, and on a pause.
const ON_CUT: f64 = 0.06;
const ON_PAUSE: f64 = 0.05;
/// What a length off the target by the whole tolerance costs.
const OFF_TARGET: f64 = 0.05;
/// What each cut inside costs: a moment is better whole.
const CUT_INSIDE: f64 = 0.01;
/// How far chance may lift a candidate.
const CHANCE: f64 = 0.08;
/// How much a picture like one that was chosen already loses.
const LIKENESS: f64 = 0.2;

#[derive(Debug, Clone, Copy)]
struct Candidate {
    footage: usize,
    start: i64,
    end: i64,
    worth: f64,
    hash: u64,
}

pub(super) fn choose(
    sources: &[Footage<'_>],
    scores: &Scores,
    request: &ChoiceRequest,
    random: &mut ChaCha8Rng,
) -> Vec<ProposedClip> {
    let mut candidates = Vec::new();
    for (position, footage) in sources.iter().enumerate() {
        collect(position, footage, scores, request.target_duration_us, &mut candidates);
    }
    for candidate in &mut candidates {
        candidate.worth += random.random::<f64>() * CHANCE;
    }
    let mut free: Vec<_> = sources.iter().map(|footage| footage.free.clone()).collect();
    let mut hashes = Vec::new();
    let mut clips = Vec::new();
    while clips.len() < request.count as usize {
        candidates.retain(|c| free[c.footage].holds(c.start, c.end));
        let value = |c: &Candidate| c.worth - LIKENESS * (1.0 - novelty(c.hash, &hashes));
        let Some(best) = candidates.iter().max_by(|a, b| value(a).total_cmp(&value(b))).copied() else {
            break;
        };
        free[best.footage].remove(best.start, best.end);
        let ranks = scores.ranks(best.footage, best.start, best.end);
        let (score_bp, parts) = scores.told(ranks, novelty(best.hash, &hashes));
        hashes.push(best.hash);
        let cut = ProposedCut { source: sources[best.footage].index, in_us: best.start, out_us: best.end };
        clips.push(ProposedClip { cuts: vec![cut], score_bp, parts });
    }
    clips
}

fn collect(
    position: usize,
    footage: &Footage<'_>,
    scores: &Scores,
    target_us: i64,
    candidates: &mut Vec<Candidate>,
) {
    let analysis = footage.analysis;
    let (shortest, longest) = bounds(target_us);
    let edges = Edges::new(footage);
    let mut add = |start: i64, end: i64, bonus: f64| {
        let inside = analysis.shots.iter().filter(|s| s.start_us > start && s.start_us < end).count();
        let off = (end - start - target_us).abs() as f64 / (longest - target_us).max(1) as f64;
        let worth = scores.worth(scores.ranks(position, start, end)) + bonus
            - off.min(1.0) * OFF_TARGET
            - (inside as f64 * CUT_INSIDE).min(0.1);
        let middle = (start + end) / 2;
        let shot = analysis.shots.partition_point(|s| s.end_us <= middle);
        let hash = analysis.shots.get(shot).map_or(0, |shot| shot.hash);
        candidates.push(Candidate { footage: position, start, end, worth, hash });
    };
    if analysis.duration_us < shortest {
        // Shorter than asked: the whole of it, where nothing speaks against it.
        if footage.free.holds(0, analysis.duration_us) {
            add(0, analysis.duration_us, ON_CUT);
        }
        return;
    }
    for &(start, start_bonus) in &edges.starts {
        let Some((_, limit)) = footage.free.around(start) else { continue };
        let limit = limit.min(start + longest);
        if limit - start < shortest {
            continue;
        }
        let exact = (start + target_us).min(limit);
        add(start, exact, start_bonus);
        let first = edges.ends.partition_point(|(end, _)| *end < start + shortest);
        for &(end, end_bonus) in edges.ends[first..].iter().take_while(|(end, _)| *end <= limit) {
            add(start, end, start_bonus + end_bonus);
        }
    }
}

/// Moments at which a highlight may begin or end, with what they are worth.
struct Edges {
    starts: Vec<(i64, f64)>,
    ends: Vec<(i64, f64)>,
}

impl Edges {
    fn new(footage: &Footage<'_>) -> Self {
        let analysis = footage.analysis;
        let mut starts: Vec<(i64, f64)> = Vec::new();
        let mut ends: Vec<(i64, f64)> = Vec::new();
        for shot in &analysis.shots {
            starts.push((shot.start_us, ON_CUT));
            ends.push((shot.end_us, ON_CUT));
        }
        for &Stretch { start_us: start, end_us: end } in analysis.sound.iter().flat_map(|s| &s.silences) {
            // A breath of the pause stays on either side of the words.
            let breath = ((end - start) / 2).min(150_000);
            starts.push((end - breath, ON_PAUSE));
            ends.push((start + breath, ON_PAUSE));
        }
        for (start, end) in footage.free.iter() {
            starts.extend((0..).map(|n| start + n * STEP_US).take_while(|s| *s < end).map(|s| (s, 0.0)));
            ends.push((end, 0.0));
        }
        for edges in [&mut starts, &mut ends] {
            // Of equal moments the one worth more.
            edges.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            edges.dedup_by_key(|edge| edge.0);
        }
        Self { starts, ends }
    }
}
