//! Hardware H.264 encoders: which one works on this machine, and how each is set to a
//! quality.
//!
//! An encoder that a build lists may not work: the card, its driver or the permission
//! to use it may be missing. So each is tried once on a few small frames.

use std::{path::Path, process::Command, time::Duration};

use ffmpeg_sidecar::command::FfmpegCommand;
use tokio::time::timeout;

use crate::{
    ffmpeg::{
        args::file_url,
        discover::lists,
        input,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    probe::probe_within,
};

/// A working encoder finishes the trial in well under a second; loading a driver takes
/// a few. Anything longer is killed.
const PATIENCE: Duration = Duration::from_secs(10);
/// Input of the trial.
const TRIAL: &str = "testsrc2=size=320x240:rate=25:duration=0.4";

/// A hardware H.264 encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HardwareEncoder {
    /// Apple VideoToolbox.
    VideoToolbox,
    /// NVIDIA NVENC.
    Nvenc,
    /// Intel Quick Sync Video.
    Qsv,
    /// The Linux video acceleration API.
    Vaapi,
    /// AMD Advanced Media Framework.
    Amf,
}

/// The target quality of a hardware encode.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quality {
    /// Comparable to x264's constant rate factor.
    pub crf: u32,
    /// Expected bit rate of the picture, in kbit/s.
    pub expected_kbps: u32,
    /// Maximum bit rate, in kbit/s.
    pub max_kbps: u32,
}

impl HardwareEncoder {
    /// ffmpeg's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::VideoToolbox => "h264_videotoolbox",
            Self::Nvenc => "h264_nvenc",
            Self::Qsv => "h264_qsv",
            Self::Vaapi => "h264_vaapi",
            Self::Amf => "h264_amf",
        }
    }

    /// Encoders that this platform can have, the better ones first.
    fn candidates() -> &'static [Self] {
        if cfg!(target_os = "macos") {
            &[Self::VideoToolbox]
        } else if cfg!(windows) {
            &[Self::Nvenc, Self::Qsv, Self::Amf]
        } else {
            &[Self::Nvenc, Self::Qsv, Self::Vaapi]
        }
    }

    /// Adds options that belong before the inputs.
    pub(crate) fn add_device(self, command: &mut FfmpegCommand) {
        if self == Self::Vaapi {
            command.args(["-init_hw_device", "vaapi=card", "-filter_hw_device", "card"]);
        }
    }

    /// The last filter before this encoder.
    pub(crate) fn pixels(self) -> &'static str {
        match self {
            Self::Vaapi => "format=nv12,hwupload",
            Self::Qsv | Self::Amf => "format=nv12",
            Self::VideoToolbox | Self::Nvenc => "format=yuv420p",
        }
    }

    /// Adds the encoder with its own options for a quality below a maximum rate.
    pub(crate) fn add_encoder(self, command: &mut FfmpegCommand, quality: Quality) {
        let Quality { crf, max_kbps, .. } = quality;
        // Equal rates would mean a constant one.
        let expected = quality.expected_kbps.min(max_kbps / 4 * 3).max(1);
        let expected = format!("{expected}k");
        let crf_text = crf.to_string();
        command.args(["-c:v", self.name(), "-profile:v", "high"]);
        match self {
            // From 1 to 100, higher is better.
            Self::VideoToolbox => command.args(["-q:v", &100u32.saturating_sub(2 * crf).max(1).to_string()]),
            Self::Nvenc => command.args(["-rc", "vbr", "-cq", &crf_text, "-b:v", "0"]),
            // Both use the quality-defined variable rate if the driver has it.
            Self::Qsv | Self::Vaapi => command.args(["-global_quality", &crf_text, "-b:v", &expected]),
            Self::Amf => command.args(["-rc", "vbr_peak", "-b:v", &expected]),
        };
        command.args(["-maxrate", &format!("{max_kbps}k")]);
        command.args(["-bufsize", &format!("{}k", max_kbps.saturating_mul(2))]);
    }
}

/// The hardware H.264 encoder that works on this machine; `None` if none does. Every
/// encoder that the build lists is tried, so call this once and keep the result. It
/// belongs to no job, because pausing that job would block everything that waits for
/// the result. A driver that hangs blocks for ten seconds, and dropping the future
/// leaves nothing running.
pub async fn hardware_h264(tools: &Toolchain) -> Option<HardwareEncoder> {
    let ctx = RunContext::quiet();
    let mut asked = Command::new(&tools.ffmpeg);
    asked.args(["-hide_banner", "-encoders"]);
    let listed = run::collect(asked, PATIENCE, &ctx).await.ok()?.stdout_text();
    let folder = tempfile::tempdir().ok()?;
    for encoder in HardwareEncoder::candidates() {
        if !lists(&listed, encoder.name()) {
            continue;
        }
        let file = folder.path().join(encoder.name());
        let works = timeout(PATIENCE, works(tools, *encoder, &file, &ctx)).await.unwrap_or(false);
        tracing::info!(encoder = encoder.name(), works, "tried an encoder in hardware");
        if works {
            return Some(*encoder);
        }
    }
    None
}

/// Whether an encoder produces H.264 that can be decoded.
async fn works(tools: &Toolchain, encoder: HardwareEncoder, file: &Path, ctx: &RunContext) -> bool {
    let mut encode = run::ffmpeg(tools);
    encoder.add_device(&mut encode);
    encode.args(["-f", "lavfi", "-i", TRIAL, "-vf", encoder.pixels()]);
    encoder.add_encoder(&mut encode, Quality { crf: 23, expected_kbps: 1000, max_kbps: 4000 });
    encode.args(["-f", "mp4"]).arg(file_url(file));
    let mut decode = run::ffmpeg(tools);
    decode.arg("-xerror").args(input::known("mov")).arg("-i").arg(file_url(file)).args(["-f", "null", "-"]);
    succeeds(encode, ctx).await
        && probe_within(tools, file, ctx).await.is_ok_and(|facts| facts.video.codec == "h264")
        && succeeds(decode, ctx).await
}

async fn succeeds(command: FfmpegCommand, ctx: &RunContext) -> bool {
    run::collect(Command::from(command), PATIENCE, ctx).await.is_ok_and(|answer| answer.status.success())
}
