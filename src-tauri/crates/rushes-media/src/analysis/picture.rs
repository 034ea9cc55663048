//! Small frames from ffmpeg with their true timestamps, and what is measured on
//! each of them.

use std::{path::Path, process::Command};

use tokio::io::AsyncReadExt;

use crate::{
    MediaError,
    facts::SourceFacts,
    graph::even,
    probe::file_url,
    run::{self, Progress, RunContext},
    toolchain::Toolchain,
};

/// Longer side of the small frames.
const SIDE: u32 = 160;
/// Side of the grid by which pictures far apart are compared.
const GRID: usize = 16;

/// One picture, measured. Fractions are of the full range, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    /// Presentation time from the source's first picture, in microseconds.
    pub time_us: i64,
    /// Mean brightness.
    pub brightness: f32,
    /// Standard deviation of the brightness.
    pub contrast: f32,
    /// Standard deviation of the Laplacian.
    pub sharpness: f32,
    /// Mean distance of the colours from grey.
    pub colour: f32,
    /// Mean absolute change of brightness and colour since the picture before.
    pub change: f32,
    /// Difference of the brightness histograms since the picture before, 0 to 1.
    pub histogram_change: f32,
    /// Difference hash.
    pub hash: u64,
    /// The picture as a grid of mean brightnesses.
    pub grid: Box<[u8; GRID * GRID]>,
}

impl Picture {
    /// Black or white and nothing else.
    pub fn is_blank(&self) -> bool {
        self.contrast < 0.03 && (self.brightness < 0.06 || self.brightness > 0.94)
    }

