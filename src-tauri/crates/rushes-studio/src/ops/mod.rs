//! The operations of a profile, one function each, as methods of
//! [`crate::ProfileSession`]. The job behind an operation has the same name in
//! `tasks/`.

pub(crate) mod analysis;
pub(crate) mod clip_files;
pub(crate) mod clips;
pub(crate) mod finals;
mod from_segments;
mod generate;
pub(crate) mod ingest;
mod jobs;
mod leftovers;
pub(crate) mod media_files;
pub(crate) mod overview;
mod projects;
pub(crate) mod queue;
mod sample;
mod segments;
mod settings;
mod sources;
pub(crate) mod trash;
