//! What a probe tells about a source, as plain values.

use serde::{Deserialize, Serialize};

/// Facts about a source video, read once when it is added.
///
/// Widths and heights are those of the upright picture with square pixels:
/// what an editor sees, after rotation and sample aspect ratio are applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct SourceFacts {
    /// Length of the picture, in microseconds.
    pub duration_us: i64,
    /// Size of the file in bytes.
    pub size_bytes: i64,
    /// Container as ffprobe names it, for example `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// The footage; covers and attached pictures are never taken for it.
    pub video: VideoFacts,
    /// The first sound stream, when there is one.
    pub audio: Option<AudioFacts>,
    /// Number of subtitle streams.
    pub subtitle_streams: u32,
    /// Presentation time of the first picture in the file's own clock, in
    /// microseconds. Times everywhere else count from this moment.
    pub start_us: i64,
}

/// The picture of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct VideoFacts {
    /// Index of the stream in the file.
    pub stream_index: u32,
    /// Codec as ffmpeg names it (`h264`, `hevc`, `vp8`, …).
    pub codec: String,
    /// Pixel format as ffmpeg names it.
    pub pixel_format: String,
    /// Width of the upright picture with square pixels.
    pub width: u32,
    /// Height of the upright picture with square pixels.
    pub height: u32,
    /// Width as coded.
    pub coded_width: u32,
    /// Height as coded.
    pub coded_height: u32,
    /// Clockwise rotation that players apply: 0, 90, 180 or 270 degrees.
    pub rotation_deg: u32,
    /// Sample aspect ratio, numerator; 1 where the file does not say.
    pub sar_num: u32,
    /// Sample aspect ratio, denominator; 1 where the file does not say.
    pub sar_den: u32,
    /// Average frame rate in thousandths of frames per second.
    pub frame_rate_milli: u32,
    /// Whether timestamps are unevenly spaced.
    pub variable_frame_rate: bool,
    /// Whether the transfer function is PQ or HLG.
    pub hdr: bool,
    /// Transfer characteristics as ffmpeg names them, when known.
    pub transfer: Option<String>,
    /// Build of x264 that made a 4:4:4 stream, where the file tells it.
    #[serde(default)]
    pub x264_build: Option<u32>,
    /// Whether its pictures are two fields each, of different moments.
    #[serde(default)]
    pub interlaced: bool,
}

/// The sound of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct AudioFacts {
    /// Index of the stream in the file.
    pub stream_index: u32,
    /// Codec as ffmpeg names it.
    pub codec: String,
    /// Samples per second.
    pub sample_rate_hz: u32,
    /// Number of channels.
    pub channels: u32,
    /// Channel layout as ffmpeg names it (`stereo`, `mono`, `5.1`, …).
    pub layout: String,
}
