//! Decoder information that is lost when seeking.
//!
//! x264 before build 151 wrote 4:4:4 pictures with a bug that decoders work around if
//! they know the build. The build is only in the very first packet, so decoding from
//! the middle yields garbage, as with every ffmpeg on its own.

use std::process::Command;

use rushes_model::facts::VideoFacts;

use super::{ffprobe::Ffprobe, file::PATIENCE};
use crate::ffmpeg::{args::file_url, run};

/// The signature of x264 in its streams, before the build.
const SIGNATURE: &[u8] = b"x264 - core ";

/// The build of x264 that made a 4:4:4 stream, if it is signed. Other streams do not
/// need it.
pub(crate) async fn x264_build(file: Ffprobe<'_>, video: &VideoFacts) -> Option<u32> {
    if video.codec != "h264" || !video.pixel_format.contains("444") {
        return None;
    }
    let mut command = run::ffmpeg(file.tools);
    command.args(file.opening()).arg("-i").arg(file_url(file.path));
    command.args(["-map", &format!("0:{}", video.stream_index), "-c", "copy"]);
    command.args(["-frames:v", "1", "-f", "data", "pipe:1"]);
    let mut plain = Command::new(command.as_inner().get_program());
    plain.args(command.as_inner().get_args());
    let first_packet = run::collect(plain, PATIENCE, file.ctx).await.ok()?.stdout;
    let at = first_packet.windows(SIGNATURE.len()).position(|words| words == SIGNATURE)?;
    let digits: String = first_packet[at + SIGNATURE.len()..]
        .iter()
        .map_while(|byte| byte.is_ascii_digit().then_some(char::from(*byte)))
        .collect();
    digits.parse().ok()
}
