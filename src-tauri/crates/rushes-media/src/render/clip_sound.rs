//! The sound of a clip as one small stream, for a player that shows the pictures of the
//! footage itself. Cuts of sound cannot be played without gaps in any other way.
//!
//! It is made of the same graph as the sound of a final, but its pieces are exactly as
//! long as those of the edit list instead of whole frames.

use std::{io, path::Path, process::Command};

use rushes_model::notice::Activity;
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncWriteExt, copy, sink},
};

use super::{
    forms, graph,
    join::{self, MOST_INPUTS},
};
use crate::{
    edit::{self, Piece, PieceInput, Rate},
    error::MediaError,
    ffmpeg::{
        run::{self, RunContext, Stdout},
        toolchain::Toolchain,
    },
    files::publish::Draft,
};

const WHAT: Activity = Activity::Joining;
const RATE_HZ: u32 = 48_000;
/// The edit is counted in samples as a picture is in frames, so that rounding does not
/// accumulate.
const SAMPLES: Rate = Rate { num: 48_000, den: 1 };
const CHANNELS: u16 = 2;
const BYTES_PER_VALUE: u16 = 2;
/// The graph's last filter: what is written.
const FORMAT: &str = "aformat=sample_fmts=s16:sample_rates=48000:channel_layouts=stereo";

/// Renders the sound of an edit as a WAV file with 16 bits at 48 kHz in stereo, exactly
/// as long as its pieces. No picture is decoded. Pieces without sound are silent.
///
/// # Errors
/// [`MediaError`]; nothing is left behind, and an existing file is not overwritten.
pub async fn render_clip_sound(
    tools: &Toolchain,
    pieces: &[Piece],
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let pieces = edit::checked(pieces)?;
    match rendered(tools, &pieces, false, destination, ctx).await {
        Err(MediaError::FormChanges { .. }) => {
            let (mut steady, mut drafts) = (Vec::new(), Vec::new());
            for piece in &pieces {
                let draft = Draft::beside(destination, ".mkv")?;
                steady.push(forms::steadied_piece_of_sound(tools, piece, draft.path(), ctx).await?);
                drafts.push(draft);
            }
            rendered(tools, &steady, true, destination, ctx).await
        }
        outcome => outcome,
    }
}

async fn rendered(
    tools: &Toolchain,
    pieces: &[Piece],
    steady: bool,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let draft = Draft::beside(destination, ".wav")?;
    let told = |error| MediaError::io(Activity::WritingFile, draft.path(), error);
    let inputs = join::inputs(tools, pieces, SAMPLES, steady, ctx).await?;
    let mut file = OpenOptions::new().write(true).open(draft.path()).await.map_err(told)?;
    file.write_all(&header(inputs.iter().map(bytes).sum())).await.map_err(told)?;
    // Every input keeps a decoder until the end of its run.
    for group in inputs.chunks(MOST_INPUTS) {
        let expected: u64 = group.iter().map(bytes).sum();
        let mut command = run::ffmpeg(tools);
        graph::add_inputs(&mut command, group);
        command.filter_complex(graph::sound_only(group, SAMPLES, FORMAT));
        command.args(["-map", "[a]", "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1"]);
        let command = Command::from(command);
        let (_, written) =
            run::run_reading(tools, WHAT, command, ctx, |stdout| append(stdout, &mut file), |_| {}).await?;
        let written = written.map_err(told)?;
        if written != expected {
            let (expected, found) = (format!("{expected} bytes"), format!("{written} bytes"));
            return Err(MediaError::WrongOutput { what: WHAT, expected, found });
        }
    }
    file.flush().await.map_err(told)?;
    drop(file);
    draft.publish(destination).await
}

/// Writes all of a pipe to a file, and reads to its end even if that fails.
async fn append(mut stdout: Stdout, file: &mut File) -> io::Result<u64> {
    let written = copy(&mut stdout, file).await;
    if written.is_err() {
        // A broken pipe ends the sound; the exit status explains why.
        let _ = copy(&mut stdout, &mut sink()).await;
    }
    written
}

/// Bytes of the sound of a piece.
fn bytes(input: &PieceInput) -> u64 {
    u64::try_from(input.frames).unwrap_or(0) * u64::from(CHANNELS * BYTES_PER_VALUE)
}

/// The head of a WAV file with this many bytes of sound.
fn header(bytes: u64) -> Vec<u8> {
    const FMT_BYTES: u32 = 16;
    const PCM: u16 = 1;
    // RIFF has 32 bits for it, which is more than six hours.
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let block = CHANNELS * BYTES_PER_VALUE;
    let after_size = 4 + 8 + FMT_BYTES + 8;
    [
        &b"RIFF"[..],
        &bytes.saturating_add(after_size).to_le_bytes(),
        b"WAVEfmt ",
        &FMT_BYTES.to_le_bytes(),
        &PCM.to_le_bytes(),
        &CHANNELS.to_le_bytes(),
        &RATE_HZ.to_le_bytes(),
        &(RATE_HZ * u32::from(block)).to_le_bytes(),
        &block.to_le_bytes(),
        &(8 * BYTES_PER_VALUE).to_le_bytes(),
        b"data",
        &bytes.to_le_bytes(),
    ]
    .concat()
}
