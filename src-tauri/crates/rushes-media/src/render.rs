//! Rendering: previews, finals for their platforms, proxies and stills.
//!
//! Everything is cut from the sources themselves, written under a hidden name, checked
//! with a probe, and only then renamed.

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
pub(crate) mod preview;
pub(crate) mod proxy;
pub(crate) mod request;
pub(crate) mod still;
