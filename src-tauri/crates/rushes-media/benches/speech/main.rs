//! Accuracy of speech and silence detection on generated sound with known truth. Run by
//! `make bench`; espeak-ng must be installed.
//!
//! Results are counted in frames of 10 ms. The thresholds were tuned with other seeds
//! (1 and 2).

#[allow(dead_code, reason = "the generator is used for tuning as well")]
mod truth;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rushes_media::{RunContext, Toolchain, analyse_sound, probe};
use rushes_model::time::Stretch;
use truth::{Backdrop, RATE, STEP, Track, Voices};

/// Not the ones the thresholds were tuned with.
const SEEDS: [u64; 1] = [11];
/// Level of the voices above the backdrop, in decibels.
const RATIOS_DB: [f32; 5] = [30.0, 20.0, 10.0, 5.0, 0.0];
/// Length of each non-speech sound in seconds.
const DISTRACTOR_S: usize = 30;
/// Design target: F1 of speech from 10 dB on.
const AIM: f64 = 0.95;
/// Boundaries further apart than this, in frames, belong to different stretches.
const MATCH_FRAMES: usize = 50;

/// True positive, false positive and missed frames, and the distances between matching
/// boundaries.
#[derive(Default)]
struct Score {
    hits: usize,
    false_alarms: usize,
    misses: usize,
    apart: Vec<usize>,
}

impl Score {
    fn add(&mut self, found: &[Stretch], truth: &[bool]) {
        let found = frames(found, truth.len());
        for (found, truth) in found.iter().zip(truth) {
            match (found, truth) {
                (true, true) => self.hits += 1,
                (true, false) => self.false_alarms += 1,
                (false, true) => self.misses += 1,
                (false, false) => {}
            }
        }
        let edges = |marks: &[bool], rising: bool| -> Vec<usize> {
            (1..marks.len()).filter(|&n| marks[n] != marks[n - 1] && marks[n] == rising).collect()
        };
        for rising in [true, false] {
            let found = edges(&found, rising);
            self.apart.extend(edges(truth, rising).into_iter().filter_map(|edge| {
                found.iter().map(|found| found.abs_diff(edge)).min().filter(|apart| *apart <= MATCH_FRAMES)
            }));
        }
    }

    fn f1(&self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.false_alarms + self.misses).max(1) as f64
    }

    fn row(&mut self, name: &str) -> String {
        let part = |of: usize| self.hits as f64 / (self.hits + of).max(1) as f64;
        self.apart.sort_unstable();
        let median = self.apart.get(self.apart.len() / 2).map_or(0, |frames| frames * 10);
        format!(
            "  {name:<22} {:>9.3} {:>7.3} {:>7.3} {median:>8} ms",
            part(self.false_alarms),
            part(self.misses),
            self.f1()
        )
    }
}

