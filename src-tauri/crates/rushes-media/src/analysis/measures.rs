//! Means over shots and windows, and frozen and blank stretches.
//!
//! Frames are summed up one by one as soon as the transitions around them are decided.
//! Memory grows with the result and with one hash for every other frame of the current
//! shot.

use std::collections::VecDeque;

use rushes_model::{
    analysis::{Measures, Shot, Transition, TransitionKind, WINDOW_US},
    parts::PictureWindow,
    time::Stretch,
};

use super::shots::Found;

/// Mean change below which the picture as a whole is still, as a fraction of the full
/// range.
pub(super) const STILL: f32 = 0.0008;
/// Change that may come from re-encoding alone, as with a key frame in the middle of a
/// still picture; the frames before or after it must then be still.
pub(super) const CODED_ANEW: f32 = 0.008;
const BESIDE: usize = 8;
/// Least length of a frozen stretch in microseconds.
const LEAST_FROZEN_US: i64 = 1_000_000;
/// Interval that motion is given for, and the least time between frames.
const MOTION_US: f64 = 40_000.0;
const LEAST_GAP_US: i64 = 1000;

/// The measures of a source so far.
#[derive(Debug)]
pub(super) struct Summary {
    duration_us: i64,
    /// Time of the last frame.
    last_us: Option<i64>,
    shots: Vec<Shot>,
    shot: OpenShot,
    windows: Vec<PictureWindow>,
    window: OpenWindow,
    blanks: Runs,
    frozen: Frozen,
}

/// The measures of all frames.
#[derive(Debug)]
pub(super) struct Measured {
    pub shots: Vec<Shot>,
    pub windows: Vec<PictureWindow>,
    pub blanks: Vec<Stretch>,
    pub frozen: Vec<Stretch>,
}

impl Summary {
    /// Starts with the length of the source.
    pub fn new(duration_us: i64) -> Self {
        let opening = Found { kind: TransitionKind::Start, at: Stretch::new(0, 0) };
        Self {
            duration_us,
            last_us: None,
            shots: Vec::new(),
            shot: OpenShot::new(opening),
            windows: Vec::new(),
            window: OpenWindow::default(),
            blanks: Runs::default(),
            frozen: Frozen::new(),
        }
    }

    /// Takes the next frames and all transitions that begin among them, both ordered by
    /// time.
    pub fn take(&mut self, frames: &[Figures], transitions: &[Found]) {
        let mut transitions = transitions.iter().peekable();
        for frame in frames {
            let mut is_turn = false;
            while let Some(found) = transitions.next_if(|found| found.at.start_us <= frame.time_us) {
                is_turn = found.at.start_us == frame.time_us;
                self.turn(*found);
            }
            self.frame(frame, is_turn);
        }
        for found in transitions {
            self.turn(*found);
        }
    }

    /// Starts another shot.
    fn turn(&mut self, found: Found) {
        if found.at.start_us <= 0 {
            self.shot.found.at.end_us = found.at.end_us;
        } else if found.at.start_us < self.duration_us {
            let shot = std::mem::replace(&mut self.shot, OpenShot::new(found));
            self.shots.push(shot.close(found.at.start_us));
        }
    }

    fn frame(&mut self, frame: &Figures, is_turn: bool) {
        let gap_us = self.last_us.map(|last_us| frame.time_us - last_us);
        self.last_us = Some(frame.time_us);
        if frame.time_us >= self.shot.found.at.end_us {
            self.shot.frame(frame, gap_us);
        }
        while self.window_end_us() <= frame.time_us {
            self.close_window();
        }
        self.window.frame(frame, gap_us.filter(|_| !is_turn));
        self.blanks.next(frame.time_us, frame.is_blank());
        self.frozen.frame(frame);
    }

    fn window_end_us(&self) -> i64 {
        (self.windows.len() as i64 + 1) * WINDOW_US
    }

    fn close_window(&mut self) {
        let window = std::mem::take(&mut self.window);
        let start_us = self.window_end_us() - WINDOW_US;
        let (measures, hash) = match window.hash {
            Some(hash) => (window.sums.means(), hash),
            // Between frames that are far apart, the previous one is still shown and
            // nothing moves.
            None => self.windows.last().map_or_else(Default::default, |before| {
                let still =
                    Measures { motion_milli: 0, camera_milli: 0, subject_milli: 0, ..before.measures };
                (still, before.hash)
            }),
        };
        self.windows.push(PictureWindow { start_us, measures, hash });
    }

    /// Returns all measures.
    pub fn finish(mut self) -> Measured {
        self.shots.push(self.shot.close(self.duration_us));
        while (self.windows.len() as i64) < windows(self.duration_us) {
            self.close_window();
        }
        Measured {
            shots: self.shots,
            windows: self.windows,
            blanks: self.blanks.finish(self.duration_us),
            frozen: self.frozen.finish(self.duration_us),
        }
    }
}

/// How many windows a source has.
pub(super) fn windows(duration_us: i64) -> i64 {
    (duration_us + WINDOW_US - 1).div_euclid(WINDOW_US).max(1)
}

