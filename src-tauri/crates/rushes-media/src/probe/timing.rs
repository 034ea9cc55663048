//! Timestamps of a source's first and last frames: whether they are even, the frame
//! rate, and where the picture ends.

use serde::Deserialize;

use super::{
    ffprobe::{Ffprobe, SCAN_PATIENCE},
    file::PATIENCE,
    packets::{Packet, packets},
    report::{Rates, Stream, micros},
};
use crate::{error::MediaError, ffmpeg::args::seconds};

/// Packets checked for evenness: about eight seconds of ordinary footage.
const SAMPLE: &str = "%+#240";
/// More packets than a decoder holds back. At the end of its input, a decoder gives no
/// timestamps.
const HELD_BACK: &str = "%+#60";
/// A frame that is shown for longer than this is the result of a broken clock.
const LEAP_US: i64 = 3_600_000_000;
/// How far before the expected end the last frame is searched for.
const TAIL_US: i64 = 10_000_000;

/// Timestamps of the first frames.
#[derive(Debug, Default)]
pub(super) struct Timing {
    /// Presentation times, in order, in microseconds.
    times: Vec<i64>,
    /// When the first frame is decoded, if there are no presentation timestamps.
    decoded_us: Option<i64>,
    /// Whether there are frames and none has a timestamp.
    is_bare: bool,
}

impl Timing {
    pub fn pictures(&self) -> usize {
        self.times.len()
    }

    pub fn first_us(&self) -> Option<i64> {
        self.times.first().copied()
    }

    /// Whether the file has no timestamps at all, like a raw stream.
    pub fn is_bare(&self) -> bool {
        self.is_bare
    }

    /// When the first frame is decoded, if there are no presentation timestamps.
    pub fn decoded_us(&self) -> Option<i64> {
        self.decoded_us
    }

    fn gaps(&self) -> Vec<i64> {
        let mut gaps: Vec<i64> = self.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // With reordering, the end of the sample lacks some frames in between.
        gaps.truncate(gaps.len().saturating_sub(if gaps.len() > 30 { 8 } else { 0 }));
        gaps
    }

    fn median_gap(&self) -> Option<i64> {
        let mut gaps = self.gaps();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }
}

/// Reads the timestamps of the first frames of a stream.
pub(super) async fn sample(file: Ffprobe<'_>, stream_index: u32) -> Result<Timing, MediaError> {
    let packets = packets(file, Some(stream_index), Some(SAMPLE), PATIENCE).await?;
    let mut times: Vec<i64> = packets.iter().filter_map(|packet| packet.shown_us(0)).collect();
    times.sort_unstable();
    times.dedup();
    // Some formats omit presentation timestamps from a few packets, but from the first
    // one only if they never have any.
    let decoded_us = packets.first().filter(|first| first.pts_us.is_none()).and_then(|first| first.dts_us);
    let tells = |packet: &Packet| packet.pts_us.or(packet.dts_us).is_some();
    let is_bare = !packets.is_empty() && !packets.iter().any(tells);
    Ok(Timing { times, decoded_us, is_bare })
}

#[derive(Debug, Deserialize)]
struct Frames {
    #[serde(default)]
    frames: Vec<Frame>,
}

#[derive(Debug, Deserialize)]
struct Frame {
    best_effort_timestamp_time: Option<String>,
}

/// When the decoder shows the first frame. Without presentation timestamps, this is
/// later than its decoding time by the decoder's delay.
pub(super) async fn first_shown_us(file: Ffprobe<'_>, stream_index: u32) -> Result<Option<i64>, MediaError> {
    let index = stream_index.to_string();
    let entries = ["-select_streams", &index, "-show_entries", "frame=best_effort_timestamp_time"];
    let arguments = [&entries[..], &["-read_intervals", HELD_BACK]].concat();
    let frames: Frames = file.json(&arguments, PATIENCE).await?;
    let time = frames.frames.first().and_then(|frame| frame.best_effort_timestamp_time.as_deref());
    Ok(time.and_then(micros))
}

/// The end of the last frame in the file's own clock, for containers that have a
/// duration only for the whole file, or none at all.
pub(super) async fn end_of_picture(
    file: Ffprobe<'_>,
    stream: &Stream,
    container_us: Option<i64>,
) -> Result<Option<i64>, MediaError> {
    if let Some(length) = container_us {
        let from = (length + stream.start_us().unwrap_or(0).max(0) - TAIL_US).max(0);
        let interval = format!("{}.{:06}%", from / 1_000_000, from % 1_000_000);
        let tail = packets(file, Some(stream.index), Some(&interval), PATIENCE).await?;
        if let Some(end) = end(&tail) {
            return Ok(Some(end));
        }
    }
    // Recordings by web browsers have no duration: read all packets.
    let all = packets(file, Some(stream.index), None, SCAN_PATIENCE).await?;
    Ok(end(&all))
}

