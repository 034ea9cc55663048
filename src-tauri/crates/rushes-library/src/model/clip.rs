//! Clips: edit lists, content and finals.

use rushes_model::captions::{CaptionPosition, CaptionStyle, Cue};
use rushes_model::choice::{ClipKind, MontageOrder, ScoreParts};
use rushes_model::edit::Cut;
use rushes_model::framing::{Framing, FramingMode};
use rushes_model::ids::{ClipId, ExportId, JobId, ProjectId, SourceId};
use serde::{Deserialize, Serialize};

use crate::limits;

/// The editor's verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum Flag {
    /// Not judged yet.
    #[default]
    Unflagged,
    /// To be delivered.
    Picked,
    /// Not to be used.
    Rejected,
}

/// How a clip came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum ClipOrigin {
    /// A continuous moment that was found.
    Highlight,
    /// Shots that were put together.
    Montage,
    /// Made from the editor's segments.
    Segments,
}

/// How far a clip's final is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum FinalStatus {
    /// None was rendered.
    #[default]
    None,
    /// Waiting or rendering.
    Rendering,
    /// Rendered from what the clip is now.
    Done,
    /// Rendered, but the clip has changed since.
    Stale,
    /// The last rendering failed.
    Failed,
}

/// A clip as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Clip {
    /// Identity.
    pub id: ClipId,
    /// Its project.
    pub project_id: ProjectId,
    /// Name of its project.
    pub project_name: String,
    /// Name, 1 to 200 characters.
    pub name: String,
    /// Number within its project, from 1; never given twice.
    pub variant_number: u32,
    /// How it came to be.
    pub origin: ClipOrigin,
    /// Its edit list, in order.
    pub cuts: Vec<Cut>,
    /// Length of the edit list, in microseconds.
    pub duration_us: i64,
    /// Picked, rejected or neither.
    pub flag: Flag,
    /// Stars, 0 to 5.
    pub rating: u32,
    /// Tags, at most 50 of 1 to 60 characters, unique regardless of case.
    pub tags: Vec<String>,
    /// Whether its sound is left out.
    pub muted: bool,
    /// Rank among the clips of its generation, 0 to 10 000.
    pub score_bp: u32,
    /// Why it is ranked so; absent for clips from segments.
    pub score_parts: Option<ScoreParts>,
    /// Whether a first look proposed it, and its ends may still settle a little.
    pub provisional: bool,
    /// Whether its file shows the clip as it is; a file is made on demand.
    pub has_file: bool,
    /// How far its final is.
    pub final_status: FinalStatus,
    /// Counts up with every change of what is seen or heard; part of media URLs.
    pub revision: u32,
    /// Counts up with every change: of two copies, the one with more is newer.
    pub changes: u32,
    /// When it was put into the trash, in milliseconds since the epoch.
    pub deleted_at_ms: Option<i64>,
    /// When it was made, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// When it last changed, in milliseconds since the epoch.
    pub updated_at_ms: i64,
}

/// A clip with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ClipDetail {
    /// The clip.
    pub clip: Clip,
    /// How it is fitted into a frame of another aspect.
    pub framing: Framing,
    /// Its words.
    pub content: ClipContent,
    /// Its finals, newest first.
    pub exports: Vec<Export>,
}

/// The words of a clip.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ClipContent {
    /// Script, up to 20 000 characters.
    pub script: String,
    /// Captions in order, not overlapping.
    pub captions: Vec<Cue>,
    /// How the captions look.
    pub style: CaptionStyle,
}

/// What to change in a clip's content; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct ContentPatch {
    /// New script, up to 20 000 characters.
    pub script: Option<String>,
    /// New captions, all of them.
    pub captions: Option<Vec<Cue>>,
    /// What to change in the style.
    pub style: Option<CaptionStylePatch>,
}

