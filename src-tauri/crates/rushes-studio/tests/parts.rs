//! Analyses are kept by part: what is looked at again, and what stays.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::*;
use rstest::rstest;
use rushes_model::analysis::Detail;
use rushes_model::choice::ClipKind;
use rushes_model::ids::SourceId;
use rushes_studio::model::{GenerateRequest, JobState};
use rushes_studio::{Closing, ProfileSession, SourceAnalysis};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

/// The row of a part.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Row {
    key: String,
    part: String,
    version: u32,
    data: String,
    made_at: i64,
}

async fn raw(room: &Room) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(room.data_dir().join("rushes.db"));
    SqliteConnection::connect_with(&file).await.unwrap()
}

/// The rows of one part.
async fn rows(room: &Room, part: &str) -> Vec<Row> {
    let rows = sqlx::query_as("SELECT * FROM analyses WHERE part = ? ORDER BY made_at").bind(part);
    rows.fetch_all(&mut raw(room).await).await.unwrap()
}

async fn change(room: &Room, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut raw(room).await).await.unwrap();
}

async fn analyse(session: &ProfileSession, source: SourceId) -> SourceAnalysis {
    done(session, session.analyse_source(source).await.unwrap().id).await;
    known(session, source).await.unwrap()
}

async fn known(session: &ProfileSession, source: SourceId) -> Option<SourceAnalysis> {
    session.get_source_analysis(source).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_choice_of_sound_tracks_leaves_the_picture_as_it_is() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&two_tracks(&room.beside("films"))]).await.remove(0);
    let before = analyse(&session, source.id).await;
    let (picture, sound) = (rows(&room, "picture").await, rows(&room, "sound").await);
    assert_eq!((picture.len(), sound.len()), (1, 1));
    assert_eq!(picture[0].key, source.fingerprint);

    let first = source.only_tracks(&[source.facts.audio[0].stream_index]);
    session.set_source_sound(source.id, &first).await.unwrap();
    assert_eq!(known(&session, source.id).await, None, "that was of another sound");
    let after = analyse(&session, source.id).await;
    assert_eq!(rows(&room, "picture").await, picture);
    let sounds = rows(&room, "sound").await;
    assert_eq!((sounds.len(), &sounds[0]), (2, &sound[0]));
    assert!(before.loudness.is_some() && after.loudness.is_none());
    assert_eq!((after.shots, after.sheet), (before.shots.clone(), before.sheet));
    // Back again, nothing is left to do.
    let second = source.only_tracks(&[source.facts.audio[1].stream_index]);
    session.set_source_sound(source.id, &second).await.unwrap();
    assert_eq!(known(&session, source.id).await, Some(before));
}

#[rstest]
#[case("picture", "sound")]
#[case("sound", "picture")]
#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_an_older_version_serves_until_it_alone_is_made_again(
    #[case] old: &str,
    #[case] current: &str,
) {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&room.footage.scenes]).await.remove(0).id;
    let analysis = analyse(&session, source).await;
    let (made, other) = (rows(&room, old).await, rows(&room, current).await);
    change(&room, &format!("UPDATE analyses SET version = 0 WHERE part = '{old}'")).await;
    let outdated = SourceAnalysis { outdated: true, ..analysis.clone() };
    assert_eq!(known(&session, source).await, Some(outdated));

    assert_eq!(analyse(&session, source).await, analysis);
    assert_eq!(rows(&room, current).await, other);
    let again = rows(&room, old).await;
    assert!(again[0].made_at > made[0].made_at);
    assert_eq!((again[0].version, &again[0].data), (made[0].version, &made[0].data));

    // What can no longer be read is none.
    change(&room, &format!("UPDATE analyses SET version = 0, data = '[]' WHERE part = '{old}'")).await;
    assert_eq!(known(&session, source).await, None);
    assert_eq!(analyse(&session, source).await, analysis);
    assert_eq!(rows(&room, current).await, other);
}

