//! One-time upgrades of older libraries that SQL cannot do, since they need to know the
//! data directory.

use std::path::Path;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};

use super::moved;
use super::paths::{DataDir, PROFILES};
use crate::error::{LibraryError, LibraryResult};

/// Paths inside the data directory are stored relative to it.
const PATHS: &str = "paths_within_the_data_directory";
/// Files are private to their user.
const CLOSED: &str = "closed_to_others";
/// Film sheets are named after the picture alone.
const SHEETS: &str = "sheets_by_fingerprint";

/// Runs the chores that are still due.
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
    if let Some(tx) = begin(writer, SHEETS).await? {
        let profiles = data_dir.path().join(PROFILES);
        let renamed = tokio::task::spawn_blocking(move || rename_sheets(&profiles)).await;
        renamed.map_err(|error| LibraryError::Io(std::io::Error::other(error)))?;
        tx.commit().await?;
    }
    Ok(())
}

/// A transaction that records a chore as done; `None` if it already was.
async fn begin(
    writer: &SqlitePool,
    chore: &'static str,
) -> LibraryResult<Option<Transaction<'static, Sqlite>>> {
    // Opening holds the library lock, so no other process runs the chore at the same time.
    let is_done = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM chores WHERE chore = ?) AS "is_done!: bool""#,
        chore
    )
    .fetch_one(writer)
    .await?;
    if is_done {
        return Ok(None);
    }
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query!("INSERT INTO chores (chore, done_at) VALUES (?, ?)", chore, crate::now_ms())
        .execute(&mut *tx)
        .await?;
    Ok(Some(tx))
}

/// Makes our files in the data directory private, then the directory itself. The user
/// may have chosen a folder that also holds other things.
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

/// Drops the sound tracks from the names of film sheets, `<fingerprint>-sound-….sheet.jpg`.
/// A sheet that stays behind is made again.
fn rename_sheets(profiles: &Path) {
    for profile in std::fs::read_dir(profiles).into_iter().flatten().filter_map(Result::ok) {
        let cache = profile.path().join("cache");
        for sheet in std::fs::read_dir(&cache).into_iter().flatten().filter_map(Result::ok) {
            let name = sheet.file_name().to_string_lossy().into_owned();
            if let Some((fingerprint, tracks)) = name.split_once("-sound")
                && tracks.ends_with(".sheet.jpg")
                && let Err(error) =
                    std::fs::rename(sheet.path(), cache.join(format!("{fingerprint}.sheet.jpg")))
            {
                tracing::warn!(%error, name, "a film sheet kept its old name");
            }
        }
    }
}
