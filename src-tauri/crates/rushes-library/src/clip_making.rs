//! Clips as jobs make them: adding them, and what became of their files for
//! viewing.

use rushes_media::spec::{CaptionStyle, Framing};
use sqlx::types::Json;
use sqlx::{Row, SqliteConnection};

use crate::clips::{self, NOT_FOUND};
use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ClipId, JobId, ProfileId, ProjectId};
use crate::jobs;
use crate::limits;
use crate::model::{Clip, Cut, NewClip, RawState};
use crate::open::Library;
use crate::projects;

/// What a clip's file for viewing is made from, all of it as of one moment.
#[derive(Debug, Clone)]
pub struct RawPlan {
    /// The clip's project.
    pub project_id: ProjectId,
    /// Its edit list.
    pub cuts: Vec<Cut>,
    /// Whether its sound is left out.
    pub muted: bool,
    /// Counts the changes of edit list and sound.
    pub cut_revision: u32,
    /// The `cut_revision` that the file there was made from; 0 where there is none.
    pub raw_revision: u32,
    /// Whether a file is there, is to be made or could not be made.
    pub state: RawState,
}

impl Library {
    /// Every stretch of footage that the clips of a project use, those in the
    /// trash included: what the next generation leaves alone.
    pub async fn used_cuts(&self, profile: ProfileId, project: ProjectId) -> LibraryResult<Vec<Cut>> {
        let mut reader = self.reader.acquire().await?;
        projects::require(&mut reader, profile, project).await?;
        let rows = sqlx::query(
            "SELECT k.source_id, k.in_us, k.out_us FROM clip_cuts k
               JOIN clips c ON c.profile_id = k.profile_id AND c.id = k.clip_id
              WHERE c.profile_id = ? AND c.project_id = ?",
        )
        .bind(profile)
        .bind(project)
        .fetch_all(&mut *reader)
        .await?;
        rows.iter().map(|row| clips::read_cut(row).map_err(Into::into)).collect()
    }

