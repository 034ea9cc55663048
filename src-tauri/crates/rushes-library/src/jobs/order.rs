//! The order of the queue, and queues on hold.
//!
//! Jobs of a profile start in the order of their positions. A new one is placed by
//! start-time fair queueing (Goyal, Vin and Cheng, 1996): behind the last job of its own
//! project, but not before the one whose turn it is. That way a project with one job does
//! not wait for another project's hundred. A job that the editor moves stays where it was
//! put.

use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Field, Invalid};
use sqlx::SqliteConnection;

use super::rows;
use crate::db::Library;
use crate::error::{LibraryError, LibraryResult};
use crate::model::{Job, JobClass, JobKind, JobState};

/// Distance between the positions of two jobs of one project.
const STEP: i64 = 1 << 20;

/// A job that is ready to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its profile.
    pub profile_id: ProfileId,
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// The resources it needs.
    pub class: JobClass,
    /// Its project.
    pub project_id: Option<ProjectId>,
    /// Its clip.
    pub clip_id: Option<ClipId>,
    /// Its source, if it works on one.
    pub source_id: Option<SourceId>,
}

/// The state of a worker's job, for the worker to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its profile.
    pub profile_id: ProfileId,
    /// Its id.
    pub id: JobId,
    /// Its state.
    pub state: JobState,
}

/// How many jobs are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Running.
    pub running: u32,
    /// Waiting for their turn.
    pub waiting: u32,
    /// Paused.
    pub paused: u32,
}

/// The position of a new job.
pub(crate) async fn next_position(
    connection: &mut SqliteConnection,
    profile: ProfileId,
    project: Option<ProjectId>,
) -> LibraryResult<i64> {
    let position = sqlx::query_scalar!(
        r#"SELECT max(
            coalesce((SELECT min(position) FROM jobs WHERE profile_id = ?1 AND state = 'queued'),
                     (SELECT max(position) FROM jobs WHERE profile_id = ?1 AND state = 'running'), 0),
            coalesce((SELECT max(position) FROM jobs
                       WHERE profile_id = ?1 AND project_id IS ?2 AND state IN ('queued', 'running', 'paused')), 0)
              + ?3) AS "position!: i64""#,
        profile,
        project,
        STEP
    )
    .fetch_one(connection)
    .await?;
    Ok(position)
}

/// Whether the queue of a profile is on hold.
pub(crate) async fn is_held(connection: &mut SqliteConnection, profile: ProfileId) -> LibraryResult<bool> {
    let held = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM held_queues WHERE profile_id = ?) AS "held!: bool""#,
        profile
    )
    .fetch_one(connection)
    .await?;
    Ok(held)
}

impl Library {
    /// The jobs of a worker that can start: queued, and not on hold with their queue. Each
    /// profile's are in order.
    pub async fn waiting_jobs(&self, worker: &str) -> LibraryResult<Vec<Waiting>> {
        let jobs = sqlx::query_as!(
            Waiting,
            r#"SELECT profile_id AS "profile_id: _", id AS "id: _", kind AS "kind: _", class AS "class: _",
                      project_id AS "project_id: _", clip_id AS "clip_id: _", source_id AS "source_id: _"
                 FROM jobs
                WHERE state = 'queued' AND worker = ?
                  AND (class = 'brief' OR profile_id NOT IN (SELECT profile_id FROM held_queues))
                ORDER BY position, id"#,
            worker
        )
        .fetch_all(&self.reader)
        .await?;
        Ok(jobs)
    }

    /// The jobs that a worker has in progress, with their states: another process may have
    /// paused or ended them.
    pub async fn jobs_of_worker(&self, worker: &str) -> LibraryResult<Vec<Standing>> {
        let jobs = sqlx::query_as!(
            Standing,
            r#"SELECT profile_id AS "profile_id: _", id AS "id: _", state AS "state: _" FROM jobs
                WHERE state IN ('running', 'paused') AND worker = ?"#,
            worker
        )
        .fetch_all(&self.reader)
        .await?;
        Ok(jobs)
    }

