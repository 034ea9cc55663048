//! Errors of the library, and the one place where a database error becomes a domain
//! error.

use rushes_model::notice::{
    Engaged, Failed, Field, Invalid, LostLibrary, Notice, OtherFootage, RowKind, WayBack,
};

/// Result of a library call.
pub type LibraryResult<T> = Result<T, LibraryError>;

/// An error of the library. What the editor is told is [`LibraryError::notice`]; the
/// words here are for logs.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The profile has no such row.
    #[error("no such {row:?}")]
    NotFound {
        /// Kind of row.
        row: RowKind,
    },
    /// A value is out of range.
    #[error("{field:?} is refused: {reason:?}")]
    Invalid {
        /// The value.
        field: Field,
        /// What is allowed.
        reason: Invalid,
    },
    /// Another profile has this name.
    #[error("the name is taken")]
    NameTaken,
    /// The project already has this file.
    #[error("the project has “{name}” already")]
    AlreadyAdded {
        /// Name of the file.
        name: String,
    },
    /// The file holds other footage than the source.
    #[error("“{name}” is not the footage of “{original}”: {why:?}")]
    DifferentFootage {
        /// Name of the file.
        name: String,
        /// Name of the source.
        original: String,
        /// How it differs.
        why: OtherFootage,
    },
    /// The last profile cannot be deleted.
    #[error("this is the last profile")]
    LastProfile,
    /// The same is in progress already.
    #[error("in progress already: {with:?}")]
    Busy {
        /// What is in progress.
        with: Engaged,
    },
    /// The job has ended and keeps its state.
    #[error("the job is over")]
    JobOver,
    /// The library file is damaged.
    #[error("the library file is damaged: {report}")]
    Corrupt {
        /// The report of SQLite's check.
        report: String,
    },
    /// The library file is gone.
    #[error("the library file is missing, snapshot: {has_snapshot}")]
    Missing {
        /// Whether there is a snapshot to restore.
        has_snapshot: bool,
    },
    /// The library was written by a newer version.
    #[error("the library was written by a newer version")]
    Newer,
    /// A migration failed.
    #[error("the library could not be migrated: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The data directory cannot be used.
    #[error("the data directory cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// There is no room to write.
    #[error("the disk is full")]
    DiskFull,
    /// SQLite reported an error.
    #[error("the library could not be read or written: {0}")]
    Database(#[source] sqlx::Error),
}

/// SQLite's primary result codes, the lowest byte of the extended ones
/// (<https://sqlite.org/rescode.html>).
mod primary {
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const NOT_A_DATABASE: i32 = 26;
}

impl LibraryError {
    /// What the editor is told.
    pub fn notice(&self) -> Notice {
        match self {
            Self::NotFound { row } => Notice::NotFound { row: *row },
            Self::Invalid { field, reason } => Notice::invalid(*field, reason.clone()),
            Self::NameTaken => Notice::NameTaken,
            Self::AlreadyAdded { name } => Notice::AlreadyAdded { name: name.clone() },
            Self::DifferentFootage { name, original, why } => {
                Notice::DifferentFootage { name: name.clone(), original: original.clone(), why: *why }
            }
            Self::LastProfile => Notice::LastProfile,
            Self::Busy { with } => Notice::Busy { why: *with },
            Self::JobOver => Notice::JobOver,
            Self::Corrupt { .. } => Notice::LibraryCorrupt { why: WayBack::Window },
            Self::Missing { has_snapshot: true } => Notice::LibraryMissing { why: LostLibrary::HasSnapshot },
            Self::Missing { has_snapshot: false } => Notice::LibraryMissing { why: LostLibrary::NoSnapshot },
            Self::Newer => Notice::LibraryNewer,
            Self::Migrate(_) => Notice::LibraryMigration,
            Self::Io(error) => Notice::io(Failed::DataDirectory, error),
            Self::DiskFull => Notice::FULL,
            Self::Database(_) => Notice::Library,
        }
    }

    /// Shorthand for [`LibraryError::Invalid`].
    pub fn invalid(field: Field, reason: Invalid) -> Self {
        Self::Invalid { field, reason }
    }

    /// `taken` if a unique index refused the row. SQLite only names the columns of that
    /// index in its message, so this is for statements that only one index can refuse.
    pub(crate) fn unless_unique(error: sqlx::Error, taken: Self) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => taken,
            _ => error.into(),
        }
    }
}

impl From<sqlx::Error> for LibraryError {
    fn from(error: sqlx::Error) -> Self {
        // Tables are strict and the queries are ours, so a row that cannot be decoded was
        // damaged.
        if let sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) = &error {
            return Self::Corrupt { report: error.to_string() };
        }
        if let sqlx::Error::Database(database) = &error {
            if database.is_foreign_key_violation() {
                return Self::NotFound { row: RowKind::Item };
            }
            let code = database.code().and_then(|code| code.parse::<i32>().ok());
            match code.map(|code| code & 0xff) {
                Some(primary::FULL) => return Self::DiskFull,
                Some(primary::CORRUPT | primary::NOT_A_DATABASE) => {
                    return Self::Corrupt { report: database.message().to_owned() };
                }
                _ => {}
            }
        }
        Self::Database(error)
    }
}
