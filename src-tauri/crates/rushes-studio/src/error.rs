//! Errors as sent to the page and printed by the command line.

use rushes_library::model::Refusal;
use rushes_library::{LibraryError, LibraryResult};
use rushes_media::{CaptionError, MediaError};
use rushes_model::notice::{Failed, Field, Invalid, Notice};
use serde::Serialize;

use crate::words::english;

/// Result of an operation.
pub type StudioResult<T> = Result<T, StudioError>;

/// What went wrong: a notice for the editor and for code that acts on it, and the detail
/// for diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type, thiserror::Error)]
#[error("{}", english(.notice))]
pub struct StudioError {
    /// What happened, with the next step in its words.
    pub notice: Notice,
    /// For “copy diagnostics”; empty if the notice says all. For a refused value it names
    /// the field.
    pub detail: String,
}

impl StudioError {
    /// An error with a detail for diagnostics.
    pub fn with_detail(notice: Notice, detail: impl ToString) -> Self {
        Self { notice, detail: detail.to_string() }
    }

    /// A mistake of ours.
    pub fn internal(detail: impl ToString) -> Self {
        Self::with_detail(Notice::Internal, detail)
    }

    /// An invalid value.
    pub fn invalid(field: Field, reason: Invalid) -> Self {
        LibraryError::invalid(field, reason).into()
    }

    /// A file system error, with what was attempted.
    pub fn io(failed: Failed, error: &std::io::Error) -> Self {
        Self::with_detail(Notice::io(failed, error), error)
    }

    /// The editor cancelled the work.
    pub(crate) fn cancelled() -> Self {
        Notice::Cancelled.into()
    }

    /// Whether the editor cancelled the work.
    pub fn is_cancelled(&self) -> bool {
        self.notice == Notice::Cancelled
    }
}

impl From<Notice> for StudioError {
    fn from(notice: Notice) -> Self {
        Self { notice, detail: String::new() }
    }
}

impl From<StudioError> for Refusal {
    fn from(StudioError { notice, detail }: StudioError) -> Self {
        Self { notice, detail }
    }
}

impl From<LibraryError> for StudioError {
    fn from(error: LibraryError) -> Self {
        let detail = match &error {
            LibraryError::Invalid { field, .. } => format!("field: {}", name_of(*field)),
            LibraryError::Database(source) => source.to_string(),
            LibraryError::Migrate(source) => source.to_string(),
            LibraryError::Io(source) => source.to_string(),
            LibraryError::Corrupt { report } => report.clone(),
            _ => String::new(),
        };
        Self { notice: error.notice(), detail }
    }
}

/// A row; `None` if there is none, such as one that was deleted meanwhile.
pub(crate) fn if_there<T>(row: LibraryResult<T>) -> StudioResult<Option<T>> {
    match row {
        Err(LibraryError::NotFound { .. }) => Ok(None),
        row => Ok(Some(row?)),
    }
}

/// The field as programs name it.
fn name_of(field: Field) -> String {
    serde_json::to_value(field).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

impl From<MediaError> for StudioError {
    fn from(error: MediaError) -> Self {
        Self { notice: error.notice(), detail: error.detail() }
    }
}

impl From<CaptionError> for StudioError {
    fn from(error: CaptionError) -> Self {
        error.notice().into()
    }
}
