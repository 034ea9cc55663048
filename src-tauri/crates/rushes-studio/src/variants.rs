//! Putting segments together to variants: sequential, random or weighted.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rushes_library::ids::SourceId;
use rushes_library::model::SelectionMode;
use serde::{Deserialize, Serialize};

/// Rests shorter than this are left out rather than shown, in microseconds.
const SHORTEST_US: i64 = 500_000;

/// A stretch of a source with its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    pub source_id: SourceId,
    pub in_us: i64,
    pub out_us: i64,
    pub weight: u32,
}

/// Makes `count` variants of about `target_us`. In each, no stretch appears
/// twice; the last is cut short to meet the target. Equal input gives equal
/// variants.
///
/// Weighted order draws without replacement, each time with a probability in
/// proportion to the weights (Efraimidis and Spirakis 2006: sort by u^(1/w)).
pub(crate) fn assemble(
    stretches: &[Stretch],
    count: u32,
    mode: SelectionMode,
    target_us: i64,
    seed: u64,
) -> Vec<Vec<Stretch>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut next = 0;
    let mut variants: Vec<Vec<Stretch>> = Vec::new();
    for _ in 0..count {
        // A draw that came out before is drawn again a few times: variants are
        // there to differ, where they can.
        let mut variant = Vec::new();
        for _ in 0..20 {
            let order = match mode {
                SelectionMode::Sequential => {
                    let mut order = stretches.to_vec();
                    order.rotate_left(next % stretches.len().max(1));
                    order
                }
                SelectionMode::Random => {
                    let mut order = stretches.to_vec();
                    order.shuffle(&mut random);
                    order
                }
                SelectionMode::Weighted => by_weight(stretches, &mut random),
            };
            variant = fill(&order, target_us);
            if mode == SelectionMode::Sequential || !variants.contains(&variant) {
                break;
            }
        }
        next += variant.len();
        variants.push(variant);
    }
    variants
}

fn by_weight(stretches: &[Stretch], random: &mut ChaCha8Rng) -> Vec<Stretch> {
    let mut keyed: Vec<(f64, Stretch)> = stretches
        .iter()
        .map(|stretch| (random.random::<f64>().powf(1.0 / f64::from(stretch.weight.max(1))), *stretch))
        .collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0));
    keyed.into_iter().map(|(_, stretch)| stretch).collect()
}

fn fill(order: &[Stretch], target_us: i64) -> Vec<Stretch> {
    let mut left = target_us;
    let mut taken: Vec<Stretch> = Vec::new();
    for stretch in order {
        let length = stretch.out_us - stretch.in_us;
        if !taken.is_empty() && left < SHORTEST_US {
            break;
        }
        let length = length.min(left);
        taken.push(Stretch { out_us: stretch.in_us + length, ..*stretch });
        left -= length;
    }
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn stretch(number: i64, length_us: i64, weight: u32) -> Stretch {
        let source_id = SourceId(uuid::Uuid::from_u128(number as u128));
        Stretch { source_id, in_us: 0, out_us: length_us, weight }
    }

    #[test]
    fn sequential_variants_go_on_where_the_one_before_ended() {
        let all: Vec<_> = (0..4).map(|n| stretch(n, 5_000_000, 1)).collect();
        let made = assemble(&all, 2, SelectionMode::Sequential, 10_000_000, 0);
        assert_eq!(made[0], all[..2]);
        assert_eq!(made[1], all[2..]);
    }

    #[test]
    fn a_heavy_segment_opens_as_often_as_its_weight_says() {
        let all = [stretch(0, 5_000_000, 9), stretch(1, 5_000_000, 1)];
        let mut opened: HashMap<SourceId, u32> = HashMap::new();
        for seed in 0..2_000 {
            let made = assemble(&all, 1, SelectionMode::Weighted, 5_000_000, seed);
            *opened.entry(made[0][0].source_id).or_default() += 1;
        }
        // 0.9 of 2 000 with a standard deviation of 13.
        let heavy = opened[&all[0].source_id];
        assert!((1_730..=1_870).contains(&heavy), "{heavy}");
    }

    proptest! {
        #[test]
        fn variants_meet_the_target_and_never_repeat_a_segment(
            lengths in prop::collection::vec(600_000_i64..30_000_000, 1..12),
            count in 1_u32..8,
            target_us in 1_000_000_i64..60_000_000,
            seed in any::<u64>(),
            mode in prop::sample::select(vec![
                SelectionMode::Sequential, SelectionMode::Random, SelectionMode::Weighted,
            ]),
        ) {
            let all: Vec<_> = lengths.iter().zip(0..).map(|(l, n)| stretch(n, *l, 1 + n as u32)).collect();
            let made = assemble(&all, count, mode, target_us, seed);
            prop_assert_eq!(made.len(), count as usize);
            prop_assert_eq!(&made, &assemble(&all, count, mode, target_us, seed));
            let whole: i64 = lengths.iter().sum();
            for variant in made {
                let length: i64 = variant.iter().map(|s| s.out_us - s.in_us).sum();
                prop_assert!(length <= target_us);
                prop_assert!(length > target_us - SHORTEST_US || length == whole);
                let mut ids: Vec<_> = variant.iter().map(|s| s.source_id).collect();
                ids.sort();
                ids.dedup();
                prop_assert_eq!(ids.len(), variant.len());
            }
        }
    }
}
