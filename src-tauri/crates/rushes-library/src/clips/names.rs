//! Default names of clips: the name of the first source and the in point, as in "Beach day
//! 1:23". They are distinct in lists, and locate the clip in the footage.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rushes_model::edit::Cut;
use rushes_model::ids::{ProfileId, ProjectId, SourceId};
use sqlx::SqliteConnection;

use crate::error::LibraryResult;
use crate::limits;

/// Room for the time code and a number, in characters.
const ENDING_CHARS: usize = 20;

/// Names the clips that are added to a project.
pub(crate) struct ClipNames {
    profile: ProfileId,
    taken: HashSet<String>,
    /// The last number appended to each name in use.
    numbers: HashMap<String, u32>,
    sources: HashMap<SourceId, String>,
}

impl ClipNames {
    /// Loads the names that the project's clips already have.
    pub(crate) async fn of(
        connection: &mut SqliteConnection,
        profile: ProfileId,
        project: ProjectId,
    ) -> LibraryResult<Self> {
        let taken = sqlx::query_scalar!(
            "SELECT name FROM clips WHERE profile_id = ? AND project_id = ?",
            profile,
            project
        )
        .fetch_all(connection)
        .await?
        .into_iter()
        .collect();
        Ok(Self { profile, taken, numbers: HashMap::new(), sources: HashMap::new() })
    }

    /// A name for a clip that starts with this cut.
    pub(crate) async fn next(
        &mut self,
        connection: &mut SqliteConnection,
        first: &Cut,
    ) -> LibraryResult<String> {
        let stem = match self.sources.get(&first.source_id) {
            Some(stem) => stem.clone(),
            None => {
                let stem = self.stem(connection, first.source_id).await?;
                self.sources.insert(first.source_id, stem.clone());
                stem
            }
        };
        let plain = format!("{stem} {}", moment(first.in_us));
        let mut name = plain.clone();
        let number = self.numbers.entry(plain.clone()).or_insert(1);
        while !self.taken.insert(name.clone()) {
            *number += 1;
            name = format!("{plain} ({number})");
        }
        Ok(name)
    }

    /// The name of a source without its extension, cut to fit into a clip's name.
    async fn stem(&self, connection: &mut SqliteConnection, source: SourceId) -> LibraryResult<String> {
        let name = sqlx::query_scalar!(
            "SELECT name FROM sources WHERE profile_id = ? AND id = ?",
            self.profile,
            source
        )
        .fetch_optional(connection)
        .await?
        .unwrap_or_default();
        let stem = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy();
        let stem: String = stem.chars().take(limits::NAME_CHARS - ENDING_CHARS).collect();
        Ok(if stem.trim().is_empty() { "Clip".to_owned() } else { stem.trim().to_owned() })
    }
}

/// Formats a time in a source: 1:23, or 1:02:03.
fn moment(us: i64) -> String {
    let seconds = us / 1_000_000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_like_a_clock() {
        assert_eq!(moment(0), "0:00");
        assert_eq!(moment(83_999_999), "1:23");
        assert_eq!(moment(3_723_000_000), "1:02:03");
    }
}
