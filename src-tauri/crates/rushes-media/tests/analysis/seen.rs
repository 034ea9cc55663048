//! Results for intact pictures.

use rstest::rstest;
use rushes_model::time::Stretch;

use crate::room::{Room, SECOND, cuts, footage, is_near, scenes};

#[tokio::test]
async fn street_footage_has_exactly_its_five_cuts() {
    let Some(bikes) = footage("bikes.mp4") else { return };
    let (_, analysed) = Room::open().await.analysed(&bikes).await;
    assert_eq!(cuts(&analysed.analysis), [1_200_000, 3_040_000, 5_480_000, 7_480_000, 9_680_000]);
    assert_eq!(analysed.analysis.damage, []);
}

#[tokio::test]
async fn cuts_are_found_to_the_frame() {
    let room = Room::open().await;
    let film = room.draw("cuts.mp4", &scenes(["2", "1.48", "2.04", "2"]), &[]);
    let (_, analysed) = room.analysed(&film).await;
    assert_eq!(cuts(&analysed.analysis), [2_000_000, 3_480_000, 5_520_000]);
}

#[tokio::test]
async fn bars_are_found_where_a_film_is_padded_and_nowhere_else() {
    let room = Room::open().await;
    let padded = room.draw("padded.mp4", "testsrc2=s=320x136:r=10:d=3,pad=320:180:0:22", &[]);
    let plain = room.draw("plain.mp4", "testsrc2=s=320x180:r=10:d=3", &[]);
    let bars = room.analysed(&padded).await.1.analysis.bars.unwrap();
    // Rows of the small frame are 11 thousandths high.
    assert!(bars.top_milli.abs_diff(122) <= 12 && bars.bottom_milli.abs_diff(122) <= 12, "{bars:?}");
    assert_eq!((bars.left_milli, bars.right_milli), (0, 0));
    assert_eq!(room.analysed(&plain).await.1.analysis.bars, None);
}

#[tokio::test]
async fn ten_seconds_of_one_picture_are_frozen() {
    let room = Room::open().await;
    let graph = "testsrc2=s=160x90:r=25:d=3,tpad=stop_mode=clone:stop_duration=10,setsar=1[a];\
                 mandelbrot=s=160x90:r=25,trim=duration=3,setsar=1,format=yuv420p[b];[a][b]concat";
    let film = room.draw("frozen.mp4", graph, &["-preset", "medium", "-g", "20"]);
    let (_, analysed) = room.analysed(&film).await;
    let frozen = &analysed.analysis.frozen;
    assert!(frozen.len() == 1 && is_near(frozen[0], 3 * SECOND, 13 * SECOND, SECOND / 10), "{frozen:?}");
}

#[rstest]
#[case::black("black")]
#[case::white("white")]
#[tokio::test]
async fn stretches_of_one_plain_colour_are_blank(#[case] colour: &str) {
    let room = Room::open().await;
    let graph = format!(
        "testsrc2=s=160x90:r=25:d=3,format=yuv420p,setsar=1,split[a][c];\
         color={colour}:s=160x90:r=25:d=2,format=yuv420p,setsar=1[b];[a][b][c]concat=n=3"
    );
    let film = room.draw("blank.mp4", &graph, &[]);
    let blanks = room.analysed(&film).await.1.analysis.blanks;
    assert!(blanks.len() == 1 && is_near(blanks[0], 3 * SECOND, 5 * SECOND, 40_000), "{blanks:?}");
}

#[rstest]
#[case::on_white("white")]
#[case::on_black("black")]
#[tokio::test]
async fn a_slide_with_one_line_of_text_is_not_blank(#[case] ground: &str) {
    let room = Room::open().await;
    let graph = format!(
        "color={ground}:s=160x90:r=10:d=2,format=yuv420p,drawbox=x=20:y=30:w=30:h=1:color=gray:t=fill"
    );
    let film = room.draw("slide.mp4", &graph, &[]);
    assert_eq!(room.analysed(&film).await.1.analysis.blanks, []);
}

