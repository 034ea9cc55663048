//! Messages: their text, where they are printed, and the exit status.

use rstest::rstest;
use serde_json::Value;

use crate::desk::{Desk, list, text};
use crate::film;

#[rstest]
#[case::no_command(&[])]
#[case::unknown_command(&["frobnicate"])]
#[case::half_a_command(&["clip"])]
#[case::missing_argument(&["project", "create"])]
#[case::no_id(&["clip", "show", "seven"])]
#[case::no_number(&["generate", "Reel", "--count", "many"])]
#[case::no_word(&["clip", "flag", "loved", "0192f0c1-2b3c-7d4e-8f50-617283940a1b"])]
#[case::unknown_option(&["profile", "list", "--loud"])]
fn misuse_is_a_document_and_status_2(#[case] arguments: &[&str]) {
    let answer = Desk::new().run(arguments);
    assert_eq!(answer.status, 2, "{answer:?}");
    let (code, message) = answer.error();
    assert_eq!(code, "usage");
    assert!(!message.is_empty() && !message.starts_with("error:"), "{message}");
    assert_eq!(answer.stderr, "");
}

#[test]
fn misuse_is_told_to_people_on_stderr() {
    let answer = Desk::new().plain(["frobnicate"]);
    assert_eq!(answer.status, 2);
    assert_eq!(answer.stdout, "");
    assert!(answer.stderr.contains("frobnicate"));
}

#[test]
fn help_and_version_are_no_misuse() {
    for word in ["--help", "--version", "help"] {
        let answer = Desk::new().plain([word]);
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{word}");
        assert!(answer.stdout.contains("rushes-cli") || answer.stdout.contains("Usage"));
    }
}

/// A profile with a project, a four-second source, a segment and a clip.
fn furnished() -> (Desk, Value) {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 4);
    let arguments = "make reel.mp4 --count 1 --target-duration 1 --preset lossless_cut --out out";
    let made = desk.run(arguments.split(' ')).done();
    (desk, made)
}

#[test]
fn a_refused_value_is_status_2_and_names_its_field() {
    let (desk, made) = furnished();
    let clip = text(&made["clips"][0]["id"]);
    let source = text(&made["sources"][0]["done"]["id"]);
    let (long, huge) = ("n".repeat(201), "d".repeat(2_001));
    let refused = |field: &str, arguments: &[&str]| {
        let answer = desk.run(arguments);
        assert_eq!(answer.status, 2, "{arguments:?}: {answer:?}");
        assert_eq!(answer.error().0, "invalid", "{arguments:?}");
        assert_eq!(answer.json()["detail"], format!("field: {field}"), "{arguments:?}");
    };
    refused("count", &["generate", "reel", "--count", "0"]);
    refused("count", &["generate", "reel", "--count", "51"]);
    refused("target_duration_us", &["generate", "reel", "--target-duration", "0.9"]);
    refused("target_duration_us", &["generate", "reel", "--target-duration", "601"]);
    refused("target_duration_us", &["generate", "reel", "--target-duration", "NaN"]);
    refused("variant_count", &["generate-from-segments", "reel", "--variants", "51"]);
    refused("count", &["make", "reel.mp4", "--count", "51", "--out", "out"]);
    refused("target_duration_us", &["make", "reel.mp4", "--target-duration", "inf", "--out", "out"]);
    refused("preset", &["make", "reel.mp4", "--preset", "betamax", "--out", "out"]);
    refused("preset", &["render", "start", &clip, "--preset", "betamax"]);
    refused("name", &["project", "create", &long]);
    refused("name", &["project", "create", "  "]);
    refused("description", &["project", "create", "A", "--description", &huge]);
    refused("limit", &["project", "list", "--limit", "0"]);
    refused("limit", &["clip", "list", "--limit", "501"]);
    refused("colour", &["profile", "create", "Ben", "--colour", "blue"]);
    refused("confirm_name", &["profile", "delete", "Default", "--confirm", "default?"]);
    refused("output_folder", &["profile", "settings", "--output-folder", "nowhere"]);
    refused("rating", &["clip", "update", &clip, "--rating", "6"]);
    refused("trim_start", &["clip", "update", &clip, "--trim-start", "5"]);
    refused("trim_end", &["clip", "update", &clip, "--trim-end=-1"]);
    refused("centre_x_bp", &["clip", "update", &clip, "--centre-x", "101"]);
    refused("centre_y_bp", &["clip", "update", &clip, "--centre-y=-0.5"]);
    refused("style", &["clip", "content", &clip, "--style", "bold"]);
    refused("in_us", &["segment", "add", &source, "--in", "9", "--out", "10"]);
    refused("out_us", &["segment", "add", &source, "--in", "2", "--out", "1"]);
    refused("out_us", &["segment", "add", &source, "--in", "2", "--out", "60"]);
    refused("weight", &["segment", "add", &source, "--in", "1", "--out", "2", "--weight", "0"]);
    refused("keywords", &["segment", "add", &source, "--in", "1", "--out", "2", "--keyword", &long]);

    // None of this was done or clamped.
    assert_eq!(desk.run(["project", "list"]).done()["total"], 1);
    assert_eq!(desk.run(["segment", "list", "reel"]).done(), serde_json::json!([]));
    assert_eq!(desk.run(["clip", "list"]).done()["total"], 1);
    for (filter, value, total) in [("--min-duration", "0.2", 1), ("--below-duration", "0.2", 0)] {
        assert_eq!(desk.run(["clip", "list", filter, value]).done()["total"], total, "{filter}");
    }
}

