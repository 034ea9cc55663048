//! Values that all other crates speak of: ids, time, facts of a source, edit lists, framing,
//! captions, what is asked of a file, and what analysis tells.
//!
//! Plain data, with what follows from it alone. Nothing here reads a file, asks a clock or
//! runs a program. Numbers are integers: microseconds, thousandths, hundredths of a percent
//! (basis points), thousandths of a decibel.

pub mod analysis;
pub mod captions;
pub mod choice;
pub mod edit;
pub mod facts;
pub mod framing;
pub mod ids;
pub mod spec;
pub mod time;
