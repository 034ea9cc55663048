//! Names of files that a job is about to make: no two jobs of this process take the
//! same one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The names that are held.
#[derive(Clone, Default)]
pub(super) struct Names {
    held: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Names {
    /// Holds the first of the names that `name` gives for 1, 2, … which neither
    /// exists nor is held. It is held before the disk is asked, so that nobody else
    /// takes it in between.
    pub async fn reserve(&self, name: impl Fn(u32) -> PathBuf) -> ReservedName {
        let mut number = 1;
        loop {
            if let Some(reserved) = self.hold(name(number))
                && !is_taken(reserved.path()).await
            {
                return reserved;
            }
            number += 1;
        }
    }

    fn hold(&self, path: PathBuf) -> Option<ReservedName> {
        let is_free = self.lock().insert(path.clone());
        is_free.then(|| ReservedName { path, names: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a name is taken; a dangling link takes it, too.
async fn is_taken(path: &Path) -> bool {
    tokio::fs::symlink_metadata(path).await.is_ok()
}

/// A file name that is held for a job for as long as this lives.
pub(crate) struct ReservedName {
    path: PathBuf,
    names: Names,
}

impl ReservedName {
    /// The name.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        self.names.lock().remove(&self.path);
    }
}
