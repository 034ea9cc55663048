//! Colour: the colour space of a source, and the filters that convert it to another.
//!
//! Everything that shows or encodes a picture uses these conversions: finals, clip files,
//! proxies, thumbnails, filmstrips, and the frames that are analysed. Finals for
//! platforms are BT.709; masters keep the colour space of their sources.

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::{facts::VideoFacts, framing::FrameSize};

use crate::edit::Piece;

/// Primaries that zscale supports, by ffprobe's names.
const PRIMARIES: [&str; 11] = [
    "bt709",
    "bt470m",
    "bt470bg",
    "smpte170m",
    "smpte240m",
    "film",
    "bt2020",
    "smpte428",
    "smpte431",
    "smpte432",
    "ebu3213",
];
/// Transfer functions that zscale supports, by ffprobe's names.
const TRANSFERS: [&str; 11] = [
    "bt709",
    "bt470m",
    "bt470bg",
    "smpte170m",
    "linear",
    "bt2020-10",
    "bt2020-12",
    "iec61966-2-1",
    "iec61966-2-4",
    "smpte2084",
    "arib-std-b67",
];

/// Luminance of diffuse white in an HDR picture, in cd/m² (ITU-R BT.2408).
const DIFFUSE_WHITE: f64 = 203.0;

/// A colour space, its parts by ffprobe's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColourSpace {
    pub primaries: String,
    pub transfer: String,
    pub matrix: String,
}

impl ColourSpace {
    /// The colour space of all platforms' finals, and of everything that is only
    /// viewed.
    pub fn bt709() -> Self {
        Self::named("bt709", "bt709", "bt709")
    }

    /// BT.709 with the matrix that JPEG uses (JFIF).
    pub fn jpeg() -> Self {
        Self::named("bt709", "bt709", "smpte170m")
    }

    fn named(primaries: &str, transfer: &str, matrix: &str) -> Self {
        Self { primaries: primaries.into(), transfer: transfer.into(), matrix: matrix.into() }
    }

    /// The colour space of a source. Missing tags are interpreted as players do:
    /// BT.709, with the matrix of BT.601 below 720 lines; HDR as BT.2020.
    pub fn of(video: &VideoFacts) -> Self {
        let tagged = video.primaries.as_deref().filter(|name| PRIMARIES.contains(name));
        let large = video.coded_width >= 1280 || video.coded_height >= 720;
        let is_2020 = tagged.map_or(video.hdr, |primaries| primaries == "bt2020");
        let matrix = match video.matrix.as_deref() {
            Some(name @ ("bt709" | "bt2020nc" | "bt2020c" | "fcc" | "smpte240m" | "bt470bg")) => name,
            // RGB has no matrix; this is the one it is converted with.
            Some("gbr") if is_2020 => "bt2020nc",
            Some("gbr") => "bt709",
            Some(_) => "smpte170m",
            None if is_2020 => "bt2020nc",
            None if large => "bt709",
            None if matches!(video.coded_height, 288 | 576) => "bt470bg",
            None => "smpte170m",
        };
        let primaries = match tagged {
            Some(primaries) => primaries,
            None if video.hdr || matrix.starts_with("bt2020") => "bt2020",
            None => "bt709",
        };
        let transfer = video.transfer.as_deref().filter(|name| TRANSFERS.contains(name));
        Self::named(primaries, transfer.unwrap_or("bt709"), matrix)
    }

    /// The colour space of all sources of an edit, if it is the same.
    pub fn shared(pieces: &[Piece]) -> Option<Self> {
        let mut spaces = pieces.iter().map(|piece| Self::of(&piece.facts.video));
        let first = spaces.next()?;
        spaces.all(|space| space == first).then_some(first)
    }

    /// Whether the transfer function is PQ or HLG.
    pub fn is_hdr(&self) -> bool {
        matches!(self.transfer.as_str(), "smpte2084" | "arib-std-b67")
    }

    /// Adds the colour tags of an output.
    pub fn add_tags(&self, command: &mut FfmpegCommand) {
        // ffmpeg's options name these two by their exponents.
        let transfer = match self.transfer.as_str() {
            "bt470m" => "gamma22",
            "bt470bg" => "gamma28",
            other => other,
        };
        command.args(["-color_primaries", &self.primaries, "-color_trc", transfer]);
        command.args(["-colorspace", &self.matrix, "-color_range", "tv"]);
    }

