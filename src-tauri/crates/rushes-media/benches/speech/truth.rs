//! Generated sound with known truth: sentences at known places over noise and music,
//! and non-speech sounds.
//!
//! The truth of speech comes from the energy of the clean voices before anything else
//! is mixed in. Pauses under 0.35 s belong to the speech, as in `Sound::speech`.

use std::path::Path;
use std::process::{Command, Stdio};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Sample rate of all generated sound.
pub const RATE: usize = 48_000;
/// Samples in 10 ms, the step of the truth.
pub const STEP: usize = RATE / 100;
/// Pauses shorter than this belong to the speech, in steps.
const PAUSE_STEPS: usize = 35;
/// A step this far below the loudest of its sentence is a pause: 40 dB.
const QUIET: f32 = 1e-4;

/// Voices of espeak-ng; `+` adds a variant.
const VOICES: [&str; 8] = ["en-us", "en-gb+f3", "de", "fr+f2", "es+m3", "en-us+f4", "it+f5", "en-gb+m7"];
/// Voices of ffmpeg's `flite`, if it has that filter.
const FLITE: [&str; 4] = ["slt", "rms", "awb", "kal16"];
/// Prompts recorded by people, if Debian's packages of them are installed.
const RECORDED: &str = "/usr/share/asterisk/sounds";

const SENTENCES: [&str; 10] = [
    "We came up the valley before the sun did, and there was nobody on the road.",
    "Hold it there. A little to the left, and now look at me.",
    "The recipe is simple: two eggs, some flour, and a lot of patience.",
    "No, wait, that is not what I said.",
    "Welcome back everybody, today I want to show you how this camera works in the dark.",
    "She told me that the train would leave at seven, but it never did.",
    "Yes!",
    "Can you hear the river? It is louder than yesterday.",
    "First we take the old lens off, then we clean the mount, and only then the new one goes on.",
    "Thank you all for coming, it means the world to us.",
];

/// Where the voices come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voices {
    /// espeak-ng: formant synthesis.
    Espeak,
    /// ffmpeg's `flite`: recorded pieces of speech, joined.
    Flite,
    /// Recordings of people.
    Recorded,
}

/// What is mixed with the voices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backdrop {
    White,
    Pink,
    Brown,
    Music,
}

impl Backdrop {
    pub const ALL: [Self; 4] = [Self::White, Self::Pink, Self::Brown, Self::Music];
}

/// A sound and its truth.
pub struct Track {
    pub samples: Vec<f32>,
    /// Whether there is speech, for each 10 ms.
    pub speech: Vec<bool>,
}

/// Sentences, each at about the same level.
pub fn sentences(voices: Voices, seed: u64, folder: &Path) -> Vec<Vec<f32>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut said = Vec::new();
    match voices {
        Voices::Espeak => {
            for number in 0..10 {
                let voice = VOICES[number % VOICES.len()];
                let sentence = SENTENCES[random.random_range(0..SENTENCES.len())];
                let speed = random.random_range(120..210u32).to_string();
                let pitch = random.random_range(30..70u32).to_string();
                let wav = folder.join("said.wav");
                let status = Command::new("espeak-ng")
                    .args(["-v", voice, "-s", &speed, "-p", &pitch, "-w"])
                    .arg(&wav)
                    .arg(sentence)
                    .status();
                assert!(
                    status.is_ok_and(|status| status.success()),
                    "espeak-ng is needed: apt-get install espeak-ng"
                );
                said.push(decode(&["-i", &wav.display().to_string()]));
            }
        }
        Voices::Flite => {
            for number in 0..8 {
                let sentence = SENTENCES[random.random_range(0..SENTENCES.len())].replace([',', ':'], "");
                let voice = FLITE[number % FLITE.len()];
                said.push(decode(&["-f", "lavfi", "-i", &format!("flite=text='{sentence}':voice={voice}")]));
            }
        }
        Voices::Recorded => {
            let mut files = Vec::new();
            for folder in std::fs::read_dir(RECORDED).into_iter().flatten().flatten() {
                for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                    let name = file.file_name().to_string_lossy().into_owned();
                    // Long enough to be words; beeps and music have these names.
                    let words =
                        !["tone", "beep", "silence", "dial", "pbx"].iter().any(|no| name.contains(no));
                    if words && name.ends_with(".g722") && file.metadata().is_ok_and(|m| m.len() > 12_000) {
                        files.push(file.path());
                    }
                }
            }
            files.sort();
            for _ in 0..if files.is_empty() { 0 } else { 10 } {
                let file = files[random.random_range(0..files.len())].display().to_string();
                said.push(decode(&["-f", "g722", "-i", &file]));
            }
        }
    }
    said.retain(|sentence| !sentence.is_empty());
    for sentence in &mut said {
        let level = active_level(sentence);
        let wanted = 10f32.powf(random.random_range(-27.0..-19.0f32) / 20.0);
        sentence.iter_mut().for_each(|sample| *sample = (*sample * wanted / level).clamp(-1.0, 1.0));
    }
    said
}

