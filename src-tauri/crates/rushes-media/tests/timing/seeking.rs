//! Cuts from the middle of films in containers with and without an index.

use std::process::{Command, Stdio};

use rstest::rstest;
use rushes_media::{Piece, RunContext, render_final, thumbnail};

use crate::room::{Film, Room, assert_shows, numbers};

const RATE: u32 = 15;

#[rstest]
#[case::broadcast("film.ts", "libx264", "mp2", &["-g", "600", "-sc_threshold", "0"])]
#[case::broadcast_with_two_key_frames("film.ts", "libx264", "mp2", &["-g", "250", "-sc_threshold", "0"])]
#[case::broadcast_with_open_groups("film.ts", "mpeg2video", "ac3", &["-g", "90", "-bf", "2", "-q:v", "3"])]
#[case::programme_stream("film.mpg", "mpeg1video", "mp2", &["-g", "300", "-bf", "0", "-q:v", "3"])]
#[case::windows_media("film.wmv", "msmpeg4v3", "wmav2", &["-g", "300", "-q:v", "3"])]
#[case::matroska("film.mkv", "libx264", "flac", &["-g", "250"])]
#[tokio::test]
async fn a_cut_begins_with_its_own_picture_and_its_own_sound(
    #[case] name: &str,
    #[case] picture: &str,
    #[case] sound: &str,
    #[case] options: &[&str],
) {
    let room = Room::open().await;
    let speed: &[&str] = if picture == "libx264" { &["-preset", "ultrafast"] } else { &[] };
    let codecs = [&["-c:v", picture, "-c:a", sound], speed, options].concat();
    // MPEG-1 and -2 support few rates.
    let rate = if picture.starts_with("mpeg") { 25 } else { RATE };
    let film = Film::of(rate, 24).make(&room, name, &codecs);
    check(&room, room.piece(&film).await, rate).await;
}

/// A container that was written to a pipe has no index.
#[rstest]
#[case::avi("avi", "mpeg4", "pcm_s16le")]
#[case::flash("flv", "flv1", "pcm_s16le")]
#[case::matroska("matroska", "mpeg4", "pcm_s16le")]
#[tokio::test]
async fn a_cut_from_a_file_that_lost_its_index_is_right_as_well(
    #[case] format: &str,
    #[case] picture: &str,
    #[case] sound: &str,
) {
    let room = Room::open().await;
    let path = room.path("piped");
    let sound_rate = if format == "flv" { "44100" } else { "48000" };
    let made = Command::new("ffmpeg")
        .args(["-v", "error"])
        .args(Film::of(RATE, 24).inputs())
        .args(["-c:v", picture, "-q:v", "3", "-g", "300", "-sc_threshold", "1000000000"])
        .args(["-c:a", sound, "-ar", sound_rate, "-f", format, "pipe:1"])
        .stdout(Stdio::from(std::fs::File::create(&path).unwrap()))
        .status();
    assert!(made.unwrap().success());
    check(&room, room.piece(&path).await, RATE).await;
}

/// Cuts two stretches out of a film of 24 s and checks their frames.
async fn check(room: &Room, film: Piece, rate: u32) {
    for (in_s, out_s) in [(1, 3), (19, 21)] {
        let (in_us, out_us) = (in_s * 1_000_000, out_s * 1_000_000);
        let piece = Piece { in_us, out_us, ..film.clone() };
        let request = room.request(vec![piece], &format!("from-{in_s}.mov"));
        render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
        let count = rate as usize * (out_s - in_s) as usize;
        assert_shows(&request.destination, in_s as u32 * rate, rate, count);
        let picture = room.path(&format!("at-{in_s}.jpg"));
        let quiet = RunContext::quiet();
        thumbnail(&room.tools, &film.path, &film.facts, in_us, 160, &picture, &quiet).await.unwrap();
        assert_eq!(numbers(&picture), [in_s as u32 * rate], "{}", film.path.display());
    }
}
