//! Opening the library: pools, settings, migrations, the snapshot before them
//! and the check at start-up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};

use crate::error::{LibraryError, LibraryResult};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations");

/// Name of the library file in the data directory.
const FILE_NAME: &str = "rushes.db";
/// Name of the file that is locked while the library is opened.
const LOCK_NAME: &str = "rushes.lock";
/// Snapshots that are kept.
const SNAPSHOTS_KEPT: usize = 10;
/// How old the newest one may become.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The open library: one connection that writes, several that read.
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
}

impl Library {
    /// Opens the library of a data directory, and makes it where there is none.
    ///
    /// A library that fails SQLite's check is left as it is. One that needs
    /// migrating is copied to `backups/` first.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`] for a damaged file and [`LibraryError::Missing`]
    /// where there are snapshots and no library (see
    /// [`Library::restore_newest_snapshot`]), [`LibraryError::Newer`] for one of
    /// a newer version, [`LibraryError::Io`] for an unusable directory.
    pub async fn open(data_dir: &Path) -> LibraryResult<Self> {
        std::fs::create_dir_all(data_dir)?;
        let _held = lock(data_dir).await?;
        let file = data_dir.join(FILE_NAME);
        let is_new = !file.exists();
        // SQLite takes no file and an empty file for an empty library. Where there
        // are snapshots there was a library, and nothing may hide its loss.
        if is_new && !snapshots(data_dir)?.is_empty() {
            return Err(LibraryError::Missing);
        }
        if !is_new {
            if file.metadata()?.len() == 0 && !snapshots(data_dir)?.is_empty() {
                return Err(LibraryError::Corrupt { report: "the file is empty".into() });
            }
            check(&file).await?;
        }
        let writing = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .optimize_on_close(true, None);
        let writer = pool(1).connect_with(writing.clone()).await?;
        if let Err(error) = migrate(&writer, data_dir, is_new).await {
            writer.close().await;
            return Err(error);
        }
        let reading = writing.create_if_missing(false).read_only(true).optimize_on_close(false, None);
        let reader = pool(6).connect_with(reading).await?;
        Ok(Self { writer, reader })
    }

    /// Whether a data directory holds snapshots.
    pub fn has_snapshot(data_dir: &Path) -> bool {
        snapshots(data_dir).is_ok_and(|found| !found.is_empty())
    }

    /// Puts the newest sound snapshot in place of a damaged library or of none. The
    /// damaged file is kept beside it; its new path is returned. Whether anybody
    /// works on the library is asked while nobody can open it.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] where there is no snapshot, [`LibraryError::Busy`]
    /// where somebody works on the library; then nothing is moved.
    pub async fn restore_newest_snapshot(
        data_dir: &Path,
        is_worked_on: impl Fn() -> bool,
    ) -> LibraryResult<Option<PathBuf>> {
        let _held = lock(data_dir).await?;
        if is_worked_on() {
            return Err(LibraryError::Busy {
                message: "Rushes works on this library elsewhere. Close its windows and end its commands first.",
            });
        }
        for snapshot in snapshots(data_dir)?.into_iter().rev() {
            if !is_sound_library(&snapshot).await {
                continue;
            }
            let file = data_dir.join(FILE_NAME);
            let broken = data_dir.join(format!("{FILE_NAME}.broken-{}", crate::now_ms()));
            let restored = data_dir.join(format!("{FILE_NAME}.restoring"));
            std::fs::copy(&snapshot, &restored)?;
            std::fs::OpenOptions::new().write(true).open(&restored)?.sync_all()?;
            // At every moment there is a library file, the damaged or the
            // restored one: where it stops here, the next opening does not begin
            // an empty library. The journal goes before the exchange, or SQLite
            // would play it into the restored file.
            let is_there = file.exists();
            if is_there {
                std::fs::copy(&file, &broken)?;
            }
            for suffix in ["-wal", "-shm"] {
                let side = data_dir.join(format!("{FILE_NAME}{suffix}"));
                if side.exists() {
                    let mut kept = broken.clone().into_os_string();
                    kept.push(suffix);
                    std::fs::rename(&side, kept)?;
                }
            }
            std::fs::rename(&restored, &file)?;
            return Ok(is_there.then_some(broken));
        }
        Err(LibraryError::NotFound { what: "snapshot" })
    }

    /// Copies the library, consistent as of now, into `backups/`.
    ///
    /// # Errors
    /// Those of the file system and of SQLite.
    pub async fn snapshot(&self, data_dir: &Path) -> LibraryResult<PathBuf> {
        snapshot(&self.writer, data_dir).await
    }

