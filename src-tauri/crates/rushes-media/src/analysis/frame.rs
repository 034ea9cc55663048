//! One small frame: what is measured on it, and how it compares with another.
//!
//! Frames are compared in two ways. The [`Look`] is the brightness on a coarse grid
//! with mean and contrast normalised, so that a flash, a lamp or a fade changes it
//! little. Blocks of one look are searched for in the other, so that a pan or camera
//! shake changes it little either. The [`Sign`] is the picture on an even coarser grid,
//! with colour; a frame of a dissolve is a mixture of two of them.

/// Luma and chroma levels of limited range.
const BLACK: f32 = 16.0;
const RANGE: f32 = 219.0;
/// Contrast that every look is normalised to, and the least contrast that is normalised
/// at all: below it there is little but noise. In levels of luma.
const EVEN_CONTRAST: f32 = 32.0;
const LEAST_CONTRAST: f32 = 10.0;
/// Levels by which cells must differ to show different things.
const DIFFERENT: u8 = 6;
/// Side of the blocks that are searched for, in pixels of the look.
const BLOCK: usize = 8;
/// Search range on each side, in pixels of the look.
const REACH: i32 = 6;
/// Bins of the colour histogram along each axis: brightness, blue, red.
const LUMA_BINS: usize = 12;
const CHROMA_BINS: usize = 8;
/// Longer side of the grid of a sign, in cells.
const SIGN_SIDE: usize = 32;

/// Size of a frame in pixels; both even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub width: usize,
    pub height: usize,
}

impl Size {
    /// Bytes of a frame in 4:2:0.
    pub fn bytes(self) -> usize {
        self.width * self.height * 3 / 2
    }
}

/// A frame in planar 4:2:0, limited range.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub size: Size,
    pub luma: Vec<u8>,
    /// Blue plane, then red plane, each a quarter of the size.
    pub chroma: Vec<u8>,
}

/// Measures of a single frame. Fractions are of the full range, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone {
    /// Mean brightness.
    pub brightness: f32,
    /// Standard deviation of the brightness.
    pub contrast: f32,
    /// Range from the darkest pixel to the brightest.
    pub span: f32,
    /// Standard deviation of the Laplacian.
    pub sharpness: f32,
    /// Mean distance of the colours from grey.
    pub colour: f32,
    /// Difference hash.
    pub hash: u64,
}

/// The brightness at half size, with mean and contrast normalised.
#[derive(Debug, Clone)]
pub(super) struct Look {
    width: usize,
    height: usize,
    values: Vec<u8>,
    histogram: Vec<u16>,
    total: u32,
}

/// The picture as a coarse grid of brightness and colour.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sign {
    cells: Vec<u8>,
    lumas: usize,
}

/// The difference between two looks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Apart {
    /// What block search does not explain, in contrasts of the look: 0 for the same
    /// picture, about 0.5 for pictures with nothing in common.
    pub residue: f32,
    /// The same without block search.
    pub still: f32,
    /// Difference of the colour histograms, 0 to 1.
    pub colours: f32,
    /// The displacement that most blocks share, in widths of the look's longer side.
    pub shift: f32,
    /// What remains after the whole picture is moved by that, in contrasts.
    pub moved: f32,
}

impl Frame {
    pub fn new(bytes: &[u8], size: Size) -> Self {
        let (luma, chroma) = bytes.split_at(size.width * size.height);
        Self { size, luma: luma.to_vec(), chroma: chroma.to_vec() }
    }

    pub fn tone(&self) -> Tone {
        let (mean, deviation) = moments(&self.luma);
        Tone {
            brightness: ((mean - BLACK) / RANGE).clamp(0.0, 1.0),
            contrast: deviation / RANGE,
            span: f32::from(self.span()) / RANGE,
            sharpness: self.sharpness(),
            colour: self.colour(),
            hash: self.hash(),
        }
    }

    /// Mean absolute change of brightness and colour since another frame. The two
    /// chroma planes together weigh as much as luma.
    pub fn change(&self, before: &Self) -> f32 {
        let mean = |a: &[u8], b: &[u8]| {
            let sum: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            sum as f32 / a.len().max(1) as f32
        };
        (mean(&self.luma, &before.luma) / RANGE + mean(&self.chroma, &before.chroma) * 2.0 / 224.0) / 2.0
    }

    /// Largest change of any pixel's brightness since another frame, in levels.
    pub fn spot(&self, before: &Self) -> u8 {
        self.luma.iter().zip(&before.luma).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
    }

    /// Levels between the darkest pixel and the brightest.
    fn span(&self) -> u8 {
        let lowest = self.luma.iter().copied().min().unwrap_or(0);
        self.luma.iter().copied().max().unwrap_or(0) - lowest
    }

