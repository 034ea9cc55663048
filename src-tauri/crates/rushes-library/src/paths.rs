//! Paths as the system's own bytes: a file name need not be UTF-8. In JSON they
//! are text where they can be, and a list of those bytes where not.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The bytes that stand for a path in the library.
#[cfg(unix)]
pub fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// The path that those bytes stand for.
#[cfg(unix)]
pub fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The bytes that stand for a path in the library: WTF-8.
#[cfg(not(unix))]
pub fn to_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// The path that those bytes stand for.
#[cfg(not(unix))]
pub fn from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Bytes(Vec<u8>),
}

/// Writes a path for [`deserialize`]: `#[serde(with = "rushes_library::paths")]`.
pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => Written::Text(text.to_owned()),
        None => Written::Bytes(to_bytes(path)),
    }
    .serialize(to)
}

/// Reads a path that [`serialize`] wrote.
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
    fn a_path_comes_back_from_json_as_it_was() {
        let text = serde_json::to_value(Kept("/footage/Zoë.mp4".into())).unwrap();
        assert_eq!(text, "/footage/Zoë.mp4");
        assert_eq!(serde_json::from_value::<Kept>(text).unwrap().0, Path::new("/footage/Zoë.mp4"));
        let odd = Kept(from_bytes(b"/footage/\xff.mp4"));
        let written = serde_json::to_value(&odd).unwrap();
        assert_eq!(serde_json::from_value::<Kept>(written).unwrap(), odd);
    }
}
