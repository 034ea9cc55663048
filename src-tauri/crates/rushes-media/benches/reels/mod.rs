//! Reels with known transitions: real footage and generated scenes, joined frame by
//! frame from a seed.
//!
//! Each reel has a character, such as many dissolves or a hand-held camera. Its ground
//! truth is stored beside it as JSON ([`truth::Truth`]). Reels are made once and kept;
//! a change of how they are made needs another [`VERSION`].

use std::path::{Path, PathBuf};

use character::{CHARACTERS, Character};
use footage::Footage;
use truth::Truth;

mod camera;
mod casting;
mod character;
mod footage;
mod frame;
mod plan;
mod render;
mod scene;
pub mod truth;
mod world;

/// Frame size.
pub const WIDTH: usize = 640;
pub const HEIGHT: usize = 360;
/// Version of how reels are made.
const VERSION: u32 = 2;

/// A reel on disk.
pub struct Reel {
    pub path: PathBuf,
    pub truth: Truth,
}

/// Where reels and related files are kept: `reels` in cargo's target folder.
pub fn store() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch).join("reels")
}

/// The folder of a seed in the store. Reels with and without real footage are kept
/// apart.
pub fn folder(seed: u64) -> PathBuf {
    let made = if Footage::find().shots.is_empty() { "-made" } else { "" };
    store().join(format!("{VERSION}-{seed}{made}"))
}

/// Path of a file of real footage, if it exists.
pub fn real(file: &str) -> Option<PathBuf> {
    Some(Footage::find().path(file)).filter(|path| path.is_file())
}

/// Names of the characters.
pub fn names() -> impl Iterator<Item = &'static str> {
    CHARACTERS.iter().map(|character| character.name)
}

/// The reel of a character and a seed in `folder`, made if missing.
pub fn reel(name: &str, seed: u64, folder: &Path) -> Reel {
    let at = names().position(|known| known == name).unwrap_or_else(|| panic!("no reel is called {name}"));
    let path = folder.join(format!("{name}.mp4"));
    let beside = folder.join(format!("{name}.json"));
    if let Ok(text) = std::fs::read(&beside)
        && path.is_file()
    {
        return Reel { path, truth: serde_json::from_slice(&text).expect("the truth of a reel") };
    }
    std::fs::create_dir_all(folder).expect("a folder for reels");
    let truth = make(&CHARACTERS[at], seed, at as u64, &path);
    let text = serde_json::to_vec_pretty(&truth).expect("the truth of a reel");
    std::fs::write(beside, text).expect("a place for the truth");
    Reel { path, truth }
}

fn make(character: &Character, seed: u64, number: u64, path: &Path) -> Truth {
    let footage = Footage::find();
    let plan = plan::Plan::draw(character, seed * 1000 + number, &footage);
    eprintln!("making {} of seed {seed}: {} scenes", character.name, plan.scenes.len());
    render::render(&plan, character, seed, &footage, path)
}
