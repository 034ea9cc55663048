//! Reading the facts of a source with ffprobe.
//!
//! The file is looked at before ffprobe is, so that "not there", "may not be
//! read", "a folder" and "empty" are told as what they are.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::Path,
    process::Command,
    time::Duration,
};

use serde::de::DeserializeOwned;

use crate::{
    MediaError, NotVideoReason, colour, decoder, disk,
    error::RunReport,
    facts::{AudioFacts, Fields, Heard, SourceFacts, VideoFacts},
    input,
    log::{BrokenNames, LogLine},
    publish::{absolute, folder_of},
    run::{self, NoAnswer, RunContext},
    toolchain::Toolchain,
};

mod clock;
mod fields;
mod heard;
mod packets;
mod report;
mod timing;

pub(crate) use clock::{Clock, Correction};
pub(crate) use packets::{Packet, packets};
use report::{Report, Stream};
pub(crate) use timing::stretch_times;

/// A healthy file is probed in well under a second; a drive that wakes up may
/// take several. After this the file is refused, so that one cannot stop a batch.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Reading all packets of a file that does not tell its duration takes longer.
pub(crate) const SCAN_PATIENCE: Duration = Duration::from_secs(120);
/// Slowest disk that all of a file is read from, in bytes a second.
const SLOWEST_DISK: u64 = 10_000_000;
/// What reading a source is called in an error.
const READING: &str = "reading a source";

/// Demuxers of lists and texts, which are refused by that name.
const LISTS: [&str; 12] = [
    "hls",
    "concat",
    "dash",
    "imf",
    "sdp",
    "rtsp",
    "lavfi",
    "tty",
    "srt",
    "ass",
    "webvtt",
    "webm_dash_manifest",
];
/// Demuxers of stills that have no `_pipe` in their names.
const STILLS: [&str; 3] = ["image2", "ico", "fits"];

/// Reads the facts of a source.
///
/// # Errors
/// One that tells why the file cannot be a source; see [`MediaError`]. One whose
/// clock does not run through ([`MediaError::UnevenClock`]) can be rejoined.
pub async fn probe(tools: &Toolchain, path: &Path) -> Result<SourceFacts, MediaError> {
    probe_within(tools, path, &RunContext::quiet()).await
}

/// Reads the facts of a file as a part of longer work, which ends and holds it.
///
/// # Errors
/// As [`probe`], and [`MediaError::Cancelled`].
pub async fn probe_within(
    tools: &Toolchain,
    path: &Path,
    ctx: &RunContext,
) -> Result<SourceFacts, MediaError> {
    let Looked { mut facts, has_fields, clock } = look(tools, path, ctx).await?;
    if clock.parts > 1 {
        return Err(MediaError::UnevenClock { path: path.into(), parts: clock.parts });
    }
    let container = facts.container.clone();
    let file = Ffprobe { tools, path, container: Some(&container), ctx };
    facts.video.x264_build = decoder::x264_build(file, &facts.video).await;
    facts.video.fields = match has_fields {
        Some(has_fields) => has_fields.then_some(Fields::Told),
        None => fields::find(file, &facts).await?,
    };
    heard::listen(file, &mut facts.audio, facts.duration_us).await?;
    Ok(facts)
}

/// What a file says of itself, without a look at its pictures or an ear for its
/// sound.
pub(crate) struct Looked {
    pub facts: SourceFacts,
    /// Whether pictures are two fields each, where it says so.
    pub has_fields: Option<bool>,
    pub clock: Clock,
}

