//! Maintenance that needs to know the rows: checking all of them, the daily snapshot,
//! restoring one, and erasing what was deleted. Only the public interface is above this
//! layer.

mod erasing;
mod looking_after;
mod restoring;
mod verifying;

pub use looking_after::LookedAfter;
