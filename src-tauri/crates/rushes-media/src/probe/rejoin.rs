//! Repairs a file whose clock is not continuous: a copy with the same packets and
//! continuous timestamps.

use std::path::Path;

use rushes_model::facts::{MOST_PARTS, Rejoined, SourceFacts};
use rushes_model::notice::Activity;

use super::{Looked, clock::Correction, file, fingerprint::fingerprint};
use crate::{
    error::MediaError,
    ffmpeg::{
        args::{file_url, seconds},
        input::known,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::Draft,
    probe,
};

const WHAT: Activity = Activity::Rejoining;

/// Copies a source whose clock restarts or jumps ahead, so that its parts follow each
/// other without a gap. Nothing is re-encoded. Returns the facts of the copy.
///
/// # Errors
/// [`MediaError`]; an existing file is not overwritten.
pub async fn rejoin(
    tools: &Toolchain,
    path: &Path,
    destination: &Path,
    ctx: &RunContext,
) -> Result<SourceFacts, MediaError> {
    let Looked { facts, clock, .. } = probe::look(tools, path, ctx).await?;
    let sounds: Vec<u32> = facts.audio.iter().map(|track| track.stream_index).collect();
    if clock.parts > MOST_PARTS {
        return Err(MediaError::UnevenClock { path: path.into(), parts: clock.parts });
    }
    // A format that keeps the original timestamps exactly.
    let format = if facts.container.contains("matroska") { "matroska" } else { "mpegts" };
    let draft = Draft::beside(destination, "")?;
    let picture = facts.video.stream_index;
    let mut command = run::ffmpeg(tools);
    command.args(["-copyts", "-fflags", "+genpts"]).args(known(&facts.container));
    command.arg("-i").arg(file_url(path));
    command.args(["-map", &format!("0:{picture}")]);
    for sound in &sounds {
        command.args(["-map", &format!("0:{sound}")]);
    }
    // Packets are counted, so none may be skipped before.
    command.args(["-c", "copy", "-copyinkf"]);
    for (output, stream) in std::iter::once(&picture).chain(&sounds).enumerate() {
        if let Some(filter) = clock.streams.get(stream).and_then(filter) {
            command.args([&format!("-bsf:{output}"), &filter]);
        }
    }
    command.args(["-avoid_negative_ts", "disabled", "-map_metadata", "-1"]);
    if format == "mpegts" {
        command.args(["-muxdelay", "0", "-muxpreload", "0", "-mpegts_copyts", "1"]);
    }
    command.args(["-f", format]);
    command.arg(file_url(draft.path()));
    let length_us = clock.end_us - facts.start_us;
    run::run(tools, WHAT, command, length_us, ctx).await?;
    let mut made = probe::probe_within(tools, draft.path(), ctx).await?;
    if (made.duration_us - length_us).abs() > 200_000 {
        return Err(MediaError::WrongOutput {
            what: WHAT,
            expected: format!("{length_us} µs"),
            found: format!("{} µs", made.duration_us),
        });
    }
    let fingerprint = file::ask(path, ctx, fingerprint).await??;
    let parts = u32::try_from(clock.parts).unwrap_or(u32::MAX);
    made.rejoined = Some(Rejoined { parts, fingerprint });
    draft.publish(destination).await?;
    Ok(made)
}

/// The bitstream filters that correct a stream. In the output formats used here, the
/// time base of a packet is the same before and after muxing.
fn filter(correction: &Correction) -> Option<String> {
    if correction.shifts.is_empty() {
        return None;
    }
    let shift = |(from, by_us): &(u64, i64)| format!("gte(N,{from})*{}", seconds(*by_us));
    let shift = correction.shifts.iter().map(shift).collect::<Vec<_>>().join("+");
    let moved = |time: &str| format!("'if(eq({time},NOPTS),NOPTS,{time}+({shift})/TB)'");
    let mut filter = format!("setts=pts={}:dts={}", moved("PTS"), moved("DTS"));
    if !correction.dropped.is_empty() {
        let dropped = |(first, last): &(u64, u64)| format!("between(n,{first},{last})");
        let dropped = correction.dropped.iter().map(dropped).collect::<Vec<_>>().join("+");
        filter.push_str(&format!(",noise=amount=0:drop='{dropped}'"));
    }
    Some(filter)
}
