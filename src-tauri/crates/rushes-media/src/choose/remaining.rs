//! The footage that is left as clips are taken.

use rushes_model::time::Stretch;

use super::{footage::Footage, spans::Spans, twins::Twins};

/// The footage that may still be taken.
#[derive(Clone)]
pub(super) struct Remaining<'a> {
    /// Free stretches of each source.
    pub free: Vec<Spans>,
    /// Near-duplicates, if they count.
    twins: Option<&'a Twins>,
}

impl<'a> Remaining<'a> {
    pub fn new(footage: &[Footage<'_>], twins: Option<&'a Twins>) -> Self {
        Self { free: footage.iter().map(|footage| footage.free.clone()).collect(), twins }
    }

    /// Takes a stretch, and all its near-duplicates.
    pub fn take(&mut self, footage: usize, start: i64, end: i64) {
        self.free[footage].remove(start, end);
        let Some(twins) = self.twins else { return };
        for (other, twin) in twins.of(footage, Stretch::new(start, end), &self.free) {
            self.free[other].remove(twin.start_us, twin.end_us);
        }
    }

    pub fn holds(&self, footage: usize, start: i64, end: i64) -> bool {
        self.free[footage].holds(start, end)
    }

    pub fn total(&self) -> i64 {
        self.free.iter().map(Spans::total).sum()
    }
}
