//! Clips as jobs make them: adding them, and settling their ends after the full analysis.

use rushes_model::captions::CaptionStyle;
use rushes_model::choice::ClipKind;
use rushes_model::edit::Cut;
use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId};
use rushes_model::notice::{Field, Invalid};
use sqlx::types::Json;

use super::edit_hash;
use super::edit_list::{insert_cuts, replace_cuts};
use super::names::ClipNames;
use super::rows::{self, NOT_FOUND};
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{FinalStatus, Flag, NewClip};
use crate::{jobs, projects};

/// A stretch of footage that was used, by the source's fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedFootage {
    /// Fingerprint of the source.
    pub fingerprint: String,
    /// In point in microseconds.
    pub in_us: i64,
    /// Out point in microseconds.
    pub out_us: i64,
}

impl Library {
    /// The footage that the next generation of a kind avoids in a project: what the
    /// project's clips of that kind use (including trashed ones), what was rendered as such
    /// a clip anywhere in the profile, and what was rejected. With `again`, only what clips
    /// of that kind use that still wait for a verdict.
    ///
    /// A highlight and a montage may show the same footage; clips made from segments count
    /// as highlights. A rejected highlight means the editor has seen that moment, so
    /// montages avoid it too. A rejected montage says nothing about its moments.
    pub async fn used_footage(
        &self,
        profile: ProfileId,
        project: ProjectId,
        kind: ClipKind,
        again: bool,
    ) -> LibraryResult<Vec<UsedFootage>> {
        let mut reader = self.reader.acquire().await?;
        projects::require(&mut reader, profile, project).await?;
        let used = if again {
            sqlx::query_as!(
                UsedFootage,
                "SELECT s.fingerprint, k.in_us, k.out_us FROM clip_cuts k
                   JOIN clips c ON c.profile_id = k.profile_id AND c.id = k.clip_id
                   JOIN sources s ON s.profile_id = k.profile_id AND s.id = k.source_id
                  WHERE c.profile_id = ?1 AND c.project_id = ?2 AND (c.origin = 'montage') = ?3
                    AND c.deleted_at IS NULL AND c.flag <> 'rejected' AND c.final_status = 'none'",
                profile,
                project,
                kind == ClipKind::Montage
            )
            .fetch_all(&mut *reader)
            .await?
        } else {
            sqlx::query_as!(
                UsedFootage,
                "SELECT s.fingerprint, k.in_us, k.out_us FROM clip_cuts k
                   JOIN clips c ON c.profile_id = k.profile_id AND c.id = k.clip_id
                   JOIN sources s ON s.profile_id = k.profile_id AND s.id = k.source_id
                  WHERE c.profile_id = ?1
                    AND ((c.origin = 'montage') = ?3
                          AND (c.project_id = ?2 OR c.flag = 'rejected' OR c.final_status <> 'none')
                      OR c.origin <> 'montage' AND c.flag = 'rejected')",
                profile,
                project,
                kind == ClipKind::Montage
            )
            .fetch_all(&mut *reader)
            .await?
        };
        Ok(used)
    }

