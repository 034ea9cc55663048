//! The main job: from files to finals a platform accepts.

use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value;

use crate::desk::{Desk, list, text};
use crate::inspect::{self, probe, rotation, stream};
use crate::{film, footage};

/// Makes one-second clips from a file and returns the whole result.
fn make(desk: &Desk, file: &Path, count: u32, preset: &str) -> Value {
    let count = count.to_string();
    let mut arguments: Vec<std::ffi::OsString> = vec!["make".into(), file.into()];
    let rest =
        ["--count", &count, "--target-duration", "1", "--preset", preset, "--out", "out", "--seed", "7"];
    arguments.extend(rest.map(Into::into));
    desk.run(arguments).done()
}

fn finals(made: &Value) -> Vec<PathBuf> {
    list(&made["finals"]).iter().map(|item| PathBuf::from(text(&item["done"]["path"]))).collect()
}

/// What every platform with a portrait frame requires.
fn assert_fit_for_tiktok(path: &Path, clip: &Value) {
    let probed = probe(path);
    let (video, audio) = (stream(&probed, "video"), stream(&probed, "audio"));
    assert_eq!((video["width"].as_i64(), video["height"].as_i64()), (Some(1080), Some(1920)));
    assert_eq!(video["sample_aspect_ratio"], "1:1");
    assert_eq!(video["pix_fmt"], "yuv420p");
    assert_eq!(video["codec_name"], "h264");
    assert_eq!(video["profile"], "High");
    assert_eq!(rotation(&video), 0);
    assert_eq!(audio["codec_name"], "aac");
    assert_eq!(audio["sample_rate"], "48000");
    assert!(inspect::index_is_in_front(path), "{}: no faststart", path.display());

    let rate = text(&video["avg_frame_rate"]);
    let (num, den) = rate.split_once('/').unwrap();
    let frame_us = 1_000_000 * den.parse::<i64>().unwrap() / num.parse::<i64>().unwrap();
    let edit_us = clip["duration_us"].as_i64().unwrap();
    let off = (inspect::duration_us(&video) - edit_us).abs();
    assert!(off <= frame_us, "{} is {off} µs off its edit list", path.display());
}

fn assert_all_fit(made: &Value) {
    for (path, clip) in finals(made).iter().zip(list(&made["clips"])) {
        assert_fit_for_tiktok(path, &clip);
    }
}

#[test]
fn a_file_becomes_finals_for_tiktok() {
    let desk = Desk::new();
    let file = film::film(&desk.path("reel.mp4"), 6);
    let made = make(&desk, &file, 2, "tiktok");
    assert_eq!(finals(&made).len(), 2);
    assert!(finals(&made).iter().all(|path| path.parent() == Some(&desk.path("out"))));
    assert_all_fit(&made);

    // The profile and the project were created; the clips are picked, best first.
    assert_eq!(made["profile"]["name"], "Default");
    assert_eq!(made["project"]["name"], "reel");
    let clips = list(&made["clips"]);
    assert!(clips.iter().all(|clip| clip["flag"] == "picked" && clip["final_status"] == "done"));
    assert!(clips.is_sorted_by_key(|clip| std::cmp::Reverse(clip["score_bp"].as_i64())));
    assert_eq!(made["project"]["counts"]["finals"], 2);

    // No partial files are left.
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 2);
    let temp = desk.data_dir().join("profiles").join(text(&made["profile"]["id"])).join("temp");
    assert_eq!(std::fs::read_dir(temp).unwrap().count(), 0);
}

#[test]
fn a_second_run_goes_on_in_the_same_project() {
    let desk = Desk::new();
    let (one, two) = (film::film(&desk.path("one.mp4"), 4), film::film(&desk.path("two.mp4"), 4));
    let run = |files: &[&Path]| {
        let mut arguments: Vec<std::ffi::OsString> = vec!["make".into()];
        arguments.extend(files.iter().map(|file| file.as_os_str().to_owned()));
        let rest =
            "--profile Ana --project Reel --count 1 --target-duration 1 --preset lossless_cut --out out";
        arguments.extend(rest.split(' ').map(Into::into));
        desk.run(arguments).done()
    };
    let first = run(&[&one]);
    let second = run(&[&one, &two]);
    assert_eq!(first["profile"]["id"], second["profile"]["id"]);
    assert_eq!(first["project"]["id"], second["project"]["id"]);
    assert_eq!(second["project"]["counts"]["sources"], 2);
    // A file that was already added counts as added and is not added twice.
    assert_eq!(first["sources"][0]["done"]["id"], second["sources"][0]["done"]["id"]);
    // An existing final keeps its name.
    assert_ne!(finals(&first), finals(&second));
    assert!(finals(&first)[0].is_file());
}

