//! Compares the sound measures with known input: real files, real ffmpeg.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use rushes_model::time::Stretch;
use tempfile::TempDir;

use super::{heard::Heard, read};
use crate::{
    error::MediaError,
    ffmpeg::{run::RunContext, toolchain::Toolchain},
    probe::probe,
};

/// A tiny black film with the given sound.
struct Film {
    path: PathBuf,
    _folder: TempDir,
}

impl Film {
    fn made(seconds: f64, sound: &[&str], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mkv");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
            .arg(format!("color=s=32x32:r=25:d={seconds}"))
            .args(sound)
            .args(["-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast"])
            .args(["-c:a", "pcm_s16le"])
            .args(options)
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
        Self { path, _folder: folder }
    }

    /// With the sound of one filter graph.
    fn of(seconds: f64, graph: &str) -> Self {
        Self::made(seconds, &["-f", "lavfi", "-i", graph], &[])
    }

    async fn heard(&self) -> Heard {
        heard(&self.path).await.unwrap()
    }
}

async fn heard(path: &Path) -> Option<Heard> {
    let tools = Toolchain::discover(None).await.unwrap();
    let facts = probe(&tools, path).await.unwrap();
    let heard = read(&tools, path, &facts, &RunContext::quiet()).await.unwrap()?;
    let steps = (facts.duration_us + 9_999) / 10_000;
    assert!(
        (heard.waveform.peaks.len() as i64 - steps).abs() <= 1,
        "{} of {steps}",
        heard.waveform.peaks.len()
    );
    Some(heard)
}

/// Integrated loudness and true peak according to ffmpeg's `ebur128`.
fn by_ffmpeg(path: &Path) -> (f64, f64) {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(path)
        .args(["-map", "0:a:0", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let (_, summary) = words.rsplit_once("Summary:").unwrap();
    let value = |key: &str| {
        let (_, rest) = summary.split_once(key).unwrap();
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (value("I:"), value("Peak:"))
}

fn assert_loud_as_ffmpeg_says(path: &Path, heard: &Heard) {
    let (integrated, peak) = by_ffmpeg(path);
    let name = path.display();
    let Some(loudness) = heard.sound.loudness else {
        // ffmpeg's value for sound that is entirely below the gate.
        return assert!(integrated <= -70.0, "{name}: {integrated}");
    };
    let ours = f64::from(loudness.integrated_mlufs) / 1000.0;
    // ffmpeg prints one decimal.
    assert!((ours - integrated).abs() <= 0.151, "{name}: {ours} for {integrated} LUFS");
    let ours = f64::from(loudness.true_peak_mdb) / 1000.0;
    assert!((ours - peak).abs() <= 0.251, "{name}: {ours} for {peak} dBTP");
}

fn assert_near(found: &[Stretch], made: &[(f64, f64)], within_us: i64) {
    let near = |us: i64, seconds: f64| (us - (seconds * 1e6) as i64).abs() <= within_us;
    let alike = found.len() == made.len()
        && found.iter().zip(made).all(|(f, m)| near(f.start_us, m.0) && near(f.end_us, m.1));
    assert!(alike, "{found:?} for {made:?}");
}

/// Pink noise that grows louder, and tones, to exercise the gates.
const LOUD: &str = "anoisesrc=c=pink:a=0.5:d=12:r=48000:seed=5,volume='0.05+t/14':eval=frame";

#[rstest]
#[case::mono(LOUD.into(), &[])]
#[case::stereo(format!("{LOUD},pan=stereo|c0=c0|c1=0.3*c0"), &[])]
#[case::surround(
    format!("{LOUD},pan=5.1|FL=0.3*c0|FR=0.4*c0|FC=0.5*c0|LFE=0.9*c0|BL=0.6*c0|BR=0.2*c0"), &[]
)]
#[case::at_44_1_khz("aevalsrc='0.7*sin(997*2*PI*t)*min(t/3,1)|0.9*sin(7000*2*PI*t)*min(t/3,1)':s=44100:d=12".into(), &[])]
#[case::above_full_scale("aevalsrc='1.4*sin(300*2*PI*t)':s=48000:d=5".into(), &["-c:a", "pcm_f32le"])]
#[case::lossy(format!("{LOUD},pan=stereo|c0=c0|c1=0.3*c0"), &["-c:a", "aac", "-b:a", "96k"])]
#[tokio::test]
async fn it_is_as_loud_as_ffmpeg_says(#[case] graph: String, #[case] options: &[&str]) {
    let film = Film::made(12.0, &["-f", "lavfi", "-i", &graph], options);
    assert_loud_as_ffmpeg_says(&film.path, &film.heard().await);
}

#[tokio::test]
async fn real_footage_is_as_loud_as_ffmpeg_says() {
    let folder = std::env::var_os("RUSHES_FOOTAGE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/footage"),
        PathBuf::from,
    );
    for name in ["echo.webm", "cockatoo.mp4", "man-on-green-screen.mp4", "delayed_start.mp4"] {
        let file = folder.join(name);
        if !file.is_file() {
            eprintln!("{} is not there: skipped", file.display());
            continue;
        }
        let Some(heard) = heard(&file).await else { continue };
        assert_loud_as_ffmpeg_says(&file, &heard);
    }
}

