//! Making windows: the main one, and further ones with a profile each.

use std::sync::atomic::{AtomicU32, Ordering};

use rushes_studio::{ProfileSession, StudioError, StudioResult};
use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

use crate::shell::Shell;

/// Label of the first window.
pub const MAIN: &str = "main";

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// Opens the first window.
pub fn open_main<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    builder(app, MAIN).build().map(|_| ())
}

/// Opens another window that shows a profile from its first frame.
pub fn open_another<R: Runtime>(app: &AppHandle<R>, session: ProfileSession) -> StudioResult<()> {
    let label = format!("profile-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let shell = app.state::<Shell>();
    shell.show(&label, session);
    builder(app, &label).build().map(|_| ()).map_err(|error| {
        shell.forget(&label);
        StudioError {
            code: "window".into(),
            message: "The window could not be opened. Close another one and try again.".into(),
            detail: error.to_string(),
        }
    })
}

fn builder<'a, R: Runtime>(app: &'a AppHandle<R>, label: &str) -> WebviewWindowBuilder<'a, R, AppHandle<R>> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Rushes")
        .inner_size(1440.0, 900.0)
        .min_inner_size(900.0, 600.0)
}