/// Reads what a file says of itself, whether its clock runs through or not.
pub(crate) async fn look(tools: &Toolchain, path: &Path, ctx: &RunContext) -> Result<Looked, MediaError> {
    let size = disk::ask(path, ctx, stat).await??;
    let file = Ffprobe { tools, path, container: None, ctx };
    let report: Report = file.json(&["-show_format", "-show_streams", "-show_programs"], PATIENCE).await?;
    let not_video = |reason| MediaError::NotVideo { path: path.into(), reason };
    let container = report.format.format_name.clone().unwrap_or_default();
    if is_still(&container) {
        return Err(not_video(NotVideoReason::StillPicture));
    }
    let file = Ffprobe { container: Some(&container), ..file };

    let mut pictures: Vec<&Stream> = report.streams.iter().filter(|stream| stream.is_video()).collect();
    // Of several, the first in the file says nothing.
    pictures.sort_by_key(|stream| std::cmp::Reverse(stream.rank()));
    let mut cover = false;
    let mut footage = None;
    for stream in pictures {
        if stream.is_attached_picture() {
            cover = true;
            continue;
        }
        if !stream.is_decodable() {
            continue;
        }
        let timing = timing::sample(file, stream.index).await?;
        if stream.is_still_codec() && timing.pictures() <= 1 {
            cover = true;
            continue;
        }
        footage = Some((stream, timing));
        break;
    }
    let Some((stream, timing)) = footage else {
        let has = |kind: &str| report.streams.iter().any(|s| s.codec_type.as_deref() == Some(kind));
        let reason = if cover && !has("audio") {
            NotVideoReason::CoverOnly
        } else if report.streams.iter().any(|s| s.is_video() && !s.is_attached_picture() && !s.is_decodable())
        {
            NotVideoReason::UnknownCodec
        } else if has("audio") {
            NotVideoReason::AudioOnly
        } else {
            NotVideoReason::Unrecognised
        };
        return Err(not_video(reason));
    };

    if timing.is_bare() {
        return Err(not_video(NotVideoReason::BareStream));
    }
    let heard = |sound: &&Stream| {
        // A broadcast of several programmes has sound for each.
        sound.is_sound() && sound.is_decodable() && report.belong_together(stream.index, sound.index)
    };
    let mut audio: Vec<AudioFacts> = report.streams.iter().filter(heard).map(audio_facts).collect();
    if let Some(first) = audio.first_mut() {
        first.used = true;
    }
    let sounds: Vec<u32> = audio.iter().map(|track| track.stream_index).collect();
    let format = container.clone();
    let may_be_uneven = disk::ask(path, ctx, move |path| clock::may_be_uneven(path, &format)).await?;
    let clock = if may_be_uneven {
        let patience = SCAN_PATIENCE + Duration::from_secs(size / SLOWEST_DISK);
        Clock::of(&packets(file, None, None, patience).await?, stream.index, &sounds)
    } else {
        Clock::default()
    };
    // Pictures before the first key frame cannot be shown.
    let told_us = stream.start_us().or_else(|| timing.first_us()).unwrap_or(0);
    let told_us = clock.begins_us.map_or(told_us, |begins| begins.max(told_us));
    let (start_us, picture_lag_us) = match timing.decoded_us() {
        None => (told_us, 0),
        Some(decoded_us) => {
            let shown_us = timing::first_shown_us(file, stream.index).await?.unwrap_or(told_us);
            (shown_us, (shown_us - decoded_us).max(0))
        }
    };
    let duration_us = match stream.duration_us() {
        _ if clock.end_us > told_us => clock.end_us - told_us,
        Some(duration) if duration > 0 => duration,
        _ => timing::end_of_picture(file, stream, report.format.duration_us())
            .await?
            .map_or(0, |end| end - told_us),
    };
    let duration_us = if is_credible(duration_us, size) {
        duration_us
    } else {
        timing::end_before_leap(file, stream).await?.map_or(0, |end| end - told_us)
    };
    if duration_us <= 0 {
        return Err(MediaError::ZeroDuration { path: path.into() });
    }
    let subtitle_streams =
        report.streams.iter().filter(|s| s.codec_type.as_deref() == Some("subtitle")).count();
    let mut video =
        video_facts(tools, stream, &timing).ok_or_else(|| not_video(NotVideoReason::UnknownCodec))?;
    let is_rival = |other: &Stream| {
        other.index != stream.index
            && other.is_video()
            && !other.is_attached_picture()
            && other.is_decodable()
    };
    video.has_rivals = report.streams.iter().any(is_rival);
    let facts = SourceFacts {
        duration_us,
        size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
        container,
        video,
        audio,
        subtitle_streams: u32::try_from(subtitle_streams).unwrap_or(u32::MAX),
        start_us,
        picture_lag_us,
        rejoined: None,
    };
    Ok(Looked { facts, has_fields: stream.is_interlaced(), clock })
}

