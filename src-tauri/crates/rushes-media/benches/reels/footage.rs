//! Shots in real footage, checked by eye.

use std::path::{Path, PathBuf};

/// A part of one file without a transition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RealShot {
    pub file: &'static str,
    /// Shots of one family look alike.
    pub family: &'static str,
    pub from_s: f32,
    pub to_s: f32,
    /// Frames per second of the file.
    pub rate: f32,
    /// Shown as coded, ignoring the rotation in its metadata.
    pub as_coded: bool,
}

const fn shot(file: &'static str, family: &'static str, rate: f32, from_s: f32, to_s: f32) -> RealShot {
    RealShot { file, family, from_s, to_s, rate, as_coded: false }
}

/// All usable shots. Cuts within a file are left out with a margin of two frames.
const SHOTS: [RealShot; 22] = [
    shot("bottle.mp4", "bottle", 29.83, 0.2, 39.0),
    shot("cockatoo.mp4", "cockatoo", 20.0, 0.2, 6.4),
    shot("cockatoo.mp4", "cockatoo", 20.0, 8.0, 13.8),
    shot("man-on-green-screen.mp4", "man", 30.0, 2.5, 23.5),
    shot("asl-again.mkv", "asl", 30.0, 0.0, 2.5),
    shot("asl-bird.mkv", "asl", 30.0, 0.0, 2.0),
    shot("asl-book.mkv", "asl", 30.0, 0.0, 3.5),
    shot("asl-help.mkv", "asl", 30.0, 0.0, 1.8),
    shot("asl-night.mkv", "asl", 30.0, 0.0, 2.2),
    shot("asl-sister.mkv", "asl", 30.0, 0.0, 2.8),
    RealShot { as_coded: true, ..shot("issue-134-rotate.mp4", "screen", 23.976, 0.1, 3.65) },
    RealShot { as_coded: true, ..shot("issue-134-rotate.mp4", "screen", 23.976, 3.85, 8.65) },
    RealShot { as_coded: true, ..shot("issue-134-rotate.mp4", "faces", 23.976, 8.85, 9.9) },
    shot("testvideo.mp4", "leaf", 29.97, 1.2, 5.85),
    shot("testvideo.mp4", "deer", 29.97, 8.0, 10.6),
    shot("testvideo.mp4", "rock", 29.97, 14.3, 17.4),
    shot("testvideo.mp4", "feathers", 29.97, 19.0, 21.8),
    shot("bikes.mp4", "kerb", 25.0, 0.0, 1.12),
    shot("bikes.mp4", "taxi", 25.0, 1.28, 2.96),
    shot("bikes.mp4", "tram", 25.0, 3.12, 5.40),
    shot("bikes.mp4", "fence", 25.0, 5.56, 7.40),
    shot("bikes.mp4", "wheel", 25.0, 7.56, 9.60),
];

/// The folder of real footage, and the files that exist in it.
#[derive(Debug, Clone)]
pub struct Footage {
    folder: PathBuf,
    pub shots: Vec<RealShot>,
}

impl Footage {
    /// Looks in `$RUSHES_FOOTAGE`, by default `../shared/footage` beside the project.
    pub fn find() -> Self {
        let folder = std::env::var_os("RUSHES_FOOTAGE").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/footage"),
            PathBuf::from,
        );
        let shots = SHOTS.into_iter().filter(|one| folder.join(one.file).is_file()).collect();
        Self { folder, shots }
    }

    /// Path of a file in the folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }
}