    fn sharpness(&self) -> f32 {
        let Size { width, height } = self.size;
        let (mut sum, mut squares) = (0i64, 0i64);
        for y in 1..height - 1 {
            let rows = [y - 1, y, y + 1].map(|y| &self.luma[y * width..(y + 1) * width]);
            let (mut row_sum, mut row_squares) = (0i32, 0i32);
            for x in 1..width - 1 {
                let around = i32::from(rows[1][x - 1])
                    + i32::from(rows[1][x + 1])
                    + i32::from(rows[0][x])
                    + i32::from(rows[2][x]);
                let value = around - 4 * i32::from(rows[1][x]);
                row_sum += value;
                row_squares += value * value;
            }
            sum += i64::from(row_sum);
            squares += i64::from(row_squares);
        }
        let count = ((width - 2) * (height - 2)) as f32;
        let mean = sum as f32 / count;
        (squares as f32 / count - mean * mean).max(0.0).sqrt() / RANGE
    }

    fn colour(&self) -> f32 {
        let (blue, red) = self.chroma.split_at(self.chroma.len() / 2);
        let sum: f32 = blue
            .iter()
            .zip(red)
            .map(|(u, v)| {
                let (u, v) = (f32::from(u.abs_diff(128)), f32::from(v.abs_diff(128)));
                (u * u + v * v).sqrt()
            })
            .sum();
        sum / blue.len().max(1) as f32 / 112.0
    }

    /// A difference hash: whether each of 9×8 cells is darker than its right neighbour.
    fn hash(&self) -> u64 {
        let cells = grid(&self.luma, self.size.width, self.size.height, 9, 8);
        let mut hash = 0;
        for row in cells.chunks_exact(9) {
            for pair in row.windows(2) {
                hash = (hash << 1) | u64::from(pair[0] < pair[1]);
            }
        }
        hash
    }

    pub fn look(&self) -> Look {
        let (width, height) = (self.size.width / 2, self.size.height / 2);
        let mut values = vec![0u8; width * height];
        for (y, row) in values.chunks_exact_mut(width).enumerate() {
            let above = &self.luma[2 * y * self.size.width..];
            let below = &self.luma[(2 * y + 1) * self.size.width..];
            for (x, value) in row.iter_mut().enumerate() {
                let sum = u16::from(above[2 * x])
                    + u16::from(above[2 * x + 1])
                    + u16::from(below[2 * x])
                    + u16::from(below[2 * x + 1]);
                *value = ((sum + 2) / 4) as u8;
            }
        }
        let mut histogram = vec![0u16; LUMA_BINS * CHROMA_BINS * CHROMA_BINS];
        let (blue, red) = self.chroma.split_at(self.chroma.len() / 2);
        for ((luma, blue), red) in values.iter().zip(blue).zip(red) {
            // Colours seldom leave the middle half of their range.
            let chroma = |value: u8| ((i32::from(value) - 128) / 12 + 4).clamp(0, 7) as usize;
            let luma = usize::from(*luma) * LUMA_BINS / 256;
            histogram[(luma * CHROMA_BINS + chroma(*blue)) * CHROMA_BINS + chroma(*red)] += 1;
        }
        let (mean, deviation) = moments(&values);
        let gain = EVEN_CONTRAST / deviation.max(LEAST_CONTRAST);
        let table: [u8; 256] = std::array::from_fn(|value| {
            ((value as f32 - mean) * gain + 128.0).round().clamp(0.0, 255.0) as u8
        });
        for value in &mut values {
            *value = table[usize::from(*value)];
        }
        let total = (width * height) as u32;
        Look { width, height, values, histogram, total }
    }

    pub fn sign(&self) -> Sign {
        let Size { width, height } = self.size;
        let long = width.max(height);
        let side = |length: usize| (SIGN_SIDE * length / long).max(4);
        let (columns, rows) = (side(width), side(height));
        let mut cells = grid(&self.luma, width, height, columns, rows);
        let lumas = cells.len();
        for plane in self.chroma.chunks_exact(self.chroma.len() / 2) {
            cells.extend(grid(plane, width / 2, height / 2, columns / 2, rows / 2));
        }
        Sign { cells, lumas }
    }
}

