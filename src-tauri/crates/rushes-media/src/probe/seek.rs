//! Where to start reading a source so that a given moment can be shown.
//!
//! Decoding can start only at a key frame. Formats with an index are read from the last
//! key frame before the moment. In others, ffmpeg lands on any packet, and nothing is
//! shown until the next key frame. There, the previous key frame is searched for among
//! the packets, however far back it is.

use rushes_model::facts::SourceFacts;

use super::{
    ffprobe::Ffprobe,
    file,
    packets::{self, Packet},
};
use crate::{error::MediaError, ffmpeg::args::seconds};

/// Margin before a moment in a format with an index, in microseconds.
const ROOM_US: i64 = 500_000;
/// First step of the search for a key frame, before the moment. Sound may come before
/// its picture by less than this.
const FIRST_STEP_US: i64 = 2_000_000;
/// How much longer each further step is.
const STEPS_GROW: i64 = 2;
/// How much earlier a key frame may be decoded than shown, if the file has only
/// decoding timestamps, in microseconds.
const REORDERING_US: i64 = 1_000_000;
/// Clocks in whole milliseconds are off by less than this.
const HAIR_US: i64 = 1_000;

/// Whether ffmpeg finds the key frame before a moment by itself.
pub(crate) fn is_indexed(facts: &SourceFacts) -> bool {
    ["mov", "matroska"].iter().any(|format| facts.container.contains(format))
}

/// Where to start reading so that the frame at `at_us` (from the first frame) and its
/// sound are included, in the source's own clock; `None` for the start of the file.
pub(crate) async fn start_us(
    file: Ffprobe<'_>,
    facts: &SourceFacts,
    at_us: i64,
) -> Result<Option<i64>, MediaError> {
    if is_indexed(facts) {
        let seek = at_us - ROOM_US;
        return Ok((seek > 0).then_some(facts.start_us + seek));
    }
    // With only decoding timestamps, key frames may appear too early.
    let early_us = if facts.picture_lag_us > 0 { REORDERING_US } else { 0 };
    let at_us = facts.start_us + at_us + HAIR_US - early_us;
    let mut step_us = FIRST_STEP_US;
    while at_us - step_us > facts.start_us {
        let from_us = at_us - step_us;
        if !keys_between(file, facts, Some(from_us), at_us).await?.is_empty() {
            return Ok(Some(from_us));
        }
        step_us = step_us.saturating_mul(STEPS_GROW);
    }
    Ok(None)
}

/// Where to start reading for a known key frame, both in the source's own clock; `None`
/// for the start of the file.
pub(crate) fn room_before(facts: &SourceFacts, key_us: i64) -> Option<i64> {
    Some(key_us - FIRST_STEP_US).filter(|from| *from > facts.start_us)
}

/// Presentation times of the key frames that are read from `from_us` (the start of the
/// file if `None`) up to `to_us`, both in the source's own clock; in order.
pub(crate) async fn keys_between(
    file: Ffprobe<'_>,
    facts: &SourceFacts,
    from_us: Option<i64>,
    to_us: i64,
) -> Result<Vec<i64>, MediaError> {
    let interval = format!("{}%{}", from_us.map_or_else(String::new, seconds), seconds(to_us));
    let stream = Some(facts.video.stream_index);
    let packets = match packets::packets(file, stream, Some(&interval), file::PATIENCE).await {
        // A format that cannot be sought is read from its start.
        Err(MediaError::Failed { .. } | MediaError::NotVideo { .. }) => return Ok(Vec::new()),
        packets => packets?,
    };
    let shown = |packet: &Packet| packet.shown_us(facts.picture_lag_us).filter(|shown| *shown <= to_us);
    let mut keys: Vec<i64> = packets.iter().filter(|packet| packet.is_key).filter_map(shown).collect();
    keys.sort_unstable();
    Ok(keys)
}
