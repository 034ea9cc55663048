//! The edit list.

use serde::{Deserialize, Serialize};

use crate::ids::SourceId;

/// One entry of an edit list: a stretch of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Cut {
    /// The source.
    pub source_id: SourceId,
    /// In point in the source, in microseconds.
    pub in_us: i64,
    /// Out point in the source, in microseconds.
    pub out_us: i64,
}

impl Cut {
    /// Its length, in microseconds.
    pub fn length_us(&self) -> i64 {
        self.out_us - self.in_us
    }
}
