//! Types that all other crates share: ids, time, source facts, edit lists, framing,
//! captions, export specs, analysis results and what the editor is told.
//!
//! Plain data and pure functions on it: no IO, no clock, no processes. Numbers are
//! integers: microseconds, thousandths, hundredths of a percent (basis points), thousandths
//! of a decibel.

pub mod analysis;
pub mod captions;
pub mod choice;
pub mod edit;
pub mod facts;
pub mod framing;
pub mod ids;
pub mod notice;
pub mod parts;
pub mod spec;
pub mod time;
