//! How many jobs run at once, and the editor's focus: what the windows set for
//! the queue.

use rushes_library::model::JobClass;
use rushes_model::ids::{ClipId, ProjectId, SourceId};
use serde::Deserialize;

/// Maximum number of parallel jobs that can be configured.
pub(crate) const AT_ONCE_MAX: u32 = 16;

/// How many jobs run at once on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Parallel jobs; derived from the number of cores if `None`.
    pub at_once: Option<u32>,
    /// One job at a time, at a lower priority.
    pub quiet: bool,
}

impl Limits {
    /// Derived from the machine.
    pub const AUTOMATIC: Self = Self { at_once: None, quiet: false };

    /// Parallel jobs. An encoder uses several cores, so two on a small machine
    /// and one per four cores on a large one: according to `cargo bench -p
    /// rushes-studio --bench queue -- --only at_once`, more jobs finish no
    /// sooner.
    pub fn total(self) -> u32 {
        if self.quiet {
            return 1;
        }
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        self.at_once.unwrap_or_else(|| (cores as u32 / 4).max(2)).clamp(1, AT_ONCE_MAX)
    }

    /// Parallel jobs of one class across all profiles: whole sources are
    /// decoded in half of the slots, so that a short render need not wait for a
    /// long analysis. Stream copies have one slot in addition to all others.
    pub(crate) fn of(self, class: JobClass) -> u32 {
        match class {
            JobClass::Decode => (self.total() / 2).max(1),
            JobClass::Encode => self.total(),
            JobClass::Light => 1,
            JobClass::Brief => u32::MAX,
        }
    }
}

/// What the editor of a window looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, specta::Type)]
pub struct Focus {
    /// A project.
    pub project_id: Option<ProjectId>,
    /// A clip.
    pub clip_id: Option<ClipId>,
    /// A source.
    pub source_id: Option<SourceId>,
}