#[tokio::test]
async fn momentary_loudness_has_400_ms_and_comes_each_100_ms() {
    // BS.1770-4: a full-scale sine of 997 Hz in one channel reads -3.01 LKFS.
    let heard = Film::of(2.0, "aevalsrc='0.1*sin(997*2*PI*t)*gt(t,1)':s=48000:d=2").heard().await;
    let times: Vec<i64> = heard.momentary.iter().map(|(time, _)| *time).collect();
    assert_eq!(times, (4..=20).map(|hop| hop * 100_000).collect::<Vec<_>>());
    let at = |time: i64| heard.momentary.iter().find(|m| m.0 == time).unwrap().1;
    assert_eq!(at(1_000_000), -120_000);
    assert!((at(1_200_000) + 26_020).abs() < 200, "{}", at(1_200_000));
    assert!((at(2_000_000) + 23_010).abs() < 50, "{}", at(2_000_000));
}

#[tokio::test]
async fn a_source_without_sound_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mute.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "color=s=32x32:r=25:d=1"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    assert!(heard(&path).await.is_none());
}

#[tokio::test]
async fn digital_silence_has_no_loudness_and_is_one_silence() {
    let heard = Film::of(3.0, "anullsrc=r=48000:cl=stereo:d=3").heard().await;
    assert_eq!(heard.sound.loudness, None);
    assert_near(&heard.sound.silences, &[(0.0, 3.0)], 20_000);
    assert!(heard.sound.speech.is_empty() && heard.sound.onsets.is_empty());
}

#[tokio::test]
async fn silences_begin_and_end_where_both_channels_do() {
    // From 1 to 2 s only one channel is silent; 0.2 s are too short.
    let sound = "aevalsrc='0.3*sin(500*2*PI*t)*lt(t,1)+0.3*sin(500*2*PI*t)*gt(t,5)\
                 |0.3*sin(500*2*PI*t)*lt(t,2)+0.3*sin(500*2*PI*t)*gt(t,3.5)*lt(t,4)+0.3*sin(500*2*PI*t)*gt(t,4.2)*lt(t,6)\
                 +0.003*sin(500*2*PI*t)':s=48000:d=8";
    let sound = Film::of(8.0, sound).heard().await.sound;
    assert_near(&sound.silences, &[(2.0, 3.5)], 1_000);
}

#[tokio::test]
async fn a_waveform_draws_each_sample_once_and_in_its_place() {
    let peaks = Film::of(2.0, "aevalsrc='0.5*sin(1000*2*PI*t)*between(t,0.5,1.2)':s=48000:d=1.5")
        .heard()
        .await
        .waveform
        .peaks;
    assert_eq!(peaks.len(), 200);
    assert!(peaks[..50].iter().all(|peak| *peak == [0, 0]));
    assert!(peaks[50..120].iter().all(|[low, high]| (-64..=-63).contains(low) && (63..=64).contains(high)));
    assert!(peaks[121..].iter().all(|peak| *peak == [0, 0]));
}

#[tokio::test]
async fn sound_that_begins_late_is_heard_late() {
    let sound = ["-itsoffset", "0.7", "-f", "lavfi", "-i", "aevalsrc='0.4*sin(700*2*PI*t)':s=48000:d=10"];
    let film = Film::made(12.0, &sound, &[]);
    let heard = film.heard().await;
    assert_near(&heard.sound.silences, &[(0.0, 0.7), (10.7, 12.0)], 2_000);
    assert_eq!(heard.waveform.peaks[69], [0, 0]);
    assert_eq!(heard.waveform.peaks[71], [-51, 51]);
    assert_loud_as_ffmpeg_says(&film.path, &heard);
    assert!((heard.sound.onsets[0] - 700_000).abs() <= 20_000, "{:?}", heard.sound.onsets);
}