/// Reads the facts of what was just made while `what`.
///
/// # Errors
/// [`MediaError::WrongOutput`] where it cannot be read as a video, and what kept
/// it from being looked at.
pub(crate) async fn probe_made(
    tools: &Toolchain,
    path: &Path,
    what: &'static str,
    ctx: &RunContext,
) -> Result<SourceFacts, MediaError> {
    let error = match look(tools, path, ctx).await {
        Ok(looked) => return Ok(looked.facts),
        Err(error) => error,
    };
    let is_of_the_file = matches!(
        error,
        MediaError::NotFound { .. }
            | MediaError::Empty { .. }
            | MediaError::NotVideo { .. }
            | MediaError::Truncated { .. }
            | MediaError::ZeroDuration { .. }
            | MediaError::Failed { .. }
    );
    if !is_of_the_file {
        return Err(error);
    }
    // ffmpeg ends well where it could not write the end of a file.
    if disk::is_full(folder_of(path), ctx).await {
        return Err(MediaError::DiskFull { what });
    }
    let expected = "a video that can be read".into();
    Err(MediaError::WrongOutput { what, expected, found: error.detail() })
}

/// Whether a container holds one picture.
fn is_still(container: &str) -> bool {
    container.ends_with("_pipe") || STILLS.contains(&container)
}

/// Whether a file can be as long as it says. One broken timestamp makes years of
/// a moment; nobody's hours of footage fit into so few bytes.
fn is_credible(duration_us: i64, bytes: u64) -> bool {
    const LONG_US: i64 = 6 * 3600 * 1_000_000;
    const LEAST_BYTES_A_SECOND: i64 = 50;
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    duration_us <= LONG_US || duration_us / 1_000_000 <= bytes / LEAST_BYTES_A_SECOND
}

fn video_facts(tools: &Toolchain, stream: &Stream, timing: &timing::Timing) -> Option<VideoFacts> {
    let (coded_width, coded_height) = (stream.width?, stream.height?);
    if coded_width == 0 || coded_height == 0 {
        return None;
    }
    let (sar_num, sar_den) = stream.sample_aspect();
    let rotation_deg = stream.rotation();
    let (width, height) = upright(coded_width, coded_height, sar_num, sar_den, rotation_deg);
    let rates = stream.rates();
    let frame_rate_milli = timing::frame_rate_milli(&rates, timing);
    let told = |tag: &Option<String>| tag.clone().filter(|tag| tag != "unknown" && tag != "reserved");
    let transfer = told(&stream.color_transfer);
    let pixel_format = stream.pix_fmt.clone().unwrap_or_default();
    Some(VideoFacts {
        stream_index: stream.index,
        codec: stream.codec_name.clone().unwrap_or_default(),
        alpha: colour::has_alpha(&pixel_format) || tools.reads_vpx_alpha && stream.has_alpha_beside(),
        pixel_format,
        width,
        height,
        coded_width,
        coded_height,
        rotation_deg,
        sar_num,
        sar_den,
        frame_rate_milli,
        variable_frame_rate: timing::is_variable(&rates, timing),
        hdr: matches!(transfer.as_deref(), Some("smpte2084" | "arib-std-b67")),
        transfer,
        matrix: told(&stream.color_space),
        primaries: told(&stream.color_primaries),
        x264_build: None,
        fields: None,
        has_rivals: false,
    })
}

