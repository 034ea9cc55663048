//! Rushes without a window: every operation of the application on the command
//! line, with one JSON document for programs (`--json`) or words for people.
//!
//! Exit status: 0 on success, 2 for misuse, 1 otherwise.

mod args;
mod commands;
mod context;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use rushes_studio::StudioError;

use crate::args::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misuse(&error),
    };
    let output = Output { json: arguments.json };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.failure(&StudioError::io("Rushes could not start.", &error)),
    };
    match runtime.block_on(commands::run(arguments, &output)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => output.failure(&error),
    }
}

/// Help and version are no misuse; with `--json`, misuse is a document, too.
fn misuse(error: &clap::Error) -> ExitCode {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked || !std::env::args_os().any(|argument| argument == "--json") {
        // Nothing can be told where the terminal is gone.
        let _ = error.print();
        return ExitCode::from(if asked { 0 } else { 2 });
    }
    Output { json: true }.failure(&StudioError {
        code: "usage".into(),
        message: error.to_string(),
        detail: String::new(),
    })
}
