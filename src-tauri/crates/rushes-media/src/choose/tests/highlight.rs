//! Highlights.

use super::*;
use proptest::prelude::*;
use rstest::rstest;

use super::made::Made;
use crate::choose::request::ProposedCut;

#[test]
fn long_footage_gives_as_many_as_asked() {
    let footage = Made::new(&[6000; 20]).talking(&[(2500, 600)]).analysis();
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 8, 10));
    assert_eq!((choice.clips.len(), choice.shortfall), (8, None));
}

#[test]
fn it_begins_and_ends_on_cuts_where_it_can() {
    let footage = Made::new(&[8000; 12]).analysis();
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 4, 8));
    for clip in &choice.clips {
        assert_eq!((clip.cuts[0].in_us % (8 * SECOND), length(clip)), (0, 8 * SECOND), "{clip:?}");
    }
}

#[test]
fn it_leaves_a_breath_around_speech() {
    let footage = Made::new(&[60_000]).talking(&[(5000, 1000)]).analysis();
    let choice = ask(&footage, &[], request(ClipKind::Highlight, 3, 11));
    for clip in &choice.clips {
        let ProposedCut { in_us, out_us, .. } = clip.cuts[0];
        assert!(in_us == 0 || in_us % (6 * SECOND) == 5_850_000, "{clip:?}");
        assert!(out_us == 60 * SECOND || out_us % (6 * SECOND) == 5_150_000, "{clip:?}");
    }
}

#[test]
fn a_monologue_is_cut_only_when_nothing_else_is_left() {
    let talk = [(3000, 1000), (3000, 1000), (3000, 1000), (40_000, 1000)];
    let footage = Made::new(&[54_000]).talking(&talk).analysis();
    let monologue = Stretch::new(12 * SECOND, 52 * SECOND);
    let within = |choice: &Choice| {
        let inside = |cut: &ProposedCut| monologue.overlaps(Stretch::new(cut.in_us, cut.out_us));
        choice.clips.iter().filter(|clip| clip.cuts.iter().any(inside)).count()
    };
    assert_eq!(within(&ask(&footage, &[], request(ClipKind::Highlight, 1, 8))), 0);
    let more = ask(&footage, &[], request(ClipKind::Highlight, 4, 8));
    assert_eq!(more.clips.len(), 4);
    assert!(within(&more) >= 2, "{more:?}");
}

#[test]
fn frozen_footage_is_chosen_where_there_is_no_other() {
    let mut slides = Made::new(&[8000; 6]);
    slides.frozen = (0..6).collect();
    let choice = ask(&slides.analysis(), &[], request(ClipKind::Highlight, 3, 8));
    assert_eq!(choice.clips.len(), 3);
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Motion,
    Sharpness,
    Colour,
    Loudness,
}

#[rstest]
fn a_weight_on_one_part_alone_finds_the_top_of_it(
    #[values(Part::Motion, Part::Sharpness, Part::Colour, Part::Loudness)] part: Part,
    #[values(ClipKind::Highlight, ClipKind::Montage)] kind: ClipKind,
) {
    let mut footage = Made::new(&[5000; 24]).talking(&[]).analysis();
    // By far the best part is from 60 s to 70 s.
    for window in &mut footage.windows[120..140] {
        window.measures.subject_milli = 200;
        window.measures.camera_milli = 0;
        window.measures.sharpness_milli = 200;
        window.measures.colour_milli = 200;
        window.loudness_mlufs = Some(-5000);
    }
    let mut weights = laws::no_weights();
    *match part {
        Part::Motion => &mut weights.motion,
        Part::Sharpness => &mut weights.sharpness,
        Part::Colour => &mut weights.colour,
        Part::Loudness => &mut weights.loudness,
    } = 100;
    let choice = ask(&footage, &[], ChoiceRequest { weights, ..request(kind, 1, 5) });
    let best = &choice.clips[0];
    let told = match part {
        Part::Motion => best.parts.motion_bp,
        Part::Sharpness => best.parts.sharpness_bp,
        Part::Colour => best.parts.colour_bp,
        Part::Loudness => best.parts.loudness_bp,
    };
    assert_eq!(told, best.score_bp);
    // The region is a twelfth of the footage: all of it ranks above 0.9. A montage
    // spreads over the footage, with the best of each part.
    let least = if kind == ClipKind::Highlight { 9000 } else { 7000 };
    assert!(told >= least, "{best:?}");
}

#[test]
fn a_weight_on_speech_finds_who_speaks_and_on_pace_where_it_is_cut() {
    let mut footage = Made::new(&[5000; 8]).analysis();
    footage.sound = Some(rushes_model::analysis::Sound {
        speech: vec![Stretch::new(20 * SECOND, 25 * SECOND)],
        ..Default::default()
    });
    let weights = ScoreWeights { speech: 100, ..laws::no_weights() };
    let choice = ask(&footage, &[], ChoiceRequest { weights, ..request(ClipKind::Highlight, 1, 5) });
    assert!(choice.clips[0].parts.speech_bp > 8000, "{choice:?}");

    let shots: Vec<i64> = (0..40).map(|n| if (20..30).contains(&n) { 800 } else { 6000 }).collect();
    let weights = ScoreWeights { pace: 100, ..laws::no_weights() };
    let footage = Made::new(&shots).analysis();
    let choice = ask(&footage, &[], ChoiceRequest { weights, ..request(ClipKind::Highlight, 1, 7) });
    let ProposedCut { in_us, out_us, .. } = choice.clips[0].cuts[0];
    assert!(Stretch::new(in_us, out_us).overlaps(Stretch::new(120 * SECOND, 128 * SECOND)), "{choice:?}");
}

proptest! {
    #[test]
    fn another_seed_chooses_among_what_is_nearly_as_good(seed in any::<u64>()) {
        let footage = Made::new(&[6000; 40]).analysis();
        let best = |seed| {
            let choice = ask(&footage, &[], ChoiceRequest { seed, ..request(ClipKind::Highlight, 5, 6) });
            choice.clips.iter().map(|clip| f64::from(clip.score_bp)).sum::<f64>() / 5.0
        };
        prop_assert!((best(seed) - best(7)).abs() < 600.0);
    }
}
