//! Profiles.

use rushes_media::ScoreWeights;
use serde::{Deserialize, Serialize};

use crate::ids::ProfileId;

/// One client or one person on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct Profile {
    /// Identity.
    pub id: ProfileId,
    /// Name, 1 to 200 characters, unique regardless of case.
    pub name: String,
    /// Accent colour as `#RRGGBB`.
    pub colour: String,
    /// Whether the application opens with it when nothing was open before.
    pub is_default: bool,
    /// When it was made, in milliseconds since the epoch.
    pub created_at_ms: i64,
    /// Its own settings.
    pub settings: ProfileSettings,
}

/// What a profile sets for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(default)]
pub struct ProfileSettings {
    /// Folder that finals are rendered into; the profile's media folder where absent.
    pub output_folder: Option<String>,
    /// How much each part counts in the score of a clip; ours where absent.
    pub score_weights: Option<ScoreWeights>,
    /// Keys of the presets that finals were rendered with last.
    pub render_presets: Vec<String>,
}

/// What to change in what a profile sets for itself; absent fields stay. The weights
/// of a score are set by themselves.
#[derive(Debug, Clone, Default, Deserialize, specta::Type)]
#[serde(default)]
pub struct ProfileSettingsPatch {
    /// Another folder for finals; none where it is empty.
    pub output_folder: Option<String>,
    /// Keys of the presets that finals were rendered with.
    pub render_presets: Option<Vec<String>>,
}
