//! Segments marked on sources.

use rushes_model::notice::Field;
use rushes_studio::model::{NewSegment, Segment, SegmentPatch};
use rushes_studio::{ProfileSession, StudioResult};

use super::answers::micros;
use crate::args::SegmentCommand;
use crate::context::{find_optional_project, find_project};
use crate::output::{Output, length, table};

pub async fn run(session: &ProfileSession, command: SegmentCommand, output: &Output) -> StudioResult<bool> {
    match command {
        SegmentCommand::Add { source, in_point, out_point, name, keywords, weight } => {
            let (in_us, out_us) = (micros(Field::InUs, in_point)?, micros(Field::OutUs, out_point)?);
            let new = NewSegment { source_id: source, in_us, out_us, name, keywords, weight };
            show(&session.add_segment(&new).await?, output);
        }
        SegmentCommand::List { project } => {
            let project = find_project(session, &project).await?;
            show_all(&session.list_segments(project).await?, output);
        }
        SegmentCommand::Update { segment, name, in_point, out_point, keywords, weight, project } => {
            let patch = SegmentPatch {
                name,
                in_us: in_point.map(|s| micros(Field::InUs, s)).transpose()?,
                out_us: out_point.map(|s| micros(Field::OutUs, s)).transpose()?,
                keywords,
                weight,
                project_id: find_optional_project(session, project.as_deref()).await?,
            };
            show(&session.update_segment(segment, &patch).await?, output);
        }
        SegmentCommand::Remove { segment } => {
            session.remove_segment(segment).await?;
            output.show(&serde_json::json!({ "removed": segment }), |_| "Removed.".to_owned());
        }
        SegmentCommand::Reorder { project, segments } => {
            let project = find_project(session, &project).await?;
            show_all(&session.reorder_segments(project, &segments).await?, output);
        }
    }
    Ok(true)
}

fn show(segment: &Segment, output: &Output) {
    output.show(segment, |segment| table([row(segment)]));
}

fn show_all(segments: &Vec<Segment>, output: &Output) {
    output.show(segments, |segments| table(segments.iter().map(row)));
}

fn row(segment: &Segment) -> Vec<String> {
    vec![
        segment.id.to_string(),
        format!("{} – {}", length(segment.in_us), length(segment.out_us)),
        format!("weight {}", segment.weight),
        segment.name.clone(),
        segment.keywords.join(", "),
    ]
}
