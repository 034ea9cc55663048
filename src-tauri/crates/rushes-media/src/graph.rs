//! Filter graphs: pieces cut by timestamp, brought upright into one frame at one
//! rate, joined, and given their sound.
//!
//! ffmpeg turns rotated footage upright before it enters the graph, so nothing
//! here turns anything. Inputs keep their own clock (`-copyts`), which is the
//! clock that in and out points are counted in.

use ffmpeg_sidecar::command::FfmpegCommand;

use crate::{
    colour::{ColourSpace, Colours},
    edit::Rate,
    facts::{AudioFacts, Fields, Heard, VideoFacts},
    input::add_source,
    join::Cut,
    spec::{FrameSize, Framing, FramingMode},
};

/// Fade at both ends of each piece's sound, in seconds: too short to hear, long
/// enough that a join does not click.
const DECLICK_S: &str = "0.006";
/// Sound everywhere in the graph.
pub(crate) const SOUND: &str = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo";
/// A source of silence.
const SILENCE: &str = "anullsrc=r=48000:cl=stereo";

/// What the picture of an edit becomes.
#[derive(Debug, Clone)]
pub(crate) struct PicturePlan {
    pub frame: FrameSize,
    pub rate: Rate,
    pub framing: Framing,
    /// Pixel format of the result.
    pub pixel_format: &'static str,
    /// Colours of the result.
    pub colour: ColourSpace,
    /// Whether this ffmpeg can convert primaries and tone-map.
    pub converts: bool,
    /// The last filter of the picture, for captions.
    pub overlay: Option<String>,
    /// What brings it to the encoder's pixel format.
    pub output: String,
}

/// Adds the inputs of an edit, one for each piece.
pub(crate) fn add_inputs(command: &mut FfmpegCommand, cuts: &[Cut], threads: Option<u32>) {
    command.arg("-copyts");
    for cut in cuts {
        add_input(command, cut, cuts.len(), threads);
    }
}

fn add_input(command: &mut FfmpegCommand, cut: &Cut, pieces: usize, threads: Option<u32>) {
    let piece = &cut.piece;
    // Decoders of many pieces are open at once, and each thread holds pictures.
    let threads = if pieces > 4 { Some(threads.unwrap_or(2).min(2)) } else { threads };
    if let Some(threads) = threads {
        command.arg("-threads").arg(threads.to_string());
    }
    // Filters that count begin again where ffmpeg builds them anew; see `forms.rs`.
    command.args(["-reinit_filter", "0"]);
    if let Some(seek) = cut.seek_us {
        // The filters cut exactly; the seek only spares the decoding before.
        command.args(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", &seconds(seek)]);
    }
    add_source(command, &piece.path, &piece.facts);
}

/// The graph of picture and sound, ending in `[v]` and `[a]`.
pub(crate) fn picture_and_sound(
    cuts: &[Cut],
    plan: &PicturePlan,
    muted: bool,
    sound_filter: Option<&str>,
) -> String {
    let mut parts = Vec::new();
    for (index, cut) in cuts.iter().enumerate() {
        parts.push(picture(index, cut, plan));
        if !muted {
            parts.push(sound(index, cut, plan.rate.micros(cut.frames)));
        }
    }
    let streams: String =
        (0..cuts.len()).map(|i| if muted { format!("[v{i}]") } else { format!("[v{i}][a{i}]") }).collect();
    let count = cuts.len();
    if muted {
        let frames: i64 = cuts.iter().map(|cut| cut.frames).sum();
        parts.push(format!("{streams}concat=n={count}:v=1:a=0[joined]"));
        parts.push(format!("{SILENCE},atrim=end={}[a]", seconds(plan.rate.micros(frames))));
    } else {
        parts.push(format!("{streams}concat=n={count}:v=1:a=1[joined][heard]"));
        parts.push(end_of_sound(sound_filter));
    }
    parts.push(end_of_picture(plan));
    parts.join(";\n")
}

/// The same for an edit that was joined before, whose frames and samples follow
/// each other without a gap: their times are counted, not read.
pub(crate) fn of_joined(plan: &PicturePlan, sound_filter: Option<&str>) -> String {
    let Rate { num, den } = plan.rate;
    [
        format!("[0:v]settb={den}/{num},setpts=N[joined]"),
        "[0:a]asetpts=N/SR/TB[heard]".into(),
        end_of_sound(sound_filter),
        end_of_picture(plan),
    ]
    .join(";\n")
}

fn end_of_picture(plan: &PicturePlan) -> String {
    let overlay = plan.overlay.as_deref().unwrap_or("null");
    format!("[joined]{overlay},{}[v]", plan.output)
}

fn end_of_sound(filter: Option<&str>) -> String {
    let filter = filter.map_or_else(String::new, |filter| format!("{filter},"));
    format!("[heard]{filter}{SOUND}[a]")
}

/// The graph of the sound alone, ending in `[a]`, for measuring.
pub(crate) fn sound_only(cuts: &[Cut], rate: Rate, filter: &str) -> String {
    let mut parts: Vec<String> =
        cuts.iter().enumerate().map(|(index, cut)| sound(index, cut, rate.micros(cut.frames))).collect();
    let streams: String = (0..cuts.len()).map(|i| format!("[a{i}]")).collect();
    parts.push(format!("{streams}concat=n={}:v=0:a=1,{filter}[a]", cuts.len()));
    parts.join(";\n")
}

/// The same for an edit that was joined before.
pub(crate) fn sound_of_joined(filter: &str) -> String {
    format!("[0:a]asetpts=N/SR/TB,{filter}[a]")
}

/// What makes whole pictures of footage that is interlaced, before anything
/// else: one from the two fields of each. Pictures that say that they are whole
/// pass as they are.
pub(crate) fn deinterlace(video: &VideoFacts) -> &'static str {
    match video.fields {
        None => "",
        Some(Fields::Told) => "bwdif=mode=send_frame:parity=auto:deint=interlaced,",
        Some(Fields::Top) => "bwdif=mode=send_frame:parity=tff:deint=all,",
        Some(Fields::Bottom) => "bwdif=mode=send_frame:parity=bff:deint=all,",
    }
}

