//! Room that is kept for the moment in which the disk is full. A library cannot
//! even be opened without a byte free, since its journal needs some; deleting,
//! which makes room, has to work all the same. A file that is good for nothing
//! else takes that room, and is given up when it is needed.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::LibraryError;

const FILE_NAME: &str = "rushes.reserve";
/// What is kept, in bytes: the journal of a large deletion, several times.
const SIZE: u64 = 16 << 20;
/// The least that is worth keeping, in bytes.
const SIZE_MIN: u64 = 1 << 20;
/// With less than this free, in bytes, the disk counts as full.
const FULL: u64 = 1 << 20;
/// What stays free beside the reserve when it is made: as many times its size.
const SPARE: u64 = 3;

/// Makes the reserve where there is none and the disk has room to spare. Without
/// it everything works until the disk is full.
pub(crate) fn keep(data_dir: &Path) {
    let path = data_dir.join(FILE_NAME);
    let Ok(free) = fs4::available_space(data_dir) else { return };
    let size = SIZE.min(free / (SPARE + 1));
    if size < SIZE_MIN || path.exists() {
        return;
    }
    if let Err(error) = make(&path, size) {
        tracing::debug!(%error, "no room is kept for a full disk");
        // What is half made keeps nothing.
        let _ = std::fs::remove_file(&path);
    }
}

fn make(path: &Path, size: u64) -> io::Result<()> {
    let file: File = rushes_files::private::options().write(true).create_new(true).open(path)?;
    fs4::FileExt::allocate(&file, size)
}

/// Gives the reserve up where the disk is full.
pub(crate) fn give_up_if_full(data_dir: &Path) {
    let path = data_dir.join(FILE_NAME);
    if is_full(data_dir) && std::fs::remove_file(path).is_ok() {
        tracing::warn!("the disk is full; the room that was kept for this is given up");
    }
}

/// Whether an error comes from a disk without any room, whatever SQLite makes of it.
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
