//! Rendering: the raw clip for viewing, and the final for its platform.
//!
//! Both are cut from the sources themselves, written under a hidden name,
//! checked with a probe, and only then given their name.

use std::path::{Path, PathBuf};

use crate::{
    MediaError,
    analysis::Loudness,
    ass::to_ass,
    edit::{self, Piece, Rate, frame_counts},
    encode::{self, add_encoding},
    facts::SourceFacts,
    graph::{self, PicturePlan, add_inputs, escape, even, picture_and_sound},
    lossless, loudness,
    probe::{self, ColourTags, probe},
    publish::{Draft, absolute, refuse_existing},
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
    /// A folder with fonts that come with the application.
    pub fonts_dir: Option<PathBuf>,
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
    let draft = Draft::beside(destination, ".mp4")?;
    let spec = ExportSpec {
        frame: Some(preview_frame(&pieces)),
        max_frame_rate_milli: PREVIEW_RATE_MILLI,
        container: Container::Mp4,
        video: VideoEncoding::H264 { crf: 23, max_kbps: 6000 },
        audio: AudioEncoding::Aac { kbps: 128 },
        loudness: None,
        max_duration_us: None,
        max_bytes: None,
    };
    let framing = Framing { mode: FramingMode::Fit, ..Framing::default() };
    let rate = Rate::of(&pieces, spec.max_frame_rate_milli);
    let job = Encode {
        what: "making a raw clip",
        pieces: &pieces,
        muted,
        spec: &spec,
        plan: plan(tools, &spec, &pieces, framing, None),
        sound_filter: None,
        preset: "veryfast",
        gop_frames: rate.num / (2 * rate.den),
        folder: None,
    };
    let facts = job.run(tools, &draft, ctx).await?;
    draft.publish(destination).await?;
    Ok(Rendered { bytes: facts.size_bytes, facts, loudness: None })
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
    let spec = &request.spec;
    let total_us = expected_duration_us(&pieces);
    let rate = Rate::of(&pieces, spec.max_frame_rate_milli);
    let frame = encode::frame(spec, &pieces);

    // Measuring is a few percent of the work, as is the check at the end.
    let heard = !request.muted && pieces.iter().any(|piece| piece.facts.audio.is_some());
    let target = spec.loudness.filter(|_| heard);
    let sound_filter = match target {
        Some(target) => {
            let stage = ctx.stage(0, 80, total_us);
            loudness::normalise(tools, &pieces, rate, target, total_us, &stage).await?
        }
        None => None,
    };
    let captions = if request.cues.is_empty() {
        None
    } else {
        let script = to_ass(&request.cues, &request.style, frame);
        let path = scratch.path().join(CAPTIONS_FILE);
        std::fs::write(&path, script).map_err(|error| MediaError::io("writing captions", &path, error))?;
        Some(captions_filter(request.fonts_dir.as_deref()))
    };
    let draft = Draft::new(scratch.path(), encode::suffix(spec.container))?;
    let job = Encode {
        what: "rendering a final",
        pieces: &pieces,
        muted: request.muted,
        spec,
        plan: plan(tools, spec, &pieces, request.framing, captions),
        sound_filter,
        preset: "medium",
        gop_frames: 2 * rate.num / rate.den,
        folder: Some(scratch.path()),
    };
    let from = if target.is_some() { 80 } else { 0 };
    let facts = job.run(tools, &draft, &ctx.stage(from, 980, total_us)).await?;
    let loudness = match target {
        Some(_) => loudness::measure_file(tools, draft.path(), &ctx.stage(980, 990, total_us)).await?,
        None => None,
    };
    draft.publish(&request.destination).await?;
    (ctx.on_progress)(run::Progress { done_us: total_us, total_us, speed_milli: None });
    Ok(Rendered { bytes: facts.size_bytes, facts, loudness })
}

/// A folder of our own inside the temp folder, gone when it is dropped.
fn scratch(temp_dir: &Path) -> Result<tempfile::TempDir, MediaError> {
    let told = |error| MediaError::io("making a folder", temp_dir, error);
    std::fs::create_dir_all(temp_dir).map_err(told)?;
    tempfile::Builder::new().prefix("render-").tempdir_in(absolute(temp_dir)).map_err(told)
}

