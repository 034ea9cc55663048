//! Laws of choosing, over generated analyses.

use proptest::prelude::*;

use super::*;
use crate::analysis::{ANALYSIS_VERSION, Measures, Shot, WINDOW_US, Window};

/// An analysis of made-up footage: shots of the given lengths, one of them black
/// where asked.
fn analysis(shots_ms: &[i64], black: Option<usize>, sound: bool) -> Analysis {
    let mut at = 0;
    let mut shots = Vec::new();
    for (index, length) in shots_ms.iter().enumerate() {
        let start_us = at;
        at += length * 1000;
        let hash = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        shots.push(Shot { start_us, end_us: at, measures: Measures::default(), hash });
    }
    let windows = (0..(at + WINDOW_US - 1) / WINDOW_US)
        .map(|n| {
            let start_us = n * WINDOW_US;
            let end_us = start_us + WINDOW_US;
            let is_black = black.is_some_and(|b| shots[b].start_us < end_us && shots[b].end_us > start_us);
            let seed = (n * 7919 % 101) as u32;
            let measures = Measures {
                motion_milli: seed,
                sharpness_milli: (seed * 31) % 97,
                colour_milli: (seed * 17) % 89,
                brightness_milli: 500,
                contrast_milli: 200,
                blank_milli: if is_black { 1000 } else { 0 },
            };
            let loudness_mlufs = sound.then_some(-30_000 + (seed as i32 * 13) % 9000);
            Window { start_us, measures, loudness_mlufs }
        })
        .collect();
    Analysis {
        version: ANALYSIS_VERSION,
        duration_us: at,
        shots,
        windows,
        silences: if sound && at > 4_000_000 { vec![(2_000_000, 2_600_000)] } else { vec![] },
        loudness: None,
    }
}

fn request(kind: ClipKind, count: u32, target_s: i64) -> ChoiceRequest {
    ChoiceRequest { kind, count, target_duration_us: target_s * 1_000_000, seed: 7 }
}

fn ask(analysis: &Analysis, avoid: Vec<(i64, i64)>, request: ChoiceRequest) -> Choice {
    choose(&[ChoiceSource { analysis, avoid }], &request)
}

#[test]
fn long_footage_gives_as_many_highlights_as_asked() {
    let footage = analysis(&[6000; 20], None, true);
    let choice = ask(&footage, vec![], request(ClipKind::Highlight, 8, 10));
    assert_eq!(choice.clips.len(), 8);
    assert_eq!(choice.shortfall, None);
}

#[test]
fn a_source_shorter_than_the_target_gives_its_whole_as_one_clip() {
    let footage = analysis(&[3000, 2000], None, false);
    for kind in [ClipKind::Highlight, ClipKind::Montage] {
        let choice = ask(&footage, vec![], request(kind, 3, 30));
        assert_eq!(choice.clips.len(), 1, "{kind:?}");
        assert_eq!(choice.clips[0].duration_us(), 5_000_000, "{kind:?}");
        assert_eq!(choice.shortfall, Some(Shortfall::TooShort));
    }
}

#[test]
fn used_footage_is_not_given_again() {
    let footage = analysis(&[5000, 5000], None, false);
    let choice = ask(&footage, vec![(0, 9_500_000)], request(ClipKind::Highlight, 1, 5));
    assert_eq!(choice.clips, []);
    assert_eq!(choice.shortfall, Some(Shortfall::UsedUp));
}

#[test]
fn black_footage_gives_nothing_and_says_so() {
    let footage = analysis(&[20_000], Some(0), false);
    let choice = ask(&footage, vec![], request(ClipKind::Montage, 2, 5));
    assert_eq!(choice.shortfall, Some(Shortfall::Blank));
    assert_eq!(choose(&[], &request(ClipKind::Montage, 2, 5)).shortfall, Some(Shortfall::NoFootage));
}

