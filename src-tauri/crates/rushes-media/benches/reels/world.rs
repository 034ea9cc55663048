//! Painted worlds: large still pictures with texture at every scale and solid shapes,
//! for the camera to move over.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::frame::Frame;

/// Size of a world.
pub const WIDTH: usize = 1280;
pub const HEIGHT: usize = 720;

/// Paints the world of a seed.
pub fn paint(seed: u64) -> Frame {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut world = Frame::plain(WIDTH, HEIGHT, 16);
    let ground = Paint::draw(&mut random);
    let sky = Paint::draw(&mut random);
    let horizon = random.random_range(0.25..0.75) * HEIGHT as f32;
    let slope = random.random_range(-0.3..0.3f32);
    let shapes: Vec<Shape> = (0..random.random_range(8..26)).map(|_| Shape::draw(&mut random)).collect();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let (fx, fy) = (x as f32, y as f32);
            let backdrop = if fy < horizon + slope * (fx - WIDTH as f32 / 2.0) { &sky } else { &ground };
            let shape = shapes.iter().rev().find(|shape| shape.holds(fx, fy));
            let [luma, cb, cr] = shape.map_or(backdrop, |shape| &shape.paint).at(fx, fy);
            world.luma[y * WIDTH + x] = luma;
            if x % 2 == 0 && y % 2 == 0 {
                let at = y / 2 * (WIDTH / 2) + x / 2;
                world.chroma[0][at] = cb;
                world.chroma[1][at] = cr;
            }
        }
    }
    world
}

/// A colour with a texture.
struct Paint {
    luma: f32,
    tint: (f32, f32),
    /// Amplitude of the texture and its lowest frequency.
    rough: f32,
    frequency: f32,
    /// Stripes: amplitude, direction and frequency.
    stripes: (f32, f32, f32),
    salt: u32,
}

impl Paint {
    fn draw(random: &mut ChaCha8Rng) -> Self {
        let striped = random.random_bool(0.3);
        Self {
            luma: random.random_range(45.0..200.0),
            tint: (random.random_range(-40.0..40.0), random.random_range(-40.0..40.0)),
            rough: random.random_range(8.0..55.0),
            frequency: 1.0 / random.random_range(24.0..160.0f32),
            stripes: (
                if striped { random.random_range(10.0..40.0) } else { 0.0 },
                random.random_range(0.0..std::f32::consts::PI),
                1.0 / random.random_range(3.0..14.0f32),
            ),
            salt: random.random(),
        }
    }

    fn at(&self, x: f32, y: f32) -> [u8; 3] {
        let mut texture = 0.0;
        let (mut frequency, mut reach) = (self.frequency, 1.0);
        for octave in 0..4 {
            texture += reach * lattice(x * frequency, y * frequency, self.salt ^ octave);
            frequency *= 2.3;
            reach *= 0.6;
        }
        let (reach, angle, pitch) = self.stripes;
        let stripes = reach * ((x * angle.cos() + y * angle.sin()) * pitch).sin();
        let luma = self.luma + self.rough * texture + stripes;
        let tint = 0.7 + 0.3 * texture;
        [
            luma.clamp(16.0, 235.0) as u8,
            (128.0 + self.tint.0 * tint).clamp(16.0, 240.0) as u8,
            (128.0 + self.tint.1 * tint).clamp(16.0, 240.0) as u8,
        ]
    }
}

/// A rotated ellipse or box.
struct Shape {
    middle: (f32, f32),
    reach: (f32, f32),
    angle: f32,
    round: bool,
    paint: Paint,
}

impl Shape {
    fn draw(random: &mut ChaCha8Rng) -> Self {
        Self {
            middle: (random.random_range(0.0..WIDTH as f32), random.random_range(0.0..HEIGHT as f32)),
            reach: (random.random_range(15.0..190.0), random.random_range(15.0..190.0)),
            angle: random.random_range(0.0..std::f32::consts::PI),
            round: random.random_bool(0.5),
            paint: Paint::draw(random),
        }
    }

    fn holds(&self, x: f32, y: f32) -> bool {
        let (dx, dy) = (x - self.middle.0, y - self.middle.1);
        let (sin, cos) = self.angle.sin_cos();
        let (u, v) = ((dx * cos + dy * sin) / self.reach.0, (dy * cos - dx * sin) / self.reach.1);
        if self.round { u * u + v * v < 1.0 } else { u.abs() < 1.0 && v.abs() < 1.0 }
    }
}

/// Value noise from -1 to 1.
fn lattice(x: f32, y: f32, salt: u32) -> f32 {
    let corner = |x: i32, y: i32| {
        let mut hash = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77) ^ salt;
        hash = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
        hash = (hash ^ (hash >> 12)).wrapping_mul(0x297A_2D39);
        (hash ^ (hash >> 15)) as f32 / (u32::MAX / 2) as f32 - 1.0
    };
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - left), ease(y - top));
    let (left, top) = (left as i32, top as i32);
    let upper = corner(left, top) * (1.0 - u) + corner(left + 1, top) * u;
    let lower = corner(left, top + 1) * (1.0 - u) + corner(left + 1, top + 1) * u;
    upper * (1.0 - v) + lower * v
}