fn picture(index: usize, cut: &Cut, plan: &PicturePlan) -> String {
    let Cut { piece, frames, .. } = cut;
    let (from, to) = piece.picture_window_us();
    let start = if piece.shows_lead() {
        // The in point is moment 0; what lies before it is dropped by `fps`,
        // all but the picture that is on screen at that moment.
        let zero = seconds(piece.facts.start_us + piece.in_us);
        format!("trim=end={},setpts=PTS-{zero}/TB", seconds(to))
    } else {
        // The first picture begins the piece, though it may stand up to half a frame
        // beside the in point. One that comes later than that, because those before
        // it cannot be decoded, stays behind by whole frames: else the picture would
        // run ahead of the sound.
        let (from, to, frame) = (seconds(from), seconds(to), seconds(piece.frame_us()));
        format!(
            "trim=start={from}:end={to},\
             setpts='PTS-STARTPTS+floor(max(0,STARTT-{from})/{frame})*{frame}/TB'"
        )
    };
    let rate = plan.rate.ratio();
    let stream = piece.facts.video.stream_index;
    // At the ends of a piece, the fields before and after it help.
    let fields = deinterlace(&piece.facts.video);
    format!(
        "[{index}:{stream}]{fields}{start},fps={rate}:start_time=0,\
         tpad=stop=-1:stop_mode=clone,trim=end_frame={frames},{}[v{index}]",
        into_frame(index, &piece.facts.video, plan)
    )
}

