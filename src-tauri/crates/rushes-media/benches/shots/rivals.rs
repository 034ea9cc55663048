//! Other detectors with default settings: ffmpeg's `scdet` and those of PySceneDetect.
//! Their results never change, so they are cached in a folder beside the reel.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pyscenedetect;
use crate::score::Found;

/// Detectors of PySceneDetect.
const DETECTORS: [&str; 5] =
    ["ContentDetector", "AdaptiveDetector", "ThresholdDetector", "HistogramDetector", "HashDetector"];

/// A cut detector.
pub enum Rival {
    /// ffmpeg's filter, with its version.
    Scdet(String),
    /// A detector of PySceneDetect, with its Python and version.
    PySceneDetect { detector: &'static str, python: PathBuf, version: String },
}

/// All detectors available here. Prints a note if PySceneDetect is not.
pub fn all(store: &Path) -> Vec<Rival> {
    let told = Command::new("ffmpeg").arg("-version").output().expect("ffmpeg runs");
    let words = String::from_utf8_lossy(&told.stdout).into_owned();
    let mut rivals = vec![Rival::Scdet(words.split(' ').nth(2).unwrap_or_default().to_owned())];
    match pyscenedetect::python(store) {
        Some((python, version)) => rivals.extend(DETECTORS.map(|detector| Rival::PySceneDetect {
            detector,
            python: python.clone(),
            version: version.clone(),
        })),
        None => println!("PySceneDetect cannot be installed here; its detectors are left out"),
    }
    rivals
}

impl Rival {
    /// Short name.
    pub fn name(&self) -> String {
        match self {
            Self::Scdet(_) => "scdet".into(),
            Self::PySceneDetect { detector, .. } => detector.trim_end_matches("Detector").to_lowercase(),
        }
    }

    /// Runs it on a reel.
    pub fn find(&self, reel: &Path) -> Vec<Found> {
        let (Self::Scdet(version) | Self::PySceneDetect { version, .. }) = self;
        let folder = reel.with_file_name("rivals");
        std::fs::create_dir_all(&folder).expect("a folder beside the reel");
        let stem = reel.file_stem().unwrap_or_default().to_string_lossy();
        let kept = folder.join(format!("{stem}-{}-{version}.json", self.name()));
        let cuts = std::fs::read(&kept).ok().and_then(|text| serde_json::from_slice::<Vec<i64>>(&text).ok());
        let cuts = cuts.unwrap_or_else(|| {
            let cuts = self.run(reel);
            let text = serde_json::to_vec(&cuts).expect("times");
            std::fs::write(&kept, text).expect("a place beside the reel");
            cuts
        });
        cuts.into_iter().map(Found::cut).collect()
    }

    fn run(&self, reel: &Path) -> Vec<i64> {
        match self {
            Self::Scdet(_) => {
                let told = Command::new("ffmpeg")
                    .args(["-hide_banner", "-nostats", "-nostdin", "-i"])
                    .arg(reel)
                    .args(["-map", "0:v:0", "-vf", "scdet", "-f", "null", "-"])
                    .output()
                    .expect("ffmpeg runs");
                String::from_utf8_lossy(&told.stderr)
                    .lines()
                    .filter_map(|line| line.split("lavfi.scd.time: ").nth(1)?.trim().parse::<f64>().ok())
                    .map(|seconds| (seconds * 1e6).round() as i64)
                    .collect()
            }
            Self::PySceneDetect { detector, python, .. } => {
                let told = Command::new(python)
                    .arg(pyscenedetect::script())
                    .arg(reel)
                    .arg(detector)
                    .output()
                    .expect("Python runs");
                assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
                let text = String::from_utf8_lossy(&told.stdout);
                serde_json::from_str(text.lines().last().unwrap_or_default()).expect("a list of times")
            }
        }
    }
}
