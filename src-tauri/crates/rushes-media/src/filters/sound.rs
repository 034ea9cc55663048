//! The sound tracks of an input as one stereo sound.

use rushes_model::facts::{AudioFacts, Heard};

/// Sound everywhere in the graph.
pub(crate) const SOUND: &str = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo";

/// The tracks of an input as one stereo sound, without a label at its end; none
/// where there is no track. `window` says which part of each, and brings its
/// beginning to 0; `length` gives each the same length; `exact` says whether small
/// deviations of its times count.
///
/// Tracks are mixed as strong as their mean, so that no mix clips.
pub(crate) fn mixed(
    input: usize,
    tracks: &[&AudioFacts],
    window: &str,
    length: &str,
    exact: bool,
) -> Option<String> {
    // `aresample` fills what is missing at the start and in gaps with silence. Small
    // deviations are let be, for most are the rounding of a clock, but not where
    // times are exact (see `SourceFacts::has_exact_sound`).
    let least = if exact { ":min_hard_comp=0.005" } else { "" };
    let heard = |track: &&AudioFacts| {
        let sides = if track.heard == Heard::OneSide { "pan=stereo|c0=c0+c1|c1=c0+c1," } else { "" };
        format!(
            "[{input}:{}]{window},aresample=48000:async=1:first_pts=0{least},{sides}{SOUND},{length}",
            track.stream_index
        )
    };
    if let [track] = tracks {
        return Some(heard(track));
    }
    let count = tracks.len();
    let label = |number: usize| format!("[a{input}t{number}]");
    let parts: String = tracks
        .iter()
        .enumerate()
        .map(|(number, track)| format!("{}{};\n", heard(track), label(number)))
        .collect();
    let labels: String = (0..count).map(label).collect();
    let weights = vec![format!("{:.4}", 1.0 / count.max(1) as f64); count].join(" ");
    (count > 0).then(|| {
        format!("{parts}{labels}amix=inputs={count}:duration=longest:normalize=0:weights={weights},{SOUND}")
    })
}
