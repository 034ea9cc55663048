//! Footage that ffmpeg makes: small, short, and odd where it is asked to be.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs ffmpeg, quiet, over whatever was there.
pub fn ffmpeg(arguments: &[&str], output: &Path) {
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-threads", "1"])
        .args(arguments)
        // With its protocol a name is taken as it is, whatever is in it.
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

/// Moving pictures with a tone: 320×180, 25 pictures a second.
pub fn film(path: &Path, seconds: u32) -> PathBuf {
    odd_film(path, &format!("testsrc2=s=320x180:r=25:d={seconds}"), seconds, &[]);
    path.to_owned()
}

/// Moving pictures of any size and rate with a tone, and more options for the output.
pub fn odd_film(path: &Path, picture: &str, seconds: u32, options: &[&str]) {
    let sound = format!("sine=frequency=330:sample_rate=48000:d={seconds}");
    let mut arguments = vec!["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", &sound];
    arguments.extend(H264);
    arguments.extend(AAC);
    arguments.extend(options);
    ffmpeg(&arguments, path);
}

/// A picture whose left half is red and whose upper left corner is white, in a
/// film without sound: what is up and what is left can be told from it.
pub fn marked_film(path: &Path, options: &[&str]) {
    let picture = "color=c=blue:s=320x180:r=25:d=3,\
                   drawbox=x=0:y=0:w=160:h=180:color=red:t=fill,\
                   drawbox=x=0:y=0:w=80:h=60:color=white:t=fill";
    let mut arguments = vec!["-f", "lavfi", "-i", picture];
    arguments.extend(H264);
    arguments.extend(options);
    ffmpeg(&arguments, path);
}

/// Tells players of an MP4 with one track to turn its picture 90° clockwise, as
/// a phone does: by the matrix in its track header (ISO/IEC 14496-12, 8.3.2).
pub fn turn(path: &Path) {
    let one = 0x0001_0000_i32;
    let matrix = [0, one, 0, -one, 0, 0, 180 * one, 0, 0x4000_0000];
    patch(path, b"tkhd", 40, &matrix);
}

/// Makes the one picture of an MP4 last no time: in the headers of film, track
/// and media, in its edit list and in its table of times (8.2.2 to 8.6.6).
pub fn last_no_time(path: &Path) {
    for (name, at) in [(b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16), (b"elst", 8), (b"stts", 12)] {
        patch(path, name, at, &[0]);
    }
}

/// Writes numbers into the first box of a name, `at` bytes behind the name.
fn patch(path: &Path, name: &[u8; 4], at: usize, numbers: &[i32]) {
    let mut bytes = std::fs::read(path).unwrap();
    let name = bytes.windows(4).position(|word| word == name).unwrap();
    for (index, number) in numbers.iter().enumerate() {
        let at = name + 4 + at + 4 * index;
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}
