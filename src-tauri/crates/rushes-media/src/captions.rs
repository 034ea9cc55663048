//! Captions: reading their files, setting them for burning in, their fonts, and the room that platforms leave them.

pub(crate) mod ass;
pub(crate) mod encoding;
pub(crate) mod fonts;
pub(crate) mod safe_area;
pub(crate) mod srt;
mod text;