#[tokio::main]
async fn main() {
    let tools = Toolchain::discover(None).await.expect("ffmpeg");
    let folder = tempfile::tempdir().expect("a temp folder");
    let mut bench =
        Bench { tools, folder: folder.path().into(), spent: Duration::ZERO, heard: Duration::ZERO };

    let mut clean = Vec::new();
    let mut kinds = vec![Voices::Espeak];
    kinds.extend(truth::has_flite().then_some(Voices::Flite));
    kinds.extend(truth::has_recorded().then_some(Voices::Recorded));
    for seed in SEEDS {
        for voices in &kinds {
            let sentences = truth::sentences(*voices, seed, folder.path());
            clean.push((*voices, seed, truth::conversation(&sentences, seed)));
        }
    }
    println!("Speech, voices of {kinds:?}; 10 ms frames");
    println!(
        "  {:<22} {:>9} {:>7} {:>7} {:>11}",
        "voices over backdrop", "precision", "recall", "F1", "boundary"
    );
    let mut met = true;
    for ratio in RATIOS_DB {
        let mut all = Score::default();
        let mut each: Vec<Score> = Backdrop::ALL.iter().map(|_| Score::default()).collect();
        for (_, seed, clean) in &clean {
            for (score, (number, backdrop)) in each.iter_mut().zip(Backdrop::ALL.into_iter().enumerate()) {
                let track = truth::over(clean, backdrop, ratio, seed * 10 + number as u64);
                let found = bench.listen(&track).await.speech;
                score.add(&found, &track.speech);
                all.add(&found, &track.speech);
            }
        }
        println!("{}", all.row(&format!("{ratio:>2} dB, all")));
        for (score, backdrop) in each.iter_mut().zip(Backdrop::ALL) {
            println!("{}", score.row(&format!("       {backdrop:?}")));
        }
        met &= ratio < 10.0 || all.f1() >= AIM;
    }
    println!("  F1 from 10 dB on, aim {AIM:.2}: {}", if met { "met" } else { "missed" });

    println!("\nTaken for speech where nobody speaks");
    for (name, track) in truth::distractors(DISTRACTOR_S, SEEDS[0]) {
        let found = bench.listen(&track).await.speech;
        let share = frames(&found, track.speech.len()).iter().filter(|found| **found).count() as f64
            / track.speech.len() as f64;
        println!("  {name:<22} {:>8.1} %", share * 100.0);
    }

    println!("\nSilences of 0.3 s and more");
    println!(
        "  {:<22} {:>9} {:>7} {:>7} {:>11}",
        "between sentences", "precision", "recall", "F1", "boundary"
    );
    for (name, floor_db) in
        [("digital silence", None), ("noise at -70 dBFS", Some(-70.0)), ("at -55 dBFS", Some(-55.0f32))]
    {
        let mut score = Score::default();
        for (_, seed, clean) in &clean {
            let (track, silent) = truth::with_floor(clean, floor_db, *seed);
            score.add(&bench.listen(&track).await.silences, &silent);
        }
        println!("{}", score.row(name));
    }

    let share = bench.spent.as_secs_f64() / bench.heard.as_secs_f64();
    println!(
        "\n{:.0} s of sound in {:.1} s, decoding included: {:.2} % of its length",
        bench.heard.as_secs_f64(),
        bench.spent.as_secs_f64(),
        share * 100.0
    );
}

struct Bench {
    tools: Toolchain,
    folder: std::path::PathBuf,
    spent: Duration,
    heard: Duration,
}

impl Bench {
    async fn listen(&mut self, track: &Track) -> rushes_model::analysis::Sound {
        let film = self.folder.join("film.mkv");
        mux(track, &film);
        let facts = probe(&self.tools, &film).await.expect("the film is probed");
        let start = Instant::now();
        let heard = analyse_sound(&self.tools, &film, &facts, &RunContext::quiet()).await;
        self.spent += start.elapsed();
        self.heard += Duration::from_secs_f64(track.samples.len() as f64 / RATE as f64);
        heard.expect("the film is heard").part.sound.expect("it has sound")
    }
}

/// Combines the sound with a tiny black picture.
fn mux(track: &Track, film: &Path) {
    let raw = film.with_extension("f32");
    let bytes: Vec<u8> = track.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::fs::write(&raw, bytes).expect("the sound is written");
    let seconds = track.samples.len() as f64 / RATE as f64;
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &format!("color=s=32x32:r=10:d={seconds}")])
        .args(["-f", "f32le", "-ar", &RATE.to_string(), "-ac", "1", "-i"])
        .arg(&raw)
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"])
        .arg(film)
        .status()
        .expect("ffmpeg runs");
    assert!(done.success());
}

fn frames(stretches: &[Stretch], count: usize) -> Vec<bool> {
    let step_us = (STEP * 1_000_000 / RATE) as i64;
    let mut marks = vec![false; count];
    for stretch in stretches {
        let from = usize::try_from((stretch.start_us + step_us / 2) / step_us).unwrap_or(0).min(count);
        let to = usize::try_from((stretch.end_us + step_us / 2) / step_us).unwrap_or(0).min(count);
        marks[from..to].fill(true);
    }
    marks
}
