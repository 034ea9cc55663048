//! Combining segments into variants: in order, at random or weighted.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rushes_library::model::SelectionMode;
use rushes_model::edit::Cut;
use serde::{Deserialize, Serialize};

/// Minimum length of a cut, in microseconds.
const SHORTEST_US: i64 = 500_000;
/// Two variants are alike if they show the same except for this much, or a
/// tenth of their length if that is less. In microseconds.
const UNLIKE_US: i64 = 1_000_000;
/// How many random draws may repeat an existing variant before the remaining
/// orders are searched systematically, and how many draws that search
/// considers.
const DRAWS: usize = 20;
const LOOKED_AT: usize = 10_000;

/// A whole segment as a cut, with the segment's weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WeightedCut {
    #[serde(flatten)]
    pub cut: Cut,
    pub weight: u32,
}

/// Makes variants of about `target_us`: `count` of them, or as many as differ
/// from each other. None shows any footage of a segment twice. Equal input
/// gives equal variants.
///
/// In order, each variant continues where the previous one ended, even within a
/// segment, and wraps around after the last segment, so that everything is
/// shown once before anything repeats. Otherwise each variant is a random order
/// whose last segment is cut short to meet the target. Weighted order draws without
/// replacement, with probabilities proportional to the weights (Efraimidis and
/// Spirakis 2006: sort by u^(1/w)).
pub(crate) fn assemble(
    segments: &[WeightedCut],
    count: u32,
    mode: SelectionMode,
    target_us: i64,
    seed: u64,
) -> Vec<Vec<Cut>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let whole: &[Cut] = &segments.iter().map(|segment| segment.cut).collect::<Vec<_>>();
    let mut tape = Tape { segments: whole, at: 0, gone_us: 0 };
    let mut variants: Vec<Vec<Cut>> = Vec::new();
    if segments.is_empty() {
        return variants;
    }
    while variants.len() < count as usize {
        let is_new = |variant: &Vec<Cut>| !variants.iter().any(|other| are_alike(variant, other));
        let next = match mode {
            SelectionMode::Sequential => Some(tape.next(target_us)).filter(is_new),
            SelectionMode::Random | SelectionMode::Weighted => {
                let mut draw = || {
                    let order = match mode {
                        SelectionMode::Weighted => by_weight(segments, &mut random),
                        _ => shuffled(whole, &mut random),
                    };
                    fill(&order, target_us)
                };
                let drawn = (0..DRAWS).map(|_| draw()).find(is_new);
                drawn.or_else(|| {
                    Left { segments: whole, target_us, looked_at: 0 }.find(&mut Vec::new(), &is_new)
                })
            }
        };
        let Some(next) = next else { break };
        variants.push(next);
    }
    variants
}

/// Whether two variants show the same at the same time, except for a moment.
fn are_alike(a: &[Cut], b: &[Cut]) -> bool {
    let length = |variant: &[Cut]| variant.iter().map(Cut::length_us).sum::<i64>();
    let longer = length(a).max(length(b));
    let same: i64 = placed(a)
        .flat_map(|(from, one)| placed(b).map(move |(at, other)| (from, one, at, other)))
        .filter(|(from, one, at, other)| {
            let apart = (one.in_us - from) - (other.in_us - at);
            one.source_id == other.source_id && apart.abs() < UNLIKE_US
        })
        .map(|(from, one, at, other)| {
            let end = (from + one.length_us()).min(at + other.length_us());
            (end - from.max(at)).max(0)
        })
        .sum();
    longer - same < UNLIKE_US.min(longer / 10)
}

/// The cuts of a variant, each with its start time.
fn placed(variant: &[Cut]) -> impl Iterator<Item = (i64, &Cut)> {
    variant.iter().scan(0, |at, cut| {
        let from = *at;
        *at += cut.length_us();
        Some((from, cut))
    })
}

/// All segments in a row, and where the next variant begins.
struct Tape<'a> {
    segments: &'a [Cut],
    /// The next segment, and how much of it was shown.
    at: usize,
    gone_us: i64,
}

