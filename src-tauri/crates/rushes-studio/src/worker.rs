//! Which processes are alive: each holds a lock on a file of its own for as
//! long as it lives, and the system lets go of it however the process ends.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// This process as a worker on the library.
#[derive(Debug)]
pub struct Worker {
    /// Its name, as jobs carry it.
    pub name: String,
    path: PathBuf,
    _lock: File,
}

impl Worker {
    /// Registers this process in a data directory.
    pub fn register(data_dir: &Path) -> std::io::Result<Self> {
        let folder = data_dir.join("workers");
        std::fs::create_dir_all(&folder)?;
        let name = Uuid::now_v7().to_string();
        let path = lock_path(data_dir, &name);
        let lock = File::create(&path)?;
        lock.lock()?;
        Ok(Self { name, path, _lock: lock })
    }

    /// Whether the worker of that name is gone. Its lock file is removed then.
    pub fn is_gone(data_dir: &Path, name: &str) -> bool {
        let path = lock_path(data_dir, name);
        let Ok(file) = OpenOptions::new().write(true).open(&path) else { return true };
        if file.try_lock().is_err() {
            return false;
        }
        // Losing a race to remove it is as good as removing it.
        let _ = std::fs::remove_file(&path);
        true
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn lock_path(data_dir: &Path, name: &str) -> PathBuf {
    data_dir.join("workers").join(format!("{name}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_gone_when_its_process_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let worker = Worker::register(folder.path()).unwrap();
        let name = worker.name.clone();
        assert!(!Worker::is_gone(folder.path(), &name));
        drop(worker);
        assert!(Worker::is_gone(folder.path(), &name));
    }
}
