//! Disk space, and publishing files only once they are complete.

pub(crate) mod disk;
pub(crate) mod publish;
