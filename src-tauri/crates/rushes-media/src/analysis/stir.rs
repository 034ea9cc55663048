//! Detects small movement in an otherwise still picture: a talking face, distant
//! people, a mouse pointer. So few pixels change that the mean hardly shows it.
//!
//! Each frame is compared with the one a third of a second earlier. By then even a
//! mouth has changed by several levels, while encoder noise in a still picture stays
//! within four. A change that arrives with a single frame and stays (a line on a slide,
//! the digits of a clock) is not movement.

use std::collections::VecDeque;

use super::frame::Frame;

/// How far back a frame is compared, in microseconds.
const REACH_US: i64 = 320_000;
/// Levels by which a pixel's brightness changes if something moves. Stills encoded by
/// x264, MPEG-2 and Motion JPEG at 300 kbit/s and above stay at 4 or below; a face a
/// twelfth of the picture's width is at 6 or above nearly all the time.
const MOVES: u8 = 6;
/// A change came with one frame if that frame brought this many quarters of it, and
/// every other frame at most a quarter of that.
const AT_ONCE_QUARTERS: u16 = 3;

/// From this width on, scaling down averages enough. In smaller pictures, each pixel
/// shows encoder noise.
const AVERAGED: u32 = 480;

/// The frames since the picture as a whole last changed, as far back as they are
/// compared.
#[derive(Debug)]
pub(super) struct Stir {
    recent: VecDeque<Recent>,
    tells: bool,
}

#[derive(Debug)]
struct Recent {
    time_us: i64,
    frame: Frame,
    /// Largest change of any pixel since the previous frame, in levels.
    step: u8,
}

impl Stir {
    /// For footage of a width in pixels.
    pub fn of(width: u32) -> Self {
        Self { recent: VecDeque::new(), tells: width >= AVERAGED }
    }

    /// The previous frame.
    pub fn last(&self) -> Option<&Frame> {
        self.recent.back().map(|recent| &recent.frame)
    }

    /// Takes the next frame; `stands` says whether the picture as a whole is still.
    /// Returns whether something small moves in it in that case.
    pub fn take(&mut self, time_us: i64, frame: Frame, stands: bool) -> bool {
        if !stands {
            self.recent.clear();
        }
        let step = self.last().map_or(0, |before| frame.spot(before));
        while self.recent.get(1).is_some_and(|next| next.time_us <= time_us - REACH_US) {
            self.recent.pop_front();
        }
        let since = self.recent.front().map_or(0, |oldest| frame.spot(&oldest.frame));
        self.recent.push_back(Recent { time_us, frame, step });
        self.tells && since >= MOVES && !self.came_at_once(since)
    }

    /// Whether a single frame brought all of a change. Frames that are far apart cannot
    /// show that.
    fn came_at_once(&self, since: u8) -> bool {
        let (mut most, mut second) = (0, 0);
        for (before, recent) in self.recent.iter().zip(self.recent.iter().skip(1)) {
            if recent.time_us - before.time_us >= REACH_US {
                return false;
            }
            second = second.max(recent.step.min(most));
            most = most.max(recent.step);
        }
        let (most, second) = (u16::from(most), u16::from(second));
        most * 4 >= u16::from(since) * AT_ONCE_QUARTERS && second * 4 <= most
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::Size;
    use super::*;

    /// A grey picture with one pixel of another brightness.
    fn frame(spot: u8) -> Frame {
        let size = Size { width: 32, height: 32 };
        let mut luma = vec![100; 32 * 32];
        luma[70] = spot;
        Frame { size, luma, chroma: vec![128; 512] }
    }

    /// The indexes of the frames, `step_us` apart, in which something moves.
    fn moving(spots: &[u8], step_us: i64) -> Vec<usize> {
        let mut stir = Stir::of(1920);
        let frames = spots.iter().enumerate();
        let told = frames.map(|(at, spot)| (at, stir.take(at as i64 * step_us, frame(*spot), true)));
        told.filter(|(_, moves)| *moves).map(|(at, _)| at).collect()
    }

    #[test]
    fn what_goes_on_slowly_moves() {
        let spots: Vec<u8> = (0..25).map(|n| 100 + n).collect();
        assert_eq!(moving(&spots, 40_000), (6..25).collect::<Vec<_>>());
    }

    #[test]
    fn what_comes_at_once_and_what_coding_leaves_do_not_move() {
        let clock: Vec<u8> = (0..75).map(|n| if n / 25 % 2 == 0 { 60 } else { 200 }).collect();
        assert!(moving(&clock, 40_000).is_empty());
        let coded: Vec<u8> = (0..75).map(|n| 100 + n % 5).collect();
        assert!(moving(&coded, 40_000).is_empty());
    }

    #[test]
    fn between_key_frames_any_change_of_a_spot_counts() {
        assert_eq!(moving(&[100, 120, 120, 90], 2_000_000), [1, 3]);
    }

    #[test]
    fn a_change_of_the_whole_picture_begins_anew() {
        let mut stir = Stir::of(1920);
        stir.take(0, frame(0), true);
        assert!(!stir.take(40_000, frame(200), false));
        assert!(!stir.take(80_000, frame(200), true));
    }
}
