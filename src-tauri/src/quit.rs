//! Quitting while there is work: the last window asks what to do with it.

use std::time::Duration;

use rushes_studio::{AppEvent, Closing, WorkUnderWay};
use serde::Deserialize;
use tauri::{AppHandle, Emitter, Manager, Runtime};

use crate::shell::Shell;

/// How long the hidden page has to report the finished work.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What shall become of work that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum QuitChoice {
    /// The windows go, and the application ends once the work is done.
    KeepWorking,
    /// It stops, and goes on with the next start.
    GoOnLater,
    /// It is cancelled, with all that waits but deletions.
    Cancel,
    /// The window stays.
    Stay,
}

/// Whether a window that is asked to close must wait for an answer: it is the
/// last one, and there is work.
pub fn ask_first<R: Runtime>(app: &AppHandle<R>, label: &str) -> bool {
    let shell = app.state::<Shell>().inner().clone();
    let others = app.webview_windows().into_iter().any(|(other, window)| {
        // A window in an unknown state counts as visible.
        other != label && window.is_visible().unwrap_or(true)
    });
    if others || shell.closing().is_some() {
        return false;
    }
    let Some(studio) = shell.studio_now() else { return false };
    let WorkUnderWay { running, waiting } = match tauri::async_runtime::block_on(studio.work_under_way()) {
        Ok(work) => work,
        Err(error) => {
            tracing::warn!(%error, "whether there is work cannot be told; the window closes");
            return false;
        }
    };
    running + waiting > 0 && app.emit_to(label, "app-event", AppEvent::QuitAsked { running, waiting }).is_ok()
}

/// Does what the editor chose.
pub fn choose<R: Runtime>(app: &AppHandle<R>, choice: QuitChoice) {
    match choice {
        QuitChoice::Stay => {}
        QuitChoice::KeepWorking => keep_working(app),
        QuitChoice::GoOnLater => end(app, Closing::GoOnLater),
        QuitChoice::Cancel => end(app, Closing::Cancel),
    }
}

fn end<R: Runtime>(app: &AppHandle<R>, closing: Closing) {
    app.state::<Shell>().close_with(closing);
    app.exit(0);
}

/// Hides the windows until the work is done, then quits; starting Rushes
/// meanwhile brings the window back.
fn keep_working<R: Runtime>(app: &AppHandle<R>) {
    for window in app.webview_windows().into_values() {
        if let Err(error) = window.hide() {
            tracing::warn!(%error, "a window stays although Rushes works on without it");
        }
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(studio) = app.state::<Shell>().studio_now() else { return };
        if let Err(error) = studio.idle().await {
            tracing::warn!(%error, "whether the work is done cannot be told");
        }
        tokio::time::sleep(LAST_WORDS).await;
        let came_back = app.webview_windows().into_values().any(|window| window.is_visible().unwrap_or(true));
        if !came_back {
            app.exit(0);
        }
    });
}

/// Closes the library as chosen. If there was no choice, as when the desktop
/// session ends, the work resumes at the next start.
pub fn close(shell: &Shell) {
    let closing = shell.closing().unwrap_or(Closing::GoOnLater);
    if let Some(studio) = shell.studio_now() {
        tauri::async_runtime::block_on(studio.close(closing));
    }
}
