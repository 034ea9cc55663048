//! The shell: windows, commands, the media server, settings.
//!
//! Nothing here knows how Rushes works; a command takes the session of the
//! window that calls, calls the studio, and hands on its answer. Which profile
//! a window shows is kept here and never told by the page.

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
