//! Normalises the sound of a final to a loudness (EBU R128), in two passes.
//!
//! The first pass only measures the sound of the edit. The second, which is the encode,
//! applies one constant gain, so that the mix stays as it is. Measuring uses ffmpeg's
//! `ebur128`. `loudnorm` would do both, but it takes several times as long to measure,
//! and it silently leaves its linear mode and compresses if peaks would exceed the
//! ceiling or the loudness range was measured as 0. If the gain would lift peaks above
//! the ceiling, a limiter (at four times the rate, so that it sees true peaks) holds
//! them; the loudness it takes away is measured and added back until the target is
//! near.

use std::path::Path;

use rushes_model::{analysis::Loudness, facts::SourceFacts, notice::Activity, spec::LoudnessTarget};

use super::join::Footage;
use crate::{
    edit::Rate,
    error::MediaError,
    ffmpeg::{
        input::add_source,
        log::Reporter,
        run::{self, RunContext},
        stderr::Words,
        toolchain::Toolchain,
    },
};

/// Sound below this is room tone or nothing: gain would only amplify noise. Thousandths
/// of LUFS.
const NEAR_SILENCE_MLUFS: i32 = -55_000;
/// Headroom below the ceiling for what the encoder adds to true peaks. Thousandths of a
/// decibel.
const CODEC_ROOM_MDB: i32 = 500;
/// Most gain that is added back to a limited sound, in thousandths of a decibel: beyond
/// it, the limiter becomes audible.
const GIVE_BACK_MDB: i32 = 12_000;
/// Near enough to the target, in thousandths of a loudness unit.
const NEAR_MLU: i32 = 500;
/// Most rounds of adding gain back.
const ROUNDS: i64 = 5;

/// The measuring filter and its options; it reports its figures at the end, to a tenth.
const MEASURE: &str = "ebur128";
const OPTIONS: &str = "peak=true:framelog=verbose";
/// Its value for a sound that is entirely below the gate of EBU R128.
const GATE_MLUFS: i32 = -70_000;

/// How the sound of an edit is brought to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gain {
    gain_mdb: i32,
    /// Ceiling of the limiter in thousandths of dBTP, if one is needed.
    limit_mdb: Option<i32>,
}

impl Gain {
    fn filter(self) -> String {
        let volume = format!("volume={:.3}dB", f64::from(self.gain_mdb) / 1000.0);
        match self.limit_mdb {
            None => volume,
            Some(limit) => format!(
                "{volume},aresample=192000,\
                 alimiter=limit={:.6}:attack=5:release=50:level=false,aresample=48000",
                10f64.powf(f64::from(limit) / 20_000.0)
            ),
        }
    }

    /// The first plan for a measured sound; `None` for near silence.
    fn plan(measured: Loudness, target: LoudnessTarget) -> Option<Self> {
        if measured.integrated_mlufs < NEAR_SILENCE_MLUFS {
            return None;
        }
        let gain_mdb = target.integrated_mlufs - measured.integrated_mlufs;
        let peak_mdb = measured.true_peak_mdb + gain_mdb;
        let limit = target.true_peak_mdb.min(0) - CODEC_ROOM_MDB;
        Some(Self { gain_mdb, limit_mdb: (peak_mdb > limit).then_some(limit) })
    }
}

/// Measures the sound of an edit and returns the filter that brings it to the target;
/// `None` if it is near silence and must be left alone.
pub(crate) async fn normalise(
    tools: &Toolchain,
    footage: &Footage,
    rate: Rate,
    target: LoudnessTarget,
    total_us: i64,
    ctx: &RunContext,
) -> Result<Option<String>, MediaError> {
    let first = ctx.stage(0, 400, total_us);
    let Some(measured) = measure_edit(tools, footage, rate, None, total_us, &first).await? else {
        return Ok(None);
    };
    let Some(mut gain) = Gain::plan(measured, target) else {
        return Ok(None);
    };
    // The loudness that a limiter takes away is added back and limited again, so that
    // each round comes closer.
    let most = gain.gain_mdb + GIVE_BACK_MDB;
    for round in 0..ROUNDS {
        if gain.limit_mdb.is_none() {
            break;
        }
        let stage = ctx.stage(400 + 600 * round / ROUNDS, 400 + 600 * (round + 1) / ROUNDS, total_us);
        let filter = gain.filter();
        let limited = measure_edit(tools, footage, rate, Some(&filter), total_us, &stage).await?;
        let Some(limited) = limited else { break };
        let lost = target.integrated_mlufs - limited.integrated_mlufs;
        if lost <= NEAR_MLU || gain.gain_mdb == most {
            break;
        }
        gain.gain_mdb = (gain.gain_mdb + lost).min(most);
    }
    Ok(Some(gain.filter()))
}

