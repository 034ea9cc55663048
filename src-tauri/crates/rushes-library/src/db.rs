//! The library file: opening it, its connections and its snapshots. This room lies
//! below the tables; what has to read their rows is in `upkeep`.

pub(crate) mod checking;
mod chores;
pub(crate) mod library;
mod moved;
mod open;
pub mod paths;
pub(crate) mod reserve;
pub(crate) mod snapshots;

pub use library::Library;
