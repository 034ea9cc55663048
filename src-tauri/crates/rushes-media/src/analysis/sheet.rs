//! The film sheet: thumbnails of the whole source in one JPEG, made from the frames
//! that the analysis decodes anyway.

use jpeg_encoder::{ColorType, Encoder};

use super::frame::{Frame, Size};

/// Most thumbnails on a sheet, and the least time between two.
const MOST_TILES: i64 = 400;
const LEAST_STEP_US: i64 = 500_000;
/// Thumbnails in a row.
const COLUMNS: usize = 20;
const QUALITY: u8 = 78;

/// Thumbnails of a source, evenly spaced in time, in rows from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The sheet as a JPEG.
    pub jpeg: Vec<u8>,
    /// Number of thumbnails; the last row may be shorter.
    pub tiles: u32,
    /// Thumbnails in a row.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Time between thumbnails: number k is the frame on screen at (k + ½) steps.
    pub step_us: i64,
    /// Width of a thumbnail in pixels.
    pub tile_width: u32,
    /// Height of a thumbnail in pixels.
    pub tile_height: u32,
}

/// Collects the thumbnails of a sheet.
pub(super) struct SheetMaker {
    size: Size,
    step_us: i64,
    count: usize,
    tiles: Vec<Frame>,
    shown: Option<Frame>,
}

impl SheetMaker {
    pub fn new(duration_us: i64, size: Size) -> Self {
        let step_us = LEAST_STEP_US.max(duration_us.div_euclid(MOST_TILES) + 1);
        let count = (duration_us + step_us - 1).div_euclid(step_us).clamp(1, MOST_TILES) as usize;
        Self { size, step_us, count, tiles: Vec::new(), shown: None }
    }

    pub fn take(&mut self, time_us: i64, frame: &Frame) {
        // A frame stays on screen until the next.
        while self.tiles.len() < self.count && time_us > self.due() {
            let Some(shown) = self.shown.take() else { break };
            self.tiles.push(shown.clone());
            self.shown = Some(shown);
        }
        self.shown = Some(frame.clone());
    }

    fn due(&self) -> i64 {
        self.tiles.len() as i64 * self.step_us + self.step_us / 2
    }

    /// Returns the sheet; `None` if there was no frame.
    pub fn finish(mut self) -> Option<Sheet> {
        let shown = self.shown.take()?;
        while self.tiles.len() < self.count {
            self.tiles.push(shown.clone());
        }
        let Size { width, height } = self.size;
        let columns = COLUMNS.min(self.tiles.len());
        let rows = self.tiles.len().div_ceil(columns);
        let (whole_width, whole_height) = (columns * width, rows * height);
        let mut pixels = vec![0u8; whole_width * whole_height * 3];
        for (index, tile) in self.tiles.iter().enumerate() {
            let (left, top) = (index % columns * width, index / columns * height);
            let (blue, red) = tile.chroma.split_at(tile.chroma.len() / 2);
            for y in 0..height {
                let row = ((top + y) * whole_width + left) * 3;
                for x in 0..width {
                    let colour = y / 2 * (width / 2) + x / 2;
                    let pixel = &mut pixels[row + 3 * x..row + 3 * x + 3];
                    pixel[0] = full(tile.luma[y * width + x], 16, 219);
                    pixel[1] = chroma(blue[colour]);
                    pixel[2] = chroma(red[colour]);
                }
            }
        }
        let mut jpeg = Vec::new();
        let (wide, high) = (u16::try_from(whole_width).ok()?, u16::try_from(whole_height).ok()?);
        Encoder::new(&mut jpeg, QUALITY).encode(&pixels, wide, high, ColorType::Ycbcr).ok()?;
        Some(Sheet {
            jpeg,
            tiles: self.tiles.len() as u32,
            columns: columns as u32,
            rows: rows as u32,
            step_us: self.step_us,
            tile_width: width as u32,
            tile_height: height as u32,
        })
    }
}

/// Converts a level from limited to full range.
fn full(value: u8, black: i32, range: i32) -> u8 {
    ((i32::from(value) - black) * 255 / range).clamp(0, 255) as u8
}

fn chroma(value: u8) -> u8 {
    ((i32::from(value) - 128) * 255 / 224 + 128).clamp(0, 255) as u8
}
