//! Running ffmpeg: how it is paused, deprioritised, cancelled and found again, and
//! which errors are reported.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod faults;
mod hand;
mod room;
