//! Finds the transitions between shots in a run of frames.
//!
//! - A **cut** is a step: the difference between two frames stands out from that of
//!   their neighbours, happens between two frames rather than over several, and is not
//!   reversed. Frames are compared with block search, so pans and camera shake make no
//!   step.
//! - A **dissolve** is a stretch whose frames are mixtures of its first and last, in a
//!   share that grows evenly. First and last must be different pictures, and nothing
//!   similar may go on before or after.
//! - A **fade** is the same with a plain picture at one end. A fade out of one scene
//!   and into the next is one transition.
//! - A **flash** is a step that is reversed. Cuts next to it are found by comparing
//!   across it.

use rushes_model::{analysis::TransitionKind, time::Stretch};

use super::frame::{Apart, Look, Sign, Tone};

/// A frame as the finder needs it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Time from the source's first frame, in microseconds.
    pub time_us: i64,
    pub tone: Tone,
    pub look: Look,
    pub sign: Sign,
    /// The difference from the previous frame.
    pub apart: Apart,
}

/// A transition into the next shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub kind: TransitionKind,
    /// The stretch of the transition; for a cut, the first frame of the new shot with
    /// no length.
    pub at: Stretch,
}

/// What a run of frames contains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Ordered by time.
    pub transitions: Vec<Found>,
    /// Ordered by time.
    pub flashes: Vec<Stretch>,
}

/// Longest dissolve or fade, in microseconds, and so the context that the finder needs
/// on either side of a moment.
pub(super) const CONTEXT_US: i64 = 3_500_000;

/// Least step of a cut.
const LEAST_STEP: f32 = 0.11;
/// Least jump of a cut; below it, an encoder restarted.
const LEAST_JUMP: f32 = 0.025;
/// Jump of a cut between scenes that are alike after block search or that move much:
/// there, step and jump have to stand out together.
const CLEAR_JUMP: f32 = 0.1;
/// Least ratio of a cut's step to the steps around it.
const TIMES_AROUND: f32 = 2.2;
/// Share of a change that happens between the two frames of a cut.
const AT_ONCE: f32 = 0.5;
/// A step that is reversed within this time is a flash, in microseconds.
const FLASH_US: i64 = 420_000;
/// A flash returns to within this share of its step.
const COMES_BACK: f32 = 0.5;
/// Least change of the mean brightness at the start or end of a flash.
pub(super) const LEAST_LIGHT: f32 = 0.15;
/// Frames compared on either side of a step.
const AROUND: usize = 10;

/// Finds what a run of frames contains. It is less certain near the ends, where there
/// is less context.
pub(super) fn find(frames: &[Seen]) -> Findings {
    let finder = Finder { frames };
    let (cuts, flashes) = finder.cuts();
    let (mut gradual, closing) = finder.fades(&cuts);
    let taken: Vec<Stretch> = gradual.iter().map(|fade| fade.at).chain(closing).collect();
    gradual.extend(finder.dissolves(&cuts, &taken));
    let inside = |at: i64| gradual.iter().any(|g| at >= g.at.start_us && at <= g.at.end_us);
    let mut transitions: Vec<Found> = cuts
        .iter()
        .map(|cut| frames[*cut].time_us)
        .filter(|time| !inside(*time))
        .map(|time| Found { kind: TransitionKind::Cut, at: Stretch::new(time, time) })
        .collect();
    transitions.extend(&gradual);
    transitions.sort_by_key(|found| found.at);
    Findings { transitions, flashes }
}

pub(super) struct Finder<'a> {
    pub(super) frames: &'a [Seen],
}

/// The distance between two pictures as one number: about 1 if they have nothing in
/// common.
pub(super) fn step(apart: &Apart) -> f32 {
    apart.residue + 0.5 * apart.colours
}

