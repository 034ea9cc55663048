//! Filter graphs: pieces trimmed by timestamp, fitted into one frame size at one rate,
//! joined, and combined with their sound.
//!
//! ffmpeg rotates footage upright before it enters the graph, so no filter here does.
//! Inputs keep their own clock (`-copyts`), which in and out points are based on.

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::{
    facts::{AudioFacts, Fields, VideoFacts},
    framing::{FrameSize, Framing, FramingMode},
};

use crate::{
    edit::{PieceInput, Rate},
    ffmpeg::{args::seconds, input::add_source},
    filters::{
        colour::{ColourSpace, Colours},
        geometry::{covering, crop_corner, crop_side, even, fitting, pad_corner},
        sound::{SOUND, mixed},
    },
};

/// Fade at both ends of each piece's sound, in seconds: too short to hear, long enough
/// that a join does not click.
const DECLICK_S: &str = "0.006";

/// A source of silence.
const SILENCE: &str = "anullsrc=r=48000:cl=stereo";

/// The target format of an edit's picture.
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
    /// Filters that convert to the encoder's pixel format.
    pub output: String,
}

/// Adds the inputs of an edit, one for each piece.
pub(crate) fn add_inputs(command: &mut FfmpegCommand, inputs: &[PieceInput]) {
    command.arg("-copyts");
    for input in inputs {
        add_input(command, input, inputs.len());
    }
}

fn add_input(command: &mut FfmpegCommand, input: &PieceInput, pieces: usize) {
    let piece = &input.piece;
    // Many decoders are open at once, and each thread holds frames.
    if pieces > 4 {
        command.args(["-threads", "2"]);
    }
    // Counting filters start over if ffmpeg rebuilds them; see `forms.rs`.
    command.args(["-reinit_filter", "0"]);
    if let Some(seek) = input.seek_us {
        // The filters cut exactly; seeking only avoids decoding what comes before.
        command.args(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", &seconds(seek)]);
    }
    add_source(command, &piece.path, &piece.facts);
}

/// The graph of picture and sound, ending in `[v]` and `[a]`.
pub(crate) fn picture_and_sound(
    inputs: &[PieceInput],
    plan: &PicturePlan,
    muted: bool,
    sound_filter: Option<&str>,
) -> String {
    let mut parts = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        parts.push(picture(index, input, plan));
        if !muted {
            parts.push(sound(index, input, plan.rate.micros(input.frames)));
        }
    }
    let streams: String =
        (0..inputs.len()).map(|i| if muted { format!("[v{i}]") } else { format!("[v{i}][a{i}]") }).collect();
    let count = inputs.len();
    if muted {
        let frames: i64 = inputs.iter().map(|input| input.frames).sum();
        parts.push(format!("{streams}concat=n={count}:v=1:a=0[joined]"));
        parts.push(format!("{SILENCE},atrim=end={}[a]", seconds(plan.rate.micros(frames))));
    } else {
        parts.push(format!("{streams}concat=n={count}:v=1:a=1[joined][heard]"));
        parts.push(end_of_sound(sound_filter));
    }
    parts.push(end_of_picture(plan));
    parts.join(";\n")
}

/// The same for an edit that was already joined. Its frames and samples are contiguous,
/// so timestamps are counted rather than read.
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

/// The graph of only the sound, ending in `[a]`, for measuring.
pub(crate) fn sound_only(inputs: &[PieceInput], rate: Rate, filter: &str) -> String {
    let mut parts: Vec<String> = inputs
        .iter()
        .enumerate()
        .map(|(index, input)| sound(index, input, rate.micros(input.frames)))
        .collect();
    let streams: String = (0..inputs.len()).map(|i| format!("[a{i}]")).collect();
    parts.push(format!("{streams}concat=n={}:v=0:a=1,{filter}[a]", inputs.len()));
    parts.join(";\n")
}

/// The same for an edit that was already joined.
pub(crate) fn sound_of_joined(filter: &str) -> String {
    format!("[0:a]asetpts=N/SR/TB,{filter}[a]")
}

