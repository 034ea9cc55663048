//! Means over shots and windows, and stretches that stand still or show nothing.

use super::{
    Measures, Shot, Stretch, Transition, TransitionKind, WINDOW_US, Window, picture::Figures, shots::Found,
};

/// Change below which nothing moves, as a fraction of the full range.
const STILL: f32 = 0.0008;
/// Change below which a picture may only have been coded anew, as encoders do
/// with a key frame in the midst of a still picture; and the pictures before it or
/// after it that must not move then.
const CODED_ANEW: f32 = 0.008;
const BESIDE: usize = 8;
/// Least length of a frozen stretch in microseconds.
const LEAST_FROZEN_US: i64 = 1_000_000;
/// Time for which motion is told.
const MOTION_US: f32 = 40_000.0;

/// Shots between the transitions.
pub(super) fn shots(frames: &[Figures], transitions: &[Found], duration_us: i64) -> Vec<Shot> {
    let opening = Found {
        kind: TransitionKind::Start,
        at: Stretch::new(
            0,
            transitions.first().filter(|first| first.at.start_us <= 0).map_or(0, |f| f.at.end_us),
        ),
    };
    let later =
        transitions.iter().copied().filter(|found| found.at.start_us > 0 && found.at.start_us < duration_us);
    let openings: Vec<Found> = std::iter::once(opening).chain(later).collect();
    openings
        .iter()
        .enumerate()
        .map(|(index, found)| {
            let start_us = found.at.start_us;
            let end_us = openings.get(index + 1).map_or(duration_us, |next| next.at.start_us);
            let length_us = found.at.length_us().clamp(0, end_us - start_us);
            let clear = between(frames, start_us + length_us, end_us);
            let middle = clear.len() / 2;
            Shot {
                start_us,
                end_us,
                opening: Transition { kind: found.kind, length_us },
                // The change at a cut belongs to no shot.
                measures: measures(clear, |index| index > 0),
                hash: clear.get(middle).map_or(0, |frame| frame.hash),
            }
        })
        .collect()
}

/// Half seconds. `momentary` holds times and loudnesses in thousandths of LUFS.
pub(super) fn windows(
    frames: &[Figures],
    transitions: &[Found],
    momentary: &[(i64, i32)],
    duration_us: i64,
) -> Vec<Window> {
    let count = ((duration_us + WINDOW_US - 1) / WINDOW_US).max(1);
    let mut windows: Vec<Window> = Vec::new();
    let (mut first, mut heard) = (0, 0);
    for number in 0..count {
        let start_us = number * WINDOW_US;
        let end_us = start_us + WINDOW_US;
        let past = first + frames[first..].partition_point(|frame| frame.time_us < end_us);
        let heard_past = heard + momentary[heard..].partition_point(|(time, _)| *time < end_us);
        let loudness_mlufs = momentary[heard..heard_past].iter().map(|(_, loudness)| *loudness).max();
        let (measures, hash) = if past > first {
            let is_cut = |index: usize| {
                let time = frames[first + index].time_us;
                transitions.binary_search_by(|found| found.at.start_us.cmp(&time)).is_ok()
            };
            let of = &frames[first..past];
            (measures(of, |index| first + index > 0 && !is_cut(index)), of[0].hash)
        } else {
            // Between pictures that are far apart, the last one is still shown,
            // and stands still.
            windows.last().map_or_else(Default::default, |before: &Window| {
                let still =
                    Measures { motion_milli: 0, camera_milli: 0, subject_milli: 0, ..before.measures };
                (still, before.hash)
            })
        };
        windows.push(Window { start_us, measures, loudness_mlufs, hash });
        (first, heard) = (past, heard_past);
    }
    windows
}

/// Stretches that are black or white and nothing else.
pub(super) fn blanks(frames: &[Figures], duration_us: i64) -> Vec<Stretch> {
    runs(frames, duration_us, |index| frames[index].is_blank())
}

