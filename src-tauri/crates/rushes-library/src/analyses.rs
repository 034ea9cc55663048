//! Analysis results, keyed by fingerprint and analysis version. Projects of one profile
//! share them; profiles never do.

use rushes_model::ids::ProfileId;
use serde_json::Value;
use sqlx::types::Json;

use crate::db::Library;
use crate::error::LibraryResult;

impl Library {
    /// The result for a fingerprint, if this version made one.
    pub async fn analysis(
        &self,
        profile: ProfileId,
        fingerprint: &str,
        version: u32,
    ) -> LibraryResult<Option<Value>> {
        let found: Option<Json<Value>> = sqlx::query_scalar(
            "SELECT data FROM analyses WHERE profile_id = ? AND fingerprint = ? AND version = ?",
        )
        .bind(profile)
        .bind(fingerprint)
        .bind(version)
        .fetch_optional(&self.reader)
        .await?;
        Ok(found.map(|json| json.0))
    }

    /// Stores a result and replaces that of an older version.
    pub async fn put_analysis(
        &self,
        profile: ProfileId,
        fingerprint: &str,
        version: u32,
        data: &Value,
    ) -> LibraryResult<()> {
        sqlx::query(
            "INSERT INTO analyses (profile_id, fingerprint, version, data, made_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (profile_id, fingerprint) DO UPDATE
                SET version = excluded.version, data = excluded.data, made_at = excluded.made_at",
        )
        .bind(profile)
        .bind(fingerprint)
        .bind(version)
        .bind(Json(data))
        .bind(crate::now_ms())
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
