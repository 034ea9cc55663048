//! Creating windows: the main one, and further ones with a profile each.

use std::sync::atomic::{AtomicU32, Ordering};

use rushes_model::notice::Notice;
use rushes_studio::media::keep_from_tools;
use rushes_studio::{ProfileSession, StudioError, StudioResult};
use tauri::window::Color;
use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

use crate::media_server::ORIGINS;
use crate::settings::{self, Theme};
use crate::shell::Shell;

/// Label of the first window.
pub const MAIN: &str = "main";

/// Background until the page is drawn: the page's own colour, so that it does
/// not flash.
const DARK: Color = Color(0x0d, 0x0e, 0x0f, 0xff);
const LIGHT: Color = Color(0xf6, 0xf7, 0xf8, 0xff);

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// Opens the first window.
pub fn open_main<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    open(app, MAIN)
}

/// Opens another window that shows a profile from its first frame.
pub fn open_another<R: Runtime>(app: &AppHandle<R>, session: ProfileSession) -> StudioResult<()> {
    let label = format!("profile-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let shell = app.state::<Shell>();
    shell.show(&label, session);
    open(app, &label).map_err(|error| {
        shell.forget(&label);
        StudioError::with_detail(Notice::Window, error)
    })
}

fn open<R: Runtime>(app: &AppHandle<R>, label: &str) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Rushes")
        .inner_size(1440.0, 900.0)
        .min_inner_size(900.0, 600.0)
        .background_color(DARK)
        .on_navigation(|url| {
            ORIGINS.contains(&url.origin().ascii_serialization().as_str()) || url.scheme() == "tauri"
        })
        .build()?;
    let light = match settings::load(&app.state::<Shell>()).theme {
        Theme::Light => true,
        Theme::Dark => false,
        Theme::System => window.theme()? == tauri::Theme::Light,
    };
    if light {
        window.set_background_color(Some(LIGHT))?;
    }
    Ok(())
}

/// Makes web views paint without OpenGL if there is no graphics card: software
/// OpenGL takes two frames and more per repaint. Call before anything else is
/// started.
#[cfg(target_os = "linux")]
pub(crate) fn draw_without_a_card() {
    let mut devices = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    if devices.any(|device| device.file_name().to_string_lossy().starts_with("renderD")) {
        return;
    }
    // WebKit only reads this from its environment: its own setting comes after
    // the first frame, and a page that switches over can hang.
    // SAFETY: no other thread was started, so none reads the environment.
    #[allow(unsafe_code)]
    unsafe {
        std::env::set_var("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
}

/// Free memory at the end of a heap above which it is returned to the system, in bytes.
#[cfg(target_os = "linux")]
const TRIM_THRESHOLD: &str = "MALLOC_TRIM_THRESHOLD_";

/// Makes web processes return the memory used for videos. Call before anything
/// else is started.
#[cfg(target_os = "linux")]
pub(crate) fn give_back_memory() {
    if std::env::var_os(TRIM_THRESHOLD).is_some() {
        return;
    }
    // With each freed video frame glibc raises its threshold and keeps larger
    // blocks, in each of its heaps. Setting the threshold, even to its default,
    // disables that. glibc reads this as a process starts: ours is not
    // affected.
    // SAFETY: no other thread was started, so none reads the environment.
    #[allow(unsafe_code)]
    unsafe {
        std::env::set_var(TRIM_THRESHOLD, "131072");
    }
    // An encoder needs the same buffers again and again.
    keep_from_tools(&[TRIM_THRESHOLD]);
}
