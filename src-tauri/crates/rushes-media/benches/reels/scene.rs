//! One scene: its subject, how it is shot, and its frames in order.

use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::camera::Camera;
use super::footage::{Footage, RealShot};
use super::frame::{Frame, Grain};
use super::{HEIGHT, WIDTH, world};

/// Size of a moving picture that the camera shakes over.
pub const WIDE: (usize, usize) = (WIDTH * 5 / 4, HEIGHT * 5 / 4);

/// What is in front of the camera.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// Real footage from a moment on. `doubled` repeats frames to reach the rate of the
    /// reel; otherwise each frame of the file becomes one.
    Film { shot: RealShot, from_s: f32, doubled: bool, framing: Framing },
    /// A source filter of ffmpeg, with `SIZE` and `RATE` to be filled in.
    Made(String),
    /// A painted world.
    Painted(u64),
    /// One frame of real footage, enlarged to a world.
    Photo { shot: RealShot, at_s: f32 },
}

/// The part of the footage that is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Framing {
    /// Share of width and height that is kept.
    pub kept: f32,
    /// Position within the rest, from 0 to 1.
    pub x: f32,
    pub y: f32,
    pub mirrored: bool,
}

/// A momentary light: its strength in each frame.
#[derive(Debug, Clone)]
pub struct Flash {
    pub at: usize,
    pub strengths: Vec<f32>,
    /// Everything becomes white; otherwise the scene is lit.
    pub white: bool,
    pub name: &'static str,
}

/// Something that passes in front of the camera, across the whole picture.
#[derive(Debug, Clone, Copy)]
pub struct Passer {
    pub at: usize,
    pub length: usize,
    /// Half its width and height as shares of the picture's.
    pub reach: (f32, f32),
    pub luma: f32,
    pub backwards: bool,
}

/// A scene.
#[derive(Debug, Clone)]
pub struct Scene {
    pub subject: Subject,
    /// `None` for footage as it was shot.
    pub camera: Option<Camera>,
    /// Gain, lift and gain of colour.
    pub grade: (f32, f32, f32),
    /// Standard deviation of the grain; 0 for none.
    pub grain: f32,
    pub flashes: Vec<Flash>,
    pub passers: Vec<Passer>,
    /// Frames that it is fully visible.
    pub solo: usize,
    /// Seed of its grain.
    pub seed: u64,
}

impl Scene {
    /// A short description.
    pub fn what(&self) -> String {
        let subject = match &self.subject {
            Subject::Film { shot, from_s, .. } => format!("{} from {from_s:.1} s", shot.file),
            Subject::Made(graph) => graph.split('=').next().unwrap_or_default().to_owned(),
            Subject::Painted(seed) => format!("world {seed}"),
            Subject::Photo { shot, .. } => format!("still of {}", shot.family),
        };
        let shaken = self.camera.as_ref().is_some_and(|camera| camera.shake > 0.0);
        format!("{subject}{}", if shaken { ", hand-held" } else { "" })
    }
}

/// A scene while it is rendered.
pub struct Take {
    scene: Scene,
    fps: f32,
    source: Source,
    grain: Grain,
    random: ChaCha8Rng,
    next: usize,
}

enum Source {
    Still(Frame),
    Moving { child: Child, stream: BufReader<ChildStdout>, frame: Frame },
}

impl Take {
    /// Starts at its first frame.
    pub fn begin(scene: &Scene, fps: [u32; 2], footage: &Footage) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(scene.seed);
        Self {
            fps: fps[0] as f32 / fps[1] as f32,
            source: open(scene, fps, footage),
            grain: Grain::new(scene.grain, &mut random),
            random,
            next: 0,
            scene: scene.clone(),
        }
    }

    /// The next frame.
    pub fn next(&mut self) -> Frame {
        let number = self.next;
        self.next += 1;
        let mut seen = Frame::plain(WIDTH, HEIGHT, 16);
        let world = match &mut self.source {
            Source::Still(world) => world,
            Source::Moving { stream, frame, .. } => {
                let more = frame.read_from(stream).expect("pictures from ffmpeg");
                assert!(more, "{} ended after {number} pictures", self.scene.what());
                frame
            }
        };
        match &self.scene.camera {
            Some(camera) => camera.shoot(world, number, self.fps, &mut seen),
            None => seen.clone_from(world),
        }
        for passer in &self.scene.passers {
            passer.pass(&mut seen, number);
        }
        let (gain, lift, colour) = self.scene.grade;
        if self.scene.grade != (1.0, 0.0, 1.0) {
            seen.grade(gain, lift, colour);
        }
        for flash in &self.scene.flashes {
            let strength = number.checked_sub(flash.at).and_then(|n| flash.strengths.get(n));
            match strength {
                Some(share) if flash.white => seen.mix(&Frame::plain(WIDTH, HEIGHT, 235), *share),
                Some(share) => seen.grade(1.0 + 1.3 * share, 0.15 * share, 1.0 - 0.4 * share),
                None => {}
            }
        }
        if self.scene.grain > 0.0 {
            self.grain.put_on(&mut seen, &mut self.random);
        }
        seen
    }
}

