//! Sound tracks: the audible one is used, several are mixed, a microphone on one side
//! is heard on both, and a lossless cut keeps them all.

use std::path::{Path, PathBuf};
use std::process::Command;

use rushes_media::{Piece, RunContext, analyse, needs_proxy, probe, render_final, render_proxy};
use rushes_model::facts::Heard;
use rushes_model::spec::{AudioEncoding, Container, VideoEncoding};

use crate::room::{H264, Room};

const PICTURE: [&str; 4] = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=30"];

/// A film of 30 s with a sound track from each source.
fn film(room: &Room, name: &str, sounds: &[&str], codec: &[&str]) -> PathBuf {
    let mut arguments = PICTURE.to_vec();
    sounds.iter().for_each(|sound| arguments.extend(["-f", "lavfi", "-i", sound]));
    let maps: Vec<String> = (0..=sounds.len()).map(|input| input.to_string()).collect();
    maps.iter().for_each(|map| arguments.extend(["-map", map]));
    arguments.extend(H264);
    arguments.extend(codec);
    arguments.extend(["-t", "30"]);
    room.make(name, &arguments)
}

const SILENCE: &str = "anullsrc=cl=stereo:r=48000";
const TONE: &str = "sine=f=440:d=30";
const HIGH: &str = "sine=f=3000:d=30";

/// The energy of each channel of a file's first sound track, within a band around a
/// frequency.
fn energy(file: &Path, frequency: u32) -> Vec<f64> {
    let filter = format!("aformat=sample_fmts=flt:channel_layouts=stereo,bandpass=f={frequency}:t=h:w=100");
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i", &file.to_string_lossy(), "-vn", "-af", &filter, "-f", "f32le", "pipe:1"])
        .output()
        .unwrap();
    let samples: Vec<f64> =
        output.stdout.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap()))).collect();
    let mean = |channel: usize| {
        let channel: Vec<f64> = samples.iter().skip(channel).step_by(2).map(|s| s * s).collect();
        channel.iter().sum::<f64>() / channel.len() as f64
    };
    vec![mean(0), mean(1)]
}

fn tracks(file: &Path) -> Vec<String> {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "a",
            "-show_entries",
            "stream=codec_name:stream_disposition=default",
        ])
        .args(["-of", "csv=p=0", &file.to_string_lossy()])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(Into::into).collect()
}

async fn piece(room: &Room, film: &Path) -> Piece {
    Piece { in_us: 5_000_000, out_us: 8_000_000, ..room.piece(film).await }
}

#[tokio::test]
async fn the_track_that_is_heard_is_used_and_others_can_be_mixed_in() {
    let room = Room::open().await;
    let ctx = RunContext::quiet();
    let film = film(&room, "film.mp4", &[SILENCE, TONE, HIGH], &["-c:a", "aac"]);
    let mut piece = piece(&room, &film).await;
    let told: Vec<_> = piece.facts.audio.iter().map(|track| (track.heard, track.used)).collect();
    assert_eq!(told, [(Heard::Silence, false), (Heard::Sound, true), (Heard::Sound, false)]);
    assert!(needs_proxy(&piece.facts));

    let request = room.request(vec![piece.clone()], "one.mp4");
    render_final(&room.tools, &request, &ctx).await.unwrap();
    assert!(energy(&request.destination, 440)[0] > 1e-3);
    assert!(energy(&request.destination, 3000)[0] < 1e-5);

    piece.facts.audio[2].used = true;
    let request = room.request(vec![piece.clone()], "both.mp4");
    render_final(&room.tools, &request, &ctx).await.unwrap();
    render_proxy(&room.tools, &film, &piece.facts, &room.path("proxy.mp4"), &ctx).await.unwrap();
    for made in ["both.mp4", "proxy.mp4"] {
        let (low, high) = (energy(&room.path(made), 440)[1], energy(&room.path(made), 3000)[1]);
        assert!(low > 3e-4 && high > 3e-4, "{made}: {low} {high}");
    }
    let heard = analyse(&room.tools, &film, &piece.facts, &ctx).await.unwrap();
    assert!(heard.analysis.sound.unwrap().loudness.is_some());
    assert!(heard.waveform.unwrap().peaks.len() >= 2990);

    let later = Piece { in_us: 15_000_000, out_us: 18_000_000, ..piece.clone() };
    for (name, pieces) in [("cut.mkv", vec![piece.clone()]), ("joined.mkv", vec![piece, later])] {
        let mut request = room.request(pieces, name);
        (request.spec.video, request.spec.audio) = (VideoEncoding::Copy, AudioEncoding::Copy);
        request.spec.container = Container::Mkv;
        render_final(&room.tools, &request, &ctx).await.unwrap();
        assert_eq!(tracks(&request.destination), ["aac,0", "aac,1", "aac,0"], "{name}");
    }
}