    /// Converts a caption's colour, `#RRGGBB` in sRGB, to this colour space. In HDR,
    /// white is diffuse white; the brightest level of the format would be blinding.
    pub fn graphics(&self, colour: &str) -> String {
        let channel = |at: usize| colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let (true, Some(red), Some(green), Some(blue)) = (self.is_hdr(), channel(1), channel(3), channel(5))
        else {
            return colour.to_owned();
        };
        let [red, green, blue] = [red, green, blue].map(|value| linear(f64::from(value) / 255.0));
        // ITU-R BT.2087, from BT.709 to BT.2020.
        let wide = [
            0.6274 * red + 0.3293 * green + 0.0433 * blue,
            0.0691 * red + 0.9195 * green + 0.0114 * blue,
            0.0164 * red + 0.0880 * green + 0.8956 * blue,
        ];
        let signal = if self.transfer == "smpte2084" { pq } else { hlg };
        let [red, green, blue] = wide.map(|light| (signal(light) * 255.0).round().clamp(0.0, 255.0) as u8);
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}

/// Linear light of an sRGB value (IEC 61966-2-1).
fn linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// PQ signal (SMPTE ST 2084) of linear light, with 1 as diffuse white.
fn pq(light: f64) -> f64 {
    let (m1, m2) = (2610.0 / 16384.0, 2523.0 / 32.0);
    let (c1, c2, c3) = (3424.0 / 4096.0, 2413.0 / 128.0, 2392.0 / 128.0);
    let power = (light.max(0.0) * DIFFUSE_WHITE / 10_000.0).powf(m1);
    ((c1 + c2 * power) / (1.0 + c3 * power)).powf(m2)
}

/// HLG signal (ITU-R BT.2100) of linear light, with 1 as diffuse white: 75 % of the
/// signal.
fn hlg(light: f64) -> f64 {
    const WHITE: f64 = 0.265;
    let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
    // Inverts the system gamma of a display of 1000 cd/m².
    let scene = WHITE * light.max(0.0).powf(1.0 / 1.2);
    if scene <= 1.0 / 12.0 { (3.0 * scene).sqrt() } else { a * (12.0 * scene - b).ln() + c }
}

/// Whether a pixel format has more than eight bits per sample. Such formats name their
/// byte order.
pub(crate) fn is_deep(pixel_format: &str) -> bool {
    let packed = ["rgb565", "bgr565", "rgb555", "bgr555", "rgb444", "bgr444"];
    (pixel_format.ends_with("le") || pixel_format.ends_with("be"))
        && !packed.iter().any(|name| pixel_format.starts_with(name))
}

/// Whether a pixel format has transparency.
pub(crate) fn has_alpha(pixel_format: &str) -> bool {
    ["yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya8", "ya16", "pal8", "ayuv", "vuya"]
        .iter()
        .any(|name| pixel_format.starts_with(name))
}

/// A colour conversion from one source to a colour space.
#[derive(Debug, Clone)]
pub(crate) struct Colours {
    from: ColourSpace,
    to: ColourSpace,
    range: &'static str,
    /// Pixel format of the source, if it has transparency.
    transparent: Option<String>,
    /// Whether this ffmpeg has zscale; without it, only the matrix is converted.
    converts: bool,
}

impl Colours {
    /// From a source to `to`, in limited range.
    pub fn of(video: &VideoFacts, to: &ColourSpace, converts: bool) -> Self {
        Self {
            from: ColourSpace::of(video),
            to: to.clone(),
            range: "tv",
            transparent: video.alpha.then(|| video.pixel_format.clone()),
            converts,
        }
    }

    /// From a source to the colours of a JPEG.
    pub fn of_jpeg(video: &VideoFacts, converts: bool) -> Self {
        Self { range: "pc", ..Self::of(video, &ColourSpace::jpeg(), converts) }
    }

