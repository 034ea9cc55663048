//! PySceneDetect from PyPI, in an environment that only the benches use.

use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: [&str; 2] = ["scenedetect", "opencv-python-headless"];

/// A Python with PySceneDetect in its own environment, and the version.
pub fn python(store: &Path) -> Option<(PathBuf, String)> {
    let home = store.join("venv");
    let python = home.join("bin/python");
    let version = || {
        let told = Command::new(&python).arg(script()).output().ok()?;
        let version = String::from_utf8_lossy(&told.stdout).trim().to_owned();
        (told.status.success() && !version.is_empty()).then_some(version)
    };
    if let Some(version) = version() {
        return Some((python, version));
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(&home).status().is_ok_and(|s| s.success())
        && Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(PACKAGES)
            .status()
            .is_ok_and(|status| status.success());
    let version = made.then(version).flatten()?;
    Some((python, version))
}

/// The script that runs a detector.
pub fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/shots/pyscenedetect.py")
}
