//! Checks the sound tracks of a source when it is added: which of them are audible, and
//! whether only on one side. Cameras and recorders often leave the first track, or one
//! channel, without a microphone.

use std::process::Command;

use rushes_model::facts::{AudioFacts, Heard};
use rushes_model::notice::Activity;
use tokio::io::AsyncReadExt;

use super::{ffprobe::Ffprobe, file::PATIENCE};
use crate::{
    error::MediaError,
    ffmpeg::{
        args::{file_url, seconds},
        run::{self, RunContext, Stdout},
    },
};

const WHAT: Activity = Activity::Listening;
/// Stretches that are sampled first, and their length in microseconds.
const STRETCHES: i64 = 4;
const STRETCH_US: i64 = 2_000_000;
/// Sources up to this length are checked as a whole.
const SHORT_US: i64 = 20_000_000;
/// Samples a second. A lower rate would miss a channel that has only high tones.
const RATE: usize = 48_000;
/// Samples per channel in one level measurement: a tenth of a second.
const BLOCK: usize = RATE / 10;
/// Energy of a sample below which it is silence: -60 dBFS.
const SILENCE: f64 = 1e-6;
/// A channel weaker than the strongest by this much, 40 dB, is crosstalk.
const LEAK: f64 = 1e-4;

/// Records what is audible on each track, and which one is used: the file's default
/// track if that is audible, otherwise the first audible one.
pub(super) async fn listen(
    file: Ffprobe<'_>,
    tracks: &mut [AudioFacts],
    duration_us: i64,
) -> Result<(), MediaError> {
    if tracks.is_empty() {
        return Ok(());
    }
    let whole = duration_us <= SHORT_US;
    let mut levels = levels(file, tracks, duration_us, whole).await?;
    let strongest = |levels: &[Vec<f64>]| levels.iter().flatten().copied().fold(0.0, f64::max);
    // A voice that rarely speaks may fall between the stretches.
    if !whole && strongest(&levels) < SILENCE {
        levels = self::levels(file, tracks, duration_us, true).await?;
    }
    let strongest = strongest(&levels);
    for (track, levels) in tracks.iter_mut().zip(&levels) {
        track.heard = heard(levels, strongest);
    }
    let named = tracks.iter().position(|track| track.is_default);
    let is_heard = |track: &AudioFacts| track.heard != Heard::Silence;
    let used = named
        .filter(|index| is_heard(&tracks[*index]))
        .or_else(|| tracks.iter().position(is_heard))
        .or(named)
        .unwrap_or(0);
    for (index, track) in tracks.iter_mut().enumerate() {
        track.used = index == used;
    }
    Ok(())
}

/// What is audible on a track, given the peak level of each channel.
fn heard(channels: &[f64], strongest: f64) -> Heard {
    let loudest = channels.iter().copied().fold(0.0, f64::max);
    if loudest < SILENCE.max(strongest * LEAK) {
        return Heard::Silence;
    }
    match channels {
        [left, right] if left.min(*right) < SILENCE.max(loudest * LEAK) => Heard::OneSide,
        _ => Heard::Sound,
    }
}

/// The mean energy of the loudest block of each channel of each track.
async fn levels(
    file: Ffprobe<'_>,
    tracks: &[AudioFacts],
    duration_us: i64,
    whole: bool,
) -> Result<Vec<Vec<f64>>, MediaError> {
    let ctx = RunContext { patience: PATIENCE, ..file.ctx.clone() };
    let mut levels = Vec::with_capacity(tracks.len());
    for track in tracks {
        let channels = track.channels.max(1) as usize;
        let mut command = run::ffmpeg(file.tools);
        command.args(["-max_error_rate", "1"]);
        let stretches = if whole { 1 } else { STRETCHES };
        let mut graph = String::new();
        for stretch in 0..stretches {
            command.args(file.opening()).arg("-vn");
            if !whole {
                let from_us = duration_us * (2 * stretch + 1) / (2 * STRETCHES);
                command.args(["-ss", &seconds(from_us), "-t", &seconds(STRETCH_US)]);
            }
            command.arg("-i").arg(file_url(file.path));
            graph.push_str(&format!(
                "[{stretch}:{}]asetpts=N/SR/TB,aresample={RATE}[s{stretch}];",
                track.stream_index
            ));
        }
        let inputs: String = (0..stretches).map(|stretch| format!("[s{stretch}]")).collect();
        graph.push_str(&format!("{inputs}concat=n={stretches}:v=0:a=1,aformat=sample_fmts=flt[a]"));
        command.filter_complex(graph).args(["-map", "[a]", "-ac", &channels.to_string()]);
        command.args(["-f", "f32le", "pipe:1"]);
        let reader = |stdout| loudest(stdout, channels);
        let ran = run::run_reading(file.tools, WHAT, Command::from(command), &ctx, reader, |_| {}).await;
        match ran {
            Ok((_, loudest)) => levels.push(loudest),
            // The track may be damaged here and intact elsewhere, so it counts as
            // audible.
            Err(error) if error.is_of_the_source() || matches!(error, MediaError::Stalled { .. }) => {
                levels.push(vec![1.0; channels]);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(levels)
}

/// The mean energy of the loudest block of each channel.
async fn loudest(mut stdout: Stdout, channels: usize) -> Vec<f64> {
    let mut loudest = vec![0.0f64; channels];
    let mut block = vec![0u8; BLOCK * channels * size_of::<f32>()];
    loop {
        let mut filled = 0;
        // A broken pipe ends the sound; the exit status explains why.
        while let Ok(read @ 1..) = stdout.read(&mut block[filled..]).await {
            filled += read;
        }
        let mut sums = vec![0.0f64; channels];
        let mut frames = 0;
        for frame in block[..filled].chunks_exact(channels * size_of::<f32>()) {
            for (sum, bytes) in sums.iter_mut().zip(frame.as_chunks().0) {
                let sample = f64::from(f32::from_le_bytes(*bytes));
                *sum += if sample.is_finite() { sample * sample } else { 0.0 };
            }
            frames += 1;
        }
        if frames == 0 {
            return loudest;
        }
        for (loudest, sum) in loudest.iter_mut().zip(sums) {
            *loudest = loudest.max(sum / f64::from(frames));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_that_only_leaks_over_is_none() {
        assert_eq!(heard(&[0.01, 1e-7], 0.01), Heard::OneSide);
        assert_eq!(heard(&[0.01, 1e-3], 0.01), Heard::Sound);
        assert_eq!(heard(&[1e-7, 1e-8], 1e-7), Heard::Silence);
        // The hiss of an input without a microphone, next to a voice.
        assert_eq!(heard(&[2e-6], 0.1), Heard::Silence);
        assert_eq!(heard(&[0.0, 0.0, 0.01, 0.0, 0.0, 0.0], 0.01), Heard::Sound);
    }
}
