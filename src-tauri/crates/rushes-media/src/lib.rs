//! Probing, analysis, cutting, captions, filter graphs and encoding: everything that
//! Rushes does with ffmpeg. This crate deals in files and times, and knows nothing
//! about the database or profiles.
//!
//! Times are whole microseconds of presentation timestamps, relative to a source's
//! first frame. Only ffmpeg's own arguments and output use the file's own clock
//! (`facts.start_us`).

mod analysis;
mod captions;
mod choose;
mod edit;
mod error;
mod ffmpeg;
mod files;
mod filters;
mod probe;
mod render;
mod sample;

pub use analysis::sheet::Sheet;
pub use analysis::{
    Analysed, AnalysedPicture, AnalysedSound, Survey, analyse, analyse_picture, analyse_sound, part_version,
    survey,
};
pub use captions::ass::to_ass;
pub use captions::encoding::CaptionEncoding;
pub use captions::fonts::font_instead;
pub use captions::safe_area::{SAFE_AREAS, SafeArea, TITLE_SAFE};
pub use captions::srt::{CaptionError, Captions, parse_srt, read_caption_file};
pub use choose::choose;
pub use choose::request::{Choice, ChoiceRequest, ChoiceSource, ProposedClip, ProposedCut};
pub use choose::settle::settle;
pub use choose::shortfall::Shortfall;
pub use edit::{Piece, expected_duration_us, shown_at};
pub use error::{MediaError, NotCuttableReason, RunReport};
pub use ffmpeg::control::RunControl;
pub use ffmpeg::process::{MARK_VARIABLE, keep_from_tools};
pub use ffmpeg::run::{Progress, RunContext};
pub use ffmpeg::toolchain::Toolchain;
pub use files::disk::{FreeSpace, system_free_space, try_to_write};
pub use files::publish::{is_draft, put_in_place};
pub use probe::fingerprint::fingerprint;
pub use probe::rejoin::rejoin;
pub use probe::{probe, probe_within};
pub use render::clip_file::render_clip_file;
pub use render::clip_sound::render_clip_sound;
pub use render::encode::estimate_bytes;
pub use render::finals::render_final;
pub use render::hardware::{HardwareEncoder, hardware_h264};
pub use render::lossless::final_container;
pub use render::proxy::{needs_proxy, render_proxy};
pub use render::request::{FinalRequest, Rendered};
pub use render::still::{clip_filmstrip, filmstrip, still, thumbnail};
pub use sample::make_sample_footage;
