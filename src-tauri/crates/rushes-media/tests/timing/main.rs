//! Whether picture and sound come from the requested time: films whose frames show
//! their number and whose sound encodes the second, in containers with and without an
//! index, with clocks that jump, and with formats that change.
#![allow(clippy::unwrap_used)]

mod choosing;
mod clocks;
mod forms;
mod lossless;
mod real;
mod room;
mod seeking;
mod sounds;
mod stills;