/// The filters that bring an upright picture into the frame.
fn into_frame(index: usize, video: &VideoFacts, plan: &PicturePlan) -> String {
    let FrameSize { width, height } = plan.frame;
    let own = FrameSize { width: video.width, height: video.height };
    let format = plan.pixel_format;
    let colours = Colours::of(video, &plan.colour, plan.converts);
    let scale = |size: FrameSize| colours.scale(size, "bicubic", format);
    let square = "setsar=1";
    match plan.framing.mode {
        FramingMode::Fill => {
            let covering = covering(own, plan.frame);
            if covering == plan.frame {
                return format!("{},format={format},{square}", scale(covering));
            }
            let (x, y) = crop_corner(covering, plan.frame, plan.framing);
            let across = span(own.width, covering.width, width, x);
            let down = span(own.height, covering.height, height, y);
            let scaled = FrameSize { width: across.scaled, height: down.scaled };
            // As shares of what comes: its pixels need not be square, and its size may change.
            format!(
                "crop=iw*{}/{}:ih*{}/{}:iw*{}/{}:ih*{}/{},{},crop={width}:{height}:{}:{},format={format},{square}",
                across.length,
                own.width,
                down.length,
                own.height,
                across.from,
                own.width,
                down.from,
                own.height,
                scale(scaled),
                across.rest,
                down.rest,
            )
        }
        FramingMode::Fit => {
            let fitting = fitting(own, plan.frame);
            let pad = if fitting == plan.frame {
                String::new()
            } else {
                let (x, y) = pad_corner(fitting, plan.frame);
                format!("pad={width}:{height}:{x}:{y}:black,")
            };
            format!("{},format={format},{pad}{square}", scale(fitting))
        }
        FramingMode::Blur => {
            let fitting = fitting(own, plan.frame);
            if fitting == plan.frame {
                return format!("{},format={format},{square}", scale(fitting));
            }
            // A blur carries no detail, so it is made small and enlarged.
            let small = FrameSize { width: even(width / 4), height: even(height / 4) };
            let under = covering(fitting, small);
            let (x, y) = pad_corner(fitting, plan.frame);
            let sigma = (f64::from(width.min(height)) / 80.0).max(2.0);
            format!(
                "{scale},format={format},{square},split[sharp{index}][soft{index}];\n\
                 [soft{index}]scale={}:{}:flags=bilinear,crop={}:{},gblur=sigma={sigma:.1},\
                 scale={width}:{height}:flags=bicubic,{square}[under{index}];\n\
                 [under{index}][sharp{index}]overlay={x}:{y}:format=auto,format={format},{square}",
                under.width,
                under.height,
                small.width,
                small.height,
                scale = scale(fitting),
            )
        }
    }
}

/// The sound of one piece, exactly `length_us` long; silence where it has none.
fn sound(index: usize, cut: &Cut, length_us: i64) -> String {
    let piece = &cut.piece;
    let length = seconds(length_us);
    let from = piece.facts.sound_start_us() + piece.in_us;
    let (start, end) = (seconds(from), seconds(from + length_us));
    let window = format!("atrim=start={start}:end={end},asetpts=PTS-{start}/TB");
    let tracks: Vec<&AudioFacts> = piece.facts.used_audio().collect();
    let apad = format!("apad,atrim=end={length}");
    let Some(mixed) = mixed(index, &tracks, &window, &apad, cut.exact_sound) else {
        return format!("{SILENCE},atrim=end={length},{SOUND}[a{index}]");
    };
    let fade_out = seconds((length_us - 6000).max(0));
    format!("{mixed},afade=t=in:d={DECLICK_S},afade=t=out:st={fade_out}:d={DECLICK_S}[a{index}]")
}

/// The tracks of an input as one stereo sound, without a label at its end; none
/// where there is no track. `window` says which part of each, and brings its
/// beginning to 0; `length` gives each the same length; `exact` says whether small
/// deviations of its times count.
///
/// Tracks are mixed as strong as their mean, so that no mix clips.
pub(crate) fn mixed(
    input: usize,
    tracks: &[&AudioFacts],
    window: &str,
    length: &str,
    exact: bool,
) -> Option<String> {
    // `aresample` fills what is missing at the start and in gaps with silence. Small
    // deviations are let be, for most are the rounding of a clock, but not where
    // times are exact (see `SourceFacts::has_exact_sound`).
    let least = if exact { ":min_hard_comp=0.005" } else { "" };
    let heard = |track: &&AudioFacts| {
        let sides = if track.heard == Heard::OneSide { "pan=stereo|c0=c0+c1|c1=c0+c1," } else { "" };
        format!(
            "[{input}:{}]{window},aresample=48000:async=1:first_pts=0{least},{sides}{SOUND},{length}",
            track.stream_index
        )
    };
    if let [track] = tracks {
        return Some(heard(track));
    }
    let count = tracks.len();
    let label = |number: usize| format!("[a{input}t{number}]");
    let parts: String = tracks
        .iter()
        .enumerate()
        .map(|(number, track)| format!("{}{};\n", heard(track), label(number)))
        .collect();
    let labels: String = (0..count).map(label).collect();
    let weights = vec![format!("{:.4}", 1.0 / count.max(1) as f64); count].join(" ");
    (count > 0).then(|| {
        format!("{parts}{labels}amix=inputs={count}:duration=longest:normalize=0:weights={weights},{SOUND}")
    })
}

