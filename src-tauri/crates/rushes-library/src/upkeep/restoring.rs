//! Restoring the newest sound snapshot.

use std::path::{Path, PathBuf};

use rushes_model::notice::{Engaged, RowKind};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::verifying;
use crate::db::library::{FILE_NAME, Library, MIGRATIONS, lock};
use crate::db::{checking, snapshots};
use crate::error::{LibraryError, LibraryResult};

impl Library {
    /// Replaces a damaged or missing library by the newest sound snapshot. Keeps the
    /// damaged file beside it and returns its new path. `is_worked_on` is called under the
    /// lock, when no process can open the library.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] if there is no sound snapshot, [`LibraryError::Busy`] if
    /// the library is in use; then nothing is moved.
    pub async fn restore_newest_snapshot(
        data_dir: &Path,
        is_worked_on: impl Fn() -> bool,
    ) -> LibraryResult<Option<PathBuf>> {
        let _held = lock(data_dir).await?;
        if is_worked_on() {
            return Err(LibraryError::Busy { with: Engaged::LibraryUsed });
        }
        let restored = data_dir.join(format!("{FILE_NAME}.restoring"));
        for snapshot in snapshots::all(data_dir)?.into_iter().rev() {
            std::fs::copy(&snapshot, &restored)?;
            if !is_usable(&restored).await {
                std::fs::remove_file(&restored)?;
                continue;
            }
            let file = data_dir.join(FILE_NAME);
            let broken = data_dir.join(format!("{FILE_NAME}.broken-{}", crate::now_ms()));
            std::fs::OpenOptions::new().write(true).open(&restored)?.sync_all()?;
            // There is always a library file, damaged or restored: if the process stops
            // here, the next start does not create an empty one. The journal is moved
            // before the swap, or SQLite would apply it to the restored file.
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
        Err(LibraryError::NotFound { row: RowKind::Snapshot })
    }
}

/// Migrates a copy of a snapshot and checks all of it, so that an old or empty file is
/// never restored as a usable library.
async fn is_usable(copy: &Path) -> bool {
    let options = SqliteConnectOptions::new().filename(copy).foreign_keys(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let Ok(pool) = pool else { return false };
    let usable = async {
        let is_ours = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'profiles') AS "is_ours!: bool""#
        )
        .fetch_one(&pool)
        .await?;
        if !is_ours {
            return Ok(false);
        }
        // A damaged file may not survive a migration, so its structure is checked first.
        checking::structure(&mut *pool.acquire().await?).await?;
        MIGRATIONS.run(&pool).await.map_err(LibraryError::Migrate)?;
        verifying::whole(&mut *pool.acquire().await?).await?;
        Ok::<bool, LibraryError>(true)
    };
    let usable = usable.await.unwrap_or(false);
    pool.close().await;
    usable
}
