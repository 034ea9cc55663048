//! Ctrl+C or a system shutdown: the work stops, is offered again, and resumes.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::desk::{Desk, list, text};
use crate::film;

#[test]
fn an_interrupted_render_is_offered_again() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 30);
    let arguments = "make reel.mp4 --count 1 --target-duration 20 --preset lossless_cut --out out";
    let made = desk.run(arguments.split(' ')).done();
    let clip = text(&made["clips"][0]["id"]);

    let mut running = desk
        .command(["--json", "render", "start", &clip, "--preset", "youtube_2160p", "--folder", "out"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = BufReader::new(running.stderr.take().unwrap()).lines();
    words.find(|line| line.as_ref().is_ok_and(|line| line.contains("encoding"))).unwrap().unwrap();
    let sent = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["code"], "interrupted");

    let jobs = list(&desk.run(["job", "list", "--active"]).done());
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert_eq!(jobs[0]["state"], "interrupted");
    assert_eq!(std::fs::read_dir(desk.path("out")).unwrap().count(), 1, "no half final is left");
    let temp = desk.data_dir().join("profiles").join(text(&made["profile"]["id"])).join("temp");
    assert_eq!(std::fs::read_dir(temp).unwrap().count(), 0, "no scratch space is left");

    // Resuming it is enough here; no need to wait for the end.
    let cancelled = desk.run(["job", "cancel", &text(&jobs[0]["id"])]).done();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(desk.run(["clip", "show", &clip]).done()["clip"]["final_status"], "done");
}

#[test]
fn an_interrupted_copy_is_offered_again_and_is_whole_in_the_end() {
    let desk = Desk::new();
    film::film(&desk.path("reel.mp4"), 1);
    // Large enough to be caught halfway; the rest of the file is a hole.
    let mut file = std::fs::File::options().append(true).open(desk.path("reel.mp4")).unwrap();
    let size = 512u32 << 20;
    file.write_all(&[&size.to_be_bytes()[..], b"free"].concat()).unwrap();
    file.set_len(file.metadata().unwrap().len() + u64::from(size) - 8).unwrap();
    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    let mut running = desk
        .command(["--json", "source", "add", "Reel", "reel.mp4", "--copy"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = BufReader::new(running.stderr.take().unwrap()).lines();
    words.find(|line| line.as_ref().is_ok_and(|line| line.contains("copying"))).unwrap().unwrap();
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["code"], "interrupted");

    assert!(list(&desk.run(["source", "list", "Reel"]).done()).is_empty());
    let job = text(&desk.run(["job", "list", "--active"]).done()[0]["id"]);
    let over = desk.run(["job", "retry", &job]).done();
    assert_eq!((&over["state"], &over["result"]["added"]), (&"done".into(), &1.into()));
    let added = list(&desk.run(["source", "list", "Reel"]).done());
    let own = std::fs::metadata(text(&added[0]["path"])).unwrap();
    assert_eq!(own.len(), std::fs::metadata(desk.path("reel.mp4")).unwrap().len());
}

#[test]
fn an_interrupted_generation_goes_on_when_it_is_tried_again() {
    let desk = Desk::new();
    film::odd_film(&desk.path("reel.mp4"), "testsrc2=s=1920x1080:r=25:d=8", 8, &[]);
    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["project", "create", "Reel"]).done();
    desk.run(["source", "add", "Reel", "reel.mp4"]).done();
    let mut running = desk
        .command(["--json", "generate", "Reel", "--count", "2", "--target-duration", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = BufReader::new(running.stderr.take().unwrap()).lines();
    words.find(|line| line.as_ref().is_ok_and(|line| line.contains("analysing"))).unwrap().unwrap();
    assert!(Command::new("kill").args(["-TERM", &running.id().to_string()]).status().unwrap().success());
    assert_eq!(running.wait_with_output().unwrap().status.code(), Some(1));

    let job = text(&desk.run(["job", "list", "--active"]).done()[0]["id"]);
    assert_eq!(desk.run(["job", "retry", &job]).done()["state"], "done");
    assert_eq!(desk.run(["clip", "list", "Reel"]).done()["total"], 2);
}
