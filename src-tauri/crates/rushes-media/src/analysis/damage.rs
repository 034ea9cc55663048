//! Finds damaged stretches of a picture, from ffmpeg's log and from missing frames.
//!
//! Decoders and demuxers report many errors that are not visible. Damage is what ffmpeg
//! itself counts as a corrupt frame, and any gap with a complaint beside it. Both are
//! reported between the same frames however many decoder threads run. Messages from the
//! decoder itself may arrive a few frames early or late, so they count only if there is
//! nothing else.

use rushes_model::{facts::SourceFacts, time::Stretch};

use crate::ffmpeg::log::{Level, LogLine};

/// Damage closer together than this is merged, in microseconds.
const ONE_TROUBLE_US: i64 = 2_000_000;
/// Assumed length of a single damaged spot, in microseconds.
const TROUBLE_US: i64 = 500_000;
/// A distance between frames that exceeds the usual one by this much is a gap.
const GAP_US: i64 = 1_000_000;
/// Messages of several ffmpeg versions for data that could not be read.
const BROKEN: [&str; 3] =
    ["corrupt decoded frame", "Error while decoding stream", "Error submitting packet to decoder"];
/// Message prefix of decoders for a frame that they partly made up.
const CONCEALED: &str = "concealing ";
/// Warning for a packet that may be intact: continuity counters do not match where
/// recordings were joined.
const OUT_OF_ORDER: &str = "corrupt input packet";

/// Collects damage from ffmpeg's log while a picture is decoded.
#[derive(Debug, Default)]
pub(super) struct Damage {
    /// Whether decoding has started; before that ffmpeg only probes the file.
    opened: bool,
    /// The latest frame so far.
    at_us: i64,
    broken: Vec<Stretch>,
    concealed: Vec<Stretch>,
    /// All other errors.
    complaints: Vec<Stretch>,
}

impl Damage {
    /// Records a frame, with its time from the source's first frame.
    pub fn shown(&mut self, time_us: i64) {
        self.at_us = self.at_us.max(time_us);
    }

    /// Takes a line of the log.
    pub fn hear(&mut self, line: &str) {
        self.opened |= is_opened(line);
        let Some(LogLine { context, level, message }) = LogLine::parse(line).filter(|_| self.opened) else {
            return;
        };
        // Decoders log this at info level.
        if context.is_some() && message.starts_with(CONCEALED) {
            note(&mut self.concealed, self.at_us);
        } else if level < Level::Warning {
            // ffmpeg prints file metadata at this level.
        } else if BROKEN.iter().any(|words| message.contains(words)) {
            note(&mut self.broken, self.at_us);
        } else if message.contains(OUT_OF_ORDER) || level == Level::Error {
            note(&mut self.complaints, self.at_us);
        }
    }

    /// The damaged stretches, in order and merged.
    pub fn stretches(self, gaps: Gaps, facts: &SourceFacts) -> Vec<Stretch> {
        let end_us = facts.duration_us;
        let heard: Vec<Stretch> =
            [&self.broken, &self.concealed, &self.complaints].into_iter().flatten().copied().collect();
        let mut damage = self.broken;
        damage.extend(gaps.found(facts, &heard));
        let sure = damage.clone();
        damage.extend(self.concealed.into_iter().filter(|at| !sure.iter().any(|sure| is_beside(*sure, *at))));
        for stretch in &mut damage {
            stretch.end_us = stretch.end_us.min(end_us);
        }
        damage.retain(|stretch| stretch.length_us() > 0);
        damage.sort();
        let mut apart: Vec<Stretch> = Vec::new();
        for stretch in damage {
            match apart.last_mut() {
                Some(last) if stretch.start_us <= last.end_us => {
                    last.end_us = last.end_us.max(stretch.end_us);
                }
                _ => apart.push(stretch),
            }
        }
        apart
    }
}

/// Long stretches without a frame, collected as frames arrive.
#[derive(Debug)]
pub(super) struct Gaps {
    longest_us: i64,
    last_us: i64,
    gaps: Vec<Stretch>,
}

impl Gaps {
    /// Starts with the frame distance that the source should have.
    pub fn new(facts: &SourceFacts) -> Self {
        let usual_us = 1_000_000_000 / i64::from(facts.video.frame_rate_milli.max(1));
        Self { longest_us: GAP_US + 2 * usual_us, last_us: 0, gaps: Vec::new() }
    }

    /// Records a frame; times must increase.
    pub fn shown(&mut self, time_us: i64) {
        if time_us - self.last_us > self.longest_us {
            self.gaps.push(Stretch::new(self.last_us, time_us));
        }
        self.last_us = time_us;
    }

