//! Output frame rates: those of the used footage, within the limits of the preset.

use rushes_media::{Piece, RunContext, probe, render_clip_file, render_final};

use crate::room::{H264, Room, pictures, probed};

const RATE: &str = "stream=r_frame_rate,avg_frame_rate";

#[tokio::test]
async fn a_stretch_of_a_screen_recording_keeps_the_rate_that_it_has() {
    let room = Room::open().await;
    // One frame a second, except for three seconds at sixty.
    let uneven = "testsrc2=s=320x180:r=60:d=20,select='between(t,8,11)+not(mod(n,60))'";
    let film =
        room.make("screen.mp4", &[&["-f", "lavfi", "-i", uneven, "-fps_mode", "vfr"][..], &H264].concat());
    let piece = room.piece(&film).await;
    assert!(piece.facts.video.variable_frame_rate && piece.facts.video.frame_rate_milli < 15_000);
    let busy = Piece { in_us: 8_000_000, out_us: 10_000_000, ..piece.clone() };
    let quiet = Piece { in_us: 13_000_000, out_us: 17_000_000, ..piece };
    let ctx = RunContext::quiet();

    let request = room.request(vec![busy.clone()], "busy.mp4");
    render_final(&room.tools, &request, &ctx).await.unwrap();
    assert_eq!(probed(&request.destination, RATE), "60/1,60/1");
    let shown = pictures(&request.destination, 32);
    let moves = shown.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(shown.len() == 120 && moves > 110, "{moves} of {}", shown.len());

    let mut request = room.request(vec![busy.clone()], "slow.mp4");
    request.spec.max_frame_rate_milli = 30_000;
    render_final(&room.tools, &request, &ctx).await.unwrap();
    assert_eq!(probed(&request.destination, RATE), "30/1,30/1");

    let mut request = room.request(vec![quiet.clone()], "quiet.mp4");
    request.spec.min_frame_rate_milli = 23_000;
    render_final(&room.tools, &request, &ctx).await.unwrap();
    let rate = probed(&request.destination, "stream=r_frame_rate");
    let (num, den) = rate.split_once('/').unwrap();
    let rate = num.parse::<f64>().unwrap() / den.parse::<f64>().unwrap();
    assert!((23.0..=60.0).contains(&rate), "{rate}");

    render_clip_file(&room.tools, &[quiet, busy], true, &room.path("clip.mp4"), &ctx).await.unwrap();
    assert_eq!(probed(&room.path("clip.mp4"), RATE), "60/1,60/1");
}

#[tokio::test]
async fn a_platform_that_asks_for_more_pictures_gets_each_twice() {
    let room = Room::open().await;
    let film =
        room.make("film.mp4", &[&["-f", "lavfi", "-i", "testsrc2=s=320x180:r=15:d=2"][..], &H264].concat());
    assert_eq!(probe(&room.tools, &film).await.unwrap().video.frame_rate_milli, 15_000);
    let mut request = room.request(vec![room.piece(&film).await], "final.mp4");
    request.spec.min_frame_rate_milli = 23_000;
    let ctx = RunContext::quiet();
    render_final(&room.tools, &request, &ctx).await.unwrap();
    assert_eq!(probed(&request.destination, RATE), "30/1,30/1");
    // If the preset accepts any rate, the source's own is kept.
    let own = room.request(request.pieces, "own.mp4");
    render_final(&room.tools, &own, &ctx).await.unwrap();
    assert_eq!(probed(&own.destination, RATE), "15/1,15/1");
}
