//! Proxies: a whole source in a format that web views play, for viewing and marking.
//! Times are the same as in the source; finals and clip files are still cut from the
//! source.

use std::path::Path;

use rushes_model::{
    facts::{AudioFacts, SourceFacts},
    notice::Activity,
    spec::Container,
};

use super::{encode::add_container, forms, graph::deinterlace, request::Rendered};
use crate::{
    edit::Rate,
    error::MediaError,
    ffmpeg::{
        args::{file_url, seconds},
        input::{add_source, known},
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::Draft,
    filters::{
        colour::{ColourSpace, Colours},
        geometry::fitted,
        sound::mixed,
    },
    probe::{file, probe_made},
};

/// Longer side of a proxy, in pixels.
const SIDE: u32 = 1280;
/// Key frame interval in seconds, short so that seeking is quick.
const KEY_FRAMES_S: &str = "0.5";
/// Ticks per second of a proxy whose source has a variable frame rate.
const TICKS: i64 = 90_000;
/// Pixel formats with eight bits at 4:2:0.
const PLAIN_PIXELS: [&str; 3] = ["yuv420p", "yuvj420p", "nv12"];

/// Whether a web view (WebKitGTK, WebView2, WKWebView) cannot play a source as it is.
///
/// All three play H.264, VP8 and VP9 with eight bits at 4:2:0 in MP4, QuickTime or
/// WebM, with sound of the same family. They show interlaced footage with combing, and
/// any one of several video streams.
pub fn needs_proxy(facts: &SourceFacts) -> bool {
    let video = &facts.video;
    let holds = |name: &str| facts.container.split(',').any(|container| container == name);
    // A web view plays only the first track, unmodified.
    let first_alone = facts.audio.iter().enumerate().all(|(index, track)| track.used == (index == 0));
    let sound = facts.audio.first().map(|audio| audio.codec.as_str());
    let playable = match video.codec.as_str() {
        "h264" => holds("mp4") && matches!(sound, None | Some("aac" | "mp3" | "opus" | "flac")),
        "vp8" => holds("webm") && matches!(sound, None | Some("vorbis" | "opus")),
        "vp9" if holds("mp4") => matches!(sound, None | Some("aac" | "mp3" | "opus" | "flac")),
        "vp9" => holds("webm") && matches!(sound, None | Some("vorbis" | "opus")),
        _ => false,
    };
    !playable
        || !first_alone
        || video.fields.is_some()
        || video.has_rivals
        || !PLAIN_PIXELS.contains(&video.pixel_format.as_str())
}

/// Renders a proxy of a whole source: H.264 and AAC in MP4, at most 1280 pixels on its
/// longer side, upright, square pixels, a key frame every half second.
///
/// A time in the proxy is the same time in the source, counted from its first frame,
/// and every frame keeps its timestamp.
///
/// # Errors
/// [`MediaError`]; nothing is left behind, and an existing file is not overwritten.
pub async fn render_proxy(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    destination: &Path,
    ctx: &RunContext,
) -> Result<Rendered, MediaError> {
    const WHAT: Activity = Activity::MakingProxy;
    file::ask(path, ctx, file::stat).await??;
    let draft = Draft::beside(destination, ".mp4")?;
    let video = &facts.video;
    let size = fitted(facts, SIDE);
    let space = ColourSpace::bt709();
    let scale = Colours::of(video, &space, tools.converts_colours).scale(size, "bicubic", "yuv420p");
    let start = seconds(facts.start_us);
    // Count a constant rate in frames, to avoid the rounding of another clock.
    let ticks = if video.variable_frame_rate { TICKS } else { Rate::from_milli(video.frame_rate_milli).num };

    let picture = format!(
        "[0:{}]{}setpts=PTS-{start}/TB,{scale},format=yuv420p,setsar=1[v]",
        video.stream_index,
        deinterlace(video)
    );
    // A separate graph for the sound: ffmpeg rebuilds a graph when the frame size
    // changes, and the sound would be counted from 0 again.
    let encode = async |steady: Option<&Path>| {
        let mut command = run::ffmpeg(tools);
        command.args(["-copyts", "-reinit_filter:a", "0"]);
        add_source(&mut command, path, facts);
        if let Some(steady) = steady {
            command.args(known(forms::CONTAINER)).arg("-i").arg(file_url(steady));
        }
        command.filter_complex(&picture).args(["-map", "[v]"]);
        let mut tracks: Vec<AudioFacts> = facts.used_audio().cloned().collect();
        if steady.is_some() {
            forms::number(&mut tracks, 0);
        }
        let tracks: Vec<&AudioFacts> = tracks.iter().collect();
        let window = format!("asetpts=PTS-{}/TB", seconds(facts.sound_start_us()));
        let exact = steady.is_some() || facts.has_exact_sound();
        if let Some(sound) = mixed(usize::from(steady.is_some()), &tracks, &window, "anull", exact) {
            command.filter_complex(format!("{sound}[a]"));
            command.args(["-map", "[a]", "-c:a", "aac", "-b:a", "128k"]);
        }
        // Frames keep their timestamps; of two at the same time, one is kept.
        command.args(["-fps_mode", "vfr", "-enc_time_base", &format!("1:{ticks}")]);
        // Without reordering, the first frame is at 0 in every player.
        command.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-bf", "0"]);
        command.args(["-maxrate", "8000k", "-bufsize", "16000k"]);
        command.args(["-force_key_frames", &format!("expr:gte(t,n_forced*{KEY_FRAMES_S})")]);
        space.add_tags(&mut command);
        command.args(["-map_metadata", "-1", "-map_chapters", "-1"]);
        add_container(&mut command, Container::Mp4);
        command.arg(file_url(draft.path()));
        run::run(tools, WHAT, command, facts.duration_us, ctx).await
    };
    match encode(None).await {
        Err(MediaError::FormChanges { .. }) => {
            let steady = Draft::beside(destination, ".mkv")?;
            forms::steadied_sound(tools, path, facts, steady.path(), &ctx.silent()).await?;
            encode(Some(steady.path())).await?;
        }
        outcome => {
            outcome?;
        }
    }

    let made = probe_made(tools, draft.path(), WHAT, ctx).await?;
    let wrong = |expected: String, found: String| MediaError::WrongOutput { what: WHAT, expected, found };
    if (made.video.width, made.video.height) != (size.width, size.height) {
        let found = format!("{}×{}", made.video.width, made.video.height);
        return Err(wrong(format!("{}×{}", size.width, size.height), found));
    }
    let frame_us = 1_000_000_000 / i64::from(video.frame_rate_milli.max(1));
    if made.start_us.abs() > frame_us {
        return Err(wrong("a beginning at 0".into(), format!("{} µs", made.start_us)));
    }
    // It may be shorter: damaged footage ends before its declared end.
    if made.duration_us > facts.duration_us + frame_us + 100_000 {
        let found = format!("{} µs", made.duration_us);
        return Err(wrong(format!("at most {} µs", facts.duration_us), found));
    }
    if made.audio.is_empty() && facts.used_audio().next().is_some() {
        return Err(wrong("a sound track".into(), "none".into()));
    }
    draft.publish(destination).await?;
    Ok(Rendered { bytes: made.size_bytes, facts: made, loudness: None, font_instead: None, fell_back: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::tests::piece;
    use rushes_model::facts::Fields;

    #[rstest::rstest]
    #[case::camera("mov,mp4,m4a,3gp,3g2,mj2", "h264", "yuv420p", "aac", false)]
    #[case::web("matroska,webm", "vp9", "yuv420p", "opus", false)]
    #[case::phone("mov,mp4,m4a,3gp,3g2,mj2", "hevc", "yuv420p", "aac", true)]
    #[case::ten_bits("mov,mp4,m4a,3gp,3g2,mj2", "h264", "yuv420p10le", "aac", true)]
    #[case::edit("mov,mp4,m4a,3gp,3g2,mj2", "prores", "yuv422p10le", "pcm_s16le", true)]
    #[case::broadcast("mxf", "mpeg2video", "yuv422p", "pcm_s24le", true)]
    #[case::old("avi", "h264", "yuv420p", "mp3", true)]
    #[case::matroska("matroska,webm", "h264", "yuv420p", "aac", true)]
    #[case::camera_with_pcm("mov,mp4,m4a,3gp,3g2,mj2", "h264", "yuv420p", "pcm_s16le", true)]
    fn what_a_web_view_plays_needs_no_proxy(
        #[case] container: &str,
        #[case] codec: &str,
        #[case] pixels: &str,
        #[case] sound: &str,
        #[case] needed: bool,
    ) {
        let mut facts = piece(0, 1).facts;
        facts.container = container.into();
        facts.video.codec = codec.into();
        facts.video.pixel_format = pixels.into();
        facts.audio[0].codec = sound.into();
        assert_eq!(needs_proxy(&facts), needed);
    }

    #[test]
    fn another_sound_than_the_first_needs_a_proxy() {
        let mut facts = piece(0, 1).facts;
        facts.audio.push(facts.audio[0].clone());
        assert!(needs_proxy(&facts));
        facts.audio[1].used = false;
        assert!(!needs_proxy(&facts));
    }

    #[test]
    fn interlaced_footage_needs_a_proxy() {
        let mut facts = piece(0, 1).facts;
        assert!(!needs_proxy(&facts));
        facts.video.fields = Some(Fields::Told);
        assert!(needs_proxy(&facts));
    }
}
