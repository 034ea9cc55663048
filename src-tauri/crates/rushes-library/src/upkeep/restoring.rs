//! Going back to the newest snapshot that is sound.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::verifying;
use crate::db::library::{FILE_NAME, Library, MIGRATIONS, lock};
use crate::db::{checking, snapshots};
use crate::error::{LibraryError, LibraryResult};

impl Library {
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
}

/// Brings a copy of a snapshot up to date and checks all of it, so that no old or
/// empty file is taken for a library that can be worked with.
async fn is_usable(copy: &Path) -> bool {
    let options = SqliteConnectOptions::new().filename(copy).foreign_keys(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let Ok(pool) = pool else { return false };
    let usable = async {
        let is_ours: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'profiles')")
                .fetch_one(&pool)
                .await?;
        if !is_ours {
            return Ok(false);
        }
        // What is damaged may not survive being changed.
        checking::structure(&mut *pool.acquire().await?).await?;
        MIGRATIONS.run(&pool).await.map_err(LibraryError::Migrate)?;
        verifying::whole(&mut *pool.acquire().await?).await?;
        Ok::<bool, LibraryError>(true)
    };
    let usable = usable.await.unwrap_or(false);
    pool.close().await;
    usable
}
