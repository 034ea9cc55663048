//! Interlaced footage is deinterlaced.

use std::path::Path;

use rushes_media::{RunContext, probe, render_clip_file, render_final, thumbnail};
use rushes_model::facts::Fields;

use crate::room::{Room, pictures};

/// Sideways movement, so that the two fields differ at every edge.
const MOVING: &str = "testsrc2=s=640x360:r=50:d=4,crop=320:180:x=80+60*sin(8*t):y=60";

/// How much of the picture shows combing: lines that differ from both neighbours in the
/// same direction, which no edge of a real picture does for long.
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
    assert!(facts.video.fields.is_some());
    assert_eq!(facts.video.frame_rate_milli, 25_000);

    let ctx = RunContext::quiet();
    let piece = room.piece(&film).await;
    let mut request = room.request(vec![piece.clone()], "final.mp4");
    request.spec.max_frame_rate_milli = 25_000;
    render_final(&room.tools, &request, &ctx).await.unwrap();
    render_clip_file(&room.tools, std::slice::from_ref(&piece), false, &room.path("clip.mp4"), &ctx)
        .await
        .unwrap();
    thumbnail(&room.tools, &film, &facts, 1_500_000, 320, &room.path("still.jpg"), &ctx).await.unwrap();

    // At full height, to keep single lines.
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
    assert!(probe(&room.tools, &film).await.unwrap().video.fields.is_none());
}

/// What the two streams without a field order have in common: one with 576 lines, as in
/// MiniDV.
#[rstest::rstest]
#[case::pictures_that_say_it(
    "fields.dv", &["-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-ar", "48000", "-ac", "2"], Fields::Told
)]
#[case::pictures_that_look_it("fields.avi", &["-c:v", "huffyuv", "-pix_fmt", "yuv422p"], Fields::Top)]
#[tokio::test]
async fn fields_are_found_where_the_stream_does_not_tell(
    #[case] name: &str,
    #[case] codec: &[&str],
    #[case] found: Fields,
) {
    let room = Room::open().await;
    let woven = "testsrc2=s=720x576:r=50:d=3,crop=360:576:x=180+160*sin(8*t):y=0,scale=720:576,tinterlace=interleave_top,setfield=prog";
    let input = ["-f", "lavfi", "-i", woven, "-f", "lavfi", "-i", "sine=r=48000:d=3"];
    let film = room.make(name, &[&input[..], codec].concat());
    assert_eq!(crate::room::probed(&film, "stream=field_order").replace("progressive", "unknown"), "unknown");
    let facts = probe(&room.tools, &film).await.unwrap();
    assert_eq!(facts.video.fields, Some(found));

    let piece = room.piece(&film).await;
    let mut request = room.request(vec![piece], "final.mp4");
    request.spec.frame = None;
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    let (in_source, left) = (combs(&film, 576), combs(&room.path("final.mp4"), 576));
    println!("{name}: {left:.4} of {in_source:.4}");
    assert!(in_source > 0.005 && left < in_source / 4.0, "{left} of {in_source}");
}

#[tokio::test]
async fn whole_pictures_of_a_height_that_fields_have_are_left_alone() {
    let room = Room::open().await;
    let input = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=2"];
    let film = room.make("whole.avi", &[&input[..], &["-c:v", "huffyuv", "-pix_fmt", "yuv422p"]].concat());
    assert_eq!(probe(&room.tools, &film).await.unwrap().video.fields, None);
}
