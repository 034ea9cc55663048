//! Hardware encoders: detected if they work, used, and replaced by x264 if they fail. A
//! script stands in for a card: it redirects `h264_nvenc` to x264.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rushes_media::{HardwareEncoder, MediaError, RunContext, Toolchain, hardware_h264, probe, render_final};
use rushes_model::notice::Notice;
use rushes_model::spec::VideoEncoding;
use tokio::time::timeout;

use crate::room::{PATIENCE, Room, pictures};

/// How the simulated card behaves.
enum Card {
    Works,
    /// It works for small frames and fails with an error for a whole final.
    FailsLater,
    /// Its output is not what was requested.
    WritesHalf,
}

/// A toolchain whose ffmpeg has a card.
fn with_card(room: &Room, card: &Card) -> Toolchain {
    let real = room.tools.ffmpeg.display();
    let final_comes = match card {
        Card::Works => "",
        Card::FailsLater => {
            "echo '[h264_nvenc @ 0x1] [error] OpenEncodeSessionEx failed: out of memory (10)' >&2; exit 1"
        }
        Card::WritesHalf => "set -- \"$@\" ; half='-frames:v 5'",
    };
    let script = format!(
        r#"#!/bin/bash
used=no; trial=no; half=
for word; do
  [ "$word" = h264_nvenc ] && used=yes
  case "$word" in testsrc2*) trial=yes;; esac
done
if [ $used = no ]; then exec {real} "$@"; fi
echo used >> "$(dirname "$0")/used"
if [ $trial = no ]; then :; {final_comes}
fi
words=()
while [ $# -gt 0 ]; do
  case "$1" in
    h264_nvenc) words+=(libx264);;
    -rc|-cq) shift;;
    -b:v) words+=(-b:v 1000k); shift;;
    -f) words+=($half -f);;
    *) words+=("$1");;
  esac
  shift
done
exec {real} "${{words[@]}}"
"#
    );
    let ffmpeg = room.path("ffmpeg");
    fs::write(&ffmpeg, script).unwrap();
    fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
    Toolchain { ffmpeg, ..room.tools.clone() }
}

fn film(room: &Room) -> PathBuf {
    room.make("film.mp4", &["-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=2", "-pix_fmt", "yuv420p"])
}

#[tokio::test]
async fn what_the_build_lists_and_does_not_run_is_not_taken() {
    let room = Room::open().await;
    // If this machine has a card, it must at least be one that is listed.
    let found = timeout(PATIENCE, hardware_h264(&room.tools)).await.unwrap();
    println!("this machine: {found:?}");
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *-c:v*) exit 1;; esac\nexec {} \"$@\"\n",
        room.tools.ffmpeg.display()
    );
    let ffmpeg = room.path("ffmpeg");
    fs::write(&ffmpeg, script).unwrap();
    fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(hardware_h264(&Toolchain { ffmpeg, ..room.tools.clone() }).await, None);
}

#[tokio::test]
async fn a_card_that_works_is_found_and_encodes_the_final() {
    let room = Room::open().await;
    let tools = with_card(&room, &Card::Works);
    let found = timeout(PATIENCE, hardware_h264(&tools)).await.unwrap();
    assert_eq!(found, Some(HardwareEncoder::Nvenc));
    fs::remove_file(room.path("used")).unwrap();

    let mut request = room.request(vec![room.piece(&film(&room)).await], "final.mp4");
    request.hardware = found;
    let rendered = render_final(&tools, &request, &RunContext::quiet()).await.unwrap();
    assert_eq!(rendered.fell_back, None);
    assert!(room.path("used").exists());
    assert_eq!(pictures(&request.destination, 16).len(), 50);
}

#[rstest::rstest]
#[case::an_error(Card::FailsLater)]
#[case::a_wrong_result(Card::WritesHalf)]
#[tokio::test]
async fn a_card_that_fails_is_given_up_for_x264(#[case] card: Card) {
    let room = Room::open().await;
    let tools = with_card(&room, &card);
    let mut request = room.request(vec![room.piece(&film(&room)).await], "final.mp4");
    request.hardware = Some(HardwareEncoder::Nvenc);
    let rendered = render_final(&tools, &request, &RunContext::quiet()).await.unwrap();
    assert!(room.path("used").exists());
    let why = rendered.fell_back.unwrap();
    assert!(matches!(&why, Notice::HardwareFailed { encoder, .. } if encoder == "h264_nvenc"), "{why:?}");
    assert_eq!(pictures(&request.destination, 16).len(), 50);
    assert_eq!(fs::read_dir(room.path("temp")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_cancelled_encode_in_hardware_is_not_done_again() {
    let room = Room::open().await;
    let tools = with_card(&room, &Card::FailsLater);
    let mut request = room.request(vec![room.piece(&film(&room)).await], "final.mp4");
    request.hardware = Some(HardwareEncoder::Nvenc);
    let ctx = RunContext::quiet();
    ctx.cancel.cancel();
    let outcome = render_final(&tools, &request, &ctx).await;
    assert!(matches!(outcome, Err(MediaError::Cancelled)), "{outcome:?}");
}

#[tokio::test]
async fn a_final_for_editing_never_goes_to_the_card() {
    let room = Room::open().await;
    let tools = with_card(&room, &Card::FailsLater);
    let mut request = room.request(vec![room.piece(&film(&room)).await], "final.mov");
    request.hardware = Some(HardwareEncoder::Nvenc);
    request.spec.video = VideoEncoding::Prores;
    let rendered = render_final(&tools, &request, &RunContext::quiet()).await.unwrap();
    assert_eq!((rendered.fell_back, room.path("used").exists()), (None, false));
    assert_eq!(probe(&tools, &request.destination).await.unwrap().video.codec, "prores");
}
