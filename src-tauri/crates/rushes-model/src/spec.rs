//! What an export has to meet: encoding, loudness, and the platform's limits.

use serde::{Deserialize, Serialize};

use crate::framing::FrameSize;

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
