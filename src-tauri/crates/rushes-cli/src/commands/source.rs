//! Source videos of a project.

use rushes_model::facts::{AudioFacts, Heard};
use rushes_model::notice::{Field, Invalid};
use rushes_studio::model::Source;
use rushes_studio::{ProfileSession, StudioError, StudioResult, limits};

use super::analyze;
use super::answers::{finish, show_outcomes};
use crate::args::SourceCommand;
use crate::context::{find_optional_project, find_project};
use crate::output::{Output, length, table, word};
use crate::progress;

pub async fn run(session: &ProfileSession, command: SourceCommand, output: &Output) -> StudioResult<bool> {
    match command {
        SourceCommand::Add { project, paths, copy } => {
            let project = find_project(session, &project).await?;
            let outcomes = progress::adding(session, project, &paths, copy).await?;
            return Ok(show_outcomes(output, &outcomes, |source| row(source).join("  ")));
        }
        SourceCommand::List { project } => {
            let sources = match find_optional_project(session, project.as_deref()).await? {
                Some(project) => session.list_sources(project).await?,
                None => session.list_all_sources().await?,
            };
            output.show(&sources, |sources| table(sources.iter().map(row)));
        }
        SourceCommand::Show { source } => show(&session.get_source(source).await?, output),
        SourceCommand::Analyze { source } => {
            let job = session.analyse_source(source).await?;
            finish(session, job.id).await?;
            let analysis = session.get_source_analysis(source).await?;
            output.show(&analysis.as_ref().map(analyze::Report::from), |report| {
                report.as_ref().map(analyze::words).unwrap_or_default()
            });
        }
        SourceCommand::Remove { source } => {
            session.remove_source(source).await?;
            show(&session.get_source(source).await?, output);
        }
        SourceCommand::Restore { source } => show(&session.restore_source(source).await?, output),
        SourceCommand::Sound { source, tracks, none } => {
            let mut known = session.get_source(source).await?;
            if none || !tracks.is_empty() {
                let streams = tracks.iter().map(|number| {
                    let track = number.checked_sub(1).and_then(|index| known.facts.audio.get(index));
                    track.map(|track| track.stream_index).ok_or_else(|| no_track(*number, &known))
                });
                let streams = streams.collect::<StudioResult<Vec<_>>>()?;
                known = session.set_source_sound(source, &known.only_tracks(&streams)).await?;
            }
            output.show(&known.facts.audio, |tracks| table(tracks.iter().enumerate().map(track)));
        }
        SourceCommand::Relink { source, path, accept_different } => {
            show(&session.relink_source(source, &path, accept_different).await?, output);
        }
    }
    Ok(true)
}

fn show(source: &Source, output: &Output) {
    output.show(source, |source| table([row(source)]));
}

fn row(source: &Source) -> Vec<String> {
    let video = &source.facts.video;
    let rate = f64::from(video.frame_rate_milli) / 1_000.0;
    let variable = if video.variable_frame_rate { " variable" } else { "" };
    let layouts: Vec<&str> = source.facts.used_audio().map(|track| track.layout.as_str()).collect();
    let sound = match (layouts.is_empty(), source.facts.is_heard()) {
        (true, _) => "no sound".to_owned(),
        (false, false) => format!("{}, nothing heard", layouts.join(" + ")),
        (false, true) => layouts.join(" + "),
    };
    let rejoined = source.facts.rejoined.as_ref().map_or_else(String::new, |rejoined| {
        format!(", a copy of {} recordings with one clock", rejoined.parts)
    });
    vec![
        source.id.to_string(),
        word(source.state),
        length(source.facts.duration_us),
        format!(
            "{}×{} {rate:.2} fps{variable}, {}, {sound}{rejoined}",
            video.width, video.height, video.codec
        ),
        source.name.clone(),
    ]
}

fn track((index, track): (usize, &AudioFacts)) -> Vec<String> {
    let heard = match track.heard {
        Heard::Sound => "heard",
        Heard::OneSide => "heard on one side",
        Heard::Silence => "silent",
    };
    vec![
        (index + 1).to_string(),
        if track.used { "used" } else { "" }.to_owned(),
        heard.to_owned(),
        format!("{}, {}", track.layout, track.codec),
        track.title.clone().unwrap_or_default(),
    ]
}

fn no_track(number: usize, source: &Source) -> StudioError {
    let name = source.name.clone();
    let reason = match source.facts.audio.len() {
        0 => Invalid::NoSound { name },
        1 => Invalid::OneTrack { name },
        count => Invalid::OtherTracks { name, last: limits::number(count), number: limits::number(number) },
    };
    StudioError::invalid(Field::Track, reason)
}
