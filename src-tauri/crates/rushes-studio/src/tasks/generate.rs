//! Raw clips from footage: analyse, choose, refine, settle.
//!
//! Footage that takes long to analyse gets two passes. The first pass proposes
//! provisional clips within seconds, ready to be judged: they are played from
//! the footage itself. Then all of the footage is analysed, and the ends of
//! clips the editor has not decided on move to their final positions.

use std::collections::HashMap;

use rushes_library::SourceRow;
use rushes_library::model::{ClipOrigin, JobClass, JobKind, NewClip};
use rushes_media::{Choice, ChoiceRequest, ChoiceSource, Shortfall, settle};
use rushes_model::analysis::Analysis;
use rushes_model::choice::{ClipKind, MontageOrder, ScoreWeights};
use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, ProjectId, SourceId};
use rushes_model::notice::{Fewer, Notice, RowKind};
use rushes_model::time::Stretch;
use serde::{Deserialize, Serialize};

use super::analysis::{Known, first_look, is_short, whole_look};
use super::{clip_pictures, making};
use crate::error::{StudioResult, if_there};
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject};
use crate::queue::task::{Outcome, Task};

/// Fraction of the progress at which the first pass ends, which takes about a
/// tenth of the time of the full analysis.
const FIRST_LOOK: f64 = 0.1;
/// Fraction at which the pictures of the proposed clips are made; the full
/// analysis takes the rest.
const FIRST_PICTURES: f64 = 0.15;
/// Fraction that the analysis takes if a single pass is enough; pictures take
/// the rest.
const ONE_LOOK: f64 = 0.9;
/// How far an end may move when it settles, in microseconds.
const REACH_US: i64 = 1_200_000;

/// Payload of a generation. All randomness is in the seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GeneratePayload {
    pub source_ids: Vec<SourceId>,
    pub kind: ClipKind,
    pub count: u32,
    pub target_duration_us: i64,
    pub seed: u64,
    #[serde(default)]
    pub order: MontageOrder,
    #[serde(default)]
    pub weights: ScoreWeights,
    /// Whether previously used moments may be used again.
    #[serde(default)]
    pub include_used: bool,
    /// Whether only the ends of the clips are analysed closely: finals follow
    /// at once.
    #[serde(default)]
    pub ends_only: bool,
}

/// A source and its analysis.
struct Looked {
    row: SourceRow,
    known: Known,
}

impl Payload for GeneratePayload {
    const KIND: JobKind = JobKind::Generate;

    fn class(&self) -> JobClass {
        JobClass::Decode
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        making::exclusive_key(subject)
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        let notes = make(task, &self).await?;
        making::outcome(task, notes).await
    }
}

async fn make(task: &Task<'_>, asked: &GeneratePayload) -> StudioResult<Vec<Notice>> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let project = task.row.job.project_id.ok_or(Notice::NotFound { row: RowKind::Project })?;

    // Resumed after an interruption: keep what was chosen.
    let made = library.clips_of_job(profile, task.row.job.id).await?;
    if !made.is_empty() {
        return if asked.ends_only { Ok(Vec::new()) } else { finish(task, &made).await };
    }

    let mut rows = Vec::with_capacity(asked.source_ids.len());
    for id in &asked.source_ids {
        rows.push(library.source_row(profile, *id).await?);
    }
    let once = rows.iter().all(|row| is_short(&row.source.facts));
    let look_part = if once { ONE_LOOK } else { FIRST_LOOK };
    let (mut looked, mut notes) = look(task, rows, look_part).await?;
    let choice = chosen(task, project, asked, &looked).await?;
    if let Some(why) = &choice.shortfall {
        notes.insert(0, Notice::FewerClips { why: why_fewer(*why, asked.include_used) });
    }
    if choice.clips.is_empty() {
        return Err(Notice::NoClips { reasons: notes }.into());
    }
    let mut clips = new_clips(asked, choice, &looked);
    if asked.ends_only {
        look_at_ends(task, &mut looked, &mut clips).await?;
    }
    drop(looked);
    let made = library.add_clips(profile, project, task.row.job.id, &clips).await?;
    task.session.emit(StudioEvent::ClipsChanged { project_id: project });
    if !asked.ends_only {
        notes.extend(finish(task, &made).await?);
    }
    Ok(notes)
}

