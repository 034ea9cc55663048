//! Rules of choosing, checked on made-up analyses.

use super::*;
use rushes_model::{
    choice::{MontageOrder, ScoreWeights},
    time::Stretch,
};

mod highlight;
mod laws;
mod made;
mod montage;
mod settle;
mod sound;
mod twins;

const SECOND: i64 = 1_000_000;

fn request(kind: ClipKind, count: u32, target_s: i64) -> ChoiceRequest {
    ChoiceRequest {
        kind,
        count,
        target_duration_us: target_s * SECOND,
        seed: 7,
        order: MontageOrder::Chronological,
        weights: ScoreWeights::default(),
    }
}

fn ask(analysis: &Analysis, avoid: &[Stretch], request: ChoiceRequest) -> Choice {
    choose(&[ChoiceSource { analysis, avoid: avoid.to_vec() }], &request)
}

fn length(clip: &ProposedClip) -> i64 {
    clip.cuts.iter().map(|cut| cut.out_us - cut.in_us).sum()
}

/// Whether an edge follows the rules, by a slow independent check; speech longer than
/// `longest` may be cut.
fn is_legal(analysis: &Analysis, at: i64, out: bool, longest: i64) -> bool {
    let within = |stretch: &Stretch| {
        if out {
            at > stretch.start_us && at <= stretch.end_us
        } else {
            at >= stretch.start_us && at < stretch.end_us
        }
    };
    let spoken = analysis.sound.iter().flat_map(|sound| &sound.speech);
    let mid_word = |s: &Stretch| s.start_us < at && at < s.end_us && s.length_us() <= longest;
    let flashed = |f: &Stretch| at > f.start_us - 40_000 && at < f.end_us + 40_000;
    (0..=analysis.duration_us).contains(&at)
        && !spoken.clone().any(mid_word)
        && !analysis.flashes.iter().any(flashed)
        && !analysis.blanks.iter().any(within)
        && !analysis.shots.iter().any(|shot| within(&Stretch::new(shot.start_us, shot.clear_us())))
}
