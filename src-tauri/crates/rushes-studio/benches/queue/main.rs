//! Benchmarks of the queue: its throughput against plain commands, whether its
//! memory stays bounded, how soon a cancelled job is gone, and how many
//! parallel jobs pay off. Run by `make bench`.
//!
//! `cargo bench -p rushes-studio --bench queue -- --only soak --jobs 50` runs
//! one part, with fewer jobs.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod at_once;
mod cancel;
#[path = "../../tests/common/mod.rs"]
mod common;
mod soak;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::*;
use rushes_model::ids::ClipId;
use rushes_studio::model::{FromSegments, NewSegment, SelectionMode};
use rushes_studio::{ProfileSession, Studio};

/// Jobs of the soak test.
const JOBS: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let only = after("--only");
    let jobs = after("--jobs").map_or(JOBS, |text| text.parse().expect("--jobs takes a number"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
        if wanted("soak") {
            soak::run(jobs).await;
        }
        if wanted("cancel") {
            cancel::run().await;
        }
        if wanted("at_once") {
            at_once::run().await;
        }
    });
}

/// A 22 s video in 360p with grain and sound.
fn film(folder: &Path) -> PathBuf {
    let film = folder.join("film.mp4");
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
        .arg("testsrc2=s=640x360:r=25:d=22,noise=alls=6:allf=t,format=yuv420p")
        .args(["-f", "lavfi", "-i", "sine=f=300:d=22,tremolo=f=2:d=0.8"])
        .args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "25", "-c:a", "aac"])
        .arg(&film)
        .status()
        .unwrap();
    assert!(done.success());
    film
}

/// A profile with one-second clips of the video.
async fn with_clips(studio: &Studio, name: &str, film: &Path, count: u32) -> (ProfileSession, Vec<ClipId>) {
    let profile = studio.create_profile(name, "#3B82F6").await.unwrap();
    let session = studio.open_profile(profile.id).await.unwrap();
    let project = project(&session, name).await;
    let source_id = add(&session, project, &[film]).await[0].id;
    let mut clips = Vec::new();
    for number in 0..count {
        let in_us = i64::from(number) * 2_000_000;
        let new = NewSegment {
            source_id,
            in_us,
            out_us: in_us + 1_000_000,
            name: None,
            keywords: Vec::new(),
            weight: None,
        };
        let segment = session.add_segment(&new).await.unwrap();
        let request = FromSegments {
            segment_ids: vec![segment.id],
            variant_count: 1,
            selection_mode: SelectionMode::Sequential,
            target_duration_us: 1_000_000,
            muted: false,
            seed: None,
        };
        let job = session.generate_from_segments(project, &request).await.unwrap();
        done(&session, job.id).await;
        clips.extend(session.list_job_clips(job.id).await.unwrap().iter().map(|clip| clip.id));
    }
    (session, clips)
}

/// Queues this many finals of a profile, clip by clip and preset by preset.
async fn queue(session: &ProfileSession, clips: &[ClipId], presets: &[&str], count: usize, out: &Path) {
    let all = clips.iter().flat_map(|clip| presets.iter().map(move |preset| (*clip, *preset)));
    for (clip, preset) in all.take(count) {
        session.render_final_clip(clip, preset, Some(out)).await.unwrap();
    }
}
