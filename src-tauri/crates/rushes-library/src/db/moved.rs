//! Upgrades rows of older versions, which stored absolute paths even inside the data
//! directory. Runs once, when such a library is first opened.
//!
//! If the directory was moved before that, a path counts as moved if its file is gone and
//! there is one at the same place in this profile's folder.

use std::path::{Path, PathBuf};

use rushes_model::ids::ProfileId;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::paths::{self, DataDir, PROFILES};
use crate::error::{LibraryError, LibraryResult};

/// Makes the paths of an older version relative.
pub(crate) async fn store_paths_within(
    connection: &mut SqliteConnection,
    data_dir: &DataDir,
) -> LibraryResult<()> {
    for table in ["sources", "exports"] {
        let rows: Vec<(ProfileId, Vec<u8>, Vec<u8>)> =
            sqlx::query_as(AssertSqlSafe(format!("SELECT profile_id, id, path FROM {table}")))
                .fetch_all(&mut *connection)
                .await?;
        // If footage was added again at its new place, both rows stay.
        let update = format!("UPDATE OR IGNORE {table} SET path = ? WHERE profile_id = ? AND id = ?");
        let paths = rows.into_iter().map(|(profile, id, path)| (profile, id, paths::from_bytes(&path)));
        for (profile, id, path) in within(data_dir, paths.collect(), Path::is_file).await? {
            sqlx::query(AssertSqlSafe(update.clone()))
                .bind(paths::to_bytes(&path))
                .bind(profile)
                .bind(id)
                .execute(&mut *connection)
                .await?;
        }
    }
    // A final that goes into the profile's own folder no longer names a folder.
    let folders = sqlx::query!(
        r#"SELECT profile_id AS "profile_id: ProfileId", id, payload ->> '$.folder' AS "folder!: String" FROM jobs
            WHERE kind = 'render' AND json_type(payload, '$.folder') = 'text'"#
    )
    .map(|job| (job.profile_id, job.id, PathBuf::from(job.folder)))
    .fetch_all(&mut *connection)
    .await?;
    for (profile, id, folder) in within(data_dir, folders, |_| true).await? {
        if folder.starts_with(Path::new(PROFILES).join(profile.to_string())) {
            sqlx::query!(
                "UPDATE jobs SET payload = json_remove(payload, '$.folder') WHERE profile_id = ? AND id = ?",
                profile,
                id
            )
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

/// The rows whose paths are inside the data directory, with their relative paths.
/// Accesses the disk, which may be slow.
async fn within(
    data_dir: &DataDir,
    rows: Vec<(ProfileId, Vec<u8>, PathBuf)>,
    is_here: impl Fn(&Path) -> bool + Send + 'static,
) -> LibraryResult<Vec<(ProfileId, Vec<u8>, PathBuf)>> {
    let data_dir = data_dir.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let place = |profile, path: &Path| match data_dir.relative(path) {
            Some(place) => Some(place.to_owned()),
            None => moved(&data_dir, profile, path, &is_here),
        };
        rows.into_iter()
            .filter_map(|(profile, id, path)| Some((profile, id, place(profile, &path)?)))
            .collect()
    });
    asked.await.map_err(|error| LibraryError::Io(std::io::Error::other(error)))
}

/// Where a path of a moved directory is in this one. Only the folder of the row's own
/// profile counts, which is named by its id.
fn moved(
    data_dir: &DataDir,
    profile: ProfileId,
    path: &Path,
    is_here: &impl Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let own = Path::new(PROFILES).join(profile.to_string());
    let root = path.ancestors().find(|folder| folder.ends_with(&own))?;
    let here = data_dir.profile(profile).join(path.strip_prefix(root).ok()?);
    let place = data_dir.relative(&here)?;
    (is_here(&here) && !path.try_exists().unwrap_or(true)).then(|| place.to_owned())
}
