//! The sound of clips: to the sample as long as the edit list, in step with the footage,
//! without gaps.

use std::path::Path;

use rstest::rstest;
use rushes_media::{MediaError, Piece, RunContext, expected_duration_us, render_clip_sound};

use crate::room::{Film, Room, assert_sounds};

const RATE: i64 = 48_000;
/// Bytes before the samples of a WAV file.
const HEAD: usize = 44;

/// The sound of an edit, in whose folder it is the only file.
async fn rendered(room: &Room, pieces: &[Piece]) -> std::path::PathBuf {
    let to = room.path("sounds/clip.wav");
    render_clip_sound(&room.tools, pieces, &to, &RunContext::quiet()).await.unwrap();
    assert_eq!(std::fs::read_dir(room.path("sounds")).unwrap().count(), 1);
    to
}

/// The left channel of a WAV file.
fn left(file: &Path) -> Vec<f64> {
    let bytes = std::fs::read(file).unwrap();
    let value = |bytes: &[u8]| f64::from(i16::from_le_bytes([bytes[0], bytes[1]])) / 32_768.0;
    bytes[HEAD..].chunks_exact(4).map(value).collect()
}

fn at(in_us: i64, out_us: i64, film: &Piece) -> Piece {
    Piece { in_us, out_us, ..film.clone() }
}

/// Half a minute of a steady tone, with a picture.
async fn tone(room: &Room, name: &str, frequency: u32, rate: u32, codecs: &[&str]) -> Piece {
    let sound = format!("aevalsrc=0.5*sin(2*PI*{frequency}*t)|0.5*sin(2*PI*{frequency}*t):s={rate}:d=30");
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=30", "-f", "lavfi", "-i", &sound];
    let film = room.make(name, &[&inputs[..], codecs].concat());
    room.piece(&film).await
}

const MOV: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"];

/// How often a sound crosses zero upwards, in hertz.
fn pitch(samples: &[f64]) -> f64 {
    let crossings = samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    crossings as f64 * RATE as f64 / samples.len() as f64
}

