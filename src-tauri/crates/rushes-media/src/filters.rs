//! Parts of filter graphs that analysis and rendering share.

pub(crate) mod colour;
pub(crate) mod geometry;
pub(crate) mod sound;
