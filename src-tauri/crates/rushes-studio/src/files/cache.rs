//! The cache folders of the profiles: files that can be made again from the
//! footage. Their total size is limited; the least recently used files are
//! removed first. `session/caches.rs` knows the limit and when to check it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Default limit of the caches, in megabytes.
pub const CACHE_LIMIT_MB: u32 = 10_000;
/// Smallest limit of the caches, in megabytes.
pub const CACHE_LIMIT_MIN_MB: u32 = 500;
/// A file used this recently is kept regardless of the limit, because it may be
/// about to be read.
const IN_USE: Duration = Duration::from_secs(10 * 60);
/// Precision of access times; recording each access would cost a write per read.
const EXACT: Duration = Duration::from_secs(60);

struct Kept {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

/// Records that a cache file was used. If that fails, the file looks older than
/// it is and at worst is made again.
pub(crate) fn used(path: &Path) {
    let noted = |file: &File| {
        let known = file.metadata()?.modified()?;
        let now = SystemTime::now();
        if now.duration_since(known).is_ok_and(|age| age > EXACT) { file.set_modified(now) } else { Ok(()) }
    };
    let _ = File::options().append(true).open(path).and_then(|file| noted(&file));
}

/// Removes the least recently used files until the total is below the limit.
/// Returns the bytes freed.
pub(crate) fn trim(folders: &[PathBuf], limit: u64, now: SystemTime) -> u64 {
    let mut kept: Vec<Kept> = folders.iter().flat_map(|folder| files(folder)).collect();
    let mut total: u64 = kept.iter().map(|file| file.bytes).sum();
    kept.sort_by_key(|file| file.used);
    let mut freed = 0;
    for file in kept {
        let in_use = now.duration_since(file.used).is_ok_and(|age| age < IN_USE);
        if total <= limit || in_use {
            break;
        }
        if fs::remove_file(&file.path).is_ok() {
            total -= file.bytes;
            freed += file.bytes;
        }
    }
    freed
}

fn files(folder: &Path) -> Vec<Kept> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(Kept { path: entry.path(), bytes: facts.len(), used: facts.modified().ok()? })
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, age: Duration, now: SystemTime) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, [0; 100]).unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(now - age).unwrap();
        path
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_what_is_in_use_stays() {
        let now = SystemTime::now();
        let (ana, ben) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let oldest = file(ana.path(), "oldest", hours(9), now);
        let older = file(ben.path(), "older", hours(8), now);
        let old = file(ana.path(), "old", hours(7), now);
        let fresh = file(ben.path(), "fresh", hours(0), now);
        let folders = [ana.path().to_owned(), ben.path().to_owned()];
        assert_eq!(trim(&folders, 400, now), 0);
        used(&oldest);
        assert_eq!(trim(&folders, 350, now), 100);
        assert_eq!([&oldest, &older, &old, &fresh].map(|path| path.exists()), [true, false, true, true]);
        assert_eq!(trim(&folders, 0, now), 100);
        assert!(oldest.exists() && fresh.exists() && !old.exists());
    }
}
