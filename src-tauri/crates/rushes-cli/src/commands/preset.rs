//! Export presets, the same for every profile.

use rushes_studio::words;
use rushes_studio::{ProfileSession, StudioResult};

use crate::args::PresetCommand;
use crate::output::{Output, table};

pub async fn run(session: &ProfileSession, command: PresetCommand, output: &Output) -> StudioResult<bool> {
    match command {
        PresetCommand::List => {
            let presets = session.list_export_presets().await?;
            output.show(&presets, |presets| {
                table(presets.iter().map(|preset| {
                    let (name, notes) = words::preset(preset);
                    vec![preset.key.clone(), name, notes]
                }))
            });
        }
    }
    Ok(true)
}
