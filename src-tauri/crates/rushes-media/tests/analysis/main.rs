//! Analysis of whole files by the real ffmpeg: what is found in them, and that damaged
//! files still give a result for what can be read.
#![allow(clippy::unwrap_used)]

mod broken;
mod laws;
mod names;
mod odd;
mod room;
mod seen;
mod survey;
mod work;
