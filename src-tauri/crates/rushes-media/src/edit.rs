//! The edit list prepared for ffmpeg: pieces of sources, the output frame rate, and the
//! number of output frames of each piece.

use std::path::PathBuf;

use rushes_model::facts::SourceFacts;
use rushes_model::notice::BadEdit;

use crate::error::MediaError;

/// How far an in or out point may lie outside the source, in microseconds, because
/// containers round their durations. It is clamped to the source.
const ROUNDING_US: i64 = 50_000;
/// Tolerance for comparing times with timestamps, so that clocks in whole milliseconds
/// do not lose a frame.
pub(crate) const HAIR_US: i64 = 1000;

/// One piece of an edit: from `in_us` up to `out_us` of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The source file.
    pub path: PathBuf,
    /// The source's facts from the probe.
    pub facts: SourceFacts,
    /// In point, in microseconds from the source's first frame.
    pub in_us: i64,
    /// Out point, in microseconds from the source's first frame.
    pub out_us: i64,
}

/// Length of an edit in microseconds.
pub fn expected_duration_us(pieces: &[Piece]) -> i64 {
    pieces.iter().map(Piece::length_us).sum()
}

impl Piece {
    /// Its length, in microseconds.
    pub(crate) fn length_us(&self) -> i64 {
        self.out_us - self.in_us
    }

    /// Length of a source frame in microseconds, by the average rate.
    pub(crate) fn frame_us(&self) -> i64 {
        1_000_000_000 / i64::from(self.facts.video.frame_rate_milli.max(1))
    }

    /// The range of timestamps that frames are taken from, in the source's own clock.
    ///
    /// The first frame is the one nearest to the in point, the last one the last before
    /// the out point. A piece never shows the frame at its out point, because that is
    /// the first of the next shot. Both limits therefore lie half a frame before their
    /// points. With uneven timestamps, half a frame is meaningless; see
    /// [`Piece::shows_lead`].
    pub(crate) fn picture_window_us(&self) -> (i64, i64) {
        let start = self.facts.start_us;
        if self.shows_lead() {
            return (start, start + self.out_us - HAIR_US);
        }
        let half = self.frame_us() / 2;
        let from = start + self.in_us - half;
        // A piece shorter than a frame still shows one.
        let to = (start + self.out_us - half).max(from + self.frame_us());
        (from, to)
    }

    /// Whether the frame on screen at the in point has to be found among the earlier
    /// ones: with an uneven rate it may have started long before.
    pub(crate) fn shows_lead(&self) -> bool {
        self.facts.video.variable_frame_rate
    }

    /// A moment of its source, moved into the piece if it shows nothing of its own there.
    pub(crate) fn within(&self, at_us: i64) -> i64 {
        let last_us = self.picture_window_us().1 - self.facts.start_us - 2 * HAIR_US;
        at_us.clamp(self.in_us, last_us.max(self.in_us))
    }
}

/// Which piece an edit shows at a moment, and that moment in the source of the piece. The
/// last piece goes on after the end.
pub fn shown_at(pieces: &[Piece], at_us: i64) -> (usize, i64) {
    let mut shown = (0, at_us);
    let mut from_us = 0;
    for (index, piece) in pieces.iter().enumerate() {
        shown = (index, piece.in_us + at_us - from_us);
        from_us += piece.length_us();
        if at_us < from_us {
            break;
        }
    }
    shown
}

/// Validates the in and out points and clamps them to the sources.
pub(crate) fn checked(pieces: &[Piece]) -> Result<Vec<Piece>, MediaError> {
    let bad = |reason| MediaError::BadEdit { reason };
    if pieces.is_empty() {
        return Err(bad(BadEdit::Empty));
    }
    let mut checked = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if piece.out_us <= piece.in_us {
            return Err(bad(BadEdit::Backwards { number }));
        }
        let length = piece.facts.duration_us;
        if piece.in_us < -ROUNDING_US || piece.out_us > length + ROUNDING_US.max(piece.frame_us()) {
            return Err(bad(BadEdit::Outside { number }));
        }
        let mut piece = piece.clone();
        piece.in_us = piece.in_us.clamp(0, length - 1);
        piece.out_us = piece.out_us.clamp(piece.in_us + 1, length);
        checked.push(piece);
    }
    Ok(checked)
}

/// A frame rate as a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub num: i64,
    pub den: i64,
}

impl Rate {
    /// The ratio for a rate in thousandths: 29 970 is 30 000/1001.
    pub fn from_milli(milli: u32) -> Self {
        let milli = i64::from(milli.max(1));
        for whole in [24, 30, 48, 60, 120, 240] {
            let exact = whole * 1_000_000_000 / 1001;
            if (exact - milli * 1000).abs() <= 1000 {
                return Self { num: whole * 1000, den: 1001 };
            }
        }
        Self { num: milli, den: 1000 }
    }

    /// How many frames fill `duration_us`, rounded to the nearest.
    pub fn frames(self, duration_us: i64) -> i64 {
        let scaled = i128::from(duration_us) * i128::from(self.num);
        let unit = i128::from(self.den) * 1_000_000;
        ((scaled + unit / 2) / unit) as i64
    }

