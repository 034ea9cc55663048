//! The command line: commands, options and values.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use rushes_model::ids::{JobId, SegmentId, SourceId};

pub use clips::{ClipCommand, RenderCommand};
pub use words::{FlagWord, Framing, Kind, Mode, Order, Origin, ProjectSort, Rendered, Sort, Status};

mod clips;
mod words;

/// Heading of the options shared by every command.
const EVERYWHERE: &str = "Options of every command";

/// Turns long footage into short clips.
#[derive(Debug, Parser)]
#[command(name = "rushes-cli", version, about, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    /// Print one JSON document on stdout, and errors as {code, message, detail}.
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = EVERYWHERE)]
pub struct Global {
    /// Data directory [default: that of the installed application].
    #[arg(long, global = true, env = "RUSHES_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Profile, by name or id [default: the default profile].
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// ffmpeg, or the folder it is in [default: searched for in the usual places].
    #[arg(long, global = true, value_name = "PATH")]
    pub ffmpeg: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Profiles: one for each client or person on this machine.
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Projects of a profile.
    #[command(subcommand)]
    Project(ProjectCommand),
    /// Source videos of a project.
    #[command(subcommand)]
    Source(SourceCommand),
    /// Segments marked on sources.
    #[command(subcommand)]
    Segment(SegmentCommand),
    /// Show what a video holds: shots, sound, speech, its best moments.
    Analyze(Analyze),
    /// Make raw clips from the footage of a project.
    Generate(Generate),
    /// Make raw clips from the segments of a project.
    GenerateFromSegments(GenerateFromSegments),
    /// Clips: list, judge, trim, mute, words, files, trash.
    #[command(subcommand)]
    Clip(ClipCommand),
    /// Render finals of clips for platforms.
    #[command(subcommand)]
    Render(RenderCommand),
    /// Export presets.
    #[command(subcommand)]
    Preset(PresetCommand),
    /// Background jobs.
    #[command(subcommand)]
    Job(JobCommand),
    /// The library itself, with all profiles.
    #[command(subcommand)]
    Library(LibraryCommand),
    /// The whole job at once: from files to finished clips in a folder.
    Make(Make),
    /// Write sample footage into a folder.
    Sample {
        /// The folder; created if it does not exist.
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum LibraryCommand {
    /// Check the whole library file, repair what can be repaired without loss,
    /// and report the result.
    Check,
    /// Take a snapshot now. One is taken automatically each day; ten are kept.
    Snapshot,
    /// Go back to the newest snapshot of a damaged or missing library; the
    /// broken file is kept next to it.
    Restore,
}

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// List all profiles.
    List,
    /// Make a profile.
    Create {
        name: String,
        /// Accent colour.
        #[arg(long, default_value = "#3B82F6", value_name = "#RRGGBB")]
        colour: String,
    },
    /// Give a profile another name.
    Rename {
        #[arg(value_name = "PROFILE")]
        which: String,
        name: String,
    },
    /// Give a profile another colour.
    Recolour {
        #[arg(value_name = "PROFILE")]
        which: String,
        colour: String,
    },
    /// Make a profile the default.
    SetDefault {
        #[arg(value_name = "PROFILE")]
        which: String,
    },
    /// Delete a profile with everything in it.
    Delete {
        #[arg(value_name = "PROFILE")]
        which: String,
        /// Its name, repeated to confirm.
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// What a profile holds.
    Overview,
    /// How much each part counts in clip scores, 0 to 100; parts not given keep
    /// their value.
    Weights {
        /// Motion in the picture.
        #[arg(long)]
        motion: Option<u32>,
        /// Sharpness of fine detail.
        #[arg(long)]
        sharpness: Option<u32>,
        /// Colourfulness.
        #[arg(long)]
        colour: Option<u32>,
        /// Audible sound.
        #[arg(long)]
        loudness: Option<u32>,
        /// Speech.
        #[arg(long)]
        speech: Option<u32>,
        /// Difference from the other clips.
        #[arg(long)]
        novelty: Option<u32>,
        /// Pace of the cuts within the clip.
        #[arg(long)]
        pace: Option<u32>,
        /// Reset all weights to their defaults.
        #[arg(long)]
        reset: bool,
    },
    /// Change the settings of a profile.
    Settings {
        /// Folder for finals; empty for the profile's own.
        #[arg(long, value_name = "DIR")]
        output_folder: Option<String>,
        /// Whether a file is made of each new clip.
        #[arg(long, value_name = "BOOL")]
        clip_files: Option<bool>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProjectCommand {
    /// List projects.
    List {
        #[arg(long)]
        status: Option<Status>,
        #[arg(long)]
        search: Option<String>,
        /// Projects in the trash.
        #[arg(long)]
        trashed: bool,
        #[arg(long, value_enum, default_value = "recent")]
        sort: ProjectSort,
        /// Where to continue: `next_cursor` of the previous page.
        #[arg(long)]
        cursor: Option<String>,
        /// Rows per page, 1 to 200.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Make a project.
    Create {
        name: String,
        #[arg(long, default_value = "")]
        description: String,
        #[arg(long, default_value = "")]
        context: String,
        /// Seconds, 1 to 600.
        #[arg(long, value_name = "S")]
        target_duration: Option<f64>,
    },
    /// Show a project.
    Show { project: String },
    /// Background work of a project.
    Progress { project: String },
    /// Change a project.
    Update {
        /// By name or id.
        project: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        description: Option<String>,
        #[arg(long)]
        context: Option<String>,
        /// Seconds, 1 to 600.
        #[arg(long, value_name = "S")]
        target_duration: Option<f64>,
        #[arg(long)]
        status: Option<Status>,
    },
    /// Put a project into the trash.
    Delete { project: String },
    /// Take a project out of the trash.
    Restore { project: String },
    /// Make a project with sample footage.
    Sample,
}

#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Add files, and the videos in folders.
    Add {
        /// By name or id.
        project: String,
        /// Videos, and folders of videos.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Keep a copy in the profile's folder.
        #[arg(long)]
        copy: bool,
    },
    /// List the sources of a project, or of all projects.
    List { project: Option<String> },
    /// Show a source.
    Show { source: SourceId },
    /// Analyse a source: shots, sound, speech, its best moments.
    Analyze { source: SourceId },
    /// Remove a source from its project; its clips stay.
    Remove { source: SourceId },
    /// Restore a removed source.
    Restore { source: SourceId },
    /// List the sound tracks of a source, or choose which ones to use.
    Sound {
        source: SourceId,
        /// Number of a track to use; if repeated, the tracks are mixed.
        #[arg(long = "track", value_name = "N", conflicts_with = "none")]
        tracks: Vec<usize>,
        /// Use no sound track.
        #[arg(long)]
        none: bool,
    },
    /// Point a source at the new location of its file.
    Relink {
        source: SourceId,
        path: PathBuf,
        /// Even if it is different footage.
        #[arg(long)]
        accept_different: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum SegmentCommand {
    /// Mark a segment on a source.
    Add {
        source: SourceId,
        /// In point in seconds.
        #[arg(long = "in", value_name = "S")]
        in_point: f64,
        /// Out point in seconds.
        #[arg(long = "out", value_name = "S")]
        out_point: f64,
        #[arg(long)]
        name: Option<String>,
        #[arg(long = "keyword")]
        keywords: Vec<String>,
        /// 1 to 100.
        #[arg(long)]
        weight: Option<u32>,
    },
    /// List the segments of a project.
    List { project: String },
    /// Change a segment.
    Update {
        segment: SegmentId,
        #[arg(long)]
        name: Option<String>,
        #[arg(long = "in", value_name = "S")]
        in_point: Option<f64>,
        #[arg(long = "out", value_name = "S")]
        out_point: Option<f64>,
        #[arg(long = "keyword")]
        keywords: Option<Vec<String>>,
        #[arg(long)]
        weight: Option<u32>,
        /// Project to assign it to.
        #[arg(long)]
        project: Option<String>,
    },
    /// Remove a segment; clips made from it stay.
    Remove { segment: SegmentId },
    /// Put the segments of a project in the given order.
    Reorder {
        /// By name or id.
        project: String,
        #[arg(required = true)]
        segments: Vec<SegmentId>,
    },
}

#[derive(Debug, Args)]
pub struct Analyze {
    /// Any video.
    pub file: PathBuf,
    /// Length of the moments to look for, in seconds, 1 to 600.
    #[arg(long, value_name = "S", default_value_t = 20.0)]
    pub target_duration: f64,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// Project, by name or id.
    pub project: String,
    /// One good stretch per clip, or the best shots put together.
    #[arg(long, value_enum, default_value = "highlight")]
    pub kind: Kind,
    /// How many, 1 to 50.
    #[arg(long, default_value_t = 10)]
    pub count: u32,
    /// Seconds, 1 to 600 [default: the project's].
    #[arg(long, value_name = "S")]
    pub target_duration: Option<f64>,
    /// Sources to use; all if none is given.
    #[arg(long = "source", value_name = "SOURCE")]
    pub sources: Vec<SourceId>,
    /// Seed of random choices.
    #[arg(long)]
    pub seed: Option<u32>,
    /// Order of the shots of a montage.
    #[arg(long, value_enum, default_value = "chronological")]
    pub order: Order,
    /// Also moments that were rejected, rendered or moved to the trash.
    #[arg(long)]
    pub include_used: bool,
}

#[derive(Debug, Args)]
pub struct GenerateFromSegments {
    /// Project, by name or id.
    pub project: String,
    /// Segments to use; all if none is given.
    #[arg(long = "segment", value_name = "SEGMENT")]
    pub segments: Vec<SegmentId>,
    /// How many, 1 to 50.
    #[arg(long, default_value_t = 1)]
    pub variants: u32,
    /// How segments are chosen: in order, shuffled by the seed, or by weight.
    #[arg(long, value_enum, default_value = "sequential")]
    pub mode: Mode,
    /// Seconds, 1 to 600.
    #[arg(long, value_name = "S", default_value_t = 20.0)]
    pub target_duration: f64,
    /// Leave the sound out.
    #[arg(long)]
    pub muted: bool,
    /// Seed of random choices.
    #[arg(long)]
    pub seed: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub enum PresetCommand {
    /// List the export presets.
    List,
}

#[derive(Debug, Subcommand)]
pub enum JobCommand {
    /// List jobs, newest first.
    List {
        #[arg(long)]
        project: Option<String>,
        /// Only jobs that are waiting, running or interrupted.
        #[arg(long)]
        active: bool,
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Show a job with its log.
    Show { job: JobId },
    /// Cancel a job.
    Cancel { job: JobId },
    /// Retry a job, or all failed jobs.
    Retry {
        #[arg(required_unless_present = "failed", conflicts_with = "failed")]
        job: Option<JobId>,
        /// All failed jobs that were not retried since.
        #[arg(long)]
        failed: bool,
    },
    /// Pause a job: it does not start, or stops where it is.
    Pause { job: JobId },
    /// Resume a paused job.
    Resume { job: JobId },
    /// Put a job that waits before another one, or behind all.
    Reorder {
        job: JobId,
        /// The job to move it before [default: move it to the end].
        #[arg(long, value_name = "JOB")]
        before: Option<JobId>,
    },
    /// Pause the whole queue of the profile.
    Hold,
    /// Resume the queue of the profile.
    Release,
    /// Show the state of the queue.
    Queue,
    /// Print each change of jobs until they come to rest; with --json, one line each.
    Watch {
        /// Which jobs [default: all active ones].
        #[arg(value_name = "JOB")]
        jobs: Vec<JobId>,
    },
}

#[derive(Debug, Args)]
pub struct Make {
    /// Videos, and folders of videos.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// How many clips, 1 to 50.
    #[arg(long, default_value_t = 3)]
    pub count: u32,
    /// Seconds, 1 to 600.
    #[arg(long, value_name = "S", default_value_t = 20.0)]
    pub target_duration: f64,
    /// One good stretch per clip, or the best shots put together.
    #[arg(long, value_enum, default_value = "highlight")]
    pub kind: Kind,
    /// Key of the export preset; see `preset list`.
    #[arg(long, default_value = "tiktok")]
    pub preset: String,
    /// Folder for the finals; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Project, created if it does not exist [default: named after the first file].
    #[arg(long, value_name = "NAME")]
    pub project: Option<String>,
    /// Seed of random choices.
    #[arg(long)]
    pub seed: Option<u32>,
    /// Also moments that were rejected, rendered or moved to the trash: without
    /// it, a second run on the same file makes different clips.
    #[arg(long)]
    pub include_used: bool,
}
