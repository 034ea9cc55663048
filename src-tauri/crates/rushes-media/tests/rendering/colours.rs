//! Colours match the footage: as BT.709 or JPEG in finals and everything that is
//! viewed, and as in the source in masters.

use std::path::{Path, PathBuf};

use rushes_media::{
    FinalRequest, RunContext, analyse, filmstrip, probe, render_clip_file, render_final, render_proxy,
    thumbnail,
};
use rushes_model::captions::Cue;
use rushes_model::spec::VideoEncoding;

use crate::room::{Room, probed, rgb};

/// Allowed deviation of a channel, of 255.
const NEAR: i32 = 4;

#[track_caller]
fn assert_near(what: &str, shown: [u8; 3], due: [u8; 3]) {
    let off = shown.iter().zip(due).map(|(a, b)| (i32::from(*a) - i32::from(b)).abs()).max().unwrap();
    assert!(off <= NEAR, "{what}: {shown:?} for {due:?}");
}

/// A film of one colour, made by `filter` from RGB, with its own codec and tags.
fn film(room: &Room, name: &str, filter: &str, codec: &[&str]) -> PathBuf {
    let colour = format!("color=c=0xc03030:s=640x360:r=25:d=1,format=gbrp,{filter}");
    room.make(name, &[&["-f", "lavfi", "-i", &colour][..], codec].concat())
}

const X264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "4"];

fn tagged(primaries: &'static str, transfer: &'static str, matrix: &'static str) -> Vec<&'static str> {
    [&X264[..], &["-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix]].concat()
}

/// Everything that shows a source's picture.
async fn shown(room: &Room, film: &Path) -> Vec<(&'static str, [u8; 3])> {
    let (tools, ctx) = (&room.tools, RunContext::quiet());
    let piece = room.piece(film).await;
    let facts = &piece.facts;
    let request = room.request(vec![piece.clone()], "final.mp4");
    render_final(tools, &request, &ctx).await.unwrap();
    let clip = room.path("clip.mp4");
    render_clip_file(tools, std::slice::from_ref(&piece), true, &clip, &ctx).await.unwrap();
    render_proxy(tools, film, facts, &room.path("proxy.mp4"), &ctx).await.unwrap();
    thumbnail(tools, film, facts, 400_000, 320, &room.path("still.jpg"), &ctx).await.unwrap();
    filmstrip(tools, film, facts, 0, 1_000_000, 2, 90, &room.path("strip.jpg"), &ctx).await.unwrap();
    let sheet = analyse(tools, film, facts, &ctx).await.unwrap().sheet.unwrap();
    std::fs::write(room.path("sheet.jpg"), sheet.jpeg).unwrap();
    ["final.mp4", "clip.mp4", "proxy.mp4", "still.jpg", "strip.jpg", "sheet.jpg"]
        .map(|name| (name, rgb(&room.path(name))))
        .to_vec()
}

#[rstest::rstest]
#[case::bt709_that_says_so("scale=out_color_matrix=bt709,format=yuv420p", tagged("bt709", "bt709", "bt709"))]
#[case::untagged_and_small("scale=out_color_matrix=bt601,format=yuv420p", X264.to_vec())]
#[case::full_range(
    "scale=out_color_matrix=bt709:out_range=pc,format=yuvj420p",
    [tagged("bt709", "bt709", "bt709"), vec!["-color_range", "pc"]].concat()
)]
#[case::rgb("null", vec!["-c:v", "libx264rgb", "-preset", "ultrafast", "-crf", "4", "-pix_fmt", "rgb24"])]
#[case::bt2020(
    "zscale=min=gbr:tin=709:pin=709:rin=full:m=2020_ncl:r=limited:t=2020_10:p=2020,format=yuv420p10le",
    vec![
        "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
        "crf=4:log-level=error:colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc",
    ]
)]
#[case::display_p3(
    "zscale=min=gbr:tin=709:pin=709:rin=full:m=709:r=limited:t=709:p=smpte432,format=yuv420p",
    tagged("smpte432", "bt709", "bt709")
)]
#[case::ntsc(
    "zscale=min=gbr:tin=709:pin=709:rin=full:m=170m:r=limited:t=601:p=170m,format=yuv420p",
    tagged("smpte170m", "smpte170m", "smpte170m")
)]
#[case::pal(
    "zscale=min=gbr:tin=709:pin=709:rin=full:m=bt470bg:r=limited:t=709:p=bt470bg,format=yuv420p",
    tagged("bt470bg", "bt709", "bt470bg")
)]
#[tokio::test]
async fn a_colour_is_the_same_wherever_it_is_shown(#[case] filter: &str, #[case] codec: Vec<&str>) {
    let room = Room::open().await;
    let film = film(&room, "film.mov", filter, &codec);
    for (name, shown) in shown(&room, &film).await {
        assert_near(name, shown, [0xc0, 0x30, 0x30]);
    }
}