/// What to change in how captions look; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct CaptionStylePatch {
    /// New font family.
    pub font: Option<String>,
    /// New height of the text in thousandths of the frame's height.
    pub size_permille: Option<u32>,
    /// New fill colour as `#RRGGBB`.
    pub colour: Option<String>,
    /// New outline colour as `#RRGGBB`.
    pub outline_colour: Option<String>,
    /// New width of the outline in thousandths of the frame's height.
    pub outline_permille: Option<u32>,
    /// New position.
    pub position: Option<CaptionPosition>,
    /// New distance from that edge in thousandths of the frame's height.
    pub margin_permille: Option<u32>,
    /// Whether the face is bold.
    pub bold: Option<bool>,
}

impl CaptionStylePatch {
    /// Applies these changes to a style.
    pub(crate) fn over(self, now: CaptionStyle) -> CaptionStyle {
        CaptionStyle {
            font: self.font.unwrap_or(now.font),
            size_permille: self.size_permille.unwrap_or(now.size_permille),
            colour: self.colour.unwrap_or(now.colour),
            outline_colour: self.outline_colour.unwrap_or(now.outline_colour),
            outline_permille: self.outline_permille.unwrap_or(now.outline_permille),
            position: self.position.unwrap_or(now.position),
            margin_permille: self.margin_permille.unwrap_or(now.margin_permille),
            bold: self.bold.unwrap_or(now.bold),
        }
    }
}

impl From<CaptionStyle> for CaptionStylePatch {
    /// A patch that sets every field.
    fn from(style: CaptionStyle) -> Self {
        Self {
            font: Some(style.font),
            size_permille: Some(style.size_permille),
            colour: Some(style.colour),
            outline_colour: Some(style.outline_colour),
            outline_permille: Some(style.outline_permille),
            position: Some(style.position),
            margin_permille: Some(style.margin_permille),
            bold: Some(style.bold),
        }
    }
}

/// What to change in a clip; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct ClipPatch {
    /// New name, 1 to 200 characters.
    pub name: Option<String>,
    /// New verdict.
    pub flag: Option<Flag>,
    /// New stars, 0 to 5.
    pub rating: Option<u32>,
    /// New tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Tags to add; those that are there already stay as they are.
    pub add_tags: Vec<String>,
    /// Tags to take away.
    pub remove_tags: Vec<String>,
    /// New edit list, all of it (a trim is a new edit list).
    pub cuts: Option<Vec<Cut>>,
    /// What to change in the framing.
    pub framing: Option<FramingPatch>,
}

impl ClipPatch {
    /// Applies these changes to the tags of a clip, without validating them. New tags go
    /// last; tags are compared regardless of case.
    pub(crate) fn tags_over(&self, now: Vec<String>) -> Vec<String> {
        let gone: Vec<String> = self.remove_tags.iter().map(|tag| limits::fold(tag.trim())).collect();
        let mut tags = self.tags.clone().unwrap_or(now);
        tags.retain(|tag| !gone.contains(&limits::fold(tag.trim())));
        tags.extend(self.add_tags.iter().cloned());
        tags
    }
}

/// What to change in how a clip is framed; absent fields stay.
#[derive(Debug, Clone, Copy, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct FramingPatch {
    /// How the picture is put into a frame of another aspect.
    pub mode: Option<FramingMode>,
    /// New centre of a crop from the left, in basis points of the width.
    pub centre_x_bp: Option<u32>,
    /// New centre of a crop from the top, in basis points of the height.
    pub centre_y_bp: Option<u32>,
}

impl FramingPatch {
    /// Applies these changes to a framing.
    pub(crate) fn over(self, now: Framing) -> Framing {
        Framing {
            mode: self.mode.unwrap_or(now.mode),
            centre_x_bp: self.centre_x_bp.unwrap_or(now.centre_x_bp),
            centre_y_bp: self.centre_y_bp.unwrap_or(now.centre_y_bp),
        }
    }
}

