//! Frames that would exhaust memory are rejected before they are decoded.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use rushes_media::{
    MediaError, Piece, RunContext, Toolchain, analyse, analyse_sound, clip_filmstrip, filmstrip, probe,
    rejoin, render_clip_file, render_clip_sound, render_final, render_proxy, still, survey, thumbnail,
};
use rushes_model::notice::NotVideo;
use rushes_model::spec::{AudioEncoding, Container, LoudnessTarget, VideoEncoding};

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
    let too_large = matches!(error, MediaError::NotVideo { reason: NotVideo::TooLarge, .. });
    assert!(too_large, "{error:?}");
}

/// A stream that starts small and becomes enormous: the small frames are shown, and the
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
    let analysed = analyse(&room.tools, &film, &piece.facts, &ctx).await.unwrap();
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
    render_clip_file(&room.tools, &[clip], true, &room.path("clip.mp4"), &ctx).await.unwrap();
}

/// ffmpeg decodes the first frames of everything it opens, even when it reads only the
/// sound or copies.
#[cfg(unix)]
#[tokio::test]
async fn every_file_is_opened_within_bounds() {
    let room = Room::open().await;
    let sound = ["-f", "lavfi", "-i", "sine=440:d=4:sample_rate=48000", "-c:a", "aac"];
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4"];
    let whole = room.make("whole.ts", &[&picture[..], &sound, &INTRA].concat());
    let film = room.path("film.ts");
    // Its clock restarts midway.
    fs::write(&film, fs::read(&whole).unwrap().repeat(2)).unwrap();
    let tools = listed(&room);
    let ctx = RunContext::quiet();

    assert!(matches!(probe(&tools, &film).await, Err(MediaError::UnevenClock { .. })));
    let steady = room.path("steady.ts");
    let facts = rejoin(&tools, &film, &steady, &ctx).await.unwrap();
    survey(&tools, &steady, &facts, &ctx).await.unwrap();
    analyse(&tools, &steady, &facts, &ctx).await.unwrap();
    analyse_sound(&tools, &steady, &facts, &ctx).await.unwrap();
    thumbnail(&tools, &steady, &facts, 1_000_000, 320, &room.path("still.jpg"), &ctx).await.unwrap();
    filmstrip(&tools, &steady, &facts, 0, 4_000_000, 4, 90, &room.path("strip.jpg"), &ctx).await.unwrap();
    render_proxy(&tools, &steady, &facts, &room.path("proxy.mp4"), &ctx).await.unwrap();
    let piece = |at: i64| Piece {
        path: steady.clone(),
        facts: facts.clone(),
        in_us: at * 200_000,
        out_us: at * 200_000 + 400_000,
    };
    let many: Vec<Piece> = (0..12).map(piece).collect();
    still(&tools, &many[3], many[3].in_us, 320, &room.path("first.jpg"), &ctx).await.unwrap();
    clip_filmstrip(&tools, &many, 10, 90, &room.path("clip.jpg"), &ctx).await.unwrap();
    render_clip_sound(&tools, &many, &room.path("clip.wav"), &ctx).await.unwrap();
    let mut request = room.request(many.clone(), "final.mp4");
    request.spec.loudness = Some(LoudnessTarget { integrated_mlufs: -14_000, true_peak_mdb: -1_000 });
    render_final(&tools, &request, &ctx).await.unwrap();
    let mut request = room.request(many[..2].to_vec(), "copy.mkv");
    (request.spec.video, request.spec.audio) = (VideoEncoding::Copy, AudioEncoding::Copy);
    (request.spec.container, request.spec.frame) = (Container::Mkv, None);
    render_final(&tools, &request, &ctx).await.unwrap();

    let opened = inputs(&room.path("runs"));
    assert!(opened.len() > 30, "{opened:#?}");
    let unbounded: Vec<_> = opened.iter().filter(|options| !options.contains("-max_pixels\n")).collect();
    assert!(unbounded.is_empty(), "{unbounded:#?}");
}

/// Tools that log the arguments of each run to a separate file.
#[cfg(unix)]
fn listed(room: &Room) -> Toolchain {
    use std::os::unix::fs::PermissionsExt;
    let runs = room.path("runs");
    fs::create_dir(&runs).unwrap();
    let noting = |tool: &Path| {
        let name = tool.file_name().unwrap();
        let to = room.folder.path().join(name);
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > {}/$$\nexec {} \"$@\"\n",
            runs.display(),
            tool.display()
        );
        fs::write(&to, script).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).unwrap();
        to
    };
    let (ffmpeg, ffprobe) = (noting(&room.tools.ffmpeg), noting(&room.tools.ffprobe));
    Toolchain { ffmpeg, ffprobe, ..room.tools.clone() }
}

/// The options of each opened file, one line each; generated inputs are left out.
fn inputs(runs: &Path) -> Vec<String> {
    let mut inputs = Vec::new();
    for run in fs::read_dir(runs).unwrap() {
        let words = fs::read_to_string(run.unwrap().path()).unwrap();
        let mut options: Vec<&str> = words.split("\n-i\n").collect();
        // Everything after the last input belongs to the outputs.
        options.pop();
        inputs.extend(options.into_iter().map(|options| format!("{options}\n")));
    }
    inputs.retain(|options| !options.contains("lavfi"));
    inputs
}
