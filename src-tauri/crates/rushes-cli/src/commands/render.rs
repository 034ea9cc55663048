//! Finals: rendering them, what they will roughly be, which there are.

use std::path::Path;

use rushes_studio::ids::ClipId;
use rushes_studio::model::{Export, ItemOutcome, Job};
use rushes_studio::{LibraryError, ProfileSession, StudioError, StudioResult};

use super::answers::{known_presets, show_outcomes, succeeded};
use crate::args::RenderCommand;
use crate::context::find_optional_project;
use crate::output::{Output, length, size, table, word};
use crate::progress;

pub async fn run(session: &ProfileSession, command: RenderCommand, output: &Output) -> StudioResult<bool> {
    match command {
        RenderCommand::Start { clips, presets, folder } => {
            known_presets(session, &presets).await?;
            let finals = render(session, &clips, &presets, folder.as_deref()).await?;
            return Ok(show_outcomes(output, &finals, words));
        }
        RenderCommand::Estimate { clips, presets } => {
            known_presets(session, &presets).await?;
            let estimates = session.estimate_render(&clips, &presets).await?;
            output.show(&estimates, |estimates| {
                table(estimates.iter().map(|estimate| {
                    let warnings: Vec<String> = estimate.warnings.iter().map(word).collect();
                    vec![
                        estimate.file_name.clone(),
                        length(estimate.duration_us),
                        format!("about {}", size(estimate.bytes)),
                        format!("about {} s", estimate.seconds),
                        warnings.join(", "),
                    ]
                }))
            });
        }
        RenderCommand::List { project } => {
            let project = find_optional_project(session, project.as_deref()).await?;
            let exports = session.list_exports(project).await?;
            output.show(&exports, |exports| {
                table(exports.iter().map(|export| {
                    let stale = if export.stale { "stale" } else { "" };
                    vec![export.id.to_string(), words(export), stale.to_owned()]
                }))
            });
        }
    }
    Ok(true)
}

/// Renders clips and waits: a final, or why there is none, for each.
pub async fn render(
    session: &ProfileSession,
    clips: &[ClipId],
    presets: &[String],
    folder: Option<&Path>,
) -> StudioResult<Vec<ItemOutcome<Export>>> {
    let queued = session.bulk_render_clips(clips, presets, folder).await?;
    let jobs: Vec<_> = queued.iter().filter_map(|outcome| Some(outcome.done.as_ref()?.id)).collect();
    let mut over = progress::wait(session, &jobs).await?.into_iter();
    let mut finals = Vec::with_capacity(queued.len());
    for outcome in queued {
        let ItemOutcome { item, done, refused } = outcome;
        // They ended in the order in which they were waited for.
        let ended = done.and_then(|_| over.next());
        finals.push(match ended {
            Some(job) => ended_as(session, item, job).await?,
            None => ItemOutcome { item, done: None, refused },
        });
    }
    Ok(finals)
}

async fn ended_as(session: &ProfileSession, item: String, job: Job) -> StudioResult<ItemOutcome<Export>> {
    let project = job.project_id;
    let job = match succeeded(job) {
        Ok(job) => job.id,
        Err(error) => {
            return Ok(ItemOutcome { item, done: None, refused: Some(error.into()) });
        }
    };
    let done = session.list_exports(project).await?.into_iter().find(|export| export.job_id == job);
    // Its clip may have been put into the trash while it was rendered.
    let refused = done.is_none().then(|| StudioError::from(LibraryError::NotFound { what: "final" }).into());
    Ok(ItemOutcome { item, done, refused })
}

/// A final in one line.
pub fn words(export: &Export) -> String {
    format!("{}  {}  {}", length(export.duration_us), size(export.size_bytes), export.path)
}
