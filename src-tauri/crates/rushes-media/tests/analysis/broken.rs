//! Damaged footage: results for what can be read, the damage reported, no crash and no
//! hang.

use rstest::rstest;
use rushes_media::{MediaError, RunContext, analyse, probe, survey};
use rushes_model::time::Stretch;
use tokio::time::timeout;

use crate::laws::assert_lawful;
use crate::room::{MOVING, PATIENCE, Room, SECOND, TONE, cut_off, damage, estimate};

#[rstest]
#[case::mp4("film.mp4", &[])]
#[case::matroska("film.mkv", &[])]
#[case::transport_stream("film.ts", &[])]
#[case::hevc("film.mp4", &["-c:v", "libx265", "-x265-params", "log-level=0:keyint=25"])]
#[case::vp9("film.webm", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-an"])]
#[case::mpeg_4_part_2("film.avi", &["-c:v", "mpeg4", "-b:v", "400k"])]
#[case::motion_jpeg("film.mov", &["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-bf", "0"])]
#[tokio::test]
async fn a_corrupt_middle_is_named_and_the_rest_is_read(#[case] name: &str, #[case] more: &[&str]) {
    let room = Room::open().await;
    let film = room.record(name, more);
    damage(&film, 450, 100);
    let (_, analysed) = room.analysed(&film).await;
    let named = &analysed.analysis.damage;
    let near = Stretch::new(2 * SECOND, 9 * SECOND);
    assert!(named.iter().any(|stretch| stretch.overlaps(Stretch::new(4 * SECOND, 7 * SECOND))), "{named:?}");
    assert!(named.iter().all(|at| at.start_us >= near.start_us && at.end_us <= near.end_us), "{named:?}");
    let moving = |window: usize| analysed.analysis.windows[window].measures.motion_milli > 0;
    // An AVI has no timestamps, only a frame count: lost frames shift the rest.
    assert!(moving(2) && moving(16));
}

#[tokio::test]
async fn an_end_that_the_index_knows_and_the_file_misses_is_named() {
    let room = Room::open().await;
    let film = room.record("film.mp4", &["-movflags", "+faststart"]);
    cut_off(&film, 600);
    let (facts, analysed) = room.analysed(&film).await;
    assert_eq!(facts.duration_us / SECOND, 10);
    let named = &analysed.analysis.damage;
    let last = named.last().unwrap();
    assert!(named.len() == 1 && last.end_us == facts.duration_us, "{named:?}");
    assert!((last.start_us - 6 * SECOND).abs() < 3 * SECOND / 2, "{named:?}");
}

#[rstest]
#[case::matroska("film.mkv", &[])]
#[case::transport_stream("film.ts", &[])]
#[case::fragments("film.mp4", &["-movflags", "+frag_keyframe+empty_moov"])]
#[tokio::test]
async fn a_stream_that_breaks_off_is_as_long_as_what_is_there(#[case] name: &str, #[case] more: &[&str]) {
    let room = Room::open().await;
    let film = room.record(name, more);
    cut_off(&film, 600);
    let (facts, analysed) = room.analysed(&film).await;
    assert!((facts.duration_us - 6 * SECOND).abs() < 3 * SECOND / 2, "{}", facts.duration_us);
    assert!(analysed.analysis.damage.iter().all(|at| at.start_us > 4 * SECOND));
}

#[tokio::test]
async fn a_corrupt_sound_does_not_keep_the_picture_from_being_read() {
    let room = Room::open().await;
    let whole = room.record("whole.mkv", &[]);
    let whole_path = whole.to_str().unwrap();
    let film = room.make("film.mkv", &["-i", whole_path, "-c", "copy", "-bsf:a", "noise=amount=9"]);
    let (_, analysed) = room.analysed(&film).await;
    assert_eq!(analysed.analysis.damage, []);
    assert!(analysed.analysis.windows[10].measures.motion_milli > 0);
}

