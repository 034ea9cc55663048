//! What is done once for a library of an older version, and not in SQL: it needs
//! to know the data directory.

use std::path::Path;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};

use super::moved;
use super::paths::{DataDir, PROFILES};
use crate::error::{LibraryError, LibraryResult};

/// Paths of what lies in the data directory are stored relative to it.
const PATHS: &str = "paths_within_the_data_directory";
/// Files are closed to other users.
const CLOSED: &str = "closed_to_others";

/// Does what was not done yet.
pub(crate) async fn run(writer: &SqlitePool, data_dir: &DataDir) -> LibraryResult<()> {
    if let Some(mut tx) = begin(writer, PATHS).await? {
        moved::store_paths_within(&mut tx, data_dir).await?;
        tx.commit().await?;
    }
    let folder = data_dir.path().to_owned();
    let is_closed = rushes_files::private::is_closed(&folder);
    let chore = begin(writer, CLOSED).await?;
    if chore.is_some() || !is_closed {
        let closed = tokio::task::spawn_blocking(move || close(&folder)).await;
        closed.map_err(|error| LibraryError::Io(std::io::Error::other(error)))??;
    }
    if let Some(tx) = chore {
        tx.commit().await?;
    }
    Ok(())
}

/// A transaction in which a chore is noted as done; nothing where it was done.
async fn begin(
    writer: &SqlitePool,
    chore: &'static str,
) -> LibraryResult<Option<Transaction<'static, Sqlite>>> {
    // The library is locked while it is opened: nobody else does it meanwhile.
    let is_done: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM chores WHERE chore = ?)")
        .bind(chore)
        .fetch_one(writer)
        .await?;
    if is_done {
        return Ok(None);
    }
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("INSERT INTO chores (chore, done_at) VALUES (?, ?)")
        .bind(chore)
        .bind(crate::now_ms())
        .execute(&mut *tx)
        .await?;
    Ok(Some(tx))
}

/// Closes to other users what is ours in the data directory, and then itself.
/// Somebody may have named a folder that holds other things, too.
fn close(data_dir: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(data_dir)?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = [PROFILES, "backups", "workers", "settings.json", "window.lock"];
        if ours.contains(&&*name) || name.starts_with("rushes.") {
            rushes_files::private::close_all(&entry.path())?;
        }
    }
    rushes_files::private::make_own_folder(data_dir)
}
