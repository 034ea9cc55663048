//! Opening the library: its connections, their settings, and migrations.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::library::{FILE_NAME, Library, MIGRATIONS, lock};
use super::paths::{DataDir, PROFILES};
use super::{checking, chores, reserve, snapshots};
use crate::error::{LibraryError, LibraryResult};

impl Library {
    /// Opens the library of a data directory, and creates it if there is none.
    ///
    /// A library that fails SQLite's check is not touched. One that needs migrating is
    /// copied to `backups/` first. If the disk is full, the reserved space is released so
    /// that deleting works.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`] for a damaged file, [`LibraryError::Missing`] if there are
    /// snapshots or profile folders but no library (see
    /// [`Library::restore_newest_snapshot`]), [`LibraryError::Newer`] for one of a newer
    /// version, [`LibraryError::DiskFull`] if there is no space at all,
    /// [`LibraryError::Io`] for an unusable directory.
    pub async fn open(data_dir: &Path) -> LibraryResult<Self> {
        let data_dir = DataDir::new(data_dir);
        reserve::give_up_if_full(data_dir.path());
        let library = match open(&data_dir).await {
            Err(error) if reserve::is_for_want_of_room(data_dir.path(), &error) => {
                return Err(LibraryError::DiskFull);
            }
            opened => opened?,
        };
        reserve::keep(data_dir.path());
        Ok(library)
    }
}

async fn open(data_dir: &DataDir) -> LibraryResult<Library> {
    let folder = data_dir.path();
    if !folder.is_dir() {
        rushes_files::private::make_own_folder(folder)?;
    }
    let _held = lock(folder).await?;
    let file = folder.join(FILE_NAME);
    let (is_there, is_new) = (file.exists(), file.metadata().map_or(0, |facts| facts.len()) == 0);
    // SQLite treats a missing or empty file as an empty library. If there are snapshots or
    // profile folders, there was a library, and its loss must not be hidden.
    let has_snapshot = !snapshots::all(folder)?.is_empty();
    if is_new && (has_snapshot || has_profiles(folder)?) {
        return Err(if is_there {
            LibraryError::Corrupt { report: "the file is empty".into() }
        } else {
            LibraryError::Missing { has_snapshot }
        });
    }
    if !is_there {
        // SQLite gives its journal the permissions of the library file.
        rushes_files::private::options().write(true).create_new(true).open(&file)?;
    }
    if !is_new {
        checking::check(&file).await?;
    }
    let writing = SqliteConnectOptions::new()
        .filename(&file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        // Overwrites deleted data, so that it cannot be read from the file.
        .pragma("secure_delete", "ON")
        .optimize_on_close(true, None);
    let writer = pool(1).connect_with(writing.clone()).await?;
    let ready = async {
        migrate(&writer, folder, is_new).await?;
        chores::run(&writer, data_dir).await
    };
    if let Err(error) = ready.await {
        writer.close().await;
        return Err(error);
    }
    let reading = writing.read_only(true).optimize_on_close(false, None);
    let reader = pool(6).connect_with(reading).await?;
    Ok(Library { writer, reader, data_dir: data_dir.clone() })
}

/// A pool whose connections live as long as it does: with a local file there is no
/// reason to drop or test them. Without a lifetime or an idle timeout sqlx starts no
/// maintenance task, which in 0.9.0 can spin forever if the pool is closed while it
/// runs (its count of idle connections drops below zero).
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
}

/// Whether a data directory holds any profile folder.
fn has_profiles(data_dir: &Path) -> LibraryResult<bool> {
    match std::fs::read_dir(data_dir.join(PROFILES)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        entries => {
            let is_profile =
                |name: std::ffi::OsString| uuid::Uuid::try_parse(&name.to_string_lossy()).is_ok();
            Ok(entries?.filter_map(Result::ok).any(|entry| is_profile(entry.file_name())))
        }
    }
}

async fn migrate(pool: &SqlitePool, data_dir: &Path, is_new: bool) -> LibraryResult<()> {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or_default();
    let has_history = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM sqlite_schema
            WHERE type = 'table' AND name = '_sqlx_migrations') AS "has_history!: bool""#
    )
    .fetch_one(pool)
    .await?;
    let applied: i64 = if has_history {
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(pool).await?
    } else {
        0
    };
    if applied > known {
        return Err(LibraryError::Newer);
    }
    if applied < known && !is_new {
        snapshots::take(pool, data_dir).await?;
    }
    MIGRATIONS.run(pool).await.map_err(LibraryError::Migrate)
}
