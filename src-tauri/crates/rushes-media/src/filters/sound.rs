//! Mixes the sound tracks of an input to one stereo track.

use rushes_model::facts::{AudioFacts, Heard};

/// The audio format used throughout the graph.
pub(crate) const SOUND: &str = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo";

/// The tracks of an input as one stereo stream, without a label at its end; `None` if
/// there is no track. `window` selects a part of each and moves its start to 0;
/// `length` pads or cuts each to the same length; `exact` says whether small timestamp
/// deviations are corrected.
///
/// Tracks are averaged, so that no mix clips.
pub(crate) fn mixed(
    input: usize,
    tracks: &[&AudioFacts],
    window: &str,
    length: &str,
    exact: bool,
) -> Option<String> {
    // `aresample` fills gaps with silence, also at the start. Small deviations are
    // ignored, since most come from rounded timestamps, unless timestamps are exact
    // (see `SourceFacts::has_exact_sound`).
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
