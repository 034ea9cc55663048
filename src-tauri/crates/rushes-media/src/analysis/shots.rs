//! Cuts between shots, and means over shots and windows.
//!
//! A hard cut is a change that stands out of its neighbourhood: large in
//! itself, several times the changes around it, and a change of the histogram
//! too, so that fast movement of the same scene is not taken for one. A flash
//! is two such changes close together with the same picture before and after.

use super::{Measures, Shot, WINDOW_US, Window, picture::Picture};

/// Least mean change of a cut, as a fraction of the full range.
const LEAST_CHANGE: f32 = 0.025;
/// A cut changes this many times as much as the pictures around it.
const TIMES_AROUND: f32 = 3.0;
/// Least change of the brightness histogram at a cut.
const LEAST_HISTOGRAM: f32 = 0.12;
/// Pictures looked at on either side.
const AROUND: usize = 5;
/// A flash is over within this time, in microseconds.
const FLASH_US: i64 = 300_000;
/// Pictures before and after a flash differ by less than this.
const SAME_SCENE: f32 = 0.04;
/// A shot lasts at least this long, in microseconds (six pictures at 25 a second).
const LEAST_SHOT_US: i64 = 240_000;

/// Indexes of the pictures that begin a new shot, without the first.
pub(super) fn cuts(pictures: &[Picture]) -> Vec<usize> {
    let candidates: Vec<usize> = (1..pictures.len()).filter(|index| stands_out(pictures, *index)).collect();
    let mut cuts: Vec<usize> = Vec::new();
    let mut skip_until = 0;
    for (position, &index) in candidates.iter().enumerate() {
        if index < skip_until {
            continue;
        }
        if let Some(end) = flash_end(pictures, index, &candidates[position + 1..]) {
            skip_until = end + 1;
            continue;
        }
        let since = cuts.last().map_or(pictures[0].time_us, |cut| pictures[*cut].time_us);
        if pictures[index].time_us - since >= LEAST_SHOT_US {
            cuts.push(index);
        }
    }
    cuts
}

fn stands_out(pictures: &[Picture], index: usize) -> bool {
    let here = &pictures[index];
    if here.change < LEAST_CHANGE || here.histogram_change < LEAST_HISTOGRAM {
        return false;
    }
    // The first picture has no change of its own.
    let from = index.saturating_sub(AROUND).max(1);
    let to = (index + AROUND + 1).min(pictures.len());
    let mut around: Vec<f32> = (from..to).filter(|i| *i != index).map(|i| pictures[i].change).collect();
    if around.iter().any(|change| *change > here.change) {
        return false;
    }
    // Without the largest: the other end of a flash, or a cut close by.
    around.sort_unstable_by(f32::total_cmp);
    around.pop();
    let mean = around.iter().sum::<f32>() / around.len().max(1) as f32;
    here.change >= TIMES_AROUND * mean
}

/// The candidate at which a flash that begins at `start` is over.
fn flash_end(pictures: &[Picture], start: usize, later: &[usize]) -> Option<usize> {
    let before = &pictures[start - 1];
    later
        .iter()
        .copied()
        .take_while(|end| pictures[*end].time_us - pictures[start].time_us <= FLASH_US)
        .find(|end| before.distance(&pictures[*end]) < SAME_SCENE)
}

/// Shots between the cuts.
pub(super) fn shots(pictures: &[Picture], cuts: &[usize], duration_us: i64) -> Vec<Shot> {
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(pictures.len()));
    let mut shots: Vec<Shot> = starts
        .zip(ends)
        .map(|(start, end)| {
            let of = &pictures[start..end];
            Shot {
                start_us: if start == 0 { 0 } else { pictures[start].time_us },
                end_us: pictures.get(end).map_or(duration_us, |next| next.time_us),
                opening: super::Transition {
                    kind: if start == 0 { super::TransitionKind::Start } else { super::TransitionKind::Cut },
                    length_us: 0,
                },
                // The change at a cut belongs to no shot.
                measures: measures(of, |i| i > 0),
                hash: of.get(of.len() / 2).map_or(0, |middle| middle.hash),
            }
        })
        .collect();
    // A source that tells a shorter length than its pictures have.
    shots.retain(|shot| shot.start_us < duration_us);
    if let Some(last) = shots.last_mut() {
        last.end_us = duration_us;
    }
    shots
}

/// Half seconds. `momentary` holds times and loudnesses in thousandths of LUFS.
pub(super) fn windows(
    pictures: &[Picture],
    cuts: &[usize],
    momentary: &[(i64, i32)],
    duration_us: i64,
) -> Vec<Window> {
    let count = ((duration_us + WINDOW_US - 1) / WINDOW_US).max(1);
    let mut windows: Vec<Window> = Vec::new();
    let mut first = 0;
    let mut heard = 0;
    for number in 0..count {
        let start_us = number * WINDOW_US;
        let end_us = start_us + WINDOW_US;
        let past = first + pictures[first..].partition_point(|p| p.time_us < end_us);
        let is_cut = |i: usize| cuts.binary_search(&(first + i)).is_ok();
        let measures = if past > first {
            measures(&pictures[first..past], |i| first + i > 0 && !is_cut(i))
        } else {
            // Between pictures that are far apart, the last one is still shown,
            // and stands still.
            let before: Option<&Window> = windows.last();
            before.map_or_else(Measures::default, |w| Measures { motion_milli: 0, ..w.measures })
        };
        let heard_past = heard + momentary[heard..].partition_point(|(time, _)| *time < end_us);
        let loudness_mlufs = momentary[heard..heard_past].iter().map(|(_, loudness)| *loudness).max();
        windows.push(Window { start_us, measures, loudness_mlufs, hash: 0 });
        (first, heard) = (past, heard_past);
    }
    windows
}

/// Means over pictures; `moves` tells whose change counts as movement.
fn measures(pictures: &[Picture], moves: impl Fn(usize) -> bool) -> Measures {
    let milli = |sum: f32, count: usize| {
        if count == 0 { 0 } else { (sum / count as f32 * 1000.0).round().max(0.0) as u32 }
    };
    let mean = |value: fn(&Picture) -> f32| milli(pictures.iter().map(value).sum(), pictures.len());
    let mut motion = 0.0;
    let mut moving = 0;
    for (index, picture) in pictures.iter().enumerate().filter(|(index, _)| moves(*index)) {
        // For each 40 ms, whatever the rate. Without the picture before, as at
        // the start of a window, its distance is taken from the next.
        let gap = match index {
            0 => pictures.get(1).map_or(40_000, |next| next.time_us - picture.time_us),
            _ => picture.time_us - pictures[index - 1].time_us,
        };
        motion += picture.change * 40_000.0 / gap.max(1000) as f32;
        moving += 1;
    }
    Measures {
        motion_milli: milli(motion, moving),
        sharpness_milli: mean(|p| p.sharpness),
        colour_milli: mean(|p| p.colour),
        brightness_milli: mean(|p| p.brightness),
        contrast_milli: mean(|p| p.contrast),
        camera_milli: 0,
        subject_milli: 0,
    }
}
