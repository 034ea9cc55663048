//! The open library: its connections, its transactions, and the lock for opening it.

use std::path::Path;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};

use super::paths::DataDir;
use super::reserve;
use crate::error::{LibraryError, LibraryResult};

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations");

/// Name of the library file.
pub(crate) const FILE_NAME: &str = "rushes.db";
/// Name of the file that is locked while the library is opened.
const LOCK_NAME: &str = "rushes.lock";

/// The open library: one connection that writes, several that read.
#[derive(Debug, Clone)]
pub struct Library {
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
    pub(crate) data_dir: DataDir,
}

impl Library {
    /// Releases the space that is reserved for a full disk, if the disk is full.
    pub fn make_room_if_full(data_dir: &Path) {
        reserve::give_up_if_full(data_dir);
    }

    /// Begins a transaction that takes the write lock at once, so that what it reads cannot
    /// change before it writes.
    pub(crate) async fn begin(&self) -> LibraryResult<Transaction<'static, Sqlite>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Like [`Library::begin`], for deleting: it also works if the disk is full.
    pub(crate) async fn begin_deleting(&self) -> LibraryResult<Transaction<'static, Sqlite>> {
        reserve::give_up_if_full(self.data_dir.path());
        self.begin().await
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Held while the library is opened or restored, so that two processes do not migrate
/// at the same time.
pub(crate) async fn lock(data_dir: &Path) -> LibraryResult<std::fs::File> {
    let path = data_dir.join(LOCK_NAME);
    tokio::task::spawn_blocking(move || {
        let file = rushes_files::private::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(file)
    })
    .await
    .map_err(|error| LibraryError::Io(std::io::Error::other(error)))?
}