impl From<Framing> for FramingPatch {
    /// A patch that sets every field.
    fn from(framing: Framing) -> Self {
        Self {
            mode: Some(framing.mode),
            centre_x_bp: Some(framing.centre_x_bp),
            centre_y_bp: Some(framing.centre_y_bp),
        }
    }
}

/// A clip to add.
#[derive(Debug, Clone)]
pub struct NewClip {
    /// How it was made.
    pub origin: ClipOrigin,
    /// Its edit list.
    pub cuts: Vec<Cut>,
    /// Whether its sound is muted.
    pub muted: bool,
    /// Rank, 0 to 10 000.
    pub score_bp: u32,
    /// Why it has this rank.
    pub score_parts: Option<ScoreParts>,
    /// Whether a closer look may still move its ends.
    pub provisional: bool,
}

/// Order of a list of clips.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ClipSort {
    /// By variant number within the project; by age over all projects.
    #[default]
    Oldest,
    /// Made last first.
    Newest,
    /// Best score first.
    Score,
    /// Most stars first.
    Rating,
    /// Longest first.
    Duration,
    /// By name, regardless of case.
    Name,
}

/// Which clips to list.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct ClipQuery {
    /// Only those whose name or tags contain this text, regardless of case.
    pub search: Option<String>,
    /// Only those with this verdict.
    pub flag: Option<Flag>,
    /// Only those with at least so many stars, 0 to 5.
    pub min_rating: Option<u32>,
    /// Only those with exactly this tag.
    pub tag: Option<String>,
    /// Only those of this origin.
    pub origin: Option<ClipOrigin>,
    /// Only those whose final is so far.
    pub final_status: Option<FinalStatus>,
    /// Only those of this project.
    pub project_id: Option<ProjectId>,
    /// Only those at least so long, in microseconds.
    pub min_duration_us: Option<i64>,
    /// Only those shorter than this, in microseconds.
    pub below_duration_us: Option<i64>,
    /// Only those made since, in milliseconds since the epoch.
    pub made_since_ms: Option<i64>,
    /// Only those in the trash; otherwise only those outside it.
    pub trashed: bool,
    /// Which come first.
    pub sort: ClipSort,
    /// Where to go on; from a page before.
    pub cursor: Option<String>,
    /// Rows in a page, 1 to 500; 100 where absent.
    pub limit: Option<u32>,
}

/// What to make automatically.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub struct GenerateRequest {
    /// The sources; all of the project where empty.
    #[serde(default)]
    pub source_ids: Vec<SourceId>,
    /// Highlights or montages.
    pub kind: ClipKind,
    /// How many, 1 to 50.
    pub count: u32,
    /// Target duration in microseconds, 1 to 600 s; the project's where absent.
    #[serde(default)]
    pub target_duration_us: Option<i64>,
    /// Seed of random choices; drawn and recorded where absent.
    #[serde(default)]
    pub seed: Option<u32>,
    /// Order of the shots of a montage.
    #[serde(default)]
    pub order: MontageOrder,
    /// Whether moments that were rejected, rendered or put into the trash may
    /// come back.
    #[serde(default)]
    pub include_used: bool,
}

/// A finished final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Export {
    /// Identity.
    pub id: ExportId,
    /// Its clip.
    pub clip_id: ClipId,
    /// Its project.
    pub project_id: ProjectId,
    /// Name of its clip when it was rendered.
    pub clip_name: String,
    /// Key of the preset that it was rendered with.
    pub preset: String,
    /// Name of the file, without its folder.
    pub file_name: String,
    /// Full path of the file.
    pub path: String,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Length in microseconds.
    pub duration_us: i64,
    /// Frame width in pixels.
    pub width: u32,
    /// Frame height in pixels.
    pub height: u32,
    /// The job that made it.
    pub job_id: JobId,
    /// When it was finished, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// Whether the clip has changed since.
    pub stale: bool,
}
