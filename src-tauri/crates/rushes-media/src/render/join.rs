//! The input of an edit: its sources themselves or, for a large number of pieces,
//! groups of them that were joined before.
//!
//! Every ffmpeg input keeps a decoder with its frames until the end. So more than a few
//! pieces are first rendered in groups, one after the other, to lossless scratch files,
//! which are then read as one.

use std::{fs, path::Path};

use ffmpeg_sidecar::command::FfmpegCommand;
use tempfile::TempDir;

use rushes_model::notice::Activity;

use super::graph::{self, PicturePlan};
use crate::{
    edit::{Piece, PieceInput, Rate, frame_counts},
    error::MediaError,
    ffmpeg::{
        args::file_url,
        input::own_list,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    probe::{ffprobe::Ffprobe, seek},
};

/// Most decoders open at once; each takes about 34 MB at 1080p.
pub(crate) const MOST_INPUTS: usize = 12;
/// Share of the whole work, in thousandths, that joining in groups takes.
const JOINING_MILLI: i64 = 350;
/// Format that groups are written and read in.
const GROUP_FORMAT: &str = "matroska";
/// The list of the groups, in their folder.
const LIST: &str = "groups.ffconcat";

/// The inputs of an edit at the output rate. `steady` are pieces that were converted to
/// one format.
pub(crate) async fn inputs(
    tools: &Toolchain,
    pieces: &[Piece],
    rate: Rate,
    steady: bool,
    ctx: &RunContext,
) -> Result<Vec<PieceInput>, MediaError> {
    let mut inputs = Vec::with_capacity(pieces.len());
    for (piece, frames) in pieces.iter().zip(frame_counts(pieces, rate)) {
        let file = Ffprobe::of(tools, &piece.path, &piece.facts, ctx);
        let seek_us = seek::start_us(file, &piece.facts, piece.in_us).await?;
        let exact_sound = steady || piece.facts.has_exact_sound();
        inputs.push(PieceInput { piece: piece.clone(), frames, exact_sound, seek_us });
    }
    Ok(inputs)
}

/// The share of the whole work, in thousandths, that [`Footage::gather`] takes.
pub(crate) fn share(pieces: &[Piece]) -> i64 {
    if pieces.len() > MOST_INPUTS { JOINING_MILLI } else { 0 }
}

/// The input of an edit.
#[derive(Debug)]
pub(crate) enum Footage {
    /// Its sources, one input for each piece.
    Sources(Vec<PieceInput>),
    /// Groups of pieces in a scratch folder, already at the output frame size and rate,
    /// with their sound.
    Groups(TempDir),
}

impl Footage {
    /// Footage that ffmpeg can read with a bounded number of decoders. Groups are put
    /// into a folder inside `scratch` that is deleted when the value is dropped.
    pub async fn gather(
        tools: &Toolchain,
        inputs: Vec<PieceInput>,
        muted: bool,
        plan: &PicturePlan,
        scratch: &Path,
        ctx: &RunContext,
    ) -> Result<Self, MediaError> {
        if inputs.len() <= MOST_INPUTS {
            return Ok(Self::Sources(inputs));
        }
        let told = |error| MediaError::io(Activity::MakingFolder, scratch, error);
        fs::create_dir_all(scratch).map_err(told)?;
        let folder = tempfile::Builder::new().prefix(".rushes-groups-").tempdir_in(scratch).map_err(told)?;
        let plan = PicturePlan { overlay: None, ..plan.clone() };
        let all: i64 = inputs.iter().map(|input| input.frames).sum();
        let total_us = plan.rate.micros(all);
        let mut list = String::from("ffconcat version 1.0\n");
        let mut before = 0;
        let size = inputs.len().div_ceil(inputs.len().div_ceil(MOST_INPUTS));
        for (number, group) in inputs.chunks(size).enumerate() {
            let after = before + group.iter().map(|input| input.frames).sum::<i64>();
            let stage = ctx.stage(before * 1000 / all, after * 1000 / all, total_us);
            // Samples are counted along the whole edit, so that rounding does not
            // accumulate.
            let samples = plan.rate.samples(after) - plan.rate.samples(before);
            let name = format!("group-{number}.mkv");
            let mut command = run::ffmpeg(tools);
            graph::add_inputs(&mut command, group);
            let sound = format!("apad,atrim=end_sample={samples}");
            command.filter_complex(graph::picture_and_sound(group, &plan, muted, Some(&sound)));
            command.args(["-map", "[v]", "-map", "[a]", "-fps_mode", "cfr", "-r", &plan.rate.ratio()]);
            add_lossless(&mut command, plan.pixel_format);
            command.args(["-f", GROUP_FORMAT]).arg(file_url(&folder.path().join(&name)));
            let length_us = plan.rate.micros(after) - plan.rate.micros(before);
            run::run(tools, Activity::Joining, command, length_us, &stage).await?;
            list.push_str(&format!("file {name}\n"));
            before = after;
        }
        let path = folder.path().join(LIST);
        fs::write(&path, list).map_err(|error| MediaError::io(Activity::WritingList, &path, error))?;
        Ok(Self::Groups(folder))
    }

    pub fn add_inputs(&self, command: &mut FfmpegCommand) {
        match self {
            Self::Sources(inputs) => graph::add_inputs(command, inputs),
            Self::Groups(folder) => {
                command.args(own_list(GROUP_FORMAT)).arg("-i");
                command.arg(file_url(&folder.path().join(LIST)));
            }
        }
    }

    /// The graph of picture and sound, ending in `[v]` and `[a]`.
    pub fn picture_and_sound(&self, plan: &PicturePlan, muted: bool, sound_filter: Option<&str>) -> String {
        match self {
            Self::Sources(inputs) => graph::picture_and_sound(inputs, plan, muted, sound_filter),
            Self::Groups(_) => graph::of_joined(plan, sound_filter),
        }
    }

    /// The graph of only the sound, ending in `[a]`, for measuring.
    pub fn sound_only(&self, rate: Rate, filter: &str) -> String {
        match self {
            Self::Sources(inputs) => graph::sound_only(inputs, rate, filter),
            Self::Groups(_) => graph::sound_of_joined(filter),
        }
    }
}

/// Adds lossless codecs: x264 is the fastest, but few builds of it support more than
/// eight bits.
pub(crate) fn add_lossless(command: &mut FfmpegCommand, pixel_format: &str) {
    if pixel_format.contains("10") {
        command.args(["-c:v", "ffv1", "-level", "3", "-slices", "4"]);
    } else {
        command.args(["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"]);
    }
    command.args(["-c:a", "pcm_f32le"]);
}