#[tokio::test]
async fn a_flash_is_no_cut() {
    let room = Room::open().await;
    let film = room.draw(
        "flash.mp4",
        "testsrc2=s=160x90:r=25:d=5,drawbox=c=white:t=fill:enable='between(n,50,52)'",
        &[],
    );
    let analysis = room.analysed(&film).await.1.analysis;
    assert_eq!(analysis.shots.len(), 1, "{:?}", analysis.shots);
    assert_eq!(analysis.flashes, [Stretch::new(2_000_000, 2_120_000)]);
}

/// How much of six seconds of one picture with an overlay is frozen, in hundredths.
async fn frozen(room: &Room, name: &str, input: &[&str], over: &str) -> i64 {
    let graph = format!(
        "testsrc2=s=1280x720:r=25,trim=end_frame=1,loop=-1:1,setpts=N/25/TB,trim=duration=6[still];{over}"
    );
    let arguments = [input, &["-filter_complex", &graph], &crate::room::H264, &["-g", "50"]].concat();
    let analysed = room.analysed(&room.make(name, &arguments)).await.1.analysis;
    let frozen: i64 = analysed.frozen.iter().map(|stretch| stretch.length_us()).sum();
    frozen * 100 / analysed.duration_us
}

#[tokio::test]
async fn something_small_that_moves_in_a_quiet_picture_is_not_frozen() {
    let room = Room::open().await;
    // A distant pedestrian: 8 by 20 pixels of 1280 by 720.
    let walker = "color=gray:s=8x20:r=25[walker];[still][walker]overlay=x='300+n':y=400:shortest=1";
    assert_eq!(frozen(&room, "walker.mp4", &[], walker).await, 0);
    // A clock ticks, and nothing moves.
    let clock = "[still]drawbox=x=40:y=40:w=30:h=40:color=white:t=fill:enable='lt(mod(t,2),1)'";
    assert!(frozen(&room, "clock.mp4", &[], clock).await >= 98);
}

#[rstest]
#[case("vr1.mp4")]
#[case("vr2.mp4")]
#[case("vr3.mp4")]
#[tokio::test]
async fn a_small_face_that_talks_in_a_quiet_picture_is_not_frozen(#[case] name: &str) {
    let Some(talking) = footage(&format!("talk/{name}")) else { return };
    let room = Room::open().await;
    // An eighth of the width, as in the corner of a shared screen.
    let over = "[0:v]fps=25,scale=160:160[face];[still][face]overlay=x=1000:y=100:shortest=1";
    let film = format!("small-{name}");
    let frozen = frozen(&room, &film, &["-i", talking.to_str().unwrap()], over).await;
    assert!(frozen <= 5, "{frozen} %");
}

/// A still with detail everywhere and no repetition nearby.
const STILL: &str = "nullsrc=s=1000x180:r=25,trim=end_frame=1,\
    geq=lum='128+50*sin(X/19)*sin(Y/13)+40*sin((X+Y)/37)+20*sin(X*Y/900)':cb=128:cr=128,loop=-1:1,setpts=N/25/TB";

#[tokio::test]
async fn a_pan_is_told_from_something_that_moves() {
    let room = Room::open().await;
    let pan = room.draw("pan.mp4", &format!("{STILL},trim=duration=3,crop=320:180:x='8*n':y=0"), &[]);
    let graph = format!(
        "{STILL},trim=duration=3,crop=320:180:0:0[still];color=white:s=90x90:r=25[ball];\
         [still][ball]overlay=x='mod(12*n,320)-45':y='45+40*sin(n/5)':shortest=1"
    );
    let ball = room.draw("ball.mp4", &graph, &[]);
    let pan = room.analysed(&pan).await.1.analysis.shots[0].measures;
    let ball = room.analysed(&ball).await.1.analysis.shots[0].measures;
    assert!(pan.camera_milli >= 15 && ball.camera_milli <= 2, "pan {pan:?}, ball {ball:?}");
    assert!(ball.subject_milli > 2 * pan.subject_milli, "pan {pan:?}, ball {ball:?}");
}
