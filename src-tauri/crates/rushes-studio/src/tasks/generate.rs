//! Raw clips from footage: analyse what was not analysed yet, choose, cut.

use futures::StreamExt;
use futures::stream;
use rushes_library::ids::{ClipId, SourceId};
use rushes_library::model::{ClipOrigin, Cut, NewClip, RawState};
use rushes_media::ClipKind;
use rushes_media::{ANALYSIS_VERSION, Analysis, ChoiceRequest, ChoiceSource, RunContext};
use serde::{Deserialize, Serialize};

use super::{Task, raw_files};
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;

/// Part of the whole that analysis takes when nothing is cached.
const ANALYSIS_PART: f64 = 0.5;
/// Clips that are cut at once: one ffmpeg reads while another writes.
const CUTS_AT_ONCE: usize = 2;

/// What a generation is asked for. Everything random is in the seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GeneratePayload {
    pub source_ids: Vec<SourceId>,
    pub kind: ClipKind,
    pub count: u32,
    pub target_duration_us: i64,
    pub seed: u64,
    /// Whether the files for viewing are left to be made by the application.
    #[serde(default)]
    pub files_later: bool,
}

pub(super) async fn perform(task: &Task<'_>) -> StudioResult<Option<String>> {
    let asked: GeneratePayload = task.payload()?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let project =
        task.row.job.project_id.ok_or_else(|| StudioError::new("not_found", "There is no project."))?;

    // Taken up again after an interruption: what was chosen stays chosen.
    if !library.clips_of_job(profile, task.row.job.id).await?.is_empty() {
        return if asked.files_later { Ok(None) } else { cut(task, 0.0).await };
    }

    let (analyses, damaged) = analyse(task, &asked).await?;
    let used = library.used_cuts(profile, project).await?;
    let sources: Vec<ChoiceSource<'_>> = analyses
        .iter()
        .map(|(id, analysis)| ChoiceSource {
            analysis,
            avoid: used
                .iter()
                .filter(|cut| cut.source_id == *id)
                .map(|cut| (cut.in_us, cut.out_us))
                .collect(),
        })
        .collect();
    let choice = rushes_media::choose(
        &sources,
        &ChoiceRequest {
            kind: asked.kind,
            count: asked.count,
            target_duration_us: asked.target_duration_us,
            seed: asked.seed,
        },
    );
    let mut notes: Vec<String> =
        choice.shortfall.as_ref().map(|why| why.message().to_owned()).into_iter().collect();
    notes.extend(damaged);
    if choice.clips.is_empty() {
        return Err(StudioError::new(
            "no_clips",
            joined(notes)
                .unwrap_or_else(|| "Nothing in this footage makes a clip. Add other sources.".into()),
        ));
    }
    let clips: Vec<NewClip> = choice
        .clips
        .into_iter()
        .map(|clip| NewClip {
            origin: match asked.kind {
                ClipKind::Highlight => ClipOrigin::Highlight,
                ClipKind::Montage => ClipOrigin::Montage,
            },
            cuts: clip
                .cuts
                .iter()
                .map(|cut| Cut { source_id: analyses[cut.source].0, in_us: cut.in_us, out_us: cut.out_us })
                .collect(),
            muted: false,
            score_bp: clip.score_bp,
            score_parts: Some(clip.parts),
        })
        .collect();
    library.add_clips(profile, project, task.row.job.id, &clips).await?;
    task.session.emit(StudioEvent::ClipsChanged { project_id: project });
    if !asked.files_later {
        notes.extend(cut(task, ANALYSIS_PART).await?);
    }
    Ok(joined(notes))
}

/// Several remarks as one, if there are any.
pub(super) fn joined(notes: Vec<String>) -> Option<String> {
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// The analyses of the sources, from the cache or fresh, and what is to be said
/// of sources that could not be read.
async fn analyse(
    task: &Task<'_>,
    asked: &GeneratePayload,
) -> StudioResult<(Vec<(SourceId, Analysis)>, Vec<String>)> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let mut rows = Vec::with_capacity(asked.source_ids.len());
    for id in &asked.source_ids {
        rows.push(library.source_row(profile, *id).await?);
    }
    let total: i64 = rows.iter().map(|row| row.source.facts.duration_us).sum::<i64>().max(1);
    let mut before = 0;
    let (mut analyses, mut refused) = (Vec::new(), Vec::new());
    let mut last_error = None;
    for row in rows {
        task.check()?;
        let source = &row.source;
        let part = |done: i64| ANALYSIS_PART * done as f64 / total as f64;
        let (from, to) = (part(before), part(before + source.facts.duration_us));
        before += source.facts.duration_us;
        let cached = library.analysis(profile, &source.fingerprint, ANALYSIS_VERSION).await?;
        if let Some(analysis) = cached.and_then(|data| serde_json::from_value(data).ok()) {
            task.progress.report("analysing", to, None);
            analyses.push((source.id, analysis));
            continue;
        }
        let tools = task.session.studio().tools().await?;
        let context = task.progress.context(&task.cancel, "analysing", from, to);
        match rushes_media::analyse(&tools, &row.path, &source.facts, &context).await {
            Ok(analysis) => {
                let data = serde_json::to_value(&analysis)
                    .map_err(|error| StudioError::new("analysis", error.to_string()))?;
                library.put_analysis(profile, &source.fingerprint, ANALYSIS_VERSION, &data).await?;
                analyses.push((source.id, analysis));
            }
            Err(error) => {
                task.check()?;
                let error = StudioError::from(error);
                tracing::warn!(source = %source.id, code = error.code, detail = error.detail, "not analysed");
                refused.push(error.message.clone());
                last_error = Some(error);
            }
        }
    }
    match last_error {
        Some(error) if analyses.is_empty() => Err(error),
        _ => Ok((analyses, refused)),
    }
}

/// Makes the files of the clips that the job made, best first as they were
/// chosen, those that are there already left out. The result is a remark where
/// some could not be made.
pub(super) async fn cut(task: &Task<'_>, from: f64) -> StudioResult<Option<String>> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let mut waiting: Vec<ClipId> = Vec::new();
    for id in library.clips_of_job(profile, task.row.job.id).await? {
        if library.raw_plan(profile, id).await?.state != RawState::Ready {
            waiting.push(id);
        }
    }
    let done = std::sync::atomic::AtomicUsize::new(0);
    let count = waiting.len().max(1) as f64;
    let results: Vec<StudioResult<()>> = stream::iter(waiting)
        .map(|id| {
            let done = &done;
            async move {
                task.check()?;
                let context = RunContext { cancel: task.cancel.clone(), ..RunContext::quiet() };
                let made = raw_files::make(task, id, &context).await;
                let now = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                task.progress.report("cutting", from + (1.0 - from) * now as f64 / count, None);
                made
            }
        })
        .buffer_unordered(CUTS_AT_ONCE)
        .collect()
        .await;
    task.check()?;
    // One clip that cannot be cut does not take the others with it; when none
    // could, that is the outcome.
    let count = results.len();
    let mut failures: Vec<StudioError> = results.into_iter().filter_map(Result::err).collect();
    match failures.len() {
        0 => Ok(None),
        failed if failed == count => Err(failures.swap_remove(0)),
        1 => Ok(Some(format!("One of the clips could not be made: {}", failures[0].message))),
        failed => Ok(Some(format!("{failed} of the clips could not be made: {}", failures[0].message))),
    }
}
