//! From an edit list in the library to pieces of files that ffmpeg reads.

use rushes_library::model::{Cut, SourceState};
use rushes_media::edit::Piece;

use crate::error::{StudioError, StudioResult};
use crate::studio::ProfileSession;

/// Resolves an edit list. A source whose file is not there is marked missing.
pub(crate) async fn resolve(session: &ProfileSession, cuts: &[Cut]) -> StudioResult<Vec<Piece>> {
    let mut pieces = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let row = session.library().source_row(session.profile_id(), cut.source_id).await?;
        if !row.path.is_file() {
            session
                .library()
                .set_source_state(session.profile_id(), cut.source_id, SourceState::Missing)
                .await?;
            return Err(StudioError::new(
                "source_missing",
                format!(
                    "“{}” is not where it was. Connect its drive, or relink the source in its project, and try again.",
                    row.source.name
                ),
            ));
        }
        pieces.push(Piece { path: row.path, facts: row.source.facts, in_us: cut.in_us, out_us: cut.out_us });
    }
    Ok(pieces)
}
