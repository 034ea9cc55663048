//! Loudness and silences of a source.

use std::{path::Path, process::Command};

use tokio::io::{AsyncBufReadExt, BufReader};

use super::{Loudness, Stretch, Waveform};
use crate::{
    MediaError,
    facts::SourceFacts,
    probe::file_url,
    run::{self, RunContext},
    toolchain::Toolchain,
};

/// What the ear takes from a source. Times count from the first picture.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// End of each 400 ms block and its loudness in thousandths of LUFS.
    pub momentary: Vec<(i64, i32)>,
    pub sound: super::Sound,
    pub waveform: Waveform,
}

/// EBU R128's absolute gate: what is below is not counted as sound.
const GATE_LUFS: f64 = -70.0;

/// Measures the sound; nothing where there is none.
pub(super) async fn read(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Option<Heard>, MediaError> {
    let Some(audio) = &facts.audio else { return Ok(None) };
    let mut command = run::ffmpeg(tools);
    command.args(["-copyts", "-protocol_whitelist", "file", "-vn", "-sn", "-i"]).arg(file_url(path));
    command.args(["-map", &format!("0:{}", audio.stream_index)]);
    command.args([
        "-af",
        "aformat=sample_rates=48000:channel_layouts=stereo,silencedetect=noise=-45dB:duration=0.3,\
         ebur128=metadata=1:peak=true:framelog=verbose,asettb=AVTB,ametadata=mode=print:file=-",
    ]);
    command.args(["-f", "null", "-"]);
    let mut silences = Silences::default();
    let command = Command::from(command);
    let (_, figures) =
        run::run_reading("analysing the sound", command, ctx, read_figures, |line| silences.hear(line))
            .await?;
    let from_first = |time: i64| (time - facts.start_us).clamp(0, facts.duration_us);
    Ok(Some(Heard {
        momentary: figures
            .momentary
            .into_iter()
            .map(|(time, loudness)| (time - facts.start_us, loudness))
            .collect(),
        sound: super::Sound {
            silences: silences
                .finish(facts.start_us + facts.duration_us)
                .into_iter()
                .map(|(start, end)| Stretch::new(from_first(start), from_first(end)))
                .filter(|silence| silence.length_us() > 0)
                .collect(),
            loudness: figures.loudness,
            ..super::Sound::default()
        },
        waveform: Waveform::default(),
    }))
}

#[derive(Debug, Default)]
struct Figures {
    momentary: Vec<(i64, i32)>,
    loudness: Option<Loudness>,
}

/// Reads what `ametadata` prints: a line `frame:… pts:… pts_time:…`, then one
/// line for each figure.
async fn read_figures(stdout: tokio::process::ChildStdout) -> Figures {
    let mut lines = BufReader::new(stdout).lines();
    let mut momentary = Vec::new();
    let mut time = 0;
    let mut integrated = f64::NEG_INFINITY;
    let mut peak = 0.0f64;
    while let Ok(Some(line)) = lines.next_line().await {
        if line.starts_with("frame:") {
            let pts = line.split_whitespace().find_map(|word| word.strip_prefix("pts:"));
            time = pts.and_then(|pts| pts.parse().ok()).unwrap_or(time);
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let Ok(value) = value.trim().parse::<f64>() else { continue };
        match key {
            "lavfi.r128.M" => momentary.push((time, milli(value.max(-120.0)))),
            "lavfi.r128.I" => integrated = value,
            // Amplitudes; the highest so far of each channel.
            key if key.starts_with("lavfi.r128.true_peaks_ch") => peak = peak.max(value),
            _ => {}
        }
    }
    let loudness = (integrated > GATE_LUFS && peak > 0.0)
        .then(|| Loudness { integrated_mlufs: milli(integrated), true_peak_mdb: milli(20.0 * peak.log10()) });
    Figures { momentary, loudness }
}

fn milli(value: f64) -> i32 {
    (value * 1000.0).round() as i32
}

/// The lines of `silencedetect`, in the file's own clock.
#[derive(Debug, Default)]
struct Silences {
    found: Vec<(i64, i64)>,
    open: Option<i64>,
}

impl Silences {
    fn hear(&mut self, line: &str) {
        let time = |key: &str| {
            let (_, rest) = line.split_once(key)?;
            let seconds: f64 = rest.split_whitespace().next()?.parse().ok()?;
            Some((seconds * 1e6).round() as i64)
        };
        if let Some(start) = time("silence_start: ") {
            self.open = Some(start);
        } else if let (Some(end), Some(start)) = (time("silence_end: "), self.open) {
            self.found.push((start, end));
            self.open = None;
        }
    }

    fn finish(mut self, end: i64) -> Vec<(i64, i64)> {
        self.found.extend(self.open.map(|start| (start, end)));
        self.found
    }
}
