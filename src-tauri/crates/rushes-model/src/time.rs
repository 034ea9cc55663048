//! Time, in microseconds.

use serde::{Deserialize, Serialize};

/// A stretch of time, half open, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, specta::Type)]
pub struct Stretch {
    /// First moment.
    pub start_us: i64,
    /// First moment after it.
    pub end_us: i64,
}

impl Stretch {
    /// From `start_us` up to `end_us`.
    pub fn new(start_us: i64, end_us: i64) -> Self {
        Self { start_us, end_us }
    }

    /// Its length.
    pub fn length_us(self) -> i64 {
        self.end_us - self.start_us
    }

    /// Whether the two have any moment in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start_us < other.end_us && other.start_us < self.end_us
    }
}
