//! What a rendering is asked to be: framing, captions, sound and encoding.
//!
//! Plain values, stored by the library and edited in the window. All numbers
//! are integers: thousandths, hundredths of a percent (basis points),
//! thousandths of a decibel.

use serde::{Deserialize, Serialize};

/// How a picture is fitted into a frame of another aspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum FramingMode {
    /// Crop to fill the frame around the centre.
    Fill,
    /// Whole picture with bars.
    Fit,
    /// Whole picture over a blurred, enlarged copy of itself.
    Blur,
}

/// Framing with its adjustable centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Framing {
    /// Fill, fit or blur.
    pub mode: FramingMode,
    /// Centre of a crop from the left, 0 to 10 000 basis points of the width.
    pub centre_x_bp: u32,
    /// Centre of a crop from the top, 0 to 10 000 basis points of the height.
    pub centre_y_bp: u32,
}

impl Default for Framing {
    fn default() -> Self {
        Self { mode: FramingMode::Fill, centre_x_bp: 5000, centre_y_bp: 5000 }
    }
}

/// One caption: text shown from `start_us` to `end_us` of the clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Cue {
    /// First moment, in microseconds from the clip's beginning.
    pub start_us: i64,
    /// Moment after the last, in microseconds from the clip's beginning.
    pub end_us: i64,
    /// Text, lines separated by `\n`.
    pub text: String,
}

/// Where captions stand in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum CaptionPosition {
    /// Near the upper edge.
    Top,
    /// In the middle.
    Middle,
    /// Near the lower edge.
    Bottom,
}

/// How captions look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CaptionStyle {
    /// Font family.
    pub font: String,
    /// Height of the text in thousandths of the frame's height (10 to 200).
    pub size_permille: u32,
    /// Fill colour as `#RRGGBB`.
    pub colour: String,
    /// Outline colour as `#RRGGBB`.
    pub outline_colour: String,
    /// Width of the outline in thousandths of the frame's height (0 to 20).
    pub outline_permille: u32,
    /// Top, middle or bottom.
    pub position: CaptionPosition,
    /// Distance from that edge in thousandths of the frame's height (0 to 450).
    pub margin_permille: u32,
    /// Bold face.
    pub bold: bool,
}

impl Default for CaptionStyle {
    fn default() -> Self {
        Self {
            font: "Inter".into(),
            size_permille: 42,
            colour: "#FFFFFF".into(),
            outline_colour: "#000000".into(),
            outline_permille: 3,
            position: CaptionPosition::Bottom,
            // Clear of what every platform lays over a portrait film.
            margin_permille: 360,
            bold: true,
        }
    }
}

/// The picture's encoding in a final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "codec", rename_all = "snake_case")]
pub enum VideoEncoding {
    /// x264, High profile, constant quality with a ceiling.
    H264 {
        /// Constant rate factor (0 to 51).
        crf: u32,
        /// Ceiling of the bit rate in kbit/s.
        max_kbps: u32,
    },
    /// Apple ProRes 422 HQ.
    Prores,
    /// Avid DNxHR HQ.
    Dnxhr,
    /// The source's own packets, cut at key frames.
    Copy,
}

/// The sound's encoding in a final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "codec", rename_all = "snake_case")]
pub enum AudioEncoding {
    /// AAC-LC at 48 kHz, stereo.
    Aac {
        /// Bit rate in kbit/s.
        kbps: u32,
    },
    /// 16-bit PCM at 48 kHz.
    Pcm,
    /// The source's own packets.
    Copy,
}

/// Loudness that a final is brought to, by EBU R128 measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct LoudnessTarget {
    /// Integrated loudness in thousandths of LUFS (-14 000 is -14 LUFS).
    pub integrated_mlufs: i32,
    /// True-peak ceiling in thousandths of dBTP (-1 000 is -1 dBTP).
    pub true_peak_mdb: i32,
}

/// File format of a final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// MPEG-4 with the index in front (faststart).
    Mp4,
    /// QuickTime.
    Mov,
    /// Matroska.
    Mkv,
}

/// What an export preset asks of a final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ExportSpec {
    /// Width and height of the frame; the source's own where absent.
    pub frame: Option<FrameSize>,
    /// Lowest frame rate in thousandths of frames per second; sources below it
    /// are brought up to it. 0 where any will do.
    pub min_frame_rate_milli: u32,
    /// Highest frame rate in thousandths of frames per second; sources above
    /// it are brought down to it.
    pub max_frame_rate_milli: u32,
    /// File format.
    pub container: Container,
    /// The picture.
    pub video: VideoEncoding,
    /// The sound.
    pub audio: AudioEncoding,
    /// Loudness to normalise to; untouched where absent.
    pub loudness: Option<LoudnessTarget>,
    /// Longest clip the platform takes, in microseconds.
    pub max_duration_us: Option<i64>,
    /// Largest file the platform takes, in bytes.
    pub max_bytes: Option<i64>,
}

/// A frame in square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct FrameSize {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
}
