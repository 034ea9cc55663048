//! Files get their final name only once they are complete.
//!
//! A draft is written under a hidden name, checked by its writer, and then published:
//! synced to disk and renamed to a free name. Existing files are never overwritten.
//! Dropping a draft deletes it.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use rushes_files::private;
use tempfile::{Builder, TempPath};

use rushes_model::notice::Activity;

use crate::error::MediaError;

/// Prefix of a draft's name.
const DRAFT: &str = ".rushes-";

/// Whether a file is named like a draft. If no job is writing it, it was left behind by
/// a crash.
pub fn is_draft(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(DRAFT.as_bytes()))
}

/// An incomplete file; dropping it deletes it.
#[derive(Debug)]
pub(crate) struct Draft {
    path: TempPath,
}

impl Draft {
    /// An empty draft in `folder`, which is created if missing. The name is hidden and
    /// ends with `suffix`, so that ffmpeg knows the format.
    pub fn new(folder: &Path, suffix: &str) -> Result<Self, MediaError> {
        private::create_dir_all(folder)
            .map_err(|error| MediaError::io(Activity::MakingFolder, folder, error))?;
        let mut builder = Builder::new();
        builder.prefix(DRAFT).suffix(suffix);
        // A published file should have the permissions of any new file of this user;
        // the umask applies.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder
            .tempfile_in(folder)
            .map_err(|error| MediaError::io(Activity::WritingFile, folder, error))?;
        Ok(Self { path: file.into_temp_path() })
    }