    /// Length of `frames` frames in microseconds, rounded to the nearest.
    pub fn micros(self, frames: i64) -> i64 {
        let scaled = i128::from(frames) * i128::from(self.den) * 1_000_000;
        let num = i128::from(self.num);
        ((scaled + num / 2) / num) as i64
    }

    /// Length of `frames` frames in samples at 48 kHz, rounded to the nearest.
    pub fn samples(self, frames: i64) -> i64 {
        let scaled = i128::from(frames) * i128::from(self.den) * 48_000;
        let num = i128::from(self.num);
        ((scaled + num / 2) / num) as i64
    }

    /// In ffmpeg's notation.
    pub fn ratio(self) -> String {
        format!("{}/{}", self.num, self.den)
    }
}

/// The number of output frames of each piece. Ends are rounded along the running total,
/// so that an edit of many pieces is still as long as their sum.
pub(crate) fn frame_counts(pieces: &[Piece], rate: Rate) -> Vec<i64> {
    let mut total_us = 0;
    let mut filled = 0;
    pieces
        .iter()
        .map(|piece| {
            total_us += piece.length_us();
            // Every piece shows at least one frame.
            let count = (rate.frames(total_us) - filled).max(1);
            filled += count;
            count
        })
        .collect()
}

/// A piece as an input of the filter graph.
#[derive(Debug, Clone)]
pub(crate) struct PieceInput {
    pub piece: Piece,
    /// How many output frames it fills.
    pub frames: i64,
    /// Whether sound is resampled even for small deviations: true for footage converted
    /// to one format, otherwise see `SourceFacts::has_exact_sound`.
    pub exact_sound: bool,
    /// Where to start reading, in the source's own clock; `None` for the start.
    pub seek_us: Option<i64>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use rushes_model::facts::{AudioFacts, Heard, VideoFacts};

    pub(crate) fn piece(in_us: i64, out_us: i64) -> Piece {
        Piece {
            path: "/footage/a.mp4".into(),
            facts: SourceFacts {
                duration_us: 60_000_000,
                size_bytes: 60_000_000,
                container: "mov,mp4,m4a,3gp,3g2,mj2".into(),
                video: VideoFacts {
                    stream_index: 0,
                    codec: "h264".into(),
                    pixel_format: "yuv420p".into(),
                    width: 1920,
                    height: 1080,
                    coded_width: 1920,
                    coded_height: 1080,
                    rotation_deg: 0,
                    frame_rate_milli: 25_000,
                    variable_frame_rate: false,
                    hdr: false,
                    transfer: None,
                    matrix: None,
                    primaries: None,
                    alpha: false,
                    x264_build: None,
                    fields: None,
                    has_rivals: false,
                },
                audio: vec![AudioFacts {
                    stream_index: 1,
                    codec: "aac".into(),
                    sample_rate_hz: 48_000,
                    channels: 2,
                    layout: "stereo".into(),
                    title: None,
                    is_default: true,
                    heard: Heard::Sound,
                    used: true,
                }],
                start_us: 0,
                picture_lag_us: 0,
                rejoined: None,
            },
            in_us,
            out_us,
        }
    }

    #[test]
    fn the_rate_of_ntsc_is_its_true_ratio() {
        assert_eq!(Rate::from_milli(29_970).ratio(), "30000/1001");
        assert_eq!(Rate::from_milli(23_976).ratio(), "24000/1001");
        assert_eq!(Rate::from_milli(25_000).ratio(), "25000/1000");
        assert_eq!(Rate::from_milli(29_833).ratio(), "29833/1000");
    }

    #[test]
    fn many_short_pieces_are_as_long_as_their_sum() {
        let pieces: Vec<_> = (0..50).map(|n| piece(n * 1_000_000, n * 1_000_000 + 513_333)).collect();
        let rate = Rate::from_milli(29_970);
        let frames: i64 = frame_counts(&pieces, rate).iter().sum();
        assert_eq!(frames, rate.frames(expected_duration_us(&pieces)));
    }

    #[test]
    fn the_end_of_a_piece_belongs_to_the_next_one() {
        let pieces = [piece(1_000_000, 3_000_000), piece(8_000_000, 9_000_000)];
        let shown = [0, 1_999_999, 2_000_000, 3_500_000].map(|at_us| shown_at(&pieces, at_us));
        assert_eq!(shown, [(0, 1_000_000), (0, 2_999_999), (1, 8_000_000), (1, 9_500_000)]);
    }

    #[test]
    fn a_moment_within_a_piece_never_shows_the_frame_at_its_out_point() {
        // A frame and a quarter: the next frame begins at 40 ms.
        let short = piece(1_000_000, 1_050_000);
        let moments = [0, 1_010_000, 1_049_000].map(|at_us| short.within(at_us));
        assert_eq!(moments, [1_000_000, 1_010_000, 1_028_000]);
        assert_eq!(piece(1_000_000, 1_000_001).within(1_000_000), 1_000_000);
    }

    #[test]
    fn points_outside_the_source_are_refused_and_rounding_is_not() {
        assert!(checked(&[piece(0, 61_000_000)]).is_err());
        assert!(checked(&[piece(5, 5)]).is_err());
        assert!(checked(&[]).is_err());
        assert_eq!(checked(&[piece(0, 60_020_000)]).map(|p| p[0].out_us).ok(), Some(60_000_000));
    }
}