async fn measure_edit(
    tools: &Toolchain,
    footage: &Footage,
    rate: Rate,
    filter: Option<&str>,
    total_us: i64,
    ctx: &RunContext,
) -> Result<Option<Loudness>, MediaError> {
    let ebur128 = Reporter::of(MEASURE);
    let measure = format!("{}={OPTIONS}", ebur128.filter());
    let filter = filter.map_or_else(|| measure.clone(), |first| format!("{first},{measure}"));
    let mut command = run::ffmpeg(tools);
    footage.add_inputs(&mut command);
    command.filter_complex(footage.sound_only(rate, &filter));
    command.args(["-map", "[a]", "-f", "null", "-"]);
    let words = run::run(tools, Activity::MeasuringSound, command, total_us, ctx).await?;
    Ok(figures(&words, &ebur128))
}

/// Measures the first sound track of a file; `None` if it has no measurable loudness.
pub(crate) async fn measure_file(
    tools: &Toolchain,
    path: &Path,
    facts: &SourceFacts,
    ctx: &RunContext,
) -> Result<Option<Loudness>, MediaError> {
    let mut command = run::ffmpeg(tools);
    command.arg("-vn");
    add_source(&mut command, path, facts);
    let ebur128 = Reporter::of(MEASURE);
    let measure = format!("{}={OPTIONS}", ebur128.filter());
    command.args(["-map", "0:a:0", "-af", &measure, "-f", "null", "-"]);
    let words = run::run(tools, Activity::MeasuringSound, command, 0, ctx).await?;
    Ok(figures(&words, &ebur128))
}

/// The figures of the summary; `None` if nothing passes the gate, or all of it is
/// digital silence.
fn figures(words: &Words, ebur128: &Reporter) -> Option<Loudness> {
    // The summary continues on lines without a prefix.
    let lines: Vec<&str> = words.lines().collect();
    let summary = lines.iter().rposition(|line| ebur128.message(line) == Some("Summary:"))?;
    let told = |name: &str, unit: &str| {
        let line = lines[summary..].iter().find(|line| line.trim_start().starts_with(name))?;
        let value: f64 =
            line.trim_start().strip_prefix(name)?.trim().strip_suffix(unit)?.trim().parse().ok()?;
        value.is_finite().then(|| (value * 1000.0).round() as i32)
    };
    let integrated_mlufs = told("I:", "LUFS").filter(|value| *value > GATE_MLUFS)?;
    Some(Loudness { integrated_mlufs, true_peak_mdb: told("Peak:", "dBFS")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: LoudnessTarget = LoudnessTarget { integrated_mlufs: -14_000, true_peak_mdb: -1000 };

    #[test]
    fn room_tone_is_left_alone() {
        let tone = Loudness { integrated_mlufs: -62_000, true_peak_mdb: -40_000 };
        assert_eq!(Gain::plan(tone, TARGET), None);
    }

    #[test]
    fn a_limiter_comes_in_only_where_peaks_would_pass_the_ceiling() {
        let gentle = Loudness { integrated_mlufs: -20_000, true_peak_mdb: -9000 };
        let peaky = Loudness { integrated_mlufs: -20_000, true_peak_mdb: -2000 };
        assert_eq!(Gain::plan(gentle, TARGET), Some(Gain { gain_mdb: 6000, limit_mdb: None }));
        assert_eq!(Gain::plan(peaky, TARGET), Some(Gain { gain_mdb: 6000, limit_mdb: Some(-1500) }));
    }
}