    /// Mean absolute difference of the two grids, 0 to 1.
    pub fn distance(&self, other: &Self) -> f32 {
        let sum: u32 = self.grid.iter().zip(other.grid.iter()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 / (GRID * GRID) as f32 / 219.0
    }
}

/// Decodes the whole picture once into measures.
pub(super) async fn read(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Vec<Picture>, MediaError> {
    let size = small(facts);
    let mut command = run::ffmpeg(tools);
    if let Some(threads) = ctx.threads {
        command.arg("-threads").arg(threads.to_string());
    }
    command.args(["-copyts", "-protocol_whitelist", "file", "-an", "-sn", "-i"]).arg(file_url(path));
    command.args(["-map", &format!("0:{}", facts.video.stream_index)]);
    // `showinfo` tells the time of each frame on standard error, in the order in
    // which the frames come on standard output.
    command.args([
        "-vf",
        &format!(
            "scale={}:{}:flags=bilinear:out_range=tv,format=yuv420p,settb=AVTB,showinfo=checksum=0",
            size.width, size.height
        ),
    ]);
    command.args(["-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"]);
    let mut times: Vec<i64> = Vec::new();
    let total_us = facts.duration_us;
    let start_us = facts.start_us;
    let on_progress = ctx.on_progress.clone();
    let ear = |line: &str| {
        let Some(time) = shown_at(line) else { return };
        let time = time - start_us;
        if times.len().is_multiple_of(25) {
            on_progress(Progress { done_us: time.clamp(0, total_us), total_us, speed_milli: None });
        }
        times.push(time);
    };
    let command = Command::from(command);
    let (_, pictures) =
        run::run_reading("analysing the picture", command, ctx, |stdout| measure_all(stdout, size), ear)
            .await?;
    let mut pictures: Vec<Picture> = pictures
        .into_iter()
        .zip(times)
        .map(|(mut picture, time_us)| {
            picture.time_us = time_us;
            picture
        })
        .filter(|picture| picture.time_us >= 0)
        .collect();
    // Broken files step back in time; what is out of order cannot be placed.
    let mut last = i64::MIN;
    pictures.retain(|picture| {
        let later = picture.time_us > last;
        last = last.max(picture.time_us);
        later
    });
    on_progress(Progress { done_us: total_us, total_us, speed_milli: None });
    Ok(pictures)
}

#[derive(Debug, Clone, Copy)]
struct Size {
    width: usize,
    height: usize,
}

fn small(facts: &SourceFacts) -> Size {
    let (width, height) = (facts.video.width.max(1), facts.video.height.max(1));
    let long = u64::from(width.max(height));
    let shrink = |side: u32| {
        let side = u64::from(side) * u64::from(SIDE) / long;
        even(u32::try_from(side).unwrap_or(SIDE)).max(GRID as u32) as usize
    };
    Size { width: shrink(width), height: shrink(height) }
}

/// The timestamp in a line of `showinfo`, whose time base is microseconds.
fn shown_at(line: &str) -> Option<i64> {
    if !line.contains("showinfo") {
        return None;
    }
    let (_, rest) = line.split_once(" pts:")?;
    rest.split_whitespace().next()?.parse().ok()
}

async fn measure_all(mut stdout: tokio::process::ChildStdout, size: Size) -> Vec<Picture> {
    let luma = size.width * size.height;
    let mut frame = vec![0u8; luma + luma / 2];
    let mut before: Option<Frame> = None;
    let mut pictures = Vec::new();
    while stdout.read_exact(&mut frame).await.is_ok() {
        let now = Frame::new(&frame, size);
        pictures.push(now.measure(before.as_ref()));
        before = Some(now);
    }
    pictures
}

/// One small frame, with its histogram.
struct Frame {
    size: Size,
    luma: Vec<u8>,
    chroma: Vec<u8>,
    histogram: [u32; 64],
}

impl Frame {
    fn new(bytes: &[u8], size: Size) -> Self {
        let (luma, chroma) = bytes.split_at(size.width * size.height);
        let mut histogram = [0; 64];
        for value in luma {
            histogram[usize::from(value / 4)] += 1;
        }
        Self { size, luma: luma.to_vec(), chroma: chroma.to_vec(), histogram }
    }

    fn measure(&self, before: Option<&Self>) -> Picture {
        let pixels = self.luma.len() as f32;
        let sum: u64 = self.luma.iter().map(|v| u64::from(*v)).sum();
        let squares: u64 = self.luma.iter().map(|v| u64::from(*v) * u64::from(*v)).sum();
        let mean = sum as f32 / pixels;
        let variance = (squares as f32 / pixels - mean * mean).max(0.0);
        let (change, histogram_change) =
            before.map_or((0.0, 0.0), |before| (self.change(before), self.histogram_change(before)));
        Picture {
            time_us: 0,
            brightness: ((mean - 16.0) / 219.0).clamp(0.0, 1.0),
            contrast: variance.sqrt() / 219.0,
            sharpness: self.sharpness(),
            colour: self.colour(),
            change,
            histogram_change,
            hash: self.hash(),
            grid: Box::new(self.grid()),
        }
    }

    fn sharpness(&self) -> f32 {
        let Size { width, height } = self.size;
        let mut sum = 0i64;
        let mut squares = 0i64;
        for y in 1..height - 1 {
            let row = y * width;
            for x in row + 1..row + width - 1 {
                let around = i32::from(self.luma[x - 1])
                    + i32::from(self.luma[x + 1])
                    + i32::from(self.luma[x - width])
                    + i32::from(self.luma[x + width]);
                let value = i64::from(around - 4 * i32::from(self.luma[x]));
                sum += value;
                squares += value * value;
            }
        }
        let count = ((width - 2) * (height - 2)) as f32;
        let mean = sum as f32 / count;
        (squares as f32 / count - mean * mean).max(0.0).sqrt() / 219.0
    }

    fn colour(&self) -> f32 {
        let (blue, red) = self.chroma.split_at(self.chroma.len() / 2);
        let sum: f32 = blue
            .iter()
            .zip(red)
            .map(|(u, v)| f32::from(u.abs_diff(128)).hypot(f32::from(v.abs_diff(128))))
            .sum();
        sum / blue.len().max(1) as f32 / 112.0
    }

    fn change(&self, before: &Self) -> f32 {
        let mean = |a: &[u8], b: &[u8]| {
            let sum: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            sum as f32 / a.len().max(1) as f32
        };
        // Both chroma planes together weigh as much as the brightness.
        (mean(&self.luma, &before.luma) / 219.0 + mean(&self.chroma, &before.chroma) * 2.0 / 224.0) / 2.0
    }

    fn histogram_change(&self, before: &Self) -> f32 {
        let sum: u32 = self.histogram.iter().zip(&before.histogram).map(|(a, b)| a.abs_diff(*b)).sum();
        sum as f32 / (2 * self.luma.len()) as f32
    }

    /// Mean brightness of cell (`column`, `row`) of a grid.
    fn cell(&self, column: usize, row: usize, columns: usize, rows: usize) -> u8 {
        let Size { width, height } = self.size;
        let (x0, x1) = (column * width / columns, (column + 1) * width / columns);
        let (y0, y1) = (row * height / rows, (row + 1) * height / rows);
        let mut sum = 0u32;
        for y in y0..y1 {
            sum += self.luma[y * width + x0..y * width + x1].iter().map(|v| u32::from(*v)).sum::<u32>();
        }
        (sum / ((x1 - x0) * (y1 - y0)).max(1) as u32) as u8
    }

    fn grid(&self) -> [u8; GRID * GRID] {
        std::array::from_fn(|i| self.cell(i % GRID, i / GRID, GRID, GRID))
    }

    /// Difference hash: whether each of 9×8 cells is darker than its right neighbour.
    fn hash(&self) -> u64 {
        let mut hash = 0;
        for row in 0..8 {
            for column in 0..8 {
                let darker = self.cell(column, row, 9, 8) < self.cell(column + 1, row, 9, 8);
                hash = (hash << 1) | u64::from(darker);
            }
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_showinfo_tells_its_time() {
        let line =
            "[Parsed_showinfo_3 @ 0x55d] [info] n:   1 pts:  40000 pts_time:0.04    pos:     1 fmt:yuv420p";
        assert_eq!(shown_at(line), Some(40_000));
        assert_eq!(shown_at("[Parsed_showinfo_3 @ 0x55d] [info] config in time_base: 1/1000000"), None);
    }

    #[test]
    fn black_and_white_are_blank_and_a_picture_is_not() {
        let size = Size { width: 160, height: 90 };
        let flat = |y: u8| {
            let mut bytes = vec![y; 160 * 90];
            bytes.extend(vec![128u8; 80 * 45 * 2]);
            Frame::new(&bytes, size).measure(None)
        };
        assert!(flat(16).is_blank());
        assert!(flat(235).is_blank());
        assert!(!flat(120).is_blank());
    }
}
