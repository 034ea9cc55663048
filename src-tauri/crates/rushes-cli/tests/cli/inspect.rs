//! Checking finished files with ffprobe and their frames with ffmpeg.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// ffprobe's output for a file: its format and all streams.
pub fn probe(path: &Path) -> Value {
    let told = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_format", "-show_streams", "-count_packets"])
        .arg(path)
        .output()
        .unwrap();
    assert!(told.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
}

/// The first stream of a kind.
pub fn stream(probed: &Value, kind: &str) -> Value {
    let streams = probed["streams"].as_array().unwrap();
    streams
        .iter()
        .find(|stream| stream["codec_type"] == kind)
        .unwrap_or_else(|| panic!("no {kind}: {probed}"))
        .clone()
}

/// Clockwise rotation that players apply, in degrees.
pub fn rotation(video: &Value) -> i64 {
    let side = video["side_data_list"].as_array().cloned().unwrap_or_default();
    let told = side.iter().find_map(|data| data["rotation"].as_i64()).unwrap_or(0);
    (360 - told) % 360
}

/// Length of the stream in microseconds.
pub fn duration_us(stream: &Value) -> i64 {
    let seconds: f64 = stream["duration"].as_str().unwrap_or_else(|| panic!("{stream}")).parse().unwrap();
    (seconds * 1e6).round() as i64
}

/// Whether the index of an MP4 comes before its media.
pub fn index_is_in_front(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let mut at = 0;
    while at + 8 <= bytes.len() {
        match &bytes[at + 4..at + 8] {
            b"moov" => return true,
            b"mdat" => return false,
            _ => {}
        }
        let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        at += size.max(8);
    }
    false
}

/// One frame as players show it, rotated upright, as rows of grey.
pub fn grey(path: &Path, at_us: i64, width: usize, height: usize, filter: &str) -> Vec<u8> {
    let filter = format!("{filter}scale={width}:{height}:flags=area,format=gray");
    let told = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-ss", &format!("{}us", at_us), "-i"])
        .arg(path)
        .args(["-frames:v", "1", "-vf", &filter, "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    assert_eq!(told.stdout.len(), width * height, "{}", String::from_utf8_lossy(&told.stderr));
    told.stdout
}

/// Mean difference of two frames, 0 to 255.
pub fn difference(a: &[u8], b: &[u8]) -> f64 {
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

/// Colour of one pixel of the frame at a time, as players show it.
pub fn colour(path: &Path, at_us: i64, x: u32, y: u32) -> [u8; 3] {
    let told = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-ss", &format!("{at_us}us"), "-i"])
        .arg(path)
        .args(["-frames:v", "1", "-vf", &format!("format=rgb24,crop=1:1:{x}:{y}"), "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    told.stdout
        .try_into()
        .unwrap_or_else(|bytes| panic!("{bytes:?}: {}", String::from_utf8_lossy(&told.stderr)))
}
