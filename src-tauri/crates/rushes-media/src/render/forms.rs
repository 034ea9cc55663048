//! Sources whose format changes midway: frame size, channels, sample rate. It happens
//! in broadcasts between programmes, and in video calls whenever the connection gets
//! worse.
//!
//! Filters that count frames and samples cannot survive such a change: ffmpeg rebuilds
//! the whole graph, and they start over. So ffmpeg runs with `-reinit_filter 0`, which
//! makes a format change an error; the needed parts of the sources are then first
//! converted to one format.

use std::path::Path;

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::facts::{AudioFacts, SourceFacts};
use rushes_model::notice::Activity;

use super::{graph::deinterlace, join::add_lossless};
use crate::{
    edit::Piece,
    error::MediaError,
    ffmpeg::{
        args::{file_url, seconds},
        input::add_source,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    filters::{geometry::even, sound::SOUND},
    probe::{ffprobe::Ffprobe, seek},
};

/// The container of the converted files, as ffprobe names it.
pub(crate) const CONTAINER: &str = "matroska,webm";
const WHAT: Activity = Activity::Unifying;
/// Extra footage kept at both ends of a piece, in microseconds.
const MARGIN_US: i64 = 200_000;

/// The same pieces, taken from files in `folder` that have a constant format and the
/// timestamps of their sources.
pub(crate) async fn steadied(
    tools: &Toolchain,
    pieces: &[Piece],
    folder: &Path,
    ctx: &RunContext,
) -> Result<Vec<Piece>, MediaError> {
    let mut steady = Vec::with_capacity(pieces.len());
    for (number, piece) in pieces.iter().enumerate() {
        steady.push(steadied_piece(tools, piece, &folder.join(format!("steady-{number}.mkv")), ctx).await?);
    }
    Ok(steady)
}

async fn steadied_piece(
    tools: &Toolchain,
    piece: &Piece,
    to: &Path,
    ctx: &RunContext,
) -> Result<Piece, MediaError> {
    let video = &piece.facts.video;
    let (width, height) = (even(video.width), even(video.height));
    let mut command = run::ffmpeg(tools);
    add_input(&mut command, tools, piece, ctx).await?;
    let (from_us, to_us) = piece.picture_window_us();
    // The frame on screen at the in point may have started long before.
    let from =
        if piece.shows_lead() { String::new() } else { format!("start={}:", seconds(from_us - MARGIN_US)) };
    // Frames of another aspect ratio get bars.
    command.args(["-map", &format!("0:{}", video.stream_index), "-vf"]);
    command.arg(format!(
        "{}trim={from}end={},scale=trunc(iw*sar/2)*2:ih,setsar=1,\
         scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bicubic,\
         pad={width}:{height}:-1:-1:black,format={}",
        deinterlace(video),
        seconds(to_us + MARGIN_US),
        video.pixel_format,
    ));
    let mut tracks: Vec<AudioFacts> = piece.facts.used_audio().cloned().collect();
    add_sound(&mut command, &tracks.iter().collect::<Vec<_>>(), &sound_window(piece));
    command.args(["-fps_mode", "passthrough", "-enc_time_base:v", "1:90000"]);
    add_lossless(&mut command, &video.pixel_format);
    command.args(["-avoid_negative_ts", "disabled", "-f", "matroska"]).arg(file_url(to));
    run::run(tools, WHAT, command, piece.length_us(), &ctx.silent()).await?;

    let mut facts = piece.facts.clone();
    facts.container = CONTAINER.into();
    let video = &mut facts.video;
    (video.stream_index, video.rotation_deg) = (0, 0);
    (video.width, video.height, video.coded_width, video.coded_height) = (width, height, width, height);
    (video.fields, video.x264_build) = (None, None);
    number(&mut tracks, 1);
    facts.audio = tracks;
    Ok(Piece { path: to.to_owned(), facts, ..piece.clone() })
}

async fn add_input(
    command: &mut FfmpegCommand,
    tools: &Toolchain,
    piece: &Piece,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    command.arg("-copyts");
    let file = Ffprobe::of(tools, &piece.path, &piece.facts, ctx);
    if let Some(seek) = seek::start_us(file, &piece.facts, piece.in_us).await? {
        command.args(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", &seconds(seek)]);
    }
    add_source(command, &piece.path, &piece.facts);
    Ok(())
}

/// The filter that keeps the sound of a piece, with a margin.
fn sound_window(piece: &Piece) -> String {
    let sound_us = piece.facts.sound_start_us();
    let (first_us, last_us) = (sound_us + piece.in_us - MARGIN_US, sound_us + piece.out_us + MARGIN_US);
    format!("atrim=start={}:end={},", seconds(first_us), seconds(last_us))
}

/// Adds tracks as outputs in one format, each with the part that `window` selects.
fn add_sound(command: &mut FfmpegCommand, tracks: &[&AudioFacts], window: &str) {
    for (number, track) in tracks.iter().enumerate() {
        command.args(["-map", &format!("0:{}", track.stream_index)]);
        command.args([&format!("-filter:a:{number}"), &format!("{window}aresample=48000,{SOUND}")]);
    }
}

/// Sets the stream indexes and the format that tracks have in a converted file.
pub(crate) fn number(tracks: &mut [AudioFacts], first: u32) {
    for (index, track) in (first..).zip(tracks) {
        (track.stream_index, track.sample_rate_hz, track.channels) = (index, 48_000, 2);
        (track.codec, track.layout) = ("pcm_f32le".into(), "stereo".into());
    }
}

/// The whole sound of a source in one format, with its own timestamps, for a proxy: its
/// tracks one after the other.
pub(crate) async fn steadied_sound(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    to: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let mut command = run::ffmpeg(tools);
    command.args(["-copyts", "-vn"]);
    add_source(&mut command, path, facts);
    add_sound(&mut command, &facts.used_audio().collect::<Vec<_>>(), "");
    write_sound(tools, command, to, ctx).await
}

/// A piece for an edit of only sound, taken from a file that has the used tracks of its
/// source in one format, with their own timestamps.
pub(crate) async fn steadied_piece_of_sound(
    tools: &Toolchain,
    piece: &Piece,
    to: &Path,
    ctx: &RunContext,
) -> Result<Piece, MediaError> {
    let mut tracks: Vec<AudioFacts> = piece.facts.used_audio().cloned().collect();
    if tracks.is_empty() {
        return Ok(piece.clone());
    }
    let mut command = run::ffmpeg(tools);
    add_input(&mut command, tools, piece, ctx).await?;
    add_sound(&mut command, &tracks.iter().collect::<Vec<_>>(), &sound_window(piece));
    write_sound(tools, command, to, ctx).await?;
    let mut facts = piece.facts.clone();
    facts.container = CONTAINER.into();
    // There is no picture whose decoder could be chosen.
    (facts.video.x264_build, facts.video.alpha) = (None, false);
    number(&mut tracks, 0);
    facts.audio = tracks;
    Ok(Piece { path: to.to_owned(), facts, ..piece.clone() })
}

async fn write_sound(
    tools: &Toolchain,
    mut command: FfmpegCommand,
    to: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    command.args(["-c:a", "flac", "-avoid_negative_ts", "disabled", "-f", "matroska"]).arg(file_url(to));
    run::run(tools, WHAT, command, 0, ctx).await?;
    Ok(())
}
