//! Lossless cuts: the source's own packets, from key frame to out point.

use std::path::Path;

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::{
    facts::{AudioFacts, SourceFacts},
    notice::{Activity, Mixed},
    spec::{Container, ExportSpec, VideoEncoding},
};
use serde::Deserialize;

use super::{
    encode::{add_container, demuxer, suffix},
    request::{FinalRequest, Rendered},
};
use crate::{
    edit::Piece,
    error::{MediaError, NotCuttableReason},
    ffmpeg::{
        args::{file_url, seconds},
        input::{add_source, own_list},
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::Draft,
    probe::{
        ffprobe::Ffprobe,
        file,
        packets::{self, Packet},
        probe_made, seek,
    },
};

/// Timestamps of a container in whole milliseconds are off by less than this; the frame
/// at the out point must not be shown.
const HAIR_US: i64 = 1_000;
/// How much earlier ffmpeg seeks than requested, in formats that are sought by decoding
/// time with reordered frames: three frames at 23 a second (`ffmpeg_demux.c`), rounded
/// up.
const SEEKS_EARLY_US: i64 = 131_000;
/// How far the sound of a moment may come after its picture in a file, in microseconds.
const INTERLEAVING_US: i64 = 2_000_000;

/// The container of a final: the preset's own, but QuickTime for a lossless cut of
/// rotated footage. Its packets keep the camera's orientation, and only in QuickTime
/// can ffmpeg write the rotation for players (Matroska's muxer drops it).
pub fn final_container(spec: &ExportSpec, pieces: &[Piece]) -> Container {
    let turned = pieces.iter().any(|piece| piece.facts.video.rotation_deg != 0);
    if spec.video == VideoEncoding::Copy && turned { Container::Mov } else { spec.container }
}

/// Cuts an edit without encoding. Every piece begins at the key frame at or before its
/// in point; framing, captions and loudness do not apply.
pub(crate) async fn cut(
    tools: &Toolchain,
    pieces: &[Piece],
    request: &FinalRequest,
    scratch: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let sound = !request.muted && pieces.iter().all(|piece| !piece.facts.audio.is_empty());
    refuse_mixed(tools, pieces, sound, ctx).await?;
    let container = final_container(&request.spec, pieces);
    let mut indexed = Vec::with_capacity(pieces.len());
    for (number, piece) in pieces.iter().enumerate() {
        indexed
            .push(with_index(tools, piece, sound, &scratch.join(format!("source-{number}.mkv")), ctx).await?);
    }
    let pieces = &indexed[..];
    let draft = Draft::new(scratch, suffix(container))?;
    let mut expected_us = 0;
    let total_us = crate::edit::expected_duration_us(pieces);
    if let [piece] = pieces {
        let start = start(tools, piece, ctx).await?;
        expected_us += piece.out_us - start.key_us;
        let mut command = copy_piece(tools, piece, start, sound);
        add_container(&mut command, container);
        command.arg(file_url(draft.path()));
        run::run(tools, Activity::Cutting, command, expected_us, &ctx.stage(0, 980, total_us)).await?;
    } else {
        let mut list = String::from("ffconcat version 1.0\n");
        let share = 800 / i64::try_from(pieces.len()).unwrap_or(1).max(1);
        for (index, piece) in pieces.iter().enumerate() {
            let start = start(tools, piece, ctx).await?;
            let length_us = piece.out_us - start.key_us;
            expected_us += length_us;
            // A name of our own, so that nothing in the list needs escaping.
            let name = format!("piece-{index}{}", suffix(container));
            let mut command = copy_piece(tools, piece, start, sound);
            add_container(&mut command, container);
            command.arg(file_url(&scratch.join(&name)));
            let from = share * i64::try_from(index).unwrap_or(0);
            run::run(tools, Activity::Cutting, command, length_us, &ctx.stage(from, from + share, total_us))
                .await?;
            list.push_str(&format!("file {name}\n"));
        }
        let path = scratch.join("pieces.ffconcat");
        std::fs::write(&path, list).map_err(|error| MediaError::io(Activity::WritingList, &path, error))?;
        let mut command = run::ffmpeg(tools);
        command.args(own_list(demuxer(container))).arg("-i").arg(file_url(&path));
        command.args(["-map", "0", "-c", "copy", "-map_metadata", "-1"]);
        if sound {
            name_default(&mut command, &pieces[0].facts);
        }
        add_container(&mut command, container);
        command.arg(file_url(draft.path()));
        run::run(tools, Activity::Joining, command, expected_us, &ctx.stage(800, 980, total_us)).await?;
    }
    let facts = probe_made(tools, draft.path(), Activity::Cutting, ctx).await?;
    // Packets are whole frames, and the last group may be shown out of order.
    let frame_us = pieces.iter().map(Piece::frame_us).max().unwrap_or(0);
    let tolerance = (8 * frame_us + 100_000) * i64::try_from(pieces.len()).unwrap_or(1);
    if (facts.duration_us - expected_us).abs() > tolerance {
        return Err(MediaError::WrongOutput {
            what: Activity::Cutting,
            expected: format!("{expected_us} µs"),
            found: format!("{} µs", facts.duration_us),
        });
    }
    draft.publish(&request.destination).await?;
    Ok(Rendered { bytes: facts.size_bytes, facts, loudness: None, font_instead: None, fell_back: None })
}

fn copy_piece(tools: &Toolchain, piece: &Piece, start: Start, sound: bool) -> FfmpegCommand {
    let mut command = run::ffmpeg(tools);
    let seek_us = piece.facts.start_us + start.seek_us;
    command.args(["-seek_timestamp", "1", "-ss", &seconds(seek_us)]);
    add_source(&mut command, &piece.path, &piece.facts);
    command.args(["-map", &format!("0:{}", piece.facts.video.stream_index)]);
    if sound {
        for track in &piece.facts.audio {
            command.args(["-map", &format!("0:{}", track.stream_index)]);
        }
        name_default(&mut command, &piece.facts);
    }
    command.args(["-c", "copy", "-t", &seconds(piece.out_us - start.seek_us - HAIR_US)]);
    command.args(["-avoid_negative_ts", "make_zero", "-map_metadata", "-1", "-map_chapters", "-1"]);
    command
}

/// All tracks are kept, and players start with the audible one.
fn name_default(command: &mut FfmpegCommand, facts: &SourceFacts) {
    let heard = facts.audio.iter().position(|track| track.used);
    for number in 0..facts.audio.len() {
        let disposition = if heard == Some(number) { "default" } else { "0" };
        command.arg(format!("-disposition:a:{number}")).arg(disposition);
    }
}

/// The piece, taken from a file with an index, in which the key frame before a moment
/// can be found. For a source without one, the packets from that key frame on are
/// copied into such a file with the same timestamps.
async fn with_index(
    tools: &Toolchain,
    piece: &Piece,
    sound: bool,
    to: &Path,
    ctx: &RunContext,
) -> Result<Piece, MediaError> {
    const WHAT: Activity = Activity::Indexing;
    let facts = &piece.facts;
    if seek::is_indexed(facts) {
        return Ok(piece.clone());
    }
    // ffmpeg can derive presentation timestamps from decoding order, but not if frames
    // of any type may be referenced.
    if facts.picture_lag_us > 0 && matches!(&*facts.video.codec, "h264" | "hevc" | "vvc") {
        return Err(not_cuttable(piece, NotCuttableReason::NoDisplayTimes));
    }
    let file = Ffprobe::of(tools, &piece.path, &piece.facts, ctx);
    let seek_us = seek::start_us(file, facts, piece.in_us).await?;
    let mut command = run::ffmpeg(tools);
    command.arg("-copyts");
    // The sound is read separately if its clock differs.
    let lag_us = facts.picture_lag_us;
    add_stretch(&mut command, piece, seek_us, -lag_us);
    if lag_us > 0 {
        add_stretch(&mut command, piece, seek_us, 0);
    }
    command.args(["-map", &format!("0:{}", facts.video.stream_index)]);
    for track in facts.audio.iter().filter(|_| sound) {
        command.args(["-map", &format!("{}:{}", i32::from(lag_us > 0), track.stream_index)]);
    }
    // The sound of the last frames may come after them.
    let end_us = facts.start_us + piece.out_us + INTERLEAVING_US;
    command.args(["-c", "copy", "-to", &seconds(end_us), "-map_metadata", "-1", "-map_chapters", "-1"]);
    command.args(["-avoid_negative_ts", "disabled", "-f", "matroska"]).arg(file_url(to));
    run::run(tools, WHAT, command, piece.length_us(), &ctx.silent()).await?;
    let mut facts = facts.clone();
    (facts.start_us, facts.picture_lag_us) = (facts.sound_start_us(), 0);
    facts.container = "matroska".into();
    facts.video.stream_index = 0;
    for (index, track) in facts.audio.iter_mut().enumerate() {
        track.stream_index = u32::try_from(index + 1).unwrap_or(u32::MAX);
    }
    Ok(Piece { path: to.to_owned(), facts, ..piece.clone() })
}

/// Adds a source as an input from some moment on, with its timestamps shifted.
fn add_stretch(command: &mut FfmpegCommand, piece: &Piece, seek_us: Option<i64>, moved_us: i64) {
    command.args(["-fflags", "+genpts", "-itsoffset", &seconds(moved_us)]);
    if let Some(seek) = seek_us {
        command.args(["-seek_timestamp", "1", "-ss", &seconds(seek)]);
    }
    add_source(command, &piece.path, &piece.facts);
}

fn not_cuttable(piece: &Piece, reason: NotCuttableReason) -> MediaError {
    MediaError::NotCuttable { path: piece.path.clone(), reason }
}

/// Where a piece begins, in microseconds from the source's first frame.
#[derive(Debug, Clone, Copy)]
struct Start {
    /// The key frame at or before the in point.
    key_us: i64,
    /// The seek position that makes ffmpeg start there.
    seek_us: i64,
}

async fn start(tools: &Toolchain, piece: &Piece, ctx: &RunContext) -> Result<Start, MediaError> {
    let in_us = piece.facts.start_us + piece.in_us;
    let interval = format!("{}%{}", seconds(in_us), seconds(in_us + SEEKS_EARLY_US));
    let file = Ffprobe::of(tools, &piece.path, &piece.facts, ctx);
    let stream = Some(piece.facts.video.stream_index);
    let packets = packets::packets(file, stream, Some(&interval), file::PATIENCE).await?;
    // A packet that an edit list hides is one that decoding starts with.
    let from_start = |packet: &Packet| Some(packet.pts_us? - piece.facts.start_us);
    let first_us = packets.first().and_then(from_start).unwrap_or(piece.in_us);
    if first_us > piece.in_us + piece.frame_us() {
        return Err(not_cuttable(piece, NotCuttableReason::BeginsLater { key_us: first_us }));
    }
    let key_us = first_us.clamp(0, piece.in_us);
    // QuickTime is sought by presentation time.
    if piece.facts.container.contains("mov") {
        return Ok(Start { key_us, seek_us: piece.in_us });
    }
    let keys = packets.iter().skip(1).filter(|packet| packet.is_key).filter_map(from_start);
    let next_us = keys.filter(|key| *key > key_us).min().unwrap_or(i64::MAX);
    Ok(Start { key_us, seek_us: (key_us + SEEKS_EARLY_US).min(next_us - 1_000) })
}

#[derive(Debug, Deserialize)]
struct Streams {
    #[serde(default)]
    streams: Vec<StreamHead>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct StreamHead {
    extradata_hash: Option<String>,
}

/// Rejects pieces whose packets would not play one after the other.
async fn refuse_mixed(
    tools: &Toolchain,
    pieces: &[Piece],
    sound: bool,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let Some((first, rest)) = pieces.split_first() else { return Ok(()) };
    let differ = |reason| Err(MediaError::NotLossless { reason });
    let has_sound = !first.facts.audio.is_empty();
    for piece in rest {
        if piece.path == first.path {
            continue;
        }
        let (a, b) = (&first.facts.video, &piece.facts.video);
        if a.codec != b.codec {
            return differ(Mixed::Codecs);
        }
        if (a.coded_width, a.coded_height, a.rotation_deg) != (b.coded_width, b.coded_height, b.rotation_deg)
        {
            return differ(Mixed::Sizes);
        }
        if a.pixel_format != b.pixel_format {
            return differ(Mixed::PixelFormats);
        }
        if piece.facts.audio.is_empty() == has_sound {
            return differ(Mixed::Silence);
        }
        let forms = |piece: &Piece| -> Vec<_> {
            let form = |a: &AudioFacts| (a.codec.clone(), a.sample_rate_hz, a.channels);
            piece.facts.audio.iter().map(form).collect()
        };
        if sound && forms(first) != forms(piece) {
            return differ(Mixed::Sounds);
        }
        // Same codec and size, but different parameter sets: a container holds only one
        // of them, and the other piece would be garbled.
        if head(tools, first, ctx).await? != head(tools, piece, ctx).await? {
            return differ(Mixed::Encoders);
        }
    }
    Ok(())
}

async fn head(tools: &Toolchain, piece: &Piece, ctx: &RunContext) -> Result<Option<String>, MediaError> {
    let index = piece.facts.video.stream_index.to_string();
    let entries = ["-select_streams", &index, "-show_entries", "stream=extradata_hash"];
    let arguments = [&entries[..], &["-show_data_hash", "crc32"]].concat();
    let file = Ffprobe::of(tools, &piece.path, &piece.facts, ctx);
    let streams: Streams = file.json(&arguments, file::PATIENCE).await?;
    Ok(streams.streams.into_iter().next().and_then(|head| head.extradata_hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::tests::piece;
    use rushes_model::spec::AudioEncoding;

    #[test]
    fn a_lossless_cut_of_turned_footage_goes_where_its_turn_can_be_told() {
        let mut spec = ExportSpec {
            frame: None,
            min_frame_rate_milli: 0,
            max_frame_rate_milli: 240_000,
            container: Container::Mkv,
            video: VideoEncoding::Copy,
            audio: AudioEncoding::Copy,
            loudness: None,
            max_duration_us: None,
            max_bytes: None,
        };
        let upright = piece(0, 1_000_000);
        let mut turned = piece(0, 1_000_000);
        turned.facts.video.rotation_deg = 90;
        assert_eq!(final_container(&spec, std::slice::from_ref(&upright)), Container::Mkv);
        assert_eq!(final_container(&spec, &[turned.clone(), upright]), Container::Mov);
        // Encoding rotates the picture upright.
        (spec.video, spec.container) = (VideoEncoding::Prores, Container::Mp4);
        assert_eq!(final_container(&spec, &[turned]), Container::Mp4);
    }
}
