//! Properties of every choice, whatever the footage.

use super::*;
use proptest::prelude::*;
use rushes_model::choice::ScoreParts;

use super::made::{footage, weights};
use crate::choose::{
    request::{ProposedCut, bounds},
    snippets::Lengths,
};

fn weighted(parts: ScoreParts, weights: ScoreWeights, all: &[&Analysis], kind: ClipKind) -> f64 {
    let heard = all.iter().any(|a| a.windows.iter().any(|w| w.loudness_mlufs.is_some()));
    let spoken = all.iter().any(|a| a.sound.iter().any(|s| !s.speech.is_empty()));
    let paced = kind == ClipKind::Montage || all.iter().any(|a| a.shots.len() > 1);
    let told = [
        (parts.motion_bp, weights.motion, true),
        (parts.sharpness_bp, weights.sharpness, true),
        (parts.colour_bp, weights.colour, true),
        (parts.loudness_bp, weights.loudness, heard),
        (parts.speech_bp, weights.speech, spoken),
        (parts.novelty_bp, weights.novelty, true),
        (parts.pace_bp, weights.pace, paced),
    ];
    let telling = || told.iter().filter(|(.., telling)| *telling);
    let none = telling().all(|(_, weight, _)| *weight == 0);
    let weight = |weight: u32| if none { 1.0 } else { f64::from(weight) };
    let sum: f64 = telling().map(|(part, w, _)| f64::from(*part) * weight(*w)).sum();
    sum / telling().map(|(_, w, _)| weight(*w)).sum::<f64>()
}

