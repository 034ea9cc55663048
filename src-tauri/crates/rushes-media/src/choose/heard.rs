//! Audible stretches, where the sound carries a clip whatever the picture does. Talks
//! over slides, podcasts with a single image and music over a photograph are frozen and
//! still worth showing.

use rushes_model::{
    analysis::{Analysis, WINDOW_US},
    time::Stretch,
};

use super::spans::Spans;

/// Anything below this is silence, in thousandths of LUFS.
pub(super) const SILENT_MLUFS: i32 = -50_000;
/// Anything this far below the integrated loudness is silence too, in thousandths of
/// LU: the gate of the loudness range, EBU Tech 3342.
const BELOW_WHOLE_MLU: i32 = 20_000;
/// A pause up to this long belongs to the talk around it, in microseconds: time to
/// breathe, to think, and to read the slide.
const PAUSE_US: i64 = 4_000_000;

/// The audible stretches of a source, including pauses in talk.
pub(super) fn heard(analysis: &Analysis) -> Spans {
    let Some(sound) = &analysis.sound else { return Spans::default() };
    let whole = sound.loudness.map_or(i32::MIN, |loudness| loudness.integrated_mlufs - BELOW_WHOLE_MLU);
    let gate = whole.max(SILENT_MLUFS);
    let loud = analysis.windows.iter().filter(|window| window.loudness_mlufs.is_some_and(|l| l > gate));
    let loud = loud.map(|window| (window.start_us, window.start_us + WINDOW_US));
    let spoken = sound.speech.iter().map(|speech| (speech.start_us, speech.end_us));
    let pauses = sound.speech.windows(2).map(|pair| Stretch::new(pair[0].end_us, pair[1].start_us));
    let pauses = pauses.filter(|pause| pause.length_us() <= PAUSE_US).map(|p| (p.start_us, p.end_us));
    let silent = Spans::without(analysis.duration_us, loud.chain(spoken).chain(pauses));
    Spans::without(analysis.duration_us, silent.iter())
}
