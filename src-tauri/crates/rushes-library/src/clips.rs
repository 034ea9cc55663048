//! Clips and their edit lists.

use std::collections::HashMap;

use rushes_model::choice::ScoreParts;
use rushes_model::edit::Cut;
use rushes_model::framing::Framing;
use rushes_model::ids::{ClipId, ProfileId, SourceId};
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::error::{LibraryError, LibraryResult};
use crate::limits;
use crate::model::{Clip, ClipDetail, ClipPatch};
use crate::open::Library;
use crate::segments::check_points;
use crate::sources;
use crate::{content, cue_times, edit_hash, exports};

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
        provisional: row.try_get("provisional")?,
        raw_state: row.try_get("raw_state")?,
        final_status: row.try_get("final_status")?,
        // A file for viewing that came counts as well: it is another picture
        // under the same clip.
        revision: row.try_get::<u32, _>("revision")? + row.try_get::<u32, _>("raw_revision")?,
        deleted_at_ms: row.try_get("deleted_at")?,
        created_at_ms: row.try_get("created_at")?,
        updated_at_ms: row.try_get("updated_at")?,
    })
}

pub(crate) fn search_text(name: &str, tags: &[String]) -> String {
    limits::fold(&format!("{name}\n{}", tags.join("\n")))
}

/// One clip, in the trash or not.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Clip> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push_bind(profile).push(" AND c.id = ").push_bind(id);
    let row = query.build().fetch_optional(connection).await?.ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// One clip that is in no trash, nor is its project.