/// The filter that burns the captions. The script is named plainly and found
/// through the working folder, so that no path of the machine is escaped.
fn captions_filter(fonts_dir: Option<&Path>) -> String {
    let fonts = fonts_dir.map(absolute);
    match fonts.as_deref().map(Path::to_str) {
        None => format!("ass=filename={CAPTIONS_FILE}"),
        Some(Some(fonts)) => {
            format!("ass=filename={CAPTIONS_FILE}:fontsdir={}", escape(fonts))
        }
        Some(None) => {
            tracing::warn!("the fonts folder has a name that is not text; system fonts are used");
            format!("ass=filename={CAPTIONS_FILE}")
        }
    }
}

/// One encode of an edit.
struct Encode<'a> {
    what: &'static str,
    pieces: &'a [Piece],
    muted: bool,
    spec: &'a ExportSpec,
    plan: PicturePlan,
    sound_filter: Option<String>,
    preset: &'static str,
    gop_frames: i64,
    /// Working folder of ffmpeg, where the captions lie.
    folder: Option<&'a Path>,
}

fn plan(
    tools: &Toolchain,
    spec: &ExportSpec,
    pieces: &[Piece],
    framing: Framing,
    overlay: Option<String>,
) -> PicturePlan {
    PicturePlan {
        frame: encode::frame(spec, pieces),
        rate: Rate::of(pieces, spec.max_frame_rate_milli),
        framing,
        pixel_format: encode::pixel_format(&spec.video),
        tone_maps: tools.tone_maps,
        overlay,
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
        let colours = colours(tools, self.pieces).await?;
        let rate = self.plan.rate;
        let frames: i64 = frame_counts(self.pieces, rate).iter().sum();
        let mut command = run::ffmpeg(tools);
        add_inputs(&mut command, self.pieces, ctx.threads);
        command.filter_complex(picture_and_sound(
            self.pieces,
            &colours,
            &self.plan,
            self.muted,
            self.sound_filter.as_deref(),
        ));
        command.args(["-map", "[v]", "-map", "[a]"]);
        add_encoding(&mut command, self.spec, rate, self.preset, self.gop_frames, ctx.threads);
        command.arg(probe::file_url(draft.path()));
        if let Some(folder) = self.folder {
            command.as_inner_mut().current_dir(folder);
        }
        let total_us = rate.micros(frames);
        run::run(self.what, command, total_us, ctx).await?;
        let facts = probe(tools, draft.path())
            .await
            .map_err(|error| self.wrong("a video that can be read".into(), error.detail()))?;
        self.check(&facts, total_us)?;
        Ok(facts)
    }

    fn check(&self, facts: &SourceFacts, total_us: i64) -> Result<(), MediaError> {
        let FrameSize { width, height } = self.plan.frame;
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
        if facts.audio.is_none() {
            return Err(self.wrong("a sound track".into(), "none".into()));
        }
        Ok(())
    }

    fn wrong(&self, expected: String, found: String) -> MediaError {
        MediaError::WrongOutput { what: self.what, expected, found }
    }
}

/// Colour tags of each piece's source; each source is asked once.
async fn colours(tools: &Toolchain, pieces: &[Piece]) -> Result<Vec<ColourTags>, MediaError> {
    let mut known: Vec<(&Path, ColourTags)> = Vec::new();
    let mut colours = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let found = known.iter().find(|(path, _)| *path == piece.path).map(|(_, tags)| tags.clone());
        let tags = match found {
            Some(tags) => tags,
            None => {
                let index = piece.facts.video.stream_index;
                let tags = probe::colour_tags(tools, &piece.path, index).await?;
                known.push((&piece.path, tags.clone()));
                tags
            }
        };
        colours.push(tags);
    }
    Ok(colours)
}

/// The first piece's shape, at most 960 pixels long.
fn preview_frame(pieces: &[Piece]) -> FrameSize {
    let video = pieces.first().map(|piece| &piece.facts.video);
    let (width, height) = video.map_or((2, 2), |video| (video.width, video.height));
    let long = width.max(height);
    if long <= PREVIEW_SIDE {
        return FrameSize { width: graph::even(width), height: graph::even(height) };
    }
    let shrink = |side: u32| {
        let side = u64::from(side) * u64::from(PREVIEW_SIDE) / u64::from(long);
        even(u32::try_from(side).unwrap_or(PREVIEW_SIDE))
    };
    FrameSize { width: shrink(width), height: shrink(height) }
}
