//! Making windows: the main one, and further ones with a profile each.

use std::sync::atomic::{AtomicU32, Ordering};

use rushes_studio::media::keep_from_tools;
use rushes_studio::{ProfileSession, StudioError, StudioResult};
use tauri::window::Color;
use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

use crate::media_server::ORIGINS;
use crate::settings::{self, Theme};
use crate::shell::Shell;

/// Label of the first window.
pub const MAIN: &str = "main";

/// What a window shows before its page is drawn: the page's own ground, so that
/// it does not flash.
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
        StudioError {
            code: "window".into(),
            message: "The window could not be opened. Close another one and try again.".into(),
            detail: error.to_string(),
        }
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

/// Has pages painted straight into their windows where there is no graphics
/// card: OpenGL is software there, and each repaint would take two frames and
/// more. To be called before anything else is started.
#[cfg(target_os = "linux")]
pub(crate) fn draw_without_a_card() {
    let mut devices = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    if devices.any(|device| device.file_name().to_string_lossy().starts_with("renderD")) {
        return;
    }
    // WebKit is told so by nothing but its environment: its own setting comes
    // after the first frame, and a page that changes over can hang.
    // SAFETY: no other thread was started, so none reads the environment.
    #[allow(unsafe_code)]
    unsafe {
        std::env::set_var("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
}

/// From how much free memory at its end on a heap gives back, in bytes.
#[cfg(target_os = "linux")]
const TRIM_THRESHOLD: &str = "MALLOC_TRIM_THRESHOLD_";

/// Has the processes of pages give back what films took. To be called before
/// anything else is started.
#[cfg(target_os = "linux")]
pub(crate) fn give_back_memory() {
    if std::env::var_os(TRIM_THRESHOLD).is_some() {
        return;
    }
    // Each freed picture of a film makes glibc keep larger blocks for itself, in
    // each of its heaps. It does not where its threshold was set, be it to what
    // it begins with. glibc reads this as a process starts: ours stays as it is.
    // SAFETY: no other thread was started, so none reads the environment.
    #[allow(unsafe_code)]
    unsafe {
        std::env::set_var(TRIM_THRESHOLD, "131072");
    }
    // An encoder needs the same buffers again and again.
    keep_from_tools(&[TRIM_THRESHOLD]);
}