#[rstest]
#[case("picture", "sound")]
#[case("sound", "picture")]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_ended_after_one_part_finds_it_again(#[case] missing: &str, #[case] done: &str) {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&room.footage.scenes]).await.remove(0).id;
    let analysis = analyse(&session, source).await;
    let stays = rows(&room, done).await;
    change(&room, &format!("DELETE FROM analyses WHERE part = '{missing}'")).await;
    assert_eq!(known(&session, source).await, None);
    assert_eq!(analyse(&session, source).await, analysis);
    assert_eq!(rows(&room, done).await, stays);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sound_of_a_first_pass_is_not_heard_again_after_a_restart() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&large()]).await.remove(0).id;
    let job = session.analyse_source(source).await.unwrap();
    until("a first pass", async || known(&session, source).await.is_some()).await;
    let heard = rows(&room, "sound").await;
    room.reopen().await;
    let session = room.studio.open_profile(session.profile_id()).await.unwrap();
    if session.get_job(job.id).await.unwrap().state == JobState::Interrupted {
        session.retry_job(job.id).await.unwrap();
    }
    done(&session, job.id).await;
    let analysis = known(&session, source).await.unwrap();
    assert_eq!((analysis.detail, analysis.outdated, analysis.has_sound), (Detail::Full, false, true));
    assert_eq!(rows(&room, "sound").await, heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_are_chosen_from_an_older_analysis_of_long_footage_before_it_is_made_again() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let source = add(&session, takes, &[&large()]).await.remove(0).id;
    analyse(&session, source).await;
    change(&room, "UPDATE analyses SET version = 0 WHERE part = 'picture'").await;
    let (picture, sound) = (rows(&room, "picture").await, rows(&room, "sound").await);
    let request = GenerateRequest { kind: ClipKind::Highlight, ..asking_for(2, 10) };
    let job = session.generate_raw_clips(takes, &request).await.unwrap();
    until("provisional clips", async || !clips(&session, takes).await.is_empty()).await;
    let proposed = clips(&session, takes).await;
    if proposed.iter().all(|clip| clip.provisional) {
        assert_eq!(known(&session, source).await.unwrap().detail, Detail::Full, "no survey replaced it");
    }
    done(&session, job.id).await;
    assert!(clips(&session, takes).await.iter().all(|clip| !clip.provisional));
    let again = rows(&room, "picture").await;
    assert!(again[0].made_at > picture[0].made_at && again[0].version > 0);
    assert_eq!(again[0].data, picture[0].data);
    assert_eq!(rows(&room, "sound").await, sound);
}

