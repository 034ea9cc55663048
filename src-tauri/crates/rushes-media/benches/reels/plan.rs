//! A reel on paper: its scenes and how each goes over into the next.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::casting;
use super::character::Character;
use super::footage::Footage;
use super::scene::Scene;

/// Least and most of a reel, in seconds.
const LENGTH_S: (f32, f32) = (42.0, 54.0);
/// Shortest and longest dissolve in seconds.
const DISSOLVE_S: (f32, f32) = (0.2, 2.0);

/// How a scene goes over into the next. Lengths are in pictures.
#[derive(Debug, Clone, Copy)]
pub enum Join {
    Cut,
    /// Both are seen for this long.
    Dissolve(usize),
    /// The first goes out, nothing is held, the second comes in.
    Dip {
        white: bool,
        out: usize,
        hold: usize,
        into: usize,
    },
}

impl Join {
    /// Pictures for which the scene before it is seen beyond its time alone.
    fn tail(self) -> usize {
        match self {
            Self::Cut => 0,
            Self::Dissolve(length) => length,
            Self::Dip { out, .. } => out,
        }
    }

    /// Pictures for which the scene after it is seen before its time alone.
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

/// A reel on paper.
#[derive(Debug, Clone)]
pub struct Plan {
    pub fps: [u32; 2],
    pub scenes: Vec<Scene>,
    /// Between each scene and the next.
    pub joins: Vec<Join>,
    /// Pictures of a fade at the beginning and at the end.
    pub opening: usize,
    pub closing: usize,
    /// Pictures that are left out, in order.
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
        // The fades at the ends leave the first join and the last one alone.
        let solo = |scene: Option<&Scene>| scene.map_or(0, |scene| scene.solo);
        plan.opening = opening.min(solo(plan.scenes.first()));
        plan.closing = closing.min(solo(plan.scenes.last()));
        if character.uneven {
            plan.dropped = dropped(plan.frames(), &mut random);
        }
        plan
    }

    /// Pictures in all, those that are left out included.
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

/// Single pictures at random, and stretches in which every second one is
/// missing, as from a telephone in low light. The first is always there.
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
