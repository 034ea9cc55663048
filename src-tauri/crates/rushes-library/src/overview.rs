//! Totals of a profile.

use rushes_model::ids::ProfileId;

use crate::db::Library;
use crate::error::LibraryResult;

/// What a profile holds outside the trash.
#[derive(Debug, Clone, Copy)]
pub struct ProfileCounts {
    /// Projects.
    pub projects: u32,
    /// Sources.
    pub sources: u32,
    /// Length of all sources, in microseconds.
    pub sources_us: i64,
    /// Clips.
    pub clips: u32,
    /// Picked clips.
    pub picked: u32,
    /// Finals.
    pub finals: u32,
    /// Length of all finals, in microseconds.
    pub finals_us: i64,
}

impl Library {
    /// What a profile holds outside the trash.
    pub async fn profile_counts(&self, profile: ProfileId) -> LibraryResult<ProfileCounts> {
        Ok(sqlx::query_as!(
            ProfileCounts,
            r#"WITH live AS (SELECT id FROM projects WHERE profile_id = ?1 AND deleted_at IS NULL),
                  s AS (SELECT duration_us FROM sources
                         WHERE profile_id = ?1 AND removed_at IS NULL AND project_id IN live),
                  c AS (SELECT id, flag FROM clips
                         WHERE profile_id = ?1 AND deleted_at IS NULL AND project_id IN live),
                  e AS (SELECT duration_us FROM exports WHERE profile_id = ?1 AND clip_id IN (SELECT id FROM c))
             SELECT (SELECT count(*) FROM live) AS "projects!: _",
                    (SELECT count(*) FROM s) AS "sources!: _",
                    (SELECT coalesce(sum(duration_us), 0) FROM s) AS "sources_us!: _",
                    (SELECT count(*) FROM c) AS "clips!: _",
                    (SELECT count(*) FROM c WHERE flag = 'picked') AS "picked!: _",
                    (SELECT count(*) FROM e) AS "finals!: _",
                    (SELECT coalesce(sum(duration_us), 0) FROM e) AS "finals_us!: _""#,
            profile
        )
        .fetch_one(&self.reader)
        .await?)
    }
}
