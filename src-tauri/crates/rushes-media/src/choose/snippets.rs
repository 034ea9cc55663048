//! The snippets that montages are made of: clean parts of one shot, of a suitable length,
//! with legal edges, on a beat if one is near.

use super::{
    footage::Footage,
    legal::{Legal, nearest},
    remaining::Remaining,
    request::bounds,
    score::Scores,
};

/// Usual number of snippets in a montage.
const SNIPPETS: i64 = 6;
/// Shortest cut, in microseconds: below this, a picture cannot be read.
pub(super) const SHORTEST_CUT_US: i64 = 700_000;
/// A longer snippet, in microseconds, would be a highlight.
const LONGEST_SNIPPET_US: i64 = 4_000_000;
/// How far an edge may move to fall on an onset, in microseconds.
const BEAT_US: i64 = 150_000;

/// How long snippets are, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    pub least: i64,
    pub wanted: i64,
    pub most: i64,
}

impl Lengths {
    /// For montages of `target_us` from this much footage. The longest snippet is a
    /// quarter of a montage with the usual number of snippets, so that the last one does
    /// not exceed the tolerance.
    pub fn new(target_us: i64, whole_us: i64) -> Self {
        let snippets = (target_us / SHORTEST_CUT_US).clamp(1, SNIPPETS);
        let wanted = (target_us / snippets).clamp(1, LONGEST_SNIPPET_US);
        let least = SHORTEST_CUT_US.min(wanted * 3 / 4).min(whole_us).max(1);
        let most = (wanted * 3 / 2).min(bounds(target_us).1).max(least);
        Self { least, wanted, most }
    }
}

/// A clean part of one shot that may be used once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Snippet {
    pub footage: usize,
    /// Its shot, numbered across all footage.
    pub shot: usize,
    pub start: i64,
    pub end: i64,
    pub worth: f64,
    /// Whether it begins or ends within speech that is longer than a snippet.
    pub strained: bool,
    pub hash: u64,
    /// The region of the free footage it begins in.
    pub region: usize,
}

impl Snippet {
    pub fn length(&self) -> i64 {
        self.end - self.start
    }
}

