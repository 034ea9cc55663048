//! Captions: reading caption files, styling them for burn-in, font checks, and platform
//! safe areas.

pub(crate) mod ass;
pub(crate) mod encoding;
pub(crate) mod fonts;
pub(crate) mod safe_area;
pub(crate) mod srt;
mod text;
