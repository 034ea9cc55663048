//! How a final is encoded: codec arguments for picture and sound, and the size
//! estimate.

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::{
    framing::FrameSize,
    spec::{AudioEncoding, Container, ExportSpec, VideoEncoding},
};

use super::{
    hardware::{HardwareEncoder, Quality},
    pace::expected_rate,
};
use crate::{
    edit::{Piece, Rate, expected_duration_us},
    filters::{
        colour::{ColourSpace, is_deep},
        geometry::even,
    },
};

/// Apple ProRes 422 HQ at 1920×1080 and 29.97 frames a second, in bits per second
/// (Apple, "ProRes White Paper", target data rates).
const PRORES_HQ_BPS: f64 = 220e6;
/// Avid DNxHR HQ at 1920×1080 and 29.97 frames a second, in bits per second (Avid,
/// "DNxHR codec bandwidth specifications").
const DNXHR_HQ_BPS: f64 = 220e6;
/// Pixels per second behind the two figures above.
const HD_PIXELS_PER_S: f64 = 1920.0 * 1080.0 * 29.97;
/// Bits per pixel of ordinary camera footage with x264 `medium` at CRF 23.
const H264_BITS_PER_PIXEL: f64 = 0.085;

/// How an edit is encoded.
#[derive(Debug, Clone)]
pub(crate) struct Encoding<'a> {
    pub spec: &'a ExportSpec,
    pub frame: FrameSize,
    pub rate: Rate,
    pub format: Format,
    /// x264's preset.
    pub preset: &'static str,
    pub gop_frames: i64,
    /// The hardware encoder to use for H.264 instead of x264.
    pub hardware: Option<HardwareEncoder>,
}

impl Encoding<'_> {
    /// Whether a hardware encoder is used for the picture.
    pub fn in_hardware(&self) -> bool {
        self.hardware.is_some() && matches!(self.spec.video, VideoEncoding::H264 { .. })
    }

    /// The filters that convert the picture to the encoder's input format.
    pub fn pixels(&self) -> String {
        match (self.hardware, &self.spec.video) {
            (Some(hardware), VideoEncoding::H264 { .. }) => hardware.pixels().into(),
            _ => format!("format={}", self.format.pixels),
        }
    }

    /// Adds codec, rate and container arguments.
    pub fn add(&self, command: &mut FfmpegCommand) {
        let Self { spec, rate, .. } = self;
        command.args(["-fps_mode", "cfr", "-r", &rate.ratio()]);
        self.add_video(command);
        self.format.colour.add_tags(command);
        match spec.audio {
            AudioEncoding::Aac { kbps } => {
                command.args(["-c:a", "aac", "-b:a", &format!("{kbps}k")]);
            }
            // Filtered sound cannot be copied.
            AudioEncoding::Pcm | AudioEncoding::Copy => {
                command.args(["-c:a", "pcm_s16le"]);
            }
        }
        command.args(["-ar", "48000", "-ac", "2"]);
        // A final is published: the camera's location and owner are removed.
        command.args(["-map_metadata", "-1", "-map_chapters", "-1"]);
        add_container(command, spec.container);
    }

    fn add_video(&self, command: &mut FfmpegCommand) {
        match self.spec.video {
            VideoEncoding::H264 { crf, max_kbps } => {
                match self.hardware {
                    Some(hardware) => {
                        let expected = h264_bps(self.frame, self.rate, crf, max_kbps) / 1000.0;
                        let quality = Quality { crf, expected_kbps: expected as u32, max_kbps };
                        hardware.add_encoder(command, quality);
                    }
                    None => {
                        command.args(["-c:v", "libx264", "-profile:v", "high", "-preset", self.preset]);
                        command.args(["-crf", &crf.to_string(), "-pix_fmt", "yuv420p"]);
                        // A buffer of two seconds leaves room for the bits of a flash
                        // or a cut.
                        command.args(["-maxrate", &format!("{max_kbps}k")]);
                        command.args(["-bufsize", &format!("{}k", max_kbps.saturating_mul(2))]);
                    }
                }
                command.args(["-g", &self.gop_frames.max(1).to_string()]);
            }
            VideoEncoding::Prores => {
                command.args(["-c:v", "prores_ks", "-profile:v", "hq", "-vendor", "apl0"]);
            }
            VideoEncoding::Dnxhr => {
                let profile = if is_deep(self.format.pixels) { "dnxhr_hqx" } else { "dnxhr_hq" };
                command.args(["-c:v", "dnxhd", "-profile:v", profile]);
            }
            VideoEncoding::Copy => {
                command.args(["-c:v", "copy"]);
            }
        }
    }
}

/// Bit rate of ordinary footage in H.264, in bits a second.
fn h264_bps(frame: FrameSize, rate: Rate, crf: u32, max_kbps: u32) -> f64 {
    let quality = 2f64.powf((23.0 - f64::from(crf)) / 6.0);
    (pixels_per_s(frame, rate) * H264_BITS_PER_PIXEL * quality).min(f64::from(max_kbps) * 1000.0)
}

fn pixels_per_s(frame: FrameSize, rate: Rate) -> f64 {
    f64::from(frame.width) * f64::from(frame.height) * (rate.num as f64 / rate.den as f64)
}

