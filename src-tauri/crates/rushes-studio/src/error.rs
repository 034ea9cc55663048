//! Errors as sent to the page and printed by `--json`.

use rushes_library::LibraryError;
use rushes_library::model::Refusal;
use rushes_media::{CaptionError, MediaError};
use serde::Serialize;

/// Result of an operation.
pub type StudioResult<T> = Result<T, StudioError>;

/// What went wrong, for three readers: `code` for programs, `message` for the
/// editor, `detail` for diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type, thiserror::Error)]
#[error("{message}")]
pub struct StudioError {
    /// Stable code; it exists only where somebody acts on it.
    pub code: String,
    /// What happened, with the next step in it.
    pub message: String,
    /// For “copy diagnostics”; empty where the message says all. For a refused
    /// value it names the field.
    pub detail: String,
}

impl StudioError {
    /// Creates an error of the studio itself.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), detail: String::new() }
    }

    /// An invalid value.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        LibraryError::invalid(field, message).into()
    }

    /// A file system error, with what was attempted.
    pub fn io(what: &str, error: &std::io::Error) -> Self {
        let (code, next) = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                ("disk_full", "The disk is full. Free some space and try again.")
            }
            std::io::ErrorKind::PermissionDenied => {
                ("permission", "Rushes may not write there. Choose another folder or change its permissions.")
            }
            std::io::ErrorKind::NotFound => {
                ("file_missing", "It is not there any more. Check whether the drive is connected.")
            }
            _ => ("io", "Check the disk and try again."),
        };
        Self { code: code.to_owned(), message: format!("{what} {next}"), detail: error.to_string() }
    }

    /// The library is sound, so no snapshot is needed.
    pub fn library_sound() -> Self {
        Self::new("library_sound", "The library is sound. There is nothing to restore.")
    }

    /// The editor cancelled the work.
    pub(crate) fn cancelled() -> Self {
        Self::new("cancelled", "Cancelled.")
    }

    /// Whether the editor cancelled the work.
    pub fn is_cancelled(&self) -> bool {
        self.code == "cancelled"
    }
}

impl From<StudioError> for Refusal {
    fn from(StudioError { code, message, detail }: StudioError) -> Self {
        Self { code, message, detail }
    }
}

impl From<LibraryError> for StudioError {
    fn from(error: LibraryError) -> Self {
        let detail = match &error {
            LibraryError::Invalid { field, .. } => format!("field: {field}"),
            LibraryError::Database(source) => source.to_string(),
            LibraryError::Migrate(source) => source.to_string(),
            LibraryError::Corrupt { report } => report.clone(),
            _ => String::new(),
        };
        let message = match &error {
            LibraryError::Database(_) => {
                "The library could not be read or written. Check the disk that it lies on and try again."
                    .into()
            }
            other => other.to_string(),
        };
        Self { code: error.code().to_owned(), message, detail }
    }
}

impl From<MediaError> for StudioError {
    fn from(error: MediaError) -> Self {
        Self { code: error.code().to_owned(), message: error.message(), detail: error.detail() }
    }
}

impl From<CaptionError> for StudioError {
    fn from(error: CaptionError) -> Self {
        Self::new(error.code(), error.message())
    }
}
