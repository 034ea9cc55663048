//! Which processes are alive: each holds a lock on its own file, which the
//! system releases however the process ends.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rushes_files::private;
use uuid::Uuid;

/// This process as a worker on the library.
#[derive(Debug)]
pub struct Worker {
    /// Its name, as stored in jobs.
    pub name: String,
    path: PathBuf,
    lock: File,
}

impl Worker {
    /// Registers this process in a data directory.
    pub fn register(data_dir: &Path) -> std::io::Result<Self> {
        let folder = data_dir.join("workers");
        private::create_dir_all(&folder)?;
        let name = Uuid::now_v7().to_string();
        let path = lock_path(data_dir, &name);
        // Under a temporary name until it is locked: an unlocked file means a
        // dead process.
        let new = path.with_extension("new");
        let lock = private::options().write(true).create_new(true).open(&new)?;
        lock.lock()?;
        std::fs::rename(&new, &path)?;
        Ok(Self { name, path, lock })
    }

    /// Removes the locks of crashed processes. Returns whether there were any.
    pub fn remove_dead(data_dir: &Path) -> bool {
        let files = std::fs::read_dir(data_dir.join("workers")).into_iter().flatten().flatten();
        let locks =
            files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|e| e == "lock"));
        let dead: Vec<PathBuf> = locks.filter(|path| !is_held(path)).collect();
        for path in &dead {
            // Another process may have removed it first.
            let _ = std::fs::remove_file(path);
        }
        !dead.is_empty()
    }

    /// Whether the worker with a name is gone. If so, its lock file is removed.
    pub fn is_gone(data_dir: &Path, name: &str) -> bool {
        let path = lock_path(data_dir, name);
        let is_gone = !is_held(&path);
        if is_gone {
            // Another process may have removed it first.
            let _ = std::fs::remove_file(&path);
        }
        is_gone
    }

    /// Whether any worker of a data directory is alive.
    pub fn any_lives(data_dir: &Path) -> bool {
        match std::fs::read_dir(data_dir.join("workers")) {
            Ok(files) => files.flatten().any(|file| is_held(&file.path())),
            Err(error) => error.kind() != ErrorKind::NotFound,
        }
    }

    /// Releases the lock before the process ends, once no work is left.
    pub fn release(&self) {
        // If that fails, the end of the process releases it.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.lock.unlock();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.release();
    }
}

/// Whether the process of a lock file is alive.
fn is_held(path: &Path) -> bool {
    match OpenOptions::new().write(true).open(path) {
        Ok(file) => file.try_lock().is_err(),
        // Any other error proves nothing, and taking work from a live process
        // is worse than leaving work of a dead one.
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

fn lock_path(data_dir: &Path, name: &str) -> PathBuf {
    data_dir.join("workers").join(format!("{name}.lock"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_gone_when_its_process_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let worker = Worker::register(folder.path()).unwrap();
        let name = worker.name.clone();
        assert!(!Worker::is_gone(folder.path(), &name) && Worker::any_lives(folder.path()));
        drop(worker);
        assert!(Worker::is_gone(folder.path(), &name) && !Worker::any_lives(folder.path()));
    }

    #[test]
    fn a_process_that_ended_without_a_word_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Worker::remove_dead(folder.path()), "nobody was here yet");
        let (alive, orderly) =
            (Worker::register(folder.path()).unwrap(), Worker::register(folder.path()).unwrap());
        drop(orderly);
        assert!(!Worker::remove_dead(folder.path()));
        std::fs::write(lock_path(folder.path(), "killed"), "").unwrap();
        assert!(Worker::remove_dead(folder.path()));
        assert!(!Worker::remove_dead(folder.path()) && !Worker::is_gone(folder.path(), &alive.name));
    }
}