/// Why there are fewer clips than requested. With `again`, previously used moments were
/// allowed.
fn why_fewer(why: Shortfall, again: bool) -> Fewer {
    match why {
        Shortfall::NoFootage => Fewer::NoFootage,
        Shortfall::UsedUp if again => Fewer::UsedAgain,
        Shortfall::UsedUp => Fewer::UsedUp,
        Shortfall::TooShort => Fewer::TooShort,
        Shortfall::Blank => Fewer::Blank,
        Shortfall::Frozen => Fewer::Frozen,
        Shortfall::Repetitive => Fewer::Repetitive,
    }
}

/// The analyses of the sources, and remarks on those that could not be read.
async fn look(
    task: &Task<'_>,
    rows: Vec<SourceRow>,
    look_part: f64,
) -> StudioResult<(Vec<Looked>, Vec<Notice>)> {
    let total: i64 = rows.iter().map(|row| row.source.facts.duration_us).sum::<i64>().max(1);
    let mut before = 0;
    let (mut looked, mut refused) = (Vec::new(), Vec::new());
    let mut last_error = None;
    for row in rows {
        task.check()?;
        let part = |done: i64| look_part * done as f64 / total as f64;
        let (from, to) = (part(before), part(before + row.source.facts.duration_us));
        before += row.source.facts.duration_us;
        match first_look(task, &row, from, to).await {
            Ok(known) => looked.push(Looked { row, known }),
            Err(error) => {
                task.check()?;
                let id = row.source.id;
                tracing::warn!(source = %id, notice = ?error.notice, detail = error.detail, "not analysed");
                refused.push(error.notice.clone());
                last_error = Some(error);
            }
        }
    }
    match last_error {
        Some(error) if looked.is_empty() => Err(error),
        _ => Ok((looked, refused)),
    }
}

async fn chosen(
    task: &Task<'_>,
    project: ProjectId,
    asked: &GeneratePayload,
    looked: &[Looked],
) -> StudioResult<Choice> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let used = library.used_footage(profile, project, asked.kind, asked.include_used).await?;
    let analyses: Vec<Analysis> = looked.iter().map(|looked| looked.known.analysis()).collect();
    let sources: Vec<ChoiceSource<'_>> = looked
        .iter()
        .zip(&analyses)
        .map(|(looked, analysis)| ChoiceSource {
            analysis,
            avoid: used
                .iter()
                .filter(|used| used.fingerprint == looked.row.source.fingerprint)
                .map(|used| Stretch::new(used.in_us, used.out_us))
                .collect(),
        })
        .collect();
    Ok(rushes_media::choose(
        &sources,
        &ChoiceRequest {
            kind: asked.kind,
            count: asked.count,
            target_duration_us: asked.target_duration_us,
            seed: asked.seed,
            order: asked.order,
            weights: asked.weights,
        },
    ))
}

fn new_clips(asked: &GeneratePayload, choice: Choice, looked: &[Looked]) -> Vec<NewClip> {
    let is_first = |source: usize| looked[source].known.is_first();
    choice
        .clips
        .into_iter()
        .map(|clip| NewClip {
            origin: match asked.kind {
                ClipKind::Highlight => ClipOrigin::Highlight,
                ClipKind::Montage => ClipOrigin::Montage,
            },
            provisional: clip.cuts.iter().any(|cut| is_first(cut.source)),
            cuts: clip
                .cuts
                .iter()
                .map(|cut| Cut {
                    source_id: looked[cut.source].row.source.id,
                    in_us: cut.in_us,
                    out_us: cut.out_us,
                })
                .collect(),
            muted: false,
            score_bp: clip.score_bp,
            score_parts: Some(clip.parts),
        })
        .collect()
}

/// Analyses the footage around the ends of clips proposed by a first pass, and
/// settles them: if finals follow at once, the rest does not matter.
async fn look_at_ends(task: &Task<'_>, looked: &mut [Looked], clips: &mut [NewClip]) -> StudioResult<()> {
    let mut analyses: HashMap<SourceId, Analysis> = HashMap::new();
    let first: Vec<&mut Looked> = looked.iter_mut().filter(|looked| looked.known.is_first()).collect();
    let count = first.len().max(1) as f64;
    for (number, Looked { row, known }) in first.into_iter().enumerate() {
        task.check()?;
        let source = &row.source;
        let ends: Vec<i64> = clips
            .iter()
            .flat_map(|clip| &clip.cuts)
            .filter(|cut| cut.source_id == source.id)
            .flat_map(|cut| [cut.in_us, cut.out_us])
            .collect();
        let part = |number: usize| FIRST_LOOK + (1.0 - FIRST_LOOK) * number as f64 / count;
        let context = task.context("analysing", part(number), part(number + 1));
        known.look_closely(task, row, &ends, &context).await?;
        analyses.insert(source.id, known.analysis());
    }
    let all: Vec<Vec<Cut>> = clips.iter().map(|clip| clip.cuts.clone()).collect();
    for (index, clip) in clips.iter_mut().enumerate() {
        let others = all.iter().enumerate().filter(|(other, _)| *other != index).flat_map(|(_, cuts)| cuts);
        clip.cuts = settled(&clip.cuts, &others.copied().collect::<Vec<_>>(), &analyses);
        clip.provisional = false;
    }
    Ok(())
}

