//! The main job in one command: from files to finished clips in a folder.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use rushes_model::choice::MontageOrder;
use rushes_model::ids::{ProjectId, SourceId};
use rushes_model::notice::{Failed, Field, NoFootage, Notice};
use rushes_studio::model::{
    Clip, Export, Flag, GenerateRequest, ItemOutcome, Job, NewProject, Profile, Project, Source,
};
use rushes_studio::words::{english, english_of};
use rushes_studio::{ProfileSession, Studio, StudioError, StudioResult, limits};
use serde::Serialize;

use super::answers::{all_done, finish, known_presets, micros};
use super::clip::wait_for_new_files;
use super::render::{self, render};
use crate::args::{Global, Make};
use crate::context::{find_profile, find_project};
use crate::output::{Output, length, table};
use crate::progress;

/// Accent colour of a profile created along the way.
const COLOUR: &str = "#3B82F6";

/// What was used and what was made from it.
#[derive(Serialize)]
struct Made {
    profile: Profile,
    project: Project,
    /// For each file: the source, or why it was refused.
    sources: Vec<ItemOutcome<Source>>,
    job: Job,
    /// The rendered clips, best first.
    clips: Vec<Clip>,
    /// For each clip: its final, or why there is none.
    finals: Vec<ItemOutcome<Export>>,
}

pub async fn run(studio: &Studio, global: &Global, asked: Make, output: &Output) -> StudioResult<bool> {
    // Validate before anything is created.
    let count = limits::count(Field::Count, asked.count)?;
    let target_us = micros(Field::TargetDurationUs, asked.target_duration)?;
    let target_duration_us = limits::target_duration(Field::TargetDurationUs, target_us)?;
    let profile = profile(studio, global.profile.as_deref()).await?;
    let session = studio.open_profile(profile.id).await?;
    let presets = [asked.preset];
    known_presets(&session, &presets).await?;
    let out = out_folder(&asked.out)?;

    let project = project(&session, asked.project.as_deref(), &asked.files, target_duration_us).await?;
    let sources = sources(&session, project, &asked.files).await?;
    let mut source_ids: Vec<SourceId> =
        sources.iter().filter_map(|outcome| Some(outcome.done.as_ref()?.id)).collect();
    source_ids.dedup();
    if source_ids.is_empty() {
        return Err(nothing_usable(&sources));
    }
    let request = GenerateRequest {
        source_ids,
        kind: asked.kind.into(),
        count,
        target_duration_us: Some(target_duration_us),
        seed: asked.seed,
        order: MontageOrder::default(),
        include_used: asked.include_used,
    };
    let job = session.choose_clips(project, &request).await?;
    let job = finish(&session, job.id).await?;

    let mut clips = session.list_job_clips(job.id).await?;
    clips.sort_by_key(|clip| Reverse(clip.score_bp));
    clips.truncate(count as usize);
    let best: Vec<_> = clips.iter().map(|clip| clip.id).collect();
    session.bulk_select_clips(&best, Flag::Picked).await?;
    let finals = render(&session, &best, &presets, Some(&out)).await?;
    // The profile may want a file of each.
    let files_made = wait_for_new_files(&session, &best).await?;

    let mut rendered = Vec::with_capacity(best.len());
    for id in best {
        rendered.push(session.get_clip(id).await?.clip);
    }
    let done = all_done(&sources) && all_done(&finals) && !finals.is_empty() && files_made;
    let project = session.get_project(project).await?;
    output.show(&Made { profile, project, sources, job, clips: rendered, finals }, words);
    Ok(done)
}

/// The named profile, created if it does not exist; without a name, the default
/// profile, created if the library has none.
async fn profile(studio: &Studio, asked: Option<&str>) -> StudioResult<Profile> {
    match find_profile(studio, asked).await {
        Err(error) if is_unknown_profile(&error.notice) && !is_id(asked) => {
            studio.create_profile(asked.unwrap_or("Default"), COLOUR).await
        }
        found => found,
    }
}

/// The named project, or one named after the first file; created if it does not exist.
async fn project(
    session: &ProfileSession,
    asked: Option<&str>,
    files: &[PathBuf],
    target_duration_us: i64,
) -> StudioResult<ProjectId> {
    let name = match asked {
        Some(name) => name.to_owned(),
        None => project_name(files.first().map_or(Path::new(""), PathBuf::as_path)),
    };
    match find_project(session, &name).await {
        Err(error) if matches!(error.notice, Notice::NotFound { .. }) && !is_id(asked) => {
            let target_duration_us = Some(target_duration_us);
            let new = NewProject { name, target_duration_us, ..NewProject::default() };
            Ok(session.create_project(&new).await?.id)
        }
        found => found,
    }
}

