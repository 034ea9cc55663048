//! Clips and their edit lists.

use std::collections::HashMap;

use rushes_media::analysis::ScoreParts;
use rushes_media::spec::{CaptionStyle, Framing};
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::error::{LibraryError, LibraryResult};
use crate::ids::{ClipId, JobId, ProfileId, ProjectId, SourceId};
use crate::limits;
use crate::model::{Clip, ClipPatch, Cut, Flag, ItemOutcome, NewClip, RawState, Refusal};
use crate::open::Library;
use crate::segments::check_points;

pub(crate) const NOT_FOUND: LibraryError = LibraryError::NotFound { what: "clip" };
/// Most entries of one edit list.
const CUTS_MAX: usize = 500;

pub(crate) const SELECT: &str = "SELECT c.*, p.name AS project_name FROM clips c
    JOIN projects p ON p.profile_id = c.profile_id AND p.id = c.project_id
    WHERE c.profile_id = ";

pub(crate) fn read(row: &SqliteRow) -> Result<Clip, sqlx::Error> {
    Ok(Clip {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        project_name: row.try_get("project_name")?,
        name: row.try_get("name")?,
        variant_number: row.try_get("variant_number")?,
        origin: row.try_get("origin")?,
        duration_us: row.try_get("duration_us")?,
        flag: row.try_get("flag")?,
        rating: row.try_get("rating")?,
        tags: row.try_get::<Json<Vec<String>>, _>("tags")?.0,
        muted: row.try_get("muted")?,
        score_bp: row.try_get("score_bp")?,
        score_parts: row.try_get::<Option<Json<ScoreParts>>, _>("score_parts")?.map(|json| json.0),
        raw_state: row.try_get("raw_state")?,
        final_status: row.try_get("final_status")?,
        revision: row.try_get("revision")?,
        deleted_at_ms: row.try_get("deleted_at")?,
        created_at_ms: row.try_get("created_at")?,
        updated_at_ms: row.try_get("updated_at")?,
    })
}

fn search_text(name: &str, tags: &[String]) -> String {
    limits::fold(&format!("{name}\n{}", tags.join("\n")))
}

