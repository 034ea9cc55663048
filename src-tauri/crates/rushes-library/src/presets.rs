//! Export presets: seeded rows that all profiles share.

use rushes_model::notice::RowKind;
use rushes_model::spec::ExportSpec;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::ExportPreset;

pub(crate) fn read(row: &SqliteRow) -> Result<ExportPreset, sqlx::Error> {
    Ok(ExportPreset {
        key: row.try_get("key")?,
        name: row.try_get("name")?,
        platform: row.try_get("platform")?,
        notes: row.try_get("notes")?,
        spec: row.try_get::<Json<ExportSpec>, _>("spec")?.0,
    })
}

impl Library {
    /// All presets, in display order.
    pub async fn list_export_presets(&self) -> LibraryResult<Vec<ExportPreset>> {
        let rows =
            sqlx::query("SELECT * FROM export_presets ORDER BY position").fetch_all(&self.reader).await?;
        rows.iter().map(|row| read(row).map_err(Into::into)).collect()
    }

    /// One preset.
    pub async fn get_export_preset(&self, key: &str) -> LibraryResult<ExportPreset> {
        let row = sqlx::query("SELECT * FROM export_presets WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.reader)
            .await?
            .ok_or(LibraryError::NotFound { row: RowKind::Preset })?;
        Ok(read(&row)?)
    }
}
