//! A workspace that makes footage and analyses it with a time limit.

use std::path::{Path, PathBuf};

use rushes_media::{Analysed, RunContext, Survey, analyse, probe};
use rushes_model::analysis::{Analysis, TransitionKind};
use rushes_model::facts::SourceFacts;
use rushes_model::parts::SoundPart;
use rushes_model::time::Stretch;
use tokio::time::timeout;

use crate::laws::assert_lawful;

#[path = "../common/room.rs"]
mod common;

pub use common::{PATIENCE, Room};

pub const SECOND: i64 = 1_000_000;
/// A moving picture, and a sound.
pub const MOVING: &str = "testsrc2=s=160x90:r=25";
pub const TONE: &str = "sine=440:sample_rate=48000";
/// Fast H.264 without key frames at cuts.
pub const H264: [&str; 8] = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"];

impl Room {
    /// Makes a film from a filter graph, in fast H.264 without sound.
    pub fn draw(&self, name: &str, graph: &str, more: &[&str]) -> PathBuf {
        let arguments = [&["-filter_complex", graph][..], &H264, more].concat();
        self.make(name, &arguments)
    }

    /// Makes ten seconds of picture and sound, with a key frame each second.
    pub fn record(&self, name: &str, more: &[&str]) -> PathBuf {
        let input = ["-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", TONE, "-t", "10"];
        let arguments = [&input[..], &H264, &["-g", "25", "-bf", "2", "-c:a", "aac"], more].concat();
        self.make(name, &arguments)
    }

    /// Analyses a film that must not fail, and checks the result's invariants.
    pub async fn analysed(&self, path: &Path) -> (SourceFacts, Analysed) {
        let work = async {
            let facts = probe(&self.tools, path).await.unwrap();
            let analysed = analyse(&self.tools, path, &facts, &RunContext::quiet()).await.unwrap();
            (facts, analysed)
        };
        let (facts, analysed) = timeout(PATIENCE, work).await.unwrap();
        assert_eq!(analysed.analysis.duration_us, facts.duration_us);
        assert_lawful(&analysed.analysis);
        (facts, analysed)
    }
}

/// Four unrelated scenes of the given lengths, joined by cuts.
pub fn scenes(seconds: [&str; 4]) -> String {
    let pictures = [
        "testsrc2=s=160x90:r=25",
        "mandelbrot=s=160x90:r=25:start_scale=0.1,hue=h=90",
        "smptehdbars=s=160x90:r=25",
        "testsrc2=s=160x90:r=25,negate,transpose,scale=160:90",
    ];
    let graph: String = pictures
        .iter()
        .zip(seconds)
        .enumerate()
        .map(|(n, (picture, seconds))| {
            format!("{picture},trim=duration={seconds},setpts=PTS-STARTPTS,format=yuv420p,setsar=1[s{n}];")
        })
        .collect();
    format!("{graph}[s0][s1][s2][s3]concat=n=4")
}

/// Starts of all shots but the first; fails if one starts with anything but a cut.
pub fn cuts(analysis: &Analysis) -> Vec<i64> {
    let later = &analysis.shots[1..];
    assert!(later.iter().all(|shot| shot.opening.kind == TransitionKind::Cut), "{later:?}");
    later.iter().map(|shot| shot.start_us).collect()
}

/// The estimate of a survey, as an analysis without sound.
pub fn estimate(survey: &Survey) -> Analysis {
    Analysis::of(survey.picture(), SoundPart::default())
}

/// Overwrites a part of a file with noise; `from` and `length` in thousandths of it.
pub fn damage(path: &Path, from: usize, length: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    let (from, length) = (bytes.len() * from / 1000, bytes.len() * length / 1000);
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    for byte in &mut bytes[from..from + length] {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        *byte = noise as u8;
    }
    std::fs::write(path, bytes).unwrap();
}

/// Truncates a file; `length` in thousandths of it.
pub fn cut_off(path: &Path, length: usize) {
    let bytes = std::fs::read(path).unwrap();
    std::fs::write(path, &bytes[..bytes.len() * length / 1000]).unwrap();
}

/// Whether both ends are within the tolerance.
pub fn is_near(stretch: Stretch, start_us: i64, end_us: i64, tolerance_us: i64) -> bool {
    (stretch.start_us - start_us).abs() <= tolerance_us && (stretch.end_us - end_us).abs() <= tolerance_us
}

/// A file of the shared footage; prints a note if it is missing.
pub fn footage(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("RUSHES_FOOTAGE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/footage"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
        return None;
    }
    Some(path)
}
