//! File permissions. What Rushes keeps for itself is private to its user. A new file or
//! folder is as private as the folder it is created in: private in a private one, with
//! default permissions elsewhere. On Windows user folders are private already.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Permission bits of group and others.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Options to create a file that only its user can access.
pub fn options() -> OpenOptions {
    #[allow(unused_mut)]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates a folder and its missing parents. They are private if the first existing
/// parent is.
pub fn create_dir_all(folder: &Path) -> io::Result<()> {
    let above = folder.ancestors().skip(1).find(|above| *above == Path::new("") || above.exists());
    if above.is_some_and(is_closed) { create_closed(folder) } else { std::fs::create_dir_all(folder) }
}

/// Creates a private folder, whatever the permissions of its parent. An existing folder
/// becomes private.
pub fn make_own_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() { close(&folder.canonicalize()?) } else { create_closed(folder) }
}

/// Makes a file or a folder private, with everything in it. Does not follow links.
pub fn close_all(path: &Path) -> io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        for entry in std::fs::read_dir(path)?.filter_map(Result::ok) {
            close_all(&entry.path())?;
        }
    }
    match close(path) {
        // It was removed in the meantime.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        closed => closed,
    }
}

/// Makes a file or a folder private. Shared folders such as `/tmp` and files of other
/// users stay as they are.
#[cfg(unix)]
pub fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = path.symlink_metadata()?.permissions();
    let mode = permissions.mode();
    let (is_link, is_shared) = (path.is_symlink(), mode & 0o1000 != 0);
    if mode & OTHERS == 0 || is_link || is_shared {
        return Ok(());
    }
    permissions.set_mode(mode & !OTHERS);
    match std::fs::set_permissions(path, permissions) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        closed => closed,
    }
}

/// Makes a file or a folder private; on Windows it already is.
#[cfg(not(unix))]
pub fn close(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether only its user can access a file or a folder.
#[cfg(unix)]
pub fn is_closed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|facts| facts.permissions().mode() & OTHERS == 0)
}

/// Whether only its user can access a file or a folder.
#[cfg(not(unix))]
pub fn is_closed(_path: &Path) -> bool {
    false
}

fn create_closed(folder: &Path) -> io::Result<()> {
    #[allow(unused_mut)]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_comes_into_a_closed_folder_is_closed_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let (own, open) = (folder.path().join("own/data"), folder.path().join("open"));
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        make_own_folder(&own).unwrap();
        create_dir_all(&own.join("media/raw")).unwrap();
        create_dir_all(&open.join("finals")).unwrap();
        assert_eq!([mode(&own), mode(&own.join("media")), mode(&own.join("media/raw"))], [0o700; 3]);
        let usual = folder.path().join("usual");
        std::fs::create_dir(&usual).unwrap();
        assert_eq!(mode(&open.join("finals")), mode(&usual));
    }

    #[test]
    fn a_folder_that_everybody_shares_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o1777)).unwrap();
        make_own_folder(folder.path()).unwrap();
        assert_eq!(mode(folder.path()), 0o777);
    }
}
