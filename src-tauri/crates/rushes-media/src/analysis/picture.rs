//! Decodes a source's picture into small frames with their true timestamps, and keeps
//! only what is measured on them.
//!
//! ffmpeg decodes without the loop filter: its effect is far below what shows at this
//! size, and it takes a sixth of the time to decode H.264. Transitions are searched for
//! in overlapping runs of frames. In a full analysis, frames are summed up as soon as
//! these are decided, so memory hardly grows with the source.

use std::{path::Path, process::Command};

use rushes_model::{analysis::Bars, facts::SourceFacts, framing::FrameSize, notice::Activity, time::Stretch};
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

/// Version of the picture's measures and of the film sheet. One that is kept with another
/// version is made again.
pub(super) const VERSION: u32 = 1;
/// Longer side of the small frames.
const SIDE: u32 = 160;
/// Least shorter side, so that very wide pictures still have blocks to search.
const LEAST_SIDE: u32 = 32;
/// Most decoder threads; each holds some frames.
const MOST_THREADS: u32 = 16;
/// Frames that are read ahead: a few megabytes.
const FRAMES_AHEAD: usize = 128;
/// Length of a run of frames that is searched for transitions.
const RUN_US: i64 = 20_000_000;
/// Highest luma of a row at the edge that may be a black bar.
const BAR_LUMA: u8 = 24;

/// The whole picture of a source.
#[derive(Debug)]
pub(super) struct Whole {
    pub summary: Summary,
    pub flashes: Vec<Stretch>,
    pub bars: Option<Bars>,
    /// Damaged stretches.
    pub damage: Vec<Stretch>,
    pub sheet: Option<Sheet>,
}

/// Some frames of a source.
#[derive(Debug)]
pub(super) struct Partial {
    /// Ordered by time.
    pub frames: Vec<Figures>,
    pub findings: Findings,
    pub bars: Option<Bars>,
}

/// Which frames to decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Only key frames.
    Keys,
    /// All frames of one stretch.
    Within(Stretch),
}

const WHAT: Activity = Activity::AnalysingPicture;

/// Decodes the whole picture once.
///
/// # Errors
/// [`MediaError`]. If the picture breaks off or is damaged, whatever was read is
/// returned; it is an error only if nothing could be read.
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

/// Decodes a part of the picture once.
///
/// # Errors
/// [`MediaError`]. If the picture breaks off or is damaged, whatever was read is
/// returned.
pub(super) async fn read_part(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    which: Which,
    ctx: &RunContext,
) -> Result<Partial, MediaError> {
    // The damage is unused: key frames arrive too long after their log lines to place
    // it, and for a stretch the full analysis reports it.
    let mut damage = Damage::default();
    let (mut walker, _) = walk(tools, path, facts, Some(which), ctx, &mut damage).await?;
    walker.finish();
    Ok(Partial {
        frames: walker.frames,
        bars: walker.edges.and_then(|edges| bars(edges, walker.size)),
        findings: walker.findings,
    })
}

/// Decodes frames, all of them if `which` is `None`. Also returns ffmpeg's log.
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
    let command = command(tools, path, facts, which, seek_us, size, showinfo.filter());
    // `showinfo` logs the time of each frame to standard error before the frame itself
    // arrives on standard output.
    let (tell, told) = mpsc::unbounded_channel::<Option<i64>>();
    let mut next = 0;
    let ear = move |line: &str| {
        if let Some(shown) = showinfo.message(line).and_then(|line| Shown::read(line, facts.start_us)) {
            if let Some(time_us) = shown.time_us.filter(|time| *time < facts.duration_us) {
                damage.shown(time_us);
            }
            // A garbled line leaves its frame without a time. ffmpeg restarts its count
            // at 0 when the picture size changes.
            let garbled = shown.number.saturating_sub(next).min(100);
            next = shown.number.saturating_add(1);
            for time_us in (0..garbled).map(|_| None).chain([shown.time_us]) {
                // The reader may have ended; then the time is not needed.
                let _ = tell.send(time_us);
            }
        } else {
            damage.hear(line);
        }
    };
    // Frames are measured on a thread of their own, so that ffmpeg does not wait.
    let (frames, to_look_at) = mpsc::channel(FRAMES_AHEAD);
    let walker = Walker::new(facts, size, which);
    let looking = tokio::task::spawn_blocking(move || look(walker, to_look_at));
    let total_us = facts.duration_us;
    let reader = |stdout| hand_over(stdout, told, frames, size, total_us, ctx);
    // Most of the file may lie between two key frames.
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
        // ffmpeg could not go on; keep what was read.
        Err(error) if walker.last_us.is_some() && error.is_of_the_source() => {
            tracing::warn!(detail = %error.detail(), "the picture is damaged");
            String::new()
        }
        Err(error) => return Err(error),
    };
    (ctx.on_progress)(Progress { done_us: total_us, total_us, speed_milli: None });
    Ok((walker, words))
}