#[test]
fn a_refused_make_makes_nothing() {
    let desk = Desk::new();
    desk.run(["make", "reel.mp4", "--count", "0", "--out", "out"]);
    assert!(!desk.path("out").exists());
    assert_eq!(desk.run(["profile", "list"]).done(), serde_json::json!([]));
}

#[test]
fn the_document_is_alone_on_stdout_and_progress_goes_to_stderr() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 3);
    let arguments = "make reel.mp4 --count 1 --target-duration 1 --preset lossless_cut --out out";
    let answer = desk.run(arguments.split(' '));
    answer.done();
    assert!(answer.stderr.contains("analysing"), "{answer:?}");
}

#[test]
fn log_lines_go_to_the_profiles_folder_and_never_to_stdout() {
    let (desk, made) = furnished();
    let mut command = desk.command(["--json", "render", "start", &text(&made["clips"][0]["id"])]);
    let output =
        command.args(["--preset", "lossless_cut", "--again"]).env("RUST_LOG", "debug").output().unwrap();
    serde_json::from_slice::<Value>(&output.stdout).unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("job starts"));
    let logs = desk.data_dir().join("profiles").join(text(&made["profile"]["id"])).join("logs/rushes.log");
    assert!(std::fs::read_to_string(logs).unwrap().contains("job starts"));
}

#[test]
fn people_get_words_and_no_json() {
    let (desk, _) = furnished();
    for arguments in ["clip list", "project list", "source list", "render list", "job list", "preset list"] {
        let answer = desk.plain(arguments.split(' '));
        assert_eq!(answer.status, 0, "{answer:?}");
        assert!(!answer.stdout.trim().is_empty() && !answer.stdout.contains('{'), "{answer:?}");
    }
}

#[test]
fn a_bulk_answer_with_a_refusal_prints_all_items_and_is_status_1() {
    let (desk, made) = furnished();
    let clip = text(&made["clips"][0]["id"]);
    let nobody = uuid::Uuid::now_v7().to_string();
    let answer = desk.run(["clip", "flag", "rejected", &clip, &nobody]);
    assert_eq!(answer.status, 1, "{answer:?}");
    let items = list(&answer.json());
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["done"]["flag"], "rejected");
    assert_eq!(items[1]["refused"]["code"], "not_found");
}

#[test]
fn an_empty_library_says_what_to_do_first() {
    let answer = Desk::new().run(["project", "list"]);
    assert_eq!(answer.status, 1);
    let (code, message) = answer.error();
    assert_eq!(code, "no_profile_yet");
    assert!(message.contains("profile create"), "{message}");
}

#[test]
fn a_missing_ffmpeg_is_told_with_the_next_step() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 1);
    let answer = desk.run(["make", "reel.mp4", "--out", "out", "--ffmpeg", "nowhere/ffmpeg"]);
    assert_eq!(answer.status, 1);
    let (code, message) = answer.error();
    assert_eq!(code, "ffmpeg_missing");
    assert!(message.contains("Install ffmpeg"), "{message}");
}

#[test]
fn a_trim_shortens_the_clip_and_its_file_is_made_anew_when_asked_for() {
    let (desk, made) = furnished();
    let clip = text(&made["clips"][0]["id"]);
    assert_eq!(made["clips"][0]["has_file"], false);
    let file = || text(&desk.run(["clip", "file", &clip]).done()[0]["done"]);
    let first = file();
    assert!(std::path::Path::new(&first).is_file());
    assert_eq!(desk.plain(["clip", "file", &clip]).stdout.trim_end(), first, "made once");
    let before = made["clips"][0]["duration_us"].as_i64().unwrap();
    let arguments = ["clip", "update", &clip, "--trim-start", "0.2", "--trim-end", "0.3"];
    let after = desk.run(arguments).done();
    assert_eq!(after["clip"]["duration_us"].as_i64(), Some(before - 500_000));
    assert_eq!(after["clip"]["has_file"], false);
    assert_eq!(after["clip"]["final_status"], "stale");
    let second = file();
    assert!(second != first && std::path::Path::new(&second).is_file());
    assert!(!std::path::Path::new(&first).exists());
    assert_eq!(desk.run(["clip", "show", &clip]).done()["clip"]["has_file"], true);

    let bytes = std::fs::metadata(&second).unwrap().len();
    assert_eq!(desk.run(["clip", "clear-files"]).done(), serde_json::json!({ "files": 1, "bytes": bytes }));
    assert!(!std::path::Path::new(&second).exists());
    assert_eq!(desk.run(["clip", "show", &clip]).done()["clip"]["has_file"], false);
    assert!(desk.plain(["clip", "clear-files"]).stdout.starts_with("0 files; 0"));
}

