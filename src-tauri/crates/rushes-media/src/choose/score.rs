//! Scores a stretch of footage by rank within the footage at hand.
//!
//! Ranks rather than raw measures: a night scene and a beach have different colours,
//! and what matters is which moment of *this* footage stands out. A score is the
//! weighted mean of its parts. A part that cannot distinguish moments (loudness without
//! sound, speech if there is none, the pace of highlights without cuts) has no weight.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rushes_model::{
    analysis::{Measures, WINDOW_US, Window},
    choice::{ClipKind, ScoreParts},
};

use super::{footage::Footage, request::ChoiceRequest};

/// Camera movement up to this much makes a picture livelier, half as much as subject
/// movement; anything above is shake or a whip pan and reduces liveliness as much. In
/// thousandths of the longer side per 40 ms: a pan across the picture in three seconds.
const LIVELY_CAMERA: i64 = 13;
/// The pace is 1 for a clip with this many times the cut rate of the footage.
const FAST: f64 = 2.0;
/// Penalty for clipped sound throughout a stretch.
const CLIPPED: f64 = 0.1;
/// How far chance may lift a stretch over nearly equal ones.
const CHANCE: f64 = 0.06;

/// Motion, sharpness, colour, loudness, speech and pace, each 0 to 1. Novelty is
/// separate, because it depends on what was chosen before.
pub(super) type Parts = [f64; 6];
const SPEECH: usize = 4;
const PACE: usize = 5;

/// Ranks of all windows of all footage, ready for means over any stretch.
pub(super) struct Scores {
    /// Running sums of ranks over the windows of each source.
    sums: Vec<Vec<[f64; 4]>>,
    /// The random bonus of each window of each source for this seed.
    luck: Vec<Vec<f64>>,
    /// Weights of the parts and of novelty; they sum to 1.
    weights: [f64; 7],
    /// Cuts per microsecond at which the pace is 1.
    fast: f64,
}

impl Scores {
    pub fn new(footage: &[Footage<'_>], request: &ChoiceRequest) -> Self {
        let windows: Vec<&Window> = footage.iter().flat_map(|f| &f.analysis.windows).collect();
        let measures: [fn(&Window) -> i64; 4] = [
            |w| liveliness(&w.measures),
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
            // Ties get the middle rank, so that a still film ranks at a half. Windows
            // without sound rank at 0 instead.
            if value == i64::MIN { 0.0 } else { (below + upto) as f64 / (2 * values.len().max(1)) as f64 }
        };
        let running = |source: &Footage<'_>| {
            let mut running = vec![[0.0; 4]];
            let mut sum = [0.0; 4];
            for window in &source.analysis.windows {
                for (part, measure) in measures.iter().enumerate() {
                    sum[part] += rank(part, measure(window));
                }
                running.push(sum);
            }
            running
        };
        let mut random = ChaCha8Rng::seed_from_u64(request.seed);
        let mut luck = |source: &Footage<'_>| {
            let windows = source.analysis.windows.iter();
            windows.map(|_| random.random::<f64>() * CHANCE).collect()
        };
        let cuts: usize = footage.iter().map(|f| f.analysis.shots.len().saturating_sub(1)).sum();
        let whole: i64 = footage.iter().map(|f| f.analysis.duration_us).sum();
        let heard = windows.iter().any(|w| w.loudness_mlufs.is_some());
        let spoken = footage.iter().any(|f| f.speech.upto(i64::MAX) > 0);
        let paced = cuts > 0 || request.kind == ClipKind::Montage;
        Self {
            sums: footage.iter().map(running).collect(),
            luck: footage.iter().map(&mut luck).collect(),
            weights: weights(request, [true, true, true, heard, spoken, paced, true]),
            fast: FAST * cuts.max(1) as f64 / whole.max(1) as f64,
        }
    }

    /// The parts of a stretch of one source, without its pace.
    pub fn parts(&self, footage: &Footage<'_>, position: usize, start: i64, end: i64) -> Parts {
        let sums = &self.sums[position];
        let (a, b) = (upto(sums, start), upto(sums, end));
        let windows = ((end - start) as f64 / WINDOW_US as f64).max(f64::EPSILON);
        let mut parts = [0.0; 6];
        for part in 0..4 {
            parts[part] = ((b[part] - a[part]) / windows).clamp(0.0, 1.0);
        }
        parts[SPEECH] = footage.speech.share(start, end);
        parts
    }

    /// The parts, with the pace for a number of cuts in a stretch.
    pub fn paced(&self, mut parts: Parts, cuts: usize, length_us: i64) -> Parts {
        parts[PACE] = (cuts as f64 / length_us.max(1) as f64 / self.fast).min(1.0);
        parts
    }

    /// The parts, with a pace that was measured elsewhere.
    pub fn with_pace(mut parts: Parts, pace: f64) -> Parts {
        parts[PACE] = pace.clamp(0.0, 1.0);
        parts
    }

    /// The score from the parts, without novelty.
    pub fn worth(&self, parts: Parts) -> f64 {
        parts.iter().zip(self.weights).map(|(part, weight)| part * weight).sum()
    }

    /// The contribution of novelty to a score.
    pub fn novelty(&self, novelty: f64) -> f64 {
        novelty * self.weights[6]
    }

    /// The random bonus and the penalty for clipping, for comparing stretches; not part
    /// of the score.
    pub fn favour(&self, footage: &Footage<'_>, position: usize, start: i64, end: i64) -> f64 {
        let luck = self.luck[position].get((start / WINDOW_US) as usize).copied().unwrap_or(0.0);
        luck - CLIPPED * footage.clipped.share(start, end)
    }

    /// The score and its parts.
    pub fn told(&self, parts: Parts, novelty: f64) -> (u32, ScoreParts) {
        let told = ScoreParts {
            motion_bp: basis_points(parts[0]),
            sharpness_bp: basis_points(parts[1]),
            colour_bp: basis_points(parts[2]),
            loudness_bp: basis_points(parts[3]),
            speech_bp: basis_points(parts[SPEECH]),
            novelty_bp: basis_points(novelty),
            pace_bp: basis_points(parts[PACE]),
        };
        (basis_points(self.worth(parts) + self.novelty(novelty)), told)
    }
}

