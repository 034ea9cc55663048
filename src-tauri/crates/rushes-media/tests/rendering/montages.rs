//! Montages of very many pieces: as exact as those of few, in bounded memory.

use std::sync::{Arc, Mutex};

use rushes_media::{MediaError, Piece, RunContext, render_clip_file, render_final};
use rushes_model::spec::{AudioEncoding, VideoEncoding};
use tokio::time::timeout;

use crate::room::{H264, PATIENCE, Room, pictures, samples};

/// A film whose frames encode their own number as a grey that grows with each.
async fn film(room: &Room, rate: &str) -> Piece {
    let counted = format!("color=black:s=320x180:r={rate}:d=10,format=gray,geq=lum=16+mod(N\\,200)");
    let input = ["-f", "lavfi", "-i", &counted];
    let tone = ["-f", "lavfi", "-i", "sine=1000:sample_rate=48000:d=10", "-c:a", "pcm_s16le"];
    let film = room.make("counted.mov", &[&input[..], &tone, &H264, &["-g", "25"]].concat());
    room.piece(&film).await
}

/// Pieces of three frames each, from all over the film.
fn pieces(film: &Piece, count: i64) -> Vec<Piece> {
    let frame_us = 1_000_000_000 / i64::from(film.facts.video.frame_rate_milli);
    (0..count)
        .map(|n| {
            let first = (n * 37) % 180;
            Piece { in_us: first * frame_us, out_us: (first + 3) * frame_us, ..film.clone() }
        })
        .collect()
}

fn shades(file: &std::path::Path) -> Vec<i32> {
    let mean = |picture: &Vec<u8>| picture.iter().map(|v| i32::from(*v)).sum::<i32>() / picture.len() as i32;
    pictures(file, 8).iter().map(mean).collect()
}

#[rstest::rstest]
#[case::h264("25", VideoEncoding::H264 { crf: 4, max_kbps: 20_000 }, "many.mp4")]
#[case::at_an_odd_rate("30000/1001", VideoEncoding::H264 { crf: 4, max_kbps: 20_000 }, "many.mp4")]
#[case::prores("25", VideoEncoding::Prores, "many.mov")]
#[tokio::test]
async fn many_pieces_show_what_each_of_them_shows_alone(
    #[case] rate: &str,
    #[case] video: VideoEncoding,
    #[case] name: &str,
) {
    let room = Room::open().await;
    let film = film(&room, rate).await;
    let many = pieces(&film, 40);
    let mut request = room.request(many.clone(), name);
    request.spec.video = video;
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = told.clone();
    let ctx = RunContext {
        on_progress: Arc::new(move |progress| telling.lock().unwrap().push(progress)),
        ..RunContext::quiet()
    };
    timeout(PATIENCE, render_final(&room.tools, &request, &ctx)).await.unwrap().unwrap();
    let shown = shades(&request.destination);

    // Ten at a time are rendered without groups.
    let mut apart = Vec::new();
    for (number, few) in many.chunks(10).enumerate() {
        let destination = room.path(&format!("few-{number}.mov"));
        let few = rushes_media::FinalRequest { pieces: few.to_vec(), destination, ..request.clone() };
        render_final(&room.tools, &few, &RunContext::quiet()).await.unwrap();
        apart.extend(shades(&few.destination));
    }
    assert_eq!(shown.len(), 120);
    assert_eq!(apart.len(), 120);
    let worst = shown.iter().zip(&apart).map(|(a, b)| (a - b).abs()).max().unwrap();
    assert!(worst <= 1, "{worst}: {shown:?} {apart:?}");
    // Sound for 120 frames; a codec adds at most what fills its last block.
    let seconds = 120.0 * 1000.0 / f64::from(film.facts.video.frame_rate_milli);
    let due = (seconds * 48_000.0).round() as i64;
    let heard = samples(&request.destination).len() as i64;
    let room_of_codec = if request.spec.audio == AudioEncoding::Pcm { 1 } else { 1100 };
    assert!((heard - due).abs() <= room_of_codec, "{heard} for {due}");

    let told = told.lock().unwrap();
    assert!(told.is_sorted_by_key(|progress| progress.done_us), "{told:?}");
    assert_eq!(told.last().unwrap().done_us, told.last().unwrap().total_us);
    assert_eq!(std::fs::read_dir(room.path("temp")).unwrap().count(), 0);
}

/// The sound of each piece is at the right place: a tone under every second piece
/// begins and ends with that piece, also in the last group.
#[tokio::test]
async fn sound_lies_where_its_piece_lies_over_all_groups() {
    let room = Room::open().await;
    let loud = film(&room, "25").await;
    let mut silent = loud.clone();
    silent.facts.audio.clear();
    let many: Vec<Piece> = pieces(&loud, 40)
        .into_iter()
        .enumerate()
        .map(|(n, piece)| if n % 2 == 0 { piece } else { Piece { facts: silent.facts.clone(), ..piece } })
        .collect();
    let request = room.request(many, "many.mov");
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    let heard = samples(&request.destination);
    let piece = 48_000 * 3 / 25;
    assert_eq!(heard.len(), 40 * piece);
    for n in 0..40 {
        let part = &heard[n * piece..(n + 1) * piece];
        let energy = |part: &[f32]| part.iter().map(|s| f64::from(s * s)).sum::<f64>() / part.len() as f64;
        let (whole, first, last) = (energy(part), energy(&part[..300]), energy(&part[piece - 300..]));
        if n % 2 == 0 {
            assert!(whole > 1e-3 && first > 1e-5 && last > 1e-5, "piece {n}: {whole} {first} {last}");
        } else {
            assert!(whole < 1e-7, "piece {n}: {whole}");
        }
    }
}

#[tokio::test]
async fn a_raw_clip_of_many_pieces_leaves_nothing_beside_itself() {
    let room = Room::open().await;
    let film = film(&room, "25").await;
    let to = room.path("clips/clip.mp4");
    let made =
        render_clip_file(&room.tools, &pieces(&film, 30), true, &to, &RunContext::quiet()).await.unwrap();
    assert_eq!(made.facts.duration_us, 90 * 40_000);
    assert_eq!(std::fs::read_dir(room.path("clips")).unwrap().count(), 1);

    let ctx = RunContext::quiet();
    let cancel = ctx.cancel.clone();
    let ctx = RunContext { on_progress: Arc::new(move |_| cancel.cancel()), ..ctx };
    let outcome =
        render_clip_file(&room.tools, &pieces(&film, 30), true, &room.path("clips/b.mp4"), &ctx).await;
    assert!(matches!(outcome, Err(MediaError::Cancelled)), "{outcome:?}");
    assert_eq!(std::fs::read_dir(room.path("clips")).unwrap().count(), 1);
}
