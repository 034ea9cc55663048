//! The queue: what may start, what has room, who works on it, and what a start makes
//! good. A job is a row of the library; the row is the truth.
//!
//! What jobs do is above, in `tasks/`, and handed in as [`kinds::Kinds`].
//!
//! - `kinds.rs`, `task.rs`, `progress.rs`: a kind of job, and one at work.
//! - `jobs.rs`: queueing, holding and letting go on.
//! - `scheduler.rs`: which job starts next.
//! - `disk.rs`: room on disks.
//! - `runner/`: runs them.
//! - `recovery.rs`, `stray.rs`: after processes that ended in the middle of work.

pub(crate) mod disk;
pub(crate) mod jobs;
pub(crate) mod kinds;
mod progress;
pub(crate) mod recovery;
pub(crate) mod runner;
mod scheduler;
mod stray;
pub(crate) mod task;
