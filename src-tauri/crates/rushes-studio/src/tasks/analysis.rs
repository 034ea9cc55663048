//! Analysing a source: a quick first pass, and the full analysis. Picture and sound are
//! looked at side by side, each only if it has to be.

use rushes_library::SourceRow;
use rushes_library::model::{JobClass, JobKind};
use rushes_media::{RunContext, Survey};
use rushes_model::analysis::{Analysis, Detail};
use rushes_model::facts::SourceFacts;
use rushes_model::ids::SourceId;
use rushes_model::parts::{Part, PicturePart, SoundPart};
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject};
use crate::queue::task::{Outcome, Task};
use crate::session::analyses::Kept;

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
pub(super) struct Known {
    picture: Look,
    sound: SoundPart,
}

/// What is known of a picture.
enum Look {
    /// The full analysis.
    Full(Box<PicturePart>),
    /// A full analysis that is to be made again: another version made it, or its
    /// film sheet is lost.
    Older(Box<PicturePart>),
    /// A first pass.
    Survey(Box<Survey>),
}

impl Known {
    pub fn analysis(&self) -> Analysis {
        let picture = match &self.picture {
            Look::Full(picture) | Look::Older(picture) => PicturePart::clone(picture),
            Look::Survey(survey) => survey.picture(),
        };
        Analysis::of(picture, self.sound.clone())
    }

    /// Whether the full analysis is still to be made.
    pub fn is_first(&self) -> bool {
        !matches!(self.picture, Look::Full(_))
    }

    /// Makes a first pass exact around some moments. A full analysis is exact
    /// already, even an older one.
    pub async fn look_closely(
        &mut self,
        task: &Task<'_>,
        row: &SourceRow,
        moments: &[i64],
        context: &RunContext,
    ) -> StudioResult<()> {
        if let Look::Survey(survey) = &mut self.picture {
            let tools = task.session.studio().tools().await?;
            survey.look_closely(&tools, &row.path, &row.source.facts, moments, context).await?;
        }
        Ok(())
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
    if first_look(task, &row, 0.0, FIRST_SHARE).await?.is_first() {
        whole_look(task, &row, FIRST_SHARE, 1.0).await?;
    }
    Ok(())
}

/// What is known of a source once parts that are missing or outdated were looked
/// at. The sound is always current. The picture may be that of a first pass,
/// unless that is not worth it; a full analysis of an older version serves
/// instead of a first pass, so a generation chooses from it before it is made
/// again. Progress goes from `from` to `to`.
pub(super) async fn first_look(task: &Task<'_>, row: &SourceRow, from: f64, to: f64) -> StudioResult<Known> {
    let kept = task.session.kept_picture(&row.source.fingerprint).await?;
    let kept = kept.filter(|kept| kept.part.picture.detail == Detail::Full);
    Ok(match kept {
        Some(kept) if kept.is_current || !is_short(&row.source.facts) => {
            let stage = if kept.is_current { "analysing" } else { "looking" };
            let sound = whole_sound(task, row, &task.context(stage, from, to)).await?;
            task.progress.report(stage, to, None);
            let picture = Box::new(kept.part.picture);
            Known { picture: if kept.is_current { Look::Full(picture) } else { Look::Older(picture) }, sound }
        }
        _ => {
            let quiet = task.silent_context();
            let (picture, sound) =
                tokio::try_join!(first_picture(task, row, from, to), whole_sound(task, row, &quiet))?;
            Known { picture, sound }
        }
    })
}

/// A first pass over the picture, or the full analysis if a first pass is not
/// worth it.
async fn first_picture(task: &Task<'_>, row: &SourceRow, from: f64, to: f64) -> StudioResult<Look> {
    let (session, source) = (task.session, &row.source);
    if !is_short(&source.facts) {
        pieces::require_unchanged(task, row).await?;
        let tools = session.studio().tools().await?;
        let context = task.context("looking", from, to);
        if let Some(survey) = rushes_media::survey(&tools, &row.path, &source.facts, &context).await? {
            pieces::require_unchanged(task, row).await?;
            session.keep_survey(&source.fingerprint, survey.picture()).await?;
            session.emit(StudioEvent::AnalysisChanged { source_id: source.id });
            return Ok(Look::Survey(Box::new(survey)));
        }
    }
    let picture = whole_picture(task, row, &task.context("analysing", from, to)).await?;
    Ok(Look::Full(Box::new(picture)))
}

/// The full analysis of a source. Of each part, only what is missing or outdated
/// is looked at, and stored as soon as it is done.
pub(super) async fn whole_look(
    task: &Task<'_>,
    row: &SourceRow,
    from: f64,
    to: f64,
) -> StudioResult<Analysis> {
    let (context, quiet) = (task.context("analysing", from, to), task.silent_context());
    let (picture, sound) =
        tokio::try_join!(whole_picture(task, row, &context), whole_sound(task, row, &quiet))?;
    Ok(Analysis::of(picture, sound))
}

/// The full analysis of a picture. A second request for the same footage waits
/// for the first and uses its result.
async fn whole_picture(task: &Task<'_>, row: &SourceRow, context: &RunContext) -> StudioResult<PicturePart> {
    let (session, source) = (task.session, &row.source);
    let looking = session.studio().looking(session.profile_id(), Part::Picture, &source.fingerprint);
    let _looking = task.wait_for(looking.lock()).await?;
    let kept = session.kept_picture(&source.fingerprint).await?;
    if let Some(kept) = kept.filter(Kept::is_final) {
        return Ok(kept.part.picture);
    }
    // Checked before and after, because the result is stored under this fingerprint.
    pieces::require_unchanged(task, row).await?;
    let tools = session.studio().tools().await?;
    let made = rushes_media::analyse_picture(&tools, &row.path, &source.facts, context).await?;
    pieces::require_unchanged(task, row).await?;
    let picture = session.keep_picture(&source.fingerprint, made).await?;
    session.emit(StudioEvent::AnalysisChanged { source_id: source.id });
    Ok(picture)
}

/// The same for the sound.
async fn whole_sound(task: &Task<'_>, row: &SourceRow, context: &RunContext) -> StudioResult<SoundPart> {
    let (session, source) = (task.session, &row.source);
    let content = source.content_key();
    let looking = session.studio().looking(session.profile_id(), Part::Sound, &content);
    let _looking = task.wait_for(looking.lock()).await?;
    let kept = session.kept_sound(&content).await?;
    if let Some(kept) = kept.filter(|kept| kept.is_current) {
        return Ok(kept.part);
    }
    pieces::require_unchanged(task, row).await?;
    let tools = session.studio().tools().await?;
    let made = rushes_media::analyse_sound(&tools, &row.path, &source.facts, context).await?;
    pieces::require_unchanged(task, row).await?;
    let sound = session.keep_sound(&content, made).await?;
    session.emit(StudioEvent::AnalysisChanged { source_id: source.id });
    Ok(sound)
}
