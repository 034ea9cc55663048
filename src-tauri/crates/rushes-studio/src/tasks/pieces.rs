//! From an edit list in the library to pieces of files for ffmpeg.

use std::collections::HashSet;

use rushes_library::SourceRow;
use rushes_library::model::SourceState;
use rushes_media::Piece;
use rushes_model::edit::Cut;
use rushes_model::notice::Notice;

use crate::error::StudioResult;
use crate::events::StudioEvent;
use crate::files::prints::Found;
use crate::queue::task::Task;
use crate::session::ProfileSession;

/// An edit list with its sources as stored in the library; no disk is queried.
pub(crate) async fn planned(session: &ProfileSession, cuts: &[Cut]) -> StudioResult<Vec<(SourceRow, Piece)>> {
    let mut planned = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let row = session.library().source_row(session.profile_id(), cut.source_id).await?;
        let (path, facts) = (row.path.clone(), row.source.facts.clone());
        planned.push((row, Piece { path, facts, in_us: cut.in_us, out_us: cut.out_us }));
    }
    Ok(planned)
}

/// Resolves an edit list. A source whose file is gone or has changed is marked missing.
pub(super) async fn resolve(task: &Task<'_>, cuts: &[Cut]) -> StudioResult<Vec<Piece>> {
    let planned = planned(task.session, cuts).await?;
    require_all_unchanged(task, &planned).await?;
    Ok(planned.into_iter().map(|(_, piece)| piece).collect())
}

/// Checks the sources again after cutting from them, so that nothing cut from a
/// changed file is kept.
pub(super) async fn require_unchanged_since(task: &Task<'_>, cuts: &[Cut]) -> StudioResult<()> {
    let planned = planned(task.session, cuts).await?;
    require_all_unchanged(task, &planned).await
}

async fn require_all_unchanged(task: &Task<'_>, planned: &[(SourceRow, Piece)]) -> StudioResult<()> {
    let mut seen = HashSet::new();
    for (row, _) in planned {
        if seen.insert(row.source.id) {
            require_unchanged(task, row).await?;
        }
    }
    Ok(())
}

/// Refuses a source whose file is gone or has changed, and marks it missing.
pub(super) async fn require_unchanged(task: &Task<'_>, row: &SourceRow) -> StudioResult<()> {
    let folder = row.path.parent().unwrap_or(&row.path);
    let (prints, looked_at) = (task.session.studio().prints().clone(), row.clone());
    let found = task.ask_disk(folder, move |disk| prints.look(disk, &looked_at)).await?;
    let state = if found == Found::Unchanged { SourceState::Ready } else { SourceState::Missing };
    task.session.note_source_state(row, state).await?;
    let name = &row.source.name;
    match found {
        Found::Unchanged => Ok(()),
        Found::Gone => Err(Notice::SourceMissing { name: name.clone() }.into()),
        Found::Changed => Err(Notice::SourceChanged { name: name.clone() }.into()),
    }
}

impl ProfileSession {
    /// Stores the state of a source and announces it if it changed.
    pub(crate) async fn note_source_state(&self, known: &SourceRow, state: SourceState) -> StudioResult<()> {
        // Most checks find no change and write nothing.
        if known.source.state != state
            && self.library().set_source_state(self.profile_id(), known, state).await?
        {
            self.emit(StudioEvent::SourcesChanged { project_id: known.source.project_id });
        }
        Ok(())
    }
}
