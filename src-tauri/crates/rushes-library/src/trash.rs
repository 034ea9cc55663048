//! Emptying the trash: the one place where rows of an editor's work end.

use std::path::PathBuf;

use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId};

use crate::db::Library;
use crate::error::LibraryResult;
use crate::jobs::{self, NewJob};
use crate::model::Job;

/// What was in the trash, and whose files can go now.
#[derive(Debug, Clone, Default)]
pub struct Emptied {
    /// The clips, each with its project.
    pub clips: Vec<(ProjectId, ClipId)>,
    /// The projects.
    pub projects: Vec<ProjectId>,
    /// What it is called: the projects, and the clips that were in the trash by
    /// themselves.
    pub names: Vec<String>,
    /// Where the finals of the clips lie, also those in folders of the editor's own.
    pub finals: Vec<PathBuf>,
}

impl Library {
    /// Ends every trashed clip and project of a profile. The job that deletes
    /// their files, where `deleting` makes one of what there was, is queued in the
    /// same transaction, so that no crash leaves files of nobody.
    pub async fn empty_trash(
        &self,
        profile: ProfileId,
        worker: &str,
        deleting: impl FnOnce(&Emptied) -> Option<NewJob> + Send,
    ) -> LibraryResult<(Emptied, Option<Job>)> {
        let mut tx = self.begin_deleting().await?;
        let finals: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT e.path FROM exports e
               JOIN clips c ON c.profile_id = e.profile_id AND c.id = e.clip_id
               JOIN projects p ON p.profile_id = e.profile_id AND p.id = e.project_id
              WHERE e.profile_id = ? AND (c.deleted_at IS NOT NULL OR p.deleted_at IS NOT NULL)",
        )
        .bind(profile)
        .fetch_all(&mut *tx)
        .await?;
        let clips = sqlx::query_as(
            "SELECT project_id, id FROM clips
              WHERE profile_id = ?1 AND (deleted_at IS NOT NULL OR project_id IN
                    (SELECT id FROM projects WHERE profile_id = ?1 AND deleted_at IS NOT NULL))
              ORDER BY id",
        )
        .bind(profile)
        .fetch_all(&mut *tx)
        .await?;
        let names = sqlx::query_scalar(
            "SELECT name FROM projects WHERE profile_id = ?1 AND deleted_at IS NOT NULL
             UNION ALL
             SELECT c.name FROM clips c JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
              WHERE c.profile_id = ?1 AND c.deleted_at IS NOT NULL AND p.deleted_at IS NULL",
        )
        .bind(profile)
        .fetch_all(&mut *tx)
        .await?;
        // Footage that clips or segments of other projects use goes over to them.
        sqlx::query(
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
        )
        .bind(profile)
        .bind(crate::now_ms())
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM clips WHERE profile_id = ? AND deleted_at IS NOT NULL")
            .bind(profile)
            .execute(&mut *tx)
            .await?;
        let projects = sqlx::query_scalar(
            "DELETE FROM projects WHERE profile_id = ? AND deleted_at IS NOT NULL RETURNING id",
        )
        .bind(profile)
        .fetch_all(&mut *tx)
        .await?;
        let finals = finals.iter().map(|path| self.data_dir.path_of(path)).collect();
        let emptied = Emptied { clips, projects, names, finals };
        let job = match deleting(&emptied) {
            Some(new) => Some(jobs::insert(&mut tx, profile, worker, None, &new).await?),
            None => None,
        };
        tx.commit().await?;
        Ok((emptied, job))
    }

    /// Jobs under way on what is in the trash.
    pub async fn trashed_jobs(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        Ok(sqlx::query_scalar(
            "SELECT j.id FROM jobs j
               LEFT JOIN projects p ON p.profile_id = j.profile_id AND p.id = j.project_id
               LEFT JOIN clips c ON c.profile_id = j.profile_id AND c.id = j.clip_id
              WHERE j.profile_id = ? AND j.state IN ('queued', 'running', 'paused')
                AND (p.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL)",
        )
        .bind(profile)
        .fetch_all(&self.reader)
        .await?)
    }
}
