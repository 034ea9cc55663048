//! Whether the clock of a file is continuous.
//!
//! In recordings that were joined byte by byte the clock restarts midway, and it jumps
//! ahead where a recorder paused or lost its signal. In such a file, ffmpeg seeks to
//! the wrong place or into a gap. Only the packets show this.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use super::packets::Packet;

/// A stream that steps back by more than this has restarted, in microseconds. Encoders
/// that confuse decoding and presentation timestamps step back by less.
const BACK_US: i64 = 500_000;
/// If no stream has data for longer than this, the clock jumped ahead, in microseconds.
const HOLE_US: i64 = 1_000_000;
/// How far apart the streams of a file may be interleaved, in microseconds.
const INTERLEAVING_US: i64 = 3_000_000;
/// Packets of a part that overlap the next part by more than this share of their length
/// are dropped.
const OVERLAP: i64 = 2;

/// Whether the packets of a file have to be read to check its clock; blocks on disk
/// access. Broadcasts and programme streams are designed to be joined and broken off
/// anywhere; other formats have an index with their timestamps.
pub(super) fn may_be_uneven(path: &Path, container: &str) -> bool {
    matches!(container, "mpegts" | "mpeg")
        || container.contains("matroska") && is_joined_matroska(path).unwrap_or(false)
}

/// Whether a file contains a second Matroska file (RFC 8794, RFC 9559).
fn is_joined_matroska(path: &Path) -> io::Result<bool> {
    const HEADER: u32 = 0x1A45_DFA3;
    const SEGMENT: u32 = 0x1853_8067;
    let mut file = File::open(path)?;
    for element in [HEADER, SEGMENT] {
        if next_id(&mut file)? != element {
            return Ok(false);
        }
        let Some(size) = element_size(&mut file)? else { return Ok(false) };
        file.seek(SeekFrom::Current(i64::try_from(size).unwrap_or(i64::MAX)))?;
    }
    Ok(next_id(&mut file)? == HEADER)
}

fn next_id(file: &mut File) -> io::Result<u32> {
    let mut id = [0; 4];
    file.read_exact(&mut id)?;
    Ok(u32::from_be_bytes(id))
}

/// The size of an element; `None` if it extends to the end of the file.
fn element_size(file: &mut File) -> io::Result<Option<u64>> {
    let mut first = [0; 1];
    file.read_exact(&mut first)?;
    let more = first[0].leading_zeros() as usize;
    if more > 7 {
        return Ok(None);
    }
    let mut rest = [0; 7];
    file.read_exact(&mut rest[..more])?;
    let high = u64::from(first[0]) & (0x7F >> more);
    let size = rest[..more].iter().fold(high, |size, byte| size << 8 | u64::from(*byte));
    let unknown = (1u64 << (7 * (more + 1))) - 1;
    Ok((size != unknown).then_some(size))
}

/// The clock of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    /// How many clocks there are: 1 if it is continuous.
    pub parts: usize,
    /// Corrections that make it continuous, by stream index.
    pub streams: BTreeMap<u32, Correction>,
    /// When the first key frame of the picture is shown.
    pub begins_us: Option<i64>,
    /// When the last frame ends on the corrected clock, in microseconds.
    pub end_us: i64,
}

/// Makes the timestamps of one stream continuous.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Correction {
    /// Offsets in microseconds, each from a packet number on. They accumulate.
    pub shifts: Vec<(u64, i64)>,
    /// Packets to drop, first and last.
    pub dropped: Vec<(u64, u64)>,
}

/// A packet of a stream, assigned to a part of the file.
#[derive(Debug, Clone, Copy)]
struct Placed {
    number: u64,
    part: usize,
    decoded_us: i64,
    shown_us: i64,
    length_us: i64,
}

impl Placed {
    fn end_us(&self) -> i64 {
        self.shown_us + self.length_us
    }
}

/// A stretch of the file with one clock.
#[derive(Debug, Clone, Copy)]
struct Part {
    first_us: i64,
    /// End of the last packet of any stream so far.
    last_us: i64,
    /// The previous part, if this one began with a jump ahead.
    leapt_from: Option<usize>,
}

impl Part {
    fn may_hold(&self, time_us: i64) -> bool {
        time_us >= self.first_us - INTERLEAVING_US && time_us <= self.last_us + INTERLEAVING_US
    }
}