/// The picture's size when it just covers the frame.
fn covering(own: FrameSize, frame: FrameSize) -> FrameSize {
    let (w, h) = (u64::from(own.width.max(1)), u64::from(own.height.max(1)));
    let (fw, fh) = (u64::from(frame.width), u64::from(frame.height));
    if w * fh >= h * fw {
        FrameSize { width: even_up(w * fh / h).max(frame.width), height: frame.height }
    } else {
        FrameSize { width: frame.width, height: even_up(h * fw / w).max(frame.height) }
    }
}

/// The part of one side of a picture that a frame will show, with a margin into
/// which the scaler's filter reaches: what lies beyond is not scaled for nothing.
struct Span {
    /// Where it begins, in pixels of the picture.
    from: u32,
    /// How long it is, in pixels of the picture.
    length: u32,
    /// How long it becomes.
    scaled: u32,
    /// Where the frame begins in what it becomes.
    rest: u32,
}

/// What of a side is needed whose `own` pixels become `covering`, of which the
/// frame shows those from `at`.
fn span(own: u32, covering: u32, frame: u32, at: u32) -> Span {
    let (own, covering, frame, at) =
        (u64::from(own.max(1)), u64::from(covering.max(1)), u64::from(frame), u64::from(at));
    // A bicubic filter reaches two pixels to each side, of the larger of both sizes.
    let margin = 4 * own.div_ceil(covering) + 4;
    let from = (at * own / covering).saturating_sub(margin) & !1;
    let end = ((at + frame) * own).div_ceil(covering) + margin;
    let length = (end + (end & 1)).min(own) - from;
    let scaled = even_up((length * covering + own / 2) / own).max(even_up(frame));
    let rest = (at.saturating_sub((from * covering + own / 2) / own)).min(u64::from(scaled) - frame) & !1;
    let pixels = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    Span { from: pixels(from), length: pixels(length), scaled, rest: pixels(rest) }
}

/// The picture's size when it is as large as it can be inside the frame.
fn fitting(own: FrameSize, frame: FrameSize) -> FrameSize {
    let (w, h) = (u64::from(own.width.max(1)), u64::from(own.height.max(1)));
    let (fw, fh) = (u64::from(frame.width), u64::from(frame.height));
    if w * fh >= h * fw {
        let height = u32::try_from((h * fw + w / 2) / w).unwrap_or(u32::MAX);
        FrameSize { width: frame.width, height: even(height).min(frame.height) }
    } else {
        let width = u32::try_from((w * fh + h / 2) / h).unwrap_or(u32::MAX);
        FrameSize { width: even(width).min(frame.width), height: frame.height }
    }
}

/// Upper left corner of a crop around the adjustable centre, inside the picture.
fn crop_corner(picture: FrameSize, frame: FrameSize, framing: Framing) -> (u32, u32) {
    let corner = |side: u32, frame: u32, centre_bp: u32| {
        let centre = i64::from(side) * i64::from(centre_bp.min(10_000)) / 10_000;
        let room = i64::from(side.saturating_sub(frame));
        // Even, so that colour samples stay with their pixels.
        u32::try_from((centre - i64::from(frame) / 2).clamp(0, room)).unwrap_or(0) & !1
    };
    (
        corner(picture.width, frame.width, framing.centre_x_bp),
        corner(picture.height, frame.height, framing.centre_y_bp),
    )
}

fn pad_corner(picture: FrameSize, frame: FrameSize) -> (u32, u32) {
    (
        (frame.width.saturating_sub(picture.width) / 2) & !1,
        (frame.height.saturating_sub(picture.height) / 2) & !1,
    )
}

