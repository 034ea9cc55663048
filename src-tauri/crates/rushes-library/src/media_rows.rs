//! The files that a profile's rows refer to, for comparison with the disk, and what happens
//! to rows whose files are gone.

use std::collections::{HashMap, HashSet};
use std::path::{MAIN_SEPARATOR_STR, Path, PathBuf};

use rushes_model::ids::{ClipId, ExportId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::RowKind;

use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::Export;
use crate::{finals, jobs};

/// A clip, as far as its files are concerned.
#[derive(Debug, Clone)]
pub struct ClipOnDisk {
    /// Its id.
    pub id: ClipId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its name.
    pub name: String,
    /// The revision that its file was made from; 0 if there is none.
    pub file_revision: u32,
}

/// All rows of a profile that refer to files, including those in the trash, read in one
/// transaction.
#[derive(Debug, Clone)]
pub struct MediaRows {
    /// Projects.
    pub projects: HashSet<ProjectId>,
    /// Sources with their paths, including removed ones.
    pub sources: HashMap<SourceId, PathBuf>,
    /// Clips.
    pub clips: Vec<ClipOnDisk>,
    /// Finals with their paths.
    pub exports: Vec<(Export, PathBuf)>,
}

impl Library {
    /// All rows of a profile that refer to files.
    pub async fn media_rows(&self, profile: ProfileId) -> LibraryResult<MediaRows> {
        let mut tx = self.reader.begin().await?;
        let projects = sqlx::query_scalar!(
            r#"SELECT id AS "id: ProjectId" FROM projects WHERE profile_id = ?"#,
            profile
        )
        .fetch_all(&mut *tx)
        .await?;
        let sources =
            sqlx::query!(r#"SELECT id AS "id: SourceId", path FROM sources WHERE profile_id = ?"#, profile)
                .map(|source| (source.id, self.data_dir.path_of(&source.path)))
                .fetch_all(&mut *tx)
                .await?;
        let clips = sqlx::query_as!(
            ClipOnDisk,
            r#"SELECT id AS "id: _", project_id AS "project_id: _", name, file_revision AS "file_revision: _"
                 FROM clips WHERE profile_id = ? ORDER BY id"#,
            profile
        )
        .fetch_all(&mut *tx)
        .await?;
        let exports = finals::of_profile(&self.data_dir, &mut tx, profile).await?;
        Ok(MediaRows {
            projects: projects.into_iter().collect(),
            sources: sources.into_iter().collect(),
            clips,
            exports,
        })
    }

    /// Whether a source or a final of the profile is this file or is inside this folder.
    /// Copied footage may still be used by another project.
    pub async fn has_media_in(&self, profile: ProfileId, path: &Path) -> LibraryResult<bool> {
        let path = self.data_dir.to_bytes(path);
        let mut inside = path.clone();
        inside.extend(MAIN_SEPARATOR_STR.as_bytes());
        Ok(sqlx::query_scalar!(
            r#"SELECT (EXISTS (SELECT 1 FROM sources
                                WHERE profile_id = ?1 AND (path = ?2 OR substr(path, 1, length(?3)) = ?3))
                    OR EXISTS (SELECT 1 FROM exports
                                WHERE profile_id = ?1 AND (path = ?2 OR substr(path, 1, length(?3)) = ?3)))
                   AS "has_media!: bool""#,
            profile,
            path,
            inside
        )
        .fetch_one(&self.reader)
        .await?)
    }

    /// Removes a final from the list and updates the status of its clip.
    pub async fn forget_export(&self, profile: ProfileId, id: ExportId) -> LibraryResult<()> {
        let mut tx = self.begin_deleting().await?;
        let clip = sqlx::query_scalar!(
            r#"DELETE FROM exports WHERE profile_id = ? AND id = ? RETURNING clip_id AS "clip_id!: ClipId""#,
            profile,
            id
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(LibraryError::NotFound { row: RowKind::Final })?;
        jobs::settle_final(&mut tx, profile, clip, false).await?;
        tx.commit().await?;
        Ok(())
    }
}