impl Look {
    /// The difference to another look, with block search.
    pub fn apart(&self, other: &Self) -> Apart {
        let (columns, rows) = (self.width / BLOCK, self.height / BLOCK);
        let (mut residue, mut still) = (0u32, 0u32);
        let mut ways: Vec<(i32, i32)> = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (column * BLOCK, row * BLOCK);
                let here = self.difference(other, x, y, 0, 0, u32::MAX);
                let (best, way) = self.search(other, x, y, here);
                residue += best;
                still += here;
                ways.push(way);
            }
        }
        let pixels = (columns * rows * BLOCK * BLOCK).max(1) as f32;
        let (dx, dy) = (median(&mut ways, |way| way.0), median(&mut ways, |way| way.1));
        let unit = |sum: u32| sum as f32 / pixels / EVEN_CONTRAST;
        Apart {
            residue: unit(residue),
            still: unit(still),
            colours: self.colours_apart(other),
            shift: (dx as f32).hypot(dy as f32) / self.width.max(self.height) as f32,
            moved: if (dx, dy) == (0, 0) { unit(still) } else { self.moved(other, dx, dy) },
        }
    }

    /// The least difference of the block at (`x`, `y`) from the other look nearby, and
    /// its displacement.
    fn search(&self, other: &Self, x: usize, y: usize, here: u32) -> (u32, (i32, i32)) {
        let (mut best, mut way) = (here, (0, 0));
        // A match within a level or two has not moved.
        if here <= (BLOCK * BLOCK * 2) as u32 {
            return (best, way);
        }
        for dy in -REACH..=REACH {
            let top = y as i32 + dy;
            if top < 0 || top as usize + BLOCK > self.height {
                continue;
            }
            for dx in -REACH..=REACH {
                let left = x as i32 + dx;
                if left < 0 || left as usize + BLOCK > self.width {
                    continue;
                }
                let difference = self.difference(other, x, y, dx, dy, best);
                if difference < best {
                    (best, way) = (difference, (dx, dy));
                }
            }
        }
        (best, way)
    }

    /// Sum of absolute differences between a block and the other look's block displaced
    /// by (`dx`, `dy`); stops early above `limit`.
    fn difference(&self, other: &Self, x: usize, y: usize, dx: i32, dy: i32, limit: u32) -> u32 {
        let (left, top) = ((x as i32 + dx) as usize, (y as i32 + dy) as usize);
        let mut sum = 0;
        for row in 0..BLOCK {
            let a = &self.values[(y + row) * self.width + x..][..BLOCK];
            let b = &other.values[(top + row) * self.width + left..][..BLOCK];
            sum += a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
            if sum > limit {
                break;
            }
        }
        sum
    }

    fn moved(&self, other: &Self, dx: i32, dy: i32) -> f32 {
        let (width, height) = (self.width as i32, self.height as i32);
        let (from_x, to_x) = (0.max(-dx), width.min(width - dx));
        let (from_y, to_y) = (0.max(-dy), height.min(height - dy));
        let mut sum = 0u32;
        for y in from_y..to_y {
            let a = &self.values[(y * width + from_x) as usize..(y * width + to_x) as usize];
            let b = &other.values[((y + dy) * width + from_x + dx) as usize..][..a.len()];
            sum += a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
        }
        sum as f32 / ((to_x - from_x) * (to_y - from_y)).max(1) as f32 / EVEN_CONTRAST
    }

    fn colours_apart(&self, other: &Self) -> f32 {
        let sum: u32 =
            self.histogram.iter().zip(&other.histogram).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 / (2 * self.total.max(1)) as f32
    }
}

impl Sign {
    /// Root mean square difference, as a fraction of the full range.
    pub fn apart(&self, other: &Self) -> f32 {
        let sum: i32 = self
            .cells
            .iter()
            .zip(&other.cells)
            .map(|(a, b)| {
                let difference = i32::from(*a) - i32::from(*b);
                difference * difference
            })
            .sum();
        (sum as f32 / self.cells.len().max(1) as f32).sqrt() / RANGE
    }

    /// The share of `b` in this picture if it is a mixture of `a` and `b`, and the part
    /// that no mixture explains, as a fraction of their difference.
    pub fn mixture(&self, a: &Self, b: &Self) -> (f32, f32) {
        let (mut along, mut whole, mut own) = (0i32, 0i32, 0i32);
        for ((here, a), b) in self.cells.iter().zip(&a.cells).zip(&b.cells) {
            let towards = i32::from(*b) - i32::from(*a);
            let gone = i32::from(*here) - i32::from(*a);
            along += towards * gone;
            whole += towards * towards;
            own += gone * gone;
        }
        if whole == 0 {
            return (0.0, 0.0);
        }
        let share = along as f32 / whole as f32;
        let unexplained = own as f32 / whole as f32 - share * share;
        (share, unexplained.max(0.0).sqrt())
    }

    /// The share of cells that differ from another picture's.
    pub fn spread(&self, other: &Self) -> f32 {
        let differ = |(a, b): &(&u8, &u8)| a.abs_diff(**b) >= DIFFERENT;
        let count = self.cells.iter().zip(&other.cells).filter(differ).count();
        count as f32 / self.cells.len().max(1) as f32
    }

