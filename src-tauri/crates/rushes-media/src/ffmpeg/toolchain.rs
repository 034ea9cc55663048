//! The pair of ffmpeg and ffprobe that everything is done with.

use std::path::PathBuf;

/// A pair of ffmpeg and ffprobe that was found to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// The ffmpeg binary.
    pub ffmpeg: PathBuf,
    /// The ffprobe binary.
    pub ffprobe: PathBuf,
    /// Version as ffmpeg tells it, for example `5.1.9-0+deb12u1`.
    pub version: String,
    /// Whether zscale and tonemap are there, so that HDR and wide colours can be
    /// brought to BT.709.
    pub converts_colours: bool,
    /// Whether libvpx decodes, which alone reads the transparency of WebM.
    pub reads_vpx_alpha: bool,
}