pub(crate) async fn find_live(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Clip> {
    let mut query = QueryBuilder::<Sqlite>::new(SELECT);
    query.push_bind(profile).push(" AND c.deleted_at IS NULL AND p.deleted_at IS NULL AND c.id = ");
    query.push_bind(id);
    let row = query.build().fetch_optional(connection).await?.ok_or(NOT_FOUND)?;
    Ok(read(&row)?)
}

/// The edit list of a clip.
pub(crate) async fn cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Vec<Cut>> {
    let rows = sqlx::query(
        "SELECT source_id, in_us, out_us FROM clip_cuts
          WHERE profile_id = ? AND clip_id = ? ORDER BY position",
    )
    .bind(profile)
    .bind(id)
    .fetch_all(connection)
    .await?;
    // Every clip has an edit list, so that none means no clip.
    if rows.is_empty() {
        return Err(NOT_FOUND);
    }
    rows.iter().map(|row| read_cut(row).map_err(Into::into)).collect()
}

/// How a clip is framed.
pub(crate) async fn framing(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    id: ClipId,
) -> LibraryResult<Framing> {
    let row = sqlx::query("SELECT framing FROM clips WHERE profile_id = ? AND id = ?")
        .bind(profile)
        .bind(id)
        .fetch_optional(connection)
        .await?
        .ok_or(NOT_FOUND)?;
    Ok(read_framing(&row)?)
}

pub(crate) fn read_framing(row: &SqliteRow) -> Result<Framing, sqlx::Error> {
    Ok(row.try_get::<Json<Framing>, _>("framing")?.0)
}

impl Library {
    /// One clip, in the trash or not.
    pub async fn get_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        find(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// One clip with all that belongs to it, as of one moment: captions are those of
    /// the edit list beside them.
    pub async fn clip_detail(&self, profile: ProfileId, id: ClipId) -> LibraryResult<ClipDetail> {
        let mut tx = self.reader.begin().await?;
        Ok(ClipDetail {
            clip: find(&mut tx, profile, id).await?,
            cuts: cuts(&mut tx, profile, id).await?,
            framing: framing(&mut tx, profile, id).await?,
            content: content::find(&mut tx, profile, id).await?,
            exports: exports::list(&self.data_dir, &mut tx, profile, None, Some(id)).await?,
        })
    }

    /// One clip that is in no trash: what work is done on.
    pub async fn live_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        find_live(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// The edit list of a clip.
    pub async fn clip_cuts(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Vec<Cut>> {
        cuts(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// How a clip is framed.
    pub async fn clip_framing(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Framing> {
        framing(&mut *self.reader.acquire().await?, profile, id).await
    }

    /// Changes a clip; absent fields stay. Tells whether the file for viewing
    /// has to be made again.
    pub async fn update_clip(
        &self,
        profile: ProfileId,
        id: ClipId,
        patch: &ClipPatch,
    ) -> LibraryResult<(Clip, bool)> {
        // Read and written in one transaction: two windows that change two
        // fields at once both have their way.
        let mut tx = self.begin().await?;
        let now = find_live(&mut tx, profile, id).await?;
        let name = patch.name.as_deref().map_or(Ok(now.name), |v| limits::name("name", v))?;
        let rating = limits::within("rating", patch.rating.unwrap_or(now.rating), 0, 5)?;
        let tags = limits::words("tags", &patch.tags_over(now.tags))?;
        let old_framing = framing(&mut tx, profile, id).await?;
        let framing = patch.framing.map_or(old_framing, |patch| patch.over(old_framing));
        limits::within("centre_x_bp", framing.centre_x_bp, 0, 10_000)?;
        limits::within("centre_y_bp", framing.centre_y_bp, 0, 10_000)?;
        let recut = match &patch.cuts {
            Some(new) => {
                check_cuts(&mut tx, profile, new).await?;
                (*new != cuts(&mut tx, profile, id).await?).then_some(new)
            }
            None => None,
        };
        let duration_us =
            recut.map_or(now.duration_us, |cuts| cuts.iter().map(|cut| cut.out_us - cut.in_us).sum());
        let seen = recut.is_some() || framing != old_framing;
        sqlx::query(
            "UPDATE clips SET name = ?, search_text = ?, rating = ?, tags = ?, flag = ?, framing = ?,
                    duration_us = ?, revision = revision + ?, cut_revision = cut_revision + ?,
                    raw_state = iif(?, 'pending', raw_state), updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(&name)
        .bind(search_text(&name, &tags))
        .bind(rating)
        .bind(Json(tags))
        .bind(patch.flag.unwrap_or(now.flag))
        .bind(Json(framing))
        .bind(duration_us)
        .bind(u32::from(seen))
        .bind(u32::from(recut.is_some()))
        .bind(recut.is_some())
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if let Some(cuts) = recut {
            replace_cuts(&mut tx, profile, id, cuts).await?;
        }
        if seen {
            edit_hash::renew(&mut tx, profile, id).await?;
        }
        let clip = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok((clip, recut.is_some()))
    }

    /// Leaves a clip's sound out, or brings it back. Tells whether that changed anything.
    pub async fn set_clip_muted(
        &self,
        profile: ProfileId,
        id: ClipId,
        muted: bool,
    ) -> LibraryResult<(Clip, bool)> {
        let mut tx = self.begin().await?;
        find_live(&mut tx, profile, id).await?;
        let done = sqlx::query(
            "UPDATE clips SET muted = ?, revision = revision + 1, cut_revision = cut_revision + 1,
                    raw_state = 'pending', updated_at = ?
             WHERE profile_id = ? AND id = ? AND muted <> ?",
        )
        .bind(muted)
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .bind(muted)
        .execute(&mut *tx)
        .await?;
        edit_hash::renew(&mut tx, profile, id).await?;
        let clip = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok((clip, done.rows_affected() > 0))
    }

    /// Picks a clip, or takes the pick back.
    pub async fn toggle_clip(&self, profile: ProfileId, id: ClipId) -> LibraryResult<Clip> {
        let mut tx = self.begin().await?;
        find_live(&mut tx, profile, id).await?;
        sqlx::query(
            "UPDATE clips SET flag = iif(flag = 'picked', 'unflagged', 'picked'), updated_at = ?
             WHERE profile_id = ? AND id = ?",
        )
        .bind(crate::now_ms())
        .bind(profile)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        let clip = find(&mut tx, profile, id).await?;
        tx.commit().await?;
        Ok(clip)
    }
}

/// Checks an edit list against the sources of the profile.
async fn check_cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    cuts: &[Cut],
) -> LibraryResult<()> {
    if cuts.is_empty() {
        return Err(LibraryError::invalid("cuts", "An edit list has at least one entry."));
    }
    if cuts.len() > CUTS_MAX {
        return Err(LibraryError::invalid("cuts", format!("An edit list has at most {CUTS_MAX} entries.")));
    }
    let mut lengths: HashMap<SourceId, i64> = HashMap::new();
    for cut in cuts {
        let duration_us = match lengths.get(&cut.source_id) {
            Some(length) => *length,
            None => {
                let footage = sources::footage(connection, profile, cut.source_id).await?;
                lengths.insert(cut.source_id, footage.duration_us);
                footage.duration_us
            }
        };
        check_points(cut.in_us, cut.out_us, duration_us)?;
    }
    Ok(())
}

pub(crate) fn read_cut(row: &SqliteRow) -> Result<Cut, sqlx::Error> {
    Ok(Cut {
        source_id: row.try_get("source_id")?,
        in_us: row.try_get("in_us")?,
        out_us: row.try_get("out_us")?,
    })
}

/// Gives a clip another edit list. Its captions stay with their pictures.
pub(crate) async fn replace_cuts(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    clip: ClipId,
    new: &[Cut],
) -> LibraryResult<()> {
    let before = cuts(connection, profile, clip).await?;
    let captions = content::find(connection, profile, clip).await?.captions;
    sqlx::query("UPDATE clips SET captions = ? WHERE profile_id = ? AND id = ?")
        .bind(Json(cue_times::follow(&captions, &before, new)))
        .bind(profile)
        .bind(clip)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM clip_cuts WHERE profile_id = ? AND clip_id = ?")
        .bind(profile)
        .bind(clip)
        .execute(&mut *connection)
        .await?;
    insert_cuts(connection, profile, clip, new).await
}

pub(crate) async fn insert_cuts(
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
