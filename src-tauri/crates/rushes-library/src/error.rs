//! Errors of the library, and the one place where a database constraint becomes a domain
//! error.

/// Result of a library call.
pub type LibraryResult<T> = Result<T, LibraryError>;

/// An error of the library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The profile has no such row.
    #[error("There is no such {what} in this profile. It may have been deleted.")]
    NotFound {
        /// Kind of row, in the editor's words.
        what: &'static str,
    },
    /// A value is out of range.
    #[error("{message}")]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// What is allowed.
        message: String,
    },
    /// Another profile has this name.
    #[error("There is a profile of that name already. Choose another name.")]
    NameTaken,
    /// The project already has this file.
    #[error("“{name}” is in this project already.")]
    AlreadyAdded {
        /// Name of the file.
        name: String,
    },
    /// The file holds other footage than the source.
    #[error("{message}")]
    DifferentFootage {
        /// How it differs.
        message: String,
    },
    /// The last profile cannot be deleted.
    #[error("This is the only profile. Make another one before deleting it.")]
    LastProfile,
    /// A job of the same kind is in progress.
    #[error("{message}")]
    Busy {
        /// What is in progress, and what to do.
        message: &'static str,
    },
    /// The job has ended and keeps its state.
    #[error("This job is over already.")]
    JobOver,
    /// The library file is damaged.
    #[error("The library file is damaged. Restore the newest snapshot; the damaged file is kept beside it.")]
    Corrupt {
        /// The report of SQLite's check.
        report: String,
    },
    /// The library file is gone.
    #[error("{}", missing(*.has_snapshot))]
    Missing {
        /// Whether there is a snapshot to restore.
        has_snapshot: bool,
    },
    /// The library was written by a newer version.
    #[error("This library was written by a newer version of Rushes. Update Rushes to open it.")]
    Newer,
    /// A migration failed.
    #[error("The library could not be brought up to date; a snapshot from before is in “backups”.")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The data directory cannot be used.
    #[error("The data directory cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// There is no room to write.
    #[error("The disk is full. Free some space and try again.")]
    DiskFull,
    /// SQLite reported an error.
    #[error("The library could not be read or written: {0}")]
    Database(#[source] sqlx::Error),
}

fn missing(has_snapshot: bool) -> &'static str {
    if has_snapshot {
        "The library file is missing. Put it back, or restore the newest snapshot."
    } else {
        "The library file “rushes.db” is missing, but there are folders of profiles. Put it back. To begin anew, move the folder “profiles” out of the data directory first."
    }
}

impl LibraryError {
    /// Stable error code, as the page gets it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Invalid { .. } => "invalid",
            Self::NameTaken => "name_taken",
            Self::AlreadyAdded { .. } => "already_added",
            Self::DifferentFootage { .. } => "different_footage",
            Self::LastProfile => "last_profile",
            Self::Busy { .. } => "busy",
            Self::JobOver => "job_over",
            Self::Corrupt { .. } => "library_corrupt",
            Self::Missing { .. } => "library_missing",
            Self::Newer => "library_newer",
            Self::Migrate(_) => "library_migration",
            Self::Io(_) => "io",
            Self::DiskFull => "disk_full",
            Self::Database(_) => "library",
        }
    }

    /// Shorthand for [`LibraryError::Invalid`].
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
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
            let message = database.message();
            if message.contains("a job that is over keeps its state") {
                return Self::JobOver;
            }
            if message.contains("database or disk is full") {
                return Self::DiskFull;
            }
            if database.is_foreign_key_violation() {
                return Self::NotFound { what: "item" };
            }
            if database.is_unique_violation() {
                if message.contains("profiles.name_folded") {
                    return Self::NameTaken;
                }
                if message.contains("jobs.profile_id, jobs.exclusive_key") {
                    return Self::Busy {
                        message: "The same work is already under way. Wait for it to finish, or cancel it in the queue.",
                    };
                }
            }
            if message.contains("malformed") || message.contains("not a database") {
                return Self::Corrupt { report: message.to_owned() };
            }
        }
        Self::Database(error)
    }
}
