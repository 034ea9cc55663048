//! Raw clips from the editor's segments.

use rushes_library::limits;
use rushes_library::model::{ClipOrigin, JobClass, JobKind, NewClip, SelectionMode};
use rushes_model::notice::{MoreClips, Notice, RowKind};
use serde::{Deserialize, Serialize};

use super::variants::{self, WeightedCut};
use super::{clip_pictures, making};
use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject};
use crate::queue::task::{Outcome, Task};

/// Payload of the variants. All randomness is in the seed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FromSegmentsPayload {
    /// Named as in the rows of older versions.
    #[serde(rename = "stretches")]
    pub segments: Vec<WeightedCut>,
    pub variant_count: u32,
    pub selection_mode: SelectionMode,
    pub target_duration_us: i64,
    pub muted: bool,
    pub seed: u64,
}

impl Payload for FromSegmentsPayload {
    const KIND: JobKind = JobKind::GenerateFromSegments;

    fn class(&self) -> JobClass {
        JobClass::Encode
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        making::exclusive_key(subject)
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        let notes = make(task, &self).await?;
        making::outcome(task, notes).await
    }
}

async fn make(task: &Task<'_>, asked: &FromSegmentsPayload) -> StudioResult<Vec<Notice>> {
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let project = task.row.job.project_id.ok_or(Notice::NotFound { row: RowKind::Project })?;
    let mut notes = Vec::new();
    let mut ids = library.clips_of_job(profile, task.row.job.id).await?;
    if ids.is_empty() {
        let made = variants::assemble(
            &asked.segments,
            asked.variant_count,
            asked.selection_mode,
            asked.target_duration_us,
            asked.seed,
        );
        let total: i64 = asked.segments.iter().map(|segment| segment.cut.length_us()).sum();
        if total < asked.target_duration_us {
            notes.push(Notice::SegmentsShort);
        }
        if made.len() < asked.variant_count as usize {
            notes.push(why_fewer(asked, made.len()));
        }
        let clips: Vec<NewClip> = made
            .into_iter()
            .map(|cuts| NewClip {
                origin: ClipOrigin::Segments,
                cuts,
                muted: asked.muted,
                score_bp: 0,
                score_parts: None,
                provisional: false,
            })
            .collect();
        ids = library.add_clips(profile, project, task.row.job.id, &clips).await?;
        task.session.emit(StudioEvent::ClipsChanged { project_id: project });
    }
    clip_pictures::make(task, &ids).await;
    task.check()?;
    Ok(notes)
}

/// Why only `made` clips were possible, and what helps.
fn why_fewer(asked: &FromSegmentsPayload, made: usize) -> Notice {
    let in_order = asked.selection_mode == SelectionMode::Sequential && asked.segments.len() > 1;
    Notice::FewerVariants {
        count: limits::number(made),
        asked: asked.variant_count,
        why: if in_order { MoreClips::AtRandom } else { MoreClips::MoreSegments },
    }
}
