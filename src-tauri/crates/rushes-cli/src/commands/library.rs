//! The library itself: checking it, snapshots, and restoring them.

use std::path::{Path, PathBuf};

use rushes_model::notice::Notice;
use rushes_studio::{Closing, Studio, StudioResult};
use serde_json::json;

use crate::args::{Global, LibraryCommand};
use crate::context;
use crate::output::Output;

pub async fn run(
    command: &LibraryCommand,
    global: &Global,
    data_dir: PathBuf,
    output: &Output,
) -> StudioResult<bool> {
    match command {
        LibraryCommand::Check => {
            let mended = checked(global, &data_dir).await?;
            output.show(&json!({ "sound": true, "mended": mended }), |_| match mended.as_slice() {
                [] => "The library is sound.".to_owned(),
                _ => "The library hid some rows and was mended: its indexes were made anew.".to_owned(),
            });
        }
        LibraryCommand::Snapshot => {
            let studio = context::open(global, data_dir).await?;
            let taken = studio.take_snapshot().await;
            studio.close(Closing::Interrupt).await;
            let snapshot = taken?;
            output.show(&json!({ "snapshot": snapshot }), |_| snapshot.display().to_string());
        }
        LibraryCommand::Restore => restore(global, &data_dir, output).await?,
    }
    Ok(true)
}

/// Opens the library and checks it thoroughly, since some damage does not
/// prevent opening it. Returns what was repaired.
async fn checked(global: &Global, data_dir: &Path) -> StudioResult<Vec<String>> {
    let studio = context::open(global, data_dir.to_owned()).await?;
    let checked = studio.check_library().await;
    studio.close(Closing::Interrupt).await;
    checked.map_err(|error| context::with_way_back(error, data_dir))
}

/// Restores the newest snapshot if the library is damaged or missing. Other
/// reasons it cannot be opened do not justify that.
async fn restore(global: &Global, data_dir: &Path, output: &Output) -> StudioResult<()> {
    match checked(global, data_dir).await {
        Ok(_) => return Err(Notice::LibrarySound.into()),
        Err(error) if context::is_lost(&error) => {}
        Err(error) => return Err(error),
    }
    let broken = Studio::restore_newest_snapshot(data_dir).await?;
    output.show(&json!({ "broken_file": broken }), |_| match &broken {
        Some(broken) => format!(
            "The newest snapshot is the library again. The broken file is kept as {}.",
            broken.display()
        ),
        None => "The newest snapshot is the library again.".to_owned(),
    });
    Ok(())
}
