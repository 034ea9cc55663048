//! Analysis of a source for its timeline, and the weights of scores.

use rushes_library::LibraryError;
use rushes_library::model::{Job, JobQuery, ScoreWeightsPatch};
use rushes_media::{ChoiceRequest, ChoiceSource};
use rushes_model::analysis::{Analysis, Bars, Detail, Loudness, Transition};
use rushes_model::choice::{ClipKind, MontageOrder, ScoreParts, ScoreWeights};
use rushes_model::ids::SourceId;
use rushes_model::notice::{Field, Invalid, Notice};
use rushes_model::time::Stretch;
use serde::Serialize;

use crate::error::{StudioError, StudioResult};
use crate::queue::kinds::{Subject, new_job};
use crate::session::ProfileSession;
use crate::session::analyses::FilmSheet;
use crate::tasks::analysis::AnalysePayload;

/// Maximum number of candidates on a timeline.
const CANDIDATES: u32 = 12;
/// Maximum number of waveform columns per request.
const COLUMNS_MAX: u32 = 4000;

/// A shot on a time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub struct ShotMark {
    /// First picture, in microseconds.
    pub start_us: i64,
    /// Beginning of the next shot, or the end of the source, in microseconds.
    pub end_us: i64,
    /// How it begins.
    #[serde(rename = "in")]
    pub opening: Transition,
}

/// A moment that would make a clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
pub struct Candidate {
    /// In point in the source, in microseconds.
    pub start_us: i64,
    /// Out point in the source, in microseconds.
    pub end_us: i64,
    /// How good it is within this source, 0 to 10 000.
    pub score_bp: u32,
    /// Why it is ranked so.
    pub parts: ScoreParts,
}

/// What is known of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
pub struct SourceAnalysis {
    /// How closely its picture was looked at.
    pub detail: Detail,
    /// Length of the picture in microseconds.
    pub duration_us: i64,
    /// Shots in order, without gaps.
    pub shots: Vec<ShotMark>,
    /// Stretches that are black or white and nothing else.
    pub blanks: Vec<Stretch>,
    /// Stretches too bright or too different to begin on, after which the scene continues.
    pub flashes: Vec<Stretch>,
    /// Stretches in which nothing moves.
    pub frozen: Vec<Stretch>,
    /// Stretches of the picture that could not be read.
    pub damage: Vec<Stretch>,
    /// Stretches in which nothing is heard.
    pub silences: Vec<Stretch>,
    /// Stretches in which somebody speaks.
    pub speech: Vec<Stretch>,
    /// Moments at which something begins to sound, in microseconds.
    pub onsets: Vec<i64>,
    /// Stretches in which the recording is clipped.
    pub clipped: Vec<Stretch>,
    /// Loudness of the whole; absent where there is nothing to hear.
    pub loudness: Option<Loudness>,
    /// Whether the source has any sound.
    pub has_sound: bool,
    /// Black bars around the picture; absent where there are none.
    pub bars: Option<Bars>,
    /// Its best moments near the target duration of its project, best first.
    pub candidates: Vec<Candidate>,
    /// Small pictures of the whole.
    pub sheet: Option<FilmSheet>,
    /// Whether a part of it is of an older version or lacks its file. It serves
    /// until the source is analysed again.
    pub outdated: bool,
}

impl SourceAnalysis {
    /// The analysis as sent to the page, with the best moments near a target duration.
    pub fn of(
        analysis: Analysis,
        sheet: Option<FilmSheet>,
        target_duration_us: i64,
        weights: ScoreWeights,
    ) -> Self {
        let candidates = candidates(&analysis, target_duration_us, weights);
        let Analysis { detail, duration_us, shots, blanks, flashes, frozen, bars, sound, damage, windows: _ } =
            analysis;
        let has_sound = sound.is_some();
        let sound = sound.unwrap_or_default();
        Self {
            detail,
            duration_us,
            shots: shots
                .iter()
                .map(|s| ShotMark { start_us: s.start_us, end_us: s.end_us, opening: s.opening })
                .collect(),
            blanks,
            flashes,
            frozen,
            damage,
            silences: sound.silences,
            speech: sound.speech,
            onsets: sound.onsets,
            clipped: sound.clipped,
            loudness: sound.loudness,
            has_sound,
            bars,
            candidates,
            sheet,
            outdated: false,
        }
    }
}

