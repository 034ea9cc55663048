//! Files of the studio: where they are, disk queries, and caches. Nothing here
//! knows about sessions or jobs.

pub(crate) mod cache;
pub(crate) mod disks;
pub(crate) mod folders;
pub(crate) mod leftovers;
pub mod logs;
pub(crate) mod prints;

use std::path::Path;

use rushes_model::notice::Failed;

use crate::error::{StudioError, StudioResult};

/// Removes a folder and its contents; a missing one is fine.
pub(crate) fn remove_folder(folder: &Path) -> StudioResult<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StudioError::io(Failed::RemoveFolder, &error))
        }
        _ => Ok(()),
    }
}
