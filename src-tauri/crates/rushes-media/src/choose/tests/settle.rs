//! Settling edges.

use super::*;
use proptest::prelude::*;

use super::made::{Made, footage};
use crate::choose::settle::settle;

const REACH: i64 = 1_200_000;

#[test]
fn edges_go_to_the_cuts_that_are_near() {
    let footage = Made::new(&[5000; 6]).analysis();
    assert_eq!(settle(&footage, 4_300_000, 10_700_000, REACH), (5 * SECOND, 10 * SECOND));
    assert_eq!(settle(&footage, 5 * SECOND, 12_400_000, REACH), (5 * SECOND, 12_400_000));
}

#[test]
fn edges_leave_a_transition_and_a_word() {
    let mut made = Made::new(&[5000, 5000, 5000]);
    made.shots[1].1 = 800;
    assert_eq!(settle(&made.analysis(), 5_300_000, 12_400_000, REACH).0, 5_800_000);
    let talk = made.talking(&[(3000, 1000)]).analysis();
    // At 6.8 s: speech ends at 7 s and resumes at 8 s.
    assert_eq!(settle(&talk, SECOND, 6_800_000, REACH).1, 7_150_000);
}

#[test]
fn an_edge_does_not_go_over_black() {
    let mut made = Made::new(&[5000, 400, 400, 5000]);
    made.black = vec![1];
    let (start, end) = settle(&made.analysis(), SECOND, 4_900_000, REACH);
    assert_eq!((start, end), (0, 5 * SECOND));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn settled_edges_keep_the_laws(
        footage in footage(), in_share in 0i64..1000, length in 1i64..20_000_000, reach in 0i64..2_000_000
    ) {
        let in_us = footage.duration_us * in_share / 1000;
        let out_us = (in_us + length).min(footage.duration_us);
        let (start, end) = settle(&footage, in_us, out_us, reach);
        prop_assert!((start - in_us).abs() <= reach && (end - out_us).abs() <= reach);
        prop_assert!(start < end && end - start >= (out_us - in_us).min(700_000));
        prop_assert!(start >= 0 && end <= footage.duration_us);

        // Legal if anything legal is in reach: checked in steps of 10 ms, and at the
        // boundaries that the rules refer to.
        let named = footage.shots.iter().flat_map(|s| [s.start_us, s.clear_us(), s.end_us]);
        let spoken = footage.sound.iter().flat_map(|s| &s.speech).flat_map(|s| [s.start_us, s.end_us]);
        let moments: Vec<i64> = named.chain(spoken).collect();
        let near = |at: i64| {
            let named = moments.iter().copied().filter(move |m| (m - at).abs() <= reach);
            named.chain((-reach..=reach).step_by(10_000).map(move |d| at + d)).chain([at])
        };
        let over = |a: i64, b: i64| footage.blanks.iter().any(|s| s.overlaps(Stretch::new(a, b)));
        let mut ins = near(in_us).filter(|m| is_legal(&footage, *m, false, i64::MAX) && (*m >= in_us || !over(*m, in_us)));
        let mut outs = near(out_us).filter(|m| is_legal(&footage, *m, true, i64::MAX) && (*m <= out_us || !over(out_us, *m)));
        let least = (out_us - in_us).min(700_000);
        // A pair that is long enough whatever the other edge is.
        if out_us - in_us >= 2 * reach + least {
            prop_assert!(ins.next().is_none() || is_legal(&footage, start, false, i64::MAX), "in {start}");
            prop_assert!(outs.next().is_none() || is_legal(&footage, end, true, i64::MAX), "out {end}");
        }
    }

    #[test]
    fn an_edge_on_a_cut_stays(shots in prop::collection::vec(1500i64..9000, 2..12), pick in any::<prop::sample::Index>()) {
        let footage = Made::new(&shots).analysis();
        let shot = footage.shots[pick.index(footage.shots.len())];
        let settled = settle(&footage, shot.start_us, shot.end_us, REACH);
        prop_assert_eq!(settled, (shot.start_us, shot.end_us));
    }
}
