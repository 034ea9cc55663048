//! Stills for lists and players: a single frame, and a filmstrip to hover over.

use std::path::Path;

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::{
    facts::{SourceFacts, VideoFacts},
    framing::FrameSize,
    notice::Activity,
};

use super::graph::deinterlace;
use crate::{
    edit::{self, HAIR_US, Piece},
    error::MediaError,
    ffmpeg::{
        args::{file_url, seconds},
        input::add_source,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::Draft,
    filters::{
        colour::Colours,
        geometry::{even, fitting, pad_corner},
    },
    probe::{ffprobe::Ffprobe, file, seek},
};

/// From this distance on, tiles are sought individually; closer ones are decoded as one
/// stretch.
const SEEK_FROM_US: i64 = 3_000_000;
/// Most tiles of a strip: each may need a decoder of its own.
const MOST_TILES: u32 = 12;
/// From this number of decoders on, each gets few threads, because each thread holds
/// frames.
const MANY_INPUTS: usize = 5;

/// Writes the frame of a source that is on screen at `at_us` (from its first frame) as a
/// JPEG, at most `max_side` pixels long, upright with square pixels.
///
/// # Errors
/// [`MediaError`]; an existing file is not overwritten.
pub async fn thumbnail(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    at_us: i64,
    max_side: u32,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let in_us = last_picture(facts, at_us);
    let piece = Piece { path: path.to_owned(), facts: facts.clone(), in_us, out_us: facts.duration_us };
    still(tools, &piece, in_us, max_side, destination, ctx).await
}

/// Writes the frame that a piece of an edit shows at `at_us` of its source as a JPEG, at
/// most `max_side` pixels long, upright with square pixels. At the in point, that is the
/// first frame of the piece in a final.
///
/// # Errors
/// [`MediaError`]; an existing file is not overwritten.
pub async fn still(
    tools: &Toolchain,
    piece: &Piece,
    at_us: i64,
    max_side: u32,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    file::ask(&piece.path, ctx, file::stat).await??;
    let draft = Draft::beside(destination, ".jpg")?;
    let video = &piece.facts.video;
    let (width, height) = (u64::from(video.width), u64::from(video.height));
    let long = width.max(height).max(1);
    let side = u64::from(max_side.max(16)).min(long);
    let shrink = |length: u64| even(u32::try_from(length * side / long).unwrap_or(max_side));
    let size = FrameSize { width: shrink(width), height: shrink(height) };
    let at_us = piece.within(at_us);
    let mut command = run::ffmpeg(tools);
    command.arg("-copyts");
    add_input(&mut command, &piece.path, &piece.facts, start_us(tools, piece, at_us, ctx).await?);
    command.args(["-map", &format!("0:{}", video.stream_index)]);
    command.args(["-vf", &format!("{},{}", shown(piece, at_us, 1_000_000, 1), scaled(tools, video, size))]);
    write_jpeg(&mut command, &draft);
    run::run(tools, Activity::MakingThumbnail, command, 0, ctx).await?;
    published(draft, destination).await
}

/// Writes `count` tiles of `tile_height` pixels side by side as one JPEG, evenly spaced
/// from `from_us` to `to_us` of a source, each from the middle of its share. Tiles far
/// apart show the key frame before their moment, so that little is decoded.
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
    let count = count.clamp(1, MOST_TILES);
    let in_us = from_us.clamp(0, facts.duration_us - 1);
    let out_us = to_us.clamp(in_us + 1, facts.duration_us);
    let step_us = ((out_us - in_us) / i64::from(count)).max(1);
    // Without presentation timestamps, a decoder that gets only key frames shows each
    // as late as the next one.
    if step_us < SEEK_FROM_US || facts.picture_lag_us != 0 {
        let piece = Piece { path: path.to_owned(), facts: facts.clone(), in_us, out_us };
        return clip_filmstrip(tools, &[piece], count, tile_height, destination, ctx).await;
    }
    file::ask(path, ctx, file::stat).await??;
    let draft = Draft::beside(destination, ".jpg")?;
    let stream = facts.video.stream_index;
    let fields = deinterlace(&facts.video);
    let tile = scaled(tools, &facts.video, tile_size(&facts.video, tile_height));
    let moments: Vec<i64> =
        (0..count).map(|index| in_us + step_us * i64::from(index) + step_us / 2).collect();
    let mut command = run::ffmpeg(tools);
    command.arg("-copyts");
    let mut tiles = Vec::new();
    let keys = keys(Ffprobe::of(tools, path, facts, ctx), facts, &moments).await?;
    for (index, (seek_us, key_us)) in keys.into_iter().enumerate() {
        command.args(["-threads", "1", "-skip_frame", "nokey"]);
        add_input(&mut command, path, facts, seek_us);
        let from = key_us.map_or_else(String::new, |key| format!("trim=start={},", seconds(key - HAIR_US)));
        tiles.push(format!("[{index}:{stream}]{from}trim=end_frame=1,{fields}{tile}"));
    }
    command.filter_complex(side_by_side(&tiles)).args(["-map", "[strip]"]);
    write_jpeg(&mut command, &draft);
    run::run(tools, Activity::MakingFilmstrip, command, 0, ctx).await?;
    published(draft, destination).await
}

