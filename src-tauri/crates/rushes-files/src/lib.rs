//! Files as Rushes makes them: its user's alone.

pub mod private;
