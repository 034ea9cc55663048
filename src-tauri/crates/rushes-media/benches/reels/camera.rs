//! The camera: which part of a larger picture is visible at each moment, and the motion
//! blur.

use super::frame::Frame;

/// Where the camera points: the centre in samples of the world, how many of them make
/// up one pixel, and the angle in radians.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    pub x: f32,
    pub y: f32,
    pub scale: f32,
    pub angle: f32,
}

/// A move from one pose to another, eased at both ends.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// First frame.
    pub at: usize,
    /// Length in frames.
    pub length: usize,
    pub dx: f32,
    pub dy: f32,
    /// Factor on the scale: below 1 zooms in.
    pub zoom: f32,
}

/// How the camera moves over a scene.
#[derive(Debug, Clone)]
pub struct Camera {
    pub start: Pose,
    /// Drift in world samples per second, and relative change of the scale per second.
    pub drift: (f32, f32, f32),
    /// Reach of hand-held shake in world samples; 0 for a tripod.
    pub shake: f32,
    /// Phase that makes one hand differ from another.
    pub phase: f32,
    pub moves: Vec<Move>,
}

impl Camera {
    /// A tripod.
    pub fn still(start: Pose) -> Self {
        Self { start, drift: (0.0, 0.0, 0.0), shake: 0.0, phase: 0.0, moves: Vec::new() }
    }

    /// The pose `frame` frames into the scene.
    pub fn pose(&self, frame: f32, fps: f32) -> Pose {
        let t = frame / fps;
        let mut pose = self.start;
        pose.x += self.drift.0 * t;
        pose.y += self.drift.1 * t;
        pose.scale *= (1.0 + self.drift.2).powf(t);
        for step in &self.moves {
            let share = ((frame - step.at as f32) / step.length as f32).clamp(0.0, 1.0);
            let eased = share * share * (3.0 - 2.0 * share);
            pose.x += step.dx * eased;
            pose.y += step.dy * eased;
            pose.scale *= step.zoom.powf(eased);
        }
        if self.shake > 0.0 {
            let p = self.phase;
            // A slow sway, a faster tremble and the steps of someone walking.
            let sway = |a: f32, b: f32, c: f32| {
                0.6 * (t * a + p).sin() + 0.3 * (t * b + 2.3 * p).sin() + 0.2 * (t * c + 5.1 * p).sin()
            };
            pose.x += self.shake * sway(3.1, 9.7, 31.0);
            pose.y += self.shake * sway(4.3, 12.9, 37.0);
            pose.angle += self.shake * 0.0009 * sway(2.7, 7.9, 23.0);
        }
        pose
    }

    /// The view of `world` at a frame, with the size of `seen` and the motion blur of a
    /// 180° shutter.
    pub fn shoot(&self, world: &Frame, frame: usize, fps: f32, seen: &mut Frame) {
        let (from, to) = (self.pose(frame as f32, fps), self.pose(frame as f32 + 0.5, fps));
        let edge = seen.width as f32 / 2.0 * (to.scale - from.scale).abs();
        let moved = ((to.x - from.x).hypot(to.y - from.y) + edge) / from.scale;
        let samples = (moved / 3.0).ceil().clamp(1.0, 8.0) as usize;
        if samples == 1 {
            return look(world, from, seen);
        }
        let mut sums =
            [vec![0u16; seen.luma.len()], vec![0; seen.chroma[0].len()], vec![0; seen.chroma[1].len()]];
        for n in 0..samples {
            look(world, self.pose(frame as f32 + 0.5 * n as f32 / samples as f32, fps), seen);
            for (sum, plane) in sums.iter_mut().zip([&seen.luma, &seen.chroma[0], &seen.chroma[1]]) {
                sum.iter_mut().zip(plane).for_each(|(sum, sample)| *sum += u16::from(*sample));
            }
        }
        let [cb, cr] = &mut seen.chroma;
        for (sum, plane) in sums.iter().zip([&mut seen.luma, cb, cr]) {
            plane.iter_mut().zip(sum).for_each(|(sample, sum)| *sample = (*sum / samples as u16) as u8);
        }
    }
}

/// The view of `world` from a pose.
fn look(world: &Frame, pose: Pose, seen: &mut Frame) {
    let size = (seen.width, seen.height);
    sample(&world.luma, (world.width, world.height), pose, size, &mut seen.luma);
    let half = Pose { x: pose.x / 2.0, y: pose.y / 2.0, ..pose };
    let (from, to) = ((world.width / 2, world.height / 2), (size.0 / 2, size.1 / 2));
    for (of, into) in world.chroma.iter().zip(&mut seen.chroma) {
        sample(of, from, half, to, into);
    }
}

/// Bilinear, in fixed point with sixteen fractional bits. The world is mirrored beyond
/// its edges.
fn sample(of: &[u8], from: (usize, usize), pose: Pose, to: (usize, usize), into: &mut [u8]) {
    const ONE: f32 = 65536.0;
    let (sin, cos) = (pose.angle.sin() * pose.scale, pose.angle.cos() * pose.scale);
    let (wide, high) = (from.0 as i32, from.1 as i32);
    let inside = |at: i32, size: i32| {
        let at = at.rem_euclid(2 * size);
        if at < size { at } else { 2 * size - 1 - at }
    };
    for (row, line) in into.chunks_mut(to.0).enumerate() {
        let dy = row as f32 - to.1 as f32 / 2.0;
        let dx = -(to.0 as f32) / 2.0;
        let mut x = ((pose.x + dx * cos - dy * sin) * ONE) as i32;
        let mut y = ((pose.y + dx * sin + dy * cos) * ONE) as i32;
        let (step_x, step_y) = ((cos * ONE).round() as i32, (sin * ONE).round() as i32);
        for out in line {
            let (left, top) = (x >> 16, y >> 16);
            let (u, v) = (x >> 8 & 255, y >> 8 & 255);
            let quad = if left >= 0 && top >= 0 && left + 1 < wide && top + 1 < high {
                let at = (top * wide + left) as usize;
                [of[at], of[at + 1], of[at + from.0], of[at + from.0 + 1]]
            } else {
                let (l, r) = (inside(left, wide), inside(left + 1, wide));
                let (t, b) = (inside(top, high) * wide, inside(top + 1, high) * wide);
                [of[(t + l) as usize], of[(t + r) as usize], of[(b + l) as usize], of[(b + r) as usize]]
            }
            .map(i32::from);
            let upper = quad[0] * (256 - u) + quad[1] * u;
            let lower = quad[2] * (256 - u) + quad[3] * u;
            *out = ((upper * (256 - v) + lower * v + (1 << 15)) >> 16) as u8;
            x += step_x;
            y += step_y;
        }
    }
}
