//! Command line of clips and their finals.

use std::path::PathBuf;

use clap::Subcommand;
use rushes_model::ids::ClipId;
use rushes_studio::media::CaptionEncoding;

use super::{FlagWord, Framing, Origin, Rendered, Sort};

#[derive(Debug, Subcommand)]
pub enum ClipCommand {
    /// List the clips of a project, or of all projects.
    List {
        project: Option<String>,
        #[arg(long)]
        search: Option<String>,
        #[arg(long)]
        flag: Option<FlagWord>,
        #[arg(long)]
        min_rating: Option<u32>,
        #[arg(long)]
        tag: Option<String>,
        /// Only clips made this way.
        #[arg(long)]
        origin: Option<Origin>,
        /// Only those whose final is so far.
        #[arg(long = "final", value_name = "STATUS")]
        rendered: Option<Rendered>,
        /// Only clips at least this long, in seconds.
        #[arg(long, value_name = "S")]
        min_duration: Option<f64>,
        /// Only clips shorter than this, in seconds.
        #[arg(long, value_name = "S")]
        below_duration: Option<f64>,
        /// Only those made since, in milliseconds since the epoch.
        #[arg(long, value_name = "MS")]
        made_since: Option<i64>,
        /// Clips in the trash.
        #[arg(long)]
        trashed: bool,
        #[arg(long, value_enum, default_value = "oldest")]
        sort: Sort,
        /// Where to continue: `next_cursor` of the previous page.
        #[arg(long)]
        cursor: Option<String>,
        /// Rows per page, 1 to 500.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Show a clip with all its details.
    Show { clip: ClipId },
    /// Change a clip.
    Update {
        clip: ClipId,
        #[arg(long)]
        name: Option<String>,
        /// 0 to 5 stars.
        #[arg(long)]
        rating: Option<u32>,
        /// A tag; the tags given replace those of the clip.
        #[arg(long = "tag", value_name = "TAG")]
        tags: Option<Vec<String>>,
        /// Trim this much from the start, in seconds.
        #[arg(long, value_name = "S")]
        trim_start: Option<f64>,
        /// Trim this much from the end, in seconds.
        #[arg(long, value_name = "S")]
        trim_end: Option<f64>,
        /// How a picture of another shape fills the frame: cropped, with bars,
        /// or over a blurred copy of itself.
        #[arg(long)]
        framing: Option<Framing>,
        /// Centre of the crop from the left, in percent.
        #[arg(long, value_name = "PERCENT")]
        centre_x: Option<f64>,
        /// Centre of the crop from the top, in percent.
        #[arg(long, value_name = "PERCENT")]
        centre_y: Option<f64>,
    },
    /// Pick a clip, or undo the pick.
    Toggle { clip: ClipId },
    /// Give clips a verdict.
    Flag {
        flag: FlagWord,
        #[arg(required = true)]
        clips: Vec<ClipId>,
    },
    /// Mute a clip.
    Mute { clip: ClipId },
    /// Restore a clip's sound.
    Unmute { clip: ClipId },
    /// Move clips to the trash.
    Delete {
        #[arg(required = true)]
        clips: Vec<ClipId>,
    },
    /// Restore clips from the trash.
    Restore {
        #[arg(required = true)]
        clips: Vec<ClipId>,
    },
    /// Delete what is in the trash. This cannot be undone.
    EmptyTrash,
    /// Make the files of clips that have none, and print their paths. Clips play
    /// without one; it is for other programs.
    File {
        #[arg(required = true)]
        clips: Vec<ClipId>,
    },
    /// Delete the files of all clips of the profile. They can be made again.
    ClearFiles,
    /// Change the texts of a clip.
    Content {
        clip: ClipId,
        /// Notes on what is said or shown, for everyone working on it.
        #[arg(long)]
        script: Option<String>,
        /// Captions from an SRT file.
        #[arg(long, value_name = "SRT")]
        captions: Option<PathBuf>,
        /// Encoding of that file, such as windows-1251 [default: detected].
        #[arg(long, value_name = "NAME", requires = "captions")]
        encoding: Option<CaptionEncoding>,
        /// Style of the captions as JSON, in the format of `clip show --json`.
        #[arg(long, value_name = "JSON")]
        style: Option<String>,
    },
    /// Every tag in use.
    Tags,
}

#[derive(Debug, Subcommand)]
pub enum RenderCommand {
    /// Render finals of clips, each with every preset.
    Start {
        #[arg(required = true)]
        clips: Vec<ClipId>,
        /// Key of an export preset; see `preset list`. May be repeated.
        #[arg(long = "preset", required = true, value_name = "PRESET")]
        presets: Vec<String>,
        /// Folder for the finals [default: the profile's].
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Render finals that are up to date again; without it, they are listed
        /// and left alone.
        #[arg(long)]
        again: bool,
    },
    /// What finals will roughly be.
    Estimate {
        #[arg(required = true)]
        clips: Vec<ClipId>,
        /// Key of an export preset; see `preset list`. May be repeated.
        #[arg(long = "preset", required = true, value_name = "PRESET")]
        presets: Vec<String>,
    },
    /// List the finals of a project, or of all projects.
    List { project: Option<String> },
}
