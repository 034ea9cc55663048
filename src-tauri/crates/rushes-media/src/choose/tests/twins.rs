//! Near-duplicates.

use super::*;
use proptest::prelude::*;
use rushes_model::analysis::WINDOW_US;

use super::made::{Made, again};

fn both<'a>(one: &'a Analysis, other: &'a Analysis) -> [ChoiceSource<'a>; 2] {
    [one, other].map(|analysis| ChoiceSource { analysis, avoid: vec![] })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn footage_imported_twice_is_shown_once(
        shots in prop::collection::vec(1500i64..9000, 8..24),
        sound in any::<bool>(),
        later in 0usize..20,
        montage in any::<bool>(),
        count in 2u32..12,
        target_s in 3i64..12,
        used in prop::option::of(0i64..20),
        seed in any::<u64>(),
    ) {
        let made = Made { seed, ..Made::new(&shots) };
        let made = if sound { made.talking(&[(1500, 700), (2500, 400)]) } else { made };
        let first = made.analysis();
        let second = again(&first, later);
        let mut sources = both(&first, &second);
        let avoid = used.map(|at| Stretch::new(at * SECOND, (at + 8) * SECOND));
        sources[0].avoid.extend(avoid);
        let kind = if montage { ClipKind::Montage } else { ClipKind::Highlight };
        let choice = choose(&sources, &ChoiceRequest { seed, ..request(kind, count, target_s) });
        // On the clock of the first source.
        let mut shown: Vec<Stretch> = choice.clips.iter().flat_map(|clip| &clip.cuts).map(|cut| {
            let shift = cut.source as i64 * later as i64 * WINDOW_US;
            Stretch::new(cut.in_us + shift, cut.out_us + shift)
        }).chain(avoid).collect();
        shown.sort_unstable();
        for pair in shown.windows(2) {
            // To the nearest window; less is not detected.
            prop_assert!(pair[0].end_us <= pair[1].start_us + WINDOW_US, "{pair:?}");
        }
    }
}

#[test]
fn an_interview_before_one_camera_is_not_all_the_same() {
    let mut footage = Made::new(&[600_000]).talking(&[(6000, 500), (9000, 700)]).analysis();
    for window in &mut footage.windows {
        window.hash = 0x0F0F_1234_5678_9ABC;
        window.measures.motion_milli = 2 + (window.start_us / WINDOW_US % 3) as u32;
    }
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 12, 15));
    assert_eq!((choice.clips.len(), choice.shortfall), (12, None));
}

#[test]
fn a_still_title_is_shown_once() {
    // Every second shot is the same title, silent and still.
    let mut footage = Made::new(&[5000; 20]).analysis();
    for shot in footage.shots.iter_mut().skip(1).step_by(2) {
        shot.hash = 42;
        for window in
            &mut footage.windows[(shot.start_us / WINDOW_US) as usize..(shot.end_us / WINDOW_US) as usize]
        {
            window.hash = 42;
            window.measures.motion_milli = 0;
        }
    }
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 20, 5));
    let title = |clip: &&ProposedClip| clip.cuts[0].in_us / (5 * SECOND) % 2 == 1;
    assert_eq!(choice.clips.iter().filter(title).count(), 1, "{choice:?}");
    assert_eq!(choice.shortfall, Some(Shortfall::Repetitive));
}

#[test]
fn what_shows_only_one_picture_is_repetitive() {
    let mut footage = Made::new(&[60_000]).analysis();
    for window in &mut footage.windows {
        window.hash = 42;
        window.measures.motion_milli = 0;
    }
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 5, 8));
    assert_eq!((choice.clips.len(), choice.shortfall), (1, Some(Shortfall::Repetitive)));
}
