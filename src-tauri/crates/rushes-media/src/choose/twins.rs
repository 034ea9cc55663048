//! Near-duplicates: stretches that look and sound the same, in one source or in two:
//! footage imported twice or re-encoded, a title or a take repeated.
//!
//! The picture is not enough. In an hour of interview from one camera every window
//! looks like every other, and yet each answer is a different moment. So two windows
//! match only if their pictures are close *and* they move and sound alike, and a match
//! counts in proportion to how unlikely it is. The picture counts by how rare it is in
//! all the footage, but only once while it stays the same: the next window of a shot is
//! not further evidence. Motion and sound count in every window, by how rare they are
//! among windows with the same picture.
//!
//! Windows are aligned at a constant offset, and the run around a match is extended in
//! both directions, also beyond the stretch in question, while the evidence grows: a
//! match adds its bits, a mismatch subtracts [`MISMATCH_BITS`], and the extension ends
//! where the sum falls [`DROP_BITS`] below its maximum (the ungapped extension of
//! BLAST, Altschul et al. 1990). Runs with more evidence than chance produces in that
//! much footage are twins. That takes a second or two where pictures change, a few more
//! in a repeated take, and never happens in talk in front of the same camera, where the
//! sound distinguishes the answers.
//!
//! Without motion and sound, nothing distinguishes two windows. Those count
//! [`STILL_BITS`] however common they are, provided that their picture is hardly ever
//! shown otherwise. This holds for a title, but not for a slide that is shown through a
//! pause in a talk.
//!
//! Footage that moves and sounds to a beat matches itself over and over: an hour of
//! exercises in front of one camera is not a repeated take. There, motion and sound are
//! no evidence, and only the pictures count.

use std::collections::HashMap;

use rushes_model::{
    analysis::{WINDOW_US, Window},
    time::Stretch,
};

use super::{footage::Footage, heard::SILENT_MLUFS, spans::Spans};

/// Pictures are close up to this Hamming distance of their difference hashes.
const NEAR_BITS: u32 = 8;
/// Loudness is alike up to this difference, in thousandths of LU.
const LIKE_LOUDNESS: i32 = 1500;
/// Motion is alike up to this difference plus a quarter of the larger value, in
/// thousandths; below it nothing moves.
const LIKE_MOTION: i32 = 3;
const STILL_MOTION: i32 = 1;
/// What a mismatch subtracts from the evidence of a run, and how much every match falls
/// short of full evidence: log-odds for identical footage whose windows match seven
/// times in ten.
const MISMATCH_BITS: f32 = 1.7;
const DOUBT_BITS: f32 = 0.5;
/// How far the evidence may fall below its maximum before the run ends.
const DROP_BITS: f32 = 8.0;
/// Least bits of a match without motion and sound, and the share of the windows with
/// that picture that must be still and silent for it.
const STILL_BITS: f32 = 6.0;
const STILL_SHARE: f32 = 0.75;
/// A beat repeats after at least this many windows and at most [`REACH`], in this share
/// of this many consecutive windows, and at this many distances.
const BEAT_LEAST: usize = 4;
const BEAT_SHARE: f32 = 0.6;
const BEAT_ROW: usize = 16;
const BEAT_TIMES: u32 = 3;
/// Evidence required beyond what chance produces: once in 2^12 choices.
const SURE_BITS: f32 = 12.0;
/// Evidence without a mismatch that starts a run.
const SEED_BITS: f32 = 6.0;
/// How many times runs are started within the length that it takes to be sure, and the
/// fewest and most windows between two starts.
const SEEDS: f32 = 4.0;
const SEED_STEPS: (f32, f32) = (2.0, 8.0);
/// How many windows a run may extend from its first match, either way.
const REACH: usize = 60;
/// How many windows are sampled to estimate how common another is.
const SAMPLE: usize = 256;

/// The features of a window that are compared.
#[derive(Debug, Clone, Copy)]
struct Look {
    hash: u64,
    motion: i32,
    loudness: i32,
    /// Evidence of a match of its picture, and of its motion and sound.
    picture_bits: f32,
    other_bits: f32,
}

impl Look {
    fn new(window: &Window) -> Self {
        Self {
            hash: window.hash,
            motion: window.measures.motion_milli.min(1 << 20) as i32,
            loudness: window.loudness_mlufs.unwrap_or(SILENT_MLUFS).max(SILENT_MLUFS),
            picture_bits: 0.0,
            other_bits: 0.0,
        }
    }

    fn looks_like(&self, other: &Self) -> bool {
        (self.hash ^ other.hash).count_ones() <= NEAR_BITS
    }

    fn matches(&self, other: &Self) -> bool {
        // Cheapest checks first: this runs many million times.
        (self.loudness - other.loudness).abs() <= LIKE_LOUDNESS
            && (self.motion - other.motion).abs() <= LIKE_MOTION + self.motion.max(other.motion) / 4
            && self.looks_like(other)
    }

