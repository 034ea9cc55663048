//! Stills and filmstrips show the frames that a final shows at the same moment.

use std::path::Path;
use std::process::Command;

use rstest::rstest;
use rushes_media::{Piece, RunContext, clip_filmstrip, filmstrip, render_final, still, thumbnail};

use crate::room::{Film, Room, counted, numbers, tiles};

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "250"];

fn at(in_us: i64, out_us: i64, film: &Piece) -> Piece {
    Piece { in_us, out_us, ..film.clone() }
}

/// The number of the frame that a piece shows at a moment.
async fn shown(room: &Room, piece: &Piece, at_us: i64) -> u32 {
    let to = room.path("still.jpg");
    still(&room.tools, piece, at_us, 160, &to, &RunContext::quiet()).await.unwrap();
    let number = numbers(&to)[0];
    std::fs::remove_file(to).unwrap();
    number
}

/// The number of the first frame of a final.
async fn first_in_final(room: &Room, piece: &Piece) -> u32 {
    let request = room.request(vec![piece.clone()], "final.mov");
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    let first = numbers(&request.destination)[0];
    std::fs::remove_file(request.destination).unwrap();
    first
}

#[rstest]
#[case::pal("25", 40_000.0, "film.mp4")]
#[case::ntsc("30000/1001", 33_366.667, "film.mp4")]
#[case::in_whole_milliseconds("30000/1001", 33_366.667, "film.mkv")]
#[case::broadcast("25", 40_000.0, "film.ts")]
#[tokio::test]
async fn a_still_at_the_in_point_is_the_first_frame_of_the_piece(
    #[case] rate: &str,
    #[case] frame_us: f64,
    #[case] name: &str,
) {
    let room = Room::open().await;
    let picture = counted(rate, 12, 0, (160, 90));
    let film = room.make(name, &[&["-f", "lavfi", "-i", &picture][..], &H264].concat());
    let film = room.piece(&film).await;
    for number in [0, 1, 100, 251] {
        let in_us = (f64::from(number) * frame_us).round() as i64;
        assert_eq!(shown(&room, &at(in_us, in_us + 900_000, &film), in_us).await, number, "{name}");
        // In points that are a little off mean the nearest frame.
        let late = at(in_us + 12_000, in_us + 900_000, &film);
        assert_eq!(shown(&room, &late, late.in_us).await, number, "{name}, late");
        if number > 0 {
            let early = at(in_us - 12_000, in_us + 900_000, &film);
            assert_eq!(shown(&room, &early, early.in_us).await, number, "{name}, early");
            assert_eq!(first_in_final(&room, &early).await, number, "{name}, final");
        }
    }
}

#[tokio::test]
async fn a_moment_at_the_end_of_a_piece_never_shows_the_next_shot() {
    let room = Room::open().await;
    let film = Film::of(25, 4).make(&room, "film.mp4", &[&H264[..], &["-c:a", "aac"]].concat());
    let film = room.piece(&film).await;
    let piece = at(1_000_000, 2_000_000, &film);
    for (at_us, number) in
        [(1_019_000, 25), (1_041_000, 26), (1_970_000, 49), (1_999_999, 49), (3_000_000, 49)]
    {
        assert_eq!(shown(&room, &piece, at_us).await, number, "at {at_us}");
    }
    // To the end of the source.
    let last = at(3_000_000, film.facts.duration_us, &film);
    assert_eq!(shown(&room, &last, 3_999_999).await, 99);
}

#[rstest]
#[case::mp4("uneven.mp4")]
#[case::matroska("uneven.mkv")]
#[tokio::test]
async fn with_an_uneven_rate_the_frame_on_screen_is_shown(#[case] name: &str) {
    let room = Room::open().await;
    let kept = |n: u32| match n / 60 {
        0 | 1 => n.is_multiple_of(2),
        2..=5 => n.is_multiple_of(90),
        _ => true,
    };
    let uneven = format!(
        "{},select='not(mod(n,2))*lt(n,120)+not(mod(n,90))*between(n,120,359)+gte(n,360)'",
        counted("60", 9, 0, (160, 90))
    );
    let film = room.make(name, &[&["-f", "lavfi", "-i", &uneven, "-fps_mode", "vfr"][..], &H264].concat());
    let film = room.piece(&film).await;
    assert!(film.facts.video.variable_frame_rate);
    for in_us in [0, 1_000_000, 1_010_000, 2_900_000, 3_000_000, 4_490_000, 4_501_000, 5_990_000, 7_123_000] {
        let last = (in_us + 500) * 60 / 1_000_000;
        let number = (0..=last as u32).rev().find(|n| kept(*n)).unwrap();
        let piece = at(in_us, in_us + 1_500_000, &film);
        assert_eq!(shown(&room, &piece, in_us).await, number, "{name} at {in_us}");
        let to = room.path("thumb.jpg");
        thumbnail(&room.tools, &film.path, &film.facts, in_us, 160, &to, &RunContext::quiet()).await.unwrap();
        assert_eq!(numbers(&to), [number], "{name} at {in_us}, as a thumbnail");
        std::fs::remove_file(to).unwrap();
    }
}

