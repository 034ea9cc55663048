//! The library of Rushes: one SQLite file for all profiles.
//!
//! This crate knows rows and their ownership. It runs no ffmpeg and touches no
//! media; it stores the values of `rushes-model` as JSON.
//!
//! Every function that reads or changes owned rows takes a [`ProfileId`](rushes_model::ids::ProfileId)
//! and names it in its SQL; the composite keys of the schema enforce the same
//! once more. A row of another profile and a row that does not exist give the
//! same [`LibraryError::NotFound`].

mod analyses;
mod checking;
mod chores;
mod clip_bulk;
mod clip_list;
mod clip_making;
mod clip_names;
mod clips;
mod content;
mod cue_times;
mod edit_hash;
mod erasing;
mod error;
mod exports;
mod job_order;
mod job_states;
mod jobs;
pub mod limits;
mod media_rows;
pub mod model;
mod moved;
mod open;
mod overview;
pub mod paths;
mod presets;
mod profiles;
mod projects;
mod reserve;
mod segments;
mod snapshots;
mod sources;
mod trash;

pub use clip_making::{RawPlan, UsedFootage};
pub use error::{LibraryError, LibraryResult};
pub use exports::{NewExport, RenderPlan};
pub use job_order::{QueueCounts, Standing, Waiting};
pub use job_states::JobEnd;
pub use jobs::{JobRow, NewJob};
pub use media_rows::{ClipOnDisk, MediaRows};
pub use open::Library;
pub use overview::ProfileCounts;
pub use snapshots::LookedAfter;
pub use sources::{NewSource, Relinked, SourceRow};
pub use trash::Emptied;

/// Milliseconds since the Unix epoch, by the system's clock.
pub fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}
