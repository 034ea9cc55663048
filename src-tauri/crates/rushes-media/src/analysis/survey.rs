//! A first look at a source, in a small part of the time that decoding it takes:
//! its key frames, and the sizes of all of its packets.
//!
//! An encoder that looks ahead begins a new scene with a key frame, out of the
//! rhythm of the others; one that does not writes a packet out of all
//! proportion. Both tell where a shot begins, and how large packets are tells
//! how much moves.

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

/// Key frames closer than this are all there is to read: then a first look is
/// the whole look. In microseconds.
const DENSE_US: i64 = 300_000;
/// Between key frames at least this far apart as pictures lies a cut.
const OTHER_SCENE: f32 = 0.24;
/// A packet that begins a scene is this many times its neighbours.
const TIMES_AROUND: f64 = 4.0;
/// Motion of a stretch whose packets are as large as its key frames, as a
/// fraction of the full range for each picture.
const FULL_MOTION: f64 = 0.12;

/// A packet of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packet {
    /// Presentation time from the source's first picture, in microseconds.
    pub time_us: i64,
    pub bytes: u64,
    pub is_key: bool,
}

/// The packets of a source's picture in the order in which they are shown.
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
    // A clock that leaps ahead tells of nothing that is ever looked at.
    packets.retain(|packet| packet.time_us < facts.duration_us);
    packets.sort_by_key(|packet| packet.time_us);
    Ok(packets)
}

/// Whether a first look would be worth it: key frames are few.
pub(super) fn is_worth_it(packets: &[Packet], duration_us: i64) -> bool {
    let keys = packets.iter().filter(|packet| packet.is_key).count() as i64;
    keys > 0 && duration_us / keys >= DENSE_US
}

/// Where shots seem to begin, and which of these moments are exact.
#[derive(Debug, Default)]
pub(super) struct Guess {
    pub transitions: Vec<Found>,
    pub exact: Vec<i64>,
}

/// Guesses the cuts. `keys` are the key frames as they were read.
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

/// Time between key frames that nothing but their count brought about.
fn rhythm(packets: &[Packet]) -> i64 {
    let keys: Vec<i64> = packets.iter().filter(|packet| packet.is_key).map(|packet| packet.time_us).collect();
    keys.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
}

/// The packet that stands out of the others.
fn largest(packets: &[Packet]) -> Option<i64> {
    let largest = packets.iter().max_by_key(|packet| packet.bytes)?;
    let mut sizes: Vec<u64> = packets.iter().map(|packet| packet.bytes).collect();
    sizes.sort_unstable();
    let usual = sizes[sizes.len() * 3 / 4].max(1) as f64;
    (largest.bytes as f64 > TIMES_AROUND * usual).then_some(largest.time_us)
}

/// The figures of all packets, as far as they can be told: the picture of the
/// key frame before, and motion by size.
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
            // What is small hardly shows in the size of a packet, but the key frames
            // around it differ.
            stirs: key.stirs || keys.get(shown).is_some_and(|next| next.stirs),
            shift: 0.0,
            moved: moved / contrast,
            ..*key
        });
    }
    figures.dedup_by_key(|figures| figures.time_us);
    figures
}