/// Writes `count` tiles of `tile_height` pixels side by side as one JPEG, evenly spaced
/// over an edit, each from the middle of its share. Pieces with another aspect ratio than
/// the first get bars.
///
/// # Errors
/// [`MediaError`]; an existing file is not overwritten.
pub async fn clip_filmstrip(
    tools: &Toolchain,
    pieces: &[Piece],
    count: u32,
    tile_height: u32,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let pieces = edit::checked(pieces)?;
    let draft = Draft::beside(destination, ".jpg")?;
    let size = tile_size(&pieces[0].facts.video, tile_height);
    let (step_us, stretches) = stretches(&pieces, count.clamp(1, MOST_TILES));
    let mut command = run::ffmpeg(tools);
    command.arg("-copyts");
    let mut tiles = Vec::new();
    for (index, stretch) in stretches.iter().enumerate() {
        let Stretch { at_us, tiles: count, .. } = *stretch;
        let piece = &pieces[stretch.piece];
        file::ask(&piece.path, ctx, file::stat).await??;
        if stretches.len() >= MANY_INPUTS {
            command.args(["-threads", "2"]);
        }
        add_input(&mut command, &piece.path, &piece.facts, start_us(tools, piece, at_us, ctx).await?);
        tiles.push(format!(
            "[{index}:{}]{},{},tile={count}x1",
            piece.facts.video.stream_index,
            shown(piece, at_us, step_us, count),
            into_tile(tools, &piece.facts.video, size),
        ));
    }
    command.filter_complex(side_by_side(&tiles)).args(["-map", "[strip]"]);
    write_jpeg(&mut command, &draft);
    run::run(tools, Activity::MakingFilmstrip, command, 0, ctx).await?;
    published(draft, destination).await
}

/// Tiles that are decoded as one, from a moment of a piece's source on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    piece: usize,
    at_us: i64,
    tiles: i64,
}

/// The stretches of a strip, and the time from tile to tile.
fn stretches(pieces: &[Piece], count: u32) -> (i64, Vec<Stretch>) {
    let count = i64::from(count);
    let step_us = (edit::expected_duration_us(pieces) / count).max(1);
    let mut stretches: Vec<Stretch> = Vec::new();
    for number in 0..count {
        let (piece, at_us) = edit::shown_at(pieces, step_us * number + step_us / 2);
        let at_us = pieces[piece].within(at_us);
        match stretches.last_mut() {
            Some(last)
                if last.piece == piece
                    && step_us < SEEK_FROM_US
                    && at_us == last.at_us + step_us * last.tiles =>
            {
                last.tiles += 1;
            }
            _ => stretches.push(Stretch { piece, at_us, tiles: 1 }),
        }
    }
    (step_us, stretches)
}

