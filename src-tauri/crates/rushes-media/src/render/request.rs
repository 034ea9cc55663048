//! What a final is made of, and what came of it.

use std::path::PathBuf;

use rushes_model::{
    analysis::Loudness,
    captions::{CaptionStyle, Cue},
    facts::SourceFacts,
    framing::Framing,
    spec::ExportSpec,
};

use super::hardware::HardwareEncoder;
use crate::edit::Piece;

/// What a final is made of and where it goes.
#[derive(Debug, Clone)]
pub struct FinalRequest {
    /// The edit list, in order.
    pub pieces: Vec<Piece>,
    /// Whether the sources' sound is left out. The file still has a silent
    /// track, because platforms refuse files without one.
    pub muted: bool,
    /// How the picture is fitted into the frame.
    pub framing: Framing,
    /// Captions to burn in; none where empty.
    pub cues: Vec<Cue>,
    /// How they look.
    pub style: CaptionStyle,
    /// What the preset asks.
    pub spec: ExportSpec,
    /// What encodes H.264 where the preset asks for it; x264 where absent, and
    /// where this fails.
    pub hardware: Option<HardwareEncoder>,
    /// Scratch space; made where it is not there. What is put there is gone
    /// when the work ends, however it ends.
    pub temp_dir: PathBuf,
    /// The file to be; nothing may be there.
    pub destination: PathBuf,
}

/// What was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What a probe tells about it.
    pub facts: SourceFacts,
    /// Its size in bytes.
    pub bytes: i64,
    /// Loudness of its sound, measured on the file itself, for finals that have
    /// a target and sound to speak of.
    pub loudness: Option<Loudness>,
    /// The font that captions are set in, where theirs is not installed.
    pub font_instead: Option<String>,
    /// Why the encoder in hardware was given up for x264, where it was.
    pub fell_back: Option<String>,
}
