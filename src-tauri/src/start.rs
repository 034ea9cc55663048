//! Opening the studio behind the windows, at the start and after a restore, and
//! forwarding its events to them.

use std::path::PathBuf;

use rushes_studio::{AppEvent, Studio, StudioEvent};
use tauri::{AppHandle, Emitter, Manager, Runtime};

use crate::settings;
use crate::shell::Shell;

/// Opens the studio and forwards its events until it is closed.
pub async fn start_studio<R: Runtime>(app: &AppHandle<R>) {
    let shell = app.state::<Shell>().inner().clone();
    let ffmpeg = settings::load(&shell).ffmpeg_path.map(PathBuf::from);
    if let Ok(studio) = shell.open_studio(ffmpeg).await {
        // A window may have changed them meanwhile.
        let _turn = shell.changing_settings().await;
        if let Err(error) = settings::load(&shell).apply(&studio).await {
            tracing::warn!(%error, "a setting of the file is out of bounds and not taken up");
        }
        forward_events(app, &studio);
    }
}

/// Forwards events of profiles to the windows that show them, and public ones to all.
fn forward_events<R: Runtime>(app: &AppHandle<R>, studio: &Studio) {
    let shell = app.state::<Shell>().inner().clone();
    tauri::async_runtime::spawn(rushes_studio::forward(studio.subscribe(), move |envelope| match envelope {
        Some(envelope) => shell.tell(envelope.profile_id, &envelope.event),
        None => shell.tell_all(&StudioEvent::Missed),
    }));
    let app = app.clone();
    tauri::async_runtime::spawn(rushes_studio::forward(studio.subscribe_app(), move |event| {
        if let Err(error) = app.emit("app-event", event.unwrap_or(AppEvent::Missed)) {
            tracing::warn!(%error, "an announcement reached no window");
        }
    }));
}
