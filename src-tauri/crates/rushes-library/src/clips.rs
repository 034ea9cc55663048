//! Clips: reading and editing them, their content and files, and adding those that jobs
//! make.

mod bulk;
mod content;
mod cue_times;
mod edit_hash;
mod edit_list;
mod editing;
mod files;
mod list;
mod making;
mod names;
mod rows;

pub(crate) use edit_hash::renew as renew_edit_hash;
pub use files::{ClipFile, ClipPlan};
pub use making::UsedFootage;
pub(crate) use rows::{
    ClipColumns, ContentColumns, NOT_FOUND, content, cuts_column, find, find_live, framing,
};
