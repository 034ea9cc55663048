//! Projects.

use rushes_model::notice::Field;
use rushes_studio::model::{NewProject, Project, ProjectPatch, ProjectQuery};
use rushes_studio::{ProfileSession, StudioError, StudioResult};

use super::answers::{finish, micros};
use super::job;
use crate::args::ProjectCommand;
use crate::context::{find_project, find_trashed_project};
use crate::output::{Output, length, table, word};

const TARGET: Field = Field::TargetDurationUs;

pub async fn run(session: &ProfileSession, command: ProjectCommand, output: &Output) -> StudioResult<bool> {
    match command {
        ProjectCommand::List { status, search, trashed, sort, cursor, limit } => {
            let status = status.map(Into::into);
            let query = ProjectQuery { status, search, trashed, sort: sort.into(), cursor, limit };
            let page = session.list_projects(&query).await?;
            output.show(&page, |page| {
                let rest = page.next_cursor.as_ref().map(|cursor| format!("More: --cursor {cursor}\n"));
                table(page.items.iter().map(row)) + &rest.unwrap_or_default()
            });
        }
        ProjectCommand::Create { name, description, context, target_duration } => {
            let target_duration_us = target_duration.map(|s| micros(TARGET, s)).transpose()?;
            let new = NewProject { name, description, context, target_duration_us };
            show(&session.create_project(&new).await?, output);
        }
        ProjectCommand::Show { project } => {
            let id = find_project(session, &project).await?;
            show(&session.get_project(id).await?, output);
        }
        ProjectCommand::Progress { project } => {
            let id = find_project(session, &project).await?;
            let progress = session.get_project_progress(id).await?;
            output.show(&progress, |progress| match progress.jobs.as_slice() {
                [] => "Nothing is under way.".to_owned(),
                jobs => table(jobs.iter().map(job::row)),
            });
        }
        ProjectCommand::Update { project, name, description, context, target_duration, status } => {
            let id = find_project(session, &project).await?;
            let target_duration_us = target_duration.map(|s| micros(TARGET, s)).transpose()?;
            let status = status.map(Into::into);
            let patch = ProjectPatch { name, description, context, target_duration_us, status };
            show(&session.update_project(id, &patch).await?, output);
        }
        ProjectCommand::Delete { project } => {
            let id = find_project(session, &project).await?;
            show(&session.delete_project(id).await?, output);
        }
        ProjectCommand::Restore { project } => {
            let id = find_trashed_project(session, &project).await?;
            show(&session.restore_project(id).await?, output);
        }
        ProjectCommand::Sample => {
            let job = session.create_sample_project().await?;
            let job = finish(session, job.id).await?;
            let id = job.project_id.ok_or_else(|| StudioError::internal("the project got lost"))?;
            show(&session.get_project(id).await?, output);
        }
    }
    Ok(true)
}

fn show(project: &Project, output: &Output) {
    output.show(project, |project| table([row(project)]));
}

fn row(project: &Project) -> Vec<String> {
    let counts = &project.counts;
    let state = if project.deleted_at_ms.is_some() { "trash".to_owned() } else { word(project.status) };
    vec![
        project.id.to_string(),
        state,
        format!("{} sources ({})", counts.sources, length(counts.sources_us)),
        format!("{} clips, {} picked, {} finals", counts.clips, counts.picked, counts.finals),
        project.name.clone(),
    ]
}
