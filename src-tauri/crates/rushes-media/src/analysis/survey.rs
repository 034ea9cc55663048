//! A quick estimate of a source's picture, in a fraction of the time that decoding
//! takes, from its key frames and the sizes of all its packets.
//!
//! An encoder with lookahead starts a new scene with a key frame, outside the regular
//! interval; one without writes an unusually large packet. Either shows where a shot
//! begins, and packet sizes show how much moves.

use std::path::Path;

use rushes_model::{analysis::TransitionKind, facts::SourceFacts, time::Stretch};

use super::{measures::Figures, shots::Found};
use crate::{
    error::MediaError,
    ffmpeg::{run::RunContext, toolchain::Toolchain},
    probe::{
        ffprobe::{self, Ffprobe},
        packets,
    },
};

/// With key frames closer than this, reading them is as much work as a full analysis.
/// In microseconds.
const DENSE_US: i64 = 300_000;
/// Key frames that differ by at least this much have a cut between them.
const OTHER_SCENE: f32 = 0.24;
/// Least ratio of a packet that begins a scene to its neighbours.
const TIMES_AROUND: f64 = 4.0;
/// Motion of a stretch whose packets are as large as its key frames, as a fraction of
/// the full range per frame.
const FULL_MOTION: f64 = 0.12;

/// A packet of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packet {
    /// Presentation timestamp from the source's first frame, in microseconds.
    pub time_us: i64,
    pub bytes: u64,
    pub is_key: bool,
}

/// The packets of a source's picture in presentation order.
pub(super) async fn packets(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Vec<Packet>, MediaError> {
    let file = Ffprobe::of(tools, path, facts, ctx);
    let all = packets::packets(file, Some(facts.video.stream_index), None, ffprobe::SCAN_PATIENCE).await?;
    let mut packets: Vec<Packet> = all
        .into_iter()
        .filter_map(|packet| {
            let time_us = packet.shown_us(0)? - facts.start_us;
            Some(Packet { time_us, bytes: packet.bytes, is_key: packet.is_key })
        })
        .collect();
    // Timestamps past the end, from a clock that jumped ahead, are never used.
    packets.retain(|packet| packet.time_us < facts.duration_us);
    packets.sort_by_key(|packet| packet.time_us);
    Ok(packets)
}

/// Whether a survey would pay off: it does if key frames are sparse.
pub(super) fn is_worth_it(packets: &[Packet], duration_us: i64) -> bool {
    let keys = packets.iter().filter(|packet| packet.is_key).count() as i64;
    keys > 0 && duration_us / keys >= DENSE_US
}

/// Estimated starts of shots, and which of them are exact.
#[derive(Debug, Default)]
pub(super) struct Guess {
    pub transitions: Vec<Found>,
    pub exact: Vec<i64>,
}

/// Estimates the cuts. `keys` are the decoded key frames.
pub(super) fn guess(packets: &[Packet], keys: &[Figures]) -> Guess {
    let rhythm_us = rhythm(packets);
    let mut guess = Guess::default();
    for (index, key) in keys.iter().enumerate().skip(1) {
        if key.step < OTHER_SCENE {
            continue;
        }
        let gap_us = key.time_us - keys[index - 1].time_us;
        let from = packets.partition_point(|packet| packet.time_us <= keys[index - 1].time_us);
        let to = packets.partition_point(|packet| packet.time_us < key.time_us);
        let at_us = if gap_us < rhythm_us - rhythm_us / 50 {
            guess.exact.push(key.time_us);
            key.time_us
        } else {
            largest(&packets[from..to.max(from)]).unwrap_or(key.time_us)
        };
        let at = Stretch::new(at_us, at_us);
        guess.transitions.push(Found { kind: TransitionKind::Cut, at });
    }
    guess
}

/// The encoder's regular key frame interval.
fn rhythm(packets: &[Packet]) -> i64 {
    let keys: Vec<i64> = packets.iter().filter(|packet| packet.is_key).map(|packet| packet.time_us).collect();
    keys.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
}

/// The packet that stands out from the others.
fn largest(packets: &[Packet]) -> Option<i64> {
    let largest = packets.iter().max_by_key(|packet| packet.bytes)?;
    let mut sizes: Vec<u64> = packets.iter().map(|packet| packet.bytes).collect();
    sizes.sort_unstable();
    let usual = sizes[sizes.len() * 3 / 4].max(1) as f64;
    (largest.bytes as f64 > TIMES_AROUND * usual).then_some(largest.time_us)
}

/// Estimated figures for all packets: the picture of the previous key frame, and motion
/// by packet size.
pub(super) fn figures(packets: &[Packet], keys: &[Figures]) -> Vec<Figures> {
    let mut sizes: Vec<u64> =
        packets.iter().filter(|packet| packet.is_key).map(|packet| packet.bytes).collect();
    sizes.sort_unstable();
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(1).max(1) as f64;
    let mut figures: Vec<Figures> = Vec::new();
    for packet in packets.iter().filter(|packet| packet.time_us >= 0) {
        let shown = keys.partition_point(|key| key.time_us <= packet.time_us);
        let Some(key) = keys.get(shown.saturating_sub(1)) else { break };
        let share = if packet.is_key { 0.0 } else { (packet.bytes as f64 / usual).min(1.0) };
        let moved = (share * FULL_MOTION) as f32;
        let contrast = key.contrast.max(0.02);
        figures.push(Figures {
            time_us: packet.time_us,
            change: if packet.is_key { figures.last().map_or(0.0, |before| before.change) } else { moved },
            // Small movement hardly affects packet sizes, but the key frames around it
            // differ.
            stirs: key.stirs || keys.get(shown).is_some_and(|next| next.stirs),
            shift: 0.0,
            moved: moved / contrast,
            ..*key
        });
    }
    figures.dedup_by_key(|figures| figures.time_us);
    figures
}
