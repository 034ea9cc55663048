//! What happened, for windows and terminals that watch.

use rushes_library::ids::{ProfileId, ProjectId, SourceId};
use rushes_library::model::Job;
use serde::Serialize;

/// Something of one profile changed.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(tag = "type", rename_all = "snake_case")]
// Events are handed on and forgotten; boxing the job would save nothing.
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
    /// Clips of a project changed.
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
    /// Whose it is.
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
    /// Somebody opened files with Rushes; the main window takes them.
    FilesAsked,
}
