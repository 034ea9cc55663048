//! The sources of one choice, prepared for choosing.

use rushes_model::{
    analysis::{Analysis, WINDOW_US},
    time::Stretch,
};

use super::{
    heard::heard,
    legal::Legal,
    request::ChoiceSource,
    spans::{Cover, Spans},
};

/// If more than this share of all footage is frozen and silent, frozen footage may be
/// chosen. In percent.
const ALL_FROZEN_PERCENT: i64 = 90;

/// A source, and the parts of it that may be chosen.
pub(super) struct Footage<'a> {
    /// Index of the source in the input slice.
    pub index: usize,
    pub analysis: &'a Analysis,
    /// Footage that is not avoided, blank or damaged.
    pub free: Spans,
    pub avoided: Vec<Stretch>,
    pub legal: Legal,
    /// Frozen footage that is neither blank nor audible and must not fill a clip; empty
    /// if there is nothing else.
    pub frozen: Cover,
    pub speech: Cover,
    pub clipped: Cover,
}

impl<'a> Footage<'a> {
    /// All sources that have a picture.
    pub fn all(sources: &[ChoiceSource<'a>]) -> Vec<Self> {
        let usable = sources.iter().enumerate().filter(|(_, source)| source.analysis.duration_us > 0);
        let mut all: Vec<Self> = usable.map(|(index, source)| Self::new(index, source)).collect();
        let whole: i64 = all.iter().map(|footage| footage.analysis.duration_us).sum();
        let frozen: i64 = all.iter().map(|footage| footage.frozen.upto(i64::MAX)).sum();
        if frozen > whole / 100 * ALL_FROZEN_PERCENT {
            for footage in &mut all {
                footage.frozen = Cover::default();
            }
        }
        all
    }

    fn new(index: usize, source: &ChoiceSource<'a>) -> Self {
        let analysis = source.analysis;
        let duration_us = analysis.duration_us;
        let pair = |stretch: &Stretch| (stretch.start_us, stretch.end_us);
        let blank = || analysis.blanks.iter().chain(&analysis.damage).map(pair);
        let free = Spans::without(duration_us, source.avoid.iter().map(pair).chain(blank()));
        let sound = analysis.sound.as_ref();
        let silent = Spans::without(duration_us, heard(analysis).iter().chain(blank()));
        let frozen = analysis.frozen.iter().flat_map(|s| silent.within(s.start_us, s.end_us));
        let frozen: Vec<Stretch> = frozen.map(|(start, end)| Stretch::new(start, end)).collect();
        Self {
            index,
            analysis,
            avoided: source.avoid.clone(),
            legal: Legal::strict(analysis),
            frozen: Cover::new(&frozen),
            speech: sound.map_or_else(Cover::default, |sound| Cover::new(&sound.speech)),
            clipped: sound.map_or_else(Cover::default, |sound| Cover::new(&sound.clipped)),
            free,
        }
    }

    /// Whether more than a third of a stretch is frozen.
    pub fn is_frozen(&self, start: i64, end: i64) -> bool {
        self.frozen.between(start, end) * 3 > end - start
    }

    /// Speech stretches longer than `longest_us`.
    pub fn monologues(&self, longest_us: i64) -> Vec<Stretch> {
        let speech = self.analysis.sound.iter().flat_map(|sound| &sound.speech);
        speech.copied().filter(|stretch| stretch.length_us() > longest_us).collect()
    }

    /// Index of the shot at `at`.
    pub fn shot(&self, at: i64) -> usize {
        self.analysis.shots.partition_point(|shot| shot.end_us <= at)
    }

    /// Number of shots that begin between `start` and `end`.
    pub fn cuts_inside(&self, start: i64, end: i64) -> usize {
        let shots = &self.analysis.shots;
        let upto = shots.partition_point(|shot| shot.start_us < end);
        upto - shots.partition_point(|shot| shot.start_us <= start).min(upto)
    }

    /// Hash of the picture at `at`.
    pub fn hash(&self, at: i64) -> u64 {
        let windows = &self.analysis.windows;
        let window = windows.get((at / WINDOW_US) as usize).or(windows.last());
        window.map_or_else(|| self.analysis.shots.get(self.shot(at)).map_or(0, |shot| shot.hash), |w| w.hash)
    }
}
