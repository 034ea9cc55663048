//! Space reserved for a full disk. SQLite cannot even open a library without free space for
//! its journal, yet deleting, which frees space, has to work. A placeholder file holds that
//! space and is removed when it is needed.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::LibraryError;

const FILE_NAME: &str = "rushes.reserve";
/// Size of the reserve, in bytes: several times the journal of a large deletion.
const SIZE: u64 = 16 << 20;
/// The smallest reserve worth keeping, in bytes.
const SIZE_MIN: u64 = 1 << 20;
/// With less free space than this, in bytes, the disk counts as full.
const FULL: u64 = 1 << 20;
/// Space that stays free beside the reserve when it is made, in multiples of its size.
const SPARE: u64 = 3;

/// Creates the reserve if there is none and the disk has space to spare. Without it
/// everything still works until the disk is full.
pub(crate) fn keep(data_dir: &Path) {
    let path = data_dir.join(FILE_NAME);
    let Ok(free) = fs4::available_space(data_dir) else { return };
    let size = SIZE.min(free / (SPARE + 1));
    if size < SIZE_MIN || path.exists() {
        return;
    }
    if let Err(error) = make(&path, size) {
        tracing::debug!(%error, "no room is kept for a full disk");
        // A partial file reserves nothing.
        let _ = std::fs::remove_file(&path);
    }
}

fn make(path: &Path, size: u64) -> io::Result<()> {
    let file: File = rushes_files::private::options().write(true).create_new(true).open(path)?;
    fs4::FileExt::allocate(&file, size)
}

/// Removes the reserve if the disk is full.
pub(crate) fn give_up_if_full(data_dir: &Path) {
    let path = data_dir.join(FILE_NAME);
    if is_full(data_dir) && std::fs::remove_file(path).is_ok() {
        tracing::warn!("the disk is full; the room that was kept for this is given up");
    }
}

/// Whether an error was caused by a full disk, whatever SQLite reports.
pub(crate) fn is_for_want_of_room(data_dir: &Path, error: &LibraryError) -> bool {
    match error {
        LibraryError::Io(error) => {
            matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        }
        LibraryError::Database(_) | LibraryError::Migrate(_) => is_full(data_dir),
        _ => false,
    }
}

fn is_full(data_dir: &Path) -> bool {
    fs4::available_space(data_dir).is_ok_and(|free| free < FULL)
}
