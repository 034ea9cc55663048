//! The operations of a profile, one function for each, as methods of
//! [`crate::ProfileSession`].

pub(crate) mod clips;
mod projects;
mod segments;
pub(crate) mod sources;

pub(crate) mod adding;
pub(crate) mod analysis;
pub(crate) mod finals;
pub(crate) mod jobs;
pub(crate) mod leftovers;
pub(crate) mod making;
pub(crate) mod media_files;
pub(crate) mod overview;
pub(crate) mod queue;
pub(crate) mod trash;
