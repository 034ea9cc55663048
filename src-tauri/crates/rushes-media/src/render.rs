//! Rendering: the raw clip for viewing, and the final for its platform.
//!
//! Both are cut from the sources themselves, written under a hidden name,
//! checked with a probe, and only then given their name.

use std::path::{Path, PathBuf};

use crate::{
    MediaError,
    analysis::Loudness,
    ass::to_ass,
    edit::{self, Piece},
    encode::{self, Encoding, Format},
    facts::SourceFacts,
    fonts::font_instead,
    forms,
    graph::{PicturePlan, even},
    hardware::HardwareEncoder,
    join::{self, Footage},
    lossless, loudness, pace, probe,
    publish::{Draft, absolute, folder_of, refuse_existing},
    run::{self, RunContext},
    spec::{
        AudioEncoding, CaptionStyle, Container, Cue, ExportSpec, FrameSize, Framing, FramingMode,
        VideoEncoding,
    },
    toolchain::Toolchain,
};
pub use crate::{edit::expected_duration_us, encode::estimate_bytes};

/// Longer side of a raw clip for viewing, in pixels.
const PREVIEW_SIDE: u32 = 960;
/// A raw clip for viewing keeps smooth motion up to this rate.
const PREVIEW_RATE_MILLI: u32 = 60_000;
/// The script that captions are burned from, inside the scratch folder.
const CAPTIONS_FILE: &str = "captions.ass";

/// What a final is made of and where it goes.
#[derive(Debug, Clone)]
pub struct FinalRequest {
    /// The edit list, in order.
    pub pieces: Vec<Piece>,
    /// Whether the sources' sound is left out. The file still has a silent
    /// track, because platforms refuse files without one.
    pub muted: bool,
    /// How the picture is fitted into the frame.
    pub framing: Framing,
    /// Captions to burn in; none where empty.
    pub cues: Vec<Cue>,
    /// How they look.
    pub style: CaptionStyle,
    /// What the preset asks.
    pub spec: ExportSpec,
    /// What encodes H.264 where the preset asks for it; x264 where absent, and
    /// where this fails.
    pub hardware: Option<HardwareEncoder>,
    /// Scratch space; made where it is not there. What is put there is gone
    /// when the work ends, however it ends.
    pub temp_dir: PathBuf,
    /// The file to be; nothing may be there.
    pub destination: PathBuf,
}

/// What was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What a probe tells about it.
    pub facts: SourceFacts,
    /// Its size in bytes.
    pub bytes: i64,
    /// Loudness of its sound, measured on the file itself, for finals that have
    /// a target and sound to speak of.
    pub loudness: Option<Loudness>,
    /// The font that captions are set in, where theirs is not installed.
    pub font_instead: Option<String>,
    /// Why the encoder in hardware was given up for x264, where it was.
    pub fell_back: Option<String>,
}

/// Renders the raw clip for viewing: H.264 and AAC in MP4, at most 960 pixels on
/// its longer side, upright, square pixels, a key frame every half second.
///
/// The whole picture is shown: pieces of another shape than the first get bars.
///
/// # Errors
/// [`MediaError`]; nothing is left behind.
pub async fn render_preview(
    tools: &Toolchain,
    pieces: &[Piece],
    muted: bool,
    destination: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let pieces = edit::checked(pieces)?;
    match preview(tools, &pieces, false, muted, destination, ctx).await {
        Err(MediaError::FormChanges { .. }) => {
            let folder = scratch(folder_of(destination))?;
            let pieces = forms::steadied(tools, &pieces, folder.path(), ctx).await?;
            preview(tools, &pieces, true, muted, destination, ctx).await
        }
        outcome => outcome,
    }
}

