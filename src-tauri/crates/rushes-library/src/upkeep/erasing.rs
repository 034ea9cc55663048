//! Erases what is left of a deleted profile: in unused pages of the library file, in its
//! journal, and in the snapshots.

use std::path::Path;
use std::time::Duration;

use rushes_model::ids::ProfileId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection, SqliteConnection};

use crate::db::{Library, snapshots};
use crate::error::{LibraryError, LibraryResult};
use crate::profiles;

/// Attempts to empty the journal, which other connections may be reading.
const TRIES: u32 = 20;

impl Library {
    /// Erases what is left of a deleted profile, so that its names can no longer be read
    /// from the library file or a snapshot. A snapshot that held nothing else is removed.
    ///
    /// # Errors
    /// Those of the file system and of SQLite. It can be retried.
    pub async fn erase_deleted_profile(&self, profile: ProfileId) -> LibraryResult<()> {
        // Older versions did not overwrite what they deleted.
        if let Err(error) = sqlx::query("VACUUM").execute(&self.writer).await {
            // What this version deletes is overwritten anyway.
            tracing::warn!(%error, "the library file could not be made smaller");
        }
        for _ in 0..TRIES {
            let (is_busy, _, _): (bool, i64, i64) =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writer).await?;
            if !is_busy {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for snapshot in snapshots::all(self.data_dir.path())? {
            match erase_from(&snapshot, profile).await {
                // It could not be restored anyway, and what it holds is unknown.
                Err(LibraryError::Corrupt { .. }) => std::fs::remove_file(&snapshot)?,
                erased => erased?,
            }
        }
        Ok(())
    }
}

async fn erase_from(snapshot: &Path, profile: ProfileId) -> LibraryResult<()> {
    // Nothing writes to it, so no journal is left beside it.
    let reading = SqliteConnectOptions::new().filename(snapshot).read_only(true).immutable(true);
    let mut connection = SqliteConnection::connect_with(&reading).await?;
    let holds = holds(&mut connection, profile).await;
    connection.close().await?;
    if !holds? {
        return Ok(());
    }
    let part = snapshot.with_extension("part");
    let made = snapshot.metadata()?.modified()?;
    std::fs::copy(snapshot, &part)?;
    let others = without(&part, profile).await;
    match others {
        Ok(1..) => {
            std::fs::OpenOptions::new().write(true).open(&part)?.set_modified(made)?;
            snapshots::publish(&part, snapshot)
        }
        Ok(_) => {
            std::fs::remove_file(&part)?;
            Ok(std::fs::remove_file(snapshot)?)
        }
        Err(error) => {
            std::fs::remove_file(&part)?;
            Err(error)
        }
    }
}

async fn holds(connection: &mut SqliteConnection, profile: ProfileId) -> LibraryResult<bool> {
    let is_ours = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'profiles') AS "is_ours!: bool""#
    )
    .fetch_one(&mut *connection)
    .await?;
    if !is_ours {
        return Ok(false);
    }
    let held = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM profiles WHERE id = ?) AS "held!: bool""#,
        profile
    )
    .fetch_one(connection)
    .await?;
    Ok(held)
}

/// Removes a profile from a copy, and returns how many others it holds.
async fn without(copy: &Path, profile: ProfileId) -> LibraryResult<i64> {
    let writing = SqliteConnectOptions::new()
        .filename(copy)
        .foreign_keys(true)
        // A copy that is cut off is made again, so it needs no journal on disk.
        .journal_mode(SqliteJournalMode::Memory)
        .pragma("secure_delete", "ON");
    let mut connection = SqliteConnection::connect_with(&writing).await?;
    let erased = async {
        sqlx::query!("DELETE FROM profiles WHERE id = ?", profile).execute(&mut connection).await?;
        profiles::keep_a_default(&mut connection).await?;
        sqlx::query("VACUUM").execute(&mut connection).await?;
        let others = sqlx::query_scalar!("SELECT count(*) FROM profiles").fetch_one(&mut connection).await?;
        Ok::<i64, LibraryError>(others)
    };
    let erased = erased.await;
    connection.close().await?;
    erased
}
