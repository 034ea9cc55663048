//! Reads the picture of a source as small frames with their true timestamps,
//! and keeps what is measured on them.
//!
//! The picture comes from ffmpeg without its loop filter: what that would smooth
//! is far below what is seen at this size, and it is a sixth of decoding H.264.
//! Frames are looked at for transitions in runs that overlap, and of a whole
//! picture they are summed up as soon as these are decided, so that memory hardly
//! grows with the source.

use std::{path::Path, process::Command};

use rushes_model::{analysis::Bars, facts::SourceFacts, framing::FrameSize, time::Stretch};
use tokio::{io::AsyncReadExt, sync::mpsc};

use super::{
    damage::{Damage, Gaps},
    frame::{Apart, Frame, Size},
    measures::{self, Figures, Summary},
    sheet::{Sheet, SheetMaker},
    shots::{self, CONTEXT_US, Findings, Seen},
    stir::Stir,
};
use crate::{
    error::{MediaError, RunReport},
    ffmpeg::{
        args::seconds,
        input::add_source,
        log::Reporter,
        run::{self, Progress, RunContext, Stdout},
        toolchain::Toolchain,
    },
    filters::{
        colour::{ColourSpace, Colours},
        geometry::even,
    },
    probe::{ffprobe::Ffprobe, seek},
};

/// Longer side of the small frames.
const SIDE: u32 = 160;
/// Shorter side at least, so that very wide pictures still have blocks to search.
const LEAST_SIDE: u32 = 32;
/// Most threads of the decoder; each holds some frames.
const MOST_THREADS: u32 = 16;
/// Frames that are read ahead of those that are looked at: a few megabytes.
const FRAMES_AHEAD: usize = 128;
/// Length of a run of frames that is looked at for transitions.
const RUN_US: i64 = 20_000_000;
/// Luma up to which a row at the edge may be a black bar.
const BAR_LUMA: u8 = 24;

/// The whole picture of a source.
#[derive(Debug)]
pub(super) struct Whole {
    pub summary: Summary,
    pub flashes: Vec<Stretch>,
    pub bars: Option<Bars>,
    /// What could not be read.
    pub damage: Vec<Stretch>,
    pub sheet: Option<Sheet>,
}

/// Some frames of a source.
#[derive(Debug)]
pub(super) struct Part {
    /// In order of time.
    pub frames: Vec<Figures>,
    pub findings: Findings,
    pub bars: Option<Bars>,
}

/// Which frames those are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Key frames alone.
    Keys,
    /// All of one stretch.
    Within(Stretch),
}

const WHAT: &str = "analysing the picture";

