//! The library itself: whether it is sound, its snapshots, and the way back to them.

use std::path::PathBuf;

use rushes_studio::{Closing, Studio, StudioError, StudioResult};
use serde_json::json;

use crate::args::{Global, LibraryCommand};
use crate::context;
use crate::output::Output;

/// What a library that did open can be asked.
pub async fn run(studio: &Studio, command: &LibraryCommand, output: &Output) -> StudioResult<bool> {
    match command {
        LibraryCommand::Check => {
            studio.check_library().await.map_err(context::with_way_back)?;
            output.show(&json!({ "sound": true }), |_| "The library is sound.".to_owned());
        }
        LibraryCommand::Snapshot => {
            let snapshot = studio.take_snapshot().await?;
            output.show(&json!({ "snapshot": snapshot }), |_| snapshot.display().to_string());
        }
        LibraryCommand::Restore => return Err(StudioError::library_sound()),
    }
    Ok(true)
}

/// Goes back to the newest snapshot of a library that is damaged.
pub async fn restore(global: &Global, data_dir: PathBuf, output: &Output) -> StudioResult<bool> {
    if let Ok(studio) = context::open(global, data_dir.clone()).await {
        // A damage may let it open, and be met by the thorough check alone.
        let checked = studio.check_library().await;
        studio.close(Closing::Interrupt).await;
        if checked.is_ok() {
            return Err(StudioError::library_sound());
        }
    }
    let broken = Studio::restore_newest_snapshot(&data_dir).await?;
    output.show(&json!({ "broken_file": broken }), |_| {
        format!("The newest snapshot is the library again. The broken file is kept as {}.", broken.display())
    });
    Ok(true)
}