impl Library {
    /// One clip.
    pub async fn get_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        let mut query = QueryBuilder::<Sqlite>::new(SELECT);
        query.push_bind(profile).push(" AND c.id = ").push_bind(id);
        let row = query.build().fetch_optional(&self.reader).await?.ok_or(NOT_FOUND)?;
        Ok(read(&row)?)
    }

    /// One clip that is in no trash: what work is done on.
    pub async fn live_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        let clip = self.get_clip(profile, id).await?;
        if clip.deleted_at_ms.is_some() {
            return Err(NOT_FOUND);
        }
        self.live_project(profile, clip.project_id).await.map_err(|_| NOT_FOUND)?;
        Ok(clip)
    }

    /// The edit list of a clip.
    pub async fn clip_cuts(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Vec<Cut>> {
        let rows = sqlx::query(
            "SELECT source_id, in_us, out_us FROM clip_cuts
              WHERE profile_id = ? AND clip_id = ? ORDER BY position",
        )
        .bind(profile)
        .bind(id)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| read_cut(row).map_err(Into::into)).collect()
    }

    /// Every stretch of footage that the clips of a project use, those in the
    /// trash included: what the next generation leaves alone.
    pub async fn used_cuts(&self, profile: ProfileId, project: ProjectId) -> LibraryResult<Vec<Cut>> {
        let rows = sqlx::query(
            "SELECT k.source_id, k.in_us, k.out_us FROM clip_cuts k
               JOIN clips c ON c.profile_id = k.profile_id AND c.id = k.clip_id
              WHERE c.profile_id = ? AND c.project_id = ?",
        )
        .bind(profile)
        .bind(project)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| read_cut(row).map_err(Into::into)).collect()
    }

    /// How a clip is framed.
    pub async fn clip_framing(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Framing> {
        let framing: Option<Json<Framing>> =
            sqlx::query_scalar("SELECT framing FROM clips WHERE profile_id = ? AND id = ?")
                .bind(profile)
                .bind(id)
                .fetch_optional(&self.reader)
                .await?;
        Ok(framing.ok_or(NOT_FOUND)?.0)
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
        let running: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM jobs WHERE profile_id = ? AND id = ? AND state = 'running')",
        )
        .bind(profile)
        .bind(job)
        .fetch_one(&mut *tx)
        .await?;
        if !running {
            return Err(LibraryError::JobOver);
        }
        let target: Option<(String, u32)> = sqlx::query_as(
            "SELECT name, next_variant FROM projects
              WHERE profile_id = ? AND id = ? AND deleted_at IS NULL",
        )
        .bind(profile)
        .bind(project)
        .fetch_optional(&mut *tx)
        .await?;
        let (project_name, first) = target.ok_or(crate::projects::NOT_FOUND)?;
        let now = crate::now_ms();
        let mut ids = Vec::with_capacity(new.len());
        for (number, clip) in (first..).zip(new) {
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
            .bind(search_text(&name, &[]))
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
            insert_cuts(&mut tx, profile, id, &clip.cuts).await?;
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

    /// Changes a clip; absent fields stay. Tells whether the file for viewing
    /// has to be made again.
    pub async fn update_clip(
        &self,
        profile: ProfileId,
        id: ClipId,
        patch: &ClipPatch,
    ) -> LibraryResult<(Clip, bool)> {
        let now = self.live_clip(profile, id).await?;
        let name = patch.name.as_deref().map_or(Ok(now.name), |v| limits::name("name", v))?;
        let rating = limits::within("rating", patch.rating.unwrap_or(now.rating), 0, 5)?;
        let tags = patch.tags.as_deref().map_or(Ok(now.tags), |v| limits::words("tags", v))?;
        let framing = match patch.framing {
            Some(framing) => {
                limits::within("centre_x_bp", framing.centre_x_bp, 0, 10_000)?;
                limits::within("centre_y_bp", framing.centre_y_bp, 0, 10_000)?;
                framing
            }
            None => self.clip_framing(profile, id).await?,
        };
        let recut = match &patch.cuts {
            Some(cuts) => {
                self.check_cuts(profile, cuts).await?;
                *cuts != self.clip_cuts(profile, id).await?
            }
            None => false,
        };
        let duration_us = match &patch.cuts {
            Some(cuts) => cuts.iter().map(|cut| cut.out_us - cut.in_us).sum(),
            None => now.duration_us,
        };
        let reframed = patch.framing.is_some();

        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE clips SET name = ?, search_text = ?, rating = ?, tags = ?, flag = ?, framing = ?,
                    duration_us = ?, revision = revision + ?, cut_revision = cut_revision + ?,
                    raw_state = iif(?, 'pending', raw_state),
                    final_status = iif(? AND final_status = 'done', 'stale', final_status),
                    updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(&name)
        .bind(search_text(&name, &tags))
        .bind(rating)
        .bind(Json(tags))
        .bind(patch.flag.unwrap_or(now.flag))
        .bind(Json(framing))
        .bind(duration_us)
        .bind(u32::from(recut || reframed))
        .bind(u32::from(recut))
        .bind(recut)
        .bind(recut || reframed)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if let (true, Some(cuts)) = (recut, &patch.cuts) {
            sqlx::query("DELETE FROM clip_cuts WHERE profile_id = ? AND clip_id = ?")
                .bind(profile)
                .bind(id)
                .execute(&mut *tx)
                .await?;
            insert_cuts(&mut tx, profile, id, cuts).await?;
        }
        tx.commit().await?;
        Ok((self.get_clip(profile, id).await?, recut))
    }

    /// Leaves a clip's sound out, or brings it back. Tells whether that changed anything.
    pub async fn set_clip_muted(
        &self,
        profile: ProfileId,
        id: ClipId,
        muted: bool,
    ) -> LibraryResult<(Clip, bool)> {
        self.live_clip(profile, id).await?;
        let done = sqlx::query(
            "UPDATE clips SET muted = ?, revision = revision + 1, cut_revision = cut_revision + 1, raw_state = 'pending',
                    final_status = iif(final_status = 'done', 'stale', final_status), updated_at = ?
             WHERE profile_id = ? AND id = ? AND muted <> ?",
        )
        .bind(muted)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .bind(muted)
        .execute(&self.writer)
        .await?;
        Ok((self.get_clip(profile, id).await?, done.rows_affected() > 0))
    }

    /// Picks a clip, or takes the pick back.
    pub async fn toggle_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        self.live_clip(profile, id).await?;
        sqlx::query(
            "UPDATE clips SET flag = iif(flag = 'picked', 'unflagged', 'picked'), updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        self.get_clip(profile, id).await
    }

    /// Gives many clips one verdict, in one transaction; those that do not
    /// exist are refused one by one.
    pub async fn flag_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
        flag: Flag,
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(
            profile,
            ids,
            "UPDATE clips SET flag = ?1, updated_at = ?2
              WHERE profile_id = ?3 AND id = ?4 AND deleted_at IS NULL",
            Some(flag),
        )
        .await
    }

    /// Puts many clips into the trash, in one transaction.
    pub async fn trash_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(
            profile,
            ids,
            "UPDATE clips SET deleted_at = ?2 WHERE ?1 IS NULL AND profile_id = ?3 AND id = ?4
                AND deleted_at IS NULL",
            None,
        )
        .await
    }

    /// Takes many clips out of the trash, in one transaction.
    pub async fn restore_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        self.change_clips(
            profile,
            ids,
            "UPDATE clips SET deleted_at = NULL, updated_at = ?2 WHERE ?1 IS NULL AND profile_id = ?3
                AND id = ?4 AND deleted_at IS NOT NULL",
            None,
        )
        .await
    }

    async fn change_clips(
        &self,
        profile: ProfileId,
        ids: &[ClipId],
        statement: &'static str,
        flag: Option<Flag>,
    ) -> LibraryResult<Vec<ItemOutcome<Clip>>> {
        if ids.len() > limits::BULK_MAX {
            return Err(LibraryError::invalid("ids", format!("At most {} clips at once.", limits::BULK_MAX)));
        }
        let now = crate::now_ms();
        let mut tx = self.begin().await?;
        let mut changed = Vec::with_capacity(ids.len());
        for id in ids {
            let done =
                sqlx::query(statement).bind(flag).bind(now).bind(profile).bind(id).execute(&mut *tx).await?;
            changed.push(done.rows_affected() > 0);
        }
        tx.commit().await?;

        let done: Vec<ClipId> =
            ids.iter().zip(&changed).filter(|(_, changed)| **changed).map(|(id, _)| *id).collect();
        let clips = self.clips_by_id(profile, &done).await?;
        Ok(ids
            .iter()
            .map(|id| {
                let done = clips.get(id).cloned();
                let refused = done
                    .is_none()
                    .then(|| Refusal { code: NOT_FOUND.code().to_owned(), message: NOT_FOUND.to_string() });
                ItemOutcome { item: id.to_string(), done, refused }
            })
            .collect())
    }

    async fn clips_by_id(&self, profile: ProfileId, ids: &[ClipId]) -> LibraryResult<HashMap<ClipId, Clip>> {
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(500) {
            let mut query = QueryBuilder::<Sqlite>::new(SELECT);
            query.push_bind(profile).push(" AND c.id IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(*id);
            }
            query.push(")");
            for row in query.build().fetch_all(&self.reader).await? {
                let clip = read(&row)?;
                found.insert(clip.id, clip);
            }
        }
        Ok(found)
    }

    /// Notes what became of the file for viewing that was made from
    /// `cut_revision`. A later change of the clip keeps it pending. The clip's
    /// revision counts up, so that a page asks for the new file.
    pub async fn set_raw_state(
        &self,
        profile: ProfileId,
        id: ClipId,
        cut_revision: u32,
        state: RawState,
    ) -> LibraryResult<()> {
        sqlx::query(
            "UPDATE clips SET raw_state = ?1, raw_revision = iif(?1 = 'ready', ?2, raw_revision)
             WHERE profile_id = ?3 AND id = ?4 AND cut_revision = ?2",
        )
        .bind(state)
        .bind(cut_revision)
        .bind(profile)
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// What a clip's file for viewing has to be made from and what it was made
    /// from: its `cut_revision` and its `raw_revision` (0 where there is none).
    pub async fn raw_revisions(&self, profile: ProfileId, id: ClipId) -> LibraryResult<(u32, u32)> {
        sqlx::query_as("SELECT cut_revision, raw_revision FROM clips WHERE profile_id = ? AND id = ?")
            .bind(profile)
            .bind(id)
            .fetch_optional(&self.reader)
            .await?
            .ok_or(NOT_FOUND)
    }

    /// The clips that a job made.
    pub async fn clips_of_job(&self, profile: ProfileId, job: JobId) -> LibraryResult<Vec<ClipId>> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM clips WHERE profile_id = ? AND job_id = ? ORDER BY variant_number",
        )
        .bind(profile)
        .bind(job)
        .fetch_all(&self.reader)
        .await?)
    }

    /// Takes back the clips of a cancelled job that have no file yet and that
    /// nobody has judged.
    pub async fn withdraw_clips(&self, profile: ProfileId, job: JobId) -> LibraryResult<()> {
        sqlx::query(
            "DELETE FROM clips WHERE profile_id = ? AND job_id = ? AND raw_state = 'pending'
                AND raw_revision = 0 AND flag = 'unflagged' AND rating = 0 AND revision = 1",
        )
        .bind(profile)
        .bind(job)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Checks an edit list against the sources of the profile.
    async fn check_cuts(&self, profile: ProfileId, cuts: &[Cut]) -> LibraryResult<()> {
        if cuts.is_empty() {
            return Err(LibraryError::invalid("cuts", "An edit list has at least one entry."));
        }
        if cuts.len() > CUTS_MAX {
            return Err(LibraryError::invalid(
                "cuts",
                format!("An edit list has at most {CUTS_MAX} entries."),
            ));
        }
        let mut lengths: HashMap<SourceId, i64> = HashMap::new();
        for cut in cuts {
            let duration_us = match lengths.get(&cut.source_id) {
                Some(length) => *length,
                None => {
                    let row = self.source_row(profile, cut.source_id).await?;
                    lengths.insert(cut.source_id, row.source.facts.duration_us);
                    row.source.facts.duration_us
                }
            };
            check_points(cut.in_us, cut.out_us, duration_us)?;
        }
        Ok(())
    }
}

fn read_cut(row: &SqliteRow) -> Result<Cut, sqlx::Error> {
    Ok(Cut {
        source_id: row.try_get("source_id")?,
        in_us: row.try_get("in_us")?,
        out_us: row.try_get("out_us")?,
    })
}

async fn insert_cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
    cuts: &[Cut],
) -> LibraryResult<()> {
    for (position, cut) in cuts.iter().enumerate() {
        sqlx::query(
            "INSERT INTO clip_cuts (profile_id, clip_id, position, source_id, in_us, out_us)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(profile)
        .bind(clip)
        .bind(position as i64)
        .bind(cut.source_id)
        .bind(cut.in_us)
        .bind(cut.out_us)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
