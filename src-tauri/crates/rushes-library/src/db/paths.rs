//! Paths as bytes of the system: a file name need not be UTF-8. In JSON they are a string
//! if possible, otherwise a list of bytes.
//!
//! Rows store paths inside the data directory relative to it, so that the directory can be
//! moved.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rushes_model::ids::ProfileId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Name of the folder in the data directory that holds all profiles.
pub const PROFILES: &str = "profiles";

/// The bytes that the library stores for a path.
#[cfg(unix)]
pub fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// The path for stored bytes.
#[cfg(unix)]
pub fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The bytes that the library stores for a path: WTF-8.
#[cfg(not(unix))]
pub fn to_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// The path for stored bytes.
#[cfg(not(unix))]
pub fn from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The data directory, to which stored paths are relative.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(Arc<Path>);

impl DataDir {
    /// The directory as an absolute path, so that changing the working directory does not
    /// matter.
    pub fn new(folder: &Path) -> Self {
        Self(std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).into())
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of a profile.
    pub fn profile(&self, profile: ProfileId) -> PathBuf {
        self.0.join(PROFILES).join(profile.to_string())
    }

    /// A path relative to the directory; `None` if it is outside.
    pub fn relative<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        let relative = path.strip_prefix(&self.0).ok()?;
        let is_plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        (is_plain && relative != Path::new("")).then_some(relative)
    }

    /// The bytes that a row stores for a path.
    pub fn to_bytes(&self, path: &Path) -> Vec<u8> {
        to_bytes(self.relative(path).unwrap_or(path))
    }

    /// The path that a row stores.
    pub fn path_of(&self, bytes: &[u8]) -> PathBuf {
        // Joining an absolute path replaces the directory.
        self.0.join(from_bytes(bytes))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Bytes(Vec<u8>),
}

/// Serializes a path for [`deserialize`]: `#[serde(with = "rushes_library::paths")]`.
pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => Written::Text(text.to_owned()),
        None => Written::Bytes(to_bytes(path)),
    }
    .serialize(to)
}

/// Deserializes a path that [`serialize`] wrote.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    Ok(match Written::deserialize(from)? {
        Written::Text(text) => text.into(),
        Written::Bytes(bytes) => from_bytes(&bytes),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept(#[serde(with = "super")] PathBuf);

    #[test]
    fn what_lies_in_the_data_directory_is_stored_without_it() {
        let (here, there) =
            (DataDir::new(Path::new("/media/rushes")), DataDir::new(Path::new("/srv/rushes")));
        let stored = here.to_bytes(Path::new("/media/rushes/profiles/1/a.mp4"));
        assert_eq!(there.path_of(&stored), Path::new("/srv/rushes/profiles/1/a.mp4"));
        for elsewhere in ["/media/rushes2/a.mp4", "/footage/a.mp4", "/media/rushes/../a.mp4", "/media/rushes"]
        {
            let stored = here.to_bytes(Path::new(elsewhere));
            assert_eq!(there.path_of(&stored), Path::new(elsewhere));
        }
    }

    #[test]
    fn a_path_comes_back_from_json_as_it_was() {
        let text = serde_json::to_value(Kept("/footage/Zoë.mp4".into())).unwrap();
        assert_eq!(text, "/footage/Zoë.mp4");
        assert_eq!(serde_json::from_value::<Kept>(text).unwrap().0, Path::new("/footage/Zoë.mp4"));
        let odd = Kept(from_bytes(b"/footage/\xff.mp4"));
        let written = serde_json::to_value(&odd).unwrap();
        assert_eq!(serde_json::from_value::<Kept>(written).unwrap(), odd);
    }
}