/// Deinterlaces footage before anything else, one frame from each pair of fields.
/// Frames that are marked as progressive pass unchanged.
pub(crate) fn deinterlace(video: &VideoFacts) -> &'static str {
    match video.fields {
        None => "",
        Some(Fields::Told) => "bwdif=mode=send_frame:parity=auto:deint=interlaced,",
        Some(Fields::Top) => "bwdif=mode=send_frame:parity=tff:deint=all,",
        Some(Fields::Bottom) => "bwdif=mode=send_frame:parity=bff:deint=all,",
    }
}

fn picture(index: usize, input: &PieceInput, plan: &PicturePlan) -> String {
    let PieceInput { piece, frames, .. } = input;
    let (from, to) = piece.picture_window_us();
    let start = if piece.shows_lead() {
        // The in point is time 0; `fps` drops everything before it, except the frame
        // that is on screen at that time.
        let zero = seconds(piece.facts.start_us + piece.in_us);
        format!("trim=end={},setpts=PTS-{zero}/TB", seconds(to))
    } else {
        // The first frame begins the piece, though it may be up to half a frame away
        // from the in point. If it comes later than that, because earlier ones cannot
        // be decoded, it stays late by whole frames; otherwise the picture would run
        // ahead of the sound.
        let (from, to, frame) = (seconds(from), seconds(to), seconds(piece.frame_us()));
        format!(
            "trim=start={from}:end={to},\
             setpts='PTS-STARTPTS+floor(max(0,STARTT-{from})/{frame})*{frame}/TB'"
        )
    };
    let rate = plan.rate.ratio();
    let stream = piece.facts.video.stream_index;
    // Deinterlacing at the ends of a piece uses the fields before and after it.
    let fields = deinterlace(&piece.facts.video);
    format!(
        "[{index}:{stream}]{fields}{start},fps={rate}:start_time=0,\
         tpad=stop=-1:stop_mode=clone,trim=end_frame={frames},{}[v{index}]",
        into_frame(index, &piece.facts.video, plan)
    )
}

/// The filters that fit an upright picture into the frame.
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
            let across = crop_side(own.width, covering.width, width, x);
            let down = crop_side(own.height, covering.height, height, y);
            let scaled = FrameSize { width: across.scaled, height: down.scaled };
            // As shares of the input: its pixels need not be square, and its size may
            // change.
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
            // A blur has no detail, so it is computed at a small size and enlarged.
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

/// The sound of one piece, exactly `length_us` long; silence if it has none.
fn sound(index: usize, input: &PieceInput, length_us: i64) -> String {
    let piece = &input.piece;
    let length = seconds(length_us);
    let from = piece.facts.sound_start_us() + piece.in_us;
    let (start, end) = (seconds(from), seconds(from + length_us));
    let window = format!("atrim=start={start}:end={end},asetpts=PTS-{start}/TB");
    let tracks: Vec<&AudioFacts> = piece.facts.used_audio().collect();
    let apad = format!("apad,atrim=end={length}");
    let Some(mixed) = mixed(index, &tracks, &window, &apad, input.exact_sound) else {
        return format!("{SILENCE},atrim=end={length},{SOUND}[a{index}]");
    };
    let fade_out = seconds((length_us - 6000).max(0));
    format!("{mixed},afade=t=in:d={DECLICK_S},afade=t=out:st={fade_out}:d={DECLICK_S}[a{index}]")
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
        let input = |(piece, frames): (&Piece, i64)| PieceInput {
            piece: piece.clone(),
            frames,
            exact_sound: false,
            seek_us: Some(piece.facts.start_us + piece.in_us - 500_000).filter(|seek| *seek > 0),
        };
        let inputs: Vec<PieceInput> = pieces.iter().zip(frame_counts(pieces, plan.rate)).map(input).collect();
        picture_and_sound(&inputs, plan, muted, None)
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
}
