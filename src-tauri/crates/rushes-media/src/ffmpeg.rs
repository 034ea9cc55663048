//! Finding, running and controlling ffmpeg, and reading its log.
//!
//! This module knows nothing about what is rendered.

pub(crate) mod args;
pub(crate) mod control;
pub(crate) mod discover;
pub(crate) mod input;
pub(crate) mod log;
pub(crate) mod process;
pub(crate) mod run;
pub(crate) mod stderr;
pub(crate) mod toolchain;
