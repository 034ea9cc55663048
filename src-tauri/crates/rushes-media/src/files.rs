//! What is asked of a disk: whether it is full, and names for files that are whole.

pub(crate) mod disk;
pub(crate) mod publish;
