//! Finals: rendering, estimating and listing them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rushes_model::ids::ClipId;
use rushes_model::notice::RowKind;
use rushes_studio::model::{Export, ItemOutcome, Job};
use rushes_studio::{LibraryError, ProfileSession, StudioError, StudioResult};
use serde::Serialize;

use super::answers::{known_presets, outcome_row, succeeded};
use crate::args::RenderCommand;
use crate::context::find_optional_project;
use crate::output::{Output, length, size, table, word};
use crate::progress;

/// A requested final.
#[derive(Serialize)]
struct Asked {
    #[serde(flatten)]
    outcome: ItemOutcome<Export>,
    /// Whether it already existed and matches the clip, so it was left alone.
    up_to_date: bool,
}

pub async fn run(session: &ProfileSession, command: RenderCommand, output: &Output) -> StudioResult<bool> {
    match command {
        RenderCommand::Start { clips, presets, folder, again } => {
            known_presets(session, &presets).await?;
            let folder = folder.as_deref();
            let known =
                if again { HashMap::new() } else { current(session, &clips, &presets, folder).await? };
            let finals = render_but(session, &clips, &presets, folder, known).await?;
            output.show(&finals, |finals| {
                let mut text = table(finals.iter().map(|asked| match &asked.outcome.done {
                    Some(there) if asked.up_to_date => vec!["up to date".into(), words(there)],
                    _ => outcome_row(&asked.outcome, words),
                }));
                if finals.iter().any(|asked| asked.up_to_date) {
                    text += "--again renders anew what is up to date.\n";
                }
                text
            });
            return Ok(finals.iter().all(|asked| asked.outcome.done.is_some()));
        }
        RenderCommand::Estimate { clips, presets } => {
            known_presets(session, &presets).await?;
            let estimates = session.estimate_render(&clips, &presets).await?;
            output.show(&estimates, |estimates| {
                table(estimates.iter().map(|estimate| {
                    let up_to_date = estimate.up_to_date.map(|_| "up to date".to_owned());
                    let warnings: Vec<String> =
                        up_to_date.into_iter().chain(estimate.warnings.iter().map(word)).collect();
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

/// Renders clips and waits. Returns a final, or why there is none, for each.
pub async fn render(
    session: &ProfileSession,
    clips: &[ClipId],
    presets: &[String],
    folder: Option<&Path>,
) -> StudioResult<Vec<ItemOutcome<Export>>> {
    wait_for(session, session.bulk_render_clips(clips, presets, folder).await?).await
}

/// Name of a final in results.
fn item(clip: ClipId, preset: &str) -> String {
    format!("{clip} {preset}")
}

/// Finals that are up to date and already at the target location, by item.
async fn current(
    session: &ProfileSession,
    clips: &[ClipId],
    presets: &[String],
    folder: Option<&Path>,
) -> StudioResult<HashMap<String, Export>> {
    let folder = folder.map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()));
    let exports = session.list_exports(None).await?;
    let mut current = HashMap::new();
    for clip in clips {
        // A clip that cannot be rendered is refused when rendering starts.
        for estimate in session.estimate_render(&[*clip], presets).await.unwrap_or_default() {
            let known = exports.iter().find(|export| Some(export.id) == estimate.up_to_date);
            let lies_there =
                |export: &&Export| folder.is_none() || Path::new(&export.path).parent() == folder.as_deref();
            if let Some(export) = known.filter(lies_there) {
                current.insert(item(*clip, &estimate.preset), export.clone());
            }
        }
    }
    Ok(current)
}

/// Renders everything except what is up to date, and waits.
async fn render_but(
    session: &ProfileSession,
    clips: &[ClipId],
    presets: &[String],
    folder: Option<&Path>,
    known: HashMap<String, Export>,
) -> StudioResult<Vec<Asked>> {
    // Clips missing the same presets are queued together.
    let mut lacking: BTreeMap<Vec<String>, Vec<ClipId>> = BTreeMap::new();
    for clip in clips {
        let is_lacking = |preset: &&String| !known.contains_key(&item(*clip, preset));
        let presets: Vec<String> = presets.iter().filter(is_lacking).cloned().collect();
        lacking.entry(presets).or_default().push(*clip);
    }
    lacking.remove(&Vec::new());
    let mut queued = Vec::new();
    for (presets, clips) in &lacking {
        queued.extend(session.bulk_render_clips(clips, presets, folder).await?);
    }
    let mut rendered = wait_for(session, queued).await?;
    let mut finals = Vec::with_capacity(clips.len() * presets.len());
    for item in clips.iter().flat_map(|clip| presets.iter().map(|preset| item(*clip, preset))) {
        if let Some(export) = known.get(&item) {
            let outcome = ItemOutcome { item, done: Some(export.clone()), refused: None };
            finals.push(Asked { outcome, up_to_date: true });
        } else if let Some(at) = rendered.iter().position(|outcome| outcome.item == item) {
            finals.push(Asked { outcome: rendered.remove(at), up_to_date: false });
        }
    }
    Ok(finals)
}

/// Waits for the queued jobs. Returns a final, or why there is none, for each.
async fn wait_for(
    session: &ProfileSession,
    queued: Vec<ItemOutcome<Job>>,
) -> StudioResult<Vec<ItemOutcome<Export>>> {
    let jobs: Vec<_> = queued.iter().filter_map(|outcome| Some(outcome.done.as_ref()?.id)).collect();
    let mut over = progress::wait(session, &jobs).await?.into_iter();
    let mut finals = Vec::with_capacity(queued.len());
    for outcome in queued {
        let ItemOutcome { item, done, refused } = outcome;
        // Results are in the order they were waited for.
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
    // The clip may have been moved to the trash during the render.
    let refused =
        done.is_none().then(|| StudioError::from(LibraryError::NotFound { row: RowKind::Final }).into());
    Ok(ItemOutcome { item, done, refused })
}

/// A final in one line.
pub fn words(export: &Export) -> String {
    format!("{}  {}  {}", length(export.duration_us), size(export.size_bytes), export.path)
}
