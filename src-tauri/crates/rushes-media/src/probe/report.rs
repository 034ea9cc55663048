//! ffprobe's JSON output, as far as a source's facts need it.

use serde::Deserialize;

/// `-show_format -show_streams`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Report {
    #[serde(default)]
    pub format: Format,
    #[serde(default)]
    pub streams: Vec<Stream>,
    #[serde(default)]
    programs: Vec<Program>,
}

/// One of `programs`: streams of a broadcast that belong together.
#[derive(Debug, Default, Deserialize)]
struct Program {
    #[serde(default)]
    streams: Vec<ProgramStream>,
}

#[derive(Debug, Deserialize)]
struct ProgramStream {
    index: u32,
}

impl Report {
    /// Whether two streams belong together; always true without programs.
    pub fn belong_together(&self, a: u32, b: u32) -> bool {
        let holds = |program: &Program, index| program.streams.iter().any(|stream| stream.index == index);
        let mut of_a = self.programs.iter().filter(|program| holds(program, a)).peekable();
        of_a.peek().is_none() || of_a.any(|program| holds(program, b))
    }
}

/// `format`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Format {
    pub format_name: Option<String>,
    duration: Option<String>,
}

impl Format {
    pub fn duration_us(&self) -> Option<i64> {
        micros(self.duration.as_deref()?)
    }
}

/// One of `streams`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Stream {
    pub index: u32,
    pub codec_type: Option<String>,
    pub codec_name: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub pix_fmt: Option<String>,
    pub color_transfer: Option<String>,
    pub color_space: Option<String>,
    pub color_primaries: Option<String>,
    pub sample_rate: Option<String>,
    pub channels: Option<u32>,
    pub channel_layout: Option<String>,
    field_order: Option<String>,
    sample_aspect_ratio: Option<String>,
    r_frame_rate: Option<String>,
    avg_frame_rate: Option<String>,
    start_time: Option<String>,
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    default: u8,
    #[serde(default)]
    attached_pic: u8,
    #[serde(default)]
    timed_thumbnails: u8,
}

#[derive(Debug, Default, Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
struct Tags {
    rotate: Option<String>,
    alpha_mode: Option<String>,
    title: Option<String>,
    language: Option<String>,
}

/// Frame rates in thousandths of frames per second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rates {
    /// Frames divided by duration.
    pub average: Option<u32>,
    /// The lowest rate that can represent all timestamps: a guess.
    pub base: Option<u32>,
}

impl Stream {
    pub fn is_video(&self) -> bool {
        self.codec_type.as_deref() == Some("video")
    }

    pub fn is_sound(&self) -> bool {
        self.codec_type.as_deref() == Some("audio")
    }

    pub fn is_attached_picture(&self) -> bool {
        self.disposition.attached_pic == 1 || self.disposition.timed_thumbnails == 1
    }

    /// Rank as the main picture: the file's default first, then the larger one.
    pub fn rank(&self) -> (u8, u64) {
        let side = |side: Option<u32>| u64::from(side.unwrap_or(0));
        (self.disposition.default, side(self.width) * side(self.height))
    }

    /// ffprobe reports no codec, or `none`, for one that it does not know.
    pub fn is_decodable(&self) -> bool {
        self.codec_name.as_deref().is_some_and(|name| name != "none" && name != "unknown")
    }

    /// Codecs of cover images. Some of them are also used for footage (Motion JPEG,
    /// animations), so the number of frames decides.
    pub fn is_still_codec(&self) -> bool {
        matches!(
            self.codec_name.as_deref(),
            Some("mjpeg" | "png" | "bmp" | "gif" | "tiff" | "webp" | "jpegxl" | "ljpeg" | "jpegls")
        )
    }

    /// Whether it is interlaced, in any field order; `None` if the stream does not say.
    pub fn is_interlaced(&self) -> Option<bool> {
        match self.field_order.as_deref() {
            Some("tt" | "bb" | "tb" | "bt") => Some(true),
            Some("progressive") => Some(false),
            _ => None,
        }
    }