/// The even number at or below, at least 2.
pub(crate) fn even(side: u32) -> u32 {
    (side & !1).max(2)
}

fn even_up(side: u64) -> u32 {
    even(u32::try_from(side.saturating_add(1)).unwrap_or(u32::MAX))
}

/// Microseconds as seconds with six decimals, as ffmpeg's options take them.
pub(crate) fn seconds(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let us = us.unsigned_abs();
    format!("{sign}{}.{:06}", us / 1_000_000, us % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Piece, frame_counts, tests::piece};

    fn plan(mode: FramingMode) -> PicturePlan {
        PicturePlan {
            frame: FrameSize { width: 1080, height: 1920 },
            rate: Rate::from_milli(25_000),
            framing: Framing { mode, ..Framing::default() },
            pixel_format: "yuv420p",
            colour: ColourSpace::bt709(),
            converts: true,
            overlay: None,
            output: "format=yuv420p".into(),
        }
    }

    fn graph(pieces: &[Piece], plan: &PicturePlan, muted: bool) -> String {
        let cut = |(piece, frames): (&Piece, i64)| Cut {
            piece: piece.clone(),
            frames,
            exact_sound: false,
            seek_us: Some(piece.facts.start_us + piece.in_us - 500_000).filter(|seek| *seek > 0),
        };
        let cuts: Vec<Cut> = pieces.iter().zip(frame_counts(pieces, plan.rate)).map(cut).collect();
        picture_and_sound(&cuts, plan, muted, None)
    }

    #[test]
    fn fill_crops_around_the_centre() {
        insta::assert_snapshot!(graph(&[piece(1_200_000, 3_040_000)], &plan(FramingMode::Fill), false));
    }

    #[test]
    fn fit_adds_bars() {
        insta::assert_snapshot!(graph(&[piece(1_200_000, 3_040_000)], &plan(FramingMode::Fit), true));
    }

    #[test]
    fn blur_puts_the_picture_over_itself() {
        let mut silent = piece(0, 1_000_000);
        silent.facts.audio.clear();
        let pieces = [silent, piece(7_000_000, 9_000_000)];
        insta::assert_snapshot!(graph(&pieces, &plan(FramingMode::Blur), false));
    }

    #[test]
    fn hdr_is_tone_mapped_after_it_was_made_small() {
        let mut hdr = piece(0, 1_000_000);
        hdr.facts.video.hdr = true;
        hdr.facts.video.transfer = Some("arib-std-b67".into());
        hdr.facts.video.variable_frame_rate = true;
        insta::assert_snapshot!(graph(&[hdr], &plan(FramingMode::Fit), true));
    }

    #[test]
    fn the_centre_moves_the_crop_and_never_past_the_edge() {
        let picture = FrameSize { width: 3414, height: 1920 };
        let frame = FrameSize { width: 1080, height: 1920 };
        let at = |centre_x_bp| crop_corner(picture, frame, Framing { centre_x_bp, ..Framing::default() }).0;
        assert_eq!((at(0), at(5000), at(10_000)), (0, 1166, 2334));
    }

    proptest::proptest! {
        #[test]
        fn what_is_cut_out_before_scaling_shows_the_same_part(
            own in 64u32..8000, scale in 0.1f64..6.0, frame in 32u32..4000, at in 0.0f64..1.0,
        ) {
            let (own, frame) = (even(own), even(frame));
            let covering = even((f64::from(own) * scale) as u32).max(frame);
            let at = ((f64::from(covering - frame) * at) as u32) & !1;
            let span = span(own, covering, frame, at);
            proptest::prop_assert!(span.from + span.length <= own && span.rest + frame <= span.scaled);
            // How far both edges of the frame are from where they belong, in its own pixels.
            let to_frame = f64::from(covering) / f64::from(own);
            let shown = |pixel: u32| {
                let pixel = f64::from(pixel) * f64::from(span.length) / f64::from(span.scaled);
                (f64::from(span.from) + pixel) * to_frame
            };
            proptest::prop_assert!((shown(span.rest) - f64::from(at)).abs() < 3.0);
            proptest::prop_assert!((shown(span.rest + frame) - f64::from(at + frame)).abs() < 5.0);
        }
    }
}
