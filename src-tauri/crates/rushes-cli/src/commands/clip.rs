//! Clips: listing, rating, editing, texts, files, trash.

use std::path::Path;

use rushes_model::captions::CaptionStyle;
use rushes_model::ids::ClipId;
use rushes_model::notice::{Field, Invalid};
use rushes_studio::media::CaptionEncoding;
use rushes_studio::model::{
    Clip, ClipContent, ClipDetail, ClipPatch, ClipQuery, ContentPatch, FramingPatch, ItemOutcome, Job,
    JobKind, JobQuery, JobResult, JobState,
};
use rushes_studio::{ProfileSession, StudioError, StudioResult, TrashEmptied};
use serde::Serialize;

use super::answers::{all_done, basis_points, finish, micros, outcome_row, show_outcomes, succeeded};
use super::render;
use crate::args::ClipCommand;
use crate::context::find_optional_project;
use crate::output::{Output, length, size, table, word};
use crate::progress;
use crate::trim::trimmed;

/// What emptying the trash deleted, including files.
#[derive(Serialize)]
struct Emptied {
    clips: u32,
    projects: u32,
    /// Disk space that was freed.
    bytes: i64,
}

/// Lines of a caption file that are printed.
const FIRST_LINES: usize = 3;

/// The texts of a clip, and how a caption file was decoded.
#[derive(Serialize)]
struct Words {
    #[serde(flatten)]
    content: ClipContent,
    #[serde(flatten)]
    read: Option<Read>,
}

#[derive(Serialize)]
struct Read {
    encoding: CaptionEncoding,
    left_out: u32,
}

pub async fn run(session: &ProfileSession, command: ClipCommand, output: &Output) -> StudioResult<bool> {
    match command {
        ClipCommand::List {
            project,
            search,
            flag,
            min_rating,
            tag,
            origin,
            rendered,
            min_duration,
            below_duration,
            made_since,
            trashed,
            sort,
            cursor,
            limit,
        } => {
            let query = ClipQuery {
                project_id: None,
                min_duration_us: min_duration.map(|s| micros(Field::MinDurationUs, s)).transpose()?,
                below_duration_us: below_duration.map(|s| micros(Field::BelowDurationUs, s)).transpose()?,
                made_since_ms: made_since,
                search,
                flag: flag.map(Into::into),
                min_rating,
                tag,
                origin: origin.map(Into::into),
                final_status: rendered.map(Into::into),
                trashed,
                sort: sort.into(),
                cursor,
                limit,
            };
            list(session, project.as_deref(), &query, output).await?;
        }
        ClipCommand::Show { clip } => show_detail(&session.get_clip(clip).await?, output),
        ClipCommand::Update {
            clip,
            name,
            rating,
            tags,
            trim_start,
            trim_end,
            framing,
            centre_x,
            centre_y,
        } => {
            let now = session.get_clip(clip).await?;
            let head = micros(Field::TrimStart, trim_start.unwrap_or(0.0))?;
            let tail = micros(Field::TrimEnd, trim_end.unwrap_or(0.0))?;
            let recut = head > 0 || tail > 0;
            let cuts = if recut { Some(trimmed(&now.clip.cuts, head, tail)?) } else { None };
            let framing = FramingPatch {
                mode: framing.map(Into::into),
                centre_x_bp: centre_x.map(|at| basis_points(Field::CentreXBp, at)).transpose()?,
                centre_y_bp: centre_y.map(|at| basis_points(Field::CentreYBp, at)).transpose()?,
            };
            let patch =
                ClipPatch { name, rating, tags, cuts, framing: Some(framing), ..ClipPatch::default() };
            show_detail(&session.update_clip(clip, &patch).await?, output);
        }
        ClipCommand::Toggle { clip } => show(&session.toggle_clip_selection(clip).await?, output),
        ClipCommand::Flag { flag, clips } => {
            let outcomes = session.bulk_select_clips(&clips, flag.into()).await?;
            return Ok(show_outcomes(output, &outcomes, words));
        }
        ClipCommand::Mute { clip } => {
            session.remove_clip_audio(clip).await?;
            show_detail(&session.get_clip(clip).await?, output);
        }
        ClipCommand::Unmute { clip } => {
            session.restore_clip_audio(clip).await?;
            show_detail(&session.get_clip(clip).await?, output);
        }
        ClipCommand::Delete { clips } => {
            let outcomes = session.bulk_delete_clips(&clips).await?;
            return Ok(show_outcomes(output, &outcomes, words));
        }
        ClipCommand::Restore { clips } => {
            let outcomes = session.restore_clips(&clips).await?;
            return Ok(show_outcomes(output, &outcomes, words));
        }
        ClipCommand::EmptyTrash => {
            let TrashEmptied { clips, projects, job_id } = session.empty_trash().await?;
            let deleted = match job_id {
                Some(job) => finish(session, job).await?.result,
                None => None,
            };
            let bytes = match deleted {
                Some(JobResult::Deleted { bytes, .. }) => bytes,
                _ => 0,
            };
            output.show(&Emptied { clips, projects, bytes }, |ended| {
                format!("{} clips and {} projects; {} freed.", ended.clips, ended.projects, size(ended.bytes))
            });
        }
        ClipCommand::File { clips } => {
            let files = files(session, &clips).await?;
            output.show(&files, |files| {
                table(files.iter().map(|outcome| match &outcome.done {
                    Some(path) => vec![path.clone()],
                    None => outcome_row(outcome, String::clone),
                }))
            });
            return Ok(all_done(&files));
        }
        ClipCommand::ClearFiles => {
            output.show(&session.clear_clip_files().await?, |cleared| {
                format!("{} files; {} freed.", cleared.files, size(cleared.bytes))
            });
        }
        ClipCommand::Content { clip, script, captions, encoding, style } => {
            let file = captions.as_deref().map(|path| (path, encoding));
            content(session, clip, script, file, style.as_deref(), output).await?;
        }
        ClipCommand::Tags => {
            let tags = session.list_all_tags().await?;
            output.show(&tags, |tags| tags.join("\n"));
        }
    }
    Ok(true)
}