    /// Whether the file marks it as the default stream of its kind.
    pub fn is_default(&self) -> bool {
        self.disposition.default == 1
    }

    /// Title, or else language, if the file has one.
    pub fn title(&self) -> Option<String> {
        let language = || self.tags.language.clone().filter(|code| code != "und");
        self.tags.title.clone().filter(|title| !title.trim().is_empty()).or_else(language)
    }

    /// Whether transparency is stored in a separate picture, as in WebM. Only libvpx
    /// reads it.
    pub fn has_alpha_beside(&self) -> bool {
        self.tags.alpha_mode.as_deref() == Some("1")
    }

    pub fn start_us(&self) -> Option<i64> {
        micros(self.start_time.as_deref()?)
    }

    pub fn duration_us(&self) -> Option<i64> {
        micros(self.duration.as_deref()?)
    }

    /// The sample aspect ratio; 1:1 if it is missing, `0:1` or absurd.
    pub fn sample_aspect(&self) -> (u32, u32) {
        let parsed = self.sample_aspect_ratio.as_deref().and_then(|ratio| {
            let (num, den) = ratio.split_once(':')?;
            Some((num.parse::<u32>().ok()?, den.parse::<u32>().ok()?))
        });
        match parsed {
            Some((num, den))
                if num > 0
                    && den > 0
                    && u64::from(num) <= 20 * u64::from(den)
                    && u64::from(den) <= 20 * u64::from(num) =>
            {
                (num, den)
            }
            _ => (1, 1),
        }
    }

    /// Clockwise rotation that players apply. The display matrix is counter-clockwise,
    /// the old `rotate` tag clockwise.
    pub fn rotation(&self) -> u32 {
        let matrix = self.side_data_list.iter().find_map(|data| data.rotation).map(|angle| -angle);
        let tag = || self.tags.rotate.as_deref().and_then(|tag| tag.parse::<f64>().ok());
        let angle = matrix.or_else(tag).unwrap_or(0.0);
        let quarter = (angle / 90.0).round() as i64;
        u32::try_from(quarter.rem_euclid(4)).unwrap_or(0) * 90
    }

    pub fn rates(&self) -> Rates {
        Rates {
            average: self.avg_frame_rate.as_deref().and_then(rate_milli),
            base: self.r_frame_rate.as_deref().and_then(rate_milli),
        }
    }
}

/// Converts ffprobe's seconds to microseconds.
pub(super) fn micros(seconds: &str) -> Option<i64> {
    let seconds: f64 = seconds.parse().ok()?;
    seconds.is_finite().then(|| (seconds * 1e6).round() as i64)
}

fn rate_milli(ratio: &str) -> Option<u32> {
    let (num, den) = ratio.split_once('/')?;
    let (num, den) = (num.parse::<f64>().ok()?, den.parse::<f64>().ok()?);
    (num > 0.0 && den > 0.0).then(|| (num * 1000.0 / den).round().clamp(1.0, 1e9) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(json: &str) -> Stream {
        serde_json::from_str(json).unwrap_or_default()
    }

    #[test]
    fn a_display_matrix_turns_the_other_way_than_the_old_tag() {
        let matrix = stream(r#"{"index":0,"side_data_list":[{"rotation":-90}]}"#);
        let tag = stream(r#"{"index":0,"tags":{"rotate":"90"}}"#);
        assert_eq!(matrix.rotation(), 90);
        assert_eq!(tag.rotation(), 90);
        assert_eq!(stream(r#"{"index":0,"side_data_list":[{"rotation":90}]}"#).rotation(), 270);
    }

    #[test]
    fn an_absent_or_absurd_aspect_is_square() {
        for ratio in ["0:1", "N/A", "1:0", "1:900"] {
            let json = format!(r#"{{"index":0,"sample_aspect_ratio":"{ratio}"}}"#);
            assert_eq!(stream(&json).sample_aspect(), (1, 1), "{ratio}");
        }
    }
}
