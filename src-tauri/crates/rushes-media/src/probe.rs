//! Reads the facts of a source with ffprobe.
//!
//! The file is checked before ffprobe runs, so that missing, unreadable and empty files
//! and folders get errors of their own.

use std::{path::Path, time::Duration};

use rushes_model::facts::{AudioFacts, Fields, Heard, SourceFacts, VideoFacts};
use rushes_model::notice::{Activity, NotVideo};

use crate::{
    error::MediaError,
    ffmpeg::{run::RunContext, toolchain::Toolchain},
    files::{disk, publish::folder_of},
    filters::colour,
};

mod clock;
pub(crate) mod ffprobe;
mod fields;
pub(crate) mod file;
pub(crate) mod fingerprint;
mod heard;
pub(crate) mod packets;
pub(crate) mod rejoin;
mod report;
pub(crate) mod seek;
pub(crate) mod timing;
mod x264;

use clock::Clock;
use ffprobe::{Ffprobe, SCAN_PATIENCE, is_still};
use file::{PATIENCE, stat};
use packets::packets;
use report::{Report, Stream};

/// Slowest disk that a whole file is read from, in bytes a second.
const SLOWEST_DISK: u64 = 10_000_000;

/// Reads the facts of a source.
///
/// # Errors
/// The reason why the file cannot be a source; see [`MediaError`]. A file with an
/// uneven clock ([`MediaError::UnevenClock`]) can be rejoined.
pub async fn probe(tools: &Toolchain, path: &Path) -> Result<SourceFacts, MediaError> {
    probe_within(tools, path, &RunContext::quiet()).await
}

/// Reads the facts of a file as part of a longer task, which can cancel and pause it.
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
    facts.video.x264_build = x264::x264_build(file, &facts.video).await;
    facts.video.fields = match has_fields {
        Some(has_fields) => has_fields.then_some(Fields::Told),
        None => fields::find(file, &facts).await?,
    };
    heard::listen(file, &mut facts.audio, facts.duration_us).await?;
    Ok(facts)
}

/// What a file declares, before its frames or sound are decoded.
pub(crate) struct Looked {
    pub facts: SourceFacts,
    /// Whether frames are interlaced, if the file says.
    pub has_fields: Option<bool>,
    pub clock: Clock,
}

/// Reads what a file declares, whether its clock is continuous or not.
pub(crate) async fn look(tools: &Toolchain, path: &Path, ctx: &RunContext) -> Result<Looked, MediaError> {
    let size = file::ask(path, ctx, stat).await??;
    let file = Ffprobe { tools, path, container: None, ctx };
    let report: Report = file.json(&["-show_format", "-show_streams", "-show_programs"], PATIENCE).await?;
    let not_video = |reason| MediaError::NotVideo { path: path.into(), reason };
    let container = report.format.format_name.clone().unwrap_or_default();
    if is_still(&container) {
        return Err(not_video(NotVideo::StillPicture));
    }
    let file = Ffprobe { container: Some(&container), ..file };

    let mut pictures: Vec<&Stream> = report.streams.iter().filter(|stream| stream.is_video()).collect();
    // Among several video streams, being first in the file means nothing.
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
            NotVideo::CoverOnly
        } else if report.streams.iter().any(|s| s.is_video() && !s.is_attached_picture() && !s.is_decodable())
        {
            NotVideo::UnknownCodec
        } else if has("audio") {
            NotVideo::AudioOnly
        } else {
            NotVideo::Unrecognised
        };
        return Err(not_video(reason));
    };

    if timing.is_bare() {
        return Err(not_video(NotVideo::BareStream));
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
    let may_be_uneven = file::ask(path, ctx, move |path| clock::may_be_uneven(path, &format)).await?;
    let clock = if may_be_uneven {
        let patience = SCAN_PATIENCE + Duration::from_secs(size / SLOWEST_DISK);
        Clock::of(&packets(file, None, None, patience).await?, stream.index, &sounds)
    } else {
        Clock::default()
    };
    // Frames before the first key frame cannot be shown.
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
    let mut video = video_facts(tools, stream, &timing).ok_or_else(|| not_video(NotVideo::UnknownCodec))?;
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
        start_us,
        picture_lag_us,
        rejoined: None,
    };
    Ok(Looked { facts, has_fields: stream.is_interlaced(), clock })
}

/// Reads the facts of a file that was just made while `what`.
///
/// # Errors
/// [`MediaError::WrongOutput`] if it cannot be read as a video, or the error that
/// prevented the check.
pub(crate) async fn probe_made(
    tools: &Toolchain,
    path: &Path,
    what: Activity,
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
    // ffmpeg exits successfully even if it could not write the end of a file.
    if disk::is_full(folder_of(path), &ctx.free_space).await {
        return Err(MediaError::DiskFull { what });
    }
    let expected = "a video that can be read".into();
    Err(MediaError::WrongOutput { what, expected, found: error.detail() })
}

/// Whether a file's size is plausible for its duration. One broken timestamp can turn a
/// moment into years, but hours of footage never fit into so few bytes.
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

/// Size of the upright picture with square pixels. Wide pixels widen the picture and
/// tall ones heighten it, so that no sample is lost.
fn upright(width: u32, height: u32, num: u32, den: u32, rotation: u32) -> (u32, u32) {
    let stretch = |side: u32, num: u32, den: u32| {
        let side = (u64::from(side) * u64::from(num) + u64::from(den) / 2) / u64::from(den);
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    let (width, height) =
        if num >= den { (stretch(width, num, den), height) } else { (width, stretch(height, den, num)) };
    if rotation % 180 == 90 { (height, width) } else { (width, height) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
