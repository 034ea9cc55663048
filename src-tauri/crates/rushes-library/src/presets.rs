//! Export presets: seeded rows that all profiles share.

use rushes_model::notice::RowKind;
use rushes_model::spec::ExportSpec;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::ExportPreset;

/// A preset as it is stored.
#[derive(sqlx::FromRow)]
pub(crate) struct PresetColumns {
    key: String,
    name: String,
    platform: String,
    notes: String,
    spec: Json<ExportSpec>,
}

impl From<PresetColumns> for ExportPreset {
    fn from(row: PresetColumns) -> Self {
        Self { key: row.key, name: row.name, platform: row.platform, notes: row.notes, spec: row.spec.0 }
    }
}

impl Library {
    /// All presets, in display order.
    pub async fn list_export_presets(&self) -> LibraryResult<Vec<ExportPreset>> {
        let presets = sqlx::query_as!(
            PresetColumns,
            r#"SELECT key, name, platform, notes, spec AS "spec: _" FROM export_presets ORDER BY position"#
        )
        .map(ExportPreset::from)
        .fetch_all(&self.reader)
        .await?;
        Ok(presets)
    }

    /// One preset.
    pub async fn get_export_preset(&self, key: &str) -> LibraryResult<ExportPreset> {
        sqlx::query_as!(
            PresetColumns,
            r#"SELECT key, name, platform, notes, spec AS "spec: _" FROM export_presets WHERE key = ?"#,
            key
        )
        .map(ExportPreset::from)
        .fetch_optional(&self.reader)
        .await?
        .ok_or(LibraryError::NotFound { row: RowKind::Preset })
    }
}
