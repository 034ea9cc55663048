//! The plan of a reel: its scenes, and the transitions between them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::casting;
use super::character::Character;
use super::footage::Footage;
use super::scene::Scene;

/// Least and most length of a reel, in seconds.
const LENGTH_S: (f32, f32) = (42.0, 54.0);
/// Shortest and longest dissolve in seconds.
const DISSOLVE_S: (f32, f32) = (0.2, 2.0);

/// The transition from one scene to the next. Lengths are in frames.
#[derive(Debug, Clone, Copy)]
pub enum Join {
    Cut,
    /// Both are visible for this long.
    Dissolve(usize),
    /// The first fades out, a plain picture is held, the second fades in.
    Dip {
        white: bool,
        out: usize,
        hold: usize,
        into: usize,
    },
}

impl Join {
    /// Frames that the scene before is visible beyond its solo time.
    fn tail(self) -> usize {
        match self {
            Self::Cut => 0,
            Self::Dissolve(length) => length,
            Self::Dip { out, .. } => out,
        }
    }

    /// Frames that the scene after is visible before its solo time.
    pub fn head(self) -> usize {
        match self {
            Self::Cut => 0,
            Self::Dissolve(length) => length,
            Self::Dip { into, .. } => into,
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Cut => 0,
            Self::Dissolve(length) => length,
            Self::Dip { out, hold, into, .. } => out + hold + into,
        }
    }
}

/// The plan of a reel.
#[derive(Debug, Clone)]
pub struct Plan {
    pub fps: [u32; 2],
    pub scenes: Vec<Scene>,
    /// Between each scene and the next.
    pub joins: Vec<Join>,
    /// Frames of the fades at the beginning and at the end.
    pub opening: usize,
    pub closing: usize,
    /// Dropped frames, in order.
    pub dropped: Vec<usize>,
}

impl Plan {
    /// Draws a reel of a character.
    pub fn draw(character: &Character, seed: u64, footage: &Footage) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let fps = character.rates[random.random_range(0..character.rates.len())];
        let rate = fps[0] as f32 / fps[1] as f32;
        let wanted = (random.random_range(LENGTH_S.0..LENGTH_S.1) * rate) as usize;
        let faded = |random: &mut ChaCha8Rng| {
            if character.faded_ends { (random.random_range(0.4..1.2) * rate) as usize } else { 0 }
        };
        let (opening, closing) = (faded(&mut random), faded(&mut random));
        let mut plan =
            Self { fps, scenes: Vec::new(), joins: Vec::new(), opening, closing, dropped: Vec::new() };
        let mut before = Join::Cut;
        while plan.frames() < wanted {
            let after = join(character, rate, &mut random);
            let solo = (random.random_range(character.solo_s.0..character.solo_s.1) * rate) as usize;
            let need = casting::Need { head: before.head(), solo, tail: after.tail(), fps: rate };
            let scene = casting::cast(character, plan.scenes.last(), need, footage, &mut random);
            plan.scenes.push(scene);
            plan.joins.push(after);
            before = after;
        }
        plan.joins.pop();
        // The fades at the ends do not touch the first and the last join.
        let solo = |scene: Option<&Scene>| scene.map_or(0, |scene| scene.solo);
        plan.opening = opening.min(solo(plan.scenes.first()));
        plan.closing = closing.min(solo(plan.scenes.last()));
        if character.uneven {
            plan.dropped = dropped(plan.frames(), &mut random);
        }
        plan
    }

    /// Total number of frames, including dropped ones.
    pub fn frames(&self) -> usize {
        let solo: usize = self.scenes.iter().map(|scene| scene.solo).sum();
        solo + self.joins.iter().map(|join| join.length()).sum::<usize>()
    }
}

fn join(character: &Character, rate: f32, random: &mut ChaCha8Rng) -> Join {
    let draw: f32 = random.random();
    let mut frames = |from: f32, to: f32| (random.random_range(from..to) * rate).round() as usize;
    if draw < character.dissolves {
        Join::Dissolve(frames(DISSOLVE_S.0, DISSOLVE_S.1).max(4))
    } else if draw < character.dissolves + character.dips {
        let (out, hold, into) = (frames(0.25, 1.0), frames(0.0, 0.5), frames(0.25, 1.0));
        Join::Dip { white: random.random_bool(0.35), out, hold, into }
    } else {
        Join::Cut
    }
}

/// Single frames at random, and stretches in which every second one is missing, as from
/// a phone in low light. The first is never dropped.
fn dropped(frames: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut dropped = Vec::new();
    let mut at = 1;
    while at < frames {
        let stretch = random.random_range(20..120).min(frames - at);
        match random.random_range(0..3) {
            0 => dropped.extend((at..at + stretch).step_by(2)),
            1 => dropped.extend((at..at + stretch).filter(|_| random.random_bool(0.2))),
            _ => {}
        }
        at += stretch;
    }
    dropped
}
