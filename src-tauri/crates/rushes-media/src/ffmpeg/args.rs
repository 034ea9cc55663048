//! Formats times and paths for ffmpeg.

use std::{ffi::OsString, path::Path};

use crate::files::publish::absolute;

/// A path that ffmpeg takes literally: absolute and with its protocol, so that neither
/// a leading `-` nor a name like `pipe:1` or `a:b.mp4` is special.
pub(crate) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(absolute(path));
    url
}

/// Microseconds as seconds with six decimals, as in ffmpeg's options.
pub(crate) fn seconds(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let us = us.unsigned_abs();
    format!("{sign}{}.{:06}", us / 1_000_000, us % 1_000_000)
}
