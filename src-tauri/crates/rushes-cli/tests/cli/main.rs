//! The binary as users run it: real processes, real ffmpeg, and a data
//! directory per test.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod desk;
mod film;
mod footage;
mod inspect;
mod interrupting;
mod isolation;
mod library;
mod main_job;
mod words;
