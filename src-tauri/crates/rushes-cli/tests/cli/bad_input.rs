//! Anything that may be dropped on a project: either it works, or one message
//! names the file and the reason, and the rest of the batch continues.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value;

use crate::desk::{Answer, Desk, list, text};
use crate::film::{self, ffmpeg};
use crate::footage;

/// Options of every run here: quick, and cut without encoding.
const QUICK: [&str; 8] =
    ["--count", "1", "--target-duration", "1", "--preset", "lossless_cut", "--out", "out"];

/// Writes something to a path.
type Writer = fn(&Path);

fn make(desk: &Desk, files: &[PathBuf]) -> Answer {
    let mut arguments: Vec<OsString> = vec!["make".into()];
    arguments.extend(QUICK.map(Into::into));
    arguments.extend(files.iter().map(Into::into));
    desk.run(arguments)
}

/// A one-line message that names the file.
fn assert_names(message: &str, file: &Path) {
    assert!(!message.contains('\n'), "{message}");
    let name = file.file_name().unwrap().to_string_lossy().replace(char::is_control, "\u{fffd}");
    assert!(message.contains(&format!("“{name}”")), "{message}");
    assert!(!message.contains("ffprobe") && !message.contains("moov"), "{message}");
}

fn not_a_video(path: &Path) {
    std::fs::write(path, "Dear Sir or Madam,\n".repeat(50)).unwrap();
}

fn noise(path: &Path) {
    let bytes: Vec<u8> = (0_u32..40_000).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::write(path, bytes).unwrap();
}

fn empty(path: &Path) {
    std::fs::write(path, "").unwrap();
}

/// A recording that stopped before its index was written.
fn without_index(path: &Path) {
    film::film(path, 2);
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn directory(path: &Path) {
    std::fs::create_dir(path).unwrap();
}

fn vanished(_: &Path) {}

fn sound_only(path: &Path) {
    ffmpeg(&["-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac"], path);
}

fn cover_only(path: &Path) {
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=160x160:d=0.04:r=25", "-frames:v", "1", "-c:v", "mjpeg"];
    ffmpeg(&[&picture[..], &["-disposition:v", "attached_pic"]].concat(), path);
}

fn cover_and_sound(path: &Path) {
    let inputs = ["-f", "lavfi", "-i", "sine=d=2", "-f", "lavfi", "-i", "testsrc2=s=160x160:d=0.04:r=25"];
    let rest = ["-c:a", "aac", "-c:v", "mjpeg", "-frames:v", "1", "-disposition:v", "attached_pic"];
    ffmpeg(&[&inputs[..], &rest].concat(), path);
}

fn still(path: &Path) {
    ffmpeg(
        &["-f", "lavfi", "-i", "testsrc2=s=160x160", "-frames:v", "1", "-f", "image2", "-c:v", "png"],
        path,
    );
}

/// A video whose only frame has no duration.
fn no_duration(path: &Path) {
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25", "-frames:v", "1", "-c:v", "libx264"];
    ffmpeg(&picture, path);
    film::last_no_time(path);
}

/// A playlist that would make ffmpeg open another file.
fn playlist(path: &Path) {
    std::fs::write(path, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/etc/passwd\n#EXT-X-ENDLIST\n")
        .unwrap();
}

#[rstest]
#[case::a_letter("letter.mp4", not_a_video, "not_a_video")]
#[case::noise("noise.mov", noise, "not_a_video")]
#[case::empty("empty.mp4", empty, "file_empty")]
#[case::truncated("broken.mp4", without_index, "file_truncated")]
#[case::directory("folder.mp4", directory, "not_a_file")]
#[case::vanished("gone.mp4", vanished, "file_not_found")]
#[case::sound_only("song.m4a", sound_only, "not_a_video")]
#[case::cover_only("cover.mkv", cover_only, "not_a_video")]
#[case::cover_and_sound("single.m4a", cover_and_sound, "not_a_video")]
#[case::still("photo.mp4", still, "not_a_video")]
#[case::no_duration("nothing.mp4", no_duration, "zero_duration")]
#[case::playlist("list.m3u8", playlist, "not_a_video")]
fn what_is_no_footage_is_refused_by_name(#[case] name: &str, #[case] write: Writer, #[case] code: &str) {
    let desk = Desk::new();
    let file = desk.path(name);
    write(&file);
    let answer = make(&desk, std::slice::from_ref(&file));
    assert_eq!(answer.status, 1, "{answer:?}");
    let (told, message) = answer.error();
    assert_eq!(told, code, "{message}");
    assert_names(&message, &file);
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_refused_by_name() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let file = film::film(&desk.path("secret.mp4"), 1);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&file).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let (code, message) = make(&desk, std::slice::from_ref(&file)).error();
    assert_eq!(code, "file_unreadable");
    assert_names(&message, &file);
}

fn eight_k(path: &Path) {
    let enlarged = "testsrc2=s=480x270:r=4:d=1,scale=7680:4320:flags=neighbor";
    film::odd_film(path, enlarged, 1, &[]);
}

fn one_picture_a_second(path: &Path) {
    film::odd_film(path, "testsrc2=s=320x180:r=1:d=6", 6, &[]);
}

fn late_start(path: &Path) {
    film::odd_film(path, "testsrc2=s=320x180:r=25:d=3", 3, &["-output_ts_offset", "5"]);
}

#[rstest]
#[case::eight_k("8k.mp4", eight_k)]
#[case::one_fps("lapse.mp4", one_picture_a_second)]
#[case::late_start("late.mkv", late_start)]
#[case::late_transport_stream("late.ts", late_start)]
fn odd_footage_becomes_a_final(#[case] name: &str, #[case] write: Writer) {
    let desk = Desk::new();
    let file = desk.path(name);
    write(&file);
    assert_final(&make(&desk, &[file]));
}

fn assert_final(answer: &Answer) {
    let path = text(&answer.done()["finals"][0]["done"]["path"]);
    assert!(Path::new(&path).is_file(), "{path:?}");
}

#[test]
fn a_file_may_have_any_name() {
    let names: [OsString; 11] = [
        "my holiday  film.mp4".into(),
        "the \"best\" one.mp4".into(),
        "it's here.mp4".into(),
        "100%d %s %01.mp4".into(),
        "one\ntwo.mp4".into(),
        "🎬 café 撮影.mp4".into(),
        "-i.mp4".into(),
        "http:example.mp4".into(),
        no_utf8(),
        format!("{}.mp4", "n".repeat(246)).into(),
        "no ending".into(),
    ];
    let desk = Desk::new();
    let film = film::film(&desk.path("film.mp4"), 2);
    for (index, name) in names.iter().enumerate() {
        let file = desk.path(name);
        // Appended bytes make it different footage without cached analysis.
        let mut bytes = std::fs::read(&film).unwrap();
        bytes.extend([0, 0, 0, 12, b'f', b'r', b'e', b'e', 0, 0, 0, index as u8]);
        std::fs::write(&file, bytes).unwrap();
        eprintln!("{name:?}");
        assert_final(&make(&desk, &[file]));
    }
}

// Other systems do not allow such names.
#[cfg(target_os = "linux")]
fn no_utf8() -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(b"f\xfclm \xff.mp4".to_vec())
}