impl Tape<'_> {
    /// The next variant. It is up to twice [`SHORTEST_US`] shorter than the
    /// target if a cut would otherwise be too short.
    fn next(&mut self, target_us: i64) -> Vec<Cut> {
        let whole: i64 = self.segments.iter().map(Cut::length_us).sum();
        let mut left = target_us.min(whole);
        let mut taken: Vec<Cut> = Vec::new();
        while left > 0 {
            let segment = &self.segments[self.at];
            let rest = segment.length_us() - self.gone_us;
            let length = match rest.min(left) {
                // Too little to show, here or in the next variant.
                _ if !taken.is_empty() && left < SHORTEST_US && rest > left => break,
                length if rest - length >= SHORTEST_US || rest == length => length,
                _ if rest >= 2 * SHORTEST_US => rest - SHORTEST_US,
                _ if taken.is_empty() => rest,
                _ => break,
            };
            let in_us = segment.in_us + self.gone_us;
            taken.push(Cut { in_us, out_us: in_us + length, ..*segment });
            left -= length;
            if length == rest {
                (self.at, self.gone_us) = ((self.at + 1) % self.segments.len(), 0);
            } else {
                self.gone_us += length;
                break;
            }
        }
        taken
    }
}

/// Searches all orders for one whose variant is unlike the existing ones.
struct Left<'a> {
    segments: &'a [Cut],
    target_us: i64,
    looked_at: usize,
}