#[test]
fn a_second_run_on_the_same_file_says_that_its_moments_are_clips_and_can_use_them_again() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 3);
    let make = |more: &[&str]| {
        let arguments =
            "make reel.mp4 --count 1 --target-duration 2 --seed 7 --preset lossless_cut --out out";
        desk.run(arguments.split(' ').chain(more.iter().copied()))
    };
    let first = make(&[]).done();
    let (code, message) = make(&[]).error();
    assert_eq!(code, "no_clips");
    assert!(message.contains("are clips already") && message.contains("--include-used"), "{message}");
    let again = make(&["--include-used"]).done();
    assert_eq!(again["project"]["id"], first["project"]["id"]);
    // Named after the source and the moment, which are the same; the finals
    // have different names.
    let name = text(&first["clips"][0]["name"]);
    assert!(name.starts_with("reel 0:0"), "{name}");
    assert_eq!(text(&again["clips"][0]["name"]), format!("{name} (2)"));
    assert_ne!(finals(&first), finals(&again));
    assert!(finals(&first)[0].to_string_lossy().contains("reel 0.0"), "{:?}", finals(&first));
}

#[test]
fn a_final_that_is_up_to_date_is_left_alone_unless_it_is_asked_for_again() {
    let desk = Desk::new();
    let file = film::film(&desk.path("reel.mp4"), 3);
    let made = make(&desk, &file, 1, "lossless_cut");
    let clip = text(&made["clips"][0]["id"]);
    let render = |more: &[&str]| {
        let arguments = ["render", "start", &clip, "--preset", "lossless_cut", "--folder"];
        desk.run(arguments.iter().chain(more))
    };
    let files = || std::fs::read_dir(desk.path("out")).unwrap().count();

    let same = render(&["out"]).done();
    assert_eq!((&same[0]["up_to_date"], files()), (&true.into(), 1));
    assert_eq!(same[0]["done"]["id"], made["finals"][0]["done"]["id"]);
    let told = desk.plain(["render", "start", &clip, "--preset", "lossless_cut"]);
    assert!(told.status == 0 && told.stdout.starts_with("up to date"), "{told:?}");
    assert!(told.stdout.contains("--again"), "{told:?}");

    // What is missing is rendered, here and elsewhere.
    let both = render(&["out", "--preset", "prores_master"]).done();
    let up_to_date = list(&both).iter().map(|item| item["up_to_date"].clone()).collect::<Vec<_>>();
    assert_eq!((up_to_date, files()), (vec![true.into(), false.into()], 2));
    std::fs::create_dir(desk.path("elsewhere")).unwrap();
    assert_eq!(render(&["elsewhere"]).done()[0]["up_to_date"], false);

    let again = render(&["out", "--again"]).done();
    assert_eq!((&again[0]["up_to_date"], files()), (&false.into(), 3));
    assert!(text(&again[0]["done"]["file_name"]).contains("(2)"), "{again}");
    desk.run(["clip", "mute", &clip]).done();
    assert_eq!(render(&["out"]).done()[0]["up_to_date"], false, "it shows another clip");
}

#[test]
fn a_muted_clip_gets_a_silent_track() {
    let desk = Desk::new();
    let file = film::film(&desk.path("reel.mp4"), 3);
    let made = make(&desk, &file, 1, "lossless_cut");
    let clip = text(&made["clips"][0]["id"]);
    assert_eq!(desk.run(["clip", "mute", &clip]).done()["clip"]["muted"], true);
    let rendered = desk.run(["render", "start", &clip, "--preset", "x", "--folder", "out"]).done();
    let path = PathBuf::from(text(&rendered[0]["done"]["path"]));
    assert_eq!(stream(&probe(&path), "audio")["codec_name"], "aac");
}

#[rstest]
#[case::tall_pixels("SAR-2by3.mp4")]
#[case::hevc("testsrc-hevc.mp4")]
#[case::a_cover_image("h264-mjpeg.mkv")]
fn real_footage_becomes_finals_for_tiktok(#[case] name: &str) {
    let Some(file) = footage::file(name) else { return };
    let desk = Desk::new();
    assert_all_fit(&make(&desk, &file, 1, "tiktok"));
}

