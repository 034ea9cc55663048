//! Running ffmpeg: how it is held, quietened, cancelled and found again, and what
//! is told when it fails.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod faults;
mod hand;
mod room;
