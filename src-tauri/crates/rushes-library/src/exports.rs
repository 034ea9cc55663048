//! Finals that were rendered.

use std::path::PathBuf;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ClipId, ExportId, JobId, ProfileId, ProjectId};
use crate::model::Export;
use crate::open::Library;
use crate::paths;

/// A final to be recorded.
#[derive(Debug, Clone)]
pub struct NewExport {
    /// Its clip.
    pub clip_id: ClipId,
    /// The job that made it.
    pub job_id: JobId,
    /// Key of the preset.
    pub preset: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Length in microseconds.
    pub duration_us: i64,
    /// Frame width in pixels.
    pub width: u32,
    /// Frame height in pixels.
    pub height: u32,
    /// Revision of the clip that it was rendered from.
    pub clip_revision: u32,
}

fn read(row: &SqliteRow) -> Result<(Export, PathBuf), sqlx::Error> {
    let path = paths::from_bytes(row.try_get::<&[u8], _>("path")?);
    let export = Export {
        id: row.try_get("id")?,
        clip_id: row.try_get("clip_id")?,
        project_id: row.try_get("project_id")?,
        clip_name: row.try_get("clip_name")?,
        preset: row.try_get("preset")?,
        file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        path: path.to_string_lossy().into_owned(),
        size_bytes: row.try_get("size_bytes")?,
        duration_us: row.try_get("duration_us")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
        job_id: row.try_get("job_id")?,
        created_at_ms: row.try_get("created_at")?,
        stale: row.try_get("stale")?,
    };
    Ok((export, path))
}

impl Library {
    /// Records a final and marks its clip as rendered (or stale, where it
    /// changed meanwhile). Paths are known only to the profile.
    pub async fn add_export(&self, profile: ProfileId, new: &NewExport) -> LibraryResult<Export> {
        let id = ExportId::new();
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "INSERT INTO exports (profile_id, id, clip_id, project_id, job_id, preset, clip_name, path,
                    size_bytes, duration_us, width, height, clip_revision, created_at)
             SELECT profile_id, ?, id, project_id, ?, ?, name, ?, ?, ?, ?, ?, ?, ?
               FROM clips WHERE profile_id = ? AND id = ?",
        )
        .bind(id)
        .bind(new.job_id)
        .bind(&new.preset)
        .bind(paths::to_bytes(&new.path))
        .bind(new.size_bytes)
        .bind(new.duration_us)
        .bind(new.width)
        .bind(new.height)
        .bind(new.clip_revision)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(new.clip_id)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(crate::clips::NOT_FOUND);
        }
        sqlx::query(
            "UPDATE clips SET final_status = iif(revision = ?, 'done', 'stale'), updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(new.clip_revision)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(new.clip_id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(self.export_row(profile, id).await?.0)
    }

    /// One final with its path.
    pub async fn export_row(&self, profile: ProfileId, id: ExportId) -> LibraryResult<(Export, PathBuf)> {
        let row = sqlx::query(
            "SELECT e.*, e.clip_revision <> c.revision AS stale FROM exports e
               JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
              WHERE e.profile_id = ? AND e.id = ?",
        )
        .bind(profile)
        .bind(id)
        .fetch_optional(&self.reader)
        .await?
        .ok_or(LibraryError::NotFound { what: "final" })?;
        Ok(read(&row)?)
    }

    /// Finals of a clip, of a project or of the profile, newest first.
    pub async fn list_exports(
        &self,
        profile: ProfileId,
        project: Option<ProjectId>,
        clip: Option<ClipId>,
    ) -> LibraryResult<Vec<Export>> {
        if let Some(project) = project {
            self.get_project(profile, project).await?;
        }
        let rows = sqlx::query(
            "SELECT e.*, e.clip_revision <> c.revision AS stale FROM exports e
               JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
              WHERE e.profile_id = ?1 AND (?2 IS NULL OR e.project_id = ?2)
                AND (?3 IS NULL OR e.clip_id = ?3) AND (?3 IS NOT NULL OR c.deleted_at IS NULL)
              ORDER BY e.id DESC",
        )
        .bind(profile)
        .bind(project)
        .bind(clip)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| Ok(read(row)?.0)).collect()
    }

    /// Settles a clip's final status after a rendering that gave no file.
    pub async fn settle_final_status(
        &self,
        profile: ProfileId,
        clip: ClipId,
        failed: bool,
    ) -> LibraryResult<()> {
        sqlx::query(
            "UPDATE clips SET final_status = CASE
                WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.profile_id = ?1 AND j.clip_id = ?2
                              AND j.kind = 'render' AND j.state IN ('queued', 'running')) THEN 'rendering'
                WHEN ?3 THEN 'failed'
                WHEN EXISTS (SELECT 1 FROM exports e WHERE e.profile_id = ?1 AND e.clip_id = ?2
                              AND e.clip_revision = clips.revision) THEN 'done'
                WHEN EXISTS (SELECT 1 FROM exports e WHERE e.profile_id = ?1 AND e.clip_id = ?2) THEN 'stale'
                ELSE 'none' END
             WHERE profile_id = ?1 AND id = ?2",
        )
        .bind(profile)
        .bind(clip)
        .bind(failed)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
