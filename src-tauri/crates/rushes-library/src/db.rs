//! The library file: opening it, its connections and its snapshots. Knows nothing of the
//! tables; what has to read rows is in `upkeep`.

pub(crate) mod checking;
mod chores;
pub(crate) mod library;
mod moved;
mod open;
pub mod paths;
pub(crate) mod reserve;
pub(crate) mod snapshots;

pub use library::Library;
