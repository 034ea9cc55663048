//! The API of the page. Each command takes the session of the calling window,
//! calls the studio and returns its answer; anything longer belongs below.

mod app;
mod clips;
mod dialogs;
mod finals;
mod jobs;
#[macro_use]
pub mod names;
mod profiles;
mod projects;
mod reveal;
mod segments;
mod sources;

use rushes_studio::AppEvent;
use rushes_studio::media::{SAFE_AREAS, TITLE_SAFE};
use tauri::Runtime;
use tauri::plugin::TauriPlugin;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands};

macro_rules! collected {
    ($($module:ident::$name:ident $(::<$runtime:ty>)?,)*) => {
        collect_commands![$($module::$name $(::<$runtime>)?),*]
    };
}

/// Every command with its types.
pub fn api<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .plugin_name(names::PLUGIN)
        .error_handling(ErrorHandlingMode::Throw)
        // Microseconds and bytes stay far below 2^53.
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
        .typ::<AppEvent>()
        .constant("SAFE_AREAS", SAFE_AREAS)
        .constant("TITLE_SAFE", TITLE_SAFE)
        .commands(commands!(collected))
}

/// The commands as a plugin, so that each has a permission that a capability
/// can grant to a window.
pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new(names::PLUGIN).invoke_handler(api().invoke_handler()).build()
}