    /// Loudness and motion, quantised in steps as wide as the tolerance: any match is
    /// in the same cell or an adjacent one.
    fn cell(&self) -> (i32, i32) {
        // Motions a and b are alike up to a ratio of 4 to 3 between a + 12 and b + 12.
        let step = (f64::from(self.motion + 4 * LIKE_MOTION) / 12.0).ln() / (4.0f64 / 3.0).ln();
        (self.loudness.div_euclid(LIKE_LOUDNESS), step as i32)
    }

    /// Adds the evidence of a match, from a sample of all windows and from those around
    /// it, itself included. Half a count is used for what did not occur.
    fn weighed(self, sample: &[Self], around: &[Self]) -> Self {
        let alike = |looks: &[Self]| looks.iter().filter(|other| self.looks_like(other)).count() as f32;
        let still = |looks: &[Self]| {
            looks.iter().filter(|other| other.is_still() && self.looks_like(other)).count() as f32
        };
        let same = |looks: &[Self]| looks.iter().filter(|other| self.matches(other)).count() as f32;
        let pictures = alike(sample);
        let picture_bits = (sample.len() as f32 / (pictures + 0.5)).log2().max(0.0);
        let (pictures, matches) = (pictures + alike(around) - 1.0, same(sample) + same(around) - 1.0);
        let other_bits = (((pictures + 1.0) / (matches + 0.5)).log2() - DOUBT_BITS).max(0.0);
        let other_bits = if !self.is_still() {
            other_bits
        } else if still(sample) + still(around) >= STILL_SHARE * (pictures + 1.0) {
            other_bits.max(STILL_BITS)
        } else {
            0.0
        };
        Self { picture_bits, other_bits, ..self }
    }

    fn is_still(&self) -> bool {
        self.loudness <= SILENT_MLUFS && self.motion <= STILL_MOTION
    }
}

/// Whether motion and sound repeat to a beat, for each window of a source.
fn beats(looks: &[Look]) -> Vec<bool> {
    let mut times = vec![0; looks.len()];
    for distance in BEAT_LEAST..=REACH.min(looks.len().saturating_sub(1)) {
        let mut sums = vec![0u32];
        for (one, other) in looks.iter().zip(&looks[distance..]) {
            sums.push(sums[sums.len() - 1] + u32::from(one.matches(other)));
        }
        let mut upto = 0;
        for (from, row) in sums.windows(BEAT_ROW + 1).enumerate() {
            if (row[BEAT_ROW] - row[0]) as f32 >= BEAT_SHARE * BEAT_ROW as f32 {
                for at in upto.max(from)..from + BEAT_ROW {
                    times[at] += 1;
                    times[at + distance] += 1;
                }
                upto = from + BEAT_ROW;
            }
        }
    }
    times.into_iter().map(|times| times >= BEAT_TIMES).collect()
}

/// Windows at the same offset that are twins: `from` to `to` of one source.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: usize,
    to: usize,
    evidence: f32,
}

/// The windows of all footage, indexed for finding twins.
pub(super) struct Twins {
    looks: Vec<Vec<Look>>,
    /// The windows of each source by [`Look::cell`].
    cells: Vec<HashMap<(i32, i32), Vec<usize>>>,
    /// Evidence that makes twins.
    needed: f32,
}

