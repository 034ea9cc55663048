//! Looking after the library file with knowledge of its rows: checking all of them,
//! the snapshot of the day, going back to one, and erasing what was deleted. Nothing
//! but the public interface lies above it.

mod erasing;
mod looking_after;
mod restoring;
mod verifying;

pub use looking_after::LookedAfter;
