//! Sets of disjoint time ranges, and how much of a range they cover.

use rushes_model::time::Stretch;

/// Half-open ranges, ordered and not touching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spans {
    spans: Vec<(i64, i64)>,
}

impl Spans {
    /// From 0 to `end` without `left_out`, which may be in any order.
    pub fn without(end: i64, left_out: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut holes: Vec<(i64, i64)> = left_out.into_iter().filter(|(a, b)| b > a).collect();
        holes.sort_unstable();
        let mut spans = Vec::new();
        let mut at = 0;
        for (from, to) in holes {
            if from.min(end) > at {
                spans.push((at, from.min(end)));
            }
            at = at.max(to);
        }
        if end > at {
            spans.push((at, end));
        }
        Self { spans }
    }

    /// Removes a range and returns how much of it was in the set.
    pub fn remove(&mut self, start: i64, end: i64) -> i64 {
        if end <= start {
            return 0;
        }
        let from = self.spans.partition_point(|(_, b)| *b <= start);
        let to = self.spans.partition_point(|(a, _)| *a < end).max(from);
        let touched = &self.spans[from..to];
        let gone = touched.iter().map(|(a, b)| (*b).min(end) - (*a).max(start)).sum();
        let kept: Vec<(i64, i64)> = touched
            .iter()
            .flat_map(|&(a, b)| [(a, b.min(start)), (a.max(end), b)])
            .filter(|(a, b)| b > a)
            .collect();
        self.spans.splice(from..to, kept);
        gone
    }

    /// The range that contains `at`.
    pub fn around(&self, at: i64) -> Option<(i64, i64)> {
        let index = self.spans.partition_point(|(_, end)| *end <= at);
        self.spans.get(index).copied().filter(|(start, _)| *start <= at)
    }

    /// Whether `at` is in the set.
    pub fn contains(&self, at: i64) -> bool {
        self.around(at).is_some()
    }

    /// Whether a whole range is in the set.
    pub fn holds(&self, start: i64, end: i64) -> bool {
        self.around(start).is_some_and(|(_, last)| end <= last)
    }

    /// The first moment of the set at or after `at`.
    pub fn next(&self, at: i64) -> Option<i64> {
        let index = self.spans.partition_point(|(_, end)| *end <= at);
        self.spans.get(index).map(|(start, _)| at.max(*start))
    }

    /// The last moment of the set at or before `at`.
    pub fn last(&self, at: i64) -> Option<i64> {
        let index = self.spans.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        Some(at.min(self.spans[index].1 - 1))
    }

    /// The moment of the set that is nearest to `at`, between `low` and `high`
    /// inclusive.
    pub fn nearest(&self, at: i64, low: i64, high: i64) -> Option<i64> {
        if low > high {
            return None;
        }
        let at = at.clamp(low, high);
        let after = self.next(at).filter(|moment| *moment <= high);
        let before = self.last(at).filter(|moment| *moment >= low);
        match (before, after) {
            (Some(b), Some(a)) => Some(if at - b <= a - at { b } else { a }),
            (one, other) => one.or(other),
        }
    }

    /// The ranges in order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.spans.iter().copied()
    }

    /// The parts of the set between `start` and `end`.
    pub fn within(&self, start: i64, end: i64) -> impl Iterator<Item = (i64, i64)> + '_ {
        let from = self.spans.partition_point(|(_, b)| *b <= start);
        self.spans[from..]
            .iter()
            .take_while(move |(a, _)| *a < end)
            .map(move |(a, b)| ((*a).max(start), (*b).min(end)))
    }

    /// Total length of all ranges.
    pub fn total(&self) -> i64 {
        self.spans.iter().map(|(start, end)| end - start).sum()
    }
}

/// Prefix sums for fast queries of how much of a range is covered.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    /// Start, end, and the total covered before it.
    parts: Vec<(i64, i64, i64)>,
}

impl Cover {
    /// From stretches in order.
    pub fn new(stretches: &[Stretch]) -> Self {
        let mut parts = Vec::with_capacity(stretches.len());
        let (mut at, mut sum) = (0, 0);
        for stretch in stretches {
            let (start, end) = (stretch.start_us.max(at), stretch.end_us);
            if end > start {
                parts.push((start, end, sum));
                sum += end - start;
                at = end;
            }
        }
        Self { parts }
    }

    /// How much is covered up to `at`.
    pub fn upto(&self, at: i64) -> i64 {
        let index = self.parts.partition_point(|(start, ..)| *start < at);
        index.checked_sub(1).map_or(0, |index| {
            let (start, end, before) = self.parts[index];
            before + at.min(end) - start
        })
    }

    /// How much is covered between `start` and `end`.
    pub fn between(&self, start: i64, end: i64) -> i64 {
        self.upto(end) - self.upto(start)
    }

    /// The covered share of `start` to `end`, 0 to 1.
    pub fn share(&self, start: i64, end: i64) -> f64 {
        self.between(start, end) as f64 / (end - start).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stretches() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((-20i64..120, 0i64..30), 0..8)
            .prop_map(|all| all.into_iter().map(|(start, length)| (start, start + length)).collect())
    }

    proptest! {
        #[test]
        fn what_is_removed_is_gone_and_nothing_else(removed in stretches()) {
            let mut spans = Spans::without(100, []);
            for (start, end) in &removed {
                let before = spans.total();
                let gone = spans.remove(*start, *end);
                prop_assert_eq!(before - spans.total(), gone);
            }
            for at in 0..100 {
                let gone = removed.iter().any(|(start, end)| (*start..*end).contains(&at));
                prop_assert_eq!(!spans.contains(at), gone);
            }
            prop_assert_eq!(spans, Spans::without(100, removed));
        }

        #[test]
        fn the_nearest_moment_is_the_nearest(
            removed in stretches(), at in 0i64..100, low in 0i64..100, reach in 0i64..60
        ) {
            let spans = Spans::without(100, removed);
            let high = low + reach;
            let clamped = at.clamp(low, high);
            let wanted = (low..=high).filter(|m| spans.contains(*m)).map(|m| (m - clamped).abs()).min();
            prop_assert_eq!(spans.nearest(at, low, high).map(|m| (m - clamped).abs()), wanted);
        }

        #[test]
        fn a_cover_counts_what_it_covers(mut parts in stretches(), start in 0i64..100, length in 0i64..50) {
            parts.sort_unstable();
            let stretches: Vec<Stretch> = parts.iter().map(|(a, b)| Stretch::new(*a, *b)).collect();
            let wanted = (start..start + length)
                .filter(|at| *at >= 0 && parts.iter().any(|(a, b)| (a..b).contains(&at)))
                .count();
            prop_assert_eq!(Cover::new(&stretches).between(start, start + length), wanted as i64);
        }
    }
}
