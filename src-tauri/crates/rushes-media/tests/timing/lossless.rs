//! Lossless cuts from containers without an index: they begin with the key frame at or
//! before the in point, with sound in sync.

use rstest::rstest;
use rushes_media::{FinalRequest, MediaError, NotCuttableReason, Piece, RunContext, render_final};
use rushes_model::spec::{AudioEncoding, Container, VideoEncoding};

use crate::room::{Film, Room, assert_in_step, assert_shows, numbers};

const RATE: u32 = 25;

fn lossless(room: &Room, pieces: Vec<Piece>, name: &str) -> FinalRequest {
    let mut request = room.request(pieces, name);
    (request.spec.video, request.spec.audio) = (VideoEncoding::Copy, AudioEncoding::Copy);
    (request.spec.container, request.spec.frame) = (Container::Mkv, None);
    request
}

#[rstest]
#[case::broadcast("cam.ts", &["-c:v", "libx264", "-preset", "veryfast", "-sc_threshold", "0", "-c:a", "mp2"])]
#[case::programme("cam.mpg", &["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-sc_threshold", "1000000000", "-c:a", "mp2"])]
#[case::avi_with_reordered_pictures("cam.avi", &["-c:v", "mpeg4", "-q:v", "3", "-bf", "2", "-c:a", "pcm_s16le"])]
#[case::matroska("cam.mkv", &["-c:v", "libx264", "-preset", "veryfast", "-sc_threshold", "0", "-c:a", "mp2"])]
#[tokio::test]
async fn a_cut_begins_with_the_key_frame_before_its_in_point(#[case] name: &str, #[case] codecs: &[&str]) {
    let room = Room::open().await;
    let film = Film::of(RATE, 22).make(&room, name, &[codecs, &["-g", "50"]].concat());
    let film = room.piece(&film).await;
    for (in_us, out_us) in [(9_000_000, 12_000_000), (16_000_000, 18_000_000), (0, 1_000_000)] {
        let piece = Piece { in_us, out_us, ..film.clone() };
        let request = lossless(&room, vec![piece], &format!("{in_us}.mkv"));
        render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
        let shown = numbers(&request.destination);
        // Encoders put key frames where they like, at most 50 frames apart.
        let (first, last) = ((in_us / 40_000) as u32, (out_us / 40_000) as u32);
        let key = shown[0];
        assert!(key <= first && key + 50 >= first, "{name} at {in_us}: {shown:?}");
        let whole = shown.iter().zip(key..).take_while(|(shown, due)| **shown == *due).count();
        assert!(key + whole as u32 + 4 >= last, "{name} at {in_us}: {shown:?}");
        assert_in_step(
            &request.destination,
            f64::from(key) / f64::from(RATE),
            whole as f64 / f64::from(RATE),
        );
    }
}

#[tokio::test]
async fn several_pieces_of_a_broadcast_follow_each_other() {
    let room = Room::open().await;
    let codecs = [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-bf",
        "0",
        "-g",
        "25",
        "-sc_threshold",
        "0",
        "-c:a",
        "mp2",
    ];
    let film = Film::of(RATE, 12).make(&room, "cam.ts", &codecs);
    let film = room.piece(&film).await;
    let pieces = [(2, 4), (8, 9)].map(|(from, to)| Piece {
        in_us: from * 1_000_000,
        out_us: to * 1_000_000,
        ..film.clone()
    });
    let request = lossless(&room, pieces.into(), "two.mkv");
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    let due: Vec<u32> = (50..100).chain(200..225).collect();
    assert_eq!(numbers(&request.destination), due);
}

/// The encoded final of such an AVI shows the right frames with their sound. If a
/// lossless cut is impossible, it is rejected with a way out.
#[rstest]
#[case::mpeg4("mpeg4", true)]
#[case::h264("libx264", false)]
#[tokio::test]
async fn pictures_without_display_times_are_found_by_their_number(
    #[case] codec: &str,
    #[case] is_cuttable: bool,
) {
    let room = Room::open().await;
    let codecs = ["-c:v", codec, "-bf", "2", "-g", "50", "-q:v", "3", "-c:a", "pcm_s16le"];
    let film = Film::of(RATE, 12).make(&room, "b.avi", &codecs);
    let film = room.piece(&film).await;
    let piece = Piece { in_us: 5_000_000, out_us: 11_000_000, ..film };
    let request = room.request(vec![piece.clone()], "encoded.mov");
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    assert_shows(&request.destination, 125, RATE, 150);

    let cut = render_final(&room.tools, &lossless(&room, vec![piece], "cut.mkv"), &RunContext::quiet()).await;
    if is_cuttable {
        cut.unwrap();
    } else {
        let error = cut.unwrap_err();
        let reason = NotCuttableReason::NoDisplayTimes;
        assert!(
            matches!(&error, MediaError::NotCuttable { reason: told, .. } if *told == reason),
            "{error:?}"
        );
    }
}