#[test]
fn a_profile_that_wants_files_gets_one_of_each_new_clip() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 3);
    desk.run(["profile", "create", "Ana"]).done();
    let set = desk.run(["profile", "settings", "--clip-files", "true"]).done();
    assert_eq!(set["clip_files"], true);
    let made =
        desk.run("make reel.mp4 --count 1 --target-duration 1 --preset lossless_cut --out out".split(' '));
    assert_eq!(made.done()["clips"][0]["has_file"], true);
    desk.run(["profile", "settings", "--clip-files", "false"]).done();
    let arguments = ["generate", "reel", "--count", "1", "--target-duration", "1", "--include-used"];
    let made = desk.run(arguments).done();
    assert_eq!(made["clips"][0]["has_file"], false);
}

#[test]
fn emptying_the_trash_waits_for_the_files_and_tells_the_room_that_it_made() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 1);
    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    let added = desk.run(["source", "add", "Reel", "reel.mp4", "--copy"]);
    assert!(added.stderr.contains("reel.mp4: copying"), "{added:?}");
    let own = text(&added.done()[0]["done"]["path"]);
    let bytes = std::fs::metadata(&own).unwrap().len();
    desk.run(["project", "delete", "Reel"]).done();
    let ended = desk.run(["clip", "empty-trash"]).done();
    assert_eq!(ended, serde_json::json!({ "clips": 0, "projects": 1, "bytes": bytes }));
    assert!(!std::path::Path::new(&own).exists());
    let words = desk.plain(["clip", "empty-trash"]).stdout;
    assert!(words.starts_with("0 clips and 0 projects; 0"), "{words}");
}

#[test]
fn captions_come_from_an_srt_file() {
    let (desk, made) = furnished();
    let clip = text(&made["clips"][0]["id"]);
    let captions = |clip: &Value| {
        let times = |cue: &Value| (cue["start_us"].as_i64().unwrap(), cue["end_us"].as_i64().unwrap());
        list(&clip["content"]["captions"]).iter().map(times).collect::<Vec<_>>()
    };
    let end = made["clips"][0]["duration_us"].as_i64().unwrap();

    // In a legacy encoding, with entities and line breaks, and past the end of
    // the clip.
    let mut old = b"1\n00:00:00,100 --> 00:00:00,600\n".to_vec();
    old.extend([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]); // "Привет" in windows-1251
    old.extend(b" &amp;<br>x\n\n2\n00:00:00,700 --> 00:00:09,000\nlong\n\n3\n100:00:00,000 --> 100:00:01,000\nlate\n");
    std::fs::write(desk.path("words.srt"), old).unwrap();
    let read = desk.run(["clip", "content", &clip, "--captions", "words.srt", "--script", "Hi"]).done();
    assert_eq!(read["captions"][0]["text"], "Привет &\nx");
    assert_eq!((&read["encoding"], &read["left_out"]), (&"windows-1251".into(), &1.into()));
    assert_eq!(read["script"], "Hi");
    let shown = desk.run(["clip", "show", &clip]).done();
    assert_eq!(captions(&shown), [(100_000, 600_000), (700_000, end)]);
    let told = desk.plain(["clip", "content", &clip, "--captions", "words.srt", "--encoding", "cp1252"]);
    assert!(told.stdout.contains("windows-1252") && told.stdout.contains("Ïðèâåò &"), "{told:?}");
    assert!(told.stdout.contains("1 captions begin after the clip ends"), "{told:?}");

    // A trim keeps captions with their frames.
    let trimmed = desk.run(["clip", "update", &clip, "--trim-start", "0.3"]).done();
    assert_eq!(captions(&trimmed), [(0, 300_000), (400_000, end - 300_000)]);

    // An invalid caption file is refused at once and changes nothing.
    std::fs::write(desk.path("late.srt"), "1\n100:00:00,000 --> 100:00:01,000\nlate\n").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(desk.path("pipe.srt")).status().unwrap().success());
    for file in ["/dev/zero", "pipe.srt", "late.srt", "."] {
        let refused = desk.run(["clip", "content", &clip, "--captions", file]);
        assert_eq!(refused.error().0, "bad_captions", "{file}: {refused:?}");
    }
    assert_eq!(captions(&desk.run(["clip", "show", &clip]).done()), captions(&trimmed));
}

#[test]
fn sample_footage_that_is_there_is_left_alone() {
    let desk = Desk::new();
    let names = ["Sample - Northern colours.mp4", "Sample - Warm evening.mp4"];
    std::fs::create_dir(desk.path("films")).unwrap();
    for name in names {
        std::fs::write(desk.path("films").join(name), "mine").unwrap();
    }
    // Making it is slow; `project sample` covers that.
    let told = list(&desk.run(["sample", "films"]).done());
    assert_eq!(told.len(), names.len());
    for name in names {
        assert_eq!(std::fs::read(desk.path("films").join(name)).unwrap(), b"mine");
    }
    assert!(!desk.data_dir().exists(), "it needs no library");
}
