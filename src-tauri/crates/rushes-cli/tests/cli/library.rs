//! A damaged library, and restoring it without a window.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::desk::{Desk, text};

#[test]
fn a_damaged_library_goes_back_to_its_newest_snapshot() {
    let desk = Desk::new();
    for name in ["Ana", "Ben"] {
        desk.run(["profile", "create", name]).done();
        desk.run(["--profile", name, "project", "create", &format!("{name}'s work")]).done();
    }
    assert_eq!(desk.run(["library", "check"]).done()["sound"], true);
    assert_eq!(desk.run(["library", "restore"]).error().0, "library_sound");
    let snapshot = PathBuf::from(text(&desk.run(["library", "snapshot"]).done()["snapshot"]));
    assert!(snapshot.is_file());

    let mut file = File::options().write(true).open(desk.data_dir().join("rushes.db")).unwrap();
    file.seek(SeekFrom::Start(4096)).unwrap();
    file.write_all(&[0x5a; 60_000]).unwrap();
    drop(file);
    for command in ["library check", "project list", "library snapshot"] {
        let (code, message) = desk.run(command.split(' ')).error();
        assert_eq!(code, "library_corrupt", "{command}");
        assert!(message.contains("`rushes-cli library restore`"), "{message}");
    }

    let restored = desk.run(["library", "restore"]).done();
    assert!(PathBuf::from(text(&restored["broken_file"])).is_file());
    assert_eq!(desk.run(["library", "check"]).done()["sound"], true);
    for name in ["Ana", "Ben"] {
        let projects = desk.run(["--profile", name, "project", "list"]).done();
        assert_eq!(projects["items"][0]["name"], format!("{name}'s work"));
        assert_eq!(projects["items"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn without_a_snapshot_a_damaged_library_stays_as_it_is() {
    let desk = Desk::new();
    desk.run(["profile", "create", "Ana"]).done();
    std::fs::remove_dir_all(desk.data_dir().join("backups")).unwrap();
    let file = desk.data_dir().join("rushes.db");
    std::fs::write(&file, [0x5a; 60_000]).unwrap();
    assert_eq!(desk.run(["library", "restore"]).error().0, "not_found");
    assert_eq!(std::fs::read(&file).unwrap(), [0x5a; 60_000]);
}

#[tokio::test]
async fn damage_that_only_the_thorough_check_meets_can_be_restored_when_nobody_works_on_it() {
    let desk = Desk::new();
    for name in ["Ana", "Ben"] {
        desk.run(["profile", "create", name]).done();
        desk.run(["--profile", name, "project", "create", "Reel"]).done();
    }
    desk.run(["library", "snapshot"]).done();
    // A library of a newer version is not damaged.
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', 1, x'00', 0)";
    let file = SqliteConnectOptions::new().filename(desk.data_dir().join("rushes.db")).foreign_keys(false);
    let mut library = SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::query(newer).execute(&mut library).await.unwrap();
    assert_eq!(desk.run(["library", "restore"]).error().0, "library_newer");
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 9999").execute(&mut library).await.unwrap();
    sqlx::query("DELETE FROM profiles WHERE name = 'Ben'").execute(&mut library).await.unwrap();
    library.close().await.unwrap();
    let (code, message) = desk.run(["library", "check"]).error();
    assert_eq!(code, "library_corrupt");
    assert!(message.contains("`rushes-cli library restore`"), "{message}");
    // No snapshot is taken of a library with the same damage.
    desk.run(["library", "snapshot"]).done();

    let other = File::create(desk.data_dir().join("workers").join("another.lock")).unwrap();
    other.lock().unwrap();
    assert_eq!(desk.run(["library", "restore"]).error().0, "busy");
    drop(other);
    desk.run(["library", "restore"]).done();
    desk.run(["library", "check"]).done();
    let projects = desk.run(["--profile", "Ben", "project", "list"]).done();
    assert_eq!(projects["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_missing_library_is_no_empty_one() {
    let desk = Desk::new();
    desk.run(["profile", "create", "Ana"]).done();
    desk.run(["library", "snapshot"]).done();
    std::fs::remove_file(desk.data_dir().join("rushes.db")).unwrap();
    let (code, message) = desk.run(["profile", "list"]).error();
    assert_eq!(code, "library_missing");
    assert!(message.contains("`rushes-cli library restore`"), "{message}");
    assert_eq!(desk.run(["library", "restore"]).done()["broken_file"], serde_json::Value::Null);
    assert_eq!(desk.run(["profile", "list"]).done()[0]["name"], "Ana");
}

#[test]
fn the_command_line_takes_the_snapshot_of_the_day_and_no_second_one() {
    let desk = Desk::new();
    for name in ["Ana", "Ben"] {
        desk.run(["profile", "create", name]).done();
        let snapshots = std::fs::read_dir(desk.data_dir().join("backups")).unwrap();
        assert_eq!(snapshots.count(), 1);
    }
}