/// The same light in PQ and in HLG.
#[rstest::rstest]
#[case::pq("smpte2084", [45, 137, 54])]
#[case::hlg("arib-std-b67", [41, 137, 53])]
#[tokio::test]
async fn hdr_is_brought_to_what_sdr_can_show(#[case] transfer: &str, #[case] due: [u8; 3]) {
    let room = Room::open().await;
    let film = hdr(&room, transfer);
    assert!(probe(&room.tools, &film).await.unwrap().video.hdr);
    for (name, shown) in shown(&room, &film).await {
        assert_near(name, shown, due);
    }
}

/// A grass green, as a signal in each of the two curves.
fn hdr(room: &Room, transfer: &str) -> PathBuf {
    // HLG 89, 140, 63 of 255, and the PQ signal of the same light on a display of 1000
    // cd/m².
    let green = if transfer == "smpte2084" { "0x607551" } else { "0x598c3f" };
    let colour = format!(
        "color=c={green}:s=640x360:r=25:d=1,format=rgb24,scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le"
    );
    let params = format!("crf=4:log-level=error:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc");
    let codec = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", &params];
    room.make("hdr.mov", &[&["-f", "lavfi", "-i", &colour][..], &codec].concat())
}

fn master(room: &Room, pieces: Vec<rushes_media::Piece>, video: VideoEncoding) -> FinalRequest {
    let mut request = room.request(pieces, "master.mov");
    (request.spec.video, request.spec.frame) = (video, None);
    request
}

const TAGS: &str = "stream=pix_fmt,profile,color_range,color_space,color_transfer,color_primaries";

#[rstest::rstest]
#[case::prores(VideoEncoding::Prores, "HQ")]
#[case::dnxhr(VideoEncoding::Dnxhr, "DNXHR HQX")]
#[tokio::test]
async fn a_master_of_hdr_keeps_its_depth_and_its_colours(
    #[case] video: VideoEncoding,
    #[case] profile: &str,
) {
    let room = Room::open().await;
    let film = hdr(&room, "arib-std-b67");
    let mut request = master(&room, vec![room.piece(&film).await], video);
    request.cues =
        vec![Cue { start_us: 0, end_us: 1_000_000, text: "█████████████".into() }];
    request.style.size_permille = 200;
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    let tags = probed(&request.destination, TAGS);
    assert_eq!(tags, format!("{profile},yuv422p10le,tv,bt2020nc,arib-std-b67,bt2020"));
    // The signal itself, away from the captions, which are no brighter than diffuse
    // white.
    let (corner, brightest) = crate::room::signal(&request.destination);
    assert_near("the signal", corner, [0x59, 0x8c, 0x3f]);
    assert!((170..=200).contains(&brightest), "{brightest}");
}

#[tokio::test]
async fn a_master_of_sources_that_differ_is_bt709() {
    let room = Room::open().await;
    let hdr = room.piece(&hdr(&room, "smpte2084")).await;
    let plain = film(
        &room,
        "film.mov",
        "scale=out_color_matrix=bt709,format=yuv420p",
        &tagged("bt709", "bt709", "bt709"),
    );
    let request = master(&room, vec![hdr, room.piece(&plain).await], VideoEncoding::Prores);
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    assert_eq!(probed(&request.destination, TAGS), "HQ,yuv422p10le,tv,bt709,bt709,bt709");
    assert_near("the first", rgb(&request.destination), [46, 137, 55]);
}

#[tokio::test]
async fn a_master_of_eight_bits_keeps_its_primaries() {
    let room = Room::open().await;
    let codec = tagged("smpte432", "bt709", "bt709");
    let film = film(&room, "film.mov", "scale=out_color_matrix=bt709,format=yuv420p", &codec);
    let request = master(&room, vec![room.piece(&film).await], VideoEncoding::Dnxhr);
    render_final(&room.tools, &request, &RunContext::quiet()).await.unwrap();
    assert_eq!(probed(&request.destination, TAGS), "DNXHR HQ,yuv422p,tv,bt709,bt709,smpte432");
    assert_near("the signal", crate::room::signal(&request.destination).0, [0xc0, 0x30, 0x30]);
}

#[rstest::rstest]
#[case::animation("film.mov", &["-c:v", "qtrle", "-pix_fmt", "argb"])]
#[case::prores("film.mov", &["-c:v", "prores_ks", "-pix_fmt", "yuva444p10le"])]
#[case::web("film.webm", &["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-cpu-used", "8", "-auto-alt-ref", "0"])]
#[tokio::test]
async fn what_is_transparent_shows_black_and_no_hidden_colour(#[case] name: &str, #[case] codec: &[&str]) {
    let room = Room::open().await;
    // All of it is red, and none of it is visible.
    let hidden = "color=c=red@0.0:s=320x180:r=25:d=1,format=rgba";
    let film = room.make(name, &[&["-f", "lavfi", "-i", hidden][..], codec].concat());
    assert!(probe(&room.tools, &film).await.unwrap().video.alpha);
    for (name, shown) in shown(&room, &film).await {
        assert_near(name, shown, [0, 0, 0]);
    }
}
