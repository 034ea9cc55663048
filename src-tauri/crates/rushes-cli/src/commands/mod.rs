//! The commands: each calls one operation of the studio and prints its result.
//!
//! Background work is waited for here, because the process that queued it also
//! runs it.

mod analyze;
mod answers;
mod clip;
mod generate;
mod job;
mod library;
mod make;
mod preset;
mod profile;
mod project;
mod render;
mod sample;
mod segment;
mod source;

use rushes_studio::{Closing, Studio, StudioResult};

use crate::args::{Arguments, Command, Global};
use crate::output::Output;
use crate::{context, logging};

/// Runs the given command. Returns `Ok(false)` if a result was printed but
/// something in it was refused or failed.
pub async fn run(arguments: Arguments, output: &Output) -> StudioResult<bool> {
    if let Command::Sample { dir } = &arguments.command {
        return sample::write(dir, &arguments.global, output).await;
    }
    if let Command::Analyze(asked) = &arguments.command {
        return analyze::run(asked, &arguments.global, output).await;
    }
    let data_dir = context::data_dir(&arguments.global)?;
    logging::install(&data_dir);
    if let Command::Library(command) = &arguments.command {
        return library::run(command, &arguments.global, data_dir, output).await;
    }
    let studio = context::open(&arguments.global, data_dir).await?;
    let done = dispatch(&studio, &arguments.global, arguments.command, output).await;
    studio.close(Closing::Interrupt).await;
    done
}

async fn dispatch(studio: &Studio, global: &Global, command: Command, output: &Output) -> StudioResult<bool> {
    // Commands that manage or create profiles do not need one.
    match command {
        Command::Profile(command) => return profile::run(studio, global, command, output).await,
        Command::Make(make) => return make::run(studio, global, make, output).await,
        _ => {}
    }
    let session = context::session(studio, global).await?;
    match command {
        Command::Project(command) => project::run(&session, command, output).await,
        Command::Source(command) => source::run(&session, command, output).await,
        Command::Segment(command) => segment::run(&session, command, output).await,
        Command::Generate(asked) => generate::from_footage(&session, asked, output).await,
        Command::GenerateFromSegments(asked) => generate::from_segments(&session, asked, output).await,
        Command::Clip(command) => clip::run(&session, command, output).await,
        Command::Render(command) => render::run(&session, command, output).await,
        Command::Preset(command) => preset::run(&session, command, output).await,
        Command::Job(command) => job::run(&session, command, output).await,
        Command::Profile(_)
        | Command::Make(_)
        | Command::Library(_)
        | Command::Analyze(_)
        | Command::Sample { .. } => Ok(true),
    }
}