/// The current shot.
#[derive(Debug)]
struct OpenShot {
    found: Found,
    /// Sums over its frames outside transitions.
    sums: Sums,
    /// Hashes of the second half of those frames.
    hashes: VecDeque<u64>,
}

impl OpenShot {
    fn new(found: Found) -> Self {
        Self { found, sums: Sums::default(), hashes: VecDeque::new() }
    }

    fn frame(&mut self, frame: &Figures, gap_us: Option<i64>) {
        // The change at the start of a shot belongs to no shot.
        self.sums.add(frame, gap_us.filter(|_| self.sums.frames > 0));
        self.hashes.push_back(frame.hash);
        if self.sums.frames.is_multiple_of(2) {
            self.hashes.pop_front();
        }
    }

    fn close(&self, end_us: i64) -> Shot {
        let Stretch { start_us, .. } = self.found.at;
        let length_us = self.found.at.length_us().clamp(0, end_us - start_us);
        Shot {
            start_us,
            end_us,
            opening: Transition { kind: self.found.kind, length_us },
            measures: self.sums.means(),
            hash: self.hashes.front().copied().unwrap_or(0),
        }
    }
}

/// The current window.
#[derive(Debug, Default)]
struct OpenWindow {
    sums: Sums,
    /// Hash of its first frame.
    hash: Option<u64>,
}

impl OpenWindow {
    fn frame(&mut self, frame: &Figures, gap_us: Option<i64>) {
        self.sums.add(frame, gap_us);
        self.hash.get_or_insert(frame.hash);
    }
}

/// Sums over frames.
#[derive(Debug, Default)]
struct Sums {
    frames: u32,
    sharpness: f64,
    colour: f64,
    brightness: f64,
    contrast: f64,
    /// Frames whose change counts as movement, and sums over them.
    moving: u32,
    change: f64,
    shift: f64,
    moved: f64,
}

impl Sums {
    /// Adds a frame, with the time since the previous one if its change counts as
    /// movement.
    fn add(&mut self, frame: &Figures, gap_us: Option<i64>) {
        self.frames += 1;
        self.sharpness += f64::from(frame.sharpness);
        self.colour += f64::from(frame.colour);
        self.brightness += f64::from(frame.brightness);
        self.contrast += f64::from(frame.contrast);
        if let Some(gap_us) = gap_us {
            let pace = MOTION_US / gap_us.max(LEAST_GAP_US) as f64;
            self.moving += 1;
            self.change += f64::from(frame.change) * pace;
            self.shift += f64::from(frame.shift) * pace;
            self.moved += f64::from(frame.moved * frame.contrast) * pace;
        }
    }

    fn means(&self) -> Measures {
        let milli = |sum: f64, count: u32| {
            if count == 0 { 0 } else { (sum / f64::from(count) * 1000.0).round().max(0.0) as u32 }
        };
        Measures {
            motion_milli: milli(self.change, self.moving),
            camera_milli: milli(self.shift, self.moving),
            subject_milli: milli(self.moved, self.moving),
            sharpness_milli: milli(self.sharpness, self.frames),
            colour_milli: milli(self.colour, self.frames),
            brightness_milli: milli(self.brightness, self.frames),
            contrast_milli: milli(self.contrast, self.frames),
        }
    }
}

/// Runs of consecutive frames with a common property.
#[derive(Debug, Default)]
struct Runs {
    /// Shorter runs are dropped.
    least_us: i64,
    runs: Vec<Stretch>,
    is_open: bool,
}

impl Runs {
    fn next(&mut self, time_us: i64, is_in: bool) {
        match (self.is_open, is_in) {
            (false, true) => self.runs.push(Stretch::new(time_us, time_us)),
            (true, false) => self.close(time_us),
            (true, true) | (false, false) => {}
        }
        self.is_open = is_in;
    }

    fn close(&mut self, time_us: i64) {
        let least_us = self.least_us;
        if let Some(mut run) = self.runs.pop() {
            run.end_us = time_us;
            self.runs.extend(Some(run).filter(|run| run.length_us() >= least_us));
        }
    }

    fn finish(mut self, end_us: i64) -> Vec<Stretch> {
        if self.is_open {
            self.close(end_us);
        }
        self.runs
    }
}

/// A frame and what its neighbours need to know about it.
#[derive(Debug, Clone, Copy)]
struct Near {
    time_us: i64,
    change: f32,
    /// Whether nothing in it moves.
    stands: bool,
}

/// Finds stretches in which nothing moves.
#[derive(Debug)]
struct Frozen {
    runs: Runs,
    /// The undecided frames, and up to [`BESIDE`] before them.
    near: Vec<Near>,
    /// How many of those frames are decided.
    decided: usize,
}

impl Frozen {
    fn new() -> Self {
        let runs = Runs { least_us: LEAST_FROZEN_US, ..Runs::default() };
        Self { runs, near: Vec::new(), decided: 0 }
    }

