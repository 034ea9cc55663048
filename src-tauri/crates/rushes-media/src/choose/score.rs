//! What a stretch of footage is worth, by rank within the footage at hand.
//!
//! Ranks and not raw measures: a night scene and a beach have different colours,
//! and what counts is which moment of *this* footage stands out.

use super::Footage;
use crate::analysis::{ScoreParts, WINDOW_US, Window};

/// Weight of each part without novelty, in hundredths. Without sound its weight
/// goes to the others.
const MOTION: f64 = 35.0;
const SHARPNESS: f64 = 25.0;
const COLOUR: f64 = 15.0;
const LOUDNESS: f64 = 25.0;
/// Share of novelty in a score.
const NOVELTY: f64 = 0.15;

/// Ranks of all windows of all sources, ready for means over any stretch.
pub(super) struct Scores {
    /// For each source: running sums over its windows.
    sums: Vec<Vec<[f64; 4]>>,
    has_sound: bool,
}

impl Scores {
    pub fn new(sources: &[Footage<'_>]) -> Self {
        let windows: Vec<&Window> = sources.iter().flat_map(|s| &s.analysis.windows).collect();
        let measures: [fn(&Window) -> i64; 4] = [
            |w| i64::from(w.measures.motion_milli),
            |w| i64::from(w.measures.sharpness_milli),
            |w| i64::from(w.measures.colour_milli),
            |w| w.loudness_mlufs.map_or(i64::MIN, i64::from),
        ];
        let sorted = measures.map(|measure| {
            let mut values: Vec<i64> = windows.iter().map(|w| measure(w)).collect();
            values.sort_unstable();
            values
        });
        let rank = |part: usize, value: i64| {
            let values = &sorted[part];
            let below = values.partition_point(|v| *v < value);
            let upto = values.partition_point(|v| *v <= value);
            // The middle of its equals, so that a still film ranks at a half.
            (below + upto) as f64 / (2 * values.len().max(1)) as f64
        };
        let sums = sources
            .iter()
            .map(|source| {
                let mut running = vec![[0.0; 4]];
                let mut sum = [0.0; 4];
                for window in &source.analysis.windows {
                    for (part, measure) in measures.iter().enumerate() {
                        sum[part] += rank(part, measure(window));
                    }
                    running.push(sum);
                }
                running
            })
            .collect();
        Self { sums, has_sound: windows.iter().any(|w| w.loudness_mlufs.is_some()) }
    }

    /// Mean ranks of a stretch: motion, sharpness, colour, loudness.
    pub fn ranks(&self, source: usize, start: i64, end: i64) -> [f64; 4] {
        let sums = &self.sums[source];
        let last = sums.len() - 1;
        let from = usize::try_from(start / WINDOW_US).unwrap_or(0).min(last.saturating_sub(1));
        let to = usize::try_from((end + WINDOW_US - 1) / WINDOW_US)
            .unwrap_or(0)
            .clamp(from + 1, last.max(from + 1))
            .min(last);
        let count = (to.max(from + 1) - from) as f64;
        let (a, b) = (sums[from], sums[to.min(last)]);
        std::array::from_fn(|part| (b[part] - a[part]) / count)
    }

    /// Worth of mean ranks, 0 to 1.
    pub fn worth(&self, ranks: [f64; 4]) -> f64 {
        let loudness = if self.has_sound { LOUDNESS } else { 0.0 };
        let weights = [MOTION, SHARPNESS, COLOUR, loudness];
        let sum: f64 = ranks.iter().zip(weights).map(|(rank, weight)| rank * weight).sum();
        sum / weights.iter().sum::<f64>()
    }

    /// Score and its parts for a stretch or a mean of stretches.
    pub fn told(&self, ranks: [f64; 4], novelty: f64) -> (u32, ScoreParts) {
        let score = self.worth(ranks) * (1.0 - NOVELTY) + novelty * NOVELTY;
        let loudness = if self.has_sound { ranks[3] } else { 0.0 };
        let parts = ScoreParts {
            motion_bp: basis_points(ranks[0]),
            sharpness_bp: basis_points(ranks[1]),
            colour_bp: basis_points(ranks[2]),
            loudness_bp: basis_points(loudness),
            novelty_bp: basis_points(novelty),
            ..ScoreParts::default()
        };
        (basis_points(score), parts)
    }
}

/// How far a picture is from those chosen already, 0 to 1: half of the bits of
/// a difference hash differ between pictures that have nothing in common.
pub(super) fn novelty(hash: u64, chosen: &[u64]) -> f64 {
    chosen.iter().map(|other| f64::from((hash ^ other).count_ones()) / 32.0).fold(1.0, f64::min)
}

fn basis_points(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 10_000.0).round() as u32
}
