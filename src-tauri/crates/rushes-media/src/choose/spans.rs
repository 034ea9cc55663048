//! Sets of stretches of time that do not touch each other.

/// Half-open stretches in order, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spans {
    spans: Vec<(i64, i64)>,
}

impl Spans {
    /// From 0 to `duration_us`.
    pub fn whole(duration_us: i64) -> Self {
        Self { spans: if duration_us > 0 { vec![(0, duration_us)] } else { Vec::new() } }
    }

    /// Takes a stretch out.
    pub fn remove(&mut self, start: i64, end: i64) {
        if end <= start {
            return;
        }
        self.spans = self
            .spans
            .iter()
            .flat_map(|&(a, b)| [(a, b.min(start)), (a.max(end), b)])
            .filter(|(a, b)| b > a)
            .collect();
    }

    /// The stretch that `at` lies in.
    pub fn around(&self, at: i64) -> Option<(i64, i64)> {
        let index = self.spans.partition_point(|(_, end)| *end <= at);
        self.spans.get(index).copied().filter(|(start, _)| *start <= at)
    }

    /// Whether all of a stretch is in the set.
    pub fn holds(&self, start: i64, end: i64) -> bool {
        self.around(start).is_some_and(|(_, last)| end <= last)
    }

    /// The stretches in order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.spans.iter().copied()
    }

    /// Length of all stretches together.
    pub fn total(&self) -> i64 {
        self.spans.iter().map(|(start, end)| end - start).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_removed_is_gone_and_nothing_else(
            removed in prop::collection::vec((-20i64..120, 0i64..30), 0..8)
        ) {
            let mut spans = Spans::whole(100);
            for (start, length) in &removed {
                spans.remove(*start, start + length);
            }
            for at in 0..100 {
                let gone = removed.iter().any(|(start, length)| (*start..start + length).contains(&at));
                prop_assert_eq!(spans.around(at).is_none(), gone);
            }
        }
    }
}
