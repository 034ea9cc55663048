//! The survey, and that nothing is lost by making one.

use rushes_media::{RunContext, analyse, analyse_picture, analyse_sound, probe, survey};
use rushes_model::analysis::{Analysis, Detail};

use crate::laws::assert_lawful;
use crate::room::{H264, MOVING, Room, TONE, cuts, estimate, scenes};

const LENGTHS: [&str; 4] = ["2.4", "1.48", "2.04", "3"];
const CUTS: [i64; 3] = [2_400_000, 3_880_000, 5_920_000];

#[tokio::test]
async fn cuts_on_key_frames_are_exact_at_first_sight() {
    let room = Room::open().await;
    let film = room.draw("looks-ahead.mp4", &scenes(LENGTHS), &["-preset", "veryfast", "-g", "250"]);
    let facts = probe(&room.tools, &film).await.unwrap();
    let first = survey(&room.tools, &film, &facts, &RunContext::quiet()).await.unwrap().unwrap();
    let analysis = estimate(&first);
    assert_lawful(&analysis);
    assert_eq!(analysis.detail, Detail::Survey);
    assert_eq!(cuts(&analysis), CUTS);
}

#[tokio::test]
async fn a_closer_look_makes_cuts_between_key_frames_exact() {
    let room = Room::open().await;
    let film = room.draw("rhythm.mp4", &scenes(LENGTHS), &["-g", "25", "-sc_threshold", "0"]);
    let facts = probe(&room.tools, &film).await.unwrap();
    let ctx = RunContext::quiet();
    let mut first = survey(&room.tools, &film, &facts, &ctx).await.unwrap().unwrap();
    let guessed: Vec<i64> = estimate(&first).shots.iter().skip(1).map(|shot| shot.start_us).collect();
    for cut in CUTS {
        assert!(guessed.iter().any(|guess| (guess - cut).abs() <= 1_000_000), "{guessed:?}");
    }
    first.look_closely(&room.tools, &film, &facts, &guessed, &ctx).await.unwrap();
    assert_eq!(cuts(&estimate(&first)), CUTS);
    // A second look changes nothing.
    let before = estimate(&first);
    first.look_closely(&room.tools, &film, &facts, &guessed, &ctx).await.unwrap();
    assert_eq!(estimate(&first), before);
}

#[tokio::test]
async fn parts_that_are_made_alone_are_those_of_the_whole() {
    let room = Room::open().await;
    let film = room.record("film.mp4", &["-t", "4"]);
    let facts = probe(&room.tools, &film).await.unwrap();
    let ctx = RunContext::quiet();
    let sound = analyse_sound(&room.tools, &film, &facts, &ctx).await.unwrap();
    let picture = analyse_picture(&room.tools, &film, &facts, &ctx).await.unwrap();
    let whole = analyse(&room.tools, &film, &facts, &ctx).await.unwrap();
    let analysis = Analysis::of(picture.part, sound.part);
    assert!(analysis.windows.iter().all(|window| window.loudness_mlufs.is_some()));
    assert_eq!(analysis, whole.analysis);
    assert_eq!(sound.waveform, whole.waveform);
    assert_eq!(picture.sheet, whole.sheet);
}

#[tokio::test]
async fn footage_of_key_frames_alone_has_no_first_look() {
    let room = Room::open().await;
    let film = room.make(
        "film.avi",
        &["-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", TONE, "-t", "3", "-c:v", "mjpeg"],
    );
    let (facts, analysed) = room.analysed(&film).await;
    assert_eq!(analysed.analysis.damage, []);
    assert!(survey(&room.tools, &film, &facts, &RunContext::quiet()).await.unwrap().is_none());
    let every = room
        .make("every.mp4", &[&["-f", "lavfi", "-i", MOVING, "-t", "3"][..], &H264, &["-g", "1"]].concat());
    let facts = probe(&room.tools, &every).await.unwrap();
    assert!(survey(&room.tools, &every, &facts, &RunContext::quiet()).await.unwrap().is_none());
}