#[tokio::test]
async fn sound_before_the_first_picture_is_not_heard() {
    // The picture begins 0.52 s into the sound, in its silence from 0.4 to 1 s.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("early.mkv");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-itsoffset", "0.52", "-f", "lavfi", "-i", "color=s=32x32:r=25:d=3"])
        .args(["-f", "lavfi", "-i", "aevalsrc='0.4*sin(700*2*PI*t)*(lt(t,0.4)+gt(t,1))':s=48000:d=3"])
        .args(["-c:v", "libx264", "-c:a", "pcm_s16le"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let heard = heard(&path).await.unwrap();
    assert_near(&heard.sound.silences, &[(0.0, 0.48), (2.48, 3.0)], 2_000);
    assert_eq!((heard.waveform.peaks[47], heard.waveform.peaks[49]), ([0, 0], [-51, 51]));
}

#[tokio::test]
async fn a_hole_in_the_sound_is_silence_and_moves_nothing() {
    let graph = "aevalsrc='0.4*sin(700*2*PI*t)*lt(mod(t,1),0.5)':s=48000:d=6,asetnsamples=480,\
                 aselect='not(between(t,1.9,3.3))'";
    let heard = Film::of(6.0, graph).heard().await;
    assert_near(
        &heard.sound.silences,
        &[(0.5, 1.0), (1.5, 3.31), (3.5, 4.0), (4.5, 5.0), (5.5, 6.0)],
        12_000,
    );
}

#[tokio::test]
async fn clicks_are_onsets_at_their_times() {
    // Ten clicks over noise at irregular times.
    let times: Vec<f64> = (0..10).map(|n| 0.5 + f64::from(n) * 0.47 + f64::from(n % 3) * 0.033).collect();
    let clicks: Vec<String> =
        times.iter().map(|t| format!("gte(t,{t})*exp(-(t-{t})*60)*lt(t,{t}+0.2)")).collect();
    let graph =
        format!("aevalsrc='0.01*(random(0)-0.5)+0.8*(random(1)-0.5)*({})':s=48000:d=6", clicks.join("+"));
    let onsets = Film::of(6.0, &graph).heard().await.sound.onsets;
    assert_eq!(onsets.len(), times.len(), "{onsets:?}");
    for (onset, time) in onsets.iter().zip(times) {
        assert!((onset - (time * 1e6) as i64).abs() <= 20_000, "{onset} for {time}");
    }
}

#[tokio::test]
async fn beats_are_onsets_and_the_tone_under_them_is_none() {
    let graph = "aevalsrc='0.1*sin(330*2*PI*t)+0.7*sin(70*2*PI*t)*exp(-25*mod(t,0.5))':s=44100:d=8";
    let onsets = Film::of(8.0, graph).heard().await.sound.onsets;
    assert!((15..=17).contains(&onsets.len()), "{onsets:?}");
    for onset in onsets {
        let away = (onset + 250_000) % 500_000 - 250_000;
        assert!(away.abs() <= 20_000, "{onset}");
    }
}

#[tokio::test]
async fn a_recording_that_was_too_loud_is_clipped_where_it_was() {
    let graph = "aevalsrc='clip((0.5+2.5*between(t,1,1.5)+2.5*between(t,1.6,2)+2*between(t,3,3.2))\
                 *sin(400*2*PI*t),-1,1)':s=48000:d=4";
    assert_near(&Film::of(4.0, graph).heard().await.sound.clipped, &[(1.0, 2.0), (3.0, 3.2)], 3_000);
}

#[tokio::test]
async fn tones_drums_and_noise_are_no_speech() {
    let graph = "aevalsrc='0.2*sin(220*2*PI*t)+0.1*sin(440*2*PI*t)+0.5*sin(60*2*PI*t)*exp(-20*mod(t,0.5))\
                 +0.02*(random(0)-0.5)':s=48000:d=10";
    assert_eq!(Film::of(10.0, graph).heard().await.sound.speech, []);
}

#[tokio::test]
async fn damaged_sound_counts_as_far_as_it_is_read() {
    let film = Film::made(
        6.0,
        &["-f", "lavfi", "-i", "aevalsrc='0.4*sin(700*2*PI*t)':s=48000:d=6"],
        &["-c:a", "aac", "-b:a", "128k"],
    );
    let whole = film.heard().await;
    let mut bytes = std::fs::read(&film.path).unwrap();
    let (from, to) = (bytes.len() / 2, bytes.len() * 6 / 10);
    bytes[from..to].iter_mut().enumerate().for_each(|(n, byte)| *byte ^= (n * 37 % 251) as u8);
    let tools = Toolchain::discover(None).await.unwrap();
    let facts = probe(&tools, &film.path).await.unwrap();
    std::fs::write(&film.path, &bytes).unwrap();
    let damaged = read(&tools, &film.path, &facts, &RunContext::quiet()).await.unwrap().unwrap();
    let loud = |heard: &Heard| heard.waveform.peaks.iter().filter(|peak| peak[1] > 40).count();
    assert!(loud(&damaged) > loud(&whole) / 2, "{} of {}", loud(&damaged), loud(&whole));
    std::fs::write(&film.path, &bytes[..bytes.len() / 3]).unwrap();
    let cut = read(&tools, &film.path, &facts, &RunContext::quiet()).await.unwrap().unwrap();
    assert_eq!(cut.waveform.peaks.len(), whole.waveform.peaks.len());
    assert!((loud(&whole) / 5..loud(&whole) / 2).contains(&loud(&cut)), "{}", loud(&cut));
}

#[tokio::test]
async fn a_cancelled_listening_ends_as_such() {
    let film = Film::of(5.0, "anoisesrc=d=5:r=48000");
    let tools = Toolchain::discover(None).await.unwrap();
    let facts = probe(&tools, &film.path).await.unwrap();
    let ctx = RunContext::quiet();
    let cancel = ctx.cancel.clone();
    let (heard, ()) = tokio::join!(read(&tools, &film.path, &facts, &ctx), async { cancel.cancel() });
    assert!(matches!(heard, Err(MediaError::Cancelled)));
}
