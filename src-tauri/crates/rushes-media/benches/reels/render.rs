//! From plan to file: every frame is composed here and passed to the encoder, so that
//! the ground truth is exact by construction. Only the timestamps are read back from
//! the file.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::character::Character;
use super::footage::Footage;
use super::frame::Frame;
use super::plan::{Join, Plan};
use super::scene::{Scene, Take};
use super::truth::{Gradual, GradualKind, HardCut, Shown, Trap, Truth};
use super::{HEIGHT, WIDTH};

const BLACK: u8 = 16;
const WHITE: u8 = 235;

/// Marks on the reel, in frames.
#[derive(Default)]
struct Marks {
    cuts: Vec<(usize, u32)>,
    gradual: Vec<(GradualKind, usize, usize)>,
    traps: Vec<(String, usize, usize)>,
    /// Where each scene is first visible, and where it no longer is.
    scenes: Vec<(String, usize, usize)>,
}

/// Renders the plan to `file` and returns its ground truth.
pub fn render(plan: &Plan, character: &Character, seed: u64, footage: &Footage, file: &Path) -> Truth {
    let mut encoder = Encoder::start(plan, character, file);
    let marks = shoot(plan, footage, &mut encoder);
    encoder.finish();
    read_back(plan, character, seed, &marks, file)
}

fn shoot(plan: &Plan, footage: &Footage, encoder: &mut Encoder) -> Marks {
    let mut marks = Marks::default();
    let mut take = Take::begin(&plan.scenes[0], plan.fps, footage);
    let mut begun = 0;
    for (number, scene) in plan.scenes.iter().enumerate() {
        traps(scene, begun, plan, &mut marks);
        let mut last = None;
        for _ in 0..scene.solo {
            let frame = take.next();
            encoder.write(frame.clone());
            last = Some(frame);
        }
        let last = last.unwrap_or_else(|| panic!("scene {number} is never alone"));
        let Some(join) = plan.joins.get(number) else {
            marks.scenes.push((scene.what(), begun, encoder.written));
            break;
        };
        let start = encoder.written;
        let mut next = Take::begin(&plan.scenes[number + 1], plan.fps, footage);
        let (next_begun, ended) = match *join {
            Join::Cut => (start, start),
            Join::Dissolve(length) => {
                for n in 1..=length {
                    let mut frame = take.next();
                    frame.mix(&next.next(), n as f32 / (length + 1) as f32);
                    encoder.write(frame);
                }
                marks.gradual.push((GradualKind::Dissolve, start, encoder.written));
                (start, encoder.written)
            }
            Join::Dip { white, out, hold, into } => {
                let plain = Frame::plain(WIDTH, HEIGHT, if white { WHITE } else { BLACK });
                for n in 1..=out {
                    let mut frame = take.next();
                    frame.mix(&plain, n as f32 / out as f32);
                    encoder.write(frame);
                }
                (0..hold).for_each(|_| encoder.write(plain.clone()));
                let next_begun = encoder.written;
                for n in 1..=into {
                    let mut frame = next.next();
                    frame.mix(&plain, 1.0 - n as f32 / (into + 1) as f32);
                    encoder.write(frame);
                }
                marks.gradual.push((GradualKind::Fade, start, encoder.written));
                (next_begun, start + out)
            }
        };
        marks.scenes.push((scene.what(), begun, ended));
        if matches!(join, Join::Cut) {
            // Needs a second take, as a take only goes forwards.
            let first = Take::begin(&plan.scenes[number + 1], plan.fps, footage).next();
            marks.cuts.push((start, first.difference_milli(&last)));
        }
        begun = next_begun;
        take = next;
    }
    marks
}

fn traps(scene: &Scene, begun: usize, plan: &Plan, marks: &mut Marks) {
    for flash in &scene.flashes {
        let at = begun + flash.at;
        marks.traps.push((flash.name.to_owned(), at, at + flash.strengths.len()));
    }
    for passer in &scene.passers {
        marks.traps.push(("passer".into(), begun + passer.at, begun + passer.at + passer.length));
    }
    for step in scene.camera.iter().flat_map(|camera| &camera.moves) {
        let name = if step.zoom == 1.0 { "whip" } else { "zoom" };
        let end = (begun + step.at + step.length).min(plan.frames());
        marks.traps.push((name.into(), begun + step.at, end));
    }
}

/// The encoder and the number of frames written to it.
struct Encoder {
    child: Child,
    pipe: Option<BufWriter<std::process::ChildStdin>>,
    written: usize,
    total: usize,
    opening: usize,
    closing: usize,
    black: Frame,
}

