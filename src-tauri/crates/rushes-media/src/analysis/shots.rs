//! Transitions between shots, found in a run of frames.
//!
//! - A **cut** is a step: what separates the two pictures stands out of what
//!   separates their neighbours, it happens between two frames and not over
//!   several, and it does not go back. Blocks are searched for before pictures
//!   are compared, so pans and shaking hands make no step.
//! - A **dissolve** is a stretch whose pictures are mixtures of its first and its
//!   last, with a share that grows evenly, where first and last are different
//!   pictures and nothing like it goes on before and after.
//! - A **fade** is the same with a plain picture at one end; out of one scene and
//!   into the next it is one transition.
//! - A **flash** is a step that goes back. Cuts beside it are looked for beyond it.

use rushes_model::{analysis::TransitionKind, time::Stretch};

use super::frame::{Apart, Look, Sign, Tone};

/// A frame as the finder sees it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// From the source's first picture, in microseconds.
    pub time_us: i64,
    pub tone: Tone,
    pub look: Look,
    pub sign: Sign,
    /// From the frame before.
    pub apart: Apart,
}

/// A transition into the next shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub kind: TransitionKind,
    /// Of a cut the first picture of the new shot, with no length.
    pub at: Stretch,
}

/// What a run of frames holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// In order.
    pub transitions: Vec<Found>,
    /// In order.
    pub flashes: Vec<Stretch>,
}

/// Longest dissolve or fade, in microseconds; context that the finder needs on
/// either side of a moment.
pub(super) const CONTEXT_US: i64 = 3_500_000;

/// Least step of a cut.
const LEAST_STEP: f32 = 0.11;
/// Least jump of a cut: with less, an encoder began anew.
const LEAST_JUMP: f32 = 0.025;
/// Jump of a cut between scenes that are alike once blocks are searched for, or
/// that move much: then step and jump together have to stand out.
const CLEAR_JUMP: f32 = 0.1;
/// A cut's step is this many times the steps around it.
const TIMES_AROUND: f32 = 2.2;
/// Share of a change that happens between the two frames of a cut.
const AT_ONCE: f32 = 0.5;
/// A step that goes back within this time is a flash, in microseconds.
const FLASH_US: i64 = 420_000;
/// A flash comes back to within this share of its step.
const COMES_BACK: f32 = 0.5;
/// Least change of the mean brightness where a flash begins or ends.
pub(super) const LEAST_LIGHT: f32 = 0.15;
/// Frames looked at on either side of a step.
const AROUND: usize = 10;

/// Finds what a run of frames holds. Near its ends, where there is less context,
/// it is less sure.
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

/// How far apart two pictures are, as one number: about 1 for pictures that have
/// nothing in common.
pub(super) fn step(apart: &Apart) -> f32 {
    apart.residue + 0.5 * apart.colours
}

impl Finder<'_> {
    pub(super) fn time(&self, index: usize) -> i64 {
        self.frames[index].time_us
    }

    /// From the frame before.
    fn step(&self, index: usize) -> f32 {
        step(&self.frames[index].apart)
    }

    /// How far the picture is from the one before where it stands, nothing searched
    /// for and nothing evened out.
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
        // The next ones tell of the same step where pictures are mixed.
        let mut near = (from.max(index.saturating_sub(2))..index).chain(index + 1..to.min(index + 3));
        if near.any(|i| self.step(i) > here && !self.is_undone(i)) {
            return false;
        }
        let is_alone = |of: &dyn Fn(usize) -> f32, most: f32| {
            let is_larger = |i: &usize| of(*i) > most && !self.is_undone(*i);
            // One on either side may be as large: a cut close by.
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

    /// Whether the step at `index` begins or ends a flash: what was before it is
    /// back soon, or what comes after it was there a moment ago.
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

    /// Whether the scene that begins at `index` was there a moment before.
    fn was_there(&self, index: usize) -> bool {
        (0..index.saturating_sub(1))
            .rev()
            .take_while(|earlier| self.time(index) - self.time(*earlier) <= FLASH_US)
            .any(|earlier| self.undoes(index, earlier, index))
    }

    /// Whether two frames on either side of the step at `index` are as good as
    /// one scene.
    fn undoes(&self, index: usize, a: usize, b: usize) -> bool {
        let sign = |i: usize| &self.frames[i].sign;
        // Cheaper, and nearly always enough to tell that they are not.
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
