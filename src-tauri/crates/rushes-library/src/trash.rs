//! Emptying the trash: the only place where an editor's work is deleted.

use std::path::PathBuf;

use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId};

use crate::db::Library;
use crate::error::LibraryResult;
use crate::jobs::{self, NewJob};
use crate::model::Job;

/// What was removed from the trash, and whose files can now be deleted.
#[derive(Debug, Clone, Default)]
pub struct Emptied {
    /// The clips, each with its project.
    pub clips: Vec<(ProjectId, ClipId)>,
    /// The projects.
    pub projects: Vec<ProjectId>,
    /// Names to show: the projects, and the clips that were in the trash on their own.
    pub names: Vec<String>,
    /// Paths of the clips' finals, including those in the editor's own folders.
    pub finals: Vec<PathBuf>,
}

impl Library {
    /// Deletes all trashed clips and projects of a profile. `deleting` may return a job
    /// that deletes their files; it is queued in the same transaction, so that a crash
    /// leaves no orphaned files.
    pub async fn empty_trash(
        &self,
        profile: ProfileId,
        worker: &str,
        deleting: impl FnOnce(&Emptied) -> Option<NewJob> + Send,
    ) -> LibraryResult<(Emptied, Option<Job>)> {
        let mut tx = self.begin_deleting().await?;
        let finals = sqlx::query!(
            "SELECT e.path FROM exports e
               JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
               JOIN projects p ON p.profile_id = e.profile_id AND p.id = e.project_id
              WHERE e.profile_id = ? AND (c.deleted_at IS NOT NULL OR p.deleted_at IS NOT NULL)",
            profile
        )
        .map(|export| self.data_dir.path_of(&export.path))
        .fetch_all(&mut *tx)
        .await?;
        let clips = sqlx::query!(
            r#"SELECT project_id AS "project_id: ProjectId", id AS "id: ClipId" FROM clips
              WHERE profile_id = ?1 AND (deleted_at IS NOT NULL OR project_id IN
                    (SELECT id FROM projects WHERE profile_id = ?1 AND deleted_at IS NOT NULL))
              ORDER BY id"#,
            profile
        )
        .map(|clip| (clip.project_id, clip.id))
        .fetch_all(&mut *tx)
        .await?;
        let names = sqlx::query_scalar!(
            "SELECT name FROM projects WHERE profile_id = ?1 AND deleted_at IS NOT NULL
             UNION ALL
             SELECT c.name FROM clips c JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
              WHERE c.profile_id = ?1 AND c.deleted_at IS NOT NULL AND p.deleted_at IS NULL",
            profile
        )
        .fetch_all(&mut *tx)
        .await?;
        // Footage that clips or segments of other projects use moves to those projects.
        sqlx::query!(
            "UPDATE sources SET removed_at = coalesce(removed_at, ?2), project_id = user.project_id
               FROM (SELECT k.source_id, c.project_id FROM clip_cuts k
                       JOIN clips c ON c.profile_id = k.profile_id AND c.id = k.clip_id
                      WHERE k.profile_id = ?1 AND c.deleted_at IS NULL
                     UNION ALL
                     SELECT source_id, project_id FROM segments WHERE profile_id = ?1) AS user
               JOIN projects p ON p.profile_id = ?1 AND p.id = user.project_id AND p.deleted_at IS NULL
              WHERE sources.profile_id = ?1 AND sources.id = user.source_id
                AND sources.project_id IN
                    (SELECT id FROM projects WHERE profile_id = ?1 AND deleted_at IS NOT NULL)",
            profile,
            crate::now_ms()
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM clips WHERE profile_id = ? AND deleted_at IS NOT NULL", profile)
            .execute(&mut *tx)
            .await?;
        let projects = sqlx::query_scalar!(
            r#"DELETE FROM projects WHERE profile_id = ? AND deleted_at IS NOT NULL
               RETURNING id AS "id!: ProjectId""#,
            profile
        )
        .fetch_all(&mut *tx)
        .await?;
        let emptied = Emptied { clips, projects, names, finals };
        let job = match deleting(&emptied) {
            Some(new) => Some(jobs::insert(&mut tx, profile, worker, None, &new).await?),
            None => None,
        };
        tx.commit().await?;
        Ok((emptied, job))
    }

    /// Jobs in progress on anything in the trash.
    pub async fn trashed_jobs(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        Ok(sqlx::query_scalar!(
            r#"SELECT j.id AS "id: JobId" FROM jobs j
               LEFT JOIN projects p ON p.profile_id = j.profile_id AND p.id = j.project_id
               LEFT JOIN clips c ON c.profile_id = j.profile_id AND c.id = j.clip_id
              WHERE j.profile_id = ? AND j.state IN ('queued', 'running', 'paused')
                AND (p.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL)"#,
            profile
        )
        .fetch_all(&self.reader)
        .await?)
    }
}