/// Whether ffmpeg has the filter `flite`.
pub fn has_flite() -> bool {
    let filters = Command::new("ffmpeg").args(["-hide_banner", "-filters"]).output();
    filters.is_ok_and(|filters| String::from_utf8_lossy(&filters.stdout).contains(" flite "))
}

/// Whether prompts recorded by people are installed.
pub fn has_recorded() -> bool {
    Path::new(RECORDED).is_dir()
}

/// Sentences with pauses between them, without a backdrop.
pub fn conversation(sentences: &[Vec<f32>], seed: u64) -> Track {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut samples = Vec::new();
    let mut speech: Vec<bool> = Vec::new();
    for sentence in sentences {
        let pause = random.random_range(50..300usize);
        samples.resize(samples.len() + pause * STEP, 0.0);
        speech.resize(speech.len() + pause, false);
        let loudness: Vec<f32> = sentence.chunks(STEP).map(energy).collect();
        let loudest = loudness.iter().copied().fold(0.0, f32::max);
        speech.extend(loudness.iter().map(|&step| step > QUIET * loudest));
        samples.extend(sentence);
        samples.resize(speech.len() * STEP, 0.0);
    }
    samples.resize(samples.len() + 100 * STEP, 0.0);
    speech.resize(speech.len() + 100, false);
    bridge(&mut speech, PAUSE_STEPS);
    Track { samples, speech }
}

/// The conversation over a backdrop, the voices `snr_db` above it.
pub fn over(clean: &Track, backdrop: Backdrop, snr_db: f32, seed: u64) -> Track {
    let voice: f32 = {
        let spoken: Vec<f32> = clean
            .samples
            .chunks(STEP)
            .zip(&clean.speech)
            .filter(|(_, speech)| **speech)
            .map(|(step, _)| energy(step))
            .collect();
        spoken.iter().sum::<f32>() / spoken.len().max(1) as f32
    };
    let mut noise = make(backdrop, clean.samples.len(), seed);
    let gain = (voice / energy(&noise) / 10f32.powf(snr_db / 10.0)).sqrt();
    noise.iter_mut().zip(&clean.samples).for_each(|(noise, voice)| *noise = *noise * gain + voice);
    let loudest = noise.iter().fold(1.0f32, |most, sample| most.max(sample.abs()));
    noise.iter_mut().for_each(|sample| *sample /= loudest);
    Track { samples: noise, speech: clean.speech.clone() }
}

/// The conversation over noise with this peak, in dBFS, or over nothing, and which of
/// it is below -45 dBFS for at least 0.3 s.
pub fn with_floor(clean: &Track, floor_db: Option<f32>, seed: u64) -> (Track, Vec<bool>) {
    let mut samples = clean.samples.clone();
    if let Some(floor_db) = floor_db {
        let floor = 10f32.powf(floor_db / 20.0);
        let noise = make(Backdrop::White, samples.len(), seed);
        samples.iter_mut().zip(noise).for_each(|(sample, noise)| *sample += floor * noise);
    }
    let limit = 10f32.powf(-45.0 / 20.0);
    let mut silent: Vec<bool> =
        samples.chunks(STEP).map(|step| step.iter().all(|sample| sample.abs() < limit)).collect();
    let mut from = 0;
    for run in silent.clone().chunk_by(|a, b| a == b) {
        if run.len() < 30 {
            silent[from..from + run.len()].fill(false);
        }
        from += run.len();
    }
    (Track { samples, speech: clean.speech.clone() }, silent)
}

/// Non-speech sounds by name, each with this many seconds.
pub fn distractors(seconds: usize, seed: u64) -> Vec<(&'static str, Track)> {
    let length = seconds * RATE;
    let mut all = Vec::new();
    let mut add = |name, mut samples: Vec<f32>| {
        let gain = 0.1 / energy(&samples).sqrt();
        samples.iter_mut().for_each(|sample| *sample = (*sample * gain).clamp(-1.0, 1.0));
        let speech = vec![false; samples.len().div_ceil(STEP)];
        all.push((name, Track { samples, speech }));
    };
    for (name, backdrop) in
        [("white noise", Backdrop::White), ("brown noise", Backdrop::Brown), ("music", Backdrop::Music)]
    {
        add(name, make(backdrop, length, seed));
    }
    add("drums", drums(length, seed));
    add("tones", melody(length, seed));
    let seconds_of = |n: usize| n as f32 / RATE as f32;
    add("siren", {
        let mut phase = 0.0f32;
        (0..length)
            .map(|n| {
                let hertz = 800.0 + 400.0 * (seconds_of(n) * 1.5).sin();
                phase = (phase + hertz / RATE as f32).fract();
                (std::f32::consts::TAU * phase).sin()
            })
            .collect()
    });
    add("engine", {
        let rumble = make(Backdrop::Brown, length, seed + 1);
        let saw = |n: usize, hertz: f32| (seconds_of(n) * hertz).fract() - 0.5;
        let mean = energy(&rumble).sqrt();
        (0..length)
            .map(|n| rumble[n] / mean + 1.5 * saw(n, 83.0 + 7.0 * (seconds_of(n) * 0.7).sin()))
            .collect()
    });
    add("waves", {
        let pink = make(Backdrop::Pink, length, seed + 2);
        (0..length).map(|n| pink[n] * (1.1 + (seconds_of(n) * 0.9).sin()).powi(2)).collect()
    });
    all
}