/// Reads all of the picture once.
///
/// # Errors
/// [`MediaError`]; where the picture breaks off or is damaged, what was read
/// counts. Where nothing can be read, that is an error.
pub(super) async fn read_whole(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Whole, MediaError> {
    let mut damage = Damage::default();
    let (mut walker, words) = walk(tools, path, facts, None, ctx, &mut damage).await?;
    if walker.last_us.is_none() {
        return Err(MediaError::Failed { what: WHAT, report: RunReport::of(words) });
    }
    walker.finish();
    Ok(Whole {
        flashes: walker.findings.flashes,
        bars: walker.edges.and_then(|edges| bars(edges, walker.size)),
        damage: damage.stretches(walker.gaps, facts),
        sheet: walker.sheet.and_then(SheetMaker::finish),
        summary: walker.summary,
    })
}

/// Reads a part of the picture once.
///
/// # Errors
/// [`MediaError`]; where the picture breaks off or is damaged, what was read
/// counts.
pub(super) async fn read_part(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    which: Which,
    ctx: &RunContext,
) -> Result<Part, MediaError> {
    // Nobody asks for it: key frames come so far behind what is said of them that it
    // tells nothing of where they are, and of a stretch the whole picture tells.
    let mut damage = Damage::default();
    let (mut walker, _) = walk(tools, path, facts, Some(which), ctx, &mut damage).await?;
    walker.finish();
    Ok(Part {
        frames: walker.frames,
        bars: walker.edges.and_then(|edges| bars(edges, walker.size)),
        findings: walker.findings,
    })
}

/// Walks over frames, over all without further word. Also gives what ffmpeg said.
async fn walk(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    which: Option<Which>,
    ctx: &RunContext,
    damage: &mut Damage,
) -> Result<(Walker, String), MediaError> {
    let size = small(facts);
    let showinfo = Reporter::of("showinfo");
    let seek_us = match which {
        Some(Which::Within(stretch)) => {
            seek::start_us(Ffprobe::of(tools, path, facts, ctx), facts, stretch.start_us).await?
        }
        Some(Which::Keys) | None => None,
    };
    let command = command(tools, path, facts, which, seek_us, size, showinfo.filter(), ctx);
    // `showinfo` tells the time of each frame on standard error before the frame
    // itself comes on standard output.
    let (tell, told) = mpsc::unbounded_channel::<Option<i64>>();
    let mut next = 0;
    let ear = move |line: &str| {
        if let Some(shown) = showinfo.message(line).and_then(|line| Shown::read(line, facts.start_us)) {
            if let Some(time_us) = shown.time_us.filter(|time| *time < facts.duration_us) {
                damage.shown(time_us);
            }
            // A line that was garbled on its way leaves its frame without a time.
            // Where the size of the picture changes, ffmpeg counts from 0 again.
            let garbled = shown.number.saturating_sub(next).min(100);
            next = shown.number.saturating_add(1);
            for time_us in (0..garbled).map(|_| None).chain([shown.time_us]) {
                // The reader may have ended; then nobody needs to know.
                let _ = tell.send(time_us);
            }
        } else {
            damage.hear(line);
        }
    };
    // Looking has a thread of its own, so that ffmpeg need not wait for it.
    let (frames, to_look_at) = mpsc::channel(FRAMES_AHEAD);
    let walker = Walker::new(facts, size, which);
    let looking = tokio::task::spawn_blocking(move || look(walker, to_look_at));
    let total_us = facts.duration_us;
    let reader = |stdout| hand_over(stdout, told, frames, size, total_us, ctx);
    // Between two key frames may lie most of the file.
    let patient = match which {
        Some(Which::Keys) => ctx.reading_first(facts.size_bytes),
        Some(Which::Within(_)) | None => ctx.clone(),
    };
    let run = run::run_reading(tools, WHAT, command, &patient, reader, ear).await;
    let walker = looking.await.map_err(|error| {
        let report = RunReport::of(error.to_string());
        MediaError::Failed { what: WHAT, report }
    })?;
    let words = match run {
        Ok((words, ())) => words.report(),
        // It could not go on: what was seen is what there is.
        Err(error) if walker.last_us.is_some() && error.is_of_the_source() => {
            tracing::warn!(detail = %error.detail(), "the picture is damaged");
            String::new()
        }
        Err(error) => return Err(error),
    };
    (ctx.on_progress)(Progress { done_us: total_us, total_us, speed_milli: None });
    Ok((walker, words))
}

/// Reads the frames and hands them on, each with its time.
async fn hand_over(
    mut stdout: Stdout,
    mut told: mpsc::UnboundedReceiver<Option<i64>>,
    frames: mpsc::Sender<(i64, Frame)>,
    size: Size,
    total_us: i64,
    ctx: &RunContext,
) {
    let mut bytes = vec![0u8; size.bytes()];
    let mut furthest_us = 0;
    let mut count = 0u32;
    while stdout.read_exact(&mut bytes).await.is_ok() {
        let Some(Some(time_us)) = told.recv().await else { continue };
        if frames.send((time_us, Frame::new(&bytes, size))).await.is_err() {
            return;
        }
        if count.is_multiple_of(25) {
            furthest_us = time_us.min(total_us).max(furthest_us);
            (ctx.on_progress)(Progress { done_us: furthest_us, total_us, speed_milli: None });
        }
        count = count.wrapping_add(1);
    }
}

/// Looks at frames until no more come.
fn look(mut walker: Walker, mut frames: mpsc::Receiver<(i64, Frame)>) -> Walker {
    while let Some((time_us, frame)) = frames.blocking_recv() {
        walker.take(time_us, frame);
    }
    walker
}

#[allow(clippy::too_many_arguments)]
fn command(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    which: Option<Which>,
    seek_us: Option<i64>,
    size: Size,
    showinfo: &str,
    ctx: &RunContext,
) -> Command {
    let mut command = run::ffmpeg(tools);
    // One more than ffmpeg's own choice: the thread that scales and writes keeps the
    // decoders waiting otherwise.
    let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get() as u32);
    let threads = ctx.threads.unwrap_or_else(|| (cores + 2).min(MOST_THREADS));
    command.arg("-threads").arg(threads.to_string());
    // Any number of damaged packets is passed over.
    command.args(["-max_error_rate", "1"]);
    command.args(["-copyts", "-skip_loop_filter", "all"]);
    let mut trim = String::new();
    match which {
        None => {}
        Some(Which::Keys) => {
            command.args(["-skip_frame", "nokey"]);
        }
        Some(Which::Within(stretch)) => {
            let (start, end) = (facts.start_us + stretch.start_us, facts.start_us + stretch.end_us);
            if let Some(seek) = seek_us {
                command.args(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", &seconds(seek)]);
            }
            trim = format!("trim=start={}:end={},", seconds(start), seconds(end));
        }
    }
    command.args(["-an", "-sn"]);
    add_source(&mut command, path, facts);
    command.args(["-map", &format!("0:{}", facts.video.stream_index)]);
    // The film sheet is made of these: the colours are those of a JPEG.
    let frame = FrameSize { width: size.width as u32, height: size.height as u32 };
    let colours = Colours::of(&facts.video, &ColourSpace::jpeg(), tools.converts_colours);
    let scale = colours.scale(frame, "area", "yuv420p");
    command.args(["-vf", &format!("{trim}{scale},format=yuv420p,settb=AVTB,{showinfo}=checksum=0")]);
    command.args(["-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"]);
    Command::from(command)
}

fn small(facts: &SourceFacts) -> Size {
    let (width, height) = (facts.video.width.max(1), facts.video.height.max(1));
    let long = u64::from(width.max(height));
    let shrink = |side: u32| {
        let side = u64::from(side) * u64::from(SIDE) / long;
        even(u32::try_from(side).unwrap_or(SIDE)).max(LEAST_SIDE) as usize
    };
    Size { width: shrink(width), height: shrink(height) }
}

/// What a line of `showinfo`, whose time base is microseconds, tells of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    /// Frames before it, since the size of the picture changed.
    number: u64,
    /// From the source's first picture, where the file tells a time at all.
    time_us: Option<i64>,
}

