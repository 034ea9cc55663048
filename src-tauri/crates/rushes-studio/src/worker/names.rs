//! Reserved names of files that jobs are about to make, so that no two jobs of
//! this process use the same one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The reserved names.
#[derive(Clone, Default)]
pub(super) struct Names {
    held: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Names {
    /// Reserves the first of the names from `name` (1, 2, …) that neither
    /// exists nor is reserved. The reservation precedes the disk query, so that
    /// no other job takes the name in between.
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

/// Whether a name is taken, which includes dangling links.
async fn is_taken(path: &Path) -> bool {
    tokio::fs::symlink_metadata(path).await.is_ok()
}

/// A file name that is reserved until this is dropped.
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
