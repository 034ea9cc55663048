//! Opening a library: its settings, the snapshot before migrating, and the way
//! out when the file is damaged or newer.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{Shelf, raw, run_sql};
use rushes_library::Library;
use rushes_library::model::JobQuery;
use sqlx::Row;

fn snapshots(data_dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(data_dir.join("backups")) else { return Vec::new() };
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Makes the library look like one from before the later migrations.
async fn set_back(data_dir: &Path) {
    let mut connection = raw(data_dir).await;
    for sql in [
        "DROP TABLE job_events",
        "DROP TABLE held_queues",
        "DROP TRIGGER jobs_log_that_they_were_queued",
        "DROP TRIGGER jobs_log_their_states",
        "DROP TRIGGER jobs_log_their_stages",
        "ALTER TABLE clips DROP COLUMN provisional",
        "DELETE FROM export_presets",
        "DELETE FROM _sqlx_migrations WHERE version >= 2",
    ] {
        run_sql(&mut connection, sql.into()).await.unwrap();
    }
}

/// Writes over the pages behind the first, as a failing disk does.
fn damage(data_dir: &Path) {
    let file = data_dir.join("rushes.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].iter_mut().step_by(3).for_each(|byte| *byte = 0x5a);
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_new_library_uses_wal_and_strict_tables_and_enforces_foreign_keys() {
    let shelf = Shelf::new().await;
    let mut connection = shelf.raw().await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
    let tables = sqlx::query("PRAGMA table_list").fetch_all(&mut connection).await.unwrap();
    let mut ours = 0;
    for table in tables {
        let name: String = table.get("name");
        let is_ours = table.get::<String, _>("schema") == "main"
            && table.get::<String, _>("type") == "table"
            && !name.starts_with("sqlite_")
            && !name.starts_with("_sqlx");
        if is_ours {
            ours += 1;
            assert!(table.get::<bool, _>("strict"), "{name} is not strict");
        }
    }
    assert!(ours >= 9, "{ours}");
    // Through the library itself: a child without its parent is refused.
    let nobody = rushes_library::ids::ProfileId::new();
    let new = rushes_library::model::NewProject { name: "Stray".into(), ..Default::default() };
    assert_eq!(shelf.library.create_project(nobody, &new).await.unwrap_err().code(), "not_found");
    shelf.library.verify().await.unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again_and_makes_no_snapshot() {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await;
    shelf.library.close().await;
    let again = Library::open(shelf.folder.path()).await.unwrap();
    assert_eq!(again.list_profiles().await.unwrap(), [profile]);
    assert!(snapshots(shelf.folder.path()).is_empty());
}

#[tokio::test]
async fn two_processes_that_start_at_once_both_get_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = tokio::join!(Library::open(folder.path()), Library::open(folder.path()));
    let (one, two) = (one.unwrap(), two.unwrap());
    one.create_profile("Ana", "#112233").await.unwrap();
    two.create_profile("Ben", "#445566").await.unwrap();
    assert_eq!(one.list_profiles().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_library_is_copied_before_it_is_migrated_and_loses_nothing() {
    let shelf = Shelf::new().await;
    let ana = shelf.profile("Ana").await.id;
    let project = shelf.project(ana, "Summer").await.id;
    let source = shelf.source(ana, project, "/footage/summer.mp4").await.id;
    let clips = shelf.clips(ana, project, source, 3).await;
    let jobs = shelf.library.list_jobs(ana, &JobQuery::default()).await.unwrap();
    assert!(!jobs.is_empty());
    shelf.library.close().await;
    set_back(shelf.folder.path()).await;

    let again = Library::open(shelf.folder.path()).await.unwrap();
    assert!(again.list_export_presets().await.unwrap().len() >= 13);
    assert_eq!(again.list_jobs(ana, &JobQuery::default()).await.unwrap(), jobs);
    for clip in clips {
        assert!(!again.clip_is_provisional(ana, clip).await.unwrap());
    }
    let made = snapshots(shelf.folder.path());
    assert_eq!(made.len(), 1);
    // The copy is from before: without the rows that the migration adds.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&made[0]).read_only(true);
    let mut copy = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    let presets: i64 =
        sqlx::query_scalar("SELECT count(*) FROM export_presets").fetch_one(&mut copy).await.unwrap();
    let profiles: i64 =
        sqlx::query_scalar("SELECT count(*) FROM profiles").fetch_one(&mut copy).await.unwrap();
    assert_eq!((presets, profiles), (0, 1));
}

#[tokio::test]
async fn the_ten_newest_snapshots_are_kept() {
    let shelf = Shelf::new().await;
    let mut last = PathBuf::new();
    for _ in 0..12 {
        last = shelf.library.snapshot(shelf.folder.path()).await.unwrap();
    }
    let kept = snapshots(shelf.folder.path());
    assert_eq!(kept.len(), 10);
    assert_eq!(kept.last(), Some(&last));
    assert!(kept.iter().all(|path| path.extension().unwrap() == "db"), "nothing half made is left");
}

#[tokio::test]
async fn a_library_of_a_newer_version_is_refused_and_left_as_it_is() {
    let shelf = Shelf::new().await;
    shelf.library.close().await;
    let mut connection = shelf.raw().await;
    run_sql(
        &mut connection,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)"
            .into(),
    )
    .await
    .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    let before = std::fs::read(shelf.folder.path().join("rushes.db")).unwrap();

    assert_eq!(Library::open(shelf.folder.path()).await.unwrap_err().code(), "library_newer");
    assert_eq!(std::fs::read(shelf.folder.path().join("rushes.db")).unwrap(), before);
    assert!(snapshots(shelf.folder.path()).is_empty());
}

#[tokio::test]
async fn a_damaged_library_is_told_and_left_as_it_is() {
    let shelf = Shelf::new().await;
    shelf.profile("Ana").await;
    shelf.library.close().await;
    damage(shelf.folder.path());
    let before = std::fs::read(shelf.folder.path().join("rushes.db")).unwrap();

    assert_eq!(Library::open(shelf.folder.path()).await.unwrap_err().code(), "library_corrupt");
    assert_eq!(std::fs::read(shelf.folder.path().join("rushes.db")).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_library_at_all_is_told_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rushes.db"), "this is a diary, not a database\n".repeat(50)).unwrap();
    assert_eq!(Library::open(folder.path()).await.unwrap_err().code(), "library_corrupt");
}

#[tokio::test]
async fn the_newest_sound_snapshot_is_restored_and_the_broken_file_kept() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    shelf.profile("Ana").await;
    shelf.library.snapshot(data_dir).await.unwrap();
    shelf.profile("Ben").await;
    let newest = shelf.library.snapshot(data_dir).await.unwrap();
    shelf.library.close().await;
    // The newest is damaged, and an even newer one is empty: neither is taken.
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes[4096..].iter_mut().for_each(|byte| *byte = 0x5a);
    std::fs::write(&newest, bytes).unwrap();
    std::fs::write(data_dir.join("backups/rushes-ffffffff.db"), "").unwrap();
    damage(data_dir);
    let broken_bytes = std::fs::read(data_dir.join("rushes.db")).unwrap();
    // A journal of the broken file must not be played into the restored one.
    std::fs::write(data_dir.join("rushes.db-wal"), "junk").unwrap();

    assert!(Library::has_snapshot(data_dir));
    let broken = Library::restore_newest_snapshot(data_dir).await.unwrap();
    assert_eq!(std::fs::read(&broken).unwrap(), broken_bytes);
    let again = Library::open(data_dir).await.unwrap();
    let names: Vec<_> = again.list_profiles().await.unwrap().into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["Ana"]);
    again.verify().await.unwrap();
}

#[tokio::test]
async fn restoring_without_a_snapshot_moves_nothing() {
    let shelf = Shelf::new().await;
    shelf.library.close().await;
    damage(shelf.folder.path());
    let before = std::fs::read(shelf.folder.path().join("rushes.db")).unwrap();
    let refused = Library::restore_newest_snapshot(shelf.folder.path()).await.unwrap_err();
    assert_eq!(refused.code(), "not_found");
    assert_eq!(std::fs::read(shelf.folder.path().join("rushes.db")).unwrap(), before);
}

#[tokio::test]
async fn a_library_that_became_empty_is_told_where_there_are_snapshots() {
    let shelf = Shelf::new().await;
    shelf.library.snapshot(shelf.folder.path()).await.unwrap();
    shelf.library.close().await;
    std::fs::write(shelf.folder.path().join("rushes.db"), "").unwrap();
    assert_eq!(Library::open(shelf.folder.path()).await.unwrap_err().code(), "library_corrupt");
}

#[tokio::test]
async fn a_snapshot_is_taken_when_the_newest_one_is_a_day_old() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    assert!(shelf.library.snapshot_if_due(data_dir).await.unwrap().is_none(), "nothing to keep yet");
    shelf.library.create_profile("Ana", "#3B82F6").await.unwrap();
    let first = shelf.library.snapshot_if_due(data_dir).await.unwrap().unwrap();
    assert!(shelf.library.snapshot_if_due(data_dir).await.unwrap().is_none(), "taken a moment ago");
    let day_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 60 * 60);
    std::fs::File::options().write(true).open(&first).unwrap().set_modified(day_ago).unwrap();
    let second = shelf.library.snapshot_if_due(data_dir).await.unwrap().unwrap();
    assert_eq!(snapshots(data_dir), [first, second]);
}
