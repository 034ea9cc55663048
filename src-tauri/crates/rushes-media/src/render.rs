//! Rendering: finals for their platforms, clips as files and their sound, proxies and
//! stills.
//!
//! Everything is cut from the sources themselves, written under a hidden name, checked
//! with a probe, and only then renamed.

pub(crate) mod clip_file;
pub(crate) mod clip_sound;
pub(crate) mod encode;
pub(crate) mod finals;
mod forms;
mod graph;
pub(crate) mod hardware;
mod join;
pub(crate) mod lossless;
mod loudness;
mod pace;
mod pass;
pub(crate) mod proxy;
pub(crate) mod request;
pub(crate) mod still;
