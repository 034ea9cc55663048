//! Profiles: managing them, their contents and settings.

use rushes_studio::model::{Profile, ProfileSettingsPatch, ScoreWeightsPatch};
use rushes_studio::{Studio, StudioResult};
use serde_json::json;

use crate::args::{Global, ProfileCommand};
use crate::context::{find_profile, session};
use crate::output::{Output, length, size, table};

pub async fn run(
    studio: &Studio,
    global: &Global,
    command: ProfileCommand,
    output: &Output,
) -> StudioResult<bool> {
    match command {
        ProfileCommand::List => {
            let profiles = studio.list_profiles().await?;
            output.show(&profiles, |profiles| table(profiles.iter().map(row)));
        }
        ProfileCommand::Create { name, colour } => {
            show(&studio.create_profile(&name, &colour).await?, output);
        }
        ProfileCommand::Rename { which, name } => {
            let id = find_profile(studio, Some(&which)).await?.id;
            show(&studio.rename_profile(id, &name).await?, output);
        }
        ProfileCommand::Recolour { which, colour } => {
            let id = find_profile(studio, Some(&which)).await?.id;
            show(&studio.recolour_profile(id, &colour).await?, output);
        }
        ProfileCommand::SetDefault { which } => {
            let id = find_profile(studio, Some(&which)).await?.id;
            show(&studio.set_default_profile(id).await?, output);
        }
        ProfileCommand::Delete { which, confirm } => {
            let profile = find_profile(studio, Some(&which)).await?;
            let left = studio.delete_profile(profile.id, &confirm).await?;
            let mut answer = json!(profile);
            answer["left_behind"] = json!(left);
            output.show(&answer, |_| {
                let mut text = format!("Deleted “{}” with everything in it.", profile.name);
                if left.finals > 0 {
                    text += &format!("\nIts finals stay ({}):\n{}", left.finals, left.folders.join("\n"));
                }
                text
            });
        }
        ProfileCommand::Overview => {
            let overview = session(studio, global).await?.profile_overview().await?;
            output.show(&overview, |sum| {
                table([
                    vec!["Projects".into(), sum.projects.to_string()],
                    vec!["Sources".into(), format!("{} ({})", sum.sources, length(sum.sources_us))],
                    vec!["Clips".into(), format!("{}, {} picked", sum.clips, sum.picked)],
                    vec!["Finals".into(), format!("{} ({})", sum.finals, length(sum.finals_us))],
                    vec!["On disk".into(), size(sum.disk_bytes)],
                ])
            });
        }
        ProfileCommand::Weights { motion, sharpness, colour, loudness, speech, novelty, pace, reset } => {
            let session = session(studio, global).await?;
            let patch = ScoreWeightsPatch { motion, sharpness, colour, loudness, speech, novelty, pace };
            let weights = if reset {
                session.set_score_weights(None).await?
            } else if patch == ScoreWeightsPatch::default() {
                session.get_score_weights().await?
            } else {
                session.set_score_weights(Some(patch)).await?
            };
            output.show(&weights, |w| {
                let row = |name: &str, weight: u32| vec![name.to_owned(), weight.to_string()];
                table([
                    row("motion", w.motion),
                    row("sharpness", w.sharpness),
                    row("colour", w.colour),
                    row("loudness", w.loudness),
                    row("speech", w.speech),
                    row("novelty", w.novelty),
                    row("pace", w.pace),
                ])
            });
        }
        ProfileCommand::Settings { output_folder, clip_files } => {
            let session = session(studio, global).await?;
            let profile = if output_folder.is_none() && clip_files.is_none() {
                session.profile().await?
            } else {
                let patch =
                    ProfileSettingsPatch { output_folder, clip_files, ..ProfileSettingsPatch::default() };
                session.update_profile_settings(&patch).await?
            };
            output.show(&profile.settings, |settings| {
                format!(
                    "Finals go into: {}\nClip files: {}",
                    settings.output_folder.as_deref().unwrap_or("the profile's own folder"),
                    if settings.clip_files { "for each new clip" } else { "on request" },
                )
            });
        }
    }
    Ok(true)
}

fn show(profile: &Profile, output: &Output) {
    output.show(profile, |profile| table([row(profile)]));
}

fn row(profile: &Profile) -> Vec<String> {
    let mark = if profile.is_default { "default" } else { "" };
    vec![profile.id.to_string(), profile.colour.clone(), profile.name.clone(), mark.to_owned()]
}
