//! Who may read what is made. What Rushes keeps for itself is its user's alone:
//! a folder of ours is closed to everybody else, and what comes into a folder that
//! is closed is closed as well. Elsewhere files are as readable as any other new
//! file of this user. Windows keeps the folders of a user apart by itself.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Permission bits of the group and of all others.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Options for a new file that is its user's alone.
pub fn options() -> OpenOptions {
    #[allow(unused_mut)]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder, with those above it that are missing. Each is as closed as the
/// one that it comes into.
pub fn create_dir_all(folder: &Path) -> io::Result<()> {
    let above = folder.ancestors().skip(1).find(|above| *above == Path::new("") || above.exists());
    if above.is_some_and(is_closed) { create_closed(folder) } else { std::fs::create_dir_all(folder) }
}

/// Makes a folder that is its user's alone, whatever it comes into. One that is
/// there is closed.
pub fn make_own_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() { close(&folder.canonicalize()?) } else { create_closed(folder) }
}

/// Closes a file or a folder, with all in it, to everybody but its owner. Links are
/// not followed.
pub fn close_all(path: &Path) -> io::Result<()> {
    if path.is_dir() && !path.is_symlink() {
        for entry in std::fs::read_dir(path)?.filter_map(Result::ok) {
            close_all(&entry.path())?;
        }
    }
    match close(path) {
        // It went meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        closed => closed,
    }
}

/// Closes a file or a folder to everybody but its owner. One that many share, such
/// as `/tmp`, stays as it is, and so does what belongs to another user.
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

/// Closes a file or a folder to everybody but its owner.
#[cfg(not(unix))]
pub fn close(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether a file or a folder is its user's alone.
#[cfg(unix)]
pub fn is_closed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|facts| facts.permissions().mode() & OTHERS == 0)
}

/// Whether a file or a folder is its user's alone.
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