fn audio_facts(stream: &Stream) -> AudioFacts {
    let channels = stream.channels.unwrap_or(0);
    AudioFacts {
        stream_index: stream.index,
        codec: stream.codec_name.clone().unwrap_or_default(),
        sample_rate_hz: stream.sample_rate.as_deref().and_then(|r| r.parse().ok()).unwrap_or(0),
        channels,
        layout: stream.channel_layout.clone().unwrap_or_else(|| match channels {
            1 => "mono".into(),
            2 => "stereo".into(),
            n => format!("{n} channels"),
        }),
        title: stream.title(),
        is_default: stream.is_default(),
        heard: Heard::Sound,
        used: false,
    }
}

/// Size of the upright picture with square pixels. Wide pixels widen the
/// picture and tall ones heighten it, so that no sample is thrown away.
fn upright(width: u32, height: u32, num: u32, den: u32, rotation: u32) -> (u32, u32) {
    let stretch = |side: u32, num: u32, den: u32| {
        let side = (u64::from(side) * u64::from(num) + u64::from(den) / 2) / u64::from(den);
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    let (width, height) =
        if num >= den { (stretch(width, num, den), height) } else { (width, stretch(height, den, num)) };
    if rotation % 180 == 90 { (height, width) } else { (width, height) }
}

/// The size of a file that is there, is a file, can be opened and is not empty.
pub(crate) fn stat(path: &Path) -> Result<u64, MediaError> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => MediaError::NotFound { path: path.into() },
        _ => MediaError::Unreadable { path: path.into(), source: error },
    };
    let metadata = fs::metadata(path).map_err(told)?;
    // Before it is opened: opening a pipe would wait for its other end.
    if !metadata.is_file() {
        return Err(MediaError::NotAFile { path: path.into() });
    }
    File::open(path).map_err(told)?;
    if metadata.len() == 0 {
        return Err(MediaError::Empty { path: path.into() });
    }
    Ok(metadata.len())
}

/// A path as ffmpeg takes it literally: absolute and with its protocol, so that
/// neither a leading `-` nor a name like `pipe:1` or `a:b.mp4` means anything.
pub(crate) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(absolute(path));
    url
}

/// Whether a file begins as MPEG-4, QuickTime or Matroska does. What only bears
/// such a name is read as one by ffmpeg, and misses an index just the same.
fn begins_as_video(path: &Path) -> bool {
    const BOXES: [&[u8]; 7] = [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof"];
    let mut head = [0; 8];
    let read = File::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && (BOXES.contains(&&head[4..]) || head.starts_with(b"\x1a\x45\xdf\xa3"))
}

/// ffprobe on one file, as a part of some work.
#[derive(Clone, Copy)]
pub(crate) struct Ffprobe<'a> {
    pub tools: &'a Toolchain,
    pub path: &'a Path,
    /// What a probe found it to be; absent where none has looked yet.
    pub container: Option<&'a str>,
    pub ctx: &'a RunContext,
}

impl<'a> Ffprobe<'a> {
    /// On a file whose facts are known.
    pub fn of(tools: &'a Toolchain, path: &'a Path, facts: &'a SourceFacts, ctx: &'a RunContext) -> Self {
        Self { tools, path, container: Some(&facts.container), ctx }
    }

    /// The options that it is opened with.
    pub fn opening(self) -> Vec<String> {
        self.container.map_or_else(input::unknown, input::known)
    }

    /// Asks for JSON and reads it.
    pub async fn json<T: DeserializeOwned>(
        self,
        arguments: &[&str],
        patience: Duration,
    ) -> Result<T, MediaError> {
        let words = self.ask(&[&["-of", "json"], arguments].concat(), patience).await?;
        serde_json::from_slice(&words).map_err(|error| self.failed(arguments, error.to_string()))
    }

