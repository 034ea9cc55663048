//! Folders outside the data directory for finals.

use std::path::Path;

use rushes_model::notice::{Field, Invalid};

use super::Studio;
use crate::error::{StudioError, StudioResult};
use crate::files::folders::FinalsFolder;

impl Studio {
    /// Sets the folder on this machine where each profile without its own
    /// output folder gets a subfolder. Without it, finals stay in the profiles'
    /// media folders.
    pub async fn set_default_output_folder(&self, folder: Option<FinalsFolder>) {
        *self.inner.default_output.write().await = folder;
    }

    pub(crate) async fn default_output_folder(&self) -> Option<FinalsFolder> {
        self.inner.default_output.read().await.clone()
    }

    /// Refuses a missing folder for finals. If its drive does not answer at
    /// once, the first final checks it.
    ///
    /// # Errors
    /// `invalid` with the field.
    pub async fn require_output_folder(&self, folder: &Path) -> StudioResult<()> {
        if self.is_there(folder).await == Some(false) {
            return Err(StudioError::invalid(Field::OutputFolder, Invalid::NoSuchFolder));
        }
        Ok(())
    }

    /// Whether a folder exists; `None` if its drive does not answer at once.
    pub(crate) async fn is_there(&self, folder: &Path) -> Option<bool> {
        let asked = folder.to_owned();
        self.disks().quickly(folder, move |disk| disk.is_dir(&asked)).await
    }
}
