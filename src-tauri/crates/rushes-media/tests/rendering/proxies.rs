//! A proxy shows the same picture at the same moment as its source.

use std::path::Path;

use rushes_media::{RunContext, needs_proxy, probe, render_proxy};

use crate::room::{H264, Room, frames, pictures};

/// Timestamps of the frames relative to the first one, in microseconds.
fn times(file: &Path) -> Vec<i64> {
    let times: Vec<f64> = frames(file, "pts_time").iter().filter_map(|row| row.parse().ok()).collect();
    times.iter().map(|time| ((time - times[0]) * 1e6).round() as i64).collect()
}

#[rstest::rstest]
#[case::hevc("film.mp4", &["-c:v", "libx265", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le"])]
#[case::prores("film.mov", &["-c:v", "prores_ks", "-r", "24000/1001"])]
#[case::transport_stream("film.ts", &["-c:v", "mpeg2video", "-q:v", "4", "-muxdelay", "3"])]
#[tokio::test]
async fn every_picture_keeps_its_time(#[case] name: &str, #[case] codec: &[&str]) {
    let room = Room::open().await;
    let input =
        ["-f", "lavfi", "-i", "testsrc2=s=1600x900:r=30000/1001:d=3", "-f", "lavfi", "-i", "sine=d=3"];
    let film = room.make(name, &[&input[..], codec].concat());
    proxied(&room, &film).await;
}

#[tokio::test]
async fn an_uneven_rate_stays_as_it_is() {
    let room = Room::open().await;
    let uneven = "testsrc2=s=640x360:r=60:d=6,select='not(mod(n\\,2))*lt(t\\,2)+not(mod(n\\,5))*between(t\\,2\\,4)+gt(t\\,4)'";
    // Without a tag, such a small picture counts as BT.601, and its greys change.
    let input = ["-f", "lavfi", "-i", uneven, "-fps_mode", "vfr", "-colorspace", "bt709"];
    let film = room.make("uneven.mkv", &[&input[..], &H264].concat());
    assert!(probe(&room.tools, &film).await.unwrap().video.variable_frame_rate);
    proxied(&room, &film).await;
}

/// Renders a proxy and compares it with its source.
async fn proxied(room: &Room, film: &Path) {
    let facts = probe(&room.tools, film).await.unwrap();
    assert!(needs_proxy(&facts));
    let to = room.path("proxy.mp4");
    let made = render_proxy(&room.tools, film, &facts, &to, &RunContext::quiet()).await.unwrap();
    assert!(!needs_proxy(&made.facts));
    assert!(made.facts.video.width <= 1280);
    assert_eq!(made.facts.start_us, 0);
    let (theirs, ours) = (times(film), times(&to));
    assert_eq!(theirs.len(), ours.len());
    let worst = theirs.iter().zip(&ours).map(|(a, b)| (a - b).abs()).max().unwrap();
    assert!(worst <= 1000, "{worst} µs");
    let (a, b) = (pictures(film, 32), pictures(&to, 32));
    for (number, (a, b)) in a.iter().zip(&b).enumerate() {
        let apart: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        assert!(apart < 6 * 32 * 32, "picture {number}");
    }
    let keys: Vec<i64> = frames(&to, "pts_time,key_frame,pict_type")
        .iter()
        .filter(|row| row.contains('I'))
        .filter_map(|row| {
            row.split(',').find_map(|word| word.parse::<f64>().ok().filter(|_| word.contains('.')))
        })
        .map(|time| (time * 1e6) as i64)
        .collect();
    assert!(keys.windows(2).all(|pair| pair[1] - pair[0] <= 600_000), "{keys:?}");
}
