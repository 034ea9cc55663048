//! How times and paths are written for ffmpeg.

use std::{ffi::OsString, path::Path};

use crate::files::publish::absolute;

/// A path as ffmpeg takes it literally: absolute and with its protocol, so that
/// neither a leading `-` nor a name like `pipe:1` or `a:b.mp4` means anything.
pub(crate) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(absolute(path));
    url
}

/// Microseconds as seconds with six decimals, as ffmpeg's options take them.
pub(crate) fn seconds(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let us = us.unsigned_abs();
    format!("{sign}{}.{:06}", us / 1_000_000, us % 1_000_000)
}
