//! Rendered finals.

use std::path::PathBuf;

use rushes_model::edit::Cut;
use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, ExportId, JobId, ProfileId, ProjectId};
use rushes_model::notice::RowKind;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::db::Library;
use crate::db::paths::DataDir;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Clip, ClipContent, Export};
use crate::{clips, jobs, projects};

/// A final to record.
#[derive(Debug, Clone)]
pub struct NewExport {
    /// Its clip.
    pub clip_id: ClipId,
    /// The job that rendered it.
    pub job_id: JobId,
    /// Key of the preset.
    pub preset: String,
    /// Path of the file.
    pub path: PathBuf,
    /// Size in bytes.
    pub size_bytes: i64,
    /// Length in microseconds.
    pub duration_us: i64,
    /// Frame width in pixels.
    pub width: u32,
    /// Frame height in pixels.
    pub height: u32,
    /// [`RenderPlan::edit_hash`] of what it was rendered from.
    pub edit_hash: String,
}

pub(crate) fn read(data_dir: &DataDir, row: &SqliteRow) -> Result<(Export, PathBuf), sqlx::Error> {
    let path = data_dir.path_of(row.try_get::<&[u8], _>("path")?);
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

/// Everything that a final is rendered from, read in one transaction.
#[derive(Debug, Clone)]
pub struct RenderPlan {
    /// The clip.
    pub clip: Clip,
    /// Its edit list.
    pub cuts: Vec<Cut>,
    /// How it is framed.
    pub framing: Framing,
    /// Its captions and script.
    pub content: ClipContent,
    /// Hash of all of it, stored with the final.
    pub edit_hash: String,
}

async fn find(
    data_dir: &DataDir,
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ExportId,
) -> LibraryResult<(Export, PathBuf)> {
    let row = sqlx::query(
        "SELECT e.*, e.edit_hash <> c.edit_hash AS stale FROM exports e
           JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
          WHERE e.profile_id = ? AND e.id = ?",
    )
    .bind(profile)
    .bind(id)
    .fetch_optional(connection)
    .await?
    .ok_or(LibraryError::NotFound { row: RowKind::Final })?;
    Ok(read(data_dir, &row)?)
}

/// All finals of a profile with their paths.
pub(crate) async fn of_profile(
    data_dir: &DataDir,
    connection: &mut SqliteConnection,
    profile: ProfileId,
) -> LibraryResult<Vec<(Export, PathBuf)>> {
    let rows = sqlx::query(
        "SELECT e.*, e.edit_hash <> c.edit_hash AS stale FROM exports e
           JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
          WHERE e.profile_id = ? ORDER BY e.id",
    )
    .bind(profile)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(read(data_dir, row)?)).collect()
}

/// Finals of a clip, of a project or of the profile, newest first.
pub(crate) async fn list(
    data_dir: &DataDir,
    connection: &mut SqliteConnection,
    profile: ProfileId,
    project: Option<ProjectId>,
    clip: Option<ClipId>,
) -> LibraryResult<Vec<Export>> {
    if let Some(project) = project {
        projects::require(connection, profile, project).await?;
    }
    if let Some(clip) = clip {
        clips::find(connection, profile, clip).await?;
    }
    let rows = sqlx::query(
        "SELECT e.*, e.edit_hash <> c.edit_hash AS stale FROM exports e
           JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
           JOIN projects p ON p.profile_id = e.profile_id AND p.id = e.project_id
          WHERE e.profile_id = ?1 AND (?2 IS NULL OR e.project_id = ?2)
            AND (?3 IS NULL OR e.clip_id = ?3) AND (?3 IS NOT NULL OR c.deleted_at IS NULL)
            AND (?2 IS NOT NULL OR ?3 IS NOT NULL OR p.deleted_at IS NULL)
          ORDER BY e.id DESC",
    )
    .bind(profile)
    .bind(project)
    .bind(clip)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(read(data_dir, row)?.0)).collect()
}

impl Library {
    /// What a final of a clip is rendered from. It is read in one transaction, so that a
    /// later change shows in the hash.
    pub async fn render_plan(&self, profile: ProfileId, id: ClipId) -> LibraryResult<RenderPlan> {
        let mut tx = self.reader.begin().await?;
        Ok(RenderPlan {
            clip: clips::find_live(&mut tx, profile, id).await?,
            cuts: clips::cuts(&mut tx, profile, id).await?,
            framing: clips::framing(&mut tx, profile, id).await?,
            content: clips::content(&mut tx, profile, id).await?,
            edit_hash: sqlx::query_scalar("SELECT edit_hash FROM clips WHERE profile_id = ? AND id = ?")
                .bind(profile)
                .bind(id)
                .fetch_one(&mut *tx)
                .await?,
        })
    }

    /// Records a final for a running job; a cancelled job adds nothing. The clip's status
    /// is updated when the job ends.
    ///
    /// # Errors
    /// [`LibraryError::JobOver`] if the job has ended in the meantime.
    pub async fn add_export(&self, profile: ProfileId, new: &NewExport) -> LibraryResult<Export> {
        let id = ExportId::new();
        let mut tx = self.begin().await?;
        jobs::require_at_work(&mut tx, profile, new.job_id).await?;
        let done = sqlx::query(
            "INSERT INTO exports (profile_id, id, clip_id, project_id, job_id, preset, clip_name, path,
                    size_bytes, duration_us, width, height, edit_hash, created_at)
             SELECT profile_id, ?, id, project_id, ?, ?, name, ?, ?, ?, ?, ?, ?, ?
               FROM clips WHERE profile_id = ? AND id = ?",
        )
        .bind(id)
        .bind(new.job_id)
        .bind(&new.preset)
        .bind(self.data_dir.to_bytes(&new.path))
        .bind(new.size_bytes)
        .bind(new.duration_us)
        .bind(new.width)
        .bind(new.height)
        .bind(&new.edit_hash)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(new.clip_id)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Err(clips::NOT_FOUND);
        }
        let export = find(&self.data_dir, &mut tx, profile, id).await?.0;
        tx.commit().await?;
        Ok(export)
    }

    /// The final that an interrupted job had already recorded, if any.
    pub async fn export_of_job(&self, profile: ProfileId, job: JobId) -> LibraryResult<Option<ExportId>> {
        let mut reader = self.reader.acquire().await?;
        jobs::require(&mut reader, profile, job).await?;
        Ok(sqlx::query_scalar("SELECT id FROM exports WHERE profile_id = ? AND job_id = ?")
            .bind(profile)
            .bind(job)
            .fetch_optional(&mut *reader)
            .await?)
    }

    /// One final with its path.
    pub async fn export_row(&self, profile: ProfileId, id: ExportId) -> LibraryResult<(Export, PathBuf)> {
        find(&self.data_dir, &mut *self.reader.acquire().await?, profile, id).await
    }

    /// Finals of a clip, of a project or of the profile, newest first.
    pub async fn list_exports(
        &self,
        profile: ProfileId,
        project: Option<ProjectId>,
        clip: Option<ClipId>,
    ) -> LibraryResult<Vec<Export>> {
        list(&self.data_dir, &mut *self.reader.acquire().await?, profile, project, clip).await
    }
}