#[tokio::test]
async fn a_picture_of_which_nothing_can_be_read_is_an_error() {
    let room = Room::open().await;
    let film = room.record("film.mp4", &["-movflags", "+faststart", "-an"]);
    let facts = probe(&room.tools, &film).await.unwrap();
    let mut bytes = std::fs::read(&film).unwrap();
    let pictures = bytes.windows(4).position(|name| name == b"mdat").unwrap() + 4;
    bytes[pictures..].fill(0x5a);
    std::fs::write(&film, bytes).unwrap();
    let ctx = RunContext::quiet();
    let outcome = analyse(&room.tools, &film, &facts, &ctx);
    assert!(timeout(PATIENCE, outcome).await.unwrap().is_err());
}

#[tokio::test]
async fn a_clock_that_is_set_back_is_refused_before_it_is_analysed() {
    let room = Room::open().await;
    let part = std::fs::read(room.record("part.ts", &["-t", "5"])).unwrap();
    let film = room.path("twice.ts");
    std::fs::write(&film, [&part[..], &part[..]].concat()).unwrap();
    let refused = probe(&room.tools, &film).await.unwrap_err();
    assert!(matches!(refused, MediaError::UnevenClock { parts: 2, .. }), "{refused}");
}

#[tokio::test]
async fn a_clock_that_leaps_ahead_by_years_takes_no_room() {
    let room = Room::open().await;
    let film = room.draw(
        "leap.mkv",
        "testsrc2=s=160x90:r=25:d=4,setpts='PTS+gte(N,50)*1e9/TB'",
        &["-fps_mode", "passthrough", "-bf", "0"],
    );
    let work = async {
        let facts = probe(&room.tools, &film).await.unwrap();
        assert!(facts.duration_us < 60 * SECOND, "{}", facts.duration_us);
        analyse(&room.tools, &film, &facts, &RunContext::quiet()).await.unwrap()
    };
    assert_lawful(&timeout(PATIENCE, work).await.unwrap().analysis);
}

#[tokio::test]
async fn a_minute_without_a_key_frame_is_surveyed_and_analysed() {
    let room = Room::open().await;
    let film = room.make(
        "one-key.mp4",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=160x90:r=10",
            "-f",
            "lavfi",
            "-i",
            TONE,
            "-t",
            "60",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-g",
            "100000",
            "-sc_threshold",
            "0",
            "-c:a",
            "aac",
        ],
    );
    let (facts, analysed) = room.analysed(&film).await;
    assert_eq!(analysed.analysis.damage, []);
    let first = survey(&room.tools, &film, &facts, &RunContext::quiet()).await.unwrap().unwrap();
    assert_lawful(&estimate(&first));
    assert_eq!(estimate(&first).damage, []);
}

#[rstest]
#[case("film.mp4")]
#[case("film.mkv")]
#[case("film.ts")]
#[tokio::test]
async fn broken_footage_is_surveyed_by_the_laws(#[case] name: &str) {
    let room = Room::open().await;
    let film = room.record(name, &[]);
    damage(&film, 450, 100);
    let facts = probe(&room.tools, &film).await.unwrap();
    let ctx = RunContext::quiet();
    let mut first =
        timeout(PATIENCE, survey(&room.tools, &film, &facts, &ctx)).await.unwrap().unwrap().unwrap();
    assert_lawful(&estimate(&first));
    let moments = [0, 5 * SECOND, facts.duration_us, 2 * facts.duration_us];
    first.look_closely(&room.tools, &film, &facts, &moments, &ctx).await.unwrap();
    assert_lawful(&estimate(&first));
}

#[tokio::test]
async fn a_recording_that_begins_between_key_frames_is_read_from_the_first_on() {
    let room = Room::open().await;
    let input = ["-f", "lavfi", "-i", MOVING, "-t", "8"];
    let more = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50"];
    let film = room.make("whole.ts", &[&input[..], &more].concat());
    let bytes = std::fs::read(&film).unwrap();
    // Whole packets of 188 bytes; the tables are repeated.
    let from = bytes.len() / 188 * 3 / 10 * 188;
    std::fs::write(&film, &bytes[from..]).unwrap();
    let (_, analysed) = room.analysed(&film).await;
    let windows = &analysed.analysis.windows;
    let late = &windows[windows.len() - 2];
    assert!(late.start_us >= 2 * SECOND && late.measures.motion_milli > 0, "{late:?}");
    assert!(analysed.analysis.damage.iter().all(|at| at.start_us == 0 && at.end_us < 3 * SECOND));
}
