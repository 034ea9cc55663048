//! Captions: text, timing and style.

use serde::{Deserialize, Serialize};

/// One caption: text shown from `start_us` to `end_us` of the clip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Cue {
    /// First moment, in microseconds from the clip's beginning.
    pub start_us: i64,
    /// Moment after the last, in microseconds from the clip's beginning.
    pub end_us: i64,
    /// Text, lines separated by `\n`.
    pub text: String,
}

/// Where captions stand in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum CaptionPosition {
    /// Near the upper edge.
    Top,
    /// In the middle.
    Middle,
    /// Near the lower edge.
    Bottom,
}

/// How captions look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct CaptionStyle {
    /// Font family.
    pub font: String,
    /// Height of the text in thousandths of the frame's height (10 to 200).
    pub size_permille: u32,
    /// Fill colour as `#RRGGBB`.
    pub colour: String,
    /// Outline colour as `#RRGGBB`.
    pub outline_colour: String,
    /// Width of the outline in thousandths of the frame's height (0 to 20).
    pub outline_permille: u32,
    /// Top, middle or bottom.
    pub position: CaptionPosition,
    /// Distance from that edge in thousandths of the frame's height (0 to 450).
    pub margin_permille: u32,
    /// Bold face.
    pub bold: bool,
}

impl Default for CaptionStyle {
    fn default() -> Self {
        Self {
            font: "Inter".into(),
            size_permille: 42,
            colour: "#FFFFFF".into(),
            outline_colour: "#000000".into(),
            outline_permille: 3,
            position: CaptionPosition::Bottom,
            // Clear of the interface that every platform draws over portrait video.
            margin_permille: 360,
            bold: true,
        }
    }
}
