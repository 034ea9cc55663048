//! Footage that is worth showing for its sound, and footage whose picture hardly
//! changes: webinars, podcasts with one image, screen recordings, interviews from a
//! fixed camera, classes to music.

use super::*;
use proptest::prelude::*;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rstest::rstest;
use rushes_model::analysis::{Loudness, Sound};

use super::made::{Made, footage, hush};
use crate::choose::request::ProposedCut;

/// A film of still pictures with the given lengths in milliseconds.
fn stills(lengths: &[i64], talk: &[(i64, i64)]) -> Analysis {
    let mut made = Made::new(lengths).talking(talk);
    made.frozen = (0..lengths.len()).collect();
    let mut footage = made.analysis();
    for window in &mut footage.windows {
        let shot = footage.shots.partition_point(|shot| shot.end_us <= window.start_us);
        window.hash = footage.shots[shot].hash;
    }
    footage
}

#[rstest]
#[case::slides(&[6_000, 14_000, 6_000, 14_000, 6_000, 16_000])]
#[case::one_image(&[62_000])]
fn talk_over_still_pictures_gives_clips(
    #[case] slides: &[i64],
    #[values(ClipKind::Highlight, ClipKind::Montage)] kind: ClipKind,
) {
    let mut footage = stills(slides, &[(5_600, 900)]);
    hush(&mut footage);
    // Some of it moves, so that not all footage is frozen.
    footage.frozen.iter_mut().for_each(|still| still.start_us += still.length_us() / 4);
    let choice = ask(&footage, &[], request(kind, 4, 13));
    assert_eq!((choice.clips.len(), choice.shortfall), (4, None));
}

#[test]
fn music_over_a_photograph_is_heard_and_a_hum_below_it_is_not() {
    let mut footage = stills(&[30_000, 30_000, 30_000], &[]);
    footage.sound = Some(Sound {
        loudness: Some(Loudness { integrated_mlufs: -16_000, true_peak_mdb: -1_000 }),
        ..Sound::default()
    });
    let loud = |at: i64| at < 60 * SECOND;
    for window in &mut footage.windows {
        window.loudness_mlufs = Some(if loud(window.start_us) { -15_000 } else { -44_000 });
    }
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 8, 10));
    assert!(choice.clips.iter().all(|clip| loud(clip.cuts[0].in_us + 4 * SECOND)), "{choice:?}");
    assert!(choice.clips.len() >= 5, "{choice:?}");
    assert_eq!(choice.shortfall, Some(Shortfall::Frozen));
}

#[test]
fn the_pauses_of_a_talk_are_not_the_same_moment_again() {
    let talk = [(7_000, 600), (5_000, 700), (8_000, 3_900)];
    let mut footage = stills(&[240_000], &talk);
    hush(&mut footage);
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 7, 25));
    assert_eq!((choice.clips.len(), choice.shortfall), (7, None), "{choice:?}");
}

#[test]
fn a_silent_photograph_between_is_left_out() {
    let mut made = Made::new(&[20_000, 30_000, 20_000]);
    made.frozen = vec![1];
    let mut footage = made.talking(&[(4_000, 500)]).analysis();
    let photograph = Stretch::new(20 * SECOND, 50 * SECOND);
    let sound = footage.sound.as_mut().expect("the footage has sound");
    sound.speech.retain(|speech| !speech.overlaps(photograph));
    hush(&mut footage);
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 6, 8));
    let still = |clip: &ProposedClip| {
        let ProposedCut { in_us, out_us, .. } = clip.cuts[0];
        (out_us.min(photograph.end_us) - in_us.max(photograph.start_us)).max(0) * 3 > out_us - in_us
    };
    assert!(choice.clips.len() >= 4 && !choice.clips.iter().any(still), "{choice:?}");
    assert_eq!(choice.shortfall, Some(Shortfall::Frozen));
}

/// A class in front of a fixed camera: repeated movements to repetitive music. `beat`
/// is the loudness of one bar, one value per window.
fn class(moves: &[u32], beat: &[i32], seed: u64) -> Analysis {
    let mut footage = Made::new(&[600_000]).analysis();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    footage.sound = Some(Sound::default());
    for (index, window) in footage.windows.iter_mut().enumerate() {
        // Another exercise every half minute, a little faster or slower.
        let vigour = [80, 100, 60, 120][index / 60 % 4];
        let motion = moves[index % moves.len()] * vigour / 100;
        window.hash = 0x0F0F_1234_5678_9ABC ^ (1 << random.random_range(0..64));
        window.measures.motion_milli = motion * random.random_range(85..115) / 100;
        window.measures.subject_milli = window.measures.motion_milli / 3;
        window.loudness_mlufs = Some(beat[index % beat.len()] + random.random_range(-600..600));
    }
    footage
}

