//! The full check of the library: SQLite's own, and whether every row can be decoded.

use std::path::Path;

use futures::TryStreamExt;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::db::Library;
use crate::db::checking::{mend, structure};
use crate::db::paths::DataDir;
use crate::error::{LibraryError, LibraryResult};
use crate::{clips, finals, jobs, presets, profiles, projects, segments, sources};

impl Library {
    /// Runs SQLite's full check, including foreign keys, and reads every row.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`] with the faults.
    pub async fn verify(&self) -> LibraryResult<()> {
        whole(&mut *self.reader.acquire().await?).await
    }

    /// Like [`Library::verify`], but rebuilds incomplete indexes, which hide rows, if
    /// nothing else is wrong. Returns their names.
    ///
    /// # Errors
    /// [`LibraryError::Corrupt`] with the faults; then nothing is changed.
    pub async fn verify_and_mend(&self) -> LibraryResult<Vec<String>> {
        match self.verify().await {
            Err(LibraryError::Corrupt { report }) => {
                let mended = mend(&mut *self.writer.acquire().await?, report).await?;
                self.verify().await?;
                Ok(mended)
            }
            checked => checked.map(|()| Vec::new()),
        }
    }
}

/// Runs SQLite's full check, including foreign keys, and reads every row.
pub(crate) async fn whole(connection: &mut SqliteConnection) -> LibraryResult<()> {
    structure(connection).await?;
    read_all(connection).await
}

type Reading = fn(&DataDir, &SqliteRow) -> Result<(), sqlx::Error>;

/// Reads every row as the application does. SQLite only knows that a column holds JSON,
/// not whether it is a source's facts.
async fn read_all(connection: &mut SqliteConnection) -> LibraryResult<()> {
    let anywhere = DataDir::new(Path::new(""));
    let tables: [(&str, &'static str, Reading); 10] = [
        ("profiles", "SELECT * FROM profiles", |_, row| profiles::read(row).map(drop)),
        ("projects", projects::SELECT, |_, row| projects::read(row).map(drop)),
        ("sources", "SELECT * FROM sources", |anywhere, row| sources::read(anywhere, row).map(drop)),
        ("segments", "SELECT * FROM segments", |_, row| segments::read(row).map(drop)),
        ("clips", "SELECT *, '' AS project_name FROM clips", |_, row| {
            clips::read(row)?;
            clips::read_framing(row)?;
            clips::read_content(row).map(drop)
        }),
        ("clip_cuts", "SELECT * FROM clip_cuts", |_, row| clips::read_cut(row).map(drop)),
        ("jobs", "SELECT * FROM jobs", |_, row| jobs::read(row).map(drop)),
        ("job_events", "SELECT * FROM job_events", |_, row| jobs::read_event(row).map(drop)),
        ("export_presets", "SELECT * FROM export_presets", |_, row| presets::read(row).map(drop)),
        ("exports", "SELECT *, 0 AS stale FROM exports", |anywhere, row| {
            finals::read(anywhere, row).map(drop)
        }),
    ];
    for (table, sql, read) in tables {
        let mut rows = sqlx::query(sql).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            read(&anywhere, &row).map_err(|error| LibraryError::Corrupt {
                report: format!("a row of {table} cannot be read: {error}"),
            })?;
        }
    }
    Ok(())
}
