//! Films that encode their own time, and helpers that decode it from the results.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "../common/room.rs"]
mod common;

pub use common::Room;

/// Bits of a frame's number, from left to right, the lowest first.
const BITS: usize = 16;
/// When the tone begins within each second, in seconds.
const TONE_AT: f64 = 0.3;
/// Sample rate for decoding the sound.
const RATE: f64 = 48_000.0;

/// A film to be made: its frames show their number as bars, and each second has a tone
/// of 100 ms whose pitch encodes the second.
#[derive(Debug, Clone, Copy)]
pub struct Film {
    pub rate: u32,
    pub seconds: u32,
    /// Number of the first second; the first frame is counted accordingly.
    pub from_second: u32,
    pub size: (u32, u32),
}

impl Film {
    pub fn of(rate: u32, seconds: u32) -> Self {
        Self { rate, seconds, from_second: 0, size: (160, 90) }
    }

    /// The inputs for ffmpeg: the picture, then the sound.
    pub fn inputs(self) -> Vec<String> {
        let Self { rate, seconds, from_second, size } = self;
        let picture = counted(&rate.to_string(), seconds, from_second * rate, size);
        let sound = format!(
            "aevalsrc='if(between(mod(t,1),{TONE_AT},{TONE_AT}+0.1),\
             0.5*sin(2*PI*(400+50*(floor(t)+{from_second}))*(mod(t,1)-{TONE_AT})),0)':s=48000:d={seconds}"
        );
        ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound].map(str::to_owned).into()
    }

    /// Makes the film.
    pub fn make(self, room: &Room, name: &str, codecs: &[&str]) -> PathBuf {
        let inputs = self.inputs();
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        room.make(name, &[&inputs[..], codecs].concat())
    }
}

/// A picture source whose frames show their number, from `first` on.
pub fn counted(rate: &str, seconds: u32, first: u32, (width, height): (u32, u32)) -> String {
    // Drawn as a single row of bits and enlarged, which is quicker.
    format!(
        "color=black:s={BITS}x2:r={rate}:d={seconds},format=gray,\
         geq=lum='if(bitand(floor((N+{first})/pow(2,X)),1),235,16)',\
         scale={width}:{height}:flags=neighbor,setsar=1,format=yuv420p"
    )
}

/// The numbers shown in the frames of a file.
pub fn numbers(file: &Path) -> Vec<u32> {
    numbers_after(file, "null")
}

/// The numbers shown in the tiles of a strip.
pub fn tiles(file: &Path, count: u32) -> Vec<u32> {
    numbers_after(file, &format!("untile={count}x1"))
}

fn numbers_after(file: &Path, filter: &str) -> Vec<u32> {
    let filter = format!("{filter},scale={BITS}:2:flags=area,format=gray,crop={BITS}:1:0:0");
    let bytes = output(
        &["-v", "error", "-i", &file.to_string_lossy(), "-vf", &filter],
        &["-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"],
    );
    let number = |row: &[u8]| row.iter().rev().fold(0, |number, bit| number * 2 + u32::from(*bit > 125));
    bytes.chunks_exact(BITS).map(number).collect()
}

/// When each tone of a file begins, in seconds, and which second it encodes.
pub fn tones(file: &Path) -> Vec<(f64, u32)> {
    let bytes = output(
        &["-v", "error", "-i", &file.to_string_lossy()],
        &["-vn", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "48000", "-f", "f32le", "pipe:1"],
    );
    let samples: Vec<f32> =
        bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
    let quiet = (0.05 * RATE) as usize;
    let mut found = Vec::new();
    // A file may begin in the middle of a tone.
    let mut sounded_until = None;
    let mut at = 0;
    while at < samples.len() {
        if samples[at].abs() < 0.1 {
            at += 1;
            continue;
        }
        let tone = &samples[at..samples.len().min(at + (0.098 * RATE) as usize)];
        if sounded_until.is_none_or(|until| at - until >= quiet) && tone.len() >= (0.098 * RATE) as usize {
            let crossings = tone.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
            let pitch = crossings as f64 / 2.0 / 0.098;
            found.push((at as f64 / RATE, ((pitch - 400.0) / 50.0).round().max(0.0) as u32));
        }
        at += (0.12 * RATE) as usize;
        sounded_until = Some(at);
    }
    found
}

/// Checks that a file shows consecutive frames from `first` on, and that each second
/// begins in its sound within 10 ms of where the frames say.
pub fn assert_shows(file: &Path, first: u32, rate: u32, count: usize) {
    let shown = numbers(file);
    let due: Vec<u32> = (first..).take(count).collect();
    assert_eq!(shown, due, "{}", file.display());
    assert_in_step(file, f64::from(first) / f64::from(rate), count as f64 / f64::from(rate));
}

/// Checks the sound of a file whose picture begins at `from_s` of the film. Copied
/// sound may begin a little later than the picture, in the middle of a tone.
pub fn assert_in_step(file: &Path, from_s: f64, length_s: f64) {
    let heard = tones(file);
    let due = (0..).map(f64::from).skip_while(|second| second + TONE_AT < from_s + 0.05);
    let due = due.take_while(|second| second + TONE_AT + 0.15 < from_s + length_s).count();
    assert!(due > 0 && heard.len() >= due, "{}: {heard:?}", file.display());
    let late_s = picture_late_s(file);
    for (at, second) in heard.into_iter().filter(|(at, _)| *at > 0.1) {
        let at = at - late_s;
        let due = f64::from(second) + TONE_AT - from_s;
        assert!((at - due).abs() <= 0.010, "{}: second {second} at {at}, due {due}", file.display());
    }
}

/// Checks that a file of only sound has every tone of the film's stretches `from_s` to
/// `to_s` that were joined in it, within `near_s` of where it belongs. Tones must not lie
/// at the ends of a stretch.
pub fn assert_sounds(file: &Path, stretches: &[(f64, f64)], near_s: f64) {
    let mut due = Vec::new();
    let mut begins_s = 0.0;
    for (from_s, to_s) in stretches {
        let seconds = (0..to_s.ceil() as u32).map(|second| (f64::from(second) + TONE_AT, second));
        let within = seconds.filter(|(at, _)| at >= from_s && at < to_s);
        due.extend(within.map(|(at, second)| (begins_s + at - from_s, second)));
        begins_s += to_s - from_s;
    }
    let heard = tones(file);
    assert_eq!(heard.len(), due.len(), "{heard:?} for {due:?}");
    for ((at, second), (due_at, due_second)) in heard.iter().zip(&due) {
        assert_eq!(second, due_second, "{heard:?} for {due:?}");
        assert!((at - due_at).abs() <= near_s, "second {second} at {at}, due {due_at}");
    }
}

/// How much later than the file its picture begins, in seconds.
fn picture_late_s(file: &Path) -> f64 {
    let entries = ["-select_streams", "v:0", "-show_entries", "stream=start_time:format=start_time"];
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "default=nk=1:nw=1"])
        .args(entries)
        .arg(file)
        .output()
        .unwrap();
    let times = String::from_utf8(output.stdout).unwrap();
    let mut times = times.lines().map(|time| time.parse::<f64>().unwrap());
    times.next().unwrap() - times.next().unwrap()
}

fn output(first: &[&str], then: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg").args(first).args(then).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success());
    output.stdout
}