/// An edit list with its ends moved where the closer analysis puts them. An end
/// that would overlap another clip's footage stays.
fn settled(cuts: &[Cut], others: &[Cut], analyses: &HashMap<SourceId, Analysis>) -> Vec<Cut> {
    let mut settled: Vec<Cut> = cuts.to_vec();
    for index in 0..settled.len() {
        let cut = settled[index];
        let Some(analysis) = analyses.get(&cut.source_id) else { continue };
        let (in_us, out_us) = settle(analysis, cut.in_us, cut.out_us, REACH_US);
        let moved = Cut { in_us, out_us, ..cut };
        let own = settled.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, cut)| cut);
        let meets = own.chain(others).any(|other| {
            other.source_id == moved.source_id && other.in_us < moved.out_us && moved.in_us < other.out_us
        });
        if !meets {
            settled[index] = moved;
        }
    }
    settled
}

/// Makes the pictures of the job's clips, which come best first. If some are
/// provisional, analyses all of their footage, and settles them. One that was deleted
/// meanwhile is left out.
async fn finish(task: &Task<'_>, made: &[ClipId]) -> StudioResult<Vec<Notice>> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    clip_pictures::make(task, made).await;
    task.check()?;
    let mut provisional = Vec::new();
    for id in made {
        if if_there(library.clip_is_provisional(profile, *id).await)? == Some(true) {
            provisional.push(*id);
        }
    }
    if provisional.is_empty() {
        return Ok(Vec::new());
    }
    let (analyses, refused) = look_at_all(task, &provisional).await?;
    for id in &provisional {
        task.check()?;
        let Some(clip) = if_there(library.get_clip(profile, *id).await)? else { continue };
        let mut others = Vec::new();
        for other in library.clips_of_job(profile, task.row.job.id).await? {
            if other != *id
                && let Some(other) = if_there(library.get_clip(profile, other).await)?
            {
                others.extend(other.cuts);
            }
        }
        if_there(library.settle_clip(profile, *id, &settled(&clip.cuts, &others, &analyses)).await)?;
    }
    if let Some(project_id) = task.row.job.project_id {
        task.session.emit(StudioEvent::ClipsChanged { project_id });
    }
    Ok(refused)
}

/// Analyses all footage of some clips. Footage that cannot be read completely
/// is skipped with a remark, and its clips stay as they are.
async fn look_at_all(
    task: &Task<'_>,
    clips: &[ClipId],
) -> StudioResult<(HashMap<SourceId, Analysis>, Vec<Notice>)> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let mut rows: Vec<SourceRow> = Vec::new();
    for clip in clips {
        let Some(clip) = if_there(library.get_clip(profile, *clip).await)? else { continue };
        for cut in clip.cuts {
            if !rows.iter().any(|row| row.source.id == cut.source_id)
                && let Some(row) = if_there(library.source_row(profile, cut.source_id).await)?
            {
                rows.push(row);
            }
        }
    }
    let total: i64 = rows.iter().map(|row| row.source.facts.duration_us).sum::<i64>().max(1);
    let mut before = 0;
    let (mut analyses, mut refused) = (HashMap::new(), Vec::new());
    for row in rows {
        task.check()?;
        let part = |done: i64| FIRST_PICTURES + (1.0 - FIRST_PICTURES) * done as f64 / total as f64;
        let (from, to) = (part(before), part(before + row.source.facts.duration_us));
        before += row.source.facts.duration_us;
        match whole_look(task, &row, from, to).await {
            Ok(analysis) => {
                analyses.insert(row.source.id, analysis);
            }
            Err(error) => {
                task.check()?;
                refused.push(error.notice);
            }
        }
    }
    Ok((analyses, refused))
}