impl Finder<'_> {
    pub(super) fn time(&self, index: usize) -> i64 {
        self.frames[index].time_us
    }

    /// The step from the previous frame.
    fn step(&self, index: usize) -> f32 {
        step(&self.frames[index].apart)
    }

    /// The difference from the previous frame in place, without block search and
    /// without normalising.
    fn jump(&self, index: usize) -> f32 {
        self.frames[index - 1].sign.apart(&self.frames[index].sign)
    }

    pub(super) fn between(&self, a: usize, b: usize) -> f32 {
        step(&self.frames[a].look.apart(&self.frames[b].look))
    }

    /// Indexes of the first frames of new shots, and the flashes.
    fn cuts(&self) -> (Vec<usize>, Vec<Stretch>) {
        let mut cuts = Vec::new();
        let mut flashes: Vec<Stretch> = Vec::new();
        let mut index = 1;
        while index < self.frames.len() {
            if !self.stands_out(index) {
                index += 1;
                continue;
            }
            if let Some(end) = self.comes_back(index) {
                flashes.push(Stretch::new(self.time(index), self.time(end)));
                index = end + 1;
                continue;
            }
            if self.at_once(index) && !self.was_there(index) {
                cuts.push(index);
            }
            index += 1;
        }
        (cuts, flashes)
    }

    fn stands_out(&self, index: usize) -> bool {
        let here = self.step(index);
        if here < LEAST_STEP || self.jump(index) < LEAST_JUMP {
            return false;
        }
        let from = index.saturating_sub(AROUND).max(1);
        let to = (index + AROUND + 1).min(self.frames.len());
        // With blended frames, the neighbours show the same step.
        let mut near = (from.max(index.saturating_sub(2))..index).chain(index + 1..to.min(index + 3));
        if near.any(|i| self.step(i) > here && !self.is_undone(i)) {
            return false;
        }
        let is_alone = |of: &dyn Fn(usize) -> f32, most: f32| {
            let is_larger = |i: &usize| of(*i) > most && !self.is_undone(*i);
            // One on either side may be as large: another cut close by.
            (from..index).filter(is_larger).take(2).count() < 2
                && (index + 1..to).filter(is_larger).take(2).count() < 2
        };
        is_alone(&|i| self.step(i), (here - LEAST_STEP * 0.5) / TIMES_AROUND)
            || self.jump(index) >= CLEAR_JUMP
                && is_alone(
                    &|i| (self.step(i) * self.jump(i)).sqrt(),
                    (here * self.jump(index)).sqrt() / TIMES_AROUND,
                )
    }

    /// Whether the step at `index` starts or ends a flash: the picture before it is
    /// soon back, or the one after it was there shortly before.
    fn is_undone(&self, index: usize) -> bool {
        let light = |i: usize| self.frames[i].tone.brightness;
        (light(index) - light(index - 1)).abs() >= LEAST_LIGHT
            && (self.comes_back(index).is_some() || self.was_there(index))
    }

    /// The frame at which the scene before `index` is back.
    fn comes_back(&self, index: usize) -> Option<usize> {
        (index + 1..self.frames.len())
            .take_while(|later| self.time(*later) - self.time(index) <= FLASH_US)
            .find(|later| self.undoes(index, index - 1, *later))
    }

    /// Whether the scene that begins at `index` was there shortly before.
    fn was_there(&self, index: usize) -> bool {
        (0..index.saturating_sub(1))
            .rev()
            .take_while(|earlier| self.time(index) - self.time(*earlier) <= FLASH_US)
            .any(|earlier| self.undoes(index, earlier, index))
    }

    /// Whether two frames on either side of the step at `index` show the same scene.
    fn undoes(&self, index: usize, a: usize, b: usize) -> bool {
        let sign = |i: usize| &self.frames[i].sign;
        // Cheaper, and nearly always enough to rule it out.
        sign(a).apart(sign(b)) < self.jump(index) && self.between(a, b) < COMES_BACK * self.step(index)
    }

    /// Whether the change at `index` happens between two frames.
    fn at_once(&self, index: usize) -> bool {
        let a = index.saturating_sub(2);
        let b = (index + 1).min(self.frames.len() - 1);
        let share = |i: usize| self.frames[i].sign.mixture(&self.frames[a].sign, &self.frames[b].sign).0;
        share(index) - share(index - 1) >= AT_ONCE
    }
}
