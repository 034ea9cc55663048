//! Time of `rushes-cli make FILE` against the sum of the plain ffmpeg commands
//! for the same cuts and the same encode. Run by `make bench`.
//!
//! The plain commands are what an editor who already knew the cuts would type:
//! they find no moments and normalise no loudness. The ratio is the cost of all
//! that.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Length of the video in seconds.
const FILM_S: u32 = 120;
/// Length of the reel it repeats, in seconds.
const REEL_S: u32 = 10;
const CLIPS: u32 = 3;
const CLIP_S: u32 = 15;
/// Target of the design.
const AIM: f64 = 1.10;

fn main() {
    let folder = tempfile::tempdir().expect("a temp folder");
    let film = folder.path().join("film.mp4");
    make_film(&film);

    let (made, rushes) = timed(|| {
        let output = Command::new(env!("CARGO_BIN_EXE_rushes-cli"))
            .args(["--json", "--profile", "Bench", "--data-dir"])
            .arg(folder.path().join("library"))
            .arg("make")
            .arg(&film)
            .args(["--count", &CLIPS.to_string(), "--target-duration", &CLIP_S.to_string(), "--seed", "1"])
            .args(["--preset", "tiktok", "--out"])
            .arg(folder.path().join("finals"))
            .output()
            .expect("rushes-cli runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).expect("one JSON document")
    });
    let spans = spans(&made, folder.path());
    let ((), plain) = timed(|| {
        for (number, (from, length)) in spans.iter().enumerate() {
            encode(&film, *from, *length, &folder.path().join(format!("plain-{number}.mp4")));
        }
    });
    let ratio = rushes.as_secs_f64() / plain.as_secs_f64();
    println!("make FILE, {FILM_S} s of 1080p, {} clips of about {CLIP_S} s for TikTok", spans.len());
    println!("  rushes-cli make        {:>7.1} s", rushes.as_secs_f64());
    println!("  plain ffmpeg commands  {:>7.1} s", plain.as_secs_f64());
    println!("  ratio {ratio:.2}, aim {AIM:.2}: {}", if ratio <= AIM { "met" } else { "missed" });
}

/// Start and length of each clip that was made, in seconds.
fn spans(made: &Value, folder: &Path) -> Vec<(f64, f64)> {
    let clips = made["clips"].as_array().expect("clips");
    let seconds = |value: &Value| value.as_f64().expect("a time") / 1e6;
    let mut spans = Vec::new();
    for clip in clips {
        let shown = Command::new(env!("CARGO_BIN_EXE_rushes-cli"))
            .args(["--json", "--profile", "Bench", "--data-dir"])
            .arg(folder.join("library"))
            .args(["clip", "show", clip["id"].as_str().expect("an id")])
            .output()
            .expect("rushes-cli runs");
        let detail: Value = serde_json::from_slice(&shown.stdout).expect("one JSON document");
        for cut in detail["clip"]["cuts"].as_array().expect("cuts") {
            spans.push((seconds(&cut["in_us"]), seconds(&cut["out_us"]) - seconds(&cut["in_us"])));
        }
    }
    spans
}

fn encode(film: &Path, from: f64, length: f64, to: &Path) {
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-ss", &from.to_string(), "-t", &length.to_string(), "-i"])
        .arg(film)
        .args(["-vf", "scale=-2:1920:flags=bicubic,crop=1080:1920,setsar=1"])
        .args(["-c:v", "libx264", "-profile:v", "high", "-preset", "medium", "-crf", "20"])
        .args(["-maxrate", "12000k", "-bufsize", "24000k", "-g", "50", "-pix_fmt", "yuv420p"])
        .args(["-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2", "-movflags", "+faststart"])
        .arg(to)
        .status()
        .expect("ffmpeg runs");
    assert!(done.success());
}

/// Moving scenes with grain, as from a camera: a short reel, repeated with a
/// different tint each time.
fn make_film(film: &Path) {
    let repeats = FILM_S / REEL_S;
    let tints: Vec<String> = (0..repeats)
        .map(|n| format!("[r{n}]hue=h={}:s={}[v{n}]", n * 47, 1.0 - f64::from(n) / 20.0))
        .collect();
    let split: String = (0..repeats).map(|n| format!("[r{n}]")).collect();
    let joined: String = (0..repeats).map(|n| format!("[v{n}]")).collect();
    let graph = format!(
        "testsrc2=s=1920x1080:r=25:d=3,format=yuv420p[a];\
         gradients=s=1920x1080:r=25:d=3:speed=0.05:seed=7,format=yuv420p[b];\
         life=s=960x540:r=25:mold=10:ratio=0.1:seed=3,trim=duration=4,scale=1920:1080,format=yuv420p[c];\
         [a][b][c]concat=n=3:v=1:a=0,noise=alls=6:allf=t,split={repeats}{split};\
         {};{joined}concat=n={repeats}:v=1:a=0[v]",
        tints.join(";")
    );
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-filter_complex", &graph])
        .args(["-f", "lavfi", "-i", &format!("sine=f=300:d={FILM_S},tremolo=f=0.4:d=0.8")])
        .args(["-map", "[v]", "-map", "0:a", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20"])
        .args(["-c:a", "aac", "-shortest"])
        .arg(film)
        .status()
        .expect("ffmpeg runs");
    assert!(done.success());
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
