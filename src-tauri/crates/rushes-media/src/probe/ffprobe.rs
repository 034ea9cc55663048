//! Runs ffprobe on one file, and explains why it fails.

use std::{path::Path, process::Command, time::Duration};

use rushes_model::facts::SourceFacts;
use rushes_model::notice::{Activity, NotVideo};
use serde::de::DeserializeOwned;

use super::file::{self, begins_as_video, stat};
use crate::{
    error::{MediaError, RunReport},
    ffmpeg::{
        args::file_url,
        input,
        log::{BrokenNames, LogLine},
        run::{self, NoAnswer, RunContext},
        toolchain::Toolchain,
    },
};

/// Limit for reading all packets of a file without a duration, which takes longer.
pub(crate) const SCAN_PATIENCE: Duration = Duration::from_secs(120);

/// The name of this task in errors.
const READING: Activity = Activity::ReadingSource;

/// Demuxers of playlists and texts, which are rejected as such.
const LISTS: [&str; 12] = [
    "hls",
    "concat",
    "dash",
    "imf",
    "sdp",
    "rtsp",
    "lavfi",
    "tty",
    "srt",
    "ass",
    "webvtt",
    "webm_dash_manifest",
];
/// Demuxers of stills without `_pipe` in their names.
const STILLS: [&str; 3] = ["image2", "ico", "fits"];

/// Whether a container holds a single picture.
pub(super) fn is_still(container: &str) -> bool {
    container.ends_with("_pipe") || STILLS.contains(&container)
}

/// ffprobe on one file, as part of some work.
#[derive(Clone, Copy)]
pub(crate) struct Ffprobe<'a> {
    pub tools: &'a Toolchain,
    pub path: &'a Path,
    /// The container that a probe found; `None` before the first probe.
    pub container: Option<&'a str>,
    pub ctx: &'a RunContext,
}

impl<'a> Ffprobe<'a> {
    /// On a file whose facts are known.
    pub fn of(tools: &'a Toolchain, path: &'a Path, facts: &'a SourceFacts, ctx: &'a RunContext) -> Self {
        Self { tools, path, container: Some(&facts.container), ctx }
    }

    /// The options that it is opened with.
    pub fn opening(self) -> Vec<String> {
        self.container.map_or_else(input::unknown, input::known)
    }

    /// Runs ffprobe and parses its JSON output.
    pub async fn json<T: DeserializeOwned>(
        self,
        arguments: &[&str],
        patience: Duration,
    ) -> Result<T, MediaError> {
        let words = self.ask(&[&["-of", "json"], arguments].concat(), patience).await?;
        serde_json::from_slice(&words).map_err(|error| self.failed(arguments, error.to_string()))
    }

    pub async fn ask(self, arguments: &[&str], patience: Duration) -> Result<Vec<u8>, MediaError> {
        let path = self.path;
        let mut command = Command::new(&self.tools.ffprobe);
        command.args(["-v", "level+error"]).args(self.opening());
        command.args(arguments).arg("-i").arg(file_url(path));
        let broken_names = BrokenNames::of(&command);
        let answer = run::collect(command, patience, self.ctx).await.map_err(|error| match error {
            NoAnswer::Cancelled => MediaError::Cancelled,
            NoAnswer::TimedOut => MediaError::TimedOut { path: path.into() },
            NoAnswer::Spawn(error) => self.failed(arguments, error.to_string()),
        })?;
        if answer.status.success() {
            return Ok(answer.stdout);
        }
        let own = answer.stderr.lines().filter(|line| !broken_names.has(line)).filter_map(LogLine::parse);
        let own: Vec<LogLine<'_>> = own.collect();
        let says = |words: &str| own.iter().any(|line| line.message.trim_end().ends_with(words));
        // The demuxer itself reports the missing index; the error for a truncated file
        // names the file.
        let broken = ["moov atom not found", "EBML header parsing failed"].into_iter().any(says);
        if broken && file::ask(path, self.ctx, begins_as_video).await? {
            return Err(MediaError::Truncated { path: path.into() });
        }
        if own.iter().any(|line| line.message.contains("exceeds specified max pixel count")) {
            return Err(MediaError::NotVideo { path: path.into(), reason: NotVideo::TooLarge });
        }
        if says(": Invalid data found when processing input") || says(": End of file") {
            return Err(MediaError::NotVideo { path: path.into(), reason: NotVideo::Unrecognised });
        }
        // A rejected format is reported by its own demuxer.
        if let Some(refused) = own.iter().find(|line| line.message.starts_with("Format not on whitelist")) {
            let reason = match refused.context {
                Some(format) if is_still(format) => NotVideo::StillPicture,
                Some(format) if LISTS.contains(&format) => NotVideo::Playlist,
                _ => NotVideo::Unrecognised,
            };
            return Err(MediaError::NotVideo { path: path.into(), reason });
        }
        // The file may have vanished between the check and ffprobe's run.
        file::ask(path, self.ctx, stat).await??;
        let report = self.report(arguments, answer.status.code(), answer.stderr);
        Err(run::ended_badly(READING, answer.status, report))
    }

    fn failed(self, arguments: &[&str], words: String) -> MediaError {
        MediaError::Failed { what: READING, report: self.report(arguments, None, words) }
    }

    fn report(self, arguments: &[&str], exit: Option<i32>, words: String) -> Box<RunReport> {
        let command = format!("ffprobe {} -i {}", arguments.join(" "), self.path.display());
        Box::new(RunReport { command, version: self.tools.version.clone(), exit, words })
    }
}