#[cfg(not(target_os = "linux"))]
fn no_utf8() -> OsString {
    "film.mp4".into()
}

#[test]
fn the_rest_of_a_batch_goes_on() {
    let desk = Desk::new();
    let bad: [(&str, Writer); 5] = [
        ("letter.mp4", not_a_video),
        ("empty.mp4", empty),
        ("broken.mp4", without_index),
        ("gone.mp4", vanished),
        ("song.m4a", sound_only),
    ];
    let mut files = Vec::new();
    for (name, write) in bad {
        files.push(desk.path(name));
        write(&desk.path(name));
    }
    files.insert(2, film::film(&desk.path("good.mp4"), 2));
    files.push(film::film(&desk.path("one\ntwo.mp4"), 2));

    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    let add: Vec<OsString> =
        ["source", "add", "Reel"].into_iter().map(Into::into).chain(files.iter().map(Into::into)).collect();
    let answer = desk.run(&add);
    assert_eq!(answer.status, 1, "{answer:?}");
    assert_batch(&list(&answer.json()), &files);

    let again = desk.run(&add);
    let codes: Vec<Value> = list(&again.json()).iter().map(|item| item["refused"]["code"].clone()).collect();
    assert_eq!(codes.iter().filter(|code| *code == "already_added").count(), 2, "{codes:?}");

    let answer = make(&desk, &files);
    assert_eq!(answer.status, 1, "{answer:?}");
    assert_batch(&list(&answer.json()["sources"]), &files);
    assert!(Path::new(&text(&answer.json()["finals"][0]["done"]["path"])).is_file());

    let words = desk.plain(&add);
    assert_eq!((words.status, words.stdout.lines().count()), (1, files.len()), "{words:?}");
}

/// The two real videos succeed and the others are refused by name, in order.
fn assert_batch(items: &[Value], files: &[PathBuf]) {
    assert_eq!(items.len(), files.len());
    for (item, file) in items.iter().zip(files) {
        assert_eq!(text(&item["item"]), file.to_string_lossy());
        if file.ends_with("good.mp4") || file.ends_with("one\ntwo.mp4") {
            assert!(item["done"].is_object(), "{item}");
        } else {
            assert_names(&text(&item["refused"]["message"]), file);
        }
    }
}

#[test]
fn footage_that_vanishes_after_it_was_added_is_named() {
    let desk = Desk::new();
    let (gone, here) = (film::film(&desk.path("gone.mp4"), 2), film::film(&desk.path("here.mp4"), 2));
    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    let added = desk.run(["source", "add", "Reel", "gone.mp4", "here.mp4"]).done();
    let vanished = text(&added[0]["done"]["id"]);
    std::fs::remove_file(&gone).unwrap();
    let generate = ["generate", "Reel", "--count", "1", "--target-duration", "1"];
    let (_, message) = desk.run(generate.into_iter().chain(["--source", &vanished])).error();
    assert_names(&message, &gone);
    assert_eq!(desk.run(["source", "show", &vanished]).done()["state"], "missing");

    // The rest continues without it.
    let made = desk.run(generate).done();
    let clip = text(&made["clips"][0]["id"]);
    std::fs::remove_file(&here).unwrap();
    let answer = desk.run(["render", "start", &clip, "--preset", "lossless_cut"]);
    assert_eq!(answer.status, 1);
    assert_eq!(answer.json()[0]["refused"]["code"], "source_missing");
    assert_names(&text(&answer.json()[0]["refused"]["message"]), &here);
}

#[test]
fn every_file_of_the_footage_works_or_is_refused_by_name() {
    let Some(folder) = footage::folder() else { return };
    let desk = Desk::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let answer = make(&desk, &files);
    let answer = answer.json();
    for (item, file) in list(&answer["sources"]).iter().zip(&files) {
        let name = file.file_name().unwrap().to_string_lossy();
        if name.ends_with(".md") || name == "mono.mp3" {
            assert_eq!(item["refused"]["code"], "not_a_video", "{item}");
            assert_names(&text(&item["refused"]["message"]), file);
        } else {
            assert!(item["done"].is_object(), "{item}");
        }
    }
    assert!(answer["finals"][0]["done"].is_object(), "{answer}");
}
