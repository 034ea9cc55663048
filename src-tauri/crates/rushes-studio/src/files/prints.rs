//! Whether a source's file is still the one that was added.
//!
//! A file is known again by its size, then by what changes with every write to it
//! (its times and its place on the disk), and only where these are new by the
//! fingerprint of its head, middle and tail.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rushes_library::SourceRow;

use crate::files::disks::Disk;

/// Files that are remembered at most; beyond, all are looked at anew.
const MOST: usize = 20_000;

/// Facts of a file that change when it is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Glance {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Device, file and the time of the last change of any kind, which no program
    /// can set.
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

/// The fingerprints of files as they were last read.
#[derive(Debug, Default)]
pub(crate) struct Prints {
    known: Mutex<HashMap<PathBuf, (Glance, String)>>,
}

/// What a look at a source's file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Unchanged,
    Gone,
    Changed,
}

impl Prints {
    /// Looks at a source's file; its bytes are read where it is not known as it
    /// is. It blocks meanwhile.
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

    /// The same without reading a byte: one that is as large as it should be and
    /// not known to be another counts as unchanged. It blocks meanwhile.
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
