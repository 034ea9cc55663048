//! Probing, analysis, cutting, captions, filter graphs and encoding: what Rushes
//! asks of ffmpeg. This crate knows files and time; it knows no database and no
//! profiles.
//!
//! Time is whole microseconds from presentation timestamps, counted from a
//! source's first picture. Only where ffmpeg is spoken to is the file's own
//! clock used (`facts.start_us`).

pub mod analysis;
pub mod captions;
pub mod choose;
pub mod control;
pub mod edit;
pub mod error;
pub mod facts;
pub mod fingerprint;
pub mod hardware;
pub mod private;
pub mod probe;
pub mod proxy;
pub mod render;
pub mod run;
pub mod sample;
pub mod spec;
pub mod still;
pub mod toolchain;

mod ass;
mod colour;
mod decoder;
mod disk;
mod encode;
mod fonts;
mod forms;
mod graph;
mod input;
mod join;
mod log;
mod lossless;
mod loudness;
mod pace;
mod process;
mod publish;
mod rejoin;
mod safe_area;
mod seek;
mod words;

pub use analysis::{
    ANALYSIS_VERSION, Analysed, Analysis, Bars, ClipKind, Detail, Loudness, Measures, ScoreParts,
    ScoreWeights, Sheet, Shot, Sound, Stretch, Survey, Transition, TransitionKind, Waveform, Window, analyse,
    listen, survey,
};
pub use ass::to_ass;
pub use captions::{CaptionEncoding, CaptionError, Captions, parse_srt, read_caption_file};
pub use choose::{
    Choice, ChoiceRequest, ChoiceSource, MontageOrder, ProposedClip, ProposedCut, Shortfall, choose, settle,
};
pub use control::RunControl;
pub use disk::{FreeSpace, system_free_space, try_to_write};
pub use edit::{Piece, expected_duration_us};
pub use encode::estimate_bytes;
pub use error::{MediaError, NotCuttableReason, NotVideoReason, RunReport};
pub use facts::{AudioFacts, Fields, Heard, Rejoined, SourceFacts, VideoFacts};
pub use fingerprint::fingerprint;
pub use fonts::font_instead;
pub use hardware::{HardwareEncoder, hardware_h264};
pub use lossless::final_container;
pub use probe::{probe, probe_within};
pub use process::MARK_VARIABLE;
pub use proxy::{needs_proxy, render_proxy};
pub use publish::{is_draft, put_in_place};
pub use rejoin::rejoin;
pub use render::{FinalRequest, Rendered, render_final, render_preview};
pub use run::{Progress, RunContext};
pub use safe_area::{SAFE_AREAS, SafeArea, TITLE_SAFE};
pub use sample::make_sample_footage;
pub use still::{filmstrip, thumbnail};
pub use toolchain::Toolchain;
