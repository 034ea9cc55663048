//! Progress of a job as weighted stages. It is published as events and rows, at
//! the rates set by `worker/live.rs`.

use rushes_library::model::Job;
use tracing::Instrument;

use crate::events::StudioEvent;
use crate::session::ProfileSession;
use crate::worker::live::LiveJob;

/// The progress of one job. Clones share it.
#[derive(Clone)]
pub(crate) struct JobProgress {
    session: ProfileSession,
    live: LiveJob,
}

impl JobProgress {
    /// Progress of a job that has just started.
    pub fn new(session: ProfileSession, job: Job) -> Self {
        Self { session, live: LiveJob::new(job) }
    }

    /// The live state, for pausing and querying it.
    pub fn live(&self) -> &LiveJob {
        &self.live
    }

    /// Reports the stage, the fraction done (0 to 1) and the speed. Events may
    /// arrive out of order; their revisions tell which is newer.
    pub fn report(&self, stage: &str, done: f64, speed_milli: Option<u32>) {
        let due = self.live.report(stage, done, speed_milli);
        if let Some(job) = due.event {
            self.session.emit(StudioEvent::JobChanged { job });
        }
        // Each stage is a line in the job's log.
        if let Some((id, progress_bp)) = due.row {
            let (session, stage) = (self.session.clone(), stage.to_owned());
            let write = async move {
                let (library, profile) = (session.library(), session.profile_id());
                if let Err(error) = library.note_job_progress(profile, id, &stage, progress_bp).await {
                    tracing::warn!(%error, "progress could not be written");
                }
            };
            tokio::spawn(write.in_current_span());
        }
    }
}
