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
/// Snapshots that are kept.
const SNAPSHOTS_KEPT: usize = 10;

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
    /// [`LibraryError::Corrupt`] for a damaged file (see
    /// [`Library::restore_newest_snapshot`]), [`LibraryError::Newer`] for one of
    /// a newer version, [`LibraryError::Io`] for an unusable directory.
    pub async fn open(data_dir: &Path) -> LibraryResult<Self> {
        std::fs::create_dir_all(data_dir)?;
        let file = data_dir.join(FILE_NAME);
        let is_new = !file.exists();
        let writing = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .optimize_on_close(true, None);
        if !is_new {
            check(&writing).await?;
        }
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(writing.clone()).await?;
        if let Err(error) = migrate(&writer, data_dir, is_new).await {
            writer.close().await;
            return Err(error);
        }
        let reader = SqlitePoolOptions::new()
            .max_connections(6)
            .connect_with(writing.create_if_missing(false).read_only(true))
            .await?;
        Ok(Self { writer, reader })
    }

    /// Puts the newest sound snapshot in place of a damaged library. The damaged
    /// file is kept beside it; its new path is returned.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] where there is no snapshot; then nothing is moved.
    pub async fn restore_newest_snapshot(data_dir: &Path) -> LibraryResult<PathBuf> {
        for snapshot in snapshots(data_dir)?.into_iter().rev() {
            let options = SqliteConnectOptions::new().filename(&snapshot).read_only(true);
            if check(&options).await.is_err() {
                continue;
            }
            let file = data_dir.join(FILE_NAME);
            let stamp = crate::now_ms();
            let restored = data_dir.join(format!("{FILE_NAME}.restoring"));
            std::fs::copy(&snapshot, &restored)?;
            let broken = data_dir.join(format!("{FILE_NAME}.broken-{stamp}"));
            std::fs::rename(&file, &broken)?;
            for suffix in ["-wal", "-shm"] {
                let side = data_dir.join(format!("{FILE_NAME}{suffix}"));
                if side.exists() {
                    std::fs::rename(&side, data_dir.join(format!("{FILE_NAME}.broken-{stamp}{suffix}")))?;
                }
            }
            std::fs::rename(&restored, &file)?;
            return Ok(broken);
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
        let report: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&self.reader).await?;
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&self.reader).await?;
        if report != "ok" || !strays.is_empty() {
            return Err(LibraryError::Corrupt { report });
        }
        Ok(())
    }
}

async fn check(options: &SqliteConnectOptions) -> LibraryResult<()> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    let report: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    connection.close().await?;
    if report == "ok" { Ok(()) } else { Err(LibraryError::Corrupt { report }) }
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
    sqlx::query("VACUUM INTO ?").bind(target.to_string_lossy().into_owned()).execute(pool).await?;
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
