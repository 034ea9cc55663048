//! Made-up footage: shots with transitions, speech, flashes, black and frozen
//! stretches. Every window looks, moves and sounds different.

use proptest::prelude::*;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rushes_model::{
    analysis::{Analysis, Detail, Measures, Shot, Sound, Transition, TransitionKind, WINDOW_US, Window},
    time::Stretch,
};

/// What to make.
#[derive(Debug, Clone)]
pub struct Made {
    /// Length of each shot in milliseconds, and of the transition into it.
    pub shots: Vec<(i64, i64)>,
    /// Shots that are black, frozen, or flash in the middle.
    pub black: Vec<usize>,
    pub frozen: Vec<usize>,
    pub flashing: Vec<usize>,
    /// Alternating speech and pauses in milliseconds, if there is sound.
    pub talk: Option<Vec<(i64, i64)>>,
    pub seed: u64,
}

impl Made {
    pub fn new(shots: &[i64]) -> Self {
        let shots = shots.iter().map(|length| (*length, 0)).collect();
        Self { shots, black: vec![], frozen: vec![], flashing: vec![], talk: None, seed: 1 }
    }

    pub fn talking(mut self, talk: &[(i64, i64)]) -> Self {
        self.talk = Some(talk.to_vec());
        self
    }

    pub fn analysis(&self) -> Analysis {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut shots: Vec<Shot> = Vec::new();
        let mut at = 0;
        for (index, (length, transition)) in self.shots.iter().enumerate() {
            let start_us = at;
            at += length * 1000;
            let length_us = (transition * 1000).min(at - start_us);
            let kind = match (index, length_us) {
                (0, 0) => TransitionKind::Start,
                (_, 0) => TransitionKind::Cut,
                _ => TransitionKind::Dissolve,
            };
            let opening = Transition { kind, length_us };
            shots.push(Shot {
                start_us,
                end_us: at,
                opening,
                measures: Measures::default(),
                hash: random.random(),
            });
        }
        let whole = |indexes: &[usize]| -> Vec<Stretch> {
            let shots = indexes.iter().filter_map(|index| shots.get(*index));
            shots.map(|shot| Stretch::new(shot.start_us, shot.end_us)).collect()
        };
        let frozen = whole(&self.frozen);
        let flashes: Vec<Stretch> = whole(&self.flashing)
            .into_iter()
            .map(|s| (s.start_us + s.end_us) / 2)
            .map(|middle| Stretch::new(middle, middle + 80_000))
            .collect();
        let windows = (0..(at + WINDOW_US - 1) / WINDOW_US)
            .map(|n| {
                let start_us = n * WINDOW_US;
                let shot = &shots[shots.partition_point(|s| s.end_us <= start_us).min(shots.len() - 1)];
                let still = frozen.iter().any(|f| f.start_us <= start_us && start_us < f.end_us);
                // Two bits of the hash differ from window to window.
                let noise = (1 << random.random_range(0..64)) | (1 << random.random_range(0..64));
                let subject_milli = if still { 0 } else { random.random_range(2..60) };
                let measures = Measures {
                    motion_milli: subject_milli * 3,
                    camera_milli: if still { 0 } else { random.random_range(0..30) },
                    subject_milli,
                    sharpness_milli: random.random_range(0..100),
                    colour_milli: random.random_range(0..100),
                    brightness_milli: 500,
                    contrast_milli: 200,
                };
                let loudness_mlufs = self.talk.is_some().then(|| random.random_range(-40_000..-10_000));
                Window { start_us, measures, loudness_mlufs, hash: shot.hash ^ noise }
            })
            .collect();
        let sound = self.talk.as_ref().map(|talk| sound(talk, at, &mut random));
        Analysis {
            detail: Detail::Full,
            duration_us: at,
            windows,
            blanks: whole(&self.black),
            flashes,
            frozen,
            bars: None,
            sound,
            damage: vec![],
            shots,
        }
    }
}

