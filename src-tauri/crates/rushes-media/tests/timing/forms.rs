//! Sources whose picture or sound format changes midway.

use std::path::PathBuf;

use rstest::rstest;
use rushes_media::{Piece, RunContext, render_clip_file, render_clip_sound, render_final, render_proxy};

use crate::room::{Film, Room, assert_in_step, assert_shows, assert_sounds, numbers};

const RATE: u32 = 25;

/// Two consecutive programmes of 6 s in one broadcast.
fn broadcast(room: &Room, first: &[&str], then: &[&str], size: (u32, u32)) -> PathBuf {
    let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "ac3"];
    let a = Film::of(RATE, 6).make(room, "a.ts", &[&codecs, first].concat());
    let b = Film { from_second: 6, size, ..Film::of(RATE, 6) };
    let b = b.make(room, "b.ts", &[&codecs, then, &["-output_ts_offset", "6"]].concat());
    let path = room.path("ab.ts");
    std::fs::write(&path, [std::fs::read(a).unwrap(), std::fs::read(b).unwrap()].concat()).unwrap();
    path
}

#[rstest]
#[case::channels(&["-ac", "6", "-b:a", "384k"], &["-ac", "2"], (160, 90))]
#[case::sample_rate(&["-ar", "48000"], &["-ar", "44100"], (160, 90))]
#[case::size(&[], &[], (240, 136))]
#[case::all(&["-ac", "6", "-b:a", "384k"], &["-ar", "32000", "-ac", "1"], (320, 180))]
#[tokio::test]
async fn a_cut_over_the_change_is_as_long_as_it_should_be_and_in_step(
    #[case] first: &[&str],
    #[case] then: &[&str],
    #[case] size: (u32, u32),
) {
    let room = Room::open().await;
    let film = room.piece(&broadcast(&room, first, then, size)).await;
    let piece = Piece { in_us: 3_000_000, out_us: 9_000_000, ..film.clone() };
    let request = room.request(vec![piece.clone()], "cut.mov");
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    assert_shows(&request.destination, 75, RATE, 150);

    let viewed = room.path("raw.mp4");
    let quiet = RunContext::quiet();
    render_clip_file(&room.tools, std::slice::from_ref(&piece), false, &viewed, &quiet).await.unwrap();
    assert_eq!(numbers(&viewed).len(), 150);
    let heard = room.path("raw/raw.wav");
    render_clip_sound(&room.tools, &[piece], &heard, &quiet).await.unwrap();
    assert_sounds(&heard, &[(3.0, 9.0)], 0.010);
    assert_eq!(std::fs::read_dir(room.path("raw")).unwrap().count(), 1);
    let proxy = room.path("proxy.mp4");
    render_proxy(&room.tools, &film.path, &film.facts, &proxy, &quiet).await.unwrap();
    assert_shows(&proxy, 0, RATE, 300);
    assert_in_step(&proxy, 0.0, 12.0);
    let left: Vec<_> = std::fs::read_dir(room.path("temp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
