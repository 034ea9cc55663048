//! Files that consist of several recordings become sources with one clock, and
//! the result says so.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::*;
use rushes_model::notice::{Clocks, Notice};
use rushes_studio::model::{JobKind, JobQuery};

/// Two recordings of 4 and 3 s, joined byte by byte.
fn joined(room: &Room) -> PathBuf {
    let folder = room.beside("card");
    let mut bytes = Vec::new();
    for (name, seconds) in [("a.ts", 4), ("b.ts", 3)] {
        let path = folder.join(name);
        let picture = format!("testsrc2=s=160x90:r=25:d={seconds}");
        let sound = format!("sine=d={seconds}");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "mp2"])
            .arg(&path)
            .status();
        assert!(made.unwrap().success());
        bytes.extend(std::fs::read(&path).unwrap());
        std::fs::remove_file(path).unwrap();
    }
    let path = folder.join("match.ts");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_two_recordings_is_added_as_a_copy_with_one_clock() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let wedding = project(&session, "Wedding").await;
    let path = joined(&room);
    let before = print_of(&path);

    let outcomes = session.add_sources(wedding, std::slice::from_ref(&path), false).await.unwrap();
    let source = outcomes[0].done.clone().unwrap();
    assert_eq!((source.name.as_str(), source.copied), ("match.ts", true));
    assert_eq!(source.facts.rejoined.as_ref().unwrap().parts, 2);
    assert!((source.facts.duration_us - 7_000_000).abs() < 50_000, "{}", source.facts.duration_us);
    let own = session.source_path(source.id).await.unwrap();
    assert!(
        own.starts_with(room.data_dir().join("profiles").join(session.profile_id().to_string())),
        "{}",
        own.display()
    );
    assert_eq!(print_of(&path), before, "the original is left as it is");
    // A proxy is made of it afterwards.
    until("the scratch space is empty", async || scratch(&room.data_dir()).is_empty()).await;
    let jobs = session.list_jobs(&JobQuery::default()).await.unwrap();
    let notes = jobs.into_iter().find(|job| job.kind == JobKind::Ingest).unwrap().notes;
    assert_eq!(notes, [Notice::Rejoined { name: "match.ts".into(), parts: 2 }]);

    // It is already there, though stored elsewhere; and another project has its own.
    let again = session.add_sources(wedding, std::slice::from_ref(&path), false).await.unwrap();
    assert_eq!(code_of(&again[0]), "already_added");
    let funeral = project(&session, "Funeral").await;
    assert!(session.add_sources(funeral, std::slice::from_ref(&path), true).await.unwrap()[0].done.is_some());

    let plain = add(&session, wedding, &[&room.footage.silent]).await.remove(0);
    let refused = session.relink_source(plain.id, &path, true).await.unwrap_err();
    assert!(matches!(refused.notice, Notice::UnevenClock { why: Clocks::Joined, .. }), "{refused:?}");
}
