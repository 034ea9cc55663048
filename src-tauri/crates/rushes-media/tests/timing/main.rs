//! Whether pictures and sound are those of the time that was asked for: films
//! whose pictures bear their number and whose sound tells the second, in
//! containers with and without an index, with clocks that leap, and in forms
//! that change.
#![allow(clippy::unwrap_used)]

mod choosing;
mod clocks;
mod forms;
mod lossless;
mod real;
mod room;
mod seeking;