#[tokio::test]
async fn a_voice_that_is_rarely_heard_is_found() {
    let room = Room::open().await;
    // Outside the stretches that are sampled first.
    let rare = "aevalsrc='0.5*sin(440*2*PI*t)*between(t,9,10)':s=48000:d=30";
    let film = film(&room, "film.mkv", &[SILENCE, rare], &["-c:a", "flac"]);
    let facts = probe(&room.tools, &film).await.unwrap();
    assert_eq!(facts.used_audio().map(|track| track.heard).collect::<Vec<_>>(), [Heard::Sound]);
    assert!(facts.audio[1].used && facts.is_heard());
}

#[tokio::test]
async fn the_default_track_is_used_where_it_is_heard() {
    let room = Room::open().await;
    let flags = [
        "-c:a",
        "flac",
        "-disposition:a:0",
        "0",
        "-disposition:a:1",
        "default",
        "-metadata:s:a:1",
        "title=Mix",
    ];
    let film = film(&room, "film.mkv", &[TONE, HIGH], &flags);
    let facts = probe(&room.tools, &film).await.unwrap();
    let used: Vec<_> = facts.used_audio().map(|track| track.title.as_deref()).collect();
    assert_eq!(used, [Some("Mix")]);
}

#[tokio::test]
async fn a_microphone_on_one_side_is_heard_on_both() {
    let room = Room::open().await;
    let side = "aevalsrc='0.3*sin(440*2*PI*t)|0':s=48000:d=30:c=stereo";
    let film = film(&room, "film.mov", &[side], &["-c:a", "pcm_s16le"]);
    let piece = piece(&room, &film).await;
    assert_eq!(piece.facts.audio[0].heard, Heard::OneSide);
    let ctx = RunContext::quiet();
    let request = room.request(vec![piece.clone()], "final.mp4");
    render_final(&room.tools, &request, &ctx).await.unwrap();
    render_proxy(&room.tools, &film, &piece.facts, &room.path("proxy.mp4"), &ctx).await.unwrap();
    for made in ["final.mp4", "proxy.mp4"] {
        let energy = energy(&room.path(made), 440);
        assert!(energy.iter().all(|side| (0.03..0.06).contains(side)), "{made}: {energy:?}");
    }
    // Loudness adds up both sides: 3 dB more than one of them.
    let sound = analyse(&room.tools, &film, &piece.facts, &ctx).await.unwrap().analysis.sound.unwrap();
    let loudness = sound.loudness.unwrap().integrated_mlufs;
    assert!((-11_500..-9_500).contains(&loudness), "{loudness}");
}

#[tokio::test]
async fn sound_in_which_nothing_is_heard_is_told() {
    let room = Room::open().await;
    let film = film(&room, "film.mp4", &[SILENCE], &["-c:a", "aac"]);
    let facts = probe(&room.tools, &film).await.unwrap();
    assert!(facts.audio[0].used && !facts.is_heard());
}
