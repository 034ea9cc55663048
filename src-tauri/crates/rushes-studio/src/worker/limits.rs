//! How much goes on at once, and what the editor looks at: what the windows tell the
//! queue.

use rushes_library::model::JobClass;
use rushes_model::ids::{ClipId, ProjectId, SourceId};
use serde::Deserialize;

/// Most jobs at once that an override may ask for.
pub(crate) const AT_ONCE_MAX: u32 = 16;

/// How much goes on at once on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Jobs at once; by the number of cores where absent.
    pub at_once: Option<u32>,
    /// One job at a time, at a lower priority.
    pub quiet: bool,
}

impl Limits {
    /// By the machine.
    pub const AUTOMATIC: Self = Self { at_once: None, quiet: false };

    /// Jobs at once. An encoder uses several cores, so it is two on a small
    /// machine and one for every four cores on a large one: by
    /// `cargo bench -p rushes-studio --bench queue -- --only at_once`, more at once
    /// finish no sooner.
    pub fn total(self) -> u32 {
        if self.quiet {
            return 1;
        }
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        self.at_once.unwrap_or_else(|| (cores as u32 / 4).max(2)).clamp(1, AT_ONCE_MAX)
    }

    /// Jobs of one class at once, of all profiles together: whole sources are
    /// decoded in half of the places, so that a short render need not wait for a
    /// long look. What only copies has a place of its own beside all others.
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
