//! What Rushes does: one function per operation, background tasks, events.
//!
//! [`Studio`] opens a data directory and manages profiles. Everything else goes
//! through a [`ProfileSession`], which carries the profile, so that no
//! operation can name another one. The window and the command line call the
//! same functions; this crate knows neither Tauri nor a terminal.
//!
//! The modules, from the top: `studio` opens and closes, `ops` has the
//! operations, `tasks` the work of jobs, `queue` runs them, `session` has the
//! handles shared by all of these, `worker` and `files` what the handles hold.
//! `words` says notices in English. A module only uses those below it.

mod error;
mod events;
mod files;
mod ops;
mod queue;
mod session;
mod studio;
mod tasks;
pub mod words;
mod worker;

pub use error::{StudioError, StudioResult};
pub use events::{AppEvent, StudioEvent, StudioEventEnvelope, forward};
pub use files::cache::{CACHE_LIMIT_MB, CACHE_LIMIT_MIN_MB};
pub use files::disks::{Disk, SystemDisk};
pub use files::folders::{FinalsFolder, ProfileFolders, data_dir};
pub use files::leftovers::{Orphan, OrphanKind};
pub use files::logs;
pub use ops::analysis::{Candidate, ShotMark, SourceAnalysis};
pub use ops::clip_files::ClipFilesCleared;
pub use ops::clips::ImportedCaptions;
pub use ops::finals::{RenderEstimate, RenderWarning};
pub use ops::ingest::VIDEO_ENDINGS;
pub use ops::media_files::{MediaFile, MediaKind};
pub use ops::overview::{ProfileOverview, ProjectProgress};
pub use ops::queue::QueueStatus;
pub use ops::trash::TrashEmptied;
pub use rushes_library::{LibraryError, limits, model};
pub use rushes_media as media;
pub use session::analyses::FilmSheet;
pub use session::tools::FfmpegStatus;
pub use session::{ProfileSession, Studio, StudioOptions};
pub use studio::{Closing, LeftBehind, WorkUnderWay};
pub use worker::limits::{Focus, Limits};
