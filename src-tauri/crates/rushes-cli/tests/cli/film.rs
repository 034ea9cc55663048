//! Footage made by ffmpeg: small, short, and unusual on request.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs ffmpeg quietly, overwriting the output.
pub fn ffmpeg(arguments: &[&str], output: &Path) {
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-threads", "1"])
        .args(arguments)
        // With an explicit protocol, any file name is taken literally.
        .arg({
            let mut url = std::ffi::OsString::from("file:");
            url.push(output);
            url
        })
        .output()
        .unwrap();
    assert!(made.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
}

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
const AAC: [&str; 4] = ["-c:a", "aac", "-b:a", "64k"];

/// Moving video with a tone: 320×180, 25 fps.
pub fn film(path: &Path, seconds: u32) -> PathBuf {
    odd_film(path, &format!("testsrc2=s=320x180:r=25:d={seconds}"), seconds, &[]);
    path.to_owned()
}

/// Moving video of any size and rate with a tone, and extra output options.
pub fn odd_film(path: &Path, picture: &str, seconds: u32, options: &[&str]) {
    let sound = format!("sine=frequency=330:sample_rate=48000:d={seconds}");
    let mut arguments = vec!["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", &sound];
    arguments.extend(H264);
    arguments.extend(AAC);
    arguments.extend(options);
    ffmpeg(&arguments, path);
}

/// A silent video whose left half is red and whose top left corner is white, so
/// that its orientation can be checked.
pub fn marked_film(path: &Path, options: &[&str]) {
    let picture = "color=c=blue:s=320x180:r=25:d=3,\
                   drawbox=x=0:y=0:w=160:h=180:color=red:t=fill,\
                   drawbox=x=0:y=0:w=80:h=60:color=white:t=fill";
    let mut arguments = vec!["-f", "lavfi", "-i", picture];
    arguments.extend(H264);
    arguments.extend(options);
    ffmpeg(&arguments, path);
}

/// Marks an MP4 with one track as rotated 90° clockwise, as phones do: in the
/// matrix of its track header (ISO/IEC 14496-12, 8.3.2).
pub fn turn(path: &Path) {
    let one = 0x0001_0000_i32;
    let matrix = [0, one, 0, -one, 0, 0, 180 * one, 0, 0x4000_0000];
    patch(path, b"tkhd", 40, &matrix);
}

/// Sets the duration of the only frame of an MP4 to zero: in the movie, track
/// and media headers, the edit list and the time table (8.2.2 to 8.6.6).
pub fn last_no_time(path: &Path) {
    for (name, at) in [(b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16), (b"elst", 8), (b"stts", 12)] {
        patch(path, name, at, &[0]);
    }
}

/// Writes numbers into the first box with a name, `at` bytes after the name.
fn patch(path: &Path, name: &[u8; 4], at: usize, numbers: &[i32]) {
    let mut bytes = std::fs::read(path).unwrap();
    let name = bytes.windows(4).position(|word| word == name).unwrap();
    for (index, number) in numbers.iter().enumerate() {
        let at = name + 4 + at + 4 * index;
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}