/// Reads the frames and passes them on with their times.
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

/// Measures frames until the channel closes.
fn look(mut walker: Walker, mut frames: mpsc::Receiver<(i64, Frame)>) -> Walker {
    while let Some((time_us, frame)) = frames.blocking_recv() {
        walker.take(time_us, frame);
    }
    walker
}

fn command(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    which: Option<Which>,
    seek_us: Option<i64>,
    size: Size,
    showinfo: &str,
) -> Command {
    let mut command = run::ffmpeg(tools);
    // One more than ffmpeg would choose; otherwise the thread that scales and writes
    // keeps the decoders waiting.
    let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get() as u32);
    let threads = (cores + 2).min(MOST_THREADS);
    command.arg("-threads").arg(threads.to_string());
    // Skip any number of damaged packets.
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
    // The film sheet is made from these frames, so they use the colours of a JPEG.
    let frame = FrameSize { width: size.width as u32, height: size.height as u32 };
    let colours = Colours::of(&facts.video, &ColourSpace::jpeg(), tools.converts_colours);
    let convert = colours.scale(frame, "area+accurate_rnd", "yuv420p");
    // Scaled first: `scale` would convert colours while it reads the large frame, which
    // costs a tenth of the time to decode H.264.
    let small = format!("scale={}:{}:flags=area", frame.width, frame.height);
    command
        .args(["-vf", &format!("{trim}{small},{convert},format=yuv420p,settb=AVTB,{showinfo}=checksum=0")]);
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

/// What a line of `showinfo` says about a frame; its time base is microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    /// Number of the frame since the picture size last changed.
    number: u64,
    /// Time from the source's first frame, if the file has timestamps.
    time_us: Option<i64>,
}

impl Shown {
    /// Parses a message of `showinfo`; `None` if it is not about a frame.
    fn read(message: &str, start_us: i64) -> Option<Self> {
        let (number, rest) = message.strip_prefix("n:")?.trim_start().split_once(" pts:")?;
        let number = number.trim_end().parse().ok()?;
        let time_us = rest.split_whitespace().next().and_then(|pts| pts.parse::<i64>().ok());
        Some(Self { number, time_us: time_us.map(|time| time.saturating_sub(start_us)) })
    }
}

/// Measures frames one by one.
struct Walker {
    size: Size,
    duration_us: i64,
    /// Whether frames are kept instead of summed up.
    keeps: bool,
    finds: bool,
    stir: Stir,
    /// Time of the previous frame.
    last_us: Option<i64>,
    /// The undecided run, preceded by its context.
    run: Vec<Seen>,
    /// Everything before this is decided.
    decided_us: i64,
    edges: Option<[usize; 4]>,
    sheet: Option<SheetMaker>,
    gaps: Gaps,
    findings: Findings,
    /// All frames, or those not summed up yet.
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
        // Timestamps of broken files jump back and far ahead. Frames that are out of
        // order cannot be placed, and those past the end of the source are never used.
        if time_us <= self.last_us.unwrap_or(-1) || time_us >= self.duration_us {
            return;
        }
        self.last_us = Some(time_us);
        self.gaps.shown(time_us);
        let tone = frame.tone();
        let look = frame.look();
        let change = self.stir.last().map_or(0.0, |before| frame.change(before));
        let apart = self.run.last().map_or(Apart::default(), |before| {
            // No block search if nothing changed.
            if change < 0.0005 { Apart::default() } else { before.look.apart(&look) }
        });
        self.measure_bars(&frame, tone.contrast);
        if let Some(sheet) = &mut self.sheet {
            sheet.take(time_us, &frame);
        }
        self.run.push(Seen { time_us, tone, look, sign: frame.sign(), apart });
        // Key frames are coded independently and differ by that alone.
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
            // The next key frame is compared only with this one.
            self.run.drain(..self.run.len() - 1);
        } else if time_us - self.run[0].time_us >= RUN_US + 2 * CONTEXT_US {
            self.decide(time_us - CONTEXT_US);
            let keep = self.run.partition_point(|seen| seen.time_us < self.decided_us - CONTEXT_US);
            self.run.drain(..keep);
        }
    }

    /// Decides all transitions that begin before `until_us`.
    fn decide(&mut self, until_us: i64) {
        let found = shots::find(&self.run);
        let (from_us, known) = (self.decided_us, &mut self.findings);
        let due = |at: &Stretch| at.start_us >= from_us && at.start_us < until_us;
        let before = known.transitions.len();
        for transition in found.transitions.into_iter().filter(|found| due(&found.at)) {
            // A transition across the boundary may be found again, a little later.
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

    /// Narrows the bars to rows and columns that are black in every frame with content.
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

    /// Decides what is left after the last frame.
    fn finish(&mut self) {
        if self.finds && !self.run.is_empty() {
            self.decide(i64::MAX);
        }
    }
}

/// The bars of a frame of this size; `None` if no edge is wider than a line.
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
