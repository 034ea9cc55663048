//! How a picture is fitted into a frame of another aspect ratio.

use serde::{Deserialize, Serialize};

/// How a picture is fitted into a frame of another aspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum FramingMode {
    /// Crop to fill the frame around the centre.
    Fill,
    /// Whole picture with bars.
    Fit,
    /// Whole picture over a blurred, enlarged copy of itself.
    Blur,
}

/// Framing with its adjustable centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Framing {
    /// Fill, fit or blur.
    pub mode: FramingMode,
    /// Centre of a crop from the left, 0 to 10 000 basis points of the width.
    pub centre_x_bp: u32,
    /// Centre of a crop from the top, 0 to 10 000 basis points of the height.
    pub centre_y_bp: u32,
}

impl Default for Framing {
    fn default() -> Self {
        Self { mode: FramingMode::Fill, centre_x_bp: 5000, centre_y_bp: 5000 }
    }
}

/// A frame in square pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct FrameSize {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
}