    async fn ask(self, arguments: &[&str], patience: Duration) -> Result<Vec<u8>, MediaError> {
        let path = self.path;
        let mut command = Command::new(&self.tools.ffprobe);
        command.args(["-v", "level+error"]).args(self.opening());
        command.args(arguments).arg("-i").arg(file_url(path));
        let broken_names = BrokenNames::of(&command);
        let answer = run::collect(command, patience, self.ctx).await.map_err(|error| match error {
            NoAnswer::Cancelled => MediaError::Cancelled,
            NoAnswer::TimedOut => MediaError::TimedOut { path: path.into() },
            NoAnswer::Spawn(error) => self.failed(arguments, error.to_string()),
        })?;
        if answer.status.success() {
            return Ok(answer.stdout);
        }
        let own = answer.stderr.lines().filter(|line| !broken_names.has(line)).filter_map(LogLine::parse);
        let own: Vec<LogLine<'_>> = own.collect();
        let says = |words: &str| own.iter().any(|line| line.message.trim_end().ends_with(words));
        // The index is missed by the format itself, the end of a file is named with it.
        let broken = ["moov atom not found", "EBML header parsing failed"].into_iter().any(says);
        if broken && disk::ask(path, self.ctx, begins_as_video).await? {
            return Err(MediaError::Truncated { path: path.into() });
        }
        if own.iter().any(|line| line.message.contains("exceeds specified max pixel count")) {
            return Err(MediaError::NotVideo { path: path.into(), reason: NotVideoReason::TooLarge });
        }
        if says(": Invalid data found when processing input") || says(": End of file") {
            return Err(MediaError::NotVideo { path: path.into(), reason: NotVideoReason::Unrecognised });
        }
        // The format that is refused tells of it itself.
        if let Some(refused) = own.iter().find(|line| line.message.starts_with("Format not on whitelist")) {
            let reason = match refused.context {
                Some(format) if is_still(format) => NotVideoReason::StillPicture,
                Some(format) if LISTS.contains(&format) => NotVideoReason::Playlist,
                _ => NotVideoReason::Unrecognised,
            };
            return Err(MediaError::NotVideo { path: path.into(), reason });
        }
        // It may have vanished between the look at it and ffprobe's.
        disk::ask(path, self.ctx, stat).await??;
        let report = self.report(arguments, answer.status.code(), answer.stderr);
        Err(run::ended_badly(READING, answer.status, report))
    }

    fn failed(self, arguments: &[&str], words: String) -> MediaError {
        MediaError::Failed { what: READING, report: self.report(arguments, None, words) }
    }

    fn report(self, arguments: &[&str], exit: Option<i32>, words: String) -> Box<RunReport> {
        let command = format!("ffprobe {} -i {}", arguments.join(" "), self.path.display());
        Box::new(RunReport { command, version: self.tools.version.clone(), exit, words })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_began_as_a_video_can_be_cut_short() {
        let folder = tempfile::tempdir().unwrap();
        let begins = |bytes: &[u8]| {
            let path = folder.path().join("file.mp4");
            fs::write(&path, bytes).unwrap();
            begins_as_video(&path)
        };
        assert!(begins(b"\0\0\0\x20ftypisom"));
        assert!(begins(b"\x1a\x45\xdf\xa3\x01\0\0\0"));
        assert!(!begins(b"Dear Sir or Madam"));
        assert!(!begins(b"ftyp"));
    }

    #[test]
    fn years_in_a_few_bytes_are_not_credible() {
        const HOUR: i64 = 3600 * 1_000_000;
        assert!(is_credible(5 * HOUR, 1_000));
        assert!(is_credible(30 * HOUR, 20_000_000_000));
        assert!(!is_credible(30 * 365 * 24 * HOUR, 2_000_000));
    }

    #[test]
    fn pixels_are_made_square_before_the_picture_is_turned() {
        assert_eq!(upright(640, 360, 2, 3, 0), (640, 540));
        assert_eq!(upright(720, 576, 16, 15, 0), (768, 576));
        assert_eq!(upright(1440, 1080, 4, 3, 90), (1080, 1920));
        assert_eq!(upright(1280, 544, 1, 1, 270), (544, 1280));
    }
}