    /// Correlation of the brightness of two pictures, independent of mean and contrast:
    /// 1 for the same picture, about 0 for nothing in common.
    pub fn likeness(&self, other: &Self) -> f32 {
        let (a, b) = (&self.cells[..self.lumas], &other.cells[..self.lumas]);
        let count = self.lumas.max(1) as f32;
        let mean = |cells: &[u8]| cells.iter().map(|v| u32::from(*v)).sum::<u32>() as f32 / count;
        let (mean_a, mean_b) = (mean(a), mean(b));
        let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
        for (a, b) in a.iter().zip(b) {
            let (a, b) = (f32::from(*a) - mean_a, f32::from(*b) - mean_b);
            both += a * b;
            of_a += a * a;
            of_b += b * b;
        }
        // A plain picture has no form to compare.
        both / (of_a * of_b).sqrt().max(count)
    }
}

/// Mean and standard deviation.
fn moments(values: &[u8]) -> (f32, f32) {
    let count = values.len().max(1) as f64;
    let sum: u64 = values.iter().map(|v| u64::from(*v)).sum();
    let squares: u64 = values.iter().map(|v| u64::from(*v) * u64::from(*v)).sum();
    let mean = sum as f64 / count;
    let variance = (squares as f64 / count - mean * mean).max(0.0);
    (mean as f32, variance.sqrt() as f32)
}

fn median(ways: &mut [(i32, i32)], of: fn(&(i32, i32)) -> i32) -> i32 {
    if ways.is_empty() {
        return 0;
    }
    let middle = ways.len() / 2;
    of(ways.select_nth_unstable_by_key(middle, of).1)
}

/// Averages a plane into a grid.
fn grid(plane: &[u8], width: usize, height: usize, columns: usize, rows: usize) -> Vec<u8> {
    let mut cells = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        let (y0, y1) = (row * height / rows, ((row + 1) * height / rows).max(row * height / rows + 1));
        for column in 0..columns {
            let x0 = column * width / columns;
            let x1 = ((column + 1) * width / columns).max(x0 + 1);
            let mut sum = 0u32;
            for y in y0..y1.min(height) {
                sum += plane[y * width + x0..y * width + x1.min(width)]
                    .iter()
                    .map(|v| u32::from(*v))
                    .sum::<u32>();
            }
            cells.push((sum / ((x1 - x0) * (y1 - y0)) as u32) as u8);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 160, height: 90 };

    /// A picture of smooth bumps, moved by (`dx`, `dy`), brightened and mixed.
    fn picture(seed: u32, dx: i32, dy: i32, gain: f32) -> Frame {
        let phase = seed as f32;
        let mut luma = Vec::new();
        for y in 0..90 {
            for x in 0..160 {
                let (x, y) = ((x + dx) as f32, (y + dy) as f32);
                let value = (x * (0.11 + 0.03 * phase)).sin()
                    + (y * (0.17 + 0.02 * phase) + phase).cos()
                    + (x * 0.05 + y * 0.07 * phase).sin();
                luma.push((126.0 + gain * 30.0 * value).clamp(16.0, 235.0) as u8);
            }
        }
        Frame { size: SIZE, luma, chroma: vec![128; 80 * 45 * 2] }
    }

    #[test]
    fn a_pan_and_a_lamp_change_less_than_a_cut() {
        let scene = picture(1, 0, 0, 1.0).look();
        let pan = scene.apart(&picture(1, 6, 0, 1.0).look());
        let lamp = scene.apart(&picture(1, 0, 0, 0.6).look());
        let cut = scene.apart(&picture(4, 0, 0, 1.0).look());
        assert!(pan.residue < cut.residue / 3.0, "{pan:?} {cut:?}");
        assert!(lamp.residue < cut.residue / 3.0, "{lamp:?} {cut:?}");
        assert!(pan.shift > 0.02 && lamp.shift < 0.01, "{pan:?} {lamp:?}");
    }

    #[test]
    fn a_mixture_tells_its_share() {
        let (a, b) = (picture(1, 0, 0, 1.0), picture(4, 0, 0, 1.0));
        let luma = a.luma.iter().zip(&b.luma).map(|(a, b)| (f32::from(*a) * 0.7 + f32::from(*b) * 0.3) as u8);
        let mixed = Frame { size: SIZE, luma: luma.collect(), chroma: a.chroma.clone() };
        let (share, rest) = mixed.sign().mixture(&a.sign(), &b.sign());
        assert!((share - 0.3).abs() < 0.02 && rest < 0.05, "{share} {rest}");
        assert!(a.sign().likeness(&picture(1, 0, 0, 0.5).sign()) > 0.95);
        assert!(a.sign().likeness(&b.sign()) < 0.6);
    }
}