    fn frame(&mut self, frame: &Figures) {
        let Figures { time_us, change, stirs, .. } = *frame;
        self.near.push(Near { time_us, change, stands: time_us > 0 && change < STILL && !stirs });
        if self.near.len() > self.decided + BESIDE {
            self.decide();
        }
    }

    fn decide(&mut self) {
        let (index, near) = (self.decided, &self.near);
        let Near { time_us, change, stands } = near[index];
        let before = index.checked_sub(BESIDE).and_then(|from| near.get(from..index));
        let after = near.get(index + 1..=index + BESIDE);
        let is_coded_anew = || {
            change < CODED_ANEW
                && before.into_iter().chain(after).any(|beside| beside.iter().all(|near| near.stands))
        };
        self.runs.next(time_us, stands || is_coded_anew());
        if index == BESIDE {
            self.near.remove(0);
        } else {
            self.decided += 1;
        }
    }

    fn finish(mut self, end_us: i64) -> Vec<Stretch> {
        while self.decided < self.near.len() {
            self.decide();
        }
        self.runs.finish(end_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames 40 ms apart with the given changes, repeated.
    fn film(changes: &[f32]) -> Vec<Figures> {
        let figures = |(number, change): (i64, f32)| Figures {
            time_us: number * 40_000,
            brightness: 0.5,
            contrast: 0.2,
            span: 0.5,
            sharpness: 0.1,
            colour: 0.1,
            hash: number as u64,
            change,
            stirs: false,
            shift: 0.0,
            moved: 0.0,
            step: 0.0,
        };
        (0..100).zip(changes.iter().copied().cycle()).map(figures).collect()
    }

    fn told(frames: &[Figures], transitions: &[Found]) -> Measured {
        let mut summary = Summary::new(4_000_000);
        summary.take(frames, transitions);
        summary.finish()
    }

    #[test]
    fn a_still_picture_that_is_coded_anew_every_second_stays_frozen() {
        let mut changes = [0.0; 25];
        changes[0] = 0.004;
        assert_eq!(told(&film(&changes), &[]).frozen, [Stretch::new(0, 4_000_000)]);
    }

    #[test]
    fn slow_motion_of_doubled_pictures_is_not_frozen() {
        assert_eq!(told(&film(&[0.003, 0.0]), &[]).frozen, []);
        assert_eq!(told(&film(&[0.003, 0.0, 0.0, 0.0]), &[]).frozen, []);
    }

    #[test]
    fn frames_in_pieces_tell_the_same_as_all_at_once() {
        let film = film(&[0.02, 0.0, 0.004, 0.0, 0.0, 0.1, 0.0]);
        let found =
            |kind, start: i64, end: i64| Found { kind, at: Stretch::new(start * 40_000, end * 40_000) };
        let transitions = [
            found(TransitionKind::Fade, 0, 4),
            found(TransitionKind::Cut, 20, 20),
            found(TransitionKind::Dissolve, 41, 60),
            found(TransitionKind::Cut, 99, 99),
        ];
        let whole = told(&film, &transitions);
        let mut summary = Summary::new(4_000_000);
        for piece in [0..1, 1..20, 20..41, 41..55, 55..100] {
            let begins = |found: &&Found| piece.contains(&((found.at.start_us / 40_000) as usize));
            let begun: Vec<Found> = transitions.iter().filter(begins).copied().collect();
            summary.take(&film[piece.clone()], &begun);
        }
        let pieces = summary.finish();
        assert_eq!((&pieces.shots, &pieces.windows), (&whole.shots, &whole.windows));
        assert_eq!((&pieces.blanks, &pieces.frozen), (&whole.blanks, &whole.frozen));
        let bounds = |shot: &Shot| [shot.start_us, shot.clear_us(), shot.end_us].map(|at| at / 40_000);
        let expected = [[0, 4, 20], [20, 20, 41], [41, 60, 99], [99, 99, 100]];
        assert_eq!(whole.shots.iter().map(bounds).collect::<Vec<_>>(), expected);
        // From the middle of the frames outside transitions.
        assert_eq!(whole.shots.iter().map(|shot| shot.hash).collect::<Vec<_>>(), [12, 30, 79, 99]);
    }
}

/// The measures of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figures {
    /// Time from the source's first frame, in microseconds.
    pub time_us: i64,
    pub brightness: f32,
    pub contrast: f32,
    pub span: f32,
    pub sharpness: f32,
    pub colour: f32,
    pub hash: u64,
    /// Mean change since the previous frame, as a fraction of the full range.
    pub change: f32,
    /// Whether something small moves while the picture as a whole is still.
    pub stirs: bool,
    /// How far the whole picture moved since then, in longer sides.
    pub shift: f32,
    /// What that movement does not explain, in contrasts of the picture.
    pub moved: f32,
    /// Distance between this scene and that of the previous frame.
    pub step: f32,
}

impl Figures {
    /// Whether the frame is all black or all white. A line of text makes it non-blank.
    pub fn is_blank(&self) -> bool {
        self.contrast < 0.03 && self.span < 0.25 && (self.brightness < 0.06 || self.brightness > 0.94)
    }
}
