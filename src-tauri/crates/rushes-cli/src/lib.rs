//! Rushes without a window: every operation of the application on the command
//! line, printed as text or, with `--json`, as one JSON document.
//!
//! Exit status: 0 on success, 2 for misuse and invalid values, 1 otherwise.
//!
//! This is a library so that tests can walk the command tree; the binary only
//! calls [`main`].

mod args;
mod commands;
mod context;
mod logging;
mod output;
mod progress;
mod trim;

use std::io::Write;
use std::process::ExitCode;

use rushes_model::notice::{Failed, Notice, Usage};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use rushes_studio::StudioError;

use crate::args::Arguments;
use crate::output::Output;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misuse(&error),
    };
    let output = Output { json: arguments.json };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failure(&StudioError::io(Failed::Start, &error)),
    };
    match runtime.block_on(commands::run(arguments, &output)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => output.failure(&error),
    }
}

/// The tree of all commands and their arguments.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Help and version are not misuse. With `--json`, misuse is reported as a
/// document too.
fn misuse(error: &clap::Error) -> ExitCode {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked || !std::env::args_os().any(|argument| argument == "--json") {
        // An argument can be an arbitrary file name (`*`).
        let text = error.to_string();
        let plain = output::plain_lines(&text);
        // If the terminal is gone, there is nowhere to report to.
        let _ = if plain == text { error.print() } else { write!(std::io::stderr(), "{plain}") };
        return ExitCode::from(if asked { 0 } else { 2 });
    }
    let text = error.to_string();
    let (message, detail) = text.split_once("\n\n").unwrap_or((&text, ""));
    let reason = Usage::Arguments { text: message.trim_start_matches("error: ").trim().into() };
    Output { json: true }.failure(&StudioError::with_detail(Notice::Usage { reason }, detail.trim()))
}