impl Shown {
    /// Reads what `showinfo` says; nothing where it is of no frame.
    fn read(message: &str, start_us: i64) -> Option<Self> {
        let (number, rest) = message.strip_prefix("n:")?.trim_start().split_once(" pts:")?;
        let number = number.trim_end().parse().ok()?;
        let time_us = rest.split_whitespace().next().and_then(|pts| pts.parse::<i64>().ok());
        Some(Self { number, time_us: time_us.map(|time| time.saturating_sub(start_us)) })
    }
}

/// Takes frames one by one.
struct Walker {
    size: Size,
    duration_us: i64,
    /// Whether it keeps frames, or sums them up.
    keeps: bool,
    finds: bool,
    stir: Stir,
    /// Time of the frame before.
    last_us: Option<i64>,
    /// The run that is not decided yet, and what came before it as context.
    run: Vec<Seen>,
    /// Before this everything is decided.
    decided_us: i64,
    edges: Option<[usize; 4]>,
    sheet: Option<SheetMaker>,
    gaps: Gaps,
    findings: Findings,
    /// All frames, or those that are not summed up yet.
    frames: Vec<Figures>,
    summary: Summary,
}

impl Walker {
    fn new(facts: &SourceFacts, size: Size, which: Option<Which>) -> Self {
        Self {
            size,
            duration_us: facts.duration_us,
            keeps: which.is_some(),
            finds: which != Some(Which::Keys),
            stir: Stir::of(facts.video.width),
            last_us: None,
            run: Vec::new(),
            decided_us: 0,
            edges: None,
            sheet: which.is_none().then(|| SheetMaker::new(facts.duration_us, size)),
            gaps: Gaps::new(facts),
            findings: Findings::default(),
            frames: Vec::new(),
            summary: Summary::new(facts.duration_us),
        }
    }

