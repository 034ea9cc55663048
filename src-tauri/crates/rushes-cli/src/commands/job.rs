//! Background jobs.

use rushes_studio::model::{Job, JobQuery};
use rushes_studio::{ProfileSession, StudioResult};

use super::answers::finish;
use crate::args::JobCommand;
use crate::context::find_optional_project;
use crate::output::{Output, table, word};

pub async fn run(session: &ProfileSession, command: JobCommand, output: &Output) -> StudioResult<bool> {
    match command {
        JobCommand::List { project, active, limit } => {
            let project_id = find_optional_project(session, project.as_deref()).await?;
            let jobs = session.list_jobs(&JobQuery { project_id, active, limit }).await?;
            output.show(&jobs, |jobs| table(jobs.iter().map(row)));
        }
        JobCommand::Show { job } => show(&session.get_job(job).await?, output),
        JobCommand::Cancel { job } => show(&session.cancel_job(job).await?, output),
        JobCommand::Retry { job } => {
            let job = session.retry_job(job).await?;
            show(&finish(session, job.id).await?, output);
        }
    }
    Ok(true)
}

fn show(job: &Job, output: &Output) {
    output.show(job, |job| table([row(job)]));
}

/// A job as a row of a list.
pub fn row(job: &Job) -> Vec<String> {
    let words = job.error_message.as_ref().or(job.note.as_ref()).or(job.stage.as_ref());
    vec![
        job.id.to_string(),
        word(job.kind),
        word(job.state),
        format!("{} %", job.progress_bp / 100),
        job.title.clone(),
        words.cloned().unwrap_or_default(),
    ]
}
