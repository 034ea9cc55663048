//! The packets of a file as listed by ffprobe, without decoding.

use std::time::Duration;

use super::{ffprobe::Ffprobe, report::micros};
use crate::error::MediaError;

/// One packet, in the file's own clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Packet {
    /// Index of its stream in the file.
    pub stream: u32,
    /// Presentation timestamp, in microseconds. Some formats have none.
    pub pts_us: Option<i64>,
    /// Decoding timestamp, in microseconds.
    pub dts_us: Option<i64>,
    /// Duration, in microseconds.
    pub duration_us: Option<i64>,
    /// Size in bytes.
    pub bytes: u64,
    /// Whether it is a key frame.
    pub is_key: bool,
    /// Whether an edit list hides it.
    pub is_hidden: bool,
}

impl Packet {
    /// When the packet is shown. Without a presentation timestamp, this is the decoding
    /// timestamp plus `lag_us` (see `SourceFacts::picture_lag_us`).
    pub fn shown_us(&self, lag_us: i64) -> Option<i64> {
        if self.is_hidden {
            return None;
        }
        self.pts_us.or(self.dts_us.map(|dts| dts + lag_us))
    }

    /// Parses a row of `stream_index,pts_time,dts_time,duration_time,size,flags`.
    /// Anything after the flags is ignored.
    fn from_row(row: &str) -> Option<Self> {
        let mut words = row.split(',');
        let stream = words.next()?.parse().ok()?;
        let mut time = || words.next().map(micros);
        let (pts_us, dts_us, duration_us) = (time()?, time()?, time()?);
        let bytes = words.next()?.parse().unwrap_or(0);
        let flags = words.next()?;
        let (is_key, is_hidden) = (flags.contains('K'), flags.contains('D'));
        Some(Self { stream, pts_us, dts_us, duration_us, bytes, is_key, is_hidden })
    }
}

/// Lists the packets of a file in file order: of one stream or of all, within an
/// interval (as in ffprobe's `-read_intervals`) or the whole file.
pub(crate) async fn packets(
    file: Ffprobe<'_>,
    stream: Option<u32>,
    interval: Option<&str>,
    patience: Duration,
) -> Result<Vec<Packet>, MediaError> {
    let index = stream.map(|index| index.to_string());
    let entries = "packet=stream_index,pts_time,dts_time,duration_time,size,flags";
    let mut arguments = vec!["-of", "csv=p=0", "-show_entries", entries];
    if let Some(index) = &index {
        arguments.extend(["-select_streams", index]);
    }
    if let Some(interval) = interval {
        arguments.extend(["-read_intervals", interval]);
    }
    let rows = file.ask(&arguments, patience).await?;
    Ok(String::from_utf8_lossy(&rows).lines().filter_map(Packet::from_row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_with_what_it_does_not_say() {
        let packet = Packet::from_row("1,N/A,0.040000,0.040000,123,K__,side_data,").unwrap_or_default();
        assert_eq!((packet.stream, packet.pts_us, packet.dts_us), (1, None, Some(40_000)));
        assert!(packet.is_key && !packet.is_hidden);
        assert_eq!(packet.shown_us(40_000), Some(80_000));
        assert_eq!(Packet::from_row(""), None);
    }
}