/// Adds the muxer and its options.
pub(crate) fn add_container(command: &mut FfmpegCommand, container: Container) {
    match container {
        Container::Mp4 => command.args(["-movflags", "+faststart", "-f", "mp4"]),
        Container::Mov => command.args(["-movflags", "+faststart", "-f", "mov"]),
        Container::Mkv => command.args(["-f", "matroska"]),
    };
}

/// File name suffix of this container.
pub(crate) fn suffix(container: Container) -> &'static str {
    match container {
        Container::Mp4 => ".mp4",
        Container::Mov => ".mov",
        Container::Mkv => ".mkv",
    }
}

/// The demuxer that reads this container.
pub(crate) fn demuxer(container: Container) -> &'static str {
    match container {
        Container::Mp4 | Container::Mov => "mov",
        Container::Mkv => "matroska",
    }
}

/// Pixel format and colour of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Format {
    /// Pixel format.
    pub pixels: &'static str,
    pub colour: ColourSpace,
}

impl Format {
    /// BT.709 for platforms. A master keeps the colours and the bit depth of its
    /// sources, if they all have the same.
    pub fn of(video: &VideoEncoding, pieces: &[Piece]) -> Self {
        let own = || ColourSpace::shared(pieces).unwrap_or_else(ColourSpace::bt709);
        let deep = pieces.iter().any(|piece| is_deep(&piece.facts.video.pixel_format));
        match video {
            VideoEncoding::H264 { .. } | VideoEncoding::Copy => {
                Self { pixels: "yuv420p", colour: ColourSpace::bt709() }
            }
            VideoEncoding::Dnxhr if !deep => Self { pixels: "yuv422p", colour: own() },
            VideoEncoding::Prores | VideoEncoding::Dnxhr => Self { pixels: "yuv422p10le", colour: own() },
        }
    }
}

/// The frame size of an edit: the requested one, or the first piece's own upright size,
/// rounded to even.
pub(crate) fn frame(spec: &ExportSpec, pieces: &[Piece]) -> FrameSize {
    let own = || {
        let video = pieces.first().map(|piece| &piece.facts.video);
        video.map_or((2, 2), |video| (video.width, video.height))
    };
    let (width, height) = spec.frame.map_or_else(own, |frame| (frame.width, frame.height));
    FrameSize { width: even(width), height: even(height) }
}

/// A rough estimate of a final's size in bytes.
///
/// H.264 at constant quality takes 0.085 bits per pixel of ordinary footage at CRF 23,
/// and half as many for every 6 that CRF increases, but never more than the ceiling.
/// ProRes and DNxHR take what their vendors publish, in proportion to pixels and rate.
/// Stream copy takes the sources' own share. Sound and one percent for the container
/// are added. Real finals are between half and double of this, depending on the
/// footage.
pub fn estimate_bytes(spec: &ExportSpec, pieces: &[Piece]) -> i64 {
    if spec.video == VideoEncoding::Copy {
        return pieces
            .iter()
            .map(|piece| {
                let share = piece.length_us().max(0) as f64 / piece.facts.duration_us.max(1) as f64;
                (piece.facts.size_bytes as f64 * share) as i64
            })
            .sum();
    }
    let frame = frame(spec, pieces);
    let rate = expected_rate(pieces, spec);
    let pixels_per_s = pixels_per_s(frame, rate);
    let video_bps = match spec.video {
        VideoEncoding::H264 { crf, max_kbps } => h264_bps(frame, rate, crf, max_kbps),
        VideoEncoding::Prores => PRORES_HQ_BPS * pixels_per_s / HD_PIXELS_PER_S,
        VideoEncoding::Dnxhr => DNXHR_HQ_BPS * pixels_per_s / HD_PIXELS_PER_S,
        VideoEncoding::Copy => 0.0,
    };
    let audio_bps = match spec.audio {
        AudioEncoding::Aac { kbps } => f64::from(kbps) * 1000.0,
        AudioEncoding::Pcm | AudioEncoding::Copy => 48_000.0 * 16.0 * 2.0,
    };
    let seconds = expected_duration_us(pieces).max(0) as f64 / 1e6;
    ((video_bps + audio_bps) / 8.0 * seconds * 1.01) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::tests::piece;

    fn spec(video: VideoEncoding) -> ExportSpec {
        ExportSpec {
            frame: Some(FrameSize { width: 1080, height: 1920 }),
            min_frame_rate_milli: 0,
            max_frame_rate_milli: 30_000,
            container: Container::Mp4,
            video,
            audio: AudioEncoding::Aac { kbps: 192 },
            loudness: None,
            max_duration_us: None,
            max_bytes: None,
        }
    }

    #[test]
    fn the_ceiling_bounds_the_estimate() {
        let ten_seconds = [piece(0, 10_000_000)];
        let bounded = estimate_bytes(&spec(VideoEncoding::H264 { crf: 0, max_kbps: 8000 }), &ten_seconds);
        assert_eq!(bounded, ((8_000_000.0 + 192_000.0) / 8.0 * 10.0 * 1.01) as i64);
    }

    #[test]
    fn a_lossless_cut_takes_its_share_of_the_source() {
        assert_eq!(estimate_bytes(&spec(VideoEncoding::Copy), &[piece(0, 6_000_000)]), 6_000_000);
    }
}
