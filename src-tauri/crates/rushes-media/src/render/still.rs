//! Stills for lists: a thumbnail, and a filmstrip to hover over.

use std::path::Path;

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::{
    facts::{SourceFacts, VideoFacts},
    framing::FrameSize,
    notice::Activity,
};

use super::graph::deinterlace;
use crate::{
    error::MediaError,
    ffmpeg::{
        args::{file_url, seconds},
        input::add_source,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::Draft,
    filters::{colour::Colours, geometry::even},
    probe::{ffprobe::Ffprobe, file, seek},
};

/// From this distance on, tiles are sought individually; closer ones are decoded as one
/// stretch.
const SEEK_FROM_US: i64 = 3_000_000;
/// Most tiles of a strip.
const MOST_TILES: u32 = 60;

/// Writes the frame on screen at `at_us` (from the source's first frame) as a JPEG, at
/// most `max_side` pixels long, upright with square pixels.
///
/// # Errors
/// [`MediaError`]; an existing file is not overwritten.
pub async fn thumbnail(
    tools: &Toolchain,
    piece_path: &Path,
    facts: &SourceFacts,
    at_us: i64,
    max_side: u32,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    file::ask(piece_path, ctx, file::stat).await??;
    let draft = Draft::beside(destination, ".jpg")?;
    let (width, height) = (u64::from(facts.video.width), u64::from(facts.video.height));
    let long = width.max(height).max(1);
    let side = u64::from(max_side.max(16)).min(long);
    let shrink = |length: u64| even(u32::try_from(length * side / long).unwrap_or(max_side));
    let at_us = last_picture(facts, at_us);
    let file = Ffprobe::of(tools, piece_path, facts, ctx);
    let mut command = run::ffmpeg(tools);
    add_seek_input(&mut command, file, facts, at_us).await?;
    command.args(["-map", &format!("0:{}", facts.video.stream_index)]);
    // The first frame from half a frame before the moment on is the nearest.
    let half_us = 500_000_000 / i64::from(facts.video.frame_rate_milli.max(1));
    let from = seconds((facts.start_us + at_us - half_us).max(facts.start_us));
    let size = FrameSize { width: shrink(width), height: shrink(height) };
    let tile = tile_filter(tools, &facts.video, size);
    command.args(["-vf", &format!("{}trim=start={from},{tile}", deinterlace(&facts.video))]);
    write_jpeg(&mut command, &draft);
    run::run(tools, Activity::MakingThumbnail, command, 0, ctx).await?;
    published(draft, destination).await
}

/// Writes `count` tiles of `tile_height` pixels side by side as one JPEG, evenly spaced
/// from `from_us` to `to_us`, each from the middle of its share.
///
/// # Errors
/// [`MediaError`]; an existing file is not overwritten.
#[allow(clippy::too_many_arguments)]
pub async fn filmstrip(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    from_us: i64,
    to_us: i64,
    count: u32,
    tile_height: u32,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    file::ask(path, ctx, file::stat).await??;
    let draft = Draft::beside(destination, ".jpg")?;
    let count = count.clamp(1, MOST_TILES);
    let from_us = from_us.clamp(0, facts.duration_us - 1);
    let to_us = to_us.clamp(from_us + 1, facts.duration_us);
    let step_us = ((to_us - from_us) / i64::from(count)).max(1);
    let height = even(tile_height.max(16));
    let width = u64::from(facts.video.width) * u64::from(height) / u64::from(facts.video.height.max(1));
    let width = even(u32::try_from(width).unwrap_or(height).min(4 * height));
    let stream = facts.video.stream_index;
    let fields = deinterlace(&facts.video);
    let tile = tile_filter(tools, &facts.video, FrameSize { width, height });
    let file = Ffprobe::of(tools, path, facts, ctx);
    let mut command = run::ffmpeg(tools);
    // Without presentation timestamps, a decoder that gets only key frames shows each
    // as late as the next one.
    if step_us >= SEEK_FROM_US && facts.picture_lag_us == 0 {
        // Each tile is the key frame before its moment, so nothing in between is
        // decoded.
        let mut graph = String::new();
        let moments: Vec<i64> =
            (0..count).map(|index| from_us + step_us * i64::from(index) + step_us / 2).collect();
        command.arg("-copyts");
        for (index, (seek_us, key_us)) in keys(file, facts, &moments).await?.into_iter().enumerate() {
            command.args(["-threads", "1", "-skip_frame", "nokey"]);
            add_input(&mut command, path, facts, seek_us);
            let from = key_us.map_or_else(String::new, |key| format!("trim=start={},", seconds(key - 1_000)));
            graph.push_str(&format!(
                "[{index}:{stream}]{from}trim=end_frame=1,{fields}setpts=0,{tile}[t{index}];"
            ));
        }
        let tiles: String = (0..count).map(|index| format!("[t{index}]")).collect();
        let stack = if count == 1 { "null".into() } else { format!("hstack=inputs={count}") };
        command.filter_complex(format!("{graph}{tiles}{stack}[strip]"));
        command.args(["-map", "[strip]"]);
    } else {
        add_seek_input(&mut command, file, facts, from_us).await?;
        // Fixed steps over what is on screen; a short end repeats its last frame.
        let zero = seconds(facts.start_us + from_us + step_us / 2);
        let filter = format!(
            "[0:{stream}]{fields}setpts=PTS-{zero}/TB,fps=1000000/{step_us}:start_time=0:round=down,\
             tpad=stop=-1:stop_mode=clone,trim=end_frame={count},{tile},tile={count}x1[strip]"
        );
        command.filter_complex(filter).args(["-map", "[strip]"]);
    }
    write_jpeg(&mut command, &draft);
    run::run(tools, Activity::MakingFilmstrip, command, 0, ctx).await?;
    published(draft, destination).await
}

/// The moment, clamped to the last frame.
fn last_picture(facts: &SourceFacts, at_us: i64) -> i64 {
    let frame_us = 1_000_000_000 / i64::from(facts.video.frame_rate_milli.max(1));
    at_us.clamp(0, (facts.duration_us - frame_us - frame_us / 2).max(0))
}

fn tile_filter(tools: &Toolchain, video: &VideoFacts, size: FrameSize) -> String {
    let colours = Colours::of_jpeg(video, tools.converts_colours);
    format!("{},setsar=1,format=yuvj420p", colours.scale(size, "bilinear", "yuvj420p"))
}

/// Adds the input from some point before a moment. ffmpeg's accurate seek counts from
/// the wrong zero if a file does not begin at 0 and keeps its clock, so the filters do
/// the rest.
async fn add_seek_input(
    command: &mut FfmpegCommand,
    file: Ffprobe<'_>,
    facts: &SourceFacts,
    at_us: i64,
) -> Result<(), MediaError> {
    command.arg("-copyts");
    add_input(command, file.path, facts, seek::start_us(file, facts, at_us).await?);
    Ok(())
}

/// Adds the input from a moment of its own clock, or from its start.
fn add_input(command: &mut FfmpegCommand, path: &Path, facts: &SourceFacts, seek_us: Option<i64>) {
    if let Some(seek) = seek_us {
        command.args(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", &seconds(seek)]);
    }
    add_source(command, path, facts);
}

/// Where reading starts for the key frame before a moment, and when that key frame is
/// shown if reading may start before it; both in the source's own clock.
type Key = (Option<i64>, Option<i64>);

/// The key frame before each moment; the moments are in order.
async fn keys(file: Ffprobe<'_>, facts: &SourceFacts, moments: &[i64]) -> Result<Vec<Key>, MediaError> {
    let in_file = |at_us: &i64| facts.start_us + at_us;
    if seek::is_indexed(facts) {
        return Ok(moments.iter().map(|at| (Some(in_file(at)), None)).collect());
    }
    let (first, last) = (moments.first().copied().unwrap_or(0), moments.last().copied().unwrap_or(0));
    let from_us = seek::start_us(file, facts, first).await?;
    let keys = seek::keys_between(file, facts, from_us, in_file(&last)).await?;
    let before = |at_us: &i64| {
        let key_us = keys[..keys.partition_point(|key| *key <= in_file(at_us))].last().copied();
        (key_us.and_then(|key| seek::room_before(facts, key)), key_us)
    };
    Ok(moments.iter().map(before).collect())
}

/// One JPEG through a plain muxer: the image muxer would interpret `%` in a name.
fn write_jpeg(command: &mut FfmpegCommand, draft: &Draft) {
    command.args(["-an", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-f", "mjpeg"]);
    command.arg(file_url(draft.path()));
}

async fn published(draft: Draft, destination: &Path) -> Result<(), MediaError> {
    let bytes = std::fs::metadata(draft.path()).map_or(0, |metadata| metadata.len());
    if bytes == 0 {
        return Err(MediaError::WrongOutput {
            what: Activity::MakingThumbnail,
            expected: "a picture".into(),
            found: "none".into(),
        });
    }
    draft.publish(destination).await
}
