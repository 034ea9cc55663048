//! Detects interlacing if the stream does not declare it: from frame metadata, or else
//! by analysing the frames.

use std::process::Command;

use rushes_model::facts::{Fields, SourceFacts};
use serde::Deserialize;

use super::{ffprobe::Ffprobe, file::PATIENCE};
use crate::{
    error::MediaError,
    ffmpeg::{args::file_url, run},
};

/// Codecs that are never interlaced, or whose streams always say.
const WHOLE: [&str; 9] = ["vp8", "vp9", "av1", "hevc", "gif", "webp", "apng", "flv1", "theora"];
/// Heights of interlaced formats.
const HEIGHTS: [u32; 9] = [480, 486, 512, 576, 608, 1035, 1080, 1088, 288];
/// Frames whose metadata is read.
const ASKED: &str = "%+#12";
/// Frames that are analysed.
const LOOKED_AT: u32 = 60;
/// Least number of frames that must look interlaced.
const LEAST: usize = 10;

#[derive(Debug, Deserialize)]
struct Frames {
    #[serde(default)]
    frames: Vec<Frame>,
}

#[derive(Debug, Deserialize)]
struct Frame {
    #[serde(default)]
    interlaced_frame: u8,
}

/// The field order of a source whose stream does not declare it; `None` if it is
/// progressive.
pub(super) async fn find(file: Ffprobe<'_>, facts: &SourceFacts) -> Result<Option<Fields>, MediaError> {
    let video = &facts.video;
    if WHOLE.contains(&video.codec.as_str()) {
        return Ok(None);
    }
    let index = video.stream_index.to_string();
    let entries = ["-select_streams", &index, "-show_entries", "frame=interlaced_frame"];
    let asked: Frames = file.json(&[&entries[..], &["-read_intervals", ASKED]].concat(), PATIENCE).await?;
    if asked.frames.iter().any(|frame| frame.interlaced_frame == 1) {
        return Ok(Some(Fields::Told));
    }
    if !HEIGHTS.contains(&video.coded_height) {
        return Ok(None);
    }
    Ok(looked_at(file, video.stream_index, facts.duration_us).await)
}

/// The field order of the frames in the middle of a file, if most of them look
/// interlaced.
async fn looked_at(file: Ffprobe<'_>, stream_index: u32, duration_us: i64) -> Option<Fields> {
    let mut command = run::ffmpeg(file.tools);
    command.args(file.opening());
    command.args(["-ss", &format!("{}us", duration_us / 3), "-i"]).arg(file_url(file.path));
    command.args(["-map", &format!("0:{stream_index}"), "-frames:v", &LOOKED_AT.to_string()]);
    let told = "metadata=mode=print:key=lavfi.idet.multiple.current_frame:file=-";
    command.args(["-vf", &format!("idet,{told}"), "-f", "null", "-"]);
    // A file that cannot be decoded is rejected later, when its frames are needed.
    let answer = run::collect(Command::from(command), PATIENCE, file.ctx).await.ok()?.stdout_text();
    let count = |found: &str| answer.lines().filter(|line| line.ends_with(found)).count();
    let (top, bottom, whole) = (count("=tff"), count("=bff"), count("=progressive"));
    let (first, other, order) =
        if top > bottom { (top, bottom, Fields::Top) } else { (bottom, top, Fields::Bottom) };
    (first >= LEAST && first > 4 * (other + whole)).then_some(order)
}
