//! Analysing a source: a quick first pass, and the full analysis.

use rushes_library::SourceRow;
use rushes_library::model::{JobClass, JobKind};
use rushes_media::Survey;
use rushes_model::analysis::{Analysis, Detail};
use rushes_model::facts::SourceFacts;
use rushes_model::ids::SourceId;
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject};
use crate::queue::task::{Outcome, Task};

/// Footage that decodes in a few seconds needs no first pass: total pixels of
/// its frames, about 40 s of 1080p at 25 fps.
const SHORT_PIXELS: f64 = 2.0e9;
/// Share of the progress that a first pass takes.
const FIRST_SHARE: f64 = 0.1;

/// Payload of a job that analyses one source.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AnalysePayload {
    pub source_id: SourceId,
}

/// The current knowledge about a source.
pub(super) enum Known {
    /// The full analysis.
    Whole(Box<Analysis>),
    /// The first pass.
    First(Box<Survey>),
}

impl Known {
    pub fn analysis(&self) -> Analysis {
        match self {
            Self::Whole(analysis) => Analysis::clone(analysis),
            Self::First(survey) => survey.analysis(),
        }
    }
}

/// Whether footage is short enough to skip the first pass.
pub(super) fn is_short(facts: &SourceFacts) -> bool {
    let pictures = facts.duration_us as f64 * f64::from(facts.video.frame_rate_milli) / 1e9;
    pictures * f64::from(facts.video.coded_width) * f64::from(facts.video.coded_height) <= SHORT_PIXELS
}

impl Payload for AnalysePayload {
    const KIND: JobKind = JobKind::Analyse;

    fn class(&self) -> JobClass {
        JobClass::Decode
    }

    fn exclusive_key(&self, _subject: &Subject) -> String {
        format!("analyse:{}", self.source_id)
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        look(task, &self).await?;
        Ok(Outcome::PLAIN)
    }
}

async fn look(task: &Task<'_>, asked: &AnalysePayload) -> StudioResult<()> {
    let row = task.session.library().source_row(task.session.profile_id(), asked.source_id).await?;
    match first_look(task, &row, 0.0, FIRST_SHARE).await? {
        Known::Whole(_) => Ok(()),
        Known::First(survey) => whole_look(task, &row, Some(*survey), FIRST_SHARE, 1.0).await.map(|_| ()),
    }
}

/// The stored analysis of a source, or else a first pass over it, or the full
/// analysis if a first pass is not worth it. Progress goes from `from` to `to`.
pub(super) async fn first_look(task: &Task<'_>, row: &SourceRow, from: f64, to: f64) -> StudioResult<Known> {
    let session = task.session;
    let (facts, content) = (&row.source.facts, &row.source.content_key());
    let kept = session.kept_analysis(content).await?;
    if let Some(kept) = kept.filter(|kept| kept.analysis.detail == Detail::Full) {
        task.progress.report("analysing", to, None);
        return Ok(Known::Whole(Box::new(kept.analysis)));
    }
    pieces::require_unchanged(task, row).await?;
    if !is_short(facts) {
        let tools = session.studio().tools().await?;
        let context = task.context("looking", from, to);
        if let Some(survey) = rushes_media::survey(&tools, &row.path, facts, &context).await? {
            pieces::require_unchanged(task, row).await?;
            session.keep_survey(content, &survey).await?;
            session.emit(StudioEvent::AnalysisChanged { source_id: row.source.id });
            return Ok(Known::First(Box::new(survey)));
        }
    }
    Ok(Known::Whole(Box::new(whole_look(task, row, None, from, to).await?)))
}

/// Analyses all of a source. A second request for the same footage waits for
/// the first and uses its result.
pub(super) async fn whole_look(
    task: &Task<'_>,
    row: &SourceRow,
    survey: Option<Survey>,
    from: f64,
    to: f64,
) -> StudioResult<Analysis> {
    let session = task.session;
    let (facts, content) = (&row.source.facts, &row.source.content_key());
    let looking = session.studio().looking(session.profile_id(), content);
    let _looking = task.wait_for(looking.lock()).await?;
    let kept = session.kept_analysis(content).await?;
    if let Some(kept) = kept.filter(|kept| kept.analysis.detail == Detail::Full) {
        return Ok(kept.analysis);
    }
    // Checked before and after, because the result is stored under this fingerprint.
    pieces::require_unchanged(task, row).await?;
    let tools = session.studio().tools().await?;
    let context = task.context("analysing", from, to);
    let made = rushes_media::analyse(&tools, &row.path, facts, survey, &context).await?;
    pieces::require_unchanged(task, row).await?;
    session.keep_analysis(content, &made).await?;
    session.emit(StudioEvent::AnalysisChanged { source_id: row.source.id });
    Ok(made.analysis)
}
