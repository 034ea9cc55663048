//! Analysis of a source's sound: one decode by ffmpeg, measured as it arrives.
//!
//! ffmpeg outputs the source's own channels at 48 kHz, and `ashowinfo` logs the time of
//! each audio frame; [`timeline`] places the samples accordingly. The modules beside it
//! each measure one thing and decide as soon as they have enough context, so memory
//! grows by only about 450 bytes a second, for the waveform and the block loudness.
//! Clips are chosen elsewhere.

use std::{path::Path, process::Command, sync::mpsc as stamps};

use rushes_model::{
    facts::{self, AudioFacts, SourceFacts},
    notice::Activity,
};
use tokio::{io::AsyncReadExt, sync::mpsc};

use super::damage::is_opened;
use crate::{
    error::{MediaError, RunReport},
    ffmpeg::{
        args::seconds,
        input::add_source,
        log::Reporter,
        run::{self, Progress, RunContext, Stdout},
        toolchain::Toolchain,
    },
    filters::sound::mixed,
};

mod ear;
pub(super) mod heard;
mod layout;
mod loudness;
mod mono;
mod onsets;
mod peaks;
mod speech;
mod timeline;

use ear::Ear;
use heard::{Heard, RATE, micros};
use layout::Layout;
use timeline::{LoggedFrame, Timeline};

/// Version of the sound's measures and of the waveform. One that is kept with another
/// version is made again.
pub(super) const VERSION: u32 = 1;
/// Bytes per read: the capacity of a pipe.
const READ_BYTES: usize = 64 * 1024;
/// Reads that may queue up to be measured.
const READS_AHEAD: usize = 8;
/// A sample above this, 40 dB over full scale, is damage rather than sound.
const LOUDEST: f32 = 100.0;

/// Decodes the whole sound once and measures it; `None` if there is none.
pub(super) async fn read(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Option<Heard>, MediaError> {
    let tracks: Vec<&AudioFacts> = facts.used_audio().filter(|track| track.channels > 0).collect();
    let layout = match tracks[..] {
        [] => return Ok(None),
        // As it is, with all of its channels.
        [track] if track.heard != facts::Heard::OneSide => Layout::of(track),
        // As finals use it.
        _ => Layout::stereo(),
    };
    let channels = layout.channels();
    let ashowinfo = Reporter::of("ashowinfo");
    let command = command(tools, path, facts, &tracks, &layout, ashowinfo.filter());
    let failed = |error: String| {
        let report = RunReport::of(error);
        MediaError::Failed { what: Activity::AnalysingSound, report }
    };
    let ear = Ear::new(&layout).map_err(|error| failed(error.to_string()))?;
    let timeline = Timeline::new(facts.sound_start_us(), facts.duration_us, channels, ear);

    // Samples are measured on a thread of their own, so that the picture can be decoded
    // meanwhile.
    let (samples, to_measure) = mpsc::channel(READS_AHEAD);
    let (stamp, stamped) = stamps::channel();
    let measuring = tokio::task::spawn_blocking(move || measure(to_measure, &stamped, timeline));
    let mut opened = false;
    let total_us = facts.duration_us;
    let report = |done_us| (ctx.on_progress)(Progress { done_us, total_us, speed_milli: None });
    let (mut frames, mut reported) = (0, 0);
    let pump = samples.clone();
    let run = run::run_reading(
        tools,
        Activity::AnalysingSound,
        command,
        ctx,
        |stdout| hand_over(stdout, pump),
        |line| {
            opened |= is_opened(line);
            if let Some(frame) = ashowinfo.message(line).and_then(LoggedFrame::read) {
                frames += frame.samples as i64;
                if frames - reported >= RATE {
                    report(micros(frames).min(total_us));
                    reported = frames;
                }
                // The receiver goes away only when the whole work is dropped.
                let _ = stamp.send(frame);
            }
        },
    )
    .await;
    // All times have been received now, so the last samples can be placed.
    drop(samples);
    let timeline = measuring.await.map_err(|error| failed(error.to_string()))?;
    match run {
        Ok(_) => {}
        // ffmpeg started to decode and could not go on; keep what was read.
        Err(error) if opened && error.is_of_the_source() => {
            tracing::warn!(detail = %error.detail(), "the sound is damaged");
        }
        Err(error) => return Err(error),
    }
    report(total_us);
    Ok(Some(timeline.finish()))
}

fn command(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    tracks: &[&AudioFacts],
    layout: &Layout,
    ashowinfo: &str,
) -> Command {
    let mut command = run::ffmpeg(tools);
    // Skip any number of damaged packets.
    command.args(["-max_error_rate", "1", "-copyts", "-vn", "-sn"]);
    add_source(&mut command, path, facts);
    let told = format!("asettb=1/{RATE},{ashowinfo}");
    let graph = match tracks {
        [track] if track.heard != facts::Heard::OneSide => {
            // One fixed layout: broadcasts switch between stereo and surround.
            let layouts = layout.name().map_or_else(String::new, |name| format!(":channel_layouts={name}"));
            let index = track.stream_index;
            format!("[0:{index}]aresample={RATE},aformat=sample_fmts=flt{layouts},{told}[a]")
        }
        _ => {
            // Mixing starts at 0; after it, the file's own clock continues.
            let start = seconds(facts.sound_start_us());
            let exact = facts.has_exact_sound();
            let window = format!("asetpts=PTS-{start}/TB");
            let mixed = mixed(0, tracks, &window, "anull", exact).unwrap_or_default();
            format!("{mixed},aformat=sample_fmts=flt,asetpts=PTS+{start}/TB,{told}[a]")
        }
    };
    command.filter_complex(graph).args(["-map", "[a]", "-f", "f32le", "pipe:1"]);
    Command::from(command)
}

async fn hand_over(mut stdout: Stdout, samples: mpsc::Sender<Vec<u8>>) {
    loop {
        let mut bytes = Vec::with_capacity(READ_BYTES);
        match stdout.read_buf(&mut bytes).await {
            // A broken pipe ends the sound; the exit status explains why.
            Ok(0) | Err(_) => return,
            Ok(_) => {
                if samples.send(bytes).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Pairs samples with their times until both have ended.
fn measure(
    mut samples: mpsc::Receiver<Vec<u8>>,
    stamped: &stamps::Receiver<LoggedFrame>,
    mut timeline: Timeline,
) -> Timeline {
    let mut waiting = Vec::new();
    let mut next = None;
    let mut floats = Vec::new();
    let mut more = true;
    while more {
        let bytes = samples.blocking_recv();
        more = bytes.is_some();
        waiting.extend(bytes.into_iter().flatten());
        let mut taken = 0;
        // ffmpeg logs a time before it writes the samples, so few ever queue up.
        while let Some(frame) = next.take().or_else(|| stamped.try_recv().ok()) {
            let end = taken + frame.samples * timeline.channels() * size_of::<f32>();
            let Some(bytes) = waiting.get(taken..end) else {
                next = Some(frame);
                break;
            };
            floats.clear();
            floats.extend(bytes.as_chunks().0.iter().map(|bytes| sample(*bytes)));
            timeline.place(frame.at, &floats);
            taken = end;
        }
        waiting.drain(..taken);
    }
    timeline
}

/// Reads one sample. Floating point files can contain anything.
fn sample(bytes: [u8; 4]) -> f32 {
    let sample = f32::from_le_bytes(bytes);
    if sample.is_finite() { sample.clamp(-LOUDEST, LOUDEST) } else { 0.0 }
}

#[cfg(test)]
mod tests;