async fn list(
    session: &ProfileSession,
    project: Option<&str>,
    query: &ClipQuery,
    output: &Output,
) -> StudioResult<()> {
    let page = match find_optional_project(session, project).await? {
        Some(project) => session.list_project_clips(project, query).await?,
        None => session.list_all_clips(query).await?,
    };
    output.show(&page, |page| {
        let rest = page.next_cursor.as_ref().map(|cursor| format!("More: --cursor {cursor}\n"));
        table(page.items.iter().map(row)) + &rest.unwrap_or_default()
    });
    Ok(())
}

async fn content(
    session: &ProfileSession,
    clip: ClipId,
    script: Option<String>,
    captions: Option<(&Path, Option<CaptionEncoding>)>,
    style: Option<&str>,
    output: &Output,
) -> StudioResult<()> {
    let style = style
        .map(serde_json::from_str::<CaptionStyle>)
        .transpose()
        .map_err(|error| StudioError::invalid(Field::Style, Invalid::Style { text: error.to_string() }))?;
    let patch = ContentPatch { script, captions: None, style: style.map(Into::into) };
    let mut words = Words { content: session.update_clip_content(clip, &patch).await?, read: None };
    if let Some((path, encoding)) = captions {
        let imported = session.import_clip_captions(clip, path, encoding).await?;
        words.content = imported.content;
        words.read = Some(Read { encoding: imported.encoding, left_out: imported.left_out });
    }
    output.show(&words, |words| {
        let content = &words.content;
        let counts = format!(
            "{} captions, {} characters of script.",
            content.captions.len(),
            content.script.chars().count()
        );
        let read = words.read.as_ref().map_or_else(String::new, |read| as_read(content, read));
        counts + &read
    });
    Ok(())
}

