//! The shell: windows, commands, the media server, settings.
//!
//! Nothing here knows how Rushes works: a command takes the session of the
//! calling window, calls the studio, and returns its answer. Which profile a
//! window shows is stored here and never sent by the page.

pub mod app;
pub mod chosen;
pub mod commands;
pub mod media_server;
mod opened;
mod quit;
pub mod settings;
pub mod shell;
pub mod start;
pub mod windows;

pub use app::run;
