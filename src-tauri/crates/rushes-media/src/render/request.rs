//! The request for a final, and its result.

use std::path::PathBuf;

use rushes_model::{
    analysis::Loudness,
    captions::{CaptionStyle, Cue},
    facts::SourceFacts,
    framing::Framing,
    notice::Notice,
    spec::ExportSpec,
};

use super::hardware::HardwareEncoder;
use crate::edit::Piece;

/// What a final is made of and where it goes.
#[derive(Debug, Clone)]
pub struct FinalRequest {
    /// The edit list, in order.
    pub pieces: Vec<Piece>,
    /// Whether to leave out the sources' sound. The file still has a silent track,
    /// because platforms reject files without one.
    pub muted: bool,
    /// How the picture is fitted into the frame.
    pub framing: Framing,
    /// Captions to burn in; may be empty.
    pub cues: Vec<Cue>,
    /// The style of the captions.
    pub style: CaptionStyle,
    /// The preset's settings.
    pub spec: ExportSpec,
    /// The hardware encoder to use if the preset wants H.264; x264 is used if `None` or
    /// if it fails.
    pub hardware: Option<HardwareEncoder>,
    /// Scratch space, created if missing. Anything put there is deleted when the work
    /// ends, however it ends.
    pub temp_dir: PathBuf,
    /// The file to create; it must not exist.
    pub destination: PathBuf,
}

/// The result of a rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Facts of the file from a probe.
    pub facts: SourceFacts,
    /// Size in bytes.
    pub bytes: i64,
    /// Loudness measured on the file itself, for finals with a target and audible
    /// sound.
    pub loudness: Option<Loudness>,
    /// The font that replaced the captions' own, if that is not installed.
    pub font_instead: Option<String>,
    /// Why the hardware encoder was given up for x264, if it was.
    pub fell_back: Option<Notice>,
}
