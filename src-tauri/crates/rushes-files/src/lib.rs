//! Files that only their user can read.

pub mod private;