    /// Moves a waiting job before another one, or to the end if `before` is `None`.
    ///
    /// # Errors
    /// [`LibraryError::Invalid`] if either of them is not waiting.
    pub async fn move_job(&self, profile: ProfileId, id: JobId, before: Option<JobId>) -> LibraryResult<Job> {
        let mut tx = self.begin().await?;
        rows::require(&mut tx, profile, id).await?;
        if let Some(before) = before {
            rows::require(&mut tx, profile, before).await?;
        }
        let order = sqlx::query!(
            r#"SELECT id AS "id: JobId", position FROM jobs
                WHERE profile_id = ? AND state IN ('queued', 'paused')
                ORDER BY position, id"#,
            profile
        )
        .map(|row| (row.id, row.position))
        .fetch_all(&mut *tx)
        .await?;
        let first = order.first().map_or(STEP, |(_, position)| *position);
        let mut ids: Vec<JobId> = order.iter().map(|(id, _)| *id).collect();
        let waits = |wanted: JobId| ids.contains(&wanted);
        if !waits(id) || before.is_some_and(|before| !waits(before)) {
            return Err(LibraryError::invalid(Field::Job, Invalid::JobNotWaiting));
        }
        if before != Some(id) {
            ids.retain(|other| *other != id);
            let at = before.and_then(|before| ids.iter().position(|id| *id == before));
            ids.insert(at.unwrap_or(ids.len()), id);
            for (place, (id, known)) in ids.iter().zip(&order).enumerate() {
                let position = first + place as i64 * STEP;
                if (*id, position) == *known {
                    continue;
                }
                sqlx::query!(
                    "UPDATE jobs SET position = ? WHERE profile_id = ? AND id = ?",
                    position,
                    profile,
                    id
                )
                .execute(&mut *tx)
                .await?;
            }
        }
        let job = rows::find(&mut tx, profile, id).await?.job;
        tx.commit().await?;
        Ok(job)
    }

    /// Puts the whole queue of a profile on hold: only brief jobs still start.
    pub async fn hold_queue(&self, profile: ProfileId) -> LibraryResult<()> {
        sqlx::query!(
            "INSERT INTO held_queues (profile_id, reason, held_at) VALUES (?, 'editor', ?)
             ON CONFLICT (profile_id) DO NOTHING",
            profile,
            crate::now_ms()
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The jobs of a profile that were paused only because its queue was put on hold or a
    /// disk was full, in order.
    pub async fn jobs_paused_with_queue(&self, profile: ProfileId) -> LibraryResult<Vec<JobId>> {
        let paused = sqlx::query_scalar!(
            r#"SELECT id AS "id: JobId" FROM jobs WHERE profile_id = ? AND state = 'paused'
                  AND pause_reason IN ('queue', 'disk_full') ORDER BY position, id"#,
            profile
        )
        .fetch_all(&self.reader)
        .await?;
        Ok(paused)
    }

    /// Releases the queue of a profile. Jobs that were paused with it stay paused.
    pub async fn release_queue(&self, profile: ProfileId) -> LibraryResult<()> {
        sqlx::query!("DELETE FROM held_queues WHERE profile_id = ?", profile).execute(&self.writer).await?;
        Ok(())
    }

    /// Profiles whose queues are on hold.
    pub async fn held_queues(&self) -> LibraryResult<Vec<ProfileId>> {
        Ok(sqlx::query_scalar!(r#"SELECT profile_id AS "profile_id: ProfileId" FROM held_queues"#)
            .fetch_all(&self.reader)
            .await?)
    }

    /// Whether the queue of a profile is on hold.
    pub async fn is_queue_held(&self, profile: ProfileId) -> LibraryResult<bool> {
        is_held(&mut *self.reader.acquire().await?, profile).await
    }

    /// Whether a job of a profile is waiting for disk space.
    pub async fn waits_for_room(&self, profile: ProfileId) -> LibraryResult<bool> {
        let waits = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM jobs
                WHERE profile_id = ? AND state = 'paused' AND pause_reason = 'disk_full') AS "waits!: bool""#,
            profile
        )
        .fetch_one(&self.reader)
        .await?;
        Ok(waits)
    }

    /// How many jobs of a profile are running and waiting, and how many of all others. Only
    /// counts, so that no profile sees another's names.
    pub async fn queue_counts(&self, profile: ProfileId) -> LibraryResult<(QueueCounts, QueueCounts)> {
        let rows = sqlx::query!(
            r#"SELECT profile_id = ? AS "is_own!: bool", state AS "state: JobState", count(*) AS "jobs!: u32" FROM jobs
                WHERE state IN ('queued', 'running', 'paused') GROUP BY 1, 2"#,
            profile
        )
        .fetch_all(&self.reader)
        .await?;
        let (mut own, mut others) = (QueueCounts::default(), QueueCounts::default());
        for row in rows {
            let counts = if row.is_own { &mut own } else { &mut others };
            match row.state {
                JobState::Running => counts.running = row.jobs,
                JobState::Queued => counts.waiting = row.jobs,
                _ => counts.paused = row.jobs,
            }
        }
        Ok((own, others))
    }
}