impl Drop for Take {
    fn drop(&mut self) {
        if let Source::Moving { child, .. } = &mut self.source {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Passer {
    fn pass(&self, frame: &mut Frame, number: usize) {
        let Some(share) = number.checked_sub(self.at).map(|n| n as f32 / self.length as f32) else { return };
        if share > 1.0 {
            return;
        }
        let share = if self.backwards { 1.0 - share } else { share };
        let (wide, high) = (frame.width as f32, frame.height as f32);
        let (rx, ry) = (self.reach.0 * wide, self.reach.1 * high);
        let middle = (share * (wide + 2.0 * rx) - rx, high * 0.55);
        for y in 0..frame.height {
            let v = (y as f32 - middle.1) / ry;
            if v.abs() >= 1.0 {
                continue;
            }
            let half = rx * (1.0 - v * v * v * v).sqrt();
            let left = (middle.0 - half).clamp(0.0, wide) as usize;
            let right = (middle.0 + half).clamp(0.0, wide) as usize;
            for x in left..right {
                let fold = ((x as f32 - middle.0) * 0.09 + v * 5.0).sin() * 14.0;
                frame.luma[y * frame.width + x] = (self.luma + fold).clamp(16.0, 235.0) as u8;
                let at = y / 2 * (frame.width / 2) + x / 2;
                frame.chroma[0][at] = 134;
                frame.chroma[1][at] = 122;
            }
        }
    }
}

fn open(scene: &Scene, fps: [u32; 2], footage: &Footage) -> Source {
    let (wide, high) = if scene.camera.is_some() { WIDE } else { (WIDTH, HEIGHT) };
    let rate = format!("{}/{}", fps[0], fps[1]);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin"]);
    match &scene.subject {
        Subject::Painted(seed) => return Source::Still(world::paint(*seed)),
        Subject::Photo { shot, at_s } => {
            read_in(&mut command, shot, footage.path(shot.file));
            let filter = fill(world::WIDTH, world::HEIGHT, &Framing::WHOLE);
            command.args(["-frames:v", "1", "-vf", &format!("{}{filter}", from(*at_s))]);
            let (mut child, mut stream) = pipe(command);
            let mut frame = Frame::plain(world::WIDTH, world::HEIGHT, 16);
            assert!(frame.read_from(&mut stream).expect("a picture"), "no picture in {}", shot.file);
            child.wait().expect("ffmpeg ends");
            return Source::Still(frame);
        }
        Subject::Film { shot, from_s, doubled, framing } => {
            read_in(&mut command, shot, footage.path(shot.file));
            let timing = if *doubled { format!("fps={rate},") } else { String::new() };
            let filter = fill(wide, high, framing);
            command.args(["-vf", &format!("{}{timing}{filter}", from(*from_s))]);
        }
        Subject::Made(graph) => {
            let graph = graph.replace("SIZE", &format!("{wide}x{high}")).replace("RATE", &rate);
            let filter = fill(wide, high, &Framing::WHOLE);
            command.args(["-f", "lavfi", "-i", &graph, "-vf", &filter]);
        }
    }
    let (child, stream) = pipe(command);
    Source::Moving { child, stream, frame: Frame::plain(wide, high, 16) }
}

impl Framing {
    /// The whole picture.
    pub const WHOLE: Self = Self { kept: 1.0, x: 0.5, y: 0.5, mirrored: false };
}

fn read_in(command: &mut Command, shot: &RealShot, path: PathBuf) {
    if shot.as_coded {
        command.arg("-noautorotate");
    }
    command.arg("-i").arg(path).args(["-map", "0:v:0"]);
}

/// Frames from a moment on. Files are read from their beginning, as not all of them can
/// be sought without damage.
fn from(start_s: f32) -> String {
    format!("trim=start={start_s},setpts=PTS-STARTPTS,")
}

/// Fills the frame with the part that the framing keeps.
fn fill(wide: usize, high: usize, framing: &Framing) -> String {
    let Framing { kept, x, y, mirrored } = framing;
    let mirror = if *mirrored { ",hflip" } else { "" };
    format!(
        "crop=iw*{kept}:ih*{kept}:(iw-ow)*{x}:(ih-oh)*{y},\
         scale={wide}:{high}:force_original_aspect_ratio=increase:flags=bicubic,\
         crop={wide}:{high},setsar=1,format=yuv420p{mirror}"
    )
}

fn pipe(mut command: Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command
        .args(["-fps_mode", "passthrough", "-f", "rawvideo", "-threads", "1", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg starts");
    let stream = child.stdout.take().expect("a pipe");
    (child, BufReader::with_capacity(1 << 20, stream))
}