impl Encoder {
    fn start(plan: &Plan, character: &Character, file: &Path) -> Self {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"])
            .args(["-s", &format!("{WIDTH}x{HEIGHT}"), "-framerate"])
            .arg(format!("{}/{}", plan.fps[0], plan.fps[1]))
            .args(["-i", "-"]);
        if character.uneven {
            // ffmpeg limits the length of an expression. Start with the last frames, so
            // that the numbers of those before them stay the same.
            let mut filter = String::new();
            for some in plan.dropped.rchunks(16) {
                let some: Vec<String> = some.iter().map(|n| format!("eq(n,{n})")).collect();
                filter += &format!("select='not({})',", some.join("+"));
            }
            // Up to 7 ms early or late, different for each frame.
            filter += "settb=1/90000,setpts='PTS+floor(630*sin(N*12.9898))+630'";
            command.args(["-vf", &filter, "-fps_mode", "passthrough", "-enc_time_base", "1/90000"]);
            command.args(["-video_track_timescale", "90000"]);
        } else {
            command.args(["-fps_mode", "passthrough"]);
        }
        let mut child = command
            .args(character.codec)
            .args(["-pix_fmt", "yuv420p", "-movflags", "+faststart"])
            .arg(file)
            .stdin(Stdio::piped())
            .spawn()
            .expect("ffmpeg starts");
        let pipe = child.stdin.take().map(|pipe| BufWriter::with_capacity(1 << 20, pipe));
        let black = Frame::plain(WIDTH, HEIGHT, BLACK);
        let (opening, closing) = (plan.opening, plan.closing);
        Self { child, pipe, written: 0, total: plan.frames(), opening, closing, black }
    }

    fn write(&mut self, mut frame: Frame) {
        let left = self.total - self.written - 1;
        if self.written < self.opening {
            frame.mix(&self.black, 1.0 - self.written as f32 / self.opening as f32);
        } else if left < self.closing {
            frame.mix(&self.black, 1.0 - left as f32 / self.closing as f32);
        }
        let pipe = self.pipe.as_mut().expect("the encoder listens");
        frame.write_to(pipe).expect("the encoder takes pictures");
        self.written += 1;
    }

    fn finish(mut self) {
        assert_eq!(self.written, self.total, "pictures as planned");
        let mut pipe = self.pipe.take().expect("the encoder listens");
        pipe.flush().expect("the encoder takes pictures");
        drop(pipe);
        assert!(self.child.wait().expect("ffmpeg ends").success(), "the encoder failed");
    }
}

/// Converts marks in frames to timestamps of the file.
fn read_back(plan: &Plan, character: &Character, seed: u64, marks: &Marks, file: &Path) -> Truth {
    let stamps = timestamps(file);
    let kept = |n: usize| n - plan.dropped.partition_point(|dropped| *dropped < n);
    assert_eq!(stamps.len(), plan.frames() - plan.dropped.len(), "pictures in {}", file.display());
    let frame_us = i64::from(plan.fps[1]) * 1_000_000 / i64::from(plan.fps[0]);
    let end_us = stamps.last().expect("pictures") + frame_us;
    let time = |n: usize| stamps.get(kept(n)).copied().unwrap_or(end_us);
    Truth {
        name: character.name.to_owned(),
        seed,
        file: file.file_name().expect("a name").to_string_lossy().into_owned(),
        fps: plan.fps,
        frame_us,
        frames: stamps.len(),
        duration_us: end_us,
        cuts: marks
            .cuts
            .iter()
            .map(|(at, difference_milli)| {
                let at = kept(*at);
                let before = stamps[at] - stamps[at - 1];
                let after = stamps.get(at + 1).unwrap_or(&end_us) - stamps[at];
                let picture_us = before.max(after);
                HardCut { at_us: stamps[at], picture_us, difference_milli: *difference_milli }
            })
            .collect(),
        gradual: marks
            .gradual
            .iter()
            .map(|(kind, start, end)| Gradual { kind: *kind, start_us: time(*start), end_us: time(*end) })
            .collect(),
        opening_us: (plan.opening > 0).then(|| time(plan.opening)),
        closing_us: (plan.closing > 0).then(|| time(plan.frames() - plan.closing)),
        traps: marks
            .traps
            .iter()
            .map(|(kind, start, end)| Trap { kind: kind.clone(), start_us: time(*start), end_us: time(*end) })
            .collect(),
        scenes: marks
            .scenes
            .iter()
            .map(|(what, start, end)| Shown {
                what: what.clone(),
                start_us: time(*start),
                end_us: time(*end),
            })
            .collect(),
    }
}

/// Timestamps of the frames in presentation order, relative to the first.
fn timestamps(file: &Path) -> Vec<i64> {
    let told = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .expect("ffprobe runs");
    let mut stamps: Vec<i64> = String::from_utf8_lossy(&told.stdout)
        .lines()
        .filter_map(|line| line.trim().trim_end_matches(',').parse::<f64>().ok())
        .map(|seconds| (seconds * 1e6).round() as i64)
        .collect();
    stamps.sort_unstable();
    let first = stamps.first().copied().unwrap_or(0);
    stamps.iter_mut().for_each(|stamp| *stamp -= first);
    stamps
}