/// Whether there is no such profile yet.
fn is_unknown_profile(notice: &Notice) -> bool {
    matches!(notice, Notice::NoProfileYet | Notice::NoProfileNamed { .. } | Notice::NoDefaultProfile)
}

/// An unknown id is a mistake, not a name for a new item.
fn is_id(asked: Option<&str>) -> bool {
    asked.is_some_and(|asked| asked.parse::<ProjectId>().is_ok())
}

/// A valid project name derived from a file name.
fn project_name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().replace(char::is_control, " ");
    let name: String = stem.trim().chars().take(limits::NAME_CHARS).collect();
    match name.trim() {
        "" => "Footage".to_owned(),
        // A name that looks like an id would be read back as one.
        name if is_id(Some(name)) => format!("Footage {name}").chars().take(limits::NAME_CHARS).collect(),
        name => name.to_owned(),
    }
}

fn out_folder(asked: &Path) -> StudioResult<PathBuf> {
    let folder = std::path::absolute(asked).unwrap_or_else(|_| asked.to_owned());
    std::fs::create_dir_all(&folder).map_err(|error| StudioError::io(Failed::MakeFinalsFolder, &error))?;
    Ok(folder)
}

/// Adds the files. A file the project already has counts as added.
async fn sources(
    session: &ProfileSession,
    project: ProjectId,
    files: &[PathBuf],
) -> StudioResult<Vec<ItemOutcome<Source>>> {
    let mut outcomes = progress::adding(session, project, files, false).await?;
    let already = |outcome: &ItemOutcome<Source>| {
        let refused = outcome.refused.as_ref();
        refused.is_some_and(|refused| matches!(refused.notice, Notice::AlreadyAdded { .. }))
    };
    if outcomes.iter().any(already) {
        let known = session.list_sources(project).await?;
        for outcome in outcomes.iter_mut().filter(|outcome| already(outcome)) {
            // A copy with a repaired clock is stored elsewhere under the same name.
            let is_it = |source: &&Source| {
                let name = Path::new(&outcome.item).file_name().unwrap_or_default();
                source.path == outcome.item || source.facts.rejoined.is_some() && *source.name == *name
            };
            if let Some(source) = known.iter().find(is_it) {
                outcome.done = Some(source.clone());
                outcome.refused = None;
            }
        }
    }
    Ok(outcomes)
}

/// The error if no file is usable: the reason for a single file, a list of
/// reasons for several.
fn nothing_usable(sources: &[ItemOutcome<Source>]) -> StudioError {
    let refusals: Vec<_> = sources.iter().filter_map(|outcome| outcome.refused.as_ref()).collect();
    match refusals.as_slice() {
        [only] => only.notice.clone().into(),
        refusals => StudioError::with_detail(
            Notice::NoSources { why: NoFootage::NoneUsable },
            refusals.iter().map(|refused| english(&refused.notice)).collect::<Vec<_>>().join("\n"),
        ),
    }
}

fn words(made: &Made) -> String {
    let refused = made.sources.iter().filter_map(|outcome| outcome.refused.as_ref());
    let mut text = table(refused.map(|refused| vec!["refused".into(), english(&refused.notice)]));
    text += &table(made.clips.iter().zip(&made.finals).map(|(clip, made)| {
        let file = match (&made.done, &made.refused) {
            (Some(export), _) => render::words(export),
            (None, refused) => refused.as_ref().map(|refused| english(&refused.notice)).unwrap_or_default(),
        };
        vec![clip.name.clone(), length(clip.duration_us), format!("{} %", clip.score_bp / 100), file]
    }));
    if !made.job.notes.is_empty() {
        text += &format!("{}\n", english_of(&made.job.notes));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_gets_a_name_that_the_library_takes() {
        assert_eq!(project_name(Path::new("/a/Summer reel.mp4")), "Summer reel");
        assert_eq!(project_name(Path::new("/a/one\ntwo.mp4")), "one two");
        assert_eq!(project_name(Path::new("..")), "Footage");
        assert_eq!(project_name(Path::new(&"ß".repeat(250))).chars().count(), limits::NAME_CHARS);
    }

    #[test]
    fn a_file_that_is_named_like_an_id_names_no_id() {
        let name = project_name(Path::new("/a/0192f0c1-2b3c-7d4e-8f50-617283940a1b.mp4"));
        assert!(name.parse::<ProjectId>().is_err(), "{name}");
    }
}