    /// A draft beside `destination`, for results that need no scratch space.
    pub fn beside(destination: &Path, suffix: &str) -> Result<Self, MediaError> {
        refuse_existing(destination)?;
        Self::new(folder_of(destination), suffix)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Syncs the draft and gives it its final name.
    pub async fn publish(self, destination: &Path) -> Result<(), MediaError> {
        let destination = destination.to_path_buf();
        let shown = destination.clone();
        tokio::task::spawn_blocking(move || self.publish_blocking(&destination))
            .await
            .map_err(|error| MediaError::io(Activity::WritingFile, &shown, io::Error::other(error)))?
    }

    fn publish_blocking(self, destination: &Path) -> Result<(), MediaError> {
        let what = Activity::SavingFile;
        let told = |error| MediaError::io(what, destination, error);
        refuse_existing(destination)?;
        let folder = folder_of(destination);
        private::create_dir_all(folder)
            .map_err(|error| MediaError::io(Activity::MakingFolder, folder, error))?;
        suit(&self.path, folder)?;
        sync(&self.path).map_err(told)?;
        let here = match rename_new(self.path, destination) {
            Ok(()) => return sync_folder(folder).map_err(told),
            Err((error, path)) if error.kind() == io::ErrorKind::CrossesDevices => path,
            Err((error, _)) => return Err(told(error)),
        };
        // On another disk: copy to a hidden name beside the destination first, so that
        // the destination itself is never incomplete.
        let there = Self::new(folder, ".part")?;
        fs::copy(&here, &there.path).map_err(told)?;
        sync(&there.path).map_err(told)?;
        rename_new(there.path, destination).map_err(|(error, _)| told(error))?;
        sync_folder(folder).map_err(told)
    }
}

/// Matches a file's permissions to its folder: 0600 in a private one, the default for
/// new files elsewhere.
fn suit(file: &Path, folder: &Path) -> Result<(), MediaError> {
    let told = |error| MediaError::io(Activity::SavingFile, file, error);
    if private::is_closed(folder) {
        return private::close(file).map_err(told);
    }
    if private::is_closed(file) {
        // A draft shows the default permissions, which depend on the umask.
        let new = Draft::new(folder, ".part")?;
        let usual = fs::metadata(new.path()).map_err(told)?.permissions();
        fs::set_permissions(file, usual).map_err(told)?;
    }
    Ok(())
}

/// Gives a complete file its final name, possibly on another disk, if that name is
/// free. The file is synced first; if that fails, it stays where it is.
///
/// # Errors
/// [`MediaError::Exists`] if the destination exists, otherwise [`MediaError::Io`].
pub async fn put_in_place(whole: &Path, destination: &Path) -> Result<(), MediaError> {
    let mut path = TempPath::try_from_path(absolute(whole))
        .map_err(|error| MediaError::io(Activity::SavingFile, whole, error))?;
    path.disable_cleanup(true);
    Draft { path }.publish(destination).await
}

/// Renames unless the destination exists, atomically if the file system can.
fn rename_new(path: TempPath, destination: &Path) -> Result<(), (io::Error, TempPath)> {
    // renameat2(RENAME_NOREPLACE) on Linux, a hard link elsewhere.
    let refused = match path.persist_noclobber(destination) {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    let known = matches!(
        refused.error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::CrossesDevices | io::ErrorKind::NotFound
    );
    if known {
        return Err((refused.error, refused.path));
    }
    // File systems with neither (some FAT and network drivers): claim the name with an
    // empty file, then rename over that.
    if let Err(error) = OpenOptions::new().write(true).create_new(true).open(destination) {
        return Err((error, refused.path));
    }
    refused.path.persist(destination).map_err(|again| {
        // The empty file is ours; removing it frees the name.
        let _ = fs::remove_file(destination);
        (again.error, again.path)
    })
}

/// Rejects an existing destination before any work is done.
pub(crate) fn refuse_existing(destination: &Path) -> Result<(), MediaError> {
    // A dangling link also occupies the name.
    match fs::symlink_metadata(destination) {
        Ok(_) => Err(MediaError::Exists { path: destination.into() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(MediaError::io(Activity::CheckingDestination, destination, error)),
    }
}

/// The parent folder of a file.
pub(crate) fn folder_of(destination: &Path) -> &Path {
    match destination.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn sync(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Makes the new name itself survive a power cut, if the system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// An absolute path, without resolving links.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_published_draft_has_its_bytes_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("out/clip.mp4");
        let draft = Draft::new(&folder.path().join("temp"), ".mp4").unwrap();
        fs::write(draft.path(), b"whole").unwrap();
        draft.publish(&destination).await.unwrap();
        assert_eq!(fs::read(&destination).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path().join("temp")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(folder.path().join("out")).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_is_as_closed_as_the_folder_that_it_comes_to() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let (closed, open) = (folder.path().join("closed"), folder.path().join("open"));
        private::make_own_folder(&closed).unwrap();
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, PermissionsExt::from_mode(0o755)).unwrap();
        let draft = Draft::new(&open, ".mp4").unwrap();
        let usual = mode(draft.path());
        draft.publish(&closed.join("clip.mp4")).await.unwrap();
        assert_eq!(mode(&closed.join("clip.mp4")), 0o600);
        put_in_place(&closed.join("clip.mp4"), &open.join("final.mp4")).await.unwrap();
        assert_eq!(mode(&open.join("final.mp4")), usual);
        assert_eq!(fs::read_dir(&open).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("clip.mp4");
        let draft = Draft::new(folder.path(), ".mp4").unwrap();
        fs::write(draft.path(), b"new").unwrap();
        // It appears after the work began, so the first check saw nothing.
        fs::write(&destination, b"old").unwrap();
        assert!(matches!(draft.publish(&destination).await, Err(MediaError::Exists { .. })));
        assert_eq!(fs::read(&destination).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_rename_itself_refuses_a_name_that_was_taken_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("clip.mp4");
        let draft = Draft::new(folder.path(), ".mp4").unwrap();
        fs::write(&destination, b"old").unwrap();
        let (error, _) = rename_new(draft.path, &destination).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&destination).unwrap(), b"old");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_destination_on_another_file_system_is_reached_by_copy() {
        let shm = Path::new("/dev/shm");
        let (Ok(there), here) = (tempfile::tempdir_in(shm), tempfile::tempdir().unwrap()) else {
            eprintln!("skipped: no /dev/shm to copy to");
            return;
        };
        let draft = Draft::new(here.path(), ".mp4").unwrap();
        fs::write(draft.path(), b"whole").unwrap();
        draft.publish(&there.path().join("clip.mp4")).await.unwrap();
        assert_eq!(fs::read(there.path().join("clip.mp4")).unwrap(), b"whole");
        assert_eq!(fs::read_dir(there.path()).unwrap().count(), 1);
        assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0);
    }
}