impl Twins {
    pub fn new(footage: &[Footage<'_>]) -> Self {
        let plain: Vec<Vec<Look>> =
            footage.iter().map(|f| f.analysis.windows.iter().map(Look::new).collect()).collect();
        let count = plain.iter().map(Vec::len).sum::<usize>().max(1);
        let sample: Vec<Look> = plain.iter().flatten().step_by(count.div_ceil(SAMPLE)).copied().collect();
        let weighed = |own: &Vec<Look>| {
            let around = |at: usize| &own[at.saturating_sub(REACH)..own.len().min(at + REACH)];
            let mut looks: Vec<Look> =
                own.iter().enumerate().map(|(at, look)| look.weighed(&sample, around(at))).collect();
            for (look, _) in looks.iter_mut().zip(beats(own)).filter(|(look, beat)| *beat && !look.is_still())
            {
                look.other_bits = 0.0;
            }
            looks
        };
        let looks: Vec<Vec<Look>> = plain.iter().map(weighed).collect();
        let cells = looks.iter().map(|own| {
            let mut cells: HashMap<_, Vec<usize>> = HashMap::new();
            for (at, look) in own.iter().enumerate() {
                cells.entry(look.cell()).or_default().push(at);
            }
            cells
        });
        Self { cells: cells.collect(), looks, needed: (count as f32).log2() + SURE_BITS }
    }

    /// The parts of the free footage that show the same as a stretch of one source.
    pub fn of(&self, source: usize, stretch: Stretch, free: &[Spans]) -> Vec<(usize, Stretch)> {
        let own = &self.looks[source];
        let from = (stretch.start_us.max(0) / WINDOW_US) as usize;
        let to = ((stretch.end_us + WINDOW_US - 1).max(0) / WINDOW_US).min(own.len() as i64) as usize;
        let mut found = Vec::new();
        for (other, free) in free.iter().enumerate() {
            let theirs = &self.looks[other];
            let is_free = |window: usize| {
                let start = window as i64 * WINDOW_US;
                free.within(start, start + WINDOW_US).next().is_some()
            };
            // For each offset, the window up to which it was compared.
            let mut done: HashMap<isize, usize> = HashMap::new();
            let mut next = from;
            while next < to {
                let at = next;
                let look = &own[at];
                // Include the last one: the other source may begin within the stretch.
                next = if at + 1 < to { (at + self.step(look)).min(to - 1) } else { to };
                for beside in self.near(other, look) {
                    if (source == other && beside == at) || !look.matches(&theirs[beside]) {
                        continue;
                    }
                    let offset = beside as isize - at as isize;
                    if !is_seed(own, theirs, at, beside)
                        || done.get(&offset).is_some_and(|upto| *upto > at)
                        || !is_free(beside)
                    {
                        continue;
                    }
                    let run = extend(own, theirs, at, beside);
                    done.insert(offset, run.to.max(at + 1));
                    if run.evidence >= self.needed {
                        let shown = shared(stretch, run);
                        let shift = offset as i64 * WINDOW_US;
                        found.push((other, Stretch::new(shown.start_us + shift, shown.end_us + shift)));
                    }
                }
            }
        }
        found
    }

    /// Windows between two places where runs are started.
    fn step(&self, look: &Look) -> usize {
        let (least, most) = SEED_STEPS;
        (self.needed / look.other_bits.max(1.0) / SEEDS).clamp(least, most) as usize
    }

    /// Windows of a source that may match.
    fn near(&self, source: usize, look: &Look) -> impl Iterator<Item = usize> + '_ {
        let (loudness, motion) = look.cell();
        let cells =
            (loudness - 1..=loudness + 1).flat_map(move |l| (motion - 1..=motion + 1).map(move |m| (l, m)));
        cells.filter_map(move |cell| self.cells[source].get(&cell)).flatten().copied()
    }
}

/// The part of a stretch that lies in the windows of a run.
fn shared(stretch: Stretch, run: Run) -> Stretch {
    Stretch::new(
        stretch.start_us.max(run.from as i64 * WINDOW_US),
        stretch.end_us.min(run.to as i64 * WINDOW_US),
    )
}

/// Whether the matches without a gap around two windows are enough evidence to look
/// further.
fn is_seed(own: &[Look], theirs: &[Look], at: usize, beside: usize) -> bool {
    let mut sum = own[at].picture_bits + own[at].other_bits;
    let most = (own.len() - at).min(theirs.len() - beside).min(REACH);
    let mut ahead = 1;
    while sum < SEED_BITS && ahead < most && own[at + ahead].matches(&theirs[beside + ahead]) {
        sum += own[at + ahead].other_bits;
        ahead += 1;
    }
    let most = at.min(beside).min(REACH);
    let mut behind = 1;
    while sum < SEED_BITS && behind <= most && own[at - behind].matches(&theirs[beside - behind]) {
        sum += own[at - behind].other_bits;
        behind += 1;
    }
    sum >= SEED_BITS
}

/// The run around a match.
fn extend(own: &[Look], theirs: &[Look], at: usize, beside: usize) -> Run {
    let forth = own[at + 1..].iter().zip(&theirs[beside + 1..]).take(REACH);
    let back = own[..at].iter().rev().zip(theirs[..beside].iter().rev()).take(REACH);
    let here = &own[at];
    let (after, gained_after) = best(here, forth);
    let (before, gained_before) = best(here, back);
    let evidence = here.picture_bits + here.other_bits + gained_after + gained_before;
    Run { from: at - before, to: at + 1 + after, evidence }
}

/// How many of the pairs beside a match belong to its run, and their evidence.
fn best<'a>(here: &'a Look, pairs: impl Iterator<Item = (&'a Look, &'a Look)>) -> (usize, f32) {
    let (mut sum, mut most, mut length) = (0.0, 0.0, 0);
    let mut last = here;
    for (index, (a, b)) in pairs.enumerate() {
        if !a.matches(b) {
            sum -= MISMATCH_BITS;
        } else if a.looks_like(last) {
            sum += a.other_bits;
        } else {
            sum += a.other_bits + a.picture_bits;
            last = a;
        }
        // Matches without evidence belong to it too.
        if sum >= most {
            (most, length) = (sum, index + 1);
        }
        if sum < most - DROP_BITS {
            break;
        }
    }
    (length, most)
}
