//! Profiles.

use rushes_model::choice::ScoreWeights;
use rushes_model::ids::ProfileId;
use serde::{Deserialize, Serialize};

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
    /// Whether a file is made of each new clip.
    pub clip_files: bool,
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
    /// Whether a file is made of each new clip.
    pub clip_files: Option<bool>,
}

/// What to change in how much each part counts; absent fields stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, specta::Type)]
#[serde(default)]
pub struct ScoreWeightsPatch {
    /// Of movement, 0 to 100.
    pub motion: Option<u32>,
    /// Of fine detail, 0 to 100.
    pub sharpness: Option<u32>,
    /// Of colour, 0 to 100.
    pub colour: Option<u32>,
    /// Of loudness, 0 to 100.
    pub loudness: Option<u32>,
    /// Of speech, 0 to 100.
    pub speech: Option<u32>,
    /// Of novelty, 0 to 100.
    pub novelty: Option<u32>,
    /// Of the pace of cuts, 0 to 100.
    pub pace: Option<u32>,
}

impl ScoreWeightsPatch {
    /// Applies these changes to the weights.
    pub fn over(self, now: ScoreWeights) -> ScoreWeights {
        ScoreWeights {
            motion: self.motion.unwrap_or(now.motion),
            sharpness: self.sharpness.unwrap_or(now.sharpness),
            colour: self.colour.unwrap_or(now.colour),
            loudness: self.loudness.unwrap_or(now.loudness),
            speech: self.speech.unwrap_or(now.speech),
            novelty: self.novelty.unwrap_or(now.novelty),
            pace: self.pace.unwrap_or(now.pace),
        }
    }
}

impl From<ScoreWeights> for ScoreWeightsPatch {
    /// A patch that sets every weight.
    fn from(weights: ScoreWeights) -> Self {
        Self {
            motion: Some(weights.motion),
            sharpness: Some(weights.sharpness),
            colour: Some(weights.colour),
            loudness: Some(weights.loudness),
            speech: Some(weights.speech),
            novelty: Some(weights.novelty),
            pace: Some(weights.pace),
        }
    }
}
