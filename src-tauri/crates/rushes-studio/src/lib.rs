//! What Rushes does: one function for each operation, background tasks, events.
//!
//! [`Studio`] opens a data directory and manages profiles. Everything else is
//! reached through a [`ProfileSession`], which carries the profile, so that no
//! operation can name another one. The window and the command line call the
//! same functions; neither Tauri nor a terminal is known here.

mod analyses;
mod cache;
mod disk;
mod disks;
mod error;
mod events;
mod folders;
mod locks;
pub mod logs;
mod ops;
mod orphans;
mod prints;
mod recovery;
mod runner;
mod scheduler;
mod studio;
mod tasks;
mod variants;
mod worker;

pub use analyses::FilmSheet;
pub use cache::{CACHE_LIMIT_MB, CACHE_LIMIT_MIN_MB};
pub use disks::{Disk, SystemDisk};
pub use error::{StudioError, StudioResult};
pub use events::{AppEvent, StudioEvent, StudioEventEnvelope, forward};
pub use folders::{FinalsFolder, ProfileFolders, data_dir};
pub use ops::adding::VIDEO_ENDINGS;
pub use ops::analysis::{Candidate, ShotMark, SourceAnalysis};
pub use ops::clips::ImportedCaptions;
pub use ops::finals::{RenderEstimate, RenderWarning};
pub use ops::leftovers::{Orphan, OrphanKind};
pub use ops::media_files::{MediaFile, MediaKind};
pub use ops::overview::{ProfileOverview, ProjectProgress};
pub use ops::queue::QueueStatus;
pub use ops::trash::TrashEmptied;
pub use rushes_library::{LibraryError, limits, model};
pub use rushes_media as media;
pub use scheduler::{Focus, Limits};
pub use studio::{Closing, FfmpegStatus, LeftBehind, ProfileSession, Studio, StudioOptions, WorkUnderWay};
