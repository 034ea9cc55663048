//! A frame in planar 4:2:0, and operations between two scenes: mixing, fading,
//! flashing, grain.

use std::io::{self, Read, Write};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Black in limited range.
const BLACK: f32 = 16.0;
/// White in limited range.
const WHITE: f32 = 235.0;
/// Neutral chroma.
const GREY: u8 = 128;

/// A frame with 8 bits per sample and chroma at half size both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
    /// Cb and Cr.
    pub chroma: [Vec<u8>; 2],
}

impl Frame {
    /// A plain frame of one brightness.
    pub fn plain(width: usize, height: usize, luma: u8) -> Self {
        let small = (width / 2) * (height / 2);
        Self {
            width,
            height,
            luma: vec![luma; width * height],
            chroma: [vec![GREY; small], vec![GREY; small]],
        }
    }

    /// Reads the next frame; false at the end of the stream.
    pub fn read_from(&mut self, stream: &mut impl Read) -> io::Result<bool> {
        match stream.read_exact(&mut self.luma) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            other => other?,
        }
        stream.read_exact(&mut self.chroma[0])?;
        stream.read_exact(&mut self.chroma[1])?;
        Ok(true)
    }

    /// Writes it as ffmpeg's rawvideo.
    pub fn write_to(&self, stream: &mut impl Write) -> io::Result<()> {
        stream.write_all(&self.luma)?;
        stream.write_all(&self.chroma[0])?;
        stream.write_all(&self.chroma[1])
    }

    /// Blends in `other`: a share of 0 keeps this frame, 1 gives the other.
    pub fn mix(&mut self, other: &Frame, share: f32) {
        let weight = (share * 256.0).round() as i32;
        let blend = |a: &mut [u8], b: &[u8]| {
            for (a, b) in a.iter_mut().zip(b) {
                *a = ((i32::from(*a) * (256 - weight) + i32::from(*b) * weight + 128) >> 8) as u8;
            }
        };
        blend(&mut self.luma, &other.luma);
        blend(&mut self.chroma[0], &other.chroma[0]);
        blend(&mut self.chroma[1], &other.chroma[1]);
    }

    /// Applies gain and lift to the brightness above black, and gain to the colour.
    pub fn grade(&mut self, gain: f32, lift: f32, colour: f32) {
        let luma: Vec<u8> = (0..=255)
            .map(|y| (BLACK + (y as f32 - BLACK) * gain + lift * (WHITE - BLACK)).clamp(BLACK, WHITE) as u8)
            .collect();
        let tint: Vec<u8> =
            (0..=255).map(|c| (128.0 + (c as f32 - 128.0) * colour).clamp(16.0, 240.0) as u8).collect();
        self.luma.iter_mut().for_each(|y| *y = luma[usize::from(*y)]);
        for plane in &mut self.chroma {
            plane.iter_mut().for_each(|c| *c = tint[usize::from(*c)]);
        }
    }

    /// Mean difference of brightness from `other`, in thousandths of the range.
    pub fn difference_milli(&self, other: &Frame) -> u32 {
        let sum: u64 = self.luma.iter().zip(&other.luma).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        (sum as f64 * 1000.0 / 255.0 / self.luma.len() as f64).round() as u32
    }
}

/// Grain: Gaussian noise on the brightness, different for each frame.
pub struct Grain {
    noise: Vec<i8>,
}

impl Grain {
    /// Samples of noise; rows of a frame start anywhere in them.
    const LENGTH: usize = 1 << 18;

    /// Noise with the standard deviation `sigma`, in 8-bit levels.
    pub fn new(sigma: f32, random: &mut ChaCha8Rng) -> Self {
        let noise = (0..Self::LENGTH)
            .map(|_| {
                // The sum of twelve uniform variables minus six is close enough to
                // Gaussian.
                let sum: f32 = (0..12).map(|_| random.random::<f32>()).sum();
                ((sum - 6.0) * sigma).round().clamp(-120.0, 120.0) as i8
            })
            .collect();
        Self { noise }
    }

    /// Adds grain to a frame.
    pub fn put_on(&self, frame: &mut Frame, random: &mut ChaCha8Rng) {
        for row in frame.luma.chunks_mut(frame.width) {
            let at = random.random_range(0..Self::LENGTH - row.len());
            for (y, n) in row.iter_mut().zip(&self.noise[at..]) {
                *y = y.saturating_add_signed(*n);
            }
        }
    }
}
