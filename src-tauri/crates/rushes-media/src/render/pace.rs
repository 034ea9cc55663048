//! The frame rate of a result: the rate of the used stretches of the sources, within
//! the limits of a preset.

use rushes_model::spec::ExportSpec;

use crate::{
    edit::{Piece, Rate},
    error::MediaError,
    ffmpeg::{run::RunContext, toolchain::Toolchain},
    probe::{ffprobe::Ffprobe, timing},
};

/// Rates that cameras, editors and platforms share, in thousandths of frames a second.
/// NTSC rates stand for their exact ratios.
const COMMON: [u32; 18] = [
    5_000, 6_000, 8_000, 10_000, 12_000, 12_500, 15_000, 20_000, 23_976, 24_000, 25_000, 29_970, 30_000,
    48_000, 50_000, 59_940, 60_000, 120_000,
];
/// A measured rate this close to a common one, in thousandths, is that one.
const NEAR_MILLI: u64 = 20;

/// The frame rate of an edit for a preset. With uneven timestamps, the average of a
/// whole file says nothing about a part of it, so the used stretch is measured by its
/// packets.
///
/// # Errors
/// [`MediaError`], if the packets cannot be read.
pub(crate) async fn rate(
    tools: &Toolchain,
    pieces: &[Piece],
    spec: &ExportSpec,
    ctx: &RunContext,
) -> Result<Rate, MediaError> {
    let mut own = 0;
    for piece in pieces {
        let told = piece.facts.video.frame_rate_milli;
        let measured = if piece.facts.video.variable_frame_rate {
            measured(&shown_us(tools, piece, ctx).await?).map(common)
        } else {
            None
        };
        own = own.max(measured.unwrap_or(told));
    }
    Ok(within(own, spec))
}

/// The rate according to the facts, for an estimate.
pub(crate) fn expected_rate(pieces: &[Piece], spec: &ExportSpec) -> Rate {
    within(pieces.iter().map(|piece| piece.facts.video.frame_rate_milli).max().unwrap_or(25_000), spec)
}

/// Presentation times of the frames of a piece, in order, in the file's own clock.
async fn shown_us(tools: &Toolchain, piece: &Piece, ctx: &RunContext) -> Result<Vec<i64>, MediaError> {
    let start_us = piece.facts.start_us;
    let (from_us, to_us) = (start_us + piece.in_us, start_us + piece.out_us);
    let file = Ffprobe::of(tools, &piece.path, &piece.facts, ctx);
    timing::stretch_times(file, piece.facts.video.stream_index, from_us, to_us).await
}

/// The rate of consecutive frames, ignoring frames that are shown for long; `None` if
/// there are too few.
fn measured(times: &[i64]) -> Option<u32> {
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0).collect();
    gaps.sort_unstable();
    let median = *gaps.get(gaps.len() / 2)?;
    // The mean of those near the median, for clocks in whole milliseconds.
    gaps.retain(|gap| (gap - median).abs() * 4 <= median);
    let rate = 1_000_000_000 * gaps.len() as i64 / gaps.iter().sum::<i64>().max(1);
    // Above 1 000 a second, a "rate" is a container's clock.
    u32::try_from(rate).ok().filter(|rate| (1..=1_000_000).contains(rate))
}

/// The common rate within [`NEAR_MILLI`], or else the next higher one.
fn common(rate: u32) -> u32 {
    let nearest = COMMON.iter().min_by_key(|common| common.abs_diff(rate)).copied().unwrap_or(rate);
    if u64::from(nearest.abs_diff(rate)) * 1000 <= u64::from(rate) * NEAR_MILLI {
        return nearest;
    }
    COMMON.iter().copied().find(|common| *common >= rate).unwrap_or(rate)
}

/// A rate within the limits of a preset. A higher rate is divided by two (three, …) if
/// that stays close to the maximum; a lower one is doubled (tripled, …) if that gives a
/// common rate.
fn within(own: u32, spec: &ExportSpec) -> Rate {
    let most = spec.max_frame_rate_milli.max(1);
    let least = spec.min_frame_rate_milli.min(most);
    let own = own.max(1);
    if own < least {
        let multiples = (2..=least.div_ceil(own) * 2).map(|times| own.saturating_mul(times));
        let fits = |rate: &u32| (least..=most).contains(rate);
        let even = multiples.filter(fits).find(|rate| COMMON.contains(rate));
        let rate = even.or_else(|| COMMON.iter().copied().find(fits)).unwrap_or(least);
        return Rate::from_milli(rate);
    }
    if own <= most {
        return Rate::from_milli(own);
    }
    let divisor = own.div_ceil(most);
    let even = Rate::from_milli(own);
    let divided = Rate { num: even.num, den: even.den * i64::from(divisor) };
    if own / divisor >= (most / 5 * 4).max(least) { divided } else { Rate::from_milli(most) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rushes_model::spec::{AudioEncoding, Container, VideoEncoding};

    fn spec(least: u32, most: u32) -> ExportSpec {
        ExportSpec {
            frame: None,
            min_frame_rate_milli: least,
            max_frame_rate_milli: most,
            container: Container::Mov,
            video: VideoEncoding::Prores,
            audio: AudioEncoding::Pcm,
            loudness: None,
            max_duration_us: None,
            max_bytes: None,
        }
    }

    #[test]
    fn a_rate_above_the_ceiling_is_halved_where_that_stays_near() {
        assert_eq!(within(50_000, &spec(0, 30_000)).ratio(), "50000/2000");
        assert_eq!(within(31_000, &spec(0, 30_000)).ratio(), "30000/1000");
    }

    #[rstest::rstest]
    #[case::doubled(15_000, "30000/1000")]
    #[case::six_times(5_000, "25000/1000")]
    #[case::not_evenly(22_000, "24000/1001")]
    #[case::high_enough(23_976, "24000/1001")]
    #[case::odd_and_high_enough(29_833, "29833/1000")]
    fn a_rate_below_the_floor_becomes_a_common_one(#[case] own: u32, #[case] rate: &str) {
        assert_eq!(within(own, &spec(23_000, 60_000)).ratio(), rate);
    }

    #[test]
    fn a_floor_that_no_common_rate_reaches_is_kept() {
        assert_eq!(within(5_000, &spec(61_000, 70_000)).ratio(), "61000/1000");
    }

    #[test]
    fn a_stretch_has_the_rate_of_its_motion_and_not_of_its_pauses() {
        let mut times: Vec<i64> = (0..300).map(|n| n * 1_001_000 / 60).collect();
        times.extend((1..20).map(|n| 5_005_000 + n * 1_000_000));
        assert_eq!(measured(&times).map(common), Some(59_940));
        // A clock in whole milliseconds.
        let whole: Vec<i64> = (0..300).map(|n| n * 1_001_000 / 30_000 * 1000).collect();
        assert_eq!(measured(&whole).map(common), Some(29_970));
        assert_eq!(measured(&[0]), None);
        assert_eq!(common(41_000), 48_000);
    }
}
