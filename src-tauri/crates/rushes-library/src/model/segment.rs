//! Segments: stretches of a source that the editor has marked.

use rushes_model::ids::{ProjectId, SegmentId, SourceId};
use serde::{Deserialize, Serialize};

/// A stretch of a source from its in point to its out point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Segment {
    /// Identity.
    pub id: SegmentId,
    /// The project that it is assigned to.
    pub project_id: ProjectId,
    /// Its source.
    pub source_id: SourceId,
    /// Name, up to 200 characters.
    pub name: String,
    /// In point in the source, in microseconds.
    pub in_us: i64,
    /// Out point in the source, in microseconds.
    pub out_us: i64,
    /// Keywords, at most 50 of 1 to 60 characters, unique regardless of case.
    pub keywords: Vec<String>,
    /// Weight for weighted selection, 1 to 100.
    pub weight: u32,
    /// Place in the project's order, from 0.
    pub position: u32,
}

/// A segment to be made.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub struct NewSegment {
    /// Its source.
    pub source_id: SourceId,
    /// In point in the source, in microseconds.
    pub in_us: i64,
    /// Out point in the source, in microseconds.
    pub out_us: i64,
    /// Name; made from the source's name where absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Keywords, at most 50 of 1 to 60 characters.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Weight, 1 to 100; 1 where absent.
    #[serde(default)]
    pub weight: Option<u32>,
}

/// What to change in a segment; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct SegmentPatch {
    /// New name, up to 200 characters.
    pub name: Option<String>,
    /// New in point in the source, in microseconds.
    pub in_us: Option<i64>,
    /// New out point in the source, in microseconds.
    pub out_us: Option<i64>,
    /// New keywords, all of them.
    pub keywords: Option<Vec<String>>,
    /// New weight, 1 to 100.
    pub weight: Option<u32>,
    /// Project to assign it to.
    pub project_id: Option<ProjectId>,
}

/// How segments are chosen for the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum SelectionMode {
    /// In the order of the list, going on where the variant before ended.
    Sequential,
    /// Every segment as likely as another.
    Random,
    /// As likely as its weight says.
    Weighted,
}

/// What to make from segments.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type)]
pub struct FromSegments {
    /// The segments; all of the project where empty.
    #[serde(default)]
    pub segment_ids: Vec<SegmentId>,
    /// How many variants, 1 to 50.
    pub variant_count: u32,
    /// How they are chosen.
    pub selection_mode: SelectionMode,
    /// Target duration in microseconds, 1 to 600 s.
    pub target_duration_us: i64,
    /// Leave the sound out.
    #[serde(default)]
    pub muted: bool,
    /// Seed of random choices; drawn and recorded where absent.
    #[serde(default)]
    pub seed: Option<u32>,
}
