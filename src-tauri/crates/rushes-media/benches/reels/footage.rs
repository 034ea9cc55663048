//! Stretches of real footage that show one shot each, checked by eye.

use std::path::{Path, PathBuf};

/// A stretch of one file without a transition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    pub file: &'static str,
    /// Stretches of one family look alike.
    pub family: &'static str,
    pub from_s: f32,
    pub to_s: f32,
    /// Frames per second of the file.
    pub rate: f32,
    /// Shown as coded, ignoring the rotation in its metadata.
    pub as_coded: bool,
}

const fn stretch(file: &'static str, family: &'static str, rate: f32, from_s: f32, to_s: f32) -> Stretch {
    Stretch { file, family, from_s, to_s, rate, as_coded: false }
}

/// All usable stretches. Cuts within a file are left out with a margin of two frames.
const STRETCHES: [Stretch; 22] = [
    stretch("bottle.mp4", "bottle", 29.83, 0.2, 39.0),
    stretch("cockatoo.mp4", "cockatoo", 20.0, 0.2, 6.4),
    stretch("cockatoo.mp4", "cockatoo", 20.0, 8.0, 13.8),
    stretch("man-on-green-screen.mp4", "man", 30.0, 2.5, 23.5),
    stretch("asl-again.mkv", "asl", 30.0, 0.0, 2.5),
    stretch("asl-bird.mkv", "asl", 30.0, 0.0, 2.0),
    stretch("asl-book.mkv", "asl", 30.0, 0.0, 3.5),
    stretch("asl-help.mkv", "asl", 30.0, 0.0, 1.8),
    stretch("asl-night.mkv", "asl", 30.0, 0.0, 2.2),
    stretch("asl-sister.mkv", "asl", 30.0, 0.0, 2.8),
    Stretch { as_coded: true, ..stretch("issue-134-rotate.mp4", "screen", 23.976, 0.1, 3.65) },
    Stretch { as_coded: true, ..stretch("issue-134-rotate.mp4", "screen", 23.976, 3.85, 8.65) },
    Stretch { as_coded: true, ..stretch("issue-134-rotate.mp4", "faces", 23.976, 8.85, 9.9) },
    stretch("testvideo.mp4", "leaf", 29.97, 1.2, 5.85),
    stretch("testvideo.mp4", "deer", 29.97, 8.0, 10.6),
    stretch("testvideo.mp4", "rock", 29.97, 14.3, 17.4),
    stretch("testvideo.mp4", "feathers", 29.97, 19.0, 21.8),
    stretch("bikes.mp4", "kerb", 25.0, 0.0, 1.12),
    stretch("bikes.mp4", "taxi", 25.0, 1.28, 2.96),
    stretch("bikes.mp4", "tram", 25.0, 3.12, 5.40),
    stretch("bikes.mp4", "fence", 25.0, 5.56, 7.40),
    stretch("bikes.mp4", "wheel", 25.0, 7.56, 9.60),
];

/// The folder of real footage, and the files that exist in it.
#[derive(Debug, Clone)]
pub struct Footage {
    folder: PathBuf,
    pub stretches: Vec<Stretch>,
}

impl Footage {
    /// Looks in `$RUSHES_FOOTAGE`, by default `../shared/footage` beside the project.
    pub fn find() -> Self {
        let folder = std::env::var_os("RUSHES_FOOTAGE").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/footage"),
            PathBuf::from,
        );
        let stretches = STRETCHES.into_iter().filter(|one| folder.join(one.file).is_file()).collect();
        Self { folder, stretches }
    }

    /// Path of a file in the folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }
}
