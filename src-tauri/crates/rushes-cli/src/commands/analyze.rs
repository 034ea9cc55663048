//! Analysis of a single file, without a library.

use std::path::Path;

use rushes_model::choice::ScoreWeights;
use rushes_model::notice::Field;
use rushes_model::time::Stretch;
use rushes_studio::media::{Toolchain, analyse, probe};
use rushes_studio::{Candidate, ShotMark, SourceAnalysis, StudioResult, limits};
use serde::Serialize;

use super::answers::micros;
use crate::args::{Analyze, Global};
use crate::output::{Output, length, table, word};
use crate::progress::with_bar;

/// The result. Times are microseconds from the first frame.
#[derive(Serialize)]
pub struct Report {
    duration_us: i64,
    shots: Vec<ShotMark>,
    silences: Vec<Stretch>,
    speech: Vec<Stretch>,
    loudness: Option<Loudness>,
    candidates: Vec<Candidate>,
    blanks: Vec<Stretch>,
    flashes: Vec<Stretch>,
    frozen: Vec<Stretch>,
    clipped: Vec<Stretch>,
    onsets: Vec<i64>,
    /// Stretches that could not be read.
    damage: Vec<Stretch>,
}

#[derive(Serialize)]
pub struct Loudness {
    integrated_lufs: f64,
    true_peak_db: f64,
}

impl From<&SourceAnalysis> for Report {
    fn from(analysis: &SourceAnalysis) -> Self {
        let analysis = analysis.clone();
        Self {
            duration_us: analysis.duration_us,
            shots: analysis.shots,
            silences: analysis.silences,
            speech: analysis.speech,
            loudness: analysis.loudness.map(|loudness| Loudness {
                integrated_lufs: f64::from(loudness.integrated_mlufs) / 1000.0,
                true_peak_db: f64::from(loudness.true_peak_mdb) / 1000.0,
            }),
            candidates: analysis.candidates,
            blanks: analysis.blanks,
            flashes: analysis.flashes,
            frozen: analysis.frozen,
            clipped: analysis.clipped,
            onsets: analysis.onsets,
            damage: analysis.damage,
        }
    }
}

pub async fn run(asked: &Analyze, global: &Global, output: &Output) -> StudioResult<bool> {
    let target_us = micros(Field::TargetDurationUs, asked.target_duration)?;
    let target_us = limits::target_duration(Field::TargetDurationUs, target_us)?;
    let analysis = look(&asked.file, target_us, global).await?;
    output.show(&Report::from(&analysis), words);
    Ok(true)
}

async fn look(file: &Path, target_us: i64, global: &Global) -> StudioResult<SourceAnalysis> {
    let tools = Toolchain::discover(global.ffmpeg.as_deref()).await?;
    let facts = probe(&tools, file).await?;
    let made = with_bar(async |context| analyse(&tools, file, &facts, &context).await).await;
    Ok(SourceAnalysis::of(made?.analysis, None, target_us, ScoreWeights::default()))
}

pub fn words(report: &Report) -> String {
    let spoken: i64 = report.speech.iter().map(|stretch| stretch.length_us()).sum();
    let sound = report.loudness.as_ref().map_or("no sound to speak of".to_owned(), |loudness| {
        format!(
            "{:.1} LUFS, {:.1} dBTP, {} % speech",
            loudness.integrated_lufs,
            loudness.true_peak_db,
            spoken * 100 / report.duration_us.max(1)
        )
    });
    let mut text = format!("{}, {} shots, {sound}\n\n", length(report.duration_us), report.shots.len());
    text += &table(report.shots.iter().map(|shot| {
        let opening = &shot.opening;
        let long = if opening.length_us > 0 { length(opening.length_us) } else { String::new() };
        vec![length(shot.start_us), length(shot.end_us), word(opening.kind), long]
    }));
    text += "\nCandidates, best first\n";
    text += &table(report.candidates.iter().map(|candidate| {
        vec![length(candidate.start_us), length(candidate.end_us), format!("{} %", candidate.score_bp / 100)]
    }));
    for stretch in &report.damage {
        text += &format!("Could not be read: {} to {}\n", length(stretch.start_us), length(stretch.end_us));
    }
    text
}
