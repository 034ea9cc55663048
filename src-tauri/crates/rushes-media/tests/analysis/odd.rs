//! Intact but unusual footage: sizes, rates, formats, clocks.

use rstest::rstest;

use crate::room::{MOVING, Room, SECOND, TONE, footage};

#[rstest]
#[case::rotated("issue-134-rotate.mp4")]
#[case::pixels_that_are_not_square("SAR-2by3.mp4")]
#[case::a_clock_that_does_not_start_at_0("delayed_start.mp4")]
#[case::numbers_of_frames("counter.mp4")]
#[case::a_cover_beside_the_picture("h264-mjpeg.mkv")]
#[case::another_cover("h264-png.mp4")]
#[case::dips_and_fades("testvideo.mp4")]
#[case::mpeg_4_part_2("fades.mp4")]
#[case::an_unknown_attachment("testsrc_with_attachment.mkv")]
#[case::hevc("testsrc-hevc.mp4")]
#[case::four_two_two("test_yuv422p.mp4")]
#[case::subtitles("mov_text.mp4")]
#[case::no_aspect_ratio("asl-again.mkv")]
#[tokio::test]
async fn real_odd_footage_is_analysed_by_the_laws(#[case] name: &str) {
    let Some(film) = footage(name) else { return };
    let (_, analysed) = Room::open().await.analysed(&film).await;
    assert_eq!(analysed.analysis.damage, []);
    assert!(analysed.sheet.is_some());
}

#[rstest]
#[case::portrait("180x320", "yuv420p")]
#[case::very_wide("1280x40", "yuv420p")]
#[case::very_tall("40x1280", "yuv420p")]
#[case::odd_sides("161x91", "yuv444p")]
#[case::tiny("16x16", "yuv420p")]
#[case::ten_bits("160x90", "yuv422p10le")]
#[tokio::test]
async fn any_size_and_format_is_analysed(#[case] size: &str, #[case] format: &str) {
    let room = Room::open().await;
    let graph = format!("testsrc2=s={size}:r=25:d=2");
    let film = room.draw("film.mkv", &graph, &["-pix_fmt", format]);
    let (facts, analysed) = room.analysed(&film).await;
    let sheet = analysed.sheet.unwrap();
    assert_eq!(sheet.tile_width > sheet.tile_height, facts.video.width > facts.video.height);
    assert!(analysed.analysis.shots[0].measures.contrast_milli > 0);
    assert_eq!(analysed.analysis.damage, []);
}

#[rstest]
#[case::a_picture_a_second(1, 8)]
#[case::many_a_second(120, 2)]
#[tokio::test]
async fn any_rate_is_analysed(#[case] rate: u32, #[case] seconds: i64) {
    let room = Room::open().await;
    let film = room.draw("film.mp4", &format!("testsrc2=s=160x90:r={rate}:d={seconds}"), &[]);
    let (_, analysed) = room.analysed(&film).await;
    assert_eq!(analysed.analysis.duration_us, seconds * SECOND);
    assert_eq!(analysed.analysis.damage, []);
}

#[rstest]
#[case(1)]
#[case(2)]
#[tokio::test]
async fn a_film_of_hardly_a_picture_is_one_shot(#[case] pictures: u32) {
    let room = Room::open().await;
    let film = room.draw("film.mp4", MOVING, &["-frames:v", &pictures.to_string()]);
    let (_, analysed) = room.analysed(&film).await;
    assert_eq!(analysed.analysis.shots.len(), 1);
    assert_eq!(analysed.sheet.unwrap().tiles, 1);
}

#[tokio::test]
async fn a_film_that_is_all_black_is_one_blank_shot() {
    let room = Room::open().await;
    let film = room.draw("black.mp4", "color=black:s=160x90:r=25:d=5", &[]);
    let analysis = room.analysed(&film).await.1.analysis;
    assert_eq!(analysis.shots.len(), 1);
    assert!(analysis.blanks.len() == 1 && analysis.blanks[0].length_us() == 5 * SECOND);
    assert_eq!((analysis.bars, analysis.damage), (None, vec![]));
}

#[rstest]
#[case("gaps.mkv")]
#[case("gaps.mp4")]
#[tokio::test]
async fn a_picture_that_stands_for_long_is_no_damage(#[case] name: &str) {
    let room = Room::open().await;
    let graph = "testsrc2=s=160x90:r=25:d=10,select='not(between(t,2,5)+between(t,6,9))'";
    let film = room.draw(name, graph, &["-fps_mode", "vfr"]);
    let (facts, analysed) = room.analysed(&film).await;
    assert!(facts.video.variable_frame_rate);
    assert_eq!(analysed.analysis.damage, []);
}

#[rstest]
#[case::shorter("2", "6", 6)]
#[case::longer("12", "6", 6)]
#[tokio::test]
async fn a_sound_of_another_length_than_the_picture_leaves_it_its_own(
    #[case] sound: &str,
    #[case] picture: &str,
    #[case] seconds: i64,
) {
    let room = Room::open().await;
    let film = room.make(
        "film.mkv",
        &[
            "-f", "lavfi", "-t", picture, "-i", MOVING, "-f", "lavfi", "-t", sound, "-i", TONE, "-c:v",
            "libx264",
        ],
    );
    let (_, analysed) = room.analysed(&film).await;
    assert!((analysed.analysis.duration_us - seconds * SECOND).abs() < SECOND / 10);
    assert!(analysed.analysis.sound.is_some());
}

#[tokio::test]
async fn a_film_without_sound_has_none() {
    let room = Room::open().await;
    let film = room.draw("mute.mp4", "testsrc2=s=160x90:r=25:d=2", &[]);
    let (_, analysed) = room.analysed(&film).await;
    assert!(analysed.analysis.sound.is_none() && analysed.waveform.is_none());
    assert!(analysed.analysis.windows.iter().all(|window| window.loudness_mlufs.is_none()));
}

#[tokio::test]
async fn a_picture_that_changes_its_size_is_read_to_its_end() {
    let room = Room::open().await;
    let parts = [("a.ts", "160x90", "0"), ("b.ts", "320x180", "3")].map(|(name, size, offset)| {
        room.draw(
            name,
            &format!("testsrc2=s={size}:r=25:d=3"),
            &["-output_ts_offset", offset, "-muxdelay", "0"],
        )
    });
    let film = room.path("both.ts");
    std::fs::write(&film, parts.map(|part| std::fs::read(part).unwrap()).concat()).unwrap();
    let (_, analysed) = room.analysed(&film).await;
    assert_eq!(analysed.analysis.damage, []);
    let last = analysed.analysis.windows.last().unwrap();
    assert!(last.measures.motion_milli > 0, "{last:?}");
}