    fn take(&mut self, time_us: i64, frame: Frame) {
        // Broken files step back in time, and far ahead; what is out of order cannot
        // be placed, and beyond its end nobody looks at a source.
        if time_us <= self.last_us.unwrap_or(-1) || time_us >= self.duration_us {
            return;
        }
        self.last_us = Some(time_us);
        self.gaps.shown(time_us);
        let tone = frame.tone();
        let look = frame.look();
        let change = self.stir.last().map_or(0.0, |before| frame.change(before));
        let apart = self.run.last().map_or(Apart::default(), |before| {
            // Nothing to search for where nothing changed.
            if change < 0.0005 { Apart::default() } else { before.look.apart(&look) }
        });
        self.measure_bars(&frame, tone.contrast);
        if let Some(sheet) = &mut self.sheet {
            sheet.take(time_us, &frame);
        }
        self.run.push(Seen { time_us, tone, look, sign: frame.sign(), apart });
        // Key frames are coded on their own, and differ by that alone.
        let still = if self.finds { measures::STILL } else { measures::CODED_ANEW };
        let stirs = self.stir.take(time_us, frame, change < still);
        self.frames.push(Figures {
            time_us,
            brightness: tone.brightness,
            contrast: tone.contrast,
            span: tone.span,
            sharpness: tone.sharpness,
            colour: tone.colour,
            hash: tone.hash,
            change,
            stirs,
            shift: apart.shift,
            moved: apart.moved,
            step: shots::step(&apart),
        });
        if !self.finds {
            // The next key frame is compared with this one alone.
            self.run.drain(..self.run.len() - 1);
        } else if time_us - self.run[0].time_us >= RUN_US + 2 * CONTEXT_US {
            self.decide(time_us - CONTEXT_US);
            let keep = self.run.partition_point(|seen| seen.time_us < self.decided_us - CONTEXT_US);
            self.run.drain(..keep);
        }
    }

    /// Decides what begins before `until_us`.
    fn decide(&mut self, until_us: i64) {
        let found = shots::find(&self.run);
        let (from_us, known) = (self.decided_us, &mut self.findings);
        let due = |at: &Stretch| at.start_us >= from_us && at.start_us < until_us;
        let before = known.transitions.len();
        for transition in found.transitions.into_iter().filter(|found| due(&found.at)) {
            // One that lies across the border may be found again, a little later.
            if known.transitions.last().is_none_or(|last| last.at.end_us < transition.at.start_us) {
                known.transitions.push(transition);
            }
        }
        known.flashes.extend(found.flashes.into_iter().filter(due));
        self.decided_us = until_us;
        if !self.keeps {
            let decided = self.frames.partition_point(|frame| frame.time_us < until_us);
            self.summary.take(&self.frames[..decided], &self.findings.transitions[before..]);
            self.frames.drain(..decided);
        }
    }

    /// Rows and columns that are black in all frames that show anything.
    fn measure_bars(&mut self, frame: &Frame, contrast: f32) {
        if contrast < 0.05 {
            return;
        }
        let Size { width, height } = self.size;
        let most = self.edges.unwrap_or([height / 3, height / 3, width / 3, width / 3]);
        let row = |y: usize| frame.luma[y * width..(y + 1) * width].iter().all(|v| *v <= BAR_LUMA);
        let column = |x: usize| (0..height).all(|y| frame.luma[y * width + x] <= BAR_LUMA);
        self.edges = Some([
            (0..most[0]).take_while(|y| row(*y)).count(),
            (0..most[1]).take_while(|y| row(height - 1 - y)).count(),
            (0..most[2]).take_while(|x| column(*x)).count(),
            (0..most[3]).take_while(|x| column(width - 1 - x)).count(),
        ]);
    }

    /// No more frames come.
    fn finish(&mut self) {
        if self.finds && !self.run.is_empty() {
            self.decide(i64::MAX);
        }
    }
}

/// The bars of frames of a size; none where no edge is wider than a line.
fn bars(edges: [usize; 4], Size { width, height }: Size) -> Option<Bars> {
    let milli = |part: usize, whole: usize| (part * 1000 / whole) as u32;
    edges.iter().any(|edge| *edge > 1).then(|| Bars {
        top_milli: milli(edges[0], height),
        bottom_milli: milli(edges[1], height),
        left_milli: milli(edges[2], width),
        right_milli: milli(edges[3], width),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_showinfo_tells_its_number_and_its_time() {
        let read = |message| Shown::read(message, 10_000);
        let message = "n:   1 pts:  40000 pts_time:0.04    pos:     1 fmt:yuv420p";
        assert_eq!(read(message), Some(Shown { number: 1, time_us: Some(30_000) }));
        let timeless = "n:  12 pts: NOPTS pts_time:NOPTS pos:     1";
        assert_eq!(read(timeless), Some(Shown { number: 12, time_us: None }));
        assert_eq!(read("config in time_base: 1/1000000"), None);
        assert_eq!(read("  side data - n: 0 pts: 5 pts_time:1"), None);
    }
}
