//! What a probe finds out about a source, as plain values.

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
    /// The sound tracks, in the order of the file.
    pub audio: Vec<AudioFacts>,
    /// Presentation time of the first picture in the file's own clock, in
    /// microseconds. Times everywhere else count from this moment.
    pub start_us: i64,
    /// How much later the file's own clock puts a picture than the sound that
    /// belongs to it, in microseconds. Where a format does not say when pictures
    /// are shown (AVI), those that are reordered come as late as a decoder holds
    /// them back.
    #[serde(default)]
    pub picture_lag_us: i64,
    /// What a copy was made of whose clock runs through; absent where the source is
    /// as it was.
    #[serde(default)]
    pub rejoined: Option<Rejoined>,
}

/// A file that holds several recordings, each with a clock of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Rejoined {
    /// How many recordings it holds.
    pub parts: u32,
    /// Its fingerprint.
    pub fingerprint: String,
}

impl SourceFacts {
    /// Time of the sound that belongs to the first picture, in the file's own clock, in
    /// microseconds.
    pub fn sound_start_us(&self) -> i64 {
        self.start_us - self.picture_lag_us
    }

    /// Whether its sound has exact timestamps, so that a small deviation is a real gap
    /// between two recordings. In other formats it is mostly rounding, by the clock or the
    /// muxer.
    pub fn has_exact_sound(&self) -> bool {
        self.rejoined.is_some() || matches!(&*self.container, "mpegts" | "mpeg")
    }
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
    /// Average frame rate in thousandths of frames per second.
    pub frame_rate_milli: u32,
    /// Whether timestamps are unevenly spaced.
    pub variable_frame_rate: bool,
    /// Whether the transfer function is PQ or HLG.
    pub hdr: bool,
    /// Transfer characteristics as ffmpeg names them, when known.
    pub transfer: Option<String>,
    /// Matrix coefficients as ffmpeg names them, when known.
    #[serde(default)]
    pub matrix: Option<String>,
    /// Primaries as ffmpeg names them, when known.
    #[serde(default)]
    pub primaries: Option<String>,
    /// Whether its pictures can be transparent in places.
    #[serde(default)]
    pub alpha: bool,
    /// Build of x264 that made a 4:4:4 stream, where the file tells it.
    #[serde(default)]
    pub x264_build: Option<u32>,
    /// What its pictures are made of, where that is two fields each, of different
    /// moments.
    #[serde(default)]
    pub fields: Option<Fields>,
    /// Whether the file has other moving pictures, which a player may show instead.
    #[serde(default)]
    pub has_rivals: bool,
}

/// How interlaced pictures are known as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Fields {
    /// Each picture says it of itself, and which field comes first.
    Told,
    /// No picture says it; they look like it, the first line's field first.
    Top,
    /// No picture says it; they look like it, the second line's field first.
    Bottom,
}

/// A sound track of a source.
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
    /// Title or language, where the file has one.
    pub title: Option<String>,
    /// Whether the file names it as the one to play.
    pub is_default: bool,
    /// What was heard of it when the source was added.
    pub heard: Heard,
    /// Whether it is used. Those that are used are mixed.
    pub used: bool,
}

/// What was heard of a sound track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Sound.
    Sound,
    /// Sound in one of two channels, as from a microphone on one side. It is
    /// brought to both sides.
    OneSide,
    /// Nothing.
    Silence,
}

impl SourceFacts {
    /// The sound tracks that are used.
    pub fn used_audio(&self) -> impl Iterator<Item = &AudioFacts> {
        self.audio.iter().filter(|track| track.used)
    }

    /// Whether any of the tracks in use is audible.
    pub fn is_heard(&self) -> bool {
        self.used_audio().any(|track| track.heard != Heard::Silence)
    }
}

/// Most recordings in one file. A clock that jumps more often means a damaged file.
pub const MOST_PARTS: usize = 200;