impl Left<'_> {
    /// Continues from the start of an order, given as indexes.
    fn find(&mut self, begun: &mut Vec<usize>, is_new: &impl Fn(&Vec<Cut>) -> bool) -> Option<Vec<Cut>> {
        let order: Vec<Cut> = begun.iter().map(|index| self.segments[*index]).collect();
        let length: i64 = order.iter().map(Cut::length_us).sum();
        if begun.len() == self.segments.len() || self.target_us - length < SHORTEST_US && !order.is_empty() {
            self.looked_at += 1;
            return Some(fill(&order, self.target_us)).filter(is_new);
        }
        for index in 0..self.segments.len() {
            if self.looked_at >= LOOKED_AT {
                break;
            }
            if !begun.contains(&index) {
                begun.push(index);
                let found = self.find(begun, is_new);
                begun.pop();
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

fn shuffled(segments: &[Cut], random: &mut ChaCha8Rng) -> Vec<Cut> {
    let mut order = segments.to_vec();
    order.shuffle(random);
    order
}

fn by_weight(segments: &[WeightedCut], random: &mut ChaCha8Rng) -> Vec<Cut> {
    let mut keyed: Vec<(f64, Cut)> = segments
        .iter()
        .map(|segment| (random.random::<f64>().powf(1.0 / f64::from(segment.weight.max(1))), segment.cut))
        .collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0));
    keyed.into_iter().map(|(_, cut)| cut).collect()
}

fn fill(order: &[Cut], target_us: i64) -> Vec<Cut> {
    let mut left = target_us;
    let mut taken: Vec<Cut> = Vec::new();
    for segment in order {
        if !taken.is_empty() && left < SHORTEST_US {
            break;
        }
        let length = segment.length_us().min(left);
        taken.push(Cut { out_us: segment.in_us + length, ..*segment });
        left -= length;
    }
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use rushes_model::ids::SourceId;

    use super::*;

    fn segment(number: i64, length_us: i64, weight: u32) -> WeightedCut {
        let source_id = SourceId(uuid::Uuid::from_u128(number as u128));
        WeightedCut { cut: Cut { source_id, in_us: 0, out_us: length_us }, weight }
    }

    fn segments(lengths: &[i64]) -> Vec<WeightedCut> {
        lengths.iter().zip(0..).map(|(length, n)| segment(n, *length, 1 + n as u32)).collect()
    }

    /// What variants show, in whole seconds: segment number, in and out point.
    fn plain(variants: &[Vec<Cut>]) -> Vec<Vec<(u128, i64, i64)>> {
        let cut = |c: &Cut| (c.source_id.0.as_u128(), c.in_us / 1_000_000, c.out_us / 1_000_000);
        variants.iter().map(|variant| variant.iter().map(cut).collect()).collect()
    }

    #[test]
    fn in_order_each_goes_on_where_the_one_before_ended() {
        let all = segments(&[8_000_000, 6_000_000, 6_000_000]);
        let made = assemble(&all, 4, SelectionMode::Sequential, 8_000_000, 0);
        assert_eq!(
            plain(&made),
            [
                vec![(0, 0, 8)],
                vec![(1, 0, 6), (2, 0, 2)],
                vec![(2, 2, 6), (0, 0, 4)],
                vec![(0, 4, 8), (1, 0, 4)]
            ]
        );
    }

    #[test]
    fn twelve_of_two_segments_are_as_many_as_differ() {
        let all = segments(&[10_000_000, 10_000_000]);
        let made = |mode, target_us| plain(&assemble(&all, 12, mode, target_us, 7));
        assert_eq!(made(SelectionMode::Sequential, 10_000_000), [[(0, 0, 10)], [(1, 0, 10)]]);
        assert_eq!(made(SelectionMode::Sequential, 30_000_000), [[(0, 0, 10), (1, 0, 10)]]);
        for mode in [SelectionMode::Random, SelectionMode::Weighted] {
            let mut made = made(mode, 15_000_000);
            made.sort_unstable();
            assert_eq!(made, [[(0, 0, 10), (1, 0, 5)], [(1, 0, 10), (0, 0, 5)]]);
        }
    }

    #[test]
    fn variants_that_begin_a_moment_apart_are_alike() {
        // The second round would start half a second before the first.
        let all = segments(&[10_100_000, 10_000_000]);
        let made = assemble(&all, 12, SelectionMode::Sequential, 10_000_000, 0);
        assert_eq!(made.len(), 2, "{made:?}");
    }

    #[test]
    fn a_heavy_segment_opens_as_often_as_its_weight_says() {
        let all = [segment(0, 5_000_000, 9), segment(1, 5_000_000, 1)];
        let mut opened: HashMap<SourceId, u32> = HashMap::new();
        for seed in 0..2_000 {
            let made = assemble(&all, 1, SelectionMode::Weighted, 5_000_000, seed);
            *opened.entry(made[0][0].source_id).or_default() += 1;
        }
        // 0.9 of 2 000 with a standard deviation of 13.
        let heavy = opened[&all[0].cut.source_id];
        assert!((1_730..=1_870).contains(&heavy), "{heavy}");
    }

    proptest! {
        #[test]
        fn variants_differ_meet_the_target_and_never_repeat_footage(
            lengths in prop::collection::vec(600_000_i64..30_000_000, 1..12),
            count in 1_u32..20,
            target_us in 1_000_000_i64..60_000_000,
            seed in any::<u64>(),
            mode in prop::sample::select(vec![
                SelectionMode::Sequential, SelectionMode::Random, SelectionMode::Weighted,
            ]),
        ) {
            let all = segments(&lengths);
            let made = assemble(&all, count, mode, target_us, seed);
            prop_assert!((1..=count as usize).contains(&made.len()));
            prop_assert_eq!(&made, &assemble(&all, count, mode, target_us, seed));
            let whole: i64 = lengths.iter().sum();
            let in_order = mode == SelectionMode::Sequential;
            let slack = if in_order { 2 * SHORTEST_US } else { SHORTEST_US };
            for (number, variant) in made.iter().enumerate() {
                prop_assert!(made[..number].iter().all(|other| !are_alike(variant, other)));
                let length: i64 = variant.iter().map(Cut::length_us).sum();
                prop_assert!(length <= target_us);
                prop_assert!(length > target_us - slack || length == whole);
                prop_assert!(variant.iter().all(|cut| cut.length_us() >= SHORTEST_US));
                let mut shown: Vec<_> = variant.iter().map(|s| (s.source_id, s.in_us, s.out_us)).collect();
                shown.sort();
                for pair in shown.windows(2) {
                    prop_assert!(pair[0].0 != pair[1].0 || in_order && pair[0].2 <= pair[1].1);
                }
            }
        }

        #[test]
        fn in_order_all_is_shown_before_anything_comes_again(
            lengths in prop::collection::vec(500_000_i64..30_000_000, 1..12),
            count in 1_u32..20,
            target_us in 1_000_000_i64..60_000_000,
        ) {
            let all = segments(&lengths);
            let made = assemble(&all, count, SelectionMode::Sequential, target_us, 0);
            // All variants in a row repeat the segments in a row.
            let mut tape = (0, 0);
            for cut in made.iter().flatten() {
                let (index, gone_us) = tape;
                prop_assert_eq!(cut.source_id, all[index].cut.source_id);
                prop_assert_eq!(cut.in_us, gone_us);
                tape = if cut.out_us == all[index].cut.out_us {
                    ((index + 1) % all.len(), 0)
                } else {
                    (index, cut.out_us)
                };
            }
        }

        #[test]
        fn fewer_are_made_only_where_there_are_no_more(
            lengths in prop::collection::vec(1_000_000_i64..10_000_000, 1..5),
            target_us in 1_000_000_i64..30_000_000,
            seed in any::<u64>(),
        ) {
            let all = segments(&lengths);
            let made = assemble(&all, 50, SelectionMode::Weighted, target_us, seed);
            // Any other order gives an existing variant.
            for draw in 0..40 {
                let order = by_weight(&all, &mut ChaCha8Rng::seed_from_u64(draw));
                let variant = fill(&order, target_us);
                prop_assert!(made.iter().any(|other| are_alike(&variant, other)), "{variant:?}");
            }
        }
    }
}
