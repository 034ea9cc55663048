//! Whether a source's file is still the one that was added.
//!
//! A file is recognised by its size, then by metadata that changes with every
//! write (its times and its inode), and only if those changed by the
//! fingerprint of its head, middle and tail.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rushes_library::SourceRow;

use crate::files::disks::Disk;

/// Maximum number of remembered files; beyond it, all are checked again.
const MOST: usize = 20_000;

/// Metadata of a file that changes when it is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Glance {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Device, inode and ctime, which no program can set.
    #[cfg(unix)]
    identity: (u64, u64, i64, i64),
}

impl Glance {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            identity: (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The last known fingerprints of files.
#[derive(Debug, Default)]
pub(crate) struct Prints {
    known: Mutex<HashMap<PathBuf, (Glance, String)>>,
}

/// Result of checking a source's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Unchanged,
    Gone,
    Changed,
}

impl Prints {
    /// Checks a source's file, reading its bytes if its metadata is not known. Blocks.
    pub fn look(&self, disk: &dyn Disk, row: &SourceRow) -> Found {
        self.judge(disk, row, |path, glance| {
            let print = rushes_media::fingerprint(path).ok()?;
            let mut known = self.lock();
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(path.to_owned(), (glance, print.clone()));
            Some(print)
        })
    }

    /// Like `look`, but without reading: a file of the expected size that is
    /// not known to be different counts as unchanged. Blocks.
    pub fn glance(&self, disk: &dyn Disk, row: &SourceRow) -> Found {
        self.judge(disk, row, |_, _| Some(row.source.fingerprint.clone()))
    }

    fn judge(
        &self,
        disk: &dyn Disk,
        row: &SourceRow,
        unknown: impl FnOnce(&Path, Glance) -> Option<String>,
    ) -> Found {
        if !disk.is_file(&row.path) {
            return Found::Gone;
        }
        let Some(metadata) = std::fs::metadata(&row.path).ok().filter(Metadata::is_file) else {
            return Found::Gone;
        };
        if i64::try_from(metadata.len()) != Ok(row.source.facts.size_bytes) {
            return Found::Changed;
        }
        let glance = Glance::of(&metadata);
        let known = self.lock().get(&row.path).filter(|(known, _)| *known == glance).cloned();
        let print = known.map_or_else(|| unknown(&row.path, glance), |(_, print)| Some(print));
        if print.as_ref() == Some(&row.source.fingerprint) { Found::Unchanged } else { Found::Changed }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, (Glance, String)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
