//! A clip as a file: small, and quick to make.

use std::path::Path;

use rushes_model::{
    framing::{Framing, FramingMode},
    notice::Activity,
    spec::{AudioEncoding, Container, ExportSpec, VideoEncoding},
};

use super::{
    encode::{self, Encoding, Format},
    forms,
    join::{self, Footage},
    pace,
    pass::{Encode, plan, scratch},
    request::Rendered,
};
use crate::{
    edit::{self, Piece},
    error::MediaError,
    ffmpeg::{run::RunContext, toolchain::Toolchain},
    files::publish::{Draft, folder_of},
    filters::geometry::fitted,
};

/// Longer side of a clip file, in pixels.
const SIDE: u32 = 960;
/// A clip file keeps smooth motion up to this rate.
const RATE_MILLI: u32 = 60_000;

/// Renders a clip as a file: H.264 and AAC in MP4, at most 960 pixels on its
/// longer side, upright, square pixels, a key frame every half second.
///
/// The whole picture is shown: pieces with another aspect ratio than the first get
/// bars.
///
/// # Errors
/// [`MediaError`]; nothing is left behind.
pub async fn render_clip_file(
    tools: &Toolchain,
    pieces: &[Piece],
    muted: bool,
    destination: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let pieces = edit::checked(pieces)?;
    match rendered(tools, &pieces, false, muted, destination, ctx).await {
        Err(MediaError::FormChanges { .. }) => {
            let folder = scratch(folder_of(destination))?;
            let pieces = forms::steadied(tools, &pieces, folder.path(), ctx).await?;
            rendered(tools, &pieces, true, muted, destination, ctx).await
        }
        outcome => outcome,
    }
}

async fn rendered(
    tools: &Toolchain,
    pieces: &[Piece],
    steady: bool,
    muted: bool,
    destination: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let draft = Draft::beside(destination, ".mp4")?;
    let spec = ExportSpec {
        frame: Some(fitted(&pieces[0].facts, SIDE)),
        min_frame_rate_milli: 0,
        max_frame_rate_milli: RATE_MILLI,
        container: Container::Mp4,
        video: VideoEncoding::H264 { crf: 23, max_kbps: 6000 },
        audio: AudioEncoding::Aac { kbps: 128 },
        loudness: None,
        max_duration_us: None,
        max_bytes: None,
    };
    let framing = Framing { mode: FramingMode::Fit, ..Framing::default() };
    let rate = pace::rate(tools, pieces, &spec, ctx).await?;
    let encoding = Encoding {
        spec: &spec,
        frame: encode::frame(&spec, pieces),
        rate,
        format: Format::of(&spec.video, pieces),
        preset: "veryfast",
        gop_frames: rate.num / (2 * rate.den),
        hardware: None,
    };
    let plan = plan(tools, &encoding, framing, None);
    let gathered = join::share(pieces);
    let inputs = join::inputs(tools, pieces, rate, steady, ctx).await?;
    let total_us = rate.micros(inputs.iter().map(|input| input.frames).sum());
    let gathering = ctx.stage(0, gathered, total_us);
    let footage = Footage::gather(tools, inputs, muted, &plan, folder_of(destination), &gathering).await?;
    let job = Encode {
        what: Activity::MakingClipFile,
        footage: &footage,
        total_us,
        muted,
        encoding,
        plan,
        sound_filter: None,
        folder: None,
    };
    let facts = job.run(tools, &draft, &ctx.stage(gathered, 1000, total_us)).await?;
    draft.publish(destination).await?;
    Ok(Rendered { bytes: facts.size_bytes, facts, loudness: None, font_instead: None, fell_back: None })
}
