//! Helpers shared by several commands: validating values, printing bulk
//! results, and mapping a finished job to an exit status.

use rushes_model::ids::JobId;
use rushes_model::notice::{Engaged, Field, FullDisk, Interruption, Invalid, MissingFolder, Notice};
use rushes_studio::model::{ItemOutcome, Job, JobState, PauseReason};
use rushes_studio::words::english;
use rushes_studio::{ProfileSession, StudioError, StudioResult};
use serde::Serialize;

use crate::output::{Output, table};
use crate::progress;

/// Converts seconds to whole microseconds.
pub fn micros(field: Field, seconds: f64) -> StudioResult<i64> {
    // A day of footage is beyond every limit, and well within the precision of f64.
    if !(0.0..=1e6).contains(&seconds) {
        return Err(StudioError::invalid(field, Invalid::NotATime));
    }
    Ok((seconds * 1e6).round() as i64)
}

/// Converts percent to whole basis points.
pub fn basis_points(field: Field, percent: f64) -> StudioResult<u32> {
    if !(0.0..=100.0).contains(&percent) {
        return Err(StudioError::invalid(field, Invalid::Centre));
    }
    Ok((percent * 100.0).round() as u32)
}

/// Rejects unknown presets before anything is queued.
pub async fn known_presets(session: &ProfileSession, keys: &[String]) -> StudioResult<()> {
    let known = session.list_export_presets().await?;
    match keys.iter().find(|key| !known.iter().any(|preset| preset.key == **key)) {
        None => Ok(()),
        Some(key) => Err(StudioError::invalid(Field::Preset, Invalid::NoSuchPreset { name: key.clone() })),
    }
}

/// Prints a bulk result item by item. Returns whether every item succeeded.
pub fn show_outcomes<T: Serialize>(
    output: &Output,
    outcomes: &[ItemOutcome<T>],
    words: impl Fn(&T) -> String,
) -> bool {
    output.show(&outcomes, |outcomes| table(outcomes.iter().map(|outcome| outcome_row(outcome, &words))));
    all_done(outcomes)
}

/// The outcome of one item as a table row.
pub fn outcome_row<T>(outcome: &ItemOutcome<T>, words: impl Fn(&T) -> String) -> Vec<String> {
    match (&outcome.done, &outcome.refused) {
        (Some(done), _) => vec!["done".into(), words(done)],
        (None, Some(refused)) => {
            vec!["refused".into(), format!("{}: {}", outcome.item, english(&refused.notice))]
        }
        (None, None) => vec!["refused".into(), outcome.item.clone()],
    }
}

/// Whether no item of a bulk result was refused.
pub fn all_done<T>(outcomes: &[ItemOutcome<T>]) -> bool {
    outcomes.iter().all(|outcome| outcome.done.is_some())
}

/// Waits for a job and returns an error if it did not succeed.
pub async fn finish(session: &ProfileSession, job: JobId) -> StudioResult<Job> {
    let over = progress::wait(session, &[job]).await?;
    over.into_iter().next().map_or_else(|| Err(StudioError::internal("the job got lost")), succeeded)
}

/// The job if it succeeded, or why it did not.
pub fn succeeded(job: Job) -> StudioResult<Job> {
    let notice = match job.state {
        JobState::Done => return Ok(job),
        JobState::Failed => job.error.clone().unwrap_or(Notice::Internal),
        JobState::Cancelled => Notice::Cancelled,
        JobState::Interrupted => Notice::Interrupted { why: Interruption::Terminal },
        JobState::Paused => match job.pause_reason {
            Some(PauseReason::DiskFull) => Notice::DiskFull { why: FullDisk::Terminal },
            Some(PauseReason::FolderMissing) => Notice::FolderMissing { why: MissingFolder::Terminal },
            _ => Notice::Paused,
        },
        JobState::Queued | JobState::Running => Notice::Busy { why: Engaged::Terminal },
    };
    Err(StudioError { notice, detail: job.error_detail.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_whole_microseconds() {
        assert_eq!(micros(Field::InUs, 12.5).ok(), Some(12_500_000));
        assert_eq!(micros(Field::InUs, 0.1 + 0.2).ok(), Some(300_000));
    }

    #[test]
    fn what_is_no_time_is_refused_and_never_clamped() {
        for seconds in [-0.1, f64::NAN, f64::INFINITY, 1e300] {
            let refused = micros(Field::InUs, seconds).map_err(|error| error.notice);
            assert_eq!(refused, Err(Notice::invalid(Field::InUs, Invalid::NotATime)));
        }
        for percent in [-1.0, 100.5, f64::NAN] {
            assert!(basis_points(Field::CentreXBp, percent).is_err());
        }
    }
}
