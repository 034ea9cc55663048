//! Analysis results by part. A part is keyed by the content that it was made from, and
//! has the version of the code that made it. Projects of one profile share them; profiles
//! never do.

use rushes_model::ids::ProfileId;
use rushes_model::parts::Part;
use serde_json::Value;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::LibraryResult;

/// A stored part of an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPart {
    /// The version that made it.
    pub version: u32,
    /// The result.
    pub data: Value,
}

impl Library {
    /// A part of the analysis of some content, whichever version made it.
    pub async fn analysis_part(
        &self,
        profile: ProfileId,
        key: &str,
        part: Part,
    ) -> LibraryResult<Option<StoredPart>> {
        let found = sqlx::query!(
            r#"SELECT version AS "version: u32", data AS "data: Json<Value>"
                 FROM analyses WHERE profile_id = ? AND key = ? AND part = ?"#,
            profile,
            key,
            part
        )
        .fetch_optional(&self.reader)
        .await?;
        Ok(found.map(|row| StoredPart { version: row.version, data: row.data.0 }))
    }

    /// Stores a part and replaces what was stored of it.
    pub async fn put_analysis_part(
        &self,
        profile: ProfileId,
        key: &str,
        part: Part,
        stored: &StoredPart,
    ) -> LibraryResult<()> {
        sqlx::query!(
            "INSERT INTO analyses (profile_id, key, part, version, data, made_at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (profile_id, key, part) DO UPDATE
                SET version = excluded.version, data = excluded.data, made_at = excluded.made_at",
            profile,
            key,
            part,
            stored.version,
            Json(&stored.data),
            crate::now_ms()
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
