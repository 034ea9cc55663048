//! The binary as its users meet it: real processes, real ffmpeg, a data
//! directory of its own for each test.

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
