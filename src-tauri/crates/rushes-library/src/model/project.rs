//! Projects.

use rushes_model::ids::{ClipId, ProjectId};
use serde::{Deserialize, Serialize};

/// Where a project stands in the editor's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(rename_all = "snake_case")]
pub enum ProjectStatus {
    /// Being worked on.
    Active,
    /// Delivered.
    Done,
    /// Put away.
    Archived,
}

/// A project with the counts that its card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Project {
    /// Identity.
    pub id: ProjectId,
    /// Name, 1 to 200 characters.
    pub name: String,
    /// Description, up to 2 000 characters.
    pub description: String,
    /// What the clips are for; text that scripts start from, up to 2 000 characters.
    pub context: String,
    /// Target duration of a clip, 1 to 600 s, in microseconds.
    pub target_duration_us: i64,
    /// Where it stands.
    pub status: ProjectStatus,
    /// When it was made, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// When it last changed, in milliseconds since the epoch.
    pub updated_at_ms: i64,
    /// When it was put into the trash, in milliseconds since the epoch.
    pub deleted_at_ms: Option<i64>,
    /// What it holds.
    pub counts: ProjectCounts,
    /// Up to four clips whose thumbnails stand for the project.
    pub cover_clips: Vec<ClipId>,
}

/// What a project holds. Clips in the trash do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ProjectCounts {
    /// Number of sources.
    pub sources: u32,
    /// Length of all sources together, in microseconds.
    pub sources_us: i64,
    /// Number of clips.
    pub clips: u32,
    /// How many of the clips were picked.
    pub picked: u32,
    /// How many of the clips were rejected.
    pub rejected: u32,
    /// Number of finals.
    pub finals: u32,
}

/// A project to be made.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct NewProject {
    /// Name, 1 to 200 characters.
    pub name: String,
    /// Description, up to 2 000 characters.
    pub description: String,
    /// What the clips are for, up to 2 000 characters.
    pub context: String,
    /// Target duration of a clip, 1 to 600 s, in microseconds; 20 s where absent.
    pub target_duration_us: Option<i64>,
}

/// What to change in a project; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct ProjectPatch {
    /// New name, 1 to 200 characters.
    pub name: Option<String>,
    /// New description, up to 2 000 characters.
    pub description: Option<String>,
    /// New text on what the clips are for, up to 2 000 characters.
    pub context: Option<String>,
    /// New target duration of a clip, 1 to 600 s, in microseconds.
    pub target_duration_us: Option<i64>,
    /// Where it stands from now on.
    pub status: Option<ProjectStatus>,
}

/// Order of a list of projects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum ProjectSort {
    /// Last changed first.
    #[default]
    Recent,
    /// Made last first.
    Created,
    /// By name.
    Name,
}

/// Which projects to list.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct ProjectQuery {
    /// Only those of this status.
    pub status: Option<ProjectStatus>,
    /// Only those whose name or description contains this text, regardless of case.
    pub search: Option<String>,
    /// Only those in the trash; otherwise only those outside it.
    pub trashed: bool,
    /// Which come first.
    pub sort: ProjectSort,
    /// Where to go on; from a page before.
    pub cursor: Option<String>,
    /// Rows in a page, 1 to 200; 50 where absent.
    pub limit: Option<u32>,
}
