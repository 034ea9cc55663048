//! Events for windows and terminals.

use rushes_library::model::{Clip, Job};
use rushes_model::ids::{ProfileId, ProjectId, SourceId};
use serde::Serialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Something of one profile changed.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "type", rename_all = "snake_case")]
// Events are short-lived; boxing the job would save nothing.
#[allow(clippy::large_enum_variant)]
pub enum StudioEvent {
    /// A job was queued, went on or ended. At most ten a second for each job.
    JobChanged {
        /// The job as it is now.
        job: Job,
    },
    /// The order of the queue changed, or it was held or let go.
    QueueChanged,
    /// The list of projects, or what a card shows, changed.
    ProjectsChanged,
    /// Sources of a project changed.
    SourcesChanged {
        /// The project.
        project_id: ProjectId,
    },
    /// Segments of a project changed.
    SegmentsChanged {
        /// The project.
        project_id: ProjectId,
    },
    /// Clips changed and are where they were.
    ClipsUpdated {
        /// The clips as they are now.
        clips: Vec<Clip>,
    },
    /// Clips of a project came, went, or changed in great numbers.
    ClipsChanged {
        /// The project.
        project_id: ProjectId,
    },
    /// More is known of a source.
    AnalysisChanged {
        /// The source.
        source_id: SourceId,
    },
    /// Finals of a project changed.
    ExportsChanged {
        /// The project.
        project_id: ProjectId,
    },
    /// Events were missed: anything may have changed.
    Missed,
}

/// An event with the profile whose windows may see it.
#[derive(Debug, Clone)]
pub struct StudioEventEnvelope {
    /// The profile it belongs to.
    pub profile_id: ProfileId,
    /// What happened.
    pub event: StudioEvent,
}

/// Something that every window may know changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AppEvent {
    /// The list of profiles changed.
    ProfilesChanged,
    /// Settings of the application changed.
    SettingsChanged,
    /// The last window is asked to close while there is work: what shall become
    /// of it?
    QuitAsked {
        /// Jobs at work, of all profiles.
        running: u32,
        /// Jobs that wait, of all profiles.
        waiting: u32,
    },
    /// The library file is damaged: what is changed from here on may be lost.
    LibraryDamaged,
    /// Somebody opened files with Rushes; the main window takes them.
    FilesAsked,
    /// Events were missed: anything may have changed.
    Missed,
}

/// Forwards events until all senders are gone. A receiver that lags gets a
/// single `None` in place of the events it missed, and then all later ones.
pub async fn forward<T: Clone>(mut events: broadcast::Receiver<T>, mut tell: impl FnMut(Option<T>)) {
    loop {
        match events.recv().await {
            Ok(event) => tell(Some(event)),
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "events were missed");
                tell(None);
            }
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_misses_events_learns_of_it_and_of_all_that_follow() {
        let (sender, events) = broadcast::channel(2);
        for event in [1, 2, 3, 4] {
            let _ = sender.send(event);
        }
        drop(sender);
        let mut received = Vec::new();
        forward(events, |event| received.push(event)).await;
        assert_eq!(received, [None, Some(3), Some(4)]);
    }
}