/// The moment, clamped to the last frame.
fn last_picture(facts: &SourceFacts, at_us: i64) -> i64 {
    let frame_us = 1_000_000_000 / i64::from(facts.video.frame_rate_milli.max(1));
    at_us.clamp(0, (facts.duration_us - frame_us - frame_us / 2).max(0))
}

/// The filters for the `count` frames that a piece shows at `at_us` of its source and
/// every `step_us` after it. A short end repeats its last frame.
fn shown(piece: &Piece, at_us: i64, step_us: i64, count: i64) -> String {
    // Nothing before the first frame of the piece is shown, even if that comes late.
    let lead = if piece.shows_lead() {
        String::new()
    } else {
        format!("trim=start={},", seconds(piece.picture_window_us().0))
    };
    let zero = seconds(piece.facts.start_us + at_us + HAIR_US);
    // In a fine time base, since `setpts` drops fractions. With times rounded up, `fps`
    // gives the last frame that begins at or before each step.
    format!(
        "{}settb=AVTB,{lead}setpts=PTS-{zero}/TB,fps=1000000/{step_us}:start_time=0:round=up,\
         tpad=stop=-1:stop_mode=clone,trim=end_frame={count}",
        deinterlace(&piece.facts.video)
    )
}

/// The filters that scale a picture to a size of its own shape.
fn scaled(tools: &Toolchain, video: &VideoFacts, size: FrameSize) -> String {
    let colours = Colours::of_jpeg(video, tools.converts_colours);
    format!("{},setsar=1,format=yuvj420p", colours.scale(size, "bilinear", "yuvj420p"))
}

/// The filters that fit a picture into a tile, with bars if its shape is another.
fn into_tile(tools: &Toolchain, video: &VideoFacts, tile: FrameSize) -> String {
    if tile_size(video, tile.height) == tile {
        return scaled(tools, video, tile);
    }
    let inner = fitting(FrameSize { width: video.width, height: video.height }, tile);
    let (x, y) = pad_corner(inner, tile);
    format!("{},pad={}:{}:{x}:{y}:black", scaled(tools, video, inner), tile.width, tile.height)
}

fn tile_size(video: &VideoFacts, height: u32) -> FrameSize {
    let height = even(height.max(16));
    let width = u64::from(video.width) * u64::from(height) / u64::from(video.height.max(1));
    FrameSize { width: even(u32::try_from(width).unwrap_or(height).min(4 * height)), height }
}

/// The graph of tiles from left to right, ending in `[strip]`.
fn side_by_side(tiles: &[String]) -> String {
    let mut graph = String::new();
    for (index, tile) in tiles.iter().enumerate() {
        graph.push_str(&format!("{tile},setpts=0[t{index}];\n"));
    }
    let labels: String = (0..tiles.len()).map(|index| format!("[t{index}]")).collect();
    let stack = if tiles.len() == 1 { "null".into() } else { format!("hstack=inputs={}", tiles.len()) };
    format!("{graph}{labels}{stack}[strip]")
}

/// Where reading starts for a moment. ffmpeg's accurate seek counts from the wrong zero
/// if a file does not begin at 0 and keeps its clock, so the filters do the rest.
async fn start_us(
    tools: &Toolchain,
    piece: &Piece,
    at_us: i64,
    ctx: &RunContext,
) -> Result<Option<i64>, MediaError> {
    let facts = &piece.facts;
    seek::start_us(Ffprobe::of(tools, &piece.path, facts, ctx), facts, at_us).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::tests::piece;

    #[test]
    fn close_tiles_of_a_piece_are_decoded_as_one_and_others_alone() {
        let pieces = [piece(10_000_000, 14_000_000), piece(30_000_000, 36_000_000)];
        let (step_us, close) = stretches(&pieces, 10);
        assert_eq!(step_us, 1_000_000);
        assert_eq!(
            close,
            [
                Stretch { piece: 0, at_us: 10_500_000, tiles: 4 },
                Stretch { piece: 1, at_us: 30_500_000, tiles: 6 },
            ]
        );
        let (_, far) = stretches(&[piece(0, 40_000_000)], 10);
        assert!(far.len() == 10 && far.iter().all(|stretch| stretch.tiles == 1));
    }
}
