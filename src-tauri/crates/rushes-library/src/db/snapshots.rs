//! Taking snapshots of the library, and which ones are kept. Restoring one is in
//! `upkeep::restoring`.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqlitePool;

use super::library::Library;
use crate::error::LibraryResult;

/// How many snapshots are kept.
const KEPT: usize = 10;

impl Library {
    /// Whether a data directory holds snapshots.
    pub fn has_snapshot(data_dir: &Path) -> bool {
        all(data_dir).is_ok_and(|found| !found.is_empty())
    }

    /// Copies the library as of now, consistently, into `backups/`.
    ///
    /// # Errors
    /// Those of the file system and of SQLite.
    pub async fn snapshot(&self) -> LibraryResult<PathBuf> {
        take(&self.writer, self.data_dir.path()).await
    }
}

/// Takes a snapshot and removes those beyond [`KEPT`].
pub(crate) async fn take(pool: &SqlitePool, data_dir: &Path) -> LibraryResult<PathBuf> {
    let folder = data_dir.join("backups");
    rushes_files::private::create_dir_all(&folder)?;
    let before = all(data_dir)?;
    let number = before.last().map_or(0, |newest| number_of(newest)) + 1;
    // Two taken at the same time get the same number, and both are kept.
    let target = folder.join(format!("rushes-{number:08}-{}.db", uuid::Uuid::now_v7()));
    // Has another name until it is complete, so that a partial file is never taken for a
    // snapshot.
    let part = target.with_extension("part");
    let made = async {
        // SQLite fills an existing empty file and keeps its permissions.
        rushes_files::private::options().write(true).create_new(true).open(&part)?;
        sqlx::query("VACUUM INTO ?").bind(part.to_string_lossy().into_owned()).execute(pool).await?;
        publish(&part, &target)
    };
    if let Err(error) = made.await {
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    for old in before.iter().take((before.len() + 1).saturating_sub(KEPT)) {
        // Another process may just have removed it.
        match std::fs::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(target)
}

/// Renames a complete snapshot to its final name.
pub(crate) fn publish(part: &Path, target: &Path) -> LibraryResult<()> {
    std::fs::OpenOptions::new().write(true).open(part)?.sync_all()?;
    Ok(std::fs::rename(part, target)?)
}

/// Snapshots, oldest first. They are numbered because clocks can be set back: one made
/// while the clock was ahead is not newer.
pub(crate) fn all(data_dir: &Path) -> LibraryResult<Vec<PathBuf>> {
    let folder = data_dir.join("backups");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .collect();
    found.sort_by_cached_key(|path| (number_of(path), path.clone()));
    Ok(found)
}

/// The number of a snapshot; 0 for those of earlier versions, which have none.
fn number_of(snapshot: &Path) -> u64 {
    let name = snapshot.file_stem().unwrap_or_default().to_string_lossy();
    let mut parts = name.split('-');
    // Those have only an id, which has five parts.
    match (parts.next(), parts.next(), parts.count()) {
        (Some("rushes"), Some(number), 5) => number.parse().unwrap_or(0),
        _ => 0,
    }
}
