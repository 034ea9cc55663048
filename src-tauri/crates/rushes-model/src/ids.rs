//! Ids: a UUIDv7 newtype for each kind of row.
//!
//! They bind to SQLite as 16-byte BLOBs (feature `sqlx`) and are text in JSON.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id. Ids sort by creation time.
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(uuid::Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl specta::Type for $name {
            fn definition(types: &mut specta::Types) -> specta::datatype::DataType {
                <String as specta::Type>::definition(types)
            }
        }
    };
}

id!(/// A profile: one client or one person on this machine.
    ProfileId);
id!(/// A project of a profile.
    ProjectId);
id!(/// A source video of a project.
    SourceId);
id!(/// A segment that the editor marked on a source.
    SegmentId);
id!(/// A clip.
    ClipId);
id!(/// A background job.
    JobId);
id!(/// Jobs that were asked for in one call.
    BatchId);
id!(/// A finished final.
    ExportId);
id!(/// A file without a row, or a row without its file.
    OrphanId);
