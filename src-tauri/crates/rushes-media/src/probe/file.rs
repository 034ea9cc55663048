//! Checks on the file itself, before ffprobe opens it.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::Duration,
};

use tokio::time::timeout;

use rushes_model::notice::Activity;

use crate::{error::MediaError, ffmpeg::run::RunContext};

/// A healthy file is probed in well under a second; a drive that spins up may take
/// several. After this the file is rejected, so that it cannot block a batch.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The size of a file, after checking that it exists, is a regular file, can be opened
/// and is not empty.
pub(crate) fn stat(path: &Path) -> Result<u64, MediaError> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => MediaError::NotFound { path: path.into() },
        _ => MediaError::Unreadable { path: path.into(), source: error },
    };
    let metadata = fs::metadata(path).map_err(told)?;
    // Check before opening: opening a pipe would wait for its other end.
    if !metadata.is_file() {
        return Err(MediaError::NotAFile { path: path.into() });
    }
    File::open(path).map_err(told)?;
    if metadata.len() == 0 {
        return Err(MediaError::Empty { path: path.into() });
    }
    Ok(metadata.len())
}

/// Whether a file starts like MPEG-4, QuickTime or Matroska. ffmpeg also opens others
/// with such a name as one of these, and reports a missing index for them too.
pub(super) fn begins_as_video(path: &Path) -> bool {
    const BOXES: [&[u8]; 7] = [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof"];
    let mut head = [0; 8];
    let read = File::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && (BOXES.contains(&&head[4..]) || head.starts_with(b"\x1a\x45\xdf\xa3"))
}

/// Runs a file access on a thread of its own: a drive that hangs holds up only the work
/// that needs the answer, and not after that is cancelled.
///
/// # Errors
/// [`MediaError::Cancelled`], and [`MediaError::TimedOut`] if the drive does not
/// respond.
pub(crate) async fn ask<T: Send + 'static>(
    path: &Path,
    ctx: &RunContext,
    question: impl FnOnce(&Path) -> T + Send + 'static,
) -> Result<T, MediaError> {
    let asked = path.to_owned();
    let answer = timeout(PATIENCE, tokio::task::spawn_blocking(move || question(&asked)));
    tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => Err(MediaError::Cancelled),
        answer = answer => match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(MediaError::io(Activity::ReadingFile, path, io::Error::other(error))),
            Err(_) => Err(MediaError::TimedOut { path: path.into() }),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_began_as_a_video_can_be_cut_short() {
        let folder = tempfile::tempdir().unwrap();
        let begins = |bytes: &[u8]| {
            let path = folder.path().join("file.mp4");
            fs::write(&path, bytes).unwrap();
            begins_as_video(&path)
        };
        assert!(begins(b"\0\0\0\x20ftypisom"));
        assert!(begins(b"\x1a\x45\xdf\xa3\x01\0\0\0"));
        assert!(!begins(b"Dear Sir or Madam"));
        assert!(!begins(b"ftyp"));
    }
}
