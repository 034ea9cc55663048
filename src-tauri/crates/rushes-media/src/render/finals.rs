//! Renders the final for a platform.

use std::path::Path;

use rushes_model::{
    captions::CaptionStyle,
    notice::{Activity, Notice},
    spec::VideoEncoding,
};

use super::{
    encode::{self, Encoding, Format},
    forms,
    join::{self, Footage},
    lossless, loudness, pace,
    pass::{Encode, plan, scratch},
    request::{FinalRequest, Rendered},
};
use crate::{
    captions::{ass::to_ass, fonts::font_instead},
    edit::{self, Piece},
    error::MediaError,
    ffmpeg::{
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::{Draft, refuse_existing},
};

/// The script that captions are burned in from, inside the scratch folder.
const CAPTIONS_FILE: &str = "captions.ass";

/// Renders a final.
///
/// # Errors
/// [`MediaError`]; nothing is left behind.
pub async fn render_final(
    tools: &Toolchain,
    request: &FinalRequest,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let pieces = edit::checked(&request.pieces)?;
    refuse_existing(&request.destination)?;
    let scratch = scratch(&request.temp_dir)?;
    if request.spec.video == VideoEncoding::Copy {
        return lossless::cut(tools, &pieces, request, scratch.path(), ctx).await;
    }
    match encoded(tools, &pieces, false, request, scratch.path(), ctx).await {
        Err(MediaError::FormChanges { .. }) => {
            let pieces = forms::steadied(tools, &pieces, scratch.path(), ctx).await?;
            encoded(tools, &pieces, true, request, scratch.path(), ctx).await
        }
        outcome => outcome,
    }
}

async fn encoded(
    tools: &Toolchain,
    pieces: &[Piece],
    steady: bool,
    request: &FinalRequest,
    scratch: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let spec = &request.spec;
    let rate = pace::rate(tools, pieces, spec, ctx).await?;
    let frame = encode::frame(spec, pieces);
    let heard = !request.muted && pieces.iter().any(|piece| piece.facts.used_audio().next().is_some());
    let format = Format::of(&spec.video, pieces);
    let captions = if request.cues.is_empty() {
        None
    } else {
        let style = CaptionStyle {
            colour: format.colour.graphics(&request.style.colour),
            outline_colour: format.colour.graphics(&request.style.outline_colour),
            ..request.style.clone()
        };
        let script = to_ass(&request.cues, &style, frame);
        let path = scratch.join(CAPTIONS_FILE);
        std::fs::write(&path, script)
            .map_err(|error| MediaError::io(Activity::WritingCaptions, &path, error))?;
        Some(format!("ass=filename={CAPTIONS_FILE}"))
    };
    let hardware = request.hardware;
    let gop_frames = 2 * rate.num / rate.den;
    let encoding = Encoding { spec, frame, rate, format, preset: "medium", gop_frames, hardware };
    let plan = plan(tools, &encoding, request.framing, captions);
    let gathered = join::share(pieces);
    let inputs = join::inputs(tools, pieces, rate, steady, ctx).await?;
    let total_us = rate.micros(inputs.iter().map(|input| input.frames).sum());
    let gathering = ctx.stage(0, gathered, total_us);
    let footage = Footage::gather(tools, inputs, request.muted, &plan, scratch, &gathering).await?;
    let ctx = &ctx.stage(gathered, 1000, total_us);

    // Measuring is a few percent of the work, as is the check at the end.
    let target = spec.loudness.filter(|_| heard);
    let sound_filter = match target {
        Some(target) => {
            let stage = ctx.stage(0, 80, total_us);
            loudness::normalise(tools, &footage, rate, target, total_us, &stage).await?
        }
        None => None,
    };
    let draft = Draft::new(scratch, encode::suffix(spec.container))?;
    let mut job = Encode {
        what: Activity::Rendering,
        footage: &footage,
        total_us,
        muted: request.muted,
        encoding,
        plan,
        sound_filter,
        folder: Some(scratch),
    };
    let from = if target.is_some() { 80 } else { 0 };
    let encoding_ctx = ctx.stage(from, 980, total_us);
    let mut fell_back = None;
    let facts = match job.run(tools, &draft, &encoding_ctx).await {
        Err(error) if job.encoding.in_hardware() && error.is_worth_another_encoder() => {
            tracing::warn!(detail = %error.detail(), "the encoder in hardware failed; x264 takes over");
            fell_back = hardware.map(|hardware| Notice::HardwareFailed {
                encoder: hardware.name().into(),
                reason: Box::new(error.notice()),
            });
            job.encoding.hardware = None;
            job.plan.output = job.encoding.pixels();
            job.run(tools, &draft, &encoding_ctx).await?
        }
        outcome => outcome?,
    };
    let loudness = match target {
        Some(_) => {
            loudness::measure_file(tools, draft.path(), &facts, &ctx.stage(980, 990, total_us)).await?
        }
        None => None,
    };
    let font_instead =
        if request.cues.is_empty() { None } else { font_instead(tools, &request.style, ctx).await };
    draft.publish(&request.destination).await?;
    (ctx.on_progress)(run::Progress { done_us: total_us, total_us, speed_milli: None });
    Ok(Rendered { bytes: facts.size_bytes, facts, loudness, font_instead, fell_back })
}
