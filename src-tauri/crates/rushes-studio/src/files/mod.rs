//! Files of the studio: where they lie, asking disks about them, and what is kept of
//! them. Nothing here knows of sessions or jobs.

pub(crate) mod cache;
pub(crate) mod disks;
pub(crate) mod folders;
pub(crate) mod leftovers;
pub mod logs;
pub(crate) mod prints;

use std::path::Path;

use crate::error::{StudioError, StudioResult};

/// Removes a folder with all in it; one that is not there is fine.
pub(crate) fn remove_folder(folder: &Path) -> StudioResult<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StudioError::io("A folder of Rushes could not be removed.", &error))
        }
        _ => Ok(()),
    }
}