    /// Adds clips to a project in one transaction, numbered on from those that
    /// exist, on behalf of a job that is still running: a cancelled job adds
    /// nothing.
    pub async fn add_clips(
        &self,
        profile: ProfileId,
        project: ProjectId,
        job: JobId,
        new: &[NewClip],
    ) -> LibraryResult<Vec<ClipId>> {
        let mut tx = self.begin().await?;
        jobs::require_running(&mut tx, profile, job).await?;
        let target: Option<(String, u32)> = sqlx::query_as(
            "SELECT name, next_variant FROM projects
              WHERE profile_id = ? AND id = ? AND deleted_at IS NULL",
        )
        .bind(profile)
        .bind(project)
        .fetch_optional(&mut *tx)
        .await?;
        let (project_name, first) = target.ok_or(projects::NOT_FOUND)?;
        let now = crate::now_ms();
        let mut ids = Vec::with_capacity(new.len());
        for (number, clip) in (first..).zip(new) {
            if clip.cuts.is_empty() {
                return Err(LibraryError::invalid("cuts", "An edit list has at least one entry."));
            }
            let id = ClipId::new();
            let stem: String = project_name.chars().take(limits::NAME_CHARS - 12).collect();
            let name = format!("{stem} {number:02}");
            sqlx::query(
                "INSERT INTO clips (profile_id, id, project_id, name, search_text, variant_number, origin,
                        duration_us, muted, framing, score_bp, score_parts, caption_style, job_id, created_at, updated_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(profile)
            .bind(id)
            .bind(project)
            .bind(&name)
            .bind(clips::search_text(&name, &[]))
            .bind(number)
            .bind(clip.origin)
            .bind(clip.cuts.iter().map(|cut| cut.out_us - cut.in_us).sum::<i64>())
            .bind(clip.muted)
            .bind(Json(Framing::default()))
            .bind(clip.score_bp)
            .bind(clip.score_parts.map(Json))
            .bind(Json(CaptionStyle::default()))
            .bind(job)
            .bind(now)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            clips::insert_cuts(&mut tx, profile, id, &clip.cuts).await?;
            ids.push(id);
        }
        sqlx::query(
            "UPDATE projects SET next_variant = next_variant + ?, updated_at = ?
              WHERE profile_id = ? AND id = ?",
        )
        .bind(new.len() as i64)
        .bind(now)
        .bind(profile)
        .bind(project)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(ids)
    }

    /// What a clip's file for viewing is made from. Edit list, sound and
    /// revision are read together, so that a change meanwhile is not missed.
    pub async fn raw_plan(&self, profile: ProfileId, id: ClipId) -> LibraryResult<RawPlan> {
        let mut tx = self.reader.begin().await?;
        let row = sqlx::query(
            "SELECT project_id, muted, cut_revision, raw_revision, raw_state FROM clips
              WHERE profile_id = ? AND id = ?",
        )
        .bind(profile)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(NOT_FOUND)?;
        Ok(RawPlan {
            project_id: row.try_get("project_id")?,
            cuts: clips::cuts(&mut tx, profile, id).await?,
            muted: row.try_get("muted")?,
            cut_revision: row.try_get("cut_revision")?,
            raw_revision: row.try_get("raw_revision")?,
            state: row.try_get("raw_state")?,
        })
    }

    /// Notes what became of the file for viewing that was made from
    /// `cut_revision`. A later change of the clip keeps it pending, and a file
    /// that is there is not taken back by another attempt that failed.
    pub async fn set_raw_state(
        &self,
        profile: ProfileId,
        id: ClipId,
        cut_revision: u32,
        state: RawState,
    ) -> LibraryResult<()> {
        let done = sqlx::query(
            "UPDATE clips SET
                raw_state = iif(cut_revision = ?2 AND (?1 = 'ready' OR raw_revision <> ?2), ?1, raw_state),
                raw_revision = iif(cut_revision = ?2 AND ?1 = 'ready', ?2, raw_revision)
             WHERE profile_id = ?3 AND id = ?4",
        )
        .bind(state)
        .bind(cut_revision)
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        if done.rows_affected() == 0 { Err(NOT_FOUND) } else { Ok(()) }
    }

    /// The clips that a job made.
    pub async fn clips_of_job(&self, profile: ProfileId, job: JobId) -> LibraryResult<Vec<ClipId>> {
        let mut reader = self.reader.acquire().await?;
        jobs::require(&mut reader, profile, job).await?;
        Ok(sqlx::query_scalar(
            "SELECT id FROM clips WHERE profile_id = ? AND job_id = ? ORDER BY variant_number",
        )
        .bind(profile)
        .bind(job)
        .fetch_all(&mut *reader)
        .await?)
    }

    /// Clips whose file for viewing is to be made while no job is under way that
    /// would make it: their process ended between two steps.
    pub async fn clips_left_pending(&self, profile: ProfileId) -> LibraryResult<Vec<Clip>> {
        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new(clips::SELECT);
        query.push_bind(profile).push(
            " AND c.raw_state = 'pending' AND c.deleted_at IS NULL AND p.deleted_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.profile_id = c.profile_id
                    AND j.state IN ('queued', 'running', 'interrupted')
                    AND (j.id = c.job_id OR (j.kind = 'refresh' AND j.clip_id = c.id)))",
        );
        let rows = query.build().fetch_all(&self.reader).await?;
        rows.iter().map(|row| clips::read(row).map_err(Into::into)).collect()
    }
}

/// Settles the clips of a generation that ended without success: those that
/// have no file and that nobody touched are taken back, the others
/// are told as failed.
pub(crate) async fn settle_made_clips(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    job: JobId,
) -> LibraryResult<()> {
    sqlx::query(
        "DELETE FROM clips WHERE profile_id = ? AND job_id = ? AND raw_state = 'pending'
            AND raw_revision = 0 AND updated_at = created_at AND deleted_at IS NULL",
    )
    .bind(profile)
    .bind(job)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE clips SET raw_state = 'failed'
          WHERE profile_id = ?1 AND job_id = ?2 AND raw_state = 'pending'
            AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.profile_id = ?1 AND j.clip_id = clips.id
                  AND j.kind = 'refresh' AND j.state IN ('queued', 'running', 'interrupted'))",
    )
    .bind(profile)
    .bind(job)
    .execute(&mut *connection)
    .await?;
    Ok(())
}
