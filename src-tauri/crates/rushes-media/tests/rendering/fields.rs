//! Interlaced footage comes out as whole pictures.

use std::path::Path;

use rushes_media::{RunContext, probe, render_final, render_preview, thumbnail};

use crate::room::{Room, pictures};

/// Something that moves sideways, so that its two fields differ at every edge.
const MOVING: &str = "testsrc2=s=640x360:r=50:d=4,crop=320:180:x=80+60*sin(8*t):y=60";

/// How much of the picture is combs: lines that differ from both neighbours in
/// the same direction, which no edge of a real picture does for long.
fn combs(file: &Path, side: usize) -> f64 {
    let pictures = pictures(file, side);
    let mut combed = 0usize;
    for picture in &pictures {
        for y in 1..side - 1 {
            for x in 0..side {
                let at = |y: usize| i32::from(picture[y * side + x]);
                let (above, below) = (at(y) - at(y - 1), at(y) - at(y + 1));
                combed += usize::from(above * below > 900);
            }
        }
    }
    combed as f64 / (pictures.len() * side * side) as f64
}

#[tokio::test]
async fn the_two_fields_of_interlaced_footage_become_one_picture() {
    let room = Room::open().await;
    let input = ["-f", "lavfi", "-i"];
    let encoder = ["-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ilme+ildct"];
    let woven = format!("{MOVING},tinterlace=interleave_top,setfield=tff");
    let film = room.make("fields.mpg", &[&input[..], &[&woven], &encoder].concat());
    let facts = probe(&room.tools, &film).await.unwrap();
    assert!(facts.video.interlaced);
    assert_eq!(facts.video.frame_rate_milli, 25_000);

    let ctx = RunContext::quiet();
    let piece = room.piece(&film).await;
    let mut request = room.request(vec![piece.clone()], "final.mp4");
    request.spec.max_frame_rate_milli = 25_000;
    render_final(&room.tools, &request, &ctx).await.unwrap();
    render_preview(&room.tools, std::slice::from_ref(&piece), false, &room.path("clip.mp4"), &ctx)
        .await
        .unwrap();
    thumbnail(&room.tools, &film, &facts, 1_500_000, 320, &room.path("still.jpg"), &ctx).await.unwrap();

    // At full height, where a line is a line.
    let in_source = combs(&film, 180);
    assert!(in_source > 0.02, "{in_source}");
    for made in ["final.mp4", "clip.mp4", "still.jpg"] {
        let left = combs(&room.path(made), 180);
        println!("{made}: {left:.4} of {in_source:.4}");
        assert!(left < in_source / 4.0, "{made}: {left} of {in_source}");
    }
    let due = pictures(&film, 16).len();
    assert_eq!(pictures(&room.path("final.mp4"), 16).len(), due);
    assert_eq!(pictures(&room.path("clip.mp4"), 16).len(), due);
}

#[tokio::test]
async fn footage_of_whole_pictures_is_not_taken_for_interlaced() {
    let room = Room::open().await;
    let film = room.make("whole.mp4", &["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"]);
    assert!(!probe(&room.tools, &film).await.unwrap().video.interlaced);
}