impl ProfileSession {
    /// What is known of a source; nothing where its picture or the sound of its
    /// tracks was not looked at yet. What an older version found serves until it
    /// is looked at again.
    pub async fn get_source_analysis(&self, id: SourceId) -> StudioResult<Option<SourceAnalysis>> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        let Some(kept) = self.kept_analysis(&row.source).await? else { return Ok(None) };
        let target_us =
            self.library().live_project(self.profile_id(), row.source.project_id).await?.target_duration_us;
        let weights = self.get_score_weights().await?;
        let analysis = SourceAnalysis::of(kept.analysis, kept.sheet, target_us, weights);
        Ok(Some(SourceAnalysis { outdated: !kept.is_current, ..analysis }))
    }

    /// Looks at the parts of a source that lack a current analysis, in the
    /// background. Asked for again while it is being looked at, it is the same
    /// job.
    pub async fn analyse_source(&self, id: SourceId) -> StudioResult<Job> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        self.studio().tools().await?;
        let subject = Subject {
            title: row.source.name,
            project_id: Some(row.source.project_id),
            source_id: Some(id),
            ..Subject::default()
        };
        let new = new_job(&AnalysePayload { source_id: id }, subject)?;
        let key = new.exclusive_key.clone();
        match self.queue(new).await {
            Err(error) if matches!(error.notice, Notice::Busy { .. }) => {
                let active = JobQuery { active: true, limit: Some(2_000), ..JobQuery::default() };
                for job in self.list_jobs(&active).await? {
                    let row = self.library().job_row(self.profile_id(), job.id).await?;
                    if row.exclusive_key == key {
                        return Ok(job);
                    }
                }
                Err(error)
            }
            answer => answer,
        }
    }

    /// The outline of a source's sound from `from_us` to `to_us` in `columns`
    /// equal parts: the lowest and highest sample of each, in 127ths of full
    /// scale. Empty if there is none.
    ///
    /// # Errors
    /// `invalid` for an empty stretch, or more than 4,000 columns.
    pub async fn get_source_waveform(
        &self,
        id: SourceId,
        from_us: i64,
        to_us: i64,
        columns: u32,
    ) -> StudioResult<Vec<i8>> {
        let row = self.library().source_row(self.profile_id(), id).await?;
        if !(1..=COLUMNS_MAX).contains(&columns) {
            return Err(StudioError::invalid(Field::Columns, Invalid::Columns { most: COLUMNS_MAX }));
        }
        if from_us < 0 || to_us <= from_us {
            return Err(StudioError::invalid(Field::ToUs, Invalid::EndBeforeStart));
        }
        let waveform = self.kept_waveform(&row.source.content_key());
        Ok(waveform.map(|waveform| waveform.outline(from_us, to_us, columns)).unwrap_or_default())
    }

    /// How much each part counts in the score of a clip.
    pub async fn get_score_weights(&self) -> StudioResult<ScoreWeights> {
        Ok(self.profile().await?.settings.score_weights.unwrap_or_default())
    }

    /// Changes how much each part counts in the scores of later generations;
    /// parts not given keep their current value. `None` resets all to the
    /// defaults.
    ///
    /// # Errors
    /// `invalid` with the field for a weight above 100.
    pub async fn set_score_weights(&self, patch: Option<ScoreWeightsPatch>) -> StudioResult<ScoreWeights> {
        let profile = self
            .library()
            .change_profile_settings(self.profile_id(), |settings| {
                let now = settings.score_weights.unwrap_or_default();
                settings.score_weights = patch.map(|patch| patch.over(now));
                settings.score_weights.map_or(Ok(()), check_weights)
            })
            .await?;
        Ok(profile.settings.score_weights.unwrap_or_default())
    }
}

fn check_weights(weights: ScoreWeights) -> Result<(), LibraryError> {
    let ScoreWeights { motion, sharpness, colour, loudness, speech, novelty, pace } = weights;
    let fields = [
        (Field::Motion, motion),
        (Field::Sharpness, sharpness),
        (Field::Colour, colour),
        (Field::Loudness, loudness),
        (Field::Speech, speech),
        (Field::Novelty, novelty),
        (Field::Pace, pace),
    ];
    match fields.into_iter().find(|(_, weight)| *weight > 100) {
        Some((field, _)) => Err(LibraryError::invalid(field, Invalid::ScoreWeight)),
        None => Ok(()),
    }
}

fn candidates(analysis: &Analysis, target_duration_us: i64, weights: ScoreWeights) -> Vec<Candidate> {
    let request = ChoiceRequest {
        kind: ClipKind::Highlight,
        count: CANDIDATES,
        target_duration_us,
        seed: 0,
        order: MontageOrder::default(),
        weights,
    };
    let choice = rushes_media::choose(&[ChoiceSource { analysis, avoid: Vec::new() }], &request);
    choice
        .clips
        .into_iter()
        .filter_map(|clip| {
            let cut = clip.cuts.first()?;
            let (start_us, end_us) = (cut.in_us, cut.out_us);
            Some(Candidate { start_us, end_us, score_bp: clip.score_bp, parts: clip.parts })
        })
        .collect()
}
