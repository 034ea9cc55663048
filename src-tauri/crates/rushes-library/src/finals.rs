//! Rendered finals.

use std::path::PathBuf;

use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, ExportId, JobId, ProfileId, ProjectId};
use rushes_model::notice::RowKind;
use sqlx::SqliteConnection;

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

/// A final as it is stored, and whether its clip has changed since.
#[derive(sqlx::FromRow)]
pub(crate) struct ExportColumns {
    id: ExportId,
    clip_id: ClipId,
    project_id: ProjectId,
    clip_name: String,
    preset: String,
    path: Vec<u8>,
    size_bytes: i64,
    duration_us: i64,
    width: u32,
    height: u32,
    job_id: JobId,
    created_at: i64,
    stale: bool,
}

impl ExportColumns {
    fn read(self, data_dir: &DataDir) -> (Export, PathBuf) {
        let path = data_dir.path_of(&self.path);
        let export = Export {
            id: self.id,
            clip_id: self.clip_id,
            project_id: self.project_id,
            clip_name: self.clip_name,
            preset: self.preset,
            file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            path: path.to_string_lossy().into_owned(),
            size_bytes: self.size_bytes,
            duration_us: self.duration_us,
            width: self.width,
            height: self.height,
            job_id: self.job_id,
            created_at_ms: self.created_at,
            stale: self.stale,
        };
        (export, path)
    }
}

/// A statement that reads finals (`e`) with their clips (`c`).
macro_rules! select_exports {
    ($which:literal, $($bind:expr),+) => {
        sqlx::query_as!(
            ExportColumns,
            r#"SELECT e.id AS "id: _", e.clip_id AS "clip_id: _", e.project_id AS "project_id: _",
                      e.clip_name, e.preset, e.path, e.size_bytes, e.duration_us, e.width AS "width: _",
                      e.height AS "height: _", e.job_id AS "job_id: _", e.created_at,
                      e.edit_hash <> c.edit_hash AS "stale!: _"
                 FROM exports e JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id "#
                + $which,
            $($bind),+
        )
    };
}

/// Everything that a final is rendered from, read in one transaction.
#[derive(Debug, Clone)]
pub struct RenderPlan {
    /// The clip.
    pub clip: Clip,
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
    select_exports!("WHERE e.profile_id = ? AND e.id = ?", profile, id)
        .map(|row| row.read(data_dir))
        .fetch_optional(connection)
        .await?
        .ok_or(LibraryError::NotFound { row: RowKind::Final })
}

/// All finals of a profile with their paths.
pub(crate) async fn of_profile(
    data_dir: &DataDir,
    connection: &mut SqliteConnection,
    profile: ProfileId,
) -> LibraryResult<Vec<(Export, PathBuf)>> {
    let exports = select_exports!("WHERE e.profile_id = ? ORDER BY e.id", profile)
        .map(|row| row.read(data_dir))
        .fetch_all(connection)
        .await?;
    Ok(exports)
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
    let exports = select_exports!(
        "JOIN projects p ON p.profile_id = e.profile_id AND p.id = e.project_id
         WHERE e.profile_id = ?1 AND (?2 IS NULL OR e.project_id = ?2)
           AND (?3 IS NULL OR e.clip_id = ?3) AND (?3 IS NOT NULL OR c.deleted_at IS NULL)
           AND (?2 IS NOT NULL OR ?3 IS NOT NULL OR p.deleted_at IS NULL)
         ORDER BY e.id DESC",
        profile,
        project,
        clip
    )
    .map(|row| row.read(data_dir).0)
    .fetch_all(connection)
    .await?;
    Ok(exports)
}

impl Library {
    /// What a final of a clip is rendered from. It is read in one transaction, so that a
    /// later change shows in the hash.
    pub async fn render_plan(&self, profile: ProfileId, id: ClipId) -> LibraryResult<RenderPlan> {
        let mut tx = self.reader.begin().await?;
        Ok(RenderPlan {
            clip: clips::find_live(&mut tx, profile, id).await?,
            framing: clips::framing(&mut tx, profile, id).await?,
            content: clips::content(&mut tx, profile, id).await?,
            edit_hash: sqlx::query_scalar!(
                "SELECT edit_hash FROM clips WHERE profile_id = ? AND id = ?",
                profile,
                id
            )
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
        let done = sqlx::query!(
            "INSERT INTO exports (profile_id, id, clip_id, project_id, job_id, preset, clip_name, path,
                    size_bytes, duration_us, width, height, edit_hash, created_at)
             SELECT profile_id, ?, id, project_id, ?, ?, name, ?, ?, ?, ?, ?, ?, ?
               FROM clips WHERE profile_id = ? AND id = ?",
            id,
            new.job_id,
            new.preset,
            self.data_dir.to_bytes(&new.path),
            new.size_bytes,
            new.duration_us,
            new.width,
            new.height,
            new.edit_hash,
            crate::now_ms(),
            profile,
            new.clip_id
        )
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
        Ok(sqlx::query_scalar!(
            r#"SELECT id AS "id: ExportId" FROM exports WHERE profile_id = ? AND job_id = ?"#,
            profile,
            job
        )
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
