//! From an edit list in the library to pieces of files that ffmpeg reads.

use rushes_library::SourceRow;
use rushes_library::model::{Cut, SourceState};
use rushes_media::edit::Piece;

use super::Task;
use crate::error::{StudioError, StudioResult};
use crate::studio::ProfileSession;

/// An edit list with its sources as the library knows them; no disk is asked.
pub(crate) async fn planned(session: &ProfileSession, cuts: &[Cut]) -> StudioResult<Vec<(SourceRow, Piece)>> {
    let mut planned = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let row = session.library().source_row(session.profile_id(), cut.source_id).await?;
        let (path, facts) = (row.path.clone(), row.source.facts.clone());
        planned.push((row, Piece { path, facts, in_us: cut.in_us, out_us: cut.out_us }));
    }
    Ok(planned)
}

/// Resolves an edit list. A source whose file is not there is marked missing.
pub(super) async fn resolve(task: &Task<'_>, cuts: &[Cut]) -> StudioResult<Vec<Piece>> {
    let mut pieces = Vec::with_capacity(cuts.len());
    for (row, piece) in planned(task.session, cuts).await? {
        require_there(task, &row).await?;
        pieces.push(piece);
    }
    Ok(pieces)
}

/// Refuses a source whose file is not there, and marks it missing.
pub(super) async fn require_there(task: &Task<'_>, row: &SourceRow) -> StudioResult<()> {
    let (path, folder) = (row.path.clone(), row.path.parent().unwrap_or(&row.path));
    let is_there = task.ask_disk(folder, move |disk| disk.is_file(&path)).await?;
    let state = if is_there { SourceState::Ready } else { SourceState::Missing };
    task.session.note_source_state(&row.source, state).await?;
    if is_there {
        return Ok(());
    }
    Err(StudioError::new(
        "source_missing",
        format!(
            "“{}” is not where it was. Connect its drive, or relink the source in its project, and try again.",
            row.source.name
        ),
    ))
}