/// How a caption file was decoded, with its first lines: a wrong encoding shows there.
fn as_read(content: &ClipContent, read: &Read) -> String {
    let mut text = format!("\nRead as {}; another encoding can be told with --encoding:\n", read.encoding);
    for line in content.captions.iter().flat_map(|cue| cue.text.lines()).take(FIRST_LINES) {
        text.push_str(&format!("  {line}\n"));
    }
    if read.left_out > 0 {
        text.push_str(&format!("{} captions begin after the clip ends and were left out.\n", read.left_out));
    }
    text
}

/// Makes the files of clips that have none, and waits. Returns for each where it lies, or
/// why there is none.
async fn files(session: &ProfileSession, clips: &[ClipId]) -> StudioResult<Vec<ItemOutcome<String>>> {
    let asked = session.make_clip_files(clips).await?;
    let over = wait_for_files(session, clips).await?;
    let mut files = Vec::with_capacity(clips.len());
    for (id, ItemOutcome { item, refused, .. }) in clips.iter().zip(asked) {
        let ended = over.iter().find(|job| job.clip_id == Some(*id));
        let refused = match (ended, refused) {
            // Another process may be making it.
            (Some(job), _) => succeeded(job.clone()).err().map(Into::into),
            (None, refused) => refused,
        };
        files.push(match refused {
            Some(refused) => ItemOutcome { item, done: None, refused: Some(refused) },
            None => match session.clip_path(*id).await {
                Ok(path) => ItemOutcome { item, done: Some(path.display().to_string()), refused: None },
                Err(error) => ItemOutcome { item, done: None, refused: Some(error.into()) },
            },
        });
    }
    Ok(files)
}

/// Waits for the files of clips that are being made. Returns the jobs, newest first.
async fn wait_for_files(session: &ProfileSession, clips: &[ClipId]) -> StudioResult<Vec<Job>> {
    let query = JobQuery { active: true, limit: Some(2_000), ..JobQuery::default() };
    let mut jobs = session.list_jobs(&query).await?;
    jobs.retain(|job| is_file_of(job, clips) && job.state != JobState::Interrupted);
    let jobs: Vec<_> = jobs.into_iter().map(|job| job.id).collect();
    progress::wait(session, &jobs).await
}

/// Waits for the files of clips that were just made. Returns whether each that the profile
/// wants was made.
pub async fn wait_for_new_files(session: &ProfileSession, clips: &[ClipId]) -> StudioResult<bool> {
    wait_for_files(session, clips).await?;
    // Some may have been over before the wait began.
    let query = JobQuery { limit: Some(2_000), ..JobQuery::default() };
    let jobs = session.list_jobs(&query).await?;
    Ok(jobs.iter().filter(|job| is_file_of(job, clips)).all(|job| job.state == JobState::Done))
}

fn is_file_of(job: &Job, clips: &[ClipId]) -> bool {
    job.kind == JobKind::ClipFile && job.clip_id.is_some_and(|clip| clips.contains(&clip))
}

fn show(clip: &Clip, output: &Output) {
    output.show(clip, |clip| table([row(clip)]));
}

fn show_detail(detail: &ClipDetail, output: &Output) {
    output.show(detail, |detail| {
        let cuts = detail.clip.cuts.iter().map(|cut| {
            vec![format!("  {} – {}", length(cut.in_us), length(cut.out_us)), cut.source_id.to_string()]
        });
        let finals = detail.exports.iter().map(|export| vec![format!("  {}", render::words(export))]);
        table([row(&detail.clip)]) + &table(cuts) + &table(finals)
    });
}

fn words(clip: &Clip) -> String {
    row(clip).join("  ")
}

/// A clip as a row of a list.
pub fn row(clip: &Clip) -> Vec<String> {
    let file = if clip.has_file { "file" } else { "" };
    vec![
        clip.id.to_string(),
        length(clip.duration_us),
        word(clip.flag),
        "★".repeat(clip.rating as usize),
        format!("{} %", clip.score_bp / 100),
        file.to_owned(),
        clip.name.clone(),
        clip.tags.join(", "),
    ]
}
