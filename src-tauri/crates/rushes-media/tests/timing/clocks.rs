//! Files that contain several recordings: a copy with a continuous clock is made.

use std::path::PathBuf;

use rstest::rstest;
use rushes_media::{MediaError, Piece, RunContext, probe, rejoin, render_final};
use rushes_model::notice::NotVideo;

use crate::room::{Film, Room, assert_shows};

const RATE: u32 = 25;

/// Two recordings, of 9 and of 6 s, joined byte by byte; the second continues the frame
/// numbers of the first.
fn joined(room: &Room, ending: &str, codecs: &[&str], second: &[&str]) -> PathBuf {
    let first = Film::of(RATE, 9).make(room, &format!("a.{ending}"), codecs);
    let then = Film { seconds: 6, from_second: 9, ..Film::of(RATE, 0) };
    let then = then.make(room, &format!("b.{ending}"), &[codecs, second].concat());
    let path = room.path(&format!("ab.{ending}"));
    std::fs::write(&path, [std::fs::read(first).unwrap(), std::fs::read(then).unwrap()].concat()).unwrap();
    path
}

const BROADCAST: [&str; 8] = ["-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-c:a", "mp2"];

#[rstest]
#[case::it_starts_again("ts", &BROADCAST, &[])]
#[case::it_leaps_ahead("ts", &BROADCAST, &["-output_ts_offset", "1000"])]
#[case::it_leaps_back("ts", &BROADCAST, &["-output_ts_offset", "3"])]
#[case::matroska("mkv", &["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "flac"], &[])]
#[tokio::test]
async fn recordings_that_were_joined_are_found_and_follow_each_other(
    #[case] ending: &str,
    #[case] codecs: &[&str],
    #[case] second: &[&str],
) {
    let room = Room::open().await;
    let path = joined(&room, ending, codecs, second);
    let found = probe(&room.tools, &path).await;
    assert!(matches!(found, Err(MediaError::UnevenClock { parts: 2, .. })), "{found:?}");

    let whole = room.path("whole");
    let facts = rejoin(&room.tools, &path, &whole, &RunContext::quiet()).await.unwrap();
    assert_eq!(facts.rejoined.as_ref().unwrap().parts, 2);
    assert!((facts.duration_us - 15_000_000).abs() <= 50_000, "{}", facts.duration_us);
    let film = room.piece(&whole).await;
    for (in_s, out_s) in [(2, 4), (7, 11), (12, 14)] {
        let piece = Piece { in_us: in_s * 1_000_000, out_us: out_s * 1_000_000, ..film.clone() };
        let request = room.request(vec![piece], &format!("from-{in_s}.mov"));
        render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
        let count = (out_s - in_s) as usize * RATE as usize;
        assert_shows(&request.destination, in_s as u32 * RATE, RATE, count);
    }
}

#[tokio::test]
async fn a_bare_stream_is_refused_with_what_helps() {
    let room = Room::open().await;
    let bare = Film::of(RATE, 2).make(&room, "bare.h264", &["-map", "0", "-c:v", "libx264", "-bf", "2"]);
    let error = probe(&room.tools, &bare).await.unwrap_err();
    assert!(matches!(error, MediaError::NotVideo { reason: NotVideo::BareStream, .. }), "{error:?}");
}

#[tokio::test]
async fn an_ordinary_broadcast_is_left_as_it_is() {
    let room = Room::open().await;
    let film = Film::of(RATE, 6).make(&room, "cam.ts", &BROADCAST);
    let facts = probe(&room.tools, &film).await.unwrap();
    assert_eq!((facts.duration_us, facts.rejoined), (6_000_000, None));
}

/// A recording that begins between two key frames: its first frame is the first that
/// can be shown.
#[tokio::test]
async fn a_recording_that_begins_between_key_frames_begins_with_the_next_one() {
    let room = Room::open().await;
    let codecs = ["-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-sc_threshold", "0", "-c:a", "mp2"];
    let film = Film::of(RATE, 9).make(&room, "cam.ts", &codecs);
    let bytes = std::fs::read(film).unwrap();
    let late = room.path("late.ts");
    std::fs::write(&late, &bytes[bytes.len() / 9 / 188 * 188..]).unwrap();
    let film = room.piece(&late).await;
    let piece = Piece { in_us: 1_000_000, out_us: 4_000_000, ..film };
    let request = room.request(vec![piece], "cut.mov");
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    // From frame 50, the first intact key frame.
    assert_shows(&request.destination, 75, RATE, 75);
}