#[test]
fn a_highlight_begins_and_ends_on_cuts_where_it_can() {
    let footage = analysis(&[8000; 12], None, false);
    let choice = ask(&footage, vec![], request(ClipKind::Highlight, 4, 8));
    for clip in &choice.clips {
        assert_eq!(clip.cuts[0].in_us % 8_000_000, 0, "{clip:?}");
        assert_eq!(clip.duration_us(), 8_000_000);
    }
}

#[test]
fn montages_open_with_different_shots() {
    let footage = analysis(&[2500; 60], None, true);
    let choice = ask(&footage, vec![], request(ClipKind::Montage, 5, 12));
    let mut openings: Vec<i64> = choice.clips.iter().map(|c| c.cuts[0].in_us / 2_500_000).collect();
    openings.sort_unstable();
    openings.dedup();
    assert_eq!((choice.clips.len(), openings.len()), (5, 5));
    for clip in &choice.clips {
        let rest = &clip.cuts[1..];
        assert!(rest.is_sorted_by_key(|cut| cut.in_us), "{clip:?}");
    }
}

prop_compose! {
    fn footage()(
        shots in prop::collection::vec(100i64..9000, 1..25),
        black in prop::option::of(0usize..25),
        sound in any::<bool>(),
    ) -> Analysis {
        let black = black.filter(|b| *b < shots.len());
        analysis(&shots, black, sound)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn proposals_keep_the_laws(
        footages in prop::collection::vec(footage(), 1..4),
        avoided in prop::collection::vec((0i64..100_000_000, 0i64..8_000_000), 0..4),
        montage in any::<bool>(),
        count in 1u32..12,
        target_ms in 500i64..30_000,
        seed in any::<u64>(),
    ) {
        let avoid: Vec<(i64, i64)> = avoided.iter().map(|(s, l)| (*s, s + l)).collect();
        let sources: Vec<ChoiceSource<'_>> = footages
            .iter()
            .map(|analysis| ChoiceSource { analysis, avoid: avoid.clone() })
            .collect();
        let kind = if montage { ClipKind::Montage } else { ClipKind::Highlight };
        let request = ChoiceRequest { kind, count, target_duration_us: target_ms * 1000, seed };
        let choice = choose(&sources, &request);

        prop_assert_eq!(&choice, &choose(&sources, &request), "the same seed, the same choice");
        prop_assert!(choice.clips.len() <= count as usize);
        prop_assert_eq!(choice.shortfall.is_some(), choice.clips.len() < count as usize);

        let mut all: Vec<ProposedCut> = choice.clips.iter().flat_map(|c| c.cuts.clone()).collect();
        all.sort_by_key(|cut| (cut.source, cut.in_us));
        for pair in all.windows(2) {
            prop_assert!(
                pair[0].source != pair[1].source || pair[0].out_us <= pair[1].in_us,
                "no footage twice: {pair:?}"
            );
        }
        for cut in &all {
            let analysis = &footages[cut.source];
            prop_assert!(cut.in_us >= 0 && cut.in_us < cut.out_us && cut.out_us <= analysis.duration_us);
            for (start, end) in &avoid {
                prop_assert!(cut.out_us <= *start || cut.in_us >= *end || start == end, "avoided");
            }
            for window in analysis.windows.iter().filter(|w| w.measures.blank_milli > 0) {
                let end = window.start_us + WINDOW_US;
                prop_assert!(cut.out_us <= window.start_us || cut.in_us >= end, "never black");
            }
        }
        let (shortest, longest) = bounds(request.target_duration_us);
        let whole: i64 = footages.iter().map(|f| f.duration_us).sum();
        for clip in &choice.clips {
            prop_assert!(clip.duration_us() <= longest);
            let whole = if montage { whole } else { footages[clip.cuts[0].source].duration_us };
            prop_assert!(clip.duration_us() >= shortest || whole < shortest, "{clip:?}");
        }
    }
}
