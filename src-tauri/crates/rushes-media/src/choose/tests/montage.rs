//! Montages.

use std::collections::BTreeSet;

use super::*;
use proptest::prelude::*;

use super::made::{Made, footage};
use crate::choose::request::{ProposedCut, bounds};

/// The shot that a cut shows.
fn shot(analysis: &Analysis, cut: &ProposedCut) -> usize {
    analysis.shots.partition_point(|shot| shot.end_us <= cut.in_us)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn variants_open_with_different_shots_of_different_regions(
        count in 1usize..8, target_s in 6i64..15, seed in any::<u64>(), length in 1500i64..4000
    ) {
        let footage = Made { seed, ..Made::new(&vec![length; 160]) }.analysis();
        let asked = ChoiceRequest { seed, ..request(ClipKind::Montage, count as u32, target_s) };
        let choice = ask(&footage, &[], asked);
        prop_assert_eq!(choice.clips.len(), count);
        let opening = |clip: &ProposedClip| clip.cuts[0];
        let region = |cut: ProposedCut| cut.in_us * count as i64 / footage.duration_us;
        let regions: BTreeSet<_> = choice.clips.iter().map(opening).map(region).collect();
        let shots: BTreeSet<_> = choice.clips.iter().map(|clip| shot(&footage, &clip.cuts[0])).collect();
        prop_assert_eq!((regions.len(), shots.len()), (count, count));
    }

    #[test]
    fn shots_are_not_used_again_while_others_remain(
        footage in footage(), count in 1u32..8, target_s in 3i64..15
    ) {
        let asked = request(ClipKind::Montage, count, target_s);
        let choice = ask(&footage, &[], asked);
        let mut variants: Vec<BTreeSet<usize>> = Vec::new();
        for clip in &choice.clips {
            variants.push(clip.cuts.iter().map(|cut| shot(&footage, cut)).collect());
        }
        let used: BTreeSet<usize> = variants.iter().flatten().copied().collect();
        let reused = variants.iter().map(BTreeSet::len).sum::<usize>() > used.len();
        if reused {
            // Then no other shot had a snippet that one of the variants could take.
            let sources = [ChoiceSource { analysis: &footage, avoid: vec![] }];
            let all = Footage::all(&sources);
            let twins = Twins::new(&all);
            let mut remaining = Remaining::new(&all, Some(&twins));
            for cut in choice.clips.iter().flat_map(|clip| &clip.cuts) {
                remaining.take(0, cut.in_us, cut.out_us);
            }
            let scores = Scores::new(&all, &asked);
            let lengths = snippets::Lengths::new(asked.target_duration_us, footage.duration_us);
            let (_, longest) = bounds(asked.target_duration_us);
            let room = choice.clips.iter().map(|clip| longest - length(clip)).max().unwrap_or(0);
            let left = snippets::snippets(&all, &scores, &remaining, lengths, 1);
            let idle = left.iter().find(|snippet| !used.contains(&snippet.shot) && snippet.length() <= room.min(lengths.least));
            prop_assert!(idle.is_none(), "{idle:?} while {variants:?}");
        }
    }
}

#[test]
fn the_rest_follows_in_the_order_asked_for() {
    let footage = Made::new(&[2500; 60]).talking(&[]).analysis();
    let asked = request(ClipKind::Montage, 3, 12);
    let chronological = ask(&footage, &[], asked);
    let best_first = ask(&footage, &[], ChoiceRequest { order: MontageOrder::BestFirst, ..asked });
    let rest = |clip: &ProposedClip| clip.cuts[1..].to_vec();
    assert!(chronological.clips.iter().all(|clip| rest(clip).is_sorted_by_key(|cut| cut.in_us)));
    assert!(!best_first.clips.iter().all(|clip| rest(clip).is_sorted_by_key(|cut| cut.in_us)));
    let starts = |choice: &Choice| -> BTreeSet<i64> {
        choice.clips.iter().flat_map(|clip| &clip.cuts).map(|cut| cut.in_us).collect()
    };
    assert_eq!(starts(&chronological), starts(&best_first));
}

#[test]
fn cuts_land_on_beats_that_are_near() {
    let mut footage = Made::new(&[60_000]).talking(&[]).analysis();
    let beats: Vec<i64> = (1..240).map(|n| n * 250_000 + 10_000).collect();
    footage.sound.as_mut().expect("sound").onsets = beats.clone();
    let choice = ask(&footage, &[], request(ClipKind::Montage, 2, 12));
    assert_eq!(choice.clips.len(), 2);
    for cut in choice.clips.iter().flat_map(|clip| &clip.cuts) {
        assert!(cut.in_us == 0 || beats.contains(&cut.in_us), "{cut:?}");
        assert!(cut.out_us == footage.duration_us || beats.contains(&cut.out_us), "{cut:?}");
    }
}

#[test]
fn one_long_shot_gives_several_variants_without_footage_twice() {
    let footage = Made::new(&[120_000]).analysis();
    let choice = ask(&footage, &[], request(ClipKind::Montage, 4, 12));
    assert_eq!(choice.clips.len(), 4);
}
