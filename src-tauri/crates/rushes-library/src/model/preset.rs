//! Export presets: rows seeded by a migration, shared by all profiles.

use rushes_model::spec::ExportSpec;
use serde::{Deserialize, Serialize};

/// What a final is rendered for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ExportPreset {
    /// Stable key, for example `tiktok`.
    pub key: String,
    /// Name, in English.
    pub name: String,
    /// Platform, for grouping: `TikTok`, `Instagram`, …
    pub platform: String,
    /// The platform's published limits, in English.
    pub notes: String,
    /// What is asked of the file.
    pub spec: ExportSpec,
}
