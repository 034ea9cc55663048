//! A final comes out as loud as its platform asks, and its peaks stay below the
//! ceiling, whatever the input.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use rstest::rstest;
use rushes_media::{FinalRequest, Piece, RunContext, Toolchain, probe, render_final};
use rushes_model::captions::CaptionStyle;
use rushes_model::framing::{FrameSize, Framing};
use rushes_model::spec::{AudioEncoding, Container, ExportSpec, LoudnessTarget, VideoEncoding};

const TARGET: LoudnessTarget = LoudnessTarget { integrated_mlufs: -14_000, true_peak_mdb: -1_000 };

#[rstest]
#[case::a_quiet_tone("0.02*sin(440*2*PI*t)")]
#[case::a_loud_tone("0.9*sin(440*2*PI*t)")]
#[case::sparse_drum_beats("0.8*sin(150*2*PI*t)*exp(-30*mod(t\\,0.8))")]
#[tokio::test]
async fn a_final_is_as_loud_as_asked(#[case] sound: &str) {
    let tools = Toolchain::discover(None).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("film.mp4");
    make(&film, sound);
    let facts = probe(&tools, &film).await.unwrap();
    let out_us = facts.duration_us;
    let request = FinalRequest {
        pieces: vec![Piece { path: film, facts, in_us: 0, out_us }],
        muted: false,
        framing: Framing::default(),
        cues: Vec::new(),
        style: CaptionStyle::default(),
        spec: ExportSpec {
            frame: Some(FrameSize { width: 90, height: 160 }),
            min_frame_rate_milli: 0,
            max_frame_rate_milli: 60_000,
            container: Container::Mp4,
            video: VideoEncoding::H264 { crf: 30, max_kbps: 1_000 },
            audio: AudioEncoding::Aac { kbps: 192 },
            loudness: Some(TARGET),
            max_duration_us: None,
            max_bytes: None,
        },
        hardware: None,
        temp_dir: folder.path().join("temp"),
        destination: folder.path().join("final.mp4"),
    };
    let rendered = render_final(&tools, &request, &RunContext::quiet()).await.unwrap();
    let loudness = rendered.loudness.unwrap();
    assert!((loudness.integrated_mlufs - TARGET.integrated_mlufs).abs() <= 1_000, "{loudness:?}");
    assert!(loudness.true_peak_mdb <= TARGET.true_peak_mdb + 300, "{loudness:?}");
}

fn make(film: &Path, sound: &str) {
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=8"])
        .args(["-f", "lavfi", "-i", &format!("aevalsrc='{sound}':s=48000:d=8")])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "192k"])
        .arg(film)
        .status()
        .unwrap();
    assert!(made.success());
}