#[rstest]
#[case::steady(&[30], &[-12_000])]
#[case::bars_of_two_seconds(&[30, 60, 45, 60], &[-12_000, -18_000, -14_000, -18_000])]
#[case::out_of_step(&[20, 55, 80, 35, 60], &[-12_000, -18_000, -14_000])]
fn a_class_to_music_is_not_all_the_same(#[case] moves: &[u32], #[case] beat: &[i32]) {
    let choice = ask(&class(moves, beat, 3), &[], request(ClipKind::Highlight, 12, 15));
    assert_eq!((choice.clips.len(), choice.shortfall), (12, None));
}

#[test]
fn a_screen_recording_in_which_little_moves_gives_clips() {
    let mut footage = Made::new(&[120_000]).analysis();
    for window in &mut footage.windows {
        window.hash = 0x0F0F_1234_5678_9ABC;
        window.measures.motion_milli = 0;
        window.measures.subject_milli = 0;
        window.measures.camera_milli = 0;
    }
    // Typing, with talking and reading in between.
    footage.sound = Some(Sound {
        speech: (0..6).map(|n| Stretch::new(n * 20 * SECOND, (n * 20 + 12) * SECOND)).collect(),
        ..Sound::default()
    });
    footage.frozen = (0..6).map(|n| Stretch::new((n * 20 + 2) * SECOND, (n * 20 + 16) * SECOND)).collect();
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for window in &mut footage.windows {
        window.loudness_mlufs = Some(random.random_range(-30_000..-15_000));
    }
    hush(&mut footage);
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 5, 15));
    assert_eq!((choice.clips.len(), choice.shortfall), (5, None), "{choice:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_picture_never_keeps_talk_out(
        slides in prop::collection::vec(2_000i64..40_000, 1..8),
        talk in prop::collection::vec((1_000i64..6_000, 400i64..2_000), 1..5),
        target_s in 5i64..20,
        seed in any::<u64>(),
    ) {
        let moving = Made { seed, ..Made::new(&slides) }.talking(&talk).analysis();
        let mut still = moving.clone();
        still.frozen = vec![Stretch::new(0, still.duration_us * 4 / 5)];
        for asked in [ClipKind::Highlight, ClipKind::Montage].map(|kind| request(kind, 4, target_s)) {
            prop_assert_eq!(ask(&still, &[], asked), ask(&moving, &[], asked));
        }
    }

    #[test]
    fn the_reason_is_what_stands_in_the_way(
        footage in footage(),
        avoided in prop::collection::vec((0i64..100_000_000, 1i64..30_000_000), 0..4),
        montage in any::<bool>(),
        count in 1u32..12,
        target_ms in 500i64..30_000,
    ) {
        let avoid: Vec<Stretch> = avoided.iter().map(|(s, l)| Stretch::new(*s, s + l)).collect();
        let kind = if montage { ClipKind::Montage } else { ClipKind::Highlight };
        let asked = ChoiceRequest { target_duration_us: target_ms * 1000, ..request(kind, count, 1) };
        let choice = ask(&footage, &avoid, asked);
        let more = |footage: &Analysis, avoid: &[Stretch]| {
            ask(footage, avoid, asked).clips.len() > choice.clips.len()
        };
        match choice.shortfall {
            None => {}
            Some(Shortfall::UsedUp) => prop_assert!(!avoid.is_empty()),
            Some(Shortfall::Blank) => prop_assert!(!footage.blanks.is_empty() && !more(&footage, &[])),
            Some(Shortfall::Frozen) => prop_assert!(!footage.frozen.is_empty() && !more(&footage, &[])),
            Some(Shortfall::TooShort) => {
                let mut bare = footage.clone();
                bare.blanks.clear();
                bare.frozen.clear();
                prop_assert!(!more(&bare, &[]));
            }
            Some(Shortfall::Repetitive) => prop_assert!(!more(&footage, &[])),
            Some(Shortfall::NoFootage) => prop_assert!(false, "there is some"),
        }
    }
}