/// An ffmpeg that writes down what it is asked to do.
fn noting(folder: &Path) -> std::path::PathBuf {
    let (ffmpeg, notes) = (folder.join("ffmpeg"), folder.join("notes"));
    let script = format!("#!/bin/sh\necho \"$*\" >> '{}'\nexec ffmpeg \"$@\"\n", notes.display());
    std::fs::write(&ffmpeg, script).unwrap();
    std::fs::set_permissions(&ffmpeg, std::fs::Permissions::from_mode(0o755)).unwrap();
    ffmpeg
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_picture_with_different_sound_tracks_is_decoded_once() {
    let mut room = Room::new().await;
    room.ffmpeg = Some(noting(room.folder.path()));
    room.reopen().await;
    let session = room.profile("Ana").await;
    let film = two_tracks(&room.beside("films"));
    let mut sources = Vec::new();
    for (name, track) in [("One", 0), ("Two", 1)] {
        let project = project(&session, name).await;
        let source = add(&session, project, &[&film]).await.remove(0);
        let tracks = source.only_tracks(&[source.facts.audio[track].stream_index]);
        sources.push(session.set_source_sound(source.id, &tracks).await.unwrap());
    }
    room.studio.idle().await.unwrap();
    std::fs::remove_file(room.folder.path().join("notes")).unwrap();
    let (one, two) = tokio::join!(analyse(&session, sources[0].id), analyse(&session, sources[1].id));
    assert!(one.loudness.is_none() && two.loudness.is_some());
    let notes = std::fs::read_to_string(room.folder.path().join("notes")).unwrap();
    let runs = |what: &str| notes.lines().filter(|line| line.contains(what)).count();
    assert_eq!((runs("-f rawvideo"), runs("ashowinfo")), (1, 2), "{notes}");
    assert_eq!((rows(&room, "picture").await.len(), rows(&room, "sound").await.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_version_before_kept_is_split_into_the_very_same_parts() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    let films = [two_tracks(&room.beside("films")), room.footage.scenes.clone(), room.footage.silent.clone()];
    let mut sources = Vec::new();
    for film in &films {
        let source = add(&session, takes, &[film]).await.remove(0);
        sources.push((source.id, source.fingerprint.clone(), analyse(&session, source.id).await));
    }
    let (pictures, sounds) = (rows(&room, "picture").await, rows(&room, "sound").await);
    room.studio.close(Closing::Interrupt).await;

    // As the version before kept them.
    change(
        &room,
        "CREATE TABLE older (
             profile_id BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
             fingerprint TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL CHECK (json_valid(data)),
             made_at INTEGER NOT NULL, PRIMARY KEY (profile_id, fingerprint)) STRICT;
         ALTER TABLE clips ADD COLUMN raw_state TEXT NOT NULL DEFAULT 'ready';
         ALTER TABLE clips RENAME COLUMN file_revision TO raw_revision;
         UPDATE job_kinds SET kind = 'preview' WHERE kind = 'clip_file';
         DELETE FROM _sqlx_migrations WHERE version >= 15;
         DELETE FROM chores;",
    )
    .await;
    for sound in &sounds {
        let picture = pictures.iter().find(|picture| sound.key.starts_with(&picture.key)).unwrap();
        let mut data: serde_json::Value = serde_json::from_str(&picture.data).unwrap();
        let heard: serde_json::Value = serde_json::from_str(&sound.data).unwrap();
        let mut analysis = data["picture"].take();
        analysis["version"] = 5.into();
        analysis["sound"] = heard["sound"].clone();
        for (number, window) in analysis["windows"].as_array_mut().unwrap().iter_mut().enumerate() {
            window["loudness_mlufs"] = heard["momentary_mlufs"][number].clone();
        }
        let data = serde_json::json!({ "analysis": analysis, "sheet": data["sheet"] });
        sqlx::query("INSERT INTO older SELECT profile_id, ?, 5, ?, ? FROM analyses LIMIT 1")
            .bind(&sound.key)
            .bind(data.to_string())
            .bind(sound.made_at)
            .execute(&mut raw(&room).await)
            .await
            .unwrap();
        let cache = room.data_dir().join("profiles").join(session.profile_id().to_string()).join("cache");
        let sheet = |key: &str| cache.join(format!("{key}.sheet.jpg"));
        std::fs::rename(sheet(&picture.key), sheet(&sound.key)).unwrap();
    }
    change(&room, "DROP TABLE analyses; ALTER TABLE older RENAME TO analyses;").await;

    room.studio = open(room.folder.path()).await;
    let session = room.studio.open_profile(session.profile_id()).await.unwrap();
    let content = |rows: Vec<Row>| -> Vec<(String, u32, serde_json::Value)> {
        rows.into_iter().map(|row| (row.key, row.version, serde_json::from_str(&row.data).unwrap())).collect()
    };
    let mut migrated = content(rows(&room, "picture").await);
    let mut made = content(pictures);
    migrated.sort_by(|a, b| a.0.cmp(&b.0));
    made.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(migrated, made);
    assert_eq!(content(rows(&room, "sound").await), content(sounds));
    for (source, _, analysis) in sources {
        assert_eq!(known(&session, source).await, Some(analysis));
    }
}