async fn preview(
    tools: &Toolchain,
    pieces: &[Piece],
    steady: bool,
    muted: bool,
    destination: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    let draft = Draft::beside(destination, ".mp4")?;
    let spec = ExportSpec {
        frame: Some(fitted(&pieces[0].facts, PREVIEW_SIDE)),
        min_frame_rate_milli: 0,
        max_frame_rate_milli: PREVIEW_RATE_MILLI,
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
    let cuts = join::cuts(tools, pieces, rate, steady, ctx).await?;
    let total_us = rate.micros(cuts.iter().map(|cut| cut.frames).sum());
    let gathering = ctx.stage(0, gathered, total_us);
    let footage = Footage::gather(tools, cuts, muted, &plan, folder_of(destination), &gathering).await?;
    let job = Encode {
        what: "making a raw clip",
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
        std::fs::write(&path, script).map_err(|error| MediaError::io("writing captions", &path, error))?;
        Some(format!("ass=filename={CAPTIONS_FILE}"))
    };
    let hardware = request.hardware;
    let gop_frames = 2 * rate.num / rate.den;
    let encoding = Encoding { spec, frame, rate, format, preset: "medium", gop_frames, hardware };
    let plan = plan(tools, &encoding, request.framing, captions);
    let gathered = join::share(pieces);
    let cuts = join::cuts(tools, pieces, rate, steady, ctx).await?;
    let total_us = rate.micros(cuts.iter().map(|cut| cut.frames).sum());
    let gathering = ctx.stage(0, gathered, total_us);
    let footage = Footage::gather(tools, cuts, request.muted, &plan, scratch, &gathering).await?;
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
        what: "rendering a final",
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
            fell_back = hardware.map(|hardware| format!("{}: {error}", hardware.name()));
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

/// A folder of our own inside the temp folder, gone when it is dropped.
fn scratch(temp_dir: &Path) -> Result<tempfile::TempDir, MediaError> {
    let told = |error| MediaError::io("making a folder", temp_dir, error);
    std::fs::create_dir_all(temp_dir).map_err(told)?;
    tempfile::Builder::new().prefix("render-").tempdir_in(absolute(temp_dir)).map_err(told)
}

/// One encode of an edit.
struct Encode<'a> {
    what: &'static str,
    footage: &'a Footage,
    total_us: i64,
    muted: bool,
    encoding: Encoding<'a>,
    plan: PicturePlan,
    sound_filter: Option<String>,
    /// Working folder of ffmpeg, where the captions lie.
    folder: Option<&'a Path>,
}

fn plan(tools: &Toolchain, encoding: &Encoding, framing: Framing, overlay: Option<String>) -> PicturePlan {
    PicturePlan {
        frame: encoding.frame,
        rate: encoding.rate,
        framing,
        pixel_format: encoding.format.pixels,
        colour: encoding.format.colour.clone(),
        converts: tools.converts_colours,
        overlay,
        output: encoding.pixels(),
    }
}

impl Encode<'_> {
    /// Encodes into the draft and checks what came out.
    async fn run(
        &self,
        tools: &Toolchain,
        draft: &Draft,
        ctx: &RunContext,
    ) -> Result<SourceFacts, MediaError> {
        let mut command = run::ffmpeg(tools);
        if let (true, Some(hardware)) = (self.encoding.in_hardware(), self.encoding.hardware) {
            hardware.add_device(&mut command);
        }
        self.footage.add_inputs(&mut command, ctx.threads);
        let sound_filter = self.sound_filter.as_deref();
        command.filter_complex(self.footage.picture_and_sound(&self.plan, self.muted, sound_filter));
        command.args(["-map", "[v]", "-map", "[a]"]);
        self.encoding.add(&mut command, ctx.threads);
        command.arg(probe::file_url(draft.path()));
        if let Some(folder) = self.folder {
            command.as_inner_mut().current_dir(folder);
        }
        run::run(tools, self.what, command, self.total_us, ctx).await?;
        let facts = probe::probe_made(tools, draft.path(), self.what, ctx).await?;
        self.check(&facts)?;
        Ok(facts)
    }

    fn check(&self, facts: &SourceFacts) -> Result<(), MediaError> {
        let (total_us, FrameSize { width, height }) = (self.total_us, self.plan.frame);
        let video = &facts.video;
        if (video.width, video.height) != (width, height) {
            let found = format!("{}×{}", video.width, video.height);
            return Err(self.wrong(format!("{width}×{height}"), found));
        }
        // One frame, and what a container's own clock rounds away.
        let tolerance = self.plan.rate.micros(1) + 2000;
        if (facts.duration_us - total_us).abs() > tolerance {
            let found = format!("{} µs", facts.duration_us);
            return Err(self.wrong(format!("{total_us} µs"), found));
        }
        if facts.audio.is_empty() {
            return Err(self.wrong("a sound track".into(), "none".into()));
        }
        Ok(())
    }

    fn wrong(&self, expected: String, found: String) -> MediaError {
        MediaError::WrongOutput { what: self.what, expected, found }
    }
}

/// The upright size of a source, at most `side` pixels long.
pub(crate) fn fitted(facts: &SourceFacts, side: u32) -> FrameSize {
    let (width, height) = (facts.video.width, facts.video.height);
    let long = width.max(height);
    if long <= side {
        return FrameSize { width: even(width), height: even(height) };
    }
    let shrink = |length: u32| {
        let length = u64::from(length) * u64::from(side) / u64::from(long);
        even(u32::try_from(length).unwrap_or(side))
    };
    FrameSize { width: shrink(width), height: shrink(height) }
}
