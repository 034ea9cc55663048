//! Properties of every analysis, whatever the footage.

use rushes_model::analysis::{Analysis, WINDOW_US};
use rushes_model::time::Stretch;

pub fn assert_lawful(analysis: &Analysis) {
    let end_us = analysis.duration_us;
    assert!(end_us > 0);

    let mut next_us = 0;
    for shot in &analysis.shots {
        assert_eq!(shot.start_us, next_us, "shots have a gap: {:?}", analysis.shots);
        assert!(shot.end_us > shot.start_us, "a shot is empty: {:?}", analysis.shots);
        assert!((shot.start_us..=shot.end_us).contains(&shot.clear_us()), "{shot:?}");
        next_us = shot.end_us;
    }
    assert_eq!(next_us, end_us, "shots do not reach the end");

    for (number, window) in analysis.windows.iter().enumerate() {
        assert_eq!(window.start_us, number as i64 * WINDOW_US);
    }
    assert_eq!(analysis.windows.len() as i64, (end_us + WINDOW_US - 1) / WINDOW_US);

    assert_apart("blanks", &analysis.blanks, end_us);
    assert_apart("flashes", &analysis.flashes, end_us);
    assert_apart("frozen", &analysis.frozen, end_us);
    assert_apart("damage", &analysis.damage, end_us);
    if let Some(sound) = &analysis.sound {
        assert_apart("silences", &sound.silences, end_us);
        assert_apart("speech", &sound.speech, end_us);
        assert_apart("clipped", &sound.clipped, end_us);
        assert!(sound.onsets.is_sorted(), "{:?}", sound.onsets);
        assert!(sound.onsets.iter().all(|at| (0..end_us).contains(at)), "{:?}", sound.onsets);
    }
}

fn assert_apart(what: &str, stretches: &[Stretch], end_us: i64) {
    let mut last_us = 0;
    for stretch in stretches {
        let is_in_place = stretch.start_us >= last_us && stretch.length_us() > 0 && stretch.end_us <= end_us;
        assert!(is_in_place, "{what} within {end_us}: {stretches:?}");
        last_us = stretch.end_us;
    }
}
