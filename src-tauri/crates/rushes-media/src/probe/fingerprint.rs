//! Recognises a file after it was moved.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use super::file::stat;
use crate::error::MediaError;

const MIB: u64 = 1024 * 1024;

/// A fingerprint of a file: BLAKE3 over its size and its first, middle and last MiB, in
/// hex. Quick on files of any size, and enough to distinguish footage: the first MiB of
/// a camera file contains its clock, the last its index.
///
/// This blocks on disk access.
///
/// # Errors
/// As for a probe, if the file is missing, unreadable, not a file, or empty.
pub fn fingerprint(path: &Path) -> Result<String, MediaError> {
    let size = stat(path)?;
    let unreadable = |source| MediaError::Unreadable { path: path.into(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&size.to_le_bytes());
    let starts = if size <= 3 * MIB {
        vec![(0, size)]
    } else {
        vec![(0, MIB), (size / 2 - MIB / 2, MIB), (size - MIB, MIB)]
    };
    for (start, length) in starts {
        file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(length as usize);
        (&mut file).take(length).read_to_end(&mut bytes).map_err(unreadable)?;
        hasher.update(&bytes);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    #[test]
    fn the_same_bytes_have_the_same_fingerprint_wherever_they_lie() {
        let bytes: Vec<u8> = (0..5_000_000u32).map(|i| (i % 251) as u8).collect();
        let (_a, first) = written(&bytes);
        let (_b, second) = written(&bytes);
        assert_eq!(fingerprint(&first).unwrap(), fingerprint(&second).unwrap());
    }

    #[test]
    fn a_change_of_the_middle_the_end_or_the_size_shows() {
        let bytes = vec![7u8; 5_000_000];
        let (_a, path) = written(&bytes);
        let plain = fingerprint(&path).unwrap();
        for index in [0, 2_500_000, 4_999_999] {
            let mut other = bytes.clone();
            other[index] = 8;
            assert_ne!(fingerprint(&written(&other).1).unwrap_or_default(), plain);
        }
        let (_c, longer) = written(&vec![7u8; 5_000_001]);
        assert_ne!(fingerprint(&longer).unwrap(), plain);
    }

    #[test]
    fn an_empty_file_has_none() {
        let (_a, path) = written(&[]);
        assert!(matches!(fingerprint(&path), Err(MediaError::Empty { .. })));
    }
}
