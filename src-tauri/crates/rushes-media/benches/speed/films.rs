//! The films to measure: one in full size, and a small loop in two lengths. Made once
//! and kept.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::reels;

/// Length of the full-size film, in seconds.
pub const FILM_S: u32 = 190;
/// Lengths of the loop in seconds.
pub const SHORT_S: u32 = 600;
pub const LONG_S: u32 = 7200;
const SEED: u64 = 101;
/// Reels that the film is put together from.
const REELS: [&str; 5] = ["similar", "dissolves", "flashes", "low-quality", "mixed"];
/// Reel that is repeated.
const LOOPED: &str = "similar";
/// Sound that comes and goes, with a beat.
const SOUND: &str = "anoisesrc=c=pink:a=0.3:r=48000:seed=1,tremolo=f=3.2:d=0.9,\
                     aformat=channel_layouts=stereo";

/// 1080p at 25 frames a second, H.264 of about 11 Mb/s, with AAC.
pub fn full_size() -> PathBuf {
    kept(&format!("speed-{FILM_S}.mp4"), |path| {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y"]);
        for name in REELS {
            command.arg("-i").arg(reels::reel(name, SEED, &reels::folder(SEED)).path);
        }
        let parts: String = (0..REELS.len())
            .map(|n| format!("[{n}:v]fps=25,scale=1920:1080:flags=bicubic,setsar=1[v{n}];"))
            .collect();
        let joined: String = (0..REELS.len()).map(|n| format!("[v{n}]")).collect();
        // Enlarged pictures have no fine detail; noise keeps the decoder busy.
        let graph = format!("{parts}{joined}concat=n={},noise=alls=7:allf=t[v]", REELS.len());
        command
            .args(["-f", "lavfi", "-i", SOUND, "-filter_complex", &graph, "-map", "[v]"])
            .args(["-map", &format!("{}:a", REELS.len()), "-t", &FILM_S.to_string()])
            .args(["-c:v", "libx264", "-preset", "medium", "-b:v", "11M", "-maxrate", "14M"])
            .args(["-bufsize", "22M", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k"])
            .arg(path);
        command
    })
}

/// A reel with sound, repeated up to a length; `ending` selects the container.
pub fn looped(length_s: u32, ending: &str) -> PathBuf {
    let piece = kept("loop.mp4", |path| {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-v", "error", "-nostdin", "-y", "-i"])
            .arg(reels::reel(LOOPED, SEED, &reels::folder(SEED)).path)
            .args(["-f", "lavfi", "-i", SOUND, "-map", "0:v", "-map", "1:a", "-shortest"])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "30", "-c:a", "aac", "-b:a", "64k"])
            .arg(path);
        command
    });
    kept(&format!("loop-{length_s}.{ending}"), |path| {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-i"])
            .arg(&piece)
            .args(["-t", &length_s.to_string(), "-c", "copy"])
            .arg(path);
        command
    })
}

/// A file beside the reels, made if missing.
fn kept(name: &str, make: impl FnOnce(&Path) -> Command) -> PathBuf {
    let folder = reels::folder(SEED);
    let path = folder.join(name);
    if !path.is_file() {
        std::fs::create_dir_all(&folder).expect("a folder for reels");
        let ending = path.extension().and_then(|ending| ending.to_str()).expect("an ending");
        let unfinished = path.with_extension(format!("part.{ending}"));
        let done = make(&unfinished).status().expect("ffmpeg runs");
        assert!(done.success(), "{name} could not be made");
        std::fs::rename(unfinished, &path).expect("a place for it");
    }
    path
}
