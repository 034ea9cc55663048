//! Pages of long lists, and the outcomes of bulk calls.

use rushes_model::notice::Notice;
use serde::{Deserialize, Serialize};

/// One page of a list, and where the next begins.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub struct Page<T> {
    /// The rows, in the asked order.
    pub items: Vec<T>,
    /// Hand this back to get the next page; absent on the last.
    pub next_cursor: Option<String>,
    /// How many rows there are in all under the same filter.
    pub total: u32,
}

/// What became of one item of a bulk call.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub struct ItemOutcome<T> {
    /// What the caller named: an id or a path.
    pub item: String,
    /// The result, where it was done.
    pub done: Option<T>,
    /// Why it was refused, where it was not.
    pub refused: Option<Refusal>,
}

/// Why an item was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Refusal {
    /// What happened and what to do next.
    pub notice: Notice,
    /// What helps a report; empty where there is no more to tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}
