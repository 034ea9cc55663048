//! Moves captions when a clip is edited, so that they stay with their pictures.

use rushes_model::captions::Cue;
use rushes_model::edit::Cut;

/// Shortest remainder of a cut caption that is kept, in microseconds. Anything shorter
/// is unreadable.
const SHORTEST_US: i64 = 200_000;

/// A stretch of the old clip, and where it starts in the new one.
#[derive(Debug, Clone, Copy)]
struct Kept {
    from_us: i64,
    to_us: i64,
    by_us: i64,
}

/// Moves the captions of a clip from the edit list `before` to `after`. Captions whose
/// pictures are gone are dropped.
pub(crate) fn follow(cues: &[Cue], before: &[Cut], after: &[Cut]) -> Vec<Cue> {
    let kept = kept(before, after);
    let mut moved: Vec<Cue> = cues.iter().filter_map(|cue| moved(cue, &kept)).collect();
    moved.sort_by_key(|cue| cue.start_us);
    moved
}

/// The stretches that both edit lists contain, in the order of the new one. Each moment
/// of the old clip is used once.
fn kept(before: &[Cut], after: &[Cut]) -> Vec<Kept> {
    let mut taken_us: Vec<i64> = before.iter().map(|cut| cut.in_us).collect();
    let mut kept = Vec::new();
    let (mut new_start, mut next) = (0, 0);
    for new in after {
        // Later ones first: a source may appear several times.
        let found = (next..before.len()).chain(0..next).find(|index| {
            let old = &before[*index];
            old.source_id == new.source_id && new.in_us.max(taken_us[*index]) < new.out_us.min(old.out_us)
        });
        if let Some(index) = found {
            let old = &before[index];
            let old_start: i64 = before[..index].iter().map(Cut::length_us).sum();
            let (from, to) = (new.in_us.max(taken_us[index]), new.out_us.min(old.out_us));
            let to_old = old_start - old.in_us;
            let by_us = new_start - new.in_us - to_old;
            kept.push(Kept { from_us: from + to_old, to_us: to + to_old, by_us });
            taken_us[index] = to;
            next = index;
        }
        new_start += new.length_us();
    }
    kept
}

/// A caption at the new time of its pictures. If they were split up, it goes with the
/// longest part.
fn moved(cue: &Cue, kept: &[Kept]) -> Option<Cue> {
    let mut parts: Vec<(i64, i64)> = Vec::new();
    for kept in kept {
        let (from, to) = (cue.start_us.max(kept.from_us), cue.end_us.min(kept.to_us));
        if from < to {
            let (from, to) = (from + kept.by_us, to + kept.by_us);
            match parts.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ => parts.push((from, to)),
            }
        }
    }
    let (start_us, end_us) = parts.into_iter().max_by_key(|(from, to)| to - from)?;
    let enough_us = SHORTEST_US.min(cue.end_us - cue.start_us);
    (end_us - start_us >= enough_us).then(|| Cue { start_us, end_us, text: cue.text.clone() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use rushes_model::ids::SourceId;

    const SECOND: i64 = 1_000_000;

    fn cut(source: u128, in_us: i64, out_us: i64) -> Cut {
        Cut { source_id: SourceId(Uuid::from_u128(source)), in_us, out_us }
    }

    fn cues(times: &[(i64, i64)]) -> Vec<Cue> {
        times
            .iter()
            .map(|(start_us, end_us)| Cue { start_us: *start_us, end_us: *end_us, text: "x".into() })
            .collect()
    }

    fn times(cues: &[Cue]) -> Vec<(i64, i64)> {
        cues.iter().map(|cue| (cue.start_us, cue.end_us)).collect()
    }

    #[test]
    fn a_trim_of_the_beginning_brings_captions_forward() {
        let before = [cut(1, 10 * SECOND, 18 * SECOND)];
        let after = [cut(1, 12 * SECOND, 17 * SECOND)];
        let written =
            cues(&[(0, SECOND), (SECOND, 3 * SECOND), (4 * SECOND, 5 * SECOND), (6 * SECOND, 8 * SECOND)]);
        let expected = [(0, SECOND), (2 * SECOND, 3 * SECOND), (4 * SECOND, 5 * SECOND)];
        assert_eq!(times(&follow(&written, &before, &after)), expected);
        // After extending the clip again, the remainder is back where it was.
        let back = follow(&follow(&written, &before, &after), &after, &before);
        assert_eq!(
            times(&back),
            [(2 * SECOND, 3 * SECOND), (4 * SECOND, 5 * SECOND), (6 * SECOND, 7 * SECOND)]
        );
    }

    #[test]
    fn a_piece_that_is_dropped_or_moved_takes_its_captions_along() {
        let before = [cut(1, 0, SECOND), cut(2, 0, SECOND), cut(1, 5 * SECOND, 6 * SECOND)];
        let written = cues(&[(0, SECOND), (SECOND, 2 * SECOND), (2 * SECOND, 3 * SECOND)]);
        let after = [cut(1, 5 * SECOND, 6 * SECOND), cut(1, 0, SECOND)];
        assert_eq!(times(&follow(&written, &before, &after)), [(0, SECOND), (SECOND, 2 * SECOND)]);
    }

    #[test]
    fn a_source_that_is_shown_twice_keeps_two_captions() {
        let before = [cut(1, 0, SECOND), cut(1, 0, SECOND)];
        let written = cues(&[(0, SECOND), (SECOND, 2 * SECOND)]);
        assert_eq!(times(&follow(&written, &before, &before)), times(&written));
    }

    fn edit() -> impl Strategy<Value = Vec<Cut>> {
        let cut = (0u128..3, 0i64..40, 1i64..40)
            .prop_map(|(source, from, length)| cut(source, from * 100_000, (from + length) * 100_000));
        prop::collection::vec(cut, 1..6)
    }

    proptest! {
        #[test]
        fn captions_stay_apart_and_inside_the_clip(
            before in edit(), after in edit(), gaps in prop::collection::vec((0i64..9, 1i64..9), 0..12),
        ) {
            let mut at = 0;
            let length: i64 = before.iter().map(Cut::length_us).sum();
            let written: Vec<(i64, i64)> = gaps
                .into_iter()
                .map(|(gap, length)| {
                    let start = at + gap * 130_000;
                    at = start + length * 130_000;
                    (start, at)
                })
                .filter(|(_, end)| *end <= length)
                .collect();
            let written = cues(&written);
            let moved = follow(&written, &before, &after);
            let length: i64 = after.iter().map(Cut::length_us).sum();
            prop_assert!(moved.iter().all(|cue| 0 <= cue.start_us && cue.start_us < cue.end_us && cue.end_us <= length));
            prop_assert!(moved.windows(2).all(|pair| pair[0].end_us <= pair[1].start_us));
            prop_assert_eq!(follow(&written, &before, &before), written);
        }
    }
}
