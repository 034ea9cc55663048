//! The work of this process across all profiles.

use rushes_library::model::JobState;
use rushes_model::notice::Field;
use serde::Serialize;

use crate::error::StudioResult;
use crate::session::Studio;
use crate::worker::limits::{AT_ONCE_MAX, Limits};

/// How much is under way in all profiles together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct WorkUnderWay {
    /// Jobs at work in this process.
    pub running: u32,
    /// Jobs that wait for this process.
    pub waiting: u32,
}

impl Studio {
    /// How much work is active here, in all profiles.
    pub async fn work_under_way(&self) -> StudioResult<WorkUnderWay> {
        let mut under_way = WorkUnderWay::default();
        for row in self.library().jobs_under_way().await? {
            match row.job.state {
                _ if row.worker != self.worker_name() => {}
                JobState::Running => under_way.running += 1,
                JobState::Queued => under_way.waiting += 1,
                _ => {}
            }
        }
        Ok(under_way)
    }

    /// Sets how many jobs run at once on this machine.
    ///
    /// # Errors
    /// If outside 1 to 16 jobs.
    pub fn set_limits(&self, limits: Limits) -> StudioResult<()> {
        if let Some(at_once) = limits.at_once {
            rushes_library::limits::within(Field::AtOnce, at_once, 1, AT_ONCE_MAX)?;
        }
        self.active_jobs().set_limits(limits);
        Ok(())
    }

    /// Waits until no job of this process is running or waiting.
    ///
    /// # Errors
    /// If the library cannot be read.
    pub async fn idle(&self) -> StudioResult<()> {
        let mut changes = self.active_jobs().changes();
        loop {
            changes.mark_unchanged();
            let waiting = self.library().waiting_jobs(self.worker_name()).await?;
            if waiting.is_empty() && self.active_jobs().is_idle() {
                return Ok(());
            }
            // The sender lives as long as the studio.
            let _ = changes.changed().await;
        }
    }
}
