//! The queue: which jobs may start, disk space, running them, and recovery at
//! startup. A job is a row of the library; the row is the source of truth.
//!
//! The work of jobs is in `tasks/` above, passed in as [`kinds::Kinds`].
//!
//! - `kinds.rs`, `task.rs`, `progress.rs`: a kind of job, and a running one.
//! - `jobs.rs`: queueing, pausing and resuming.
//! - `scheduler.rs`: which job starts next.
//! - `disk.rs`: disk space.
//! - `runner/`: runs jobs.
//! - `recovery.rs`, `stray.rs`: cleaning up after processes that died.

pub(crate) mod disk;
pub(crate) mod jobs;
pub(crate) mod kinds;
mod progress;
pub(crate) mod recovery;
pub(crate) mod runner;
mod scheduler;
mod stray;
pub(crate) mod task;