fn sound(talk: &[(i64, i64)], duration_us: i64, random: &mut ChaCha8Rng) -> Sound {
    let mut speech = Vec::new();
    let mut at = 0;
    for (spoken, pause) in talk.iter().cycle().take_while(|_| !talk.is_empty()) {
        let end = (at + spoken * 1000).min(duration_us);
        speech.push(Stretch::new(at, end));
        at = end + pause * 1000;
        if at >= duration_us {
            break;
        }
    }
    let onsets =
        (0..duration_us / 1_000_000).map(|n| n * 1_000_000 + random.random_range(0..900_000)).collect();
    Sound { speech, onsets, ..Sound::default() }
}

/// The same footage re-encoded, starting `from_window` windows later.
pub fn again(analysis: &Analysis, from_window: usize) -> Analysis {
    let mut copy = analysis.clone();
    let shift = from_window as i64 * WINDOW_US;
    let later = |stretches: &mut Vec<Stretch>| {
        for stretch in stretches.iter_mut() {
            *stretch = Stretch::new((stretch.start_us - shift).max(0), stretch.end_us - shift);
        }
        stretches.retain(|stretch| stretch.end_us > 0);
    };
    copy.duration_us -= shift;
    copy.shots.retain(|shot| shot.end_us > shift);
    for shot in &mut copy.shots {
        (shot.start_us, shot.end_us) = ((shot.start_us - shift).max(0), shot.end_us - shift);
        shot.opening.length_us = shot.opening.length_us.min(shot.end_us - shot.start_us);
    }
    copy.windows.drain(..from_window);
    for (index, window) in copy.windows.iter_mut().enumerate() {
        window.start_us = index as i64 * WINDOW_US;
        window.hash ^= 1 << (index * 7 % 64);
        window.measures.motion_milli += index as u32 % 3;
        window.loudness_mlufs = window.loudness_mlufs.map(|l| l + 300 * (index as i32 % 3 - 1));
    }
    [&mut copy.blanks, &mut copy.flashes, &mut copy.frozen].into_iter().for_each(later);
    if let Some(sound) = &mut copy.sound {
        later(&mut sound.speech);
        sound.onsets = sound.onsets.iter().map(|at| at - shift).filter(|at| *at >= 0).collect();
    }
    copy
}

/// Makes everything silent outside speech.
pub fn hush(footage: &mut Analysis) {
    let speech = footage.sound.as_ref().map_or(&[][..], |sound| &sound.speech);
    for window in footage.windows.iter_mut().filter(|window| window.loudness_mlufs.is_some()) {
        let shown = Stretch::new(window.start_us, window.start_us + WINDOW_US);
        if !speech.iter().any(|stretch| stretch.overlaps(shown)) {
            window.loudness_mlufs = Some(-70_000);
        }
    }
}

fn some() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(0usize..25, 0..3).prop_map(|set| set.into_iter().collect())
}

prop_compose! {
    /// Arbitrary footage.
    pub fn footage()(
        shots in prop::collection::vec((100i64..9000, prop_oneof![3 => Just(0i64), 1 => 100i64..2500]), 1..25),
        (black, frozen, flashing) in (some(), some(), some()),
        talk in prop::option::of(prop::collection::vec(
            (prop_oneof![4 => 300i64..6000, 1 => 6000i64..60_000], 100i64..3000), 0..6
        )),
        seed in any::<u64>(),
        hushed in any::<bool>(),
    ) -> Analysis {
        let mut footage = Made { shots, black, frozen, flashing, talk, seed }.analysis();
        if hushed {
            hush(&mut footage);
        }
        footage
    }
}

prop_compose! {
    /// Weights, some of them 0.
    pub fn weights()(all in prop::array::uniform7(prop_oneof![Just(0u32), 0u32..=100]))
        -> rushes_model::choice::ScoreWeights
    {
        let [motion, sharpness, colour, loudness, speech, novelty, pace] = all;
        rushes_model::choice::ScoreWeights { motion, sharpness, colour, loudness, speech, novelty, pace }
    }
}
