//! Pictures that would take all memory are refused before they are decoded.
#![allow(clippy::unwrap_used)]

use std::fs;

use rushes_media::{MediaError, NotVideoReason, RunContext, analyse, probe, render_preview, thumbnail};

#[path = "common/room.rs"]
mod common;

use common::Room;

const INTRA: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"];

#[rstest::rstest]
#[case::that_says_so("large.mp4")]
#[case::found_in_the_stream("large.ts")]
#[tokio::test]
async fn a_film_of_enormous_pictures_is_refused_with_what_does_help(#[case] name: &str) {
    let room = Room::open().await;
    let film =
        room.make(name, &[&["-f", "lavfi", "-i", "color=c=red:s=9000x9000:r=5:d=0.2"][..], &INTRA].concat());
    let error = probe(&room.tools, &film).await.unwrap_err();
    let too_large = matches!(error, MediaError::NotVideo { reason: NotVideoReason::TooLarge, .. });
    assert!(too_large, "{error:?}");
    assert!(error.message().contains("8192×8192"), "{}", error.message());
}

/// A stream that begins small and turns enormous: what is small is shown, and the
/// rest is never decoded.
#[tokio::test]
async fn pictures_that_grow_beyond_all_bounds_are_left_out() {
    let room = Room::open().await;
    let small =
        room.make("small.ts", &[&["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2"][..], &INTRA].concat());
    let offset = ["-output_ts_offset", "2"];
    let large = "color=c=red:s=9000x9000:r=5:d=0.2";
    let large = room.make("large.ts", &[&["-f", "lavfi", "-i", large][..], &INTRA, &offset].concat());
    let film = room.path("grows.ts");
    fs::write(&film, [fs::read(small).unwrap(), fs::read(large).unwrap()].concat()).unwrap();
    let piece = room.piece(&film).await;
    let ctx = RunContext::quiet();
    let analysed = analyse(&room.tools, &film, &piece.facts, None, &ctx).await.unwrap();
    assert!(!analysed.analysis.damage.is_empty());
    thumbnail(
        &room.tools,
        &film,
        &piece.facts,
        1_000_000,
        320,
        &room.path("still.jpg"),
        &RunContext::quiet(),
    )
    .await
    .unwrap();
    let clip = rushes_media::Piece { out_us: 1_500_000, ..piece };
    render_preview(&room.tools, &[clip], true, &room.path("clip.mp4"), &ctx).await.unwrap();
}
