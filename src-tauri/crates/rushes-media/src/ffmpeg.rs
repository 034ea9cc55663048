//! Finding ffmpeg, asking it, running it, and telling what it says.
//!
//! Nothing here knows what the pictures are for.

pub(crate) mod args;
pub(crate) mod control;
pub(crate) mod discover;
pub(crate) mod input;
pub(crate) mod log;
pub(crate) mod process;
pub(crate) mod run;
pub(crate) mod stderr;
pub(crate) mod toolchain;