/// Weights of the parts that can distinguish moments, normalised to sum to 1.
fn weights(request: &ChoiceRequest, telling: [bool; 7]) -> [f64; 7] {
    let asked = request.weights;
    let asked = [
        asked.motion,
        asked.sharpness,
        asked.colour,
        asked.loudness,
        asked.speech,
        asked.pace,
        asked.novelty,
    ];
    let kept = |weight: fn(u32) -> f64| -> [f64; 7] {
        std::array::from_fn(|part| if telling[part] { weight(asked[part]) } else { 0.0 })
    };
    let mut weights = kept(f64::from);
    if weights.iter().sum::<f64>() <= 0.0 {
        weights = kept(|_| 1.0);
    }
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// Movement that is good to look at, by which windows are ranked: subject movement
/// counts more than camera movement, and shake counts against it.
fn liveliness(measures: &Measures) -> i64 {
    let camera = i64::from(measures.camera_milli);
    let smooth = camera.min(LIVELY_CAMERA);
    2 * i64::from(measures.subject_milli) + smooth - (camera - smooth)
}

/// Interpolated running sums up to a moment.
fn upto(sums: &[[f64; 4]], at: i64) -> [f64; 4] {
    let index = ((at.max(0) / WINDOW_US) as usize).min(sums.len() - 1);
    let (here, next) = (sums[index], sums[(index + 1).min(sums.len() - 1)]);
    let share = (at - index as i64 * WINDOW_US) as f64 / WINDOW_US as f64;
    std::array::from_fn(|part| here[part] + (next[part] - here[part]) * share.clamp(0.0, 1.0))
}

fn basis_points(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 10_000.0).round() as u32
}

/// Hashes of the chosen pictures, for measuring novelty.
#[derive(Debug, Clone, Default)]
pub(super) struct Pictures {
    hashes: Vec<u64>,
}

impl Pictures {
    /// Mean distance of some pictures from those chosen already. Half of the bits of a
    /// difference hash differ between pictures that have nothing in common.
    pub fn novelty(&self, hashes: &[u64]) -> f64 {
        share_of_nearest(hashes.iter().map(|hash| nearest(*hash, &self.hashes, FAR)), hashes.len())
    }

    pub fn add(&mut self, hashes: &[u64]) {
        self.hashes.extend(hashes);
    }
}

/// Differing bits between pictures that have nothing in common.
pub(super) const FAR: u32 = 32;

/// Distance to the nearest of other pictures, if it is below `least`.
pub(super) fn nearest(hash: u64, others: &[u64], least: u32) -> u32 {
    others.iter().map(|other| (hash ^ other).count_ones()).fold(least, u32::min)
}

/// Novelty from the distances of some pictures to those chosen.
pub(super) fn share_of_nearest(distances: impl Iterator<Item = u32>, count: usize) -> f64 {
    f64::from(distances.sum::<u32>()) / f64::from(FAR) / count.max(1) as f64
}