impl Clock {
    /// Determines the clock of a picture and its sounds from all packets of a file.
    pub fn of(packets: &[Packet], picture: u32, sounds: &[u32]) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut streams: BTreeMap<u32, Vec<Placed>> = BTreeMap::new();
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for packet in packets {
            if packet.stream != picture && !sounds.contains(&packet.stream) {
                continue;
            }
            let count = counts.entry(packet.stream).or_default();
            let number = *count;
            *count += 1;
            let Some(decoded_us) = packet.dts_us.or(packet.pts_us) else { continue };
            let placed = streams.entry(packet.stream).or_default();
            let length_us = packet.duration_us.unwrap_or(0).max(0);
            let part = part_of(&mut parts, placed.last(), decoded_us, length_us);
            let shown_us = packet.pts_us.unwrap_or(decoded_us);
            placed.push(Placed { number, part, decoded_us, shown_us, length_us });
        }
        let parts = without_false_leaps(&parts, &mut streams);
        let shifts = shifts(parts, picture, &streams);
        let end_us = |placed: &Placed| placed.end_us() + shifts[placed.part];
        let end_us = streams.get(&picture).and_then(|placed| placed.iter().map(end_us).max());
        let corrections = streams.iter().map(|(stream, placed)| {
            let is_sound = *stream != picture;
            (*stream, Correction::of(placed, &shifts, is_sound))
        });
        let key = packets.iter().find(|packet| packet.stream == picture && packet.is_key);
        Self {
            parts,
            streams: corrections.collect(),
            begins_us: key.and_then(|key| key.pts_us),
            end_us: end_us.unwrap_or(0),
        }
    }
}

/// The part that a packet belongs to, given the previous one of its stream.
fn part_of(parts: &mut Vec<Part>, before: Option<&Placed>, time_us: i64, length_us: i64) -> usize {
    let goes_on = |part: usize, after_us: i64| {
        let hole_us = HOLE_US.max(4 * length_us);
        time_us >= after_us - BACK_US && time_us <= parts[part].last_us + hole_us
    };
    let latest = parts.len().checked_sub(1);
    let part = match before {
        Some(before) if goes_on(before.part, before.decoded_us) => Some(before.part),
        // Other streams may have restarted earlier.
        Some(before) => latest.filter(|part| *part > before.part && parts[*part].may_hold(time_us)),
        None => latest.filter(|part| parts[*part].may_hold(time_us)),
    };
    let part = part.unwrap_or_else(|| {
        let leapt_from = before.filter(|before| time_us > before.decoded_us).map(|before| before.part);
        parts.push(Part { first_us: time_us, last_us: time_us, leapt_from });
        parts.len() - 1
    });
    parts[part].first_us = parts[part].first_us.min(time_us);
    parts[part].last_us = parts[part].last_us.max(time_us + length_us);
    part
}

/// Reverts jumps of one stream that others fill, because it is only interleaved later
/// in the file. Returns the number of remaining parts.
fn without_false_leaps(parts: &[Part], streams: &mut BTreeMap<u32, Vec<Placed>>) -> usize {
    let mut merged: Vec<Part> = Vec::new();
    let mut place = Vec::with_capacity(parts.len());
    for part in parts {
        let from = part.leapt_from.map(|from: usize| place[from]);
        match from.filter(|from: &usize| part.first_us <= merged[*from].last_us + HOLE_US) {
            Some(from) => {
                merged[from].last_us = merged[from].last_us.max(part.last_us);
                place.push(from);
            }
            None => {
                merged.push(*part);
                place.push(merged.len() - 1);
            }
        }
    }
    for packet in streams.values_mut().flatten() {
        packet.part = place[packet.part];
    }
    merged.len()
}

/// The offset of each part, so that its picture (or its sound if it has none) begins
/// where the previous one ends.
fn shifts(parts: usize, picture: u32, streams: &BTreeMap<u32, Vec<Placed>>) -> Vec<i64> {
    let mut shifts = vec![0; parts];
    for part in 1..parts {
        let joint = |placed: &[Placed]| {
            let before = placed.iter().filter(|packet| packet.part < part);
            let end = before.map(|packet| packet.end_us() + shifts[packet.part]).max()?;
            let begins = placed.iter().filter(|packet| packet.part == part);
            Some(end - begins.map(|packet| packet.shown_us).min()?)
        };
        let of_picture = streams.get(&picture).and_then(|placed| joint(placed));
        let of_sound = || streams.values().filter_map(|placed| joint(placed)).max();
        shifts[part] = of_picture.or_else(of_sound).unwrap_or(0);
    }
    shifts
}