/// The end of the last frame before the clock jumps ahead.
pub(super) async fn end_before_leap(file: Ffprobe<'_>, stream: &Stream) -> Result<Option<i64>, MediaError> {
    let mut all = packets(file, Some(stream.index), None, SCAN_PATIENCE).await?;
    all.sort_by_key(|packet| packet.shown_us(0));
    let mut last_us = None;
    let leap = all.iter().position(|packet| {
        let time_us = packet.shown_us(0);
        let leaps = last_us.zip(time_us).is_some_and(|(last, time)| time - last > LEAP_US);
        last_us = time_us.or(last_us);
        leaps
    });
    all.truncate(leap.unwrap_or(all.len()));
    Ok(end(&all))
}

/// Presentation times of the frames in a stretch, in order, in the file's own clock.
pub(crate) async fn stretch_times(
    file: Ffprobe<'_>,
    stream_index: u32,
    from_us: i64,
    to_us: i64,
) -> Result<Vec<i64>, MediaError> {
    let interval = format!("{}%{}", seconds(from_us), seconds(to_us));
    let packets = packets(file, Some(stream_index), Some(&interval), SCAN_PATIENCE).await?;
    let mut times: Vec<i64> = packets.iter().filter_map(|packet| packet.shown_us(0)).collect();
    times.retain(|time| (from_us..to_us).contains(time));
    times.sort_unstable();
    Ok(times)
}

fn end(packets: &[Packet]) -> Option<i64> {
    let mut times: Vec<i64> = packets.iter().filter_map(|packet| packet.shown_us(0)).collect();
    times.sort_unstable();
    let last = *times.last()?;
    let told = packets
        .iter()
        .filter(|packet| packet.shown_us(0) == Some(last))
        .find_map(|packet| packet.duration_us)
        .filter(|duration| *duration > 0);
    let gap = times.len().checked_sub(2).and_then(|index| times.get(index)).map(|prev| last - prev);
    Some(last + told.or(gap).unwrap_or(0))
}

/// Frames per second in thousandths: the container's average, or what the first frames
/// show, or the base rate. Never 0.
pub(super) fn frame_rate_milli(rates: &Rates, timing: &Timing) -> u32 {
    let shown = timing
        .median_gap()
        .filter(|gap| *gap > 0)
        .map(|gap| u32::try_from(1_000_000_000 / gap).unwrap_or(u32::MAX).max(1));
    // Above 1 000 a second, a "rate" is a container's clock.
    let sane = |rate: &u32| *rate <= 1_000_000;
    rates.average.filter(sane).or(shown.filter(sane)).or(rates.base.filter(sane)).unwrap_or(25_000)
}

/// Whether the frame rate is variable.
///
/// In the first frames, a gap that differs from the median by more than a twentieth is
/// uneven (1.5 ms are allowed for clocks in whole milliseconds, as in Matroska).
/// Unevenness later in the file shows in an average that differs from the base rate. A
/// base rate of twice the average comes from counting fields, and is even.
pub(super) fn is_variable(rates: &Rates, timing: &Timing) -> bool {
    if let Some(median) = timing.median_gap() {
        let allowed = (median / 20).max(1500);
        if timing.gaps().iter().any(|gap| (gap - median).abs() > allowed) {
            return true;
        }
    }
    match (rates.average, rates.base) {
        (Some(average), Some(base)) => {
            let ratio = f64::from(base) / f64::from(average);
            (ratio - 1.0).abs() > 0.01 && (ratio - 2.0).abs() > 0.02
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(times: impl IntoIterator<Item = i64>) -> Timing {
        Timing { times: times.into_iter().collect(), ..Timing::default() }
    }

    #[test]
    fn whole_milliseconds_of_matroska_are_even() {
        let even = timing((0..100).map(|n| n * 1_001_000 / 30_000 * 1000));
        assert!(!is_variable(&Rates::default(), &even));
    }

    #[test]
    fn a_missing_picture_makes_the_rate_variable() {
        let uneven = timing((0..100).filter(|n| *n != 50).map(|n| n * 40_000));
        assert!(is_variable(&Rates::default(), &uneven));
    }

    #[test]
    fn one_frame_a_second_is_a_rate_like_any_other() {
        let slow = timing((0..5).map(|n| n * 1_000_000));
        assert_eq!(frame_rate_milli(&Rates::default(), &slow), 1000);
        assert!(!is_variable(&Rates { average: Some(1000), base: Some(1000) }, &slow));
    }
}