/// All snippets in the order of the footage.
pub(super) fn snippets(
    footage: &[Footage<'_>],
    scores: &Scores,
    remaining: &Remaining<'_>,
    lengths: Lengths,
    regions: usize,
) -> Vec<Snippet> {
    let total = remaining.total().max(1);
    let mut snippets = Vec::new();
    let (mut free_before, mut first_shot) = (0, 0);
    for (position, source) in footage.iter().enumerate() {
        let free = &remaining.free[position];
        let monologues = !source.monologues(lengths.most).is_empty();
        let lenient =
            monologues.then(|| Legal::new(source.analysis, |speech| speech.length_us() <= lengths.most));
        let onsets = source.analysis.sound.as_ref().map_or(&[][..], |sound| &sound.onsets);
        for (number, shot) in source.analysis.shots.iter().enumerate() {
            for (start, end) in free.within(shot.clear_us(), shot.end_us) {
                let strict = tile(&source.legal, onsets, start, end, lengths);
                let strained = lenient.iter().flat_map(|legal| {
                    let gaps = gaps(&strict, start, end);
                    gaps.flat_map(|(a, b)| quiet_tiles(source, legal, a, b, lengths)).collect::<Vec<_>>()
                });
                let strained = strained.map(|tile| (tile, true)).collect::<Vec<_>>();
                let mut tiles: Vec<_> = strict.iter().map(|tile| (*tile, false)).chain(strained).collect();
                tiles.retain(|((start, end), _)| !source.is_frozen(*start, *end));
                tiles.sort_unstable();
                snippets.extend(tiles.into_iter().map(|((from, to), strained)| {
                    let place = free_before + (source_place(free, from));
                    let parts = scores.parts(source, position, from, to);
                    Snippet {
                        footage: position,
                        shot: first_shot + number,
                        start: from,
                        end: to,
                        worth: scores.worth(parts) + scores.favour(source, position, from, to),
                        strained,
                        hash: source.hash(from + (to - from) / 2),
                        region: (i128::from(place) * regions as i128 / i128::from(total)) as usize,
                    }
                }));
            }
        }
        free_before += free.total();
        first_shot += source.analysis.shots.len();
    }
    snippets
}

/// How much free footage of a source comes before `at`.
pub(super) fn source_place(free: &super::spans::Spans, at: i64) -> i64 {
    free.within(0, at).map(|(start, end)| end - start).sum()
}

/// Splits a stretch into consecutive snippets.
fn tile(legal: &Legal, onsets: &[i64], start: i64, end: i64, lengths: Lengths) -> Vec<(i64, i64)> {
    let mut tiles = Vec::new();
    let mut at = start;
    while let Some(first) = legal.ins.next(at).filter(|first| end - first >= lengths.least) {
        let begin = nearest(onsets, first, BEAT_US)
            .filter(|beat| *beat > first && end - beat >= lengths.least && legal.ins.contains(*beat))
            .unwrap_or(first);
        // If speech follows soon, begin at the end of the pause.
        let last = legal.ins.around(first).map_or(first, |(_, after)| after - 1).min(end - lengths.least);
        let found = [begin, last.max(first)]
            .into_iter()
            .find_map(|begin| Some((begin, ending(legal, onsets, begin, end, lengths)?)));
        match found {
            Some((begin, out)) => {
                tiles.push((begin, out));
                at = out;
            }
            None => at = last.max(first) + 1,
        }
    }
    tiles
}

/// Where a snippet from `begin` ends, so that the rest up to `end` divides into snippets of
/// equal length.
fn ending(legal: &Legal, onsets: &[i64], begin: i64, end: i64, lengths: Lengths) -> Option<i64> {
    let (low, high) = (begin + lengths.least, end.min(begin + lengths.most));
    let left = end - begin;
    let count = ((left + lengths.wanted / 2) / lengths.wanted).max(1);
    let exact = begin + left / count;
    if count == 1 && end <= high && legal.outs.contains(end) {
        return Some(end);
    }
    nearest(onsets, exact, BEAT_US)
        .filter(|beat| (low..=high).contains(beat) && legal.outs.contains(*beat))
        .or_else(|| legal.outs.nearest(exact, low, high))
}

/// The gaps that snippets leave in a stretch.
fn gaps(tiles: &[(i64, i64)], start: i64, end: i64) -> impl Iterator<Item = (i64, i64)> + '_ {
    let starts = [start].into_iter().chain(tiles.iter().map(|tile| tile.1));
    let ends = tiles.iter().map(|tile| tile.0).chain([end]);
    starts.zip(ends)
}

/// Snippets of a stretch that is spoken throughout: each ends in a silence or at a quiet
/// moment, near the wanted length.
fn quiet_tiles(
    source: &Footage<'_>,
    legal: &Legal,
    start: i64,
    end: i64,
    lengths: Lengths,
) -> Vec<(i64, i64)> {
    let windows = &source.analysis.windows;
    let half = rushes_model::analysis::WINDOW_US / 2;
    // Quiet moments replace onsets: the middle of the quietest of the next few windows.
    let quiet = |at: i64| {
        let from = windows.partition_point(|w| w.start_us + half < at - lengths.wanted / 4);
        let to = windows.partition_point(|w| w.start_us + half <= at + lengths.wanted / 4);
        windows[from..to.max(from)].iter().min_by_key(|w| w.loudness_mlufs).map(|w| w.start_us + half)
    };
    let mut tiles = Vec::new();
    let mut at = start;
    while let Some(begin) = legal.ins.next(at).filter(|first| end - first >= lengths.least) {
        let (low, high) = (begin + lengths.least, end.min(begin + lengths.most));
        let exact = (begin + lengths.wanted).min(end);
        let out = quiet(exact)
            .filter(|quiet| (low..=high).contains(quiet) && legal.outs.contains(*quiet))
            .or_else(|| legal.outs.nearest(exact, low, high));
        match out {
            Some(out) => {
                tiles.push((begin, out));
                at = out;
            }
            None => at = begin + lengths.least,
        }
    }
    tiles
}