/// Only a backdrop.
pub fn make(backdrop: Backdrop, length: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut white = move || random.random_range(-1.0..1.0f32);
    match backdrop {
        Backdrop::White => (0..length).map(|_| white()).collect(),
        Backdrop::Brown => {
            let mut level = 0.0;
            (0..length)
                .map(|_| {
                    level = level * 0.998 + white() * 0.02;
                    level
                })
                .collect()
        }
        // Paul Kellet's sum of leaky integrators: -3 dB an octave within 0.1 dB.
        Backdrop::Pink => {
            const POLES: [(f32, f32); 6] = [
                (0.998_86, 0.055_517_9),
                (0.993_32, 0.075_075_9),
                (0.969, 0.153_852),
                (0.866_5, 0.310_485_6),
                (0.55, 0.532_952_2),
                (-0.761_6, -0.016_898),
            ];
            let mut state = [0.0f32; 6];
            (0..length)
                .map(|_| {
                    let now = white();
                    for (state, (pole, gain)) in state.iter_mut().zip(POLES) {
                        *state = *state * pole + now * gain;
                    }
                    state.iter().sum::<f32>() + now * 0.536_2
                })
                .collect()
        }
        Backdrop::Music => {
            let (melody, drums) = (melody(length, seed), drums(length, seed + 1));
            melody.iter().zip(&drums).map(|(melody, drums)| melody + 0.7 * drums).collect()
        }
    }
}

/// Chords and a melody of plucked and held tones with overtones.
fn melody(length: usize, seed: u64) -> Vec<f32> {
    const CHORDS: [[f32; 3]; 4] =
        [[220.0, 261.6, 329.6], [174.6, 220.0, 261.6], [196.0, 246.9, 293.7], [164.8, 207.7, 246.9]];
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut sound = vec![0.0f32; length];
    let mut add = |from: usize, seconds: f32, hertz: f32, level: f32, decay: f32| {
        let count = (seconds * RATE as f32) as usize;
        for n in 0..count.min(length.saturating_sub(from)) {
            let t = n as f32 / RATE as f32;
            let swell = (t * 50.0).min(1.0) * ((seconds - t) * 20.0).min(1.0) * (-t * decay).exp();
            let tone: f32 = (1..=5)
                .map(|k| (std::f32::consts::TAU * (hertz * k as f32 * t).fract()).sin() / (k * k) as f32)
                .sum();
            sound[from + n] += level * swell * tone;
        }
    };
    for beat in 0..length / (RATE / 2) + 1 {
        let from = beat * RATE / 2;
        let chord = CHORDS[beat / 4 % CHORDS.len()];
        if beat % 4 == 0 {
            chord.iter().for_each(|&hertz| add(from, 2.0, hertz, 0.25, 0.3));
        }
        let tune = chord[random.random_range(0..3usize)] * if random.random_bool(0.5) { 2.0 } else { 4.0 };
        add(from, 0.45, tune, 0.35, 4.0);
    }
    sound
}

/// Kick, snare and hi-hat at 120 beats per minute.
fn drums(length: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..length)
        .map(|n| {
            let t = n as f32 / RATE as f32;
            let noise = random.random_range(-1.0..1.0f32);
            let (beat, half) = ((t * 2.0).fract() / 2.0, (t * 4.0).fract() / 4.0);
            let kick = (std::f32::consts::TAU * (60.0 * beat + 4.0 * (1.0 - (-beat * 30.0).exp()))).sin();
            let snare = if (t * 2.0) as u32 % 2 == 1 { noise * (-beat * 18.0).exp() } else { 0.0 };
            kick * (-beat * 14.0).exp() + 0.6 * snare + 0.25 * noise * (-half * 60.0).exp()
        })
        .collect()
}

/// Mean square.
pub fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

/// Root mean square of the steps within 30 dB of the loudest.
fn active_level(samples: &[f32]) -> f32 {
    let steps: Vec<f32> = samples.chunks(STEP).map(energy).collect();
    let loudest = steps.iter().copied().fold(0.0, f32::max);
    let active: Vec<f32> = steps.into_iter().filter(|step| *step > loudest * 1e-3).collect();
    (active.iter().sum::<f32>() / active.len().max(1) as f32).sqrt().max(1e-6)
}

/// Fills runs of `false` that are shorter than `most` and lie between two of `true`.
fn bridge(marks: &mut [bool], most: usize) {
    let mut last = None;
    for now in 0..marks.len() {
        if marks[now] {
            if let Some(before) = last.filter(|&before| now - before <= most) {
                marks[before..now].fill(true);
            }
            last = Some(now);
        }
    }
}

/// Decodes an input of ffmpeg to one channel at [`RATE`].
fn decode(input: &[&str]) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error"])
        .args(input)
        .args(["-ac", "1", "-ar", &RATE.to_string(), "-f", "f32le", "pipe:1"])
        .stdin(Stdio::null())
        .output()
        .expect("ffmpeg runs");
    output.stdout.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
