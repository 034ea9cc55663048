//! A workspace that renders finals, and helpers that inspect them.

use std::path::Path;
use std::process::{Command, Stdio};

#[path = "../common/room.rs"]
mod common;

pub use common::{PATIENCE, Room};

/// Fast H.264 that changes little.
pub const H264: [&str; 8] = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"];

/// The frames of a film, scaled to grey squares of `side` pixels.
pub fn pictures(file: &Path, side: usize) -> Vec<Vec<u8>> {
    let filter = format!("scale={side}:{side}:flags=area,format=gray");
    let bytes = output(
        "ffmpeg",
        &["-v", "error", "-i", &file.to_string_lossy(), "-vf", &filter],
        &["-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"],
    );
    bytes.chunks_exact(side * side).map(<[u8]>::to_vec).collect()
}

/// The samples of a film's sound, mono.
pub fn samples(file: &Path) -> Vec<f32> {
    let bytes = output(
        "ffmpeg",
        &["-v", "error", "-i", &file.to_string_lossy()],
        &["-vn", "-ac", "1", "-ar", "48000", "-f", "f32le", "pipe:1"],
    );
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// Rows of ffprobe's output about the frames of a film.
pub fn frames(file: &Path, entries: &str) -> Vec<String> {
    let entries = format!("frame={entries}");
    let bytes = output(
        "ffprobe",
        &["-v", "error", "-select_streams", "v:0", "-show_entries", &entries],
        &["-of", "csv=p=0", &file.to_string_lossy()],
    );
    String::from_utf8(bytes).unwrap().lines().map(|row| row.trim_end_matches(',').to_owned()).collect()
}

/// ffprobe's output about the first video stream, separated by commas.
pub fn probed(file: &Path, entries: &str) -> String {
    let asked = ["-v", "error", "-select_streams", "v:0", "-show_entries", entries];
    let bytes = output("ffprobe", &asked, &["-of", "csv=p=0", &file.to_string_lossy()]);
    String::from_utf8(bytes).unwrap().trim().trim_end_matches(',').to_owned()
}

/// The colour in the middle of the first frame: of a film as BT.709, of a JPEG as it
/// is.
pub fn rgb(file: &Path) -> [u8; 3] {
    let matrix = if file.extension().is_some_and(|ending| ending == "jpg") { "bt601" } else { "bt709" };
    let pixels = first_picture(file, matrix);
    let middle = pixels.len() / 6 * 3;
    pixels[middle..middle + 3].try_into().unwrap()
}

/// The first frame's signal by its own matrix: red, green and blue near its top left
/// corner, and the brightest green of all.
pub fn signal(file: &Path) -> ([u8; 3], u8) {
    let matrix = if probed(file, "stream=color_space") == "bt2020nc" { "bt2020" } else { "bt709" };
    let pixels = first_picture(file, matrix);
    let brightest = pixels.iter().skip(1).step_by(3).max().unwrap();
    (pixels[3000..3003].try_into().unwrap(), *brightest)
}

fn first_picture(file: &Path, matrix: &str) -> Vec<u8> {
    // Accurate, for chroma at the signal's own depth.
    let filter = format!(
        "scale=in_color_matrix={matrix}:out_range=pc:flags=accurate_rnd+full_chroma_int,format=rgb24"
    );
    let input = ["-v", "error", "-i", &file.to_string_lossy(), "-vf", &filter];
    output("ffmpeg", &input, &["-frames:v", "1", "-f", "rawvideo", "pipe:1"])
}

fn output(tool: &str, first: &[&str], then: &[&str]) -> Vec<u8> {
    let output = Command::new(tool).args(first).args(then).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success());
    output.stdout
}