impl Correction {
    fn of(placed: &[Placed], shifts: &[i64], is_sound: bool) -> Self {
        let mut correction = Self::default();
        let first = placed.first().map_or(0, |packet| shifts[packet.part]);
        if first != 0 {
            correction.shifts.push((0, first));
        }
        for (index, pair) in placed.windows(2).enumerate() {
            let (before, after) = (pair[0], pair[1]);
            if before.part == after.part {
                continue;
            }
            correction.shifts.push((after.number, shifts[after.part] - shifts[before.part]));
            // The sound of a part may continue while the picture of the next begins.
            let begins_us = after.shown_us + shifts[after.part];
            let lies_over = |packet: &&Placed| {
                packet.part == before.part
                    && packet.end_us() + shifts[packet.part] - begins_us > packet.length_us / OVERLAP
            };
            let over = placed[..=index].iter().rev().take_while(lies_over).last();
            if let (true, Some(over)) = (is_sound, over) {
                correction.dropped.push((over.number, before.number));
            }
        }
        correction
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PICTURE: u32 = 0;
    const SOUND: u32 = 1;

    /// The packets of a recording at 25 frames per second, with sound that is
    /// interleaved after its picture, as in broadcasts.
    fn recording(from_us: i64, pictures: i64) -> Vec<Packet> {
        let packet = |stream, time: i64, length| Packet {
            stream,
            pts_us: Some(time),
            dts_us: Some(time),
            duration_us: Some(length),
            ..Packet::default()
        };
        let picture = (0..pictures).map(|n| (n * 40_000, packet(PICTURE, from_us + n * 40_000, 40_000)));
        let sound = (0..pictures * 40 / 24)
            .map(|n| (n * 24_000 + 300_000, packet(SOUND, from_us + n * 24_000, 24_000)));
        let mut all: Vec<_> = picture.chain(sound).collect();
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, packet)| packet).collect()
    }

    /// Two recordings in one file, the sound of the first overlapping the second.
    fn joined(a: Vec<Packet>, b: Vec<Packet>) -> Vec<Packet> {
        let (mut late, mut all): (Vec<_>, Vec<_>) =
            a.iter().enumerate().partition(|(index, _)| index + 12 > a.len());
        late.retain(|(_, packet)| packet.stream == SOUND);
        all.extend(a.iter().enumerate().filter(|(i, p)| i + 12 > a.len() && p.stream == PICTURE));
        let mut all: Vec<Packet> = all.into_iter().map(|(_, packet)| *packet).collect();
        all.extend(&b[..5]);
        all.extend(late.into_iter().map(|(_, packet)| *packet));
        all.extend(&b[5..]);
        all
    }

    #[test]
    fn one_recording_has_one_clock() {
        let clock = Clock::of(&recording(1_400_000, 100), PICTURE, &[SOUND]);
        assert_eq!((clock.parts, clock.end_us), (1, 5_400_000));
        assert!(clock.streams.values().all(|stream| *stream == Correction::default()));
    }

    #[rstest::rstest]
    #[case::it_starts_again(1_400_000)]
    #[case::it_leaps_ahead(1_001_400_000)]
    #[case::it_leaps_ahead_a_little(7_500_000)]
    fn the_picture_of_a_part_begins_where_the_one_before_ends(#[case] second_us: i64) {
        let file = joined(recording(1_400_000, 100), recording(second_us, 50));
        let clock = Clock::of(&file, PICTURE, &[SOUND]);
        assert_eq!((clock.parts, clock.end_us), (2, 7_400_000));
        let shift = 5_400_000 - second_us;
        assert_eq!(clock.streams[&PICTURE].shifts, [(100, shift)]);
        assert_eq!(clock.streams[&SOUND].shifts, [(166, shift)]);
    }

    #[test]
    fn sound_that_goes_on_under_the_next_part_is_left_out() {
        let mut first = recording(0, 100);
        first.extend(recording(3_984_000, 10).into_iter().filter(|packet| packet.stream == SOUND));
        let mut file = first;
        file.extend(recording(0, 50));
        let clock = Clock::of(&file, PICTURE, &[SOUND]);
        // 166 packets are 3.984 s; of the later ones, only half of the first counts.
        assert_eq!(clock.streams[&SOUND].dropped, [(167, 181)]);
    }

    /// A picture may come long before its sound in a file.
    #[test]
    fn a_picture_that_stands_and_comes_long_before_its_sound_is_no_hole_either() {
        let all = recording(0, 500);
        let (picture, sound): (Vec<_>, Vec<_>) = all.into_iter().partition(|packet| packet.stream == PICTURE);
        let stands = |packet: &Packet| (2_000_000..15_000_000).contains(&packet.pts_us.unwrap());
        let early =
            |packet: &Packet| packet.pts_us.unwrap() - if packet.stream == SOUND { 0 } else { 2_500_000 };
        let mut file: Vec<Packet> = picture.into_iter().filter(|p| !stands(p)).chain(sound).collect();
        file.sort_by_key(early);
        assert_eq!(Clock::of(&file, PICTURE, &[SOUND]).parts, 1);
    }

    #[test]
    fn a_picture_that_stands_while_the_sound_goes_on_is_no_hole() {
        let mut file = recording(0, 500);
        let stands = |packet: &Packet| {
            packet.stream == PICTURE && (2_000_000..15_000_000).contains(&packet.pts_us.unwrap())
        };
        file.retain(|packet| !stands(packet));
        assert_eq!(Clock::of(&file, PICTURE, &[SOUND]).parts, 1);
    }
}