/// Stretches in which nothing moves.
pub(super) fn frozen(frames: &[Figures], duration_us: i64) -> Vec<Stretch> {
    let stands = |frame: &Figures| frame.time_us > 0 && frame.change < STILL;
    let is_coded_anew = |index: usize| {
        let before = index.checked_sub(BESIDE).and_then(|from| frames.get(from..index));
        let after = frames.get(index + 1..=index + BESIDE);
        frames[index].change < CODED_ANEW
            && before.into_iter().chain(after).any(|beside| beside.iter().all(stands))
    };
    let mut still = runs(frames, duration_us, |index| stands(&frames[index]) || is_coded_anew(index));
    still.retain(|stretch| stretch.length_us() >= LEAST_FROZEN_US);
    still
}

/// Runs of the pictures whose indexes are told, up to the first after them.
fn runs(frames: &[Figures], duration_us: i64, is_in: impl Fn(usize) -> bool) -> Vec<Stretch> {
    let ends = frames.iter().skip(1).map(|frame| frame.time_us).chain([duration_us]);
    let mut runs: Vec<Stretch> = Vec::new();
    for (_, (frame, end_us)) in frames.iter().zip(ends).enumerate().filter(|(index, _)| is_in(*index)) {
        match runs.last_mut() {
            Some(run) if run.end_us == frame.time_us => run.end_us = end_us,
            _ => runs.push(Stretch::new(frame.time_us, end_us)),
        }
    }
    runs
}

fn between(frames: &[Figures], start_us: i64, end_us: i64) -> &[Figures] {
    let from = frames.partition_point(|frame| frame.time_us < start_us);
    let to = frames.partition_point(|frame| frame.time_us < end_us);
    &frames[from..to.max(from)]
}

/// Means over frames; `moves` tells whose change counts as movement.
fn measures(frames: &[Figures], moves: impl Fn(usize) -> bool) -> Measures {
    let milli = |sum: f32, count: usize| {
        if count == 0 { 0 } else { (sum / count as f32 * 1000.0).round().max(0.0) as u32 }
    };
    let mean = |value: fn(&Figures) -> f32| milli(frames.iter().map(value).sum(), frames.len());
    let (mut change, mut shift, mut moved, mut moving) = (0.0, 0.0, 0.0, 0);
    for (index, frame) in frames.iter().enumerate().filter(|(index, _)| moves(*index)) {
        // Without the frame before, as at the start of a window, its distance is
        // taken from the next.
        let gap = match index {
            0 => frames.get(1).map_or(MOTION_US as i64, |next| next.time_us - frame.time_us),
            _ => frame.time_us - frames[index - 1].time_us,
        };
        let pace = MOTION_US / gap.max(1000) as f32;
        change += frame.change * pace;
        shift += frame.shift * pace;
        moved += frame.moved * frame.contrast * pace;
        moving += 1;
    }
    Measures {
        motion_milli: milli(change, moving),
        camera_milli: milli(shift, moving),
        subject_milli: milli(moved, moving),
        sharpness_milli: mean(|frame| frame.sharpness),
        colour_milli: mean(|frame| frame.colour),
        brightness_milli: mean(|frame| frame.brightness),
        contrast_milli: mean(|frame| frame.contrast),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of 40 ms with the changes told, again and again.
    fn film(changes: &[f32]) -> Vec<Figures> {
        let figures = |(number, change): (i64, f32)| Figures {
            time_us: number * 40_000,
            brightness: 0.5,
            contrast: 0.2,
            sharpness: 0.1,
            colour: 0.1,
            hash: 0,
            change,
            shift: 0.0,
            moved: 0.0,
            step: 0.0,
        };
        (0..100).zip(changes.iter().copied().cycle()).map(figures).collect()
    }

    #[test]
    fn a_still_picture_that_is_coded_anew_every_second_stays_frozen() {
        let mut changes = [0.0; 25];
        changes[0] = 0.004;
        let frozen = frozen(&film(&changes), 4_000_000);
        assert_eq!(frozen, [Stretch::new(0, 4_000_000)]);
    }

    #[test]
    fn slow_motion_of_doubled_pictures_is_not_frozen() {
        assert_eq!(frozen(&film(&[0.003, 0.0]), 4_000_000), []);
        assert_eq!(frozen(&film(&[0.003, 0.0, 0.0, 0.0]), 4_000_000), []);
    }
}
