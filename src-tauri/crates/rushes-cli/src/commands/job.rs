//! Background jobs and their queue.

use std::collections::HashMap;
use std::time::Duration;

use rushes_model::ids::JobId;
use rushes_studio::model::{ItemOutcome, Job, JobEvent, JobQuery, JobState};
use rushes_studio::words::{english, english_of};
use rushes_studio::{ProfileSession, QueueStatus, StudioResult};
use serde::Serialize;

use super::answers::{all_done, finish, show_outcomes};
use crate::args::JobCommand;
use crate::context::find_optional_project;
use crate::output::{Output, moment, table, word};
use crate::progress;

/// Polling interval for watched jobs; workers write at most once a second.
const LOOK: Duration = Duration::from_millis(250);

/// A job with its log.
#[derive(Serialize)]
struct JobWithLog {
    #[serde(flatten)]
    job: Job,
    log: Vec<JobEvent>,
}

pub async fn run(session: &ProfileSession, command: JobCommand, output: &Output) -> StudioResult<bool> {
    match command {
        JobCommand::List { project, active, limit } => {
            let project_id = find_optional_project(session, project.as_deref()).await?;
            let query = JobQuery { project_id, active, limit, ..JobQuery::default() };
            let jobs = session.list_jobs(&query).await?;
            output.show(&jobs, |jobs| table(jobs.iter().map(row)));
        }
        JobCommand::Show { job } => {
            let (job, log) = (session.get_job(job).await?, session.job_log(job).await?);
            output.show(&JobWithLog { job, log }, |shown| {
                format!("{}\n{}", table([row(&shown.job)]), table(shown.log.iter().map(line)))
            });
        }
        JobCommand::Cancel { job } => show(&session.cancel_job(job).await?, output),
        JobCommand::Retry { job: Some(job), .. } => {
            let job = session.retry_job(job).await?;
            show(&finish(session, job.id).await?, output);
        }
        JobCommand::Retry { job: None, .. } => return retry_failed(session, output).await,
        JobCommand::Pause { job } => show(&session.pause_job(job).await?, output),
        JobCommand::Resume { job } => {
            let mut job = session.resume_job(job).await?;
            // If no window is running it, this process has to.
            if session.is_ours(job.id).await? {
                job = finish(session, job.id).await?;
            }
            show(&job, output);
        }
        JobCommand::Reorder { job, before } => show(&session.move_job(job, before).await?, output),
        JobCommand::Hold => show_queue(session.hold_queue().await?, output),
        JobCommand::Release => {
            session.release_queue().await?;
            session.studio().idle().await?;
            show_queue(session.queue_status().await?, output);
        }
        JobCommand::Queue => show_queue(session.queue_status().await?, output),
        JobCommand::Watch { jobs } => return watch(session, &jobs, output).await,
    }
    Ok(true)
}

/// Retries failed jobs and waits for them. Returns whether all succeeded.
async fn retry_failed(session: &ProfileSession, output: &Output) -> StudioResult<bool> {
    let mut outcomes: Vec<ItemOutcome<Job>> = session.retry_failed_jobs().await?;
    let queued: Vec<JobId> = outcomes.iter().filter_map(|outcome| Some(outcome.done.as_ref()?.id)).collect();
    let mut over = progress::wait(session, &queued).await?.into_iter();
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.done.is_some()) {
        outcome.done = over.next();
    }
    show_outcomes(output, &outcomes, |job| row(job).join("  "));
    let done =
        |outcome: &ItemOutcome<Job>| outcome.done.as_ref().is_none_or(|job| job.state == JobState::Done);
    Ok(all_done(&outcomes) && outcomes.iter().all(done))
}

/// Prints each change of the given jobs, or of all active ones, until they come
/// to rest. Ctrl+C only ends the watching.
async fn watch(session: &ProfileSession, named: &[JobId], output: &Output) -> StudioResult<bool> {
    for id in named {
        session.get_job(*id).await?;
    }
    let mut shown: HashMap<JobId, Job> = HashMap::new();
    let interrupt = progress::interrupted();
    tokio::pin!(interrupt);
    loop {
        let jobs = watched(session, named, &shown).await?;
        for job in &jobs {
            if shown.get(&job.id) != Some(job) {
                output.line(job, |job| row(job).join("  "));
                shown.insert(job.id, job.clone());
            }
        }
        if jobs.iter().all(is_at_rest) {
            return Ok(jobs.iter().all(|job| job.state != JobState::Failed));
        }
        tokio::select! {
            () = &mut interrupt => return Ok(true),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Current state of the watched jobs: the given ones, or those that are or were active.
async fn watched(
    session: &ProfileSession,
    named: &[JobId],
    shown: &HashMap<JobId, Job>,
) -> StudioResult<Vec<Job>> {
    let mut ids: Vec<JobId> = named.to_vec();
    if named.is_empty() {
        let active = JobQuery { active: true, limit: Some(2_000), ..JobQuery::default() };
        ids.extend(session.list_jobs(&active).await?.iter().map(|job| job.id));
        ids.extend(shown.keys());
        ids.sort();
        ids.dedup();
    }
    let mut jobs = Vec::with_capacity(ids.len());
    for id in ids {
        jobs.push(match shown.get(&id) {
            Some(known) if known.state.is_over() => known.clone(),
            _ => session.get_job(id).await?,
        });
    }
    Ok(jobs)
}

fn is_at_rest(job: &Job) -> bool {
    !matches!(job.state, JobState::Queued | JobState::Running)
}

fn show(job: &Job, output: &Output) {
    output.show(job, |job| table([row(job)]));
}

fn show_queue(queue: QueueStatus, output: &Output) {
    output.show(&queue, |queue| {
        let held = queue.held.map_or_else(|| "going".to_owned(), |why| format!("held: {}", word(why)));
        let count = |count: u32, words: &str| format!("{count} {words}");
        table([vec![
            held,
            count(queue.running, "at work"),
            count(queue.waiting, "waiting"),
            count(queue.paused, "paused"),
            count(queue.others_running + queue.others_waiting, "of other profiles"),
        ]])
    });
}

/// A job as a row of a list.
pub fn row(job: &Job) -> Vec<String> {
    let paused = job.pause_reason.map(word);
    let notes = || (!job.notes.is_empty()).then(|| english_of(&job.notes));
    let words =
        paused.or_else(|| job.error.as_ref().map(english)).or_else(notes).or_else(|| job.stage.clone());
    vec![
        job.id.to_string(),
        word(job.kind),
        word(job.state),
        format!("{} %", job.progress_bp / 100),
        job.title.clone(),
        words.unwrap_or_default(),
    ]
}

/// One line of a job's log.
fn line(event: &JobEvent) -> Vec<String> {
    let words = event.words.clone().unwrap_or_else(|| english_of(&event.notices));
    vec![moment(event.at_ms), word(event.event), words]
}