    /// The filters, including scaling by the algorithm `flags` of `scale`.
    /// `pixel_format` is the one that the caller converts to afterwards.
    pub fn scale(&self, size: FrameSize, flags: &str, pixel_format: &str) -> String {
        let FrameSize { width, height } = size;
        let (from, to) = (&self.from, &self.to);
        let over_black = self.over_black();
        let scale = |matrix: &str, range: &str| {
            format!(
                "{over_black}scale={width}:{height}:flags={flags}:in_color_matrix={}:out_color_matrix={}:out_range={range}",
                for_scale(&from.matrix),
                for_scale(matrix),
            )
        };
        let same_light = from.primaries == to.primaries && from.is_hdr() == to.is_hdr();
        if same_light || !self.converts {
            return scale(&to.matrix, self.range);
        }
        // Scale first: linear light is expensive.
        let chroma = if pixel_format.contains("422") { "422" } else { "420" };
        let scaled = format!("{},format=yuv{chroma}p10le", scale(&from.matrix, "tv"));
        let (matrix, primaries) = (for_zscale(&from.matrix), &from.primaries);
        let end = format!("m={}:r={}", for_zscale(&to.matrix), self.range);
        let transfer = &from.transfer;
        let input = format!("{scaled},zscale=tin={transfer}:pin={primaries}:min={matrix}:rin=limited");
        if from.is_hdr() {
            // The faster approximate gamma treats each channel of HLG separately and
            // oversaturates colours.
            let exact = if transfer == "arib-std-b67" { ":agamma=0" } else { "" };
            // 100 cd/m² is the white of BT.709 in a mastering room; Hable keeps skin
            // and highlights without clipping.
            return format!(
                "{input}:t=linear:p={primaries}:npl=100{exact},format=gbrpf32le,zscale=p={},\
                 tonemap=hable:desat=0,zscale=t={}:{end}",
                to.primaries, to.transfer
            );
        }
        // Keep the curve: players show all SDR curves alike.
        let curve = if transfer == "linear" { "bt709" } else { transfer };
        format!("{input}:t={curve}:p={}:{end}", to.primaries)
    }

    /// Puts transparent areas over black, as in an edit with nothing beneath, to hide
    /// the colours that the file stores there.
    fn over_black(&self) -> String {
        let Some(pixel_format) = &self.transparent else { return String::new() };
        let (with, without) =
            if is_deep(pixel_format) { ("gbrap10le", "gbrp10le") } else { ("gbrap", "gbrp") };
        format!(
            "scale=in_color_matrix={},format={with},premultiply=inplace=1,format={without},",
            for_scale(&self.from.matrix)
        )
    }
}

/// A matrix by its name in `scale`.
fn for_scale(matrix: &str) -> &str {
    match matrix {
        "bt2020nc" | "bt2020c" => "bt2020",
        "bt470bg" | "smpte170m" => "bt601",
        other => other,
    }
}

/// A matrix by its name in `zscale`: ffprobe's, except for one that zscale misspells.
fn for_zscale(matrix: &str) -> &str {
    if matrix == "smpte240m" { "7" } else { matrix }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::tests::piece;

    fn space(matrix: Option<&str>, primaries: Option<&str>, height: u32) -> ColourSpace {
        let mut video = piece(0, 1).facts.video;
        (video.coded_width, video.coded_height) = (height / 3 * 4, height);
        (video.matrix, video.primaries) = (matrix.map(Into::into), primaries.map(Into::into));
        ColourSpace::of(&video)
    }

    #[test]
    fn what_a_file_does_not_say_is_read_as_players_read_it() {
        assert_eq!(space(None, None, 1080), ColourSpace::bt709());
        assert_eq!(space(None, None, 480).matrix, "smpte170m");
        assert_eq!(space(None, None, 576).matrix, "bt470bg");
        assert_eq!(space(Some("bt709"), None, 480), ColourSpace::bt709());
        assert_eq!(space(Some("bt2020nc"), None, 1080).primaries, "bt2020");
        assert_eq!(space(Some("gbr"), Some("smpte432"), 1080).matrix, "bt709");
    }

    #[test]
    fn a_caption_in_hdr_is_as_bright_as_diffuse_white() {
        let space = |transfer: &str| ColourSpace::named("bt2020", transfer, "bt2020nc");
        // 58 % and 75 % of the signal (ITU-R BT.2408, table 1).
        assert_eq!(space("smpte2084").graphics("#FFFFFF"), "#949494");
        assert_eq!(space("arib-std-b67").graphics("#FFFFFF"), "#BFBFBF");
        assert_eq!(space("smpte2084").graphics("#000000"), "#000000");
        assert_eq!(ColourSpace::bt709().graphics("#FFFFFF"), "#FFFFFF");
    }

    #[test]
    fn depth_and_alpha_are_told_by_the_name_of_a_pixel_format() {
        assert!(["yuv420p10le", "p010le", "rgb48be", "gray16le", "yuva444p12le"].iter().all(|f| is_deep(f)));
        assert!(!["yuv420p", "yuv410p", "nv12", "rgb565le", "yuva420p"].iter().any(|f| is_deep(f)));
        assert!(["yuva420p", "argb", "gbrap12le", "pal8"].iter().all(|f| has_alpha(f)));
        assert!(!["yuv420p", "rgb24", "gbrp", "gray"].iter().any(|f| has_alpha(f)));
    }
}