/// How much of a stretch is silent, to a hundredth of a second.
fn unheard(analysis: &Analysis, start: i64, end: i64) -> i64 {
    let speech = analysis.sound.iter().flat_map(|sound| &sound.speech);
    let heard = |at: i64| {
        let window = &analysis.windows[(at / rushes_model::analysis::WINDOW_US) as usize];
        let before = speech.clone().filter(|s| s.start_us <= at).map(|s| s.end_us).max();
        let after = speech.clone().filter(|s| s.end_us > at).map(|s| s.start_us).min();
        let talk = before.zip(after).is_some_and(|(before, after)| after - before <= 4 * SECOND);
        talk || window.loudness_mlufs.is_some_and(|loudness| loudness > -50_000)
    };
    (start..end).step_by(10_000).filter(|at| !heard(*at)).map(|at| (end - at).min(10_000)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn proposals_keep_the_laws(
        footages in prop::collection::vec(footage(), 1..4),
        avoided in prop::collection::vec((0i64..100_000_000, 1i64..8_000_000), 0..4),
        montage in any::<bool>(),
        best_first in any::<bool>(),
        count in 1u32..12,
        target_ms in 500i64..30_000,
        seed in any::<u64>(),
        weights in weights(),
    ) {
        let avoid: Vec<Stretch> = avoided.iter().map(|(s, l)| Stretch::new(*s, s + l)).collect();
        let sources: Vec<ChoiceSource<'_>> =
            footages.iter().map(|analysis| ChoiceSource { analysis, avoid: avoid.clone() }).collect();
        let kind = if montage { ClipKind::Montage } else { ClipKind::Highlight };
        let order = if best_first { MontageOrder::BestFirst } else { MontageOrder::Chronological };
        let target_duration_us = target_ms * 1000;
        let request = ChoiceRequest { kind, count, target_duration_us, seed, order, weights };
        let choice = choose(&sources, &request);

        prop_assert_eq!(&choice, &choose(&sources, &request), "the same seed, the same choice");
        prop_assert!(choice.clips.len() <= count as usize);
        prop_assert_eq!(choice.shortfall.is_some(), choice.clips.len() < count as usize);
        prop_assert!(choice.clips.is_sorted_by_key(|clip| std::cmp::Reverse(clip.score_bp)));

        let mut all: Vec<ProposedCut> = choice.clips.iter().flat_map(|c| c.cuts.clone()).collect();
        all.sort_by_key(|cut| (cut.source, cut.in_us));
        for pair in all.windows(2) {
            prop_assert!(
                pair[0].source != pair[1].source || pair[0].out_us <= pair[1].in_us,
                "no footage twice: {pair:?}"
            );
        }
        let (shortest, longest) = bounds(target_duration_us);
        let whole: i64 = footages.iter().map(|f| f.duration_us).sum();
        let longest_part = if montage { Lengths::new(target_duration_us, whole).most } else { longest };
        let frozen: i64 = footages.iter().flat_map(|f| &f.frozen).map(|f| f.length_us()).sum();
        for cut in &all {
            let analysis = &footages[cut.source];
            prop_assert!(cut.in_us < cut.out_us);
            prop_assert!(is_legal(analysis, cut.in_us, false, longest_part), "in of {cut:?}");
            prop_assert!(is_legal(analysis, cut.out_us, true, longest_part), "out of {cut:?}");
            let shown = Stretch::new(cut.in_us, cut.out_us);
            prop_assert!(!avoid.iter().any(|stretch| stretch.overlaps(shown)), "avoided");
            prop_assert!(!analysis.blanks.iter().any(|stretch| stretch.overlaps(shown)), "never black");
            let still: i64 = analysis.frozen.iter().filter(|f| f.overlaps(shown))
                .map(|f| unheard(analysis, f.start_us.max(cut.in_us), f.end_us.min(cut.out_us))).sum();
            prop_assert!(still * 3 <= shown.length_us() + 60_000 || frozen * 10 > whole * 8, "frozen");
            if montage {
                let shot = analysis.shots.iter().find(|shot| shot.end_us > cut.in_us).expect("a shot");
                prop_assert!(cut.in_us >= shot.clear_us() && cut.out_us <= shot.end_us, "one clear shot");
            }
        }
        let analyses: Vec<&Analysis> = footages.iter().collect();
        for clip in &choice.clips {
            prop_assert!(length(clip) <= longest);
            let whole = if montage { whole } else { footages[clip.cuts[0].source].duration_us };
            prop_assert!(length(clip) >= shortest || whole < shortest, "{clip:?}");
            let score = weighted(clip.parts, weights, &analyses, kind);
            prop_assert!((score - f64::from(clip.score_bp)).abs() <= 2.0, "{clip:?} {score}");
        }
    }
}

#[test]
fn what_cannot_be_is_said() {
    let none = choose(&[], &request(ClipKind::Montage, 2, 5));
    assert_eq!(none.shortfall, Some(Shortfall::NoFootage));
    let mut black = made::Made::new(&[20_000]);
    black.black = vec![0];
    let choice = ask(&black.analysis(), &[], request(ClipKind::Montage, 2, 5));
    assert_eq!((choice.clips.len(), choice.shortfall), (0, Some(Shortfall::Blank)));
    let two = made::Made::new(&[5000, 5000]).analysis();
    let choice = ask(&two, &[Stretch::new(0, 9_500_000)], request(ClipKind::Highlight, 1, 5));
    assert_eq!((choice.clips.len(), choice.shortfall), (0, Some(Shortfall::UsedUp)));
    let mut frozen = made::Made::new(&[20_000, 4000]);
    frozen.frozen = vec![0];
    let choice = ask(&frozen.analysis(), &[], request(ClipKind::Highlight, 3, 6));
    assert_eq!((choice.clips.len(), choice.shortfall), (1, Some(Shortfall::Frozen)));
}

#[test]
fn a_source_shorter_than_the_target_gives_its_whole_as_one_clip() {
    let footage = made::Made::new(&[3000, 2000]).analysis();
    for kind in [ClipKind::Highlight, ClipKind::Montage] {
        let choice = ask(&footage, &[], request(kind, 3, 30));
        assert_eq!(choice.clips.iter().map(length).collect::<Vec<_>>(), [5 * SECOND], "{kind:?}");
        assert_eq!(choice.shortfall, Some(Shortfall::TooShort));
    }
}

#[test]
fn sources_compete_and_the_livelier_wins() {
    let mut dull = made::Made::new(&[4000; 20]).analysis();
    for window in &mut dull.windows {
        window.measures.subject_milli = 1;
    }
    let lively = made::Made { seed: 9, ..made::Made::new(&[4000; 20]) }.analysis();
    let sources = [&dull, &lively].map(|analysis| ChoiceSource { analysis, avoid: vec![] });
    for kind in [ClipKind::Highlight, ClipKind::Montage] {
        let choice = choose(&sources, &request(kind, 2, 12));
        let of =
            |source| choice.clips.iter().flat_map(|c| &c.cuts).filter(|cut| cut.source == source).count();
        assert!(of(1) > of(0), "{kind:?}: {} and {}", of(0), of(1));
    }
}

#[test]
fn shake_is_no_movement_of_the_subject() {
    let mut footage = made::Made::new(&[8000; 10]).analysis();
    for (index, window) in footage.windows.iter_mut().enumerate() {
        let shaken = (index / 16) % 2 == 0;
        window.measures.subject_milli = if shaken { 10 } else { 20 };
        window.measures.camera_milli = if shaken { 80 } else { 5 };
    }
    let weights = ScoreWeights { motion: 100, ..no_weights() };
    let choice = ask(&footage, &[], ChoiceRequest { weights, ..request(ClipKind::Highlight, 3, 8) });
    assert!(choice.clips.iter().all(|clip| clip.cuts[0].in_us / (8 * SECOND) % 2 == 1), "{choice:?}");
}

pub fn no_weights() -> ScoreWeights {
    ScoreWeights { motion: 0, sharpness: 0, colour: 0, loudness: 0, speech: 0, novelty: 0, pace: 0 }
}
