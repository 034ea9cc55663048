//! The full check of the library: SQLite's own, and whether every row can be decoded.

use futures::TryStreamExt;
use rushes_model::framing::Framing;
use rushes_model::ids::SourceId;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{FromRow, Row, SqliteConnection};

use crate::clips::{ClipColumns, ContentColumns, cuts_column};
use crate::db::Library;
use crate::db::checking::{mend, structure};
use crate::error::{LibraryError, LibraryResult};
use crate::finals::ExportColumns;
use crate::jobs::{EventColumns, JobColumns};
use crate::presets::PresetColumns;
use crate::profiles::ProfileColumns;
use crate::projects;
use crate::segments::SegmentColumns;
use crate::sources::SourceColumns;

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

type Reading = fn(&SqliteRow) -> Result<(), sqlx::Error>;

fn read<T: for<'r> FromRow<'r, SqliteRow>>(row: &SqliteRow) -> Result<(), sqlx::Error> {
    T::from_row(row).map(drop)
}

/// Reads every row as the application does. SQLite only knows that a column holds JSON,
/// not whether it is a source's facts.
async fn read_all(connection: &mut SqliteConnection) -> LibraryResult<()> {
    let tables: [(&str, &'static str, Reading); 10] = [
        ("profiles", "SELECT * FROM profiles", read::<ProfileColumns>),
        ("projects", projects::SELECT, |row| projects::read(row).map(drop)),
        ("sources", "SELECT * FROM sources", read::<SourceColumns>),
        ("segments", "SELECT * FROM segments", read::<SegmentColumns>),
        ("clips", concat!("SELECT c.*, '' AS project_name, ", cuts_column!(), " FROM clips c"), |row| {
            read::<ClipColumns>(row)?;
            read::<ContentColumns>(row)?;
            row.try_get::<Json<Framing>, _>("framing").map(drop)
        }),
        ("clip_cuts", "SELECT source_id, in_us, out_us FROM clip_cuts", read::<(SourceId, i64, i64)>),
        ("jobs", "SELECT * FROM jobs", read::<JobColumns>),
        ("job_events", "SELECT * FROM job_events", read::<EventColumns>),
        ("export_presets", "SELECT * FROM export_presets", read::<PresetColumns>),
        ("exports", "SELECT *, 0 AS stale FROM exports", read::<ExportColumns>),
    ];
    for (table, sql, read) in tables {
        let mut rows = sqlx::query(sql).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            read(&row).map_err(|error| LibraryError::Corrupt {
                report: format!("a row of {table} cannot be read: {error}"),
            })?;
        }
    }
    Ok(())
}