/// The numbers in the ten tiles of an edit's strip.
async fn strip(room: &Room, pieces: &[Piece]) -> Vec<u32> {
    let to = room.path("strip.jpg");
    clip_filmstrip(&room.tools, pieces, 10, 90, &to, &RunContext::quiet()).await.unwrap();
    assert_eq!(size(&to), "1600,90");
    tiles(&to, 10)
}

fn size(picture: &Path) -> String {
    let probed = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0"])
        .arg(picture)
        .output()
        .unwrap();
    String::from_utf8(probed.stdout).unwrap().trim().to_owned()
}

#[rstest]
#[case::mp4("mp4")]
#[case::broadcast("ts")]
#[tokio::test]
async fn each_tile_is_from_its_own_cut(#[case] ending: &str) {
    let room = Room::open().await;
    let codecs = [&H264[..], &["-c:a", "mp2"]].concat();
    let a = Film::of(25, 20).make(&room, &format!("a.{ending}"), &codecs);
    let b = Film { from_second: 100, ..Film::of(25, 8) }.make(&room, &format!("b.{ending}"), &codecs);
    let (a, b) = (room.piece(&a).await, room.piece(&b).await);
    let pieces = [at(12_000_000, 14_000_000, &a), at(2_000_000, 5_000_000, &b), at(3_000_000, 8_000_000, &a)];
    // The middles of ten shares of a second.
    let due: Vec<u32> = [12.5, 13.5, 102.5, 103.5, 104.5, 3.5, 4.5, 5.5, 6.5, 7.5]
        .map(|second: f64| (second * 25.0).floor() as u32)
        .into();
    assert_eq!(strip(&room, &pieces).await, due);
}

#[tokio::test]
async fn tiles_of_very_short_cuts_stay_within_them() {
    let room = Room::open().await;
    let film = Film::of(25, 20).make(&room, "film.mp4", &[&H264[..], &["-c:a", "aac"]].concat());
    let film = room.piece(&film).await;
    // 20 pieces of two frames, 23 apart: a tile begins with every second one.
    let pieces: Vec<Piece> = (0..20).map(|n| at(n * 920_000, n * 920_000 + 80_000, &film)).collect();
    let due: Vec<u32> = (0..10).map(|tile| 23 * (2 * tile + 1)).collect();
    assert_eq!(strip(&room, &pieces).await, due);
}

#[rstest]
#[case::mp4("film.mp4", &H264)]
#[case::broadcast("film.ts", &H264)]
#[case::without_display_times("film.avi", &["-c:v", "mpeg4", "-bf", "2", "-g", "250", "-q:v", "3"])]
#[tokio::test]
async fn tiles_far_apart_are_as_exact(#[case] name: &str, #[case] codecs: &[&str]) {
    let room = Room::open().await;
    let film = Film::of(25, 44).make(&room, name, &[codecs, &["-c:a", "mp2"]].concat());
    let film = room.piece(&film).await;
    let pieces = [at(2_000_000, 20_000_000, &film), at(24_000_000, 42_000_000, &film)];
    let moments = (0..10).map(|n| 1.8 + 3.6 * f64::from(n));
    let due: Vec<u32> = moments
        .map(|moment| if moment < 18.0 { 2.0 + moment } else { 6.0 + moment })
        .map(|second| (second * 25.0 + 0.01).floor() as u32)
        .collect();
    assert_eq!(strip(&room, &pieces).await, due);
}

#[tokio::test]
async fn a_strip_of_a_source_shows_the_middle_of_each_share() {
    let room = Room::open().await;
    let film = Film::of(25, 8).make(&room, "film.mp4", &[&H264[..], &["-c:a", "aac"]].concat());
    let film = room.piece(&film).await;
    let to = room.path("strip.jpg");
    let quiet = RunContext::quiet();
    filmstrip(&room.tools, &film.path, &film.facts, 0, 8_000_000, 10, 90, &to, &quiet).await.unwrap();
    let due: Vec<u32> = (0..10).map(|n| 10 + 20 * n).collect();
    assert_eq!(tiles(&to, 10), due);
}

#[tokio::test]
async fn a_cut_of_another_shape_gets_bars() {
    let room = Room::open().await;
    let film = async |name: &str, size: &str| {
        let white = format!("color=white:s={size}:r=25:d=4");
        let made = room.make(name, &[&["-f", "lavfi", "-i", &white][..], &H264].concat());
        room.piece(&made).await
    };
    let (wide, high) = (film("wide.mp4", "160x90").await, film("high.mp4", "90x160").await);
    let to = room.path("strip.jpg");
    clip_filmstrip(&room.tools, &[wide, high], 2, 90, &to, &RunContext::quiet()).await.unwrap();
    assert_eq!(size(&to), "320,90");
    let row = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&to)
        .args(["-vf", "format=gray,crop=320:1:0:45", "-f", "rawvideo", "pipe:1"])
        .output()
        .unwrap()
        .stdout;
    let is_white = |x: usize| row[x] > 200;
    assert!(is_white(5) && is_white(150) && !is_white(170) && is_white(240) && !is_white(310), "{row:?}");
}
