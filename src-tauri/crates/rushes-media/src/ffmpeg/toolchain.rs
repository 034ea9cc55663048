//! The ffmpeg and ffprobe binaries in use.

use std::path::PathBuf;

/// A working pair of ffmpeg and ffprobe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// The ffmpeg binary.
    pub ffmpeg: PathBuf,
    /// The ffprobe binary.
    pub ffprobe: PathBuf,
    /// Version as ffmpeg reports it, for example `5.1.9-0+deb12u1`.
    pub version: String,
    /// Whether zscale and tonemap are available, to convert HDR and wide gamuts to
    /// BT.709.
    pub converts_colours: bool,
    /// Whether the libvpx decoders are available; only they read WebM transparency.
    pub reads_vpx_alpha: bool,
}