    /// Gaps in which the source should have had frames.
    fn found(mut self, facts: &SourceFacts, heard: &[Stretch]) -> Vec<Stretch> {
        let end_us = facts.duration_us;
        self.shown(end_us);
        // With a variable rate a frame may be shown for long, so a gap counts only if
        // something was logged beside it. Frames without timestamps of their own are
        // counted: if some are lost, the picture ends early.
        let even = !facts.video.variable_frame_rate && facts.picture_lag_us == 0;
        self.gaps.retain(|gap| even && gap.end_us == end_us || heard.iter().any(|at| is_beside(*gap, *at)));
        self.gaps
    }
}

fn is_beside(a: Stretch, b: Stretch) -> bool {
    a.start_us - b.end_us <= ONE_TROUBLE_US && b.start_us - a.end_us <= ONE_TROUBLE_US
}

fn note(troubles: &mut Vec<Stretch>, at_us: i64) {
    match troubles.last_mut() {
        Some(last) if at_us - last.end_us <= ONE_TROUBLE_US => last.end_us = last.end_us.max(at_us),
        _ => troubles.push(Stretch::new(at_us, at_us + TROUBLE_US)),
    }
}

/// Whether a line says that ffmpeg has opened its files and started to work.
pub(super) fn is_opened(line: &str) -> bool {
    LogLine::parse(line).is_some_and(|line| line.context.is_none() && line.message == "Stream mapping:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rushes_model::facts::VideoFacts;

    const SECOND: i64 = 1_000_000;

    fn facts() -> SourceFacts {
        SourceFacts {
            duration_us: 20 * SECOND,
            size_bytes: 1,
            container: "mpegts".into(),
            video: VideoFacts {
                stream_index: 1,
                codec: "h264".into(),
                pixel_format: "yuv420p".into(),
                width: 320,
                height: 180,
                coded_width: 320,
                coded_height: 180,
                rotation_deg: 0,
                frame_rate_milli: 25_000,
                variable_frame_rate: true,
                hdr: false,
                transfer: None,
                matrix: None,
                primaries: None,
                alpha: false,
                x264_build: None,
                fields: None,
                has_rivals: false,
            },
            audio: Vec::new(),
            start_us: 0,
            picture_lag_us: 0,
            rejoined: None,
        }
    }

    /// A frame every 40 ms except in one stretch, with a line logged at a given time.
    fn damage(missing: std::ops::Range<i64>, said: &[(i64, &str)]) -> Vec<Stretch> {
        let mut damage = Damage::default();
        let mut gaps = Gaps::new(&facts());
        damage.hear("[info] Stream mapping:");
        for time in (0..500).map(|n| n * 40_000).filter(|time| !missing.contains(time)) {
            for (_, line) in said.iter().filter(|(at, _)| *at == time) {
                damage.hear(line);
            }
            damage.shown(time);
            gaps.shown(time);
        }
        damage.stretches(gaps, &facts())
    }

    #[test]
    fn broken_pictures_close_together_are_one_damage() {
        let line = "[warning] film.ts: corrupt decoded frame in stream 1";
        let said = [SECOND, 2 * SECOND, 3 * SECOND, 9 * SECOND].map(|at| (at, line));
        let told = damage(0..0, &said);
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!((told[0].start_us, told[1].start_us), (960_000, 8_960_000));
    }

    #[test]
    fn a_complaint_is_damage_only_where_pictures_are_missing() {
        let line = "[h264 @ 0x55e1] [error] mmco: unref short failure";
        let joint = "[warning] film.ts: corrupt input packet in stream 0";
        assert_eq!(damage(0..0, &[(4 * SECOND, joint)]), []);
        assert_eq!(damage(0..0, &[(4 * SECOND, line)]), []);
        assert_eq!(damage(5 * SECOND..9 * SECOND, &[(15 * SECOND, line)]), []);
        let told = damage(5 * SECOND..9 * SECOND, &[(9 * SECOND, line)]);
        assert_eq!(told, [Stretch::new(4_960_000, 9 * SECOND)]);
    }

    #[test]
    fn what_is_said_while_the_file_is_looked_at_is_no_damage() {
        let mut early = Damage::default();
        early.hear("[error] Error while decoding stream #0:1: Invalid data found");
        early.hear("[info] Stream mapping:");
        assert_eq!(early.broken, []);
    }

    #[test]
    fn a_title_cannot_speak_of_damage() {
        let titles = [
            "[info]     title           : [error] corrupt decoded frame in stream 1",
            "                    : [error] corrupt decoded frame in stream 1",
        ];
        assert_eq!(damage(0..0, &titles.map(|line| (SECOND, line))), []);
    }
}