    /// Takes a snapshot where the newest one is older than a day, or there is
    /// none yet, so that there is something recent to go back to. Returns its
    /// path where one was taken; a library without a profile needs none.
    ///
    /// # Errors
    /// Those of the file system and of SQLite.
    pub async fn snapshot_if_due(&self, data_dir: &Path) -> LibraryResult<Option<PathBuf>> {
        let newest = snapshots(data_dir)?.pop().map(|newest| newest.metadata()?.modified()).transpose()?;
        // A clock that was set back counts as a snapshot from now.
        let age = newest.map(|made| made.elapsed().unwrap_or_default());
        if age.is_some_and(|age| age < SNAPSHOT_EVERY) || self.list_profiles().await?.is_empty() {
            return Ok(None);
        }
        // Copied by a reader: the editor's own work does not wait for it.
        snapshot(&self.reader, data_dir).await.map(Some)
    }

    /// Begins a transaction that holds the write lock from its first moment, so
    /// that what it read cannot change before it writes.
    pub(crate) async fn begin(&self) -> LibraryResult<Transaction<'static, Sqlite>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Runs SQLite's full check, foreign keys included.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`] with what was found.
    pub async fn verify(&self) -> LibraryResult<()> {
        let mut connection = self.reader.acquire().await?;
        verify(&mut connection).await
    }
}

/// A pool whose connections live as long as it does: a local file has no reason
/// to drop or to test them. Without a lifetime or an idle time sqlx starts no
/// maintenance task, which in 0.9.0 can spin for ever when the pool is closed
/// while it runs (its count of idle connections falls below zero).
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
}

/// Held while the library is opened or restored, so that two processes that
/// start at once do not migrate at once.
async fn lock(data_dir: &Path) -> LibraryResult<std::fs::File> {
    let path = data_dir.join(LOCK_NAME);
    tokio::task::spawn_blocking(move || {
        let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(file)
    })
    .await
    .map_err(|error| LibraryError::Io(std::io::Error::other(error)))?
}

/// Runs SQLite's quick check. The file is only read: a damaged one stays as it is.
async fn check(file: &Path) -> LibraryResult<()> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let report = sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(&mut connection).await;
    connection.close().await?;
    let report = report?;
    if report == "ok" { Ok(()) } else { Err(LibraryError::Corrupt { report }) }
}

/// Runs SQLite's full check, foreign keys included.
async fn verify(connection: &mut SqliteConnection) -> LibraryResult<()> {
    let report: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut *connection).await?;
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(connection).await?;
    match (report.as_str(), strays.len()) {
        ("ok", 0) => Ok(()),
        ("ok", strays) => {
            Err(LibraryError::Corrupt { report: format!("rows that belong to nothing: {strays}") })
        }
        _ => Err(LibraryError::Corrupt { report }),
    }
}

/// Whether a file stands the full check and is a library of ours: an empty file
/// stands it, too.
async fn is_sound_library(file: &Path) -> bool {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let Ok(mut connection) = SqliteConnection::connect_with(&options).await else { return false };
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'profiles')")
        .fetch_one(&mut connection)
        .await;
    let is_sound = verify(&mut connection).await.is_ok();
    // What was only read needs no orderly end.
    let _ = connection.close().await;
    is_sound && found.unwrap_or(false)
}

async fn migrate(pool: &SqlitePool, data_dir: &Path, is_new: bool) -> LibraryResult<()> {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or_default();
    let has_history: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')",
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
        snapshot(pool, data_dir).await?;
    }
    MIGRATIONS.run(pool).await.map_err(LibraryError::Migrate)
}

async fn snapshot(pool: &SqlitePool, data_dir: &Path) -> LibraryResult<PathBuf> {
    let folder = data_dir.join("backups");
    std::fs::create_dir_all(&folder)?;
    let target = folder.join(format!("rushes-{}.db", uuid::Uuid::now_v7()));
    // Under another name until it is whole: one that was cut off is never
    // taken for a snapshot.
    let part = target.with_extension("part");
    let made = async {
        sqlx::query("VACUUM INTO ?").bind(part.to_string_lossy().into_owned()).execute(pool).await?;
        std::fs::OpenOptions::new().write(true).open(&part)?.sync_all()?;
        std::fs::rename(&part, &target)?;
        Ok::<(), LibraryError>(())
    }
    .await;
    if let Err(error) = made {
        // It may not even have begun.
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    let all = snapshots(data_dir)?;
    for old in all.iter().take(all.len().saturating_sub(SNAPSHOTS_KEPT)) {
        std::fs::remove_file(old)?;
    }
    Ok(target)
}

/// Snapshots, oldest first: their names are ordered by time.
fn snapshots(data_dir: &Path) -> LibraryResult<Vec<PathBuf>> {
    let folder = data_dir.join("backups");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .collect();
    found.sort();
    Ok(found)
}
