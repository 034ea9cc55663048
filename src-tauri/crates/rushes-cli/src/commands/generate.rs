//! Making raw clips from footage and from segments.

use rushes_model::ids::{ClipId, JobId};
use rushes_model::notice::Field;
use rushes_studio::model::{Clip, FromSegments, GenerateRequest, Job};
use rushes_studio::words::english_of;
use rushes_studio::{ProfileSession, StudioResult};
use serde::Serialize;

use super::answers::{finish, micros};
use super::clip;
use crate::args::{Generate, GenerateFromSegments};
use crate::context::find_project;
use crate::output::{Output, table};

/// The finished job and what it made.
#[derive(Serialize)]
struct Made {
    job: Job,
    clips: Vec<Clip>,
}

pub async fn from_footage(session: &ProfileSession, asked: Generate, output: &Output) -> StudioResult<bool> {
    let project = find_project(session, &asked.project).await?;
    let request = GenerateRequest {
        source_ids: asked.sources,
        kind: asked.kind.into(),
        count: asked.count,
        target_duration_us: asked.target_duration.map(|s| micros(Field::TargetDurationUs, s)).transpose()?,
        seed: asked.seed,
        order: asked.order.into(),
        include_used: asked.include_used,
    };
    let job = session.generate_raw_clips(project, &request).await?;
    show(session, job.id, output).await
}

pub async fn from_segments(
    session: &ProfileSession,
    asked: GenerateFromSegments,
    output: &Output,
) -> StudioResult<bool> {
    let project = find_project(session, &asked.project).await?;
    let request = FromSegments {
        segment_ids: asked.segments,
        variant_count: asked.variants,
        selection_mode: asked.mode.into(),
        target_duration_us: micros(Field::TargetDurationUs, asked.target_duration)?,
        muted: asked.muted,
        seed: asked.seed,
    };
    let job = session.generate_from_segments(project, &request).await?;
    show(session, job.id, output).await
}

async fn show(session: &ProfileSession, job: JobId, output: &Output) -> StudioResult<bool> {
    let job = finish(session, job).await?;
    // The profile may want a file of each.
    let ids: Vec<ClipId> = session.list_job_clips(job.id).await?.iter().map(|clip| clip.id).collect();
    let all_made = clip::wait_for_new_files(session, &ids).await?;
    let clips = session.list_job_clips(job.id).await?;
    output.show(&Made { job, clips }, |made| {
        table(made.clips.iter().map(clip::row)) + &english_of(&made.job.notes)
    });
    Ok(all_made)
}