#[rstest]
#[case::own_size("prores_master", 0)]
// The camera's own packets keep their orientation; players rotate them.
#[case::its_own_packets("lossless_cut", 90)]
fn turned_footage_comes_out_upright_in_its_own_size(#[case] preset: &str, #[case] turned: i64) {
    let Some(file) = footage::file("issue-134-rotate.mp4") else { return };
    let desk = Desk::new();
    let made = make(&desk, &file, 1, preset);
    let path = &finals(&made)[0];
    let video = stream(&probe(path), "video");
    let (width, height) = (video["width"].as_i64().unwrap(), video["height"].as_i64().unwrap());
    assert_eq!(rotation(&video), turned);
    let shown = if turned == 90 { (height, width) } else { (width, height) };
    assert_eq!(shown, (544, 1280));
    let export = &made["finals"][0]["done"];
    assert_eq!((export["width"].as_i64(), export["height"].as_i64()), (Some(544), Some(1280)));
}

#[test]
fn turned_footage_fills_a_tall_frame_upright() {
    let Some(file) = footage::file("issue-134-rotate.mp4") else { return };
    let desk = Desk::new();
    let made = make(&desk, &file, 1, "tiktok");
    assert_all_fit(&made);
    let clip = text(&made["clips"][0]["id"]);
    let in_us = desk.run(["clip", "show", &clip]).done()["clip"]["cuts"][0]["in_us"].as_i64().unwrap();
    let middle = "crop=iw:iw*16/9,";
    let source = inspect::grey(&file, in_us + 500_000, 54, 96, middle);
    let made = |turn: &str| inspect::grey(&finals(&made)[0], 500_000, 54, 96, turn);
    let upright = inspect::difference(&source, &made(""));
    for turn in ["transpose=1,", "transpose=2,", "hflip,vflip,", "hflip,", "vflip,"] {
        let otherwise = inspect::difference(&source, &made(turn));
        assert!(upright * 2.0 < otherwise, "upright {upright:.1}, {turn} {otherwise:.1}");
    }
}

#[test]
fn segments_of_footage_that_starts_late_become_a_final() {
    let Some(file) = footage::file("delayed_start.mp4") else { return };
    let desk = Desk::new();
    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    let added = desk.run(["source".as_ref(), "add".as_ref(), "Reel".as_ref(), file.as_os_str()]).done();
    let source = text(&added[0]["done"]["id"]);
    desk.run(["segment", "add", &source, "--in", "0", "--out", "0.4"]).done();
    desk.run(["segment", "add", &source, "--in", "0.5", "--out", "0.9"]).done();
    let made = desk.run(["generate-from-segments", "Reel", "--target-duration", "1"]).done();
    let clip = text(&made["clips"][0]["id"]);
    let rendered = desk.run(["render", "start", &clip, "--preset", "tiktok"]).done();
    assert_fit_for_tiktok(Path::new(&text(&rendered[0]["done"]["path"])), &made["clips"][0]);
}

#[test]
fn several_pieces_of_turned_footage_are_joined_upright_without_encoding() {
    let desk = Desk::new();
    let turned = desk.path("turned.mp4");
    film::marked_film(&turned, &["-g", "25"]);
    film::turn(&turned);
    assert_eq!(rotation(&stream(&probe(&turned), "video")), 90, "the test's own footage is turned");

    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    let added = desk.run(["source", "add", "Reel", "turned.mp4"]).done();
    let source = text(&added[0]["done"]["id"]);
    for (from, to) in [("0", "1"), ("2", "3")] {
        desk.run(["segment", "add", &source, "--in", from, "--out", to]).done();
    }
    let made = desk.run(["generate-from-segments", "Reel", "--target-duration", "2"]).done();
    let clip = text(&made["clips"][0]["id"]);
    let rendered = desk.run(["render", "start", &clip, "--preset", "lossless_cut"]).done();
    let path = PathBuf::from(text(&rendered[0]["done"]["path"]));
    assert_eq!(rotation(&stream(&probe(&path), "video")), 90);
    // Rotated clockwise, the white corner is at the top right.
    for at_us in [500_000, 1_500_000] {
        assert!(inspect::colour(&path, at_us, 150, 20).iter().all(|part| *part > 200));
    }
}