#[tokio::test]
async fn it_is_as_long_as_its_pieces_to_the_sample() {
    let room = Room::open().await;
    let a = Film::of(25, 12).make(&room, "a.mp4", &["-c:v", "libx264", "-c:a", "aac"]);
    let a = room.piece(&a).await;
    let b =
        tone(&room, "b.mkv", 880, 44_100, &["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "flac"]).await;
    // Lengths that are no whole number of samples or frames, up to the end of a film.
    let pieces = [
        at(1_000_001, 2_333_340, &a),
        at(7_777_777, 9_000_002, &b),
        at(a.facts.duration_us - 500_009, a.facts.duration_us, &a),
        at(0, 100_010, &b),
    ];
    let bytes = std::fs::read(rendered(&room, &pieces).await).unwrap();
    let samples = (expected_duration_us(&pieces) * RATE + 500_000) / 1_000_000;
    assert_eq!(bytes.len(), HEAD + 4 * samples as usize);
    let number = |from: usize| u32::from_le_bytes(bytes[from..from + 4].try_into().unwrap());
    assert_eq!(number(24), 48_000);
    assert_eq!((number(4) as usize, number(40) as usize), (bytes.len() - 8, bytes.len() - HEAD));
    let probed = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=codec_name,sample_rate,channels,duration_ts"])
        .args(["-of", "csv=p=0"])
        .arg(room.path("sounds/clip.wav"))
        .output()
        .unwrap();
    let told = String::from_utf8(probed.stdout).unwrap();
    assert_eq!(told.trim(), format!("pcm_s16le,48000,2,{samples}"));
}

#[tokio::test]
async fn two_sources_are_joined_without_a_gap() {
    let room = Room::open().await;
    let low = tone(&room, "low.mov", 440, 48_000, &MOV).await;
    let high = tone(&room, "high.mov", 1320, 48_000, &MOV).await;
    let heard =
        left(&rendered(&room, &[at(3_000_000, 5_000_000, &low), at(20_500_000, 22_500_000, &high)]).await);
    let join = 2 * RATE as usize;
    assert_eq!(heard.len(), 2 * join);
    assert!((pitch(&heard[1000..join - 1000]) - 440.0).abs() < 2.0);
    assert!((pitch(&heard[join + 1000..2 * join - 1000]) - 1320.0).abs() < 2.0);
    // The fades that keep a join from clicking take 6 ms each, and are silent for an
    // instant.
    let silent = |from: usize, to: usize| {
        let runs = heard[from..to].split(|sample| sample.abs() > 0.01);
        runs.map(<[f64]>::len).max().unwrap() as f64 * 1000.0 / RATE as f64
    };
    assert!(silent(join - 1000, join + 1000) < 1.5, "{} ms", silent(join - 1000, join + 1000));
    let loudest =
        |from: usize| heard[from..from + 100].iter().fold(0.0_f64, |most, sample| most.max(sample.abs()));
    assert!(loudest(join - 400) > 0.48 && loudest(join + 300) > 0.48);
}

#[tokio::test]
async fn a_source_without_sound_is_silent_among_others() {
    let room = Room::open().await;
    let loud = tone(&room, "loud.mov", 440, 48_000, &MOV).await;
    let mute = room.make("mute.mp4", &["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=10"]);
    let mute = room.piece(&mute).await;
    let mut unused = loud.clone();
    unused.facts.audio[0].used = false;
    let pieces = [
        at(1_000_000, 2_000_000, &loud),
        at(4_000_000, 5_000_000, &mute),
        at(1_000_000, 2_000_000, &loud),
        at(6_000_000, 7_000_000, &unused),
    ];
    let heard = left(&rendered(&room, &pieces).await);
    let loudest: Vec<f64> = heard
        .chunks(RATE as usize)
        .map(|second| second.iter().fold(0.0_f64, |most, sample| most.max(sample.abs())))
        .collect();
    assert!(loudest[0] > 0.45 && loudest[2] > 0.45, "{loudest:?}");
    assert_eq!((loudest.len(), loudest[1], loudest[3]), (4, 0.0, 0.0));
}

#[rstest]
#[case::camera("cam.mp4", &["-c:v", "libx264", "-g", "250", "-c:a", "aac", "-b:a", "256k"])]
#[case::edit("cut.mov", &["-c:v", "libx264", "-g", "250", "-c:a", "pcm_s16le"])]
#[case::matroska("cam.mkv", &["-c:v", "libx264", "-g", "250", "-c:a", "flac"])]
#[case::broadcast("cam.ts", &["-c:v", "libx264", "-g", "250", "-c:a", "mp2"])]
#[case::late_clock("late.mkv", &["-c:v", "libx264", "-c:a", "flac", "-output_ts_offset", "1000"])]
#[tokio::test]
async fn every_tone_is_where_its_footage_has_it(#[case] name: &str, #[case] codecs: &[&str]) {
    let room = Room::open().await;
    let film = Film::of(25, 40).make(&room, name, &[codecs, &["-preset", "ultrafast"]].concat());
    let film = room.piece(&film).await;
    let stretches = [(31.05, 35.0), (2.48, 4.6), (0.0, 1.0), (38.0, 39.9)];
    let us = |seconds: f64| (seconds * 1e6).round() as i64;
    let pieces: Vec<Piece> = stretches.iter().map(|(from, to)| at(us(*from), us(*to), &film)).collect();
    assert_sounds(&rendered(&room, &pieces).await, &stretches, 0.005);
}

#[tokio::test]
async fn very_many_pieces_are_as_exact_as_few() {
    let room = Room::open().await;
    let loud = tone(&room, "loud.mov", 440, 48_000, &MOV).await;
    let mut silent = loud.clone();
    silent.facts.audio.clear();
    // 101 ms, and a little more than a whole number of samples.
    let pieces: Vec<Piece> = (0..40)
        .map(|n| at(n * 500_000, n * 500_000 + 101_010, if n % 2 == 0 { &loud } else { &silent }))
        .collect();
    let heard = left(&rendered(&room, &pieces).await);
    let ends = |n: i64| ((n * 101_010 * RATE + 500_000) / 1_000_000) as usize;
    assert_eq!(heard.len(), ends(40));
    for n in 0..40 {
        let part = &heard[ends(n)..ends(n + 1)];
        let loudest = |part: &[f64]| part.iter().fold(0.0_f64, |most, sample| most.max(sample.abs()));
        if n % 2 == 0 {
            let (first, last) = (loudest(&part[..400]), loudest(&part[part.len() - 400..]));
            assert!(first > 0.4 && last > 0.4, "piece {n}: {first} {last}");
        } else {
            assert!(loudest(part) == 0.0, "piece {n}");
        }
    }
}

#[tokio::test]
async fn an_existing_file_stays_and_a_cancelled_one_leaves_nothing() {
    let room = Room::open().await;
    let film = tone(&room, "loud.mov", 440, 48_000, &MOV).await;
    let to = rendered(&room, &[at(0, 500_000, &film)]).await;
    let before = std::fs::read(&to).unwrap();
    let again = render_clip_sound(&room.tools, &[at(0, 900_000, &film)], &to, &RunContext::quiet()).await;
    assert!(matches!(again, Err(MediaError::Exists { .. })), "{again:?}");
    assert_eq!(std::fs::read(&to).unwrap(), before);
    let ctx = RunContext::quiet();
    ctx.cancel.cancel();
    let other = room.path("sounds/other.wav");
    let cancelled = render_clip_sound(&room.tools, &[film], &other, &ctx).await;
    assert!(matches!(cancelled, Err(MediaError::Cancelled)), "{cancelled:?}");
    assert_eq!(std::fs::read_dir(room.path("sounds")).unwrap().count(), 1);
}
