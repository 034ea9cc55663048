//! Montages: good moments of many shots put together, in the order of the
//! footage after an opening that is another for each.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{
    ChoiceRequest, Footage, ProposedClip, ProposedCut, bounds,
    score::{Scores, novelty},
};

/// Pieces that a montage is made of where the footage allows.
const PIECES: i64 = 6;
/// Shortest and longest piece, in microseconds: below, a picture cannot be
/// read; above, it is a highlight.
const SHORTEST_PIECE_US: i64 = 700_000;
const LONGEST_PIECE_US: i64 = 4_000_000;
/// How far chance may lift a piece.
const CHANCE: f64 = 0.1;

/// A piece of one shot that may be used once.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    footage: usize,
    start: i64,
    end: i64,
    worth: f64,
    hash: u64,
}

impl Chunk {
    fn length(&self) -> i64 {
        self.end - self.start
    }
}

pub(super) fn choose(
    sources: &[Footage<'_>],
    scores: &Scores,
    request: &ChoiceRequest,
    random: &mut ChaCha8Rng,
) -> Vec<ProposedClip> {
    let target_us = request.target_duration_us;
    let (shortest, _) = bounds(target_us);
    let free: i64 = sources.iter().map(|footage| footage.free.total()).sum();
    let whole: i64 = sources.iter().map(|footage| footage.analysis.duration_us).sum();
    let least = if whole < shortest { free } else { shortest };
    if free == 0 || free < least {
        return Vec::new();
    }
    let wanted = piece_length(target_us);
    let mut pool = chunks(sources, scores, wanted, random);
    let mut openings = Vec::new();
    let mut clips = Vec::new();
    for variant in 0..request.count as usize {
        let left: i64 = pool.iter().map(Chunk::length).sum();
        // What is too short for the target as a whole gives its whole, once.
        let enough = if whole < shortest { variant == 0 } else { left >= shortest };
        if !enough || pool.is_empty() {
            break;
        }
        let share = variant * pool.len() / request.count as usize;
        let mut taken = take(&mut pool, share, target_us, &openings);
        let length: i64 = taken.iter().map(Chunk::length).sum();
        if length < shortest && whole >= shortest {
            break;
        }
        trim(&mut taken, target_us);
        openings.extend(taken.first().map(|chunk| chunk.hash));
        clips.push(told(sources, scores, &taken, &openings));
    }
    clips
}

fn piece_length(target_us: i64) -> i64 {
    (target_us / PIECES).clamp(SHORTEST_PIECE_US, LONGEST_PIECE_US).min(target_us)
}

/// All shots in pieces of about `wanted`, in the order of the footage.
fn chunks(sources: &[Footage<'_>], scores: &Scores, wanted: i64, random: &mut ChaCha8Rng) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for (position, footage) in sources.iter().enumerate() {
        for shot in &footage.analysis.shots {
            for (start, end) in footage.free.iter() {
                let (start, end) = (start.max(shot.start_us), end.min(shot.end_us));
                let whole = footage.analysis.duration_us;
                if end - start < SHORTEST_PIECE_US.min(wanted).min(whole) {
                    continue;
                }
                let count = ((end - start) / wanted).max(1);
                for number in 0..count {
                    let from = start + number * ((end - start) / count);
                    let to = (from + wanted).min(end);
                    let ranks = scores.ranks(position, from, to);
                    let worth = scores.worth(ranks) + random.random::<f64>() * CHANCE;
                    chunks.push(Chunk { footage: position, start: from, end: to, worth, hash: shot.hash });
                }
            }
        }
    }
    chunks
}

/// Takes pieces for one montage: an opening from near `share` in the pool, then
/// the best of each region of what is left, until the target is filled.
fn take(pool: &mut Vec<Chunk>, share: usize, target_us: i64, openings: &[u64]) -> Vec<Chunk> {
    let region = share.min(pool.len() - 1)..(share + pool.len().div_ceil(4)).min(pool.len());
    let value = |chunk: &Chunk| chunk.worth + 0.5 * novelty(chunk.hash, openings);
    let opening = region.max_by(|a, b| value(&pool[*a]).total_cmp(&value(&pool[*b]))).unwrap_or(0);
    let opening = pool.remove(opening);
    let mut length = opening.length();
    let mut rest: Vec<Chunk> = Vec::new();
    while length < target_us && !pool.is_empty() {
        // As many regions as pieces are still wanted, the best of each.
        let mean = pool.iter().map(Chunk::length).sum::<i64>() / pool.len() as i64;
        let wanted = ((target_us - length + mean - 1) / mean.max(1)).clamp(1, pool.len() as i64) as usize;
        let mut picks: Vec<usize> = (0..wanted)
            .filter_map(|n| {
                let from = n * pool.len() / wanted;
                let to = (n + 1) * pool.len() / wanted;
                (from..to).max_by(|a, b| pool[*a].worth.total_cmp(&pool[*b].worth))
            })
            .collect();
        picks.sort_unstable_by(|a, b| b.cmp(a));
        for pick in picks {
            if length >= target_us {
                break;
            }
            let chunk = pool.remove(pick);
            length += chunk.length();
            rest.push(chunk);
        }
    }
    rest.sort_by_key(|chunk| (chunk.footage, chunk.start));
    std::iter::once(opening).chain(rest).collect()
}

/// Takes what is over the target from the ends of the pieces, each its share.
fn trim(taken: &mut [Chunk], target_us: i64) {
    let length: i64 = taken.iter().map(Chunk::length).sum();
    let mut over = length - target_us;
    for chunk in taken.iter_mut() {
        if over <= 0 {
            return;
        }
        let share =
            (i128::from(chunk.length()) * i128::from(length - target_us) / i128::from(length.max(1))) as i64;
        let share = (share + 1).min(over).min(chunk.length() - 1);
        chunk.end -= share;
        over -= share;
    }
}

fn told(sources: &[Footage<'_>], scores: &Scores, taken: &[Chunk], openings: &[u64]) -> ProposedClip {
    let mut ranks = [0.0; 4];
    for chunk in taken {
        let own = scores.ranks(chunk.footage, chunk.start, chunk.end);
        for (sum, rank) in ranks.iter_mut().zip(own) {
            *sum += rank / taken.len() as f64;
        }
    }
    let (opening, before) = openings.split_last().map_or((0, openings), |(last, rest)| (*last, rest));
    let (score_bp, parts) = scores.told(ranks, novelty(opening, before));
    let cuts = taken
        .iter()
        .map(|chunk| ProposedCut {
            source: sources[chunk.footage].index,
            in_us: chunk.start,
            out_us: chunk.end,
        })
        .collect();
    ProposedClip { cuts, score_bp, parts }
}