    /// Moves the ends of a provisional clip to where the full analysis puts them. A clip
    /// that the editor has decided on keeps its ends and only stops being provisional.
    pub async fn settle_clip(&self, profile: ProfileId, id: ClipId, cuts: &[Cut]) -> LibraryResult<()> {
        let mut tx = self.begin().await?;
        let clip = rows::find(&mut tx, profile, id).await?;
        let changed = sqlx::query!(
            r#"SELECT revision AS "revision: u32", (script <> '' OR captions <> '[]') AS "has_words!: bool"
                 FROM clips WHERE profile_id = ? AND id = ?"#,
            profile,
            id
        )
        .fetch_one(&mut *tx)
        .await?;
        let untouched = clip.provisional
            && changed.revision == 1
            && !changed.has_words
            && clip.flag == Flag::Unflagged
            && clip.rating == 0
            && clip.tags.is_empty()
            && clip.final_status == FinalStatus::None
            && clip.deleted_at_ms.is_none();
        if untouched && clip.cuts != cuts {
            replace_cuts(&mut tx, profile, id, cuts).await?;
            sqlx::query!(
                "UPDATE clips SET provisional = 0, duration_us = ?, revision = revision + 1,
                        cut_revision = cut_revision + 1, updated_at = ?
                  WHERE profile_id = ? AND id = ?",
                cuts.iter().map(|cut| cut.out_us - cut.in_us).sum::<i64>(),
                crate::now_ms(),
                profile,
                id
            )
            .execute(&mut *tx)
            .await?;
            edit_hash::renew(&mut tx, profile, id).await?;
        } else {
            sqlx::query!("UPDATE clips SET provisional = 0 WHERE profile_id = ? AND id = ?", profile, id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Adds clips to a project in one transaction, numbered after the existing ones and
    /// named after their footage. They are added for a running job: a cancelled one adds
    /// nothing.
    pub async fn add_clips(
        &self,
        profile: ProfileId,
        project: ProjectId,
        job: JobId,
        new: &[NewClip],
    ) -> LibraryResult<Vec<ClipId>> {
        let mut tx = self.begin().await?;
        jobs::require_at_work(&mut tx, profile, job).await?;
        let first = sqlx::query_scalar!(
            r#"SELECT next_variant AS "next_variant: u32" FROM projects
                WHERE profile_id = ? AND id = ? AND deleted_at IS NULL"#,
            profile,
            project
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(projects::NOT_FOUND)?;
        let mut names = ClipNames::of(&mut tx, profile, project).await?;
        let now = crate::now_ms();
        let mut ids = Vec::with_capacity(new.len());
        for (number, clip) in (first..).zip(new) {
            let Some(first) = clip.cuts.first() else {
                return Err(LibraryError::invalid(Field::Cuts, Invalid::NoCuts));
            };
            let id = ClipId::new();
            let name = names.next(&mut tx, first).await?;
            sqlx::query!(
                "INSERT INTO clips (profile_id, id, project_id, name, search_text, variant_number, origin,
                        duration_us, muted, framing, score_bp, score_parts, caption_style, job_id, provisional,
                        created_at, updated_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                profile,
                id,
                project,
                name,
                rows::search_text(&name, &[]),
                number,
                clip.origin,
                clip.cuts.iter().map(|cut| cut.out_us - cut.in_us).sum::<i64>(),
                clip.muted,
                Json(Framing::default()),
                clip.score_bp,
                clip.score_parts.map(Json),
                Json(CaptionStyle::default()),
                job,
                clip.provisional,
                now,
                now
            )
            .execute(&mut *tx)
            .await?;
            insert_cuts(&mut tx, profile, id, &clip.cuts).await?;
            edit_hash::renew(&mut tx, profile, id).await?;
            ids.push(id);
        }
        sqlx::query!(
            "UPDATE projects SET next_variant = next_variant + ?, updated_at = ?
              WHERE profile_id = ? AND id = ?",
            new.len() as i64,
            now,
            profile,
            project
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(ids)
    }

    /// Whether a clip is provisional: its ends may still settle.
    pub async fn clip_is_provisional(&self, profile: ProfileId, id: ClipId) -> LibraryResult<bool> {
        sqlx::query_scalar!(
            r#"SELECT provisional AS "provisional: bool" FROM clips WHERE profile_id = ? AND id = ?"#,
            profile,
            id
        )
        .fetch_optional(&self.reader)
        .await?
        .ok_or(NOT_FOUND)
    }

    /// The clips that a job made.
    pub async fn clips_of_job(&self, profile: ProfileId, job: JobId) -> LibraryResult<Vec<ClipId>> {
        let mut reader = self.reader.acquire().await?;
        jobs::require(&mut reader, profile, job).await?;
        Ok(sqlx::query_scalar!(
            r#"SELECT id AS "id: ClipId" FROM clips WHERE profile_id = ? AND job_id = ?
                ORDER BY variant_number"#,
            profile,
            job
        )
        .fetch_all(&mut *reader)
        .await?)
    }
}
