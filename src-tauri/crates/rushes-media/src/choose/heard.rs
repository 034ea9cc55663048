//! Where something is heard: there the sound carries a clip, whatever the picture
//! does. Talk over slides, a podcast with one image and music over a photograph
//! stand still and are worth showing all the same.

use rushes_model::{
    analysis::{Analysis, WINDOW_US},
    time::Stretch,
};

use super::spans::Spans;

/// Nothing is heard below this, in thousandths of LUFS.
pub(super) const SILENT_MLUFS: i32 = -50_000;
/// Nor what is so much below the loudness of the whole, in thousandths of LU: the
/// gate of the loudness range, EBU Tech 3342.
const BELOW_WHOLE_MLU: i32 = 20_000;
/// A pause up to this long belongs to the talk around it, in microseconds: time to
/// breathe, to think, and to read what is on the slide.
const PAUSE_US: i64 = 4_000_000;

/// What is heard of a source, pauses of the talk with it.
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
