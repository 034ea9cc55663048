//! The library of Rushes: one SQLite file for all profiles.
//!
//! This crate knows rows and their ownership. It runs no ffmpeg and touches no media; it
//! stores the types of `rushes-model` as JSON.
//!
//! `db`, the library file, is the bottom layer. The tables build on it: `profiles`,
//! `projects`, `sources`, `segments`, `jobs`, `clips` and `finals`, each of which uses only
//! those before it. `upkeep` is on top and uses them all. No file imports from a layer
//! above.
//!
//! Every function that reads or changes owned rows takes a
//! [`ProfileId`](rushes_model::ids::ProfileId) and names it in its SQL; composite keys in
//! the schema enforce the same. A row of another profile gives the same
//! [`LibraryError::NotFound`] as one that does not exist.

mod analyses;
mod clip_detail;
mod clips;
mod db;
mod error;
mod finals;
mod jobs;
pub mod limits;
mod media_rows;
pub mod model;
mod overview;
mod page;
mod presets;
mod profiles;
mod projects;
mod relinking;
mod segments;
mod sources;
mod trash;
mod upkeep;

pub use analyses::StoredPart;
pub use clips::{ClipFile, ClipPlan, UsedFootage};
pub use db::{Library, paths};
pub use error::{LibraryError, LibraryResult};
pub use finals::{NewExport, RenderPlan};
pub use jobs::{JobEnd, JobRow, NewJob, QueueCounts, Standing, Waiting};
pub use media_rows::{ClipOnDisk, MediaRows};
pub use overview::ProfileCounts;
pub use relinking::Relinked;
pub use sources::{NewSource, SourceRow};
pub use trash::Emptied;
pub use upkeep::LookedAfter;

// Statements are checked anew against another database: `.ci/queries`.
const _: Option<&str> = option_env!("DATABASE_URL");

/// Milliseconds since the Unix epoch, by the system clock.
pub fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}
