//! Settings of a profile.

use rushes_library::model::{Profile, ProfileSettingsPatch};

use crate::error::StudioResult;
use crate::events::AppEvent;
use crate::session::ProfileSession;

impl ProfileSession {
    /// Changes settings of the profile. Absent fields keep their current value,
    /// so two windows can change two settings at once.
    pub async fn update_profile_settings(&self, patch: &ProfileSettingsPatch) -> StudioResult<Profile> {
        let output_folder = match patch.output_folder.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(folder) => {
                // A relative path would mean another folder after the next start.
                let whole = std::path::absolute(folder).unwrap_or_default();
                self.studio().require_output_folder(&whole).await?;
                Some(Some(whole.to_string_lossy().into_owned()))
            }
        };
        // In canonical order, without duplicates or unknown presets.
        let render_presets: Option<Vec<String>> = match &patch.render_presets {
            None => None,
            Some(asked) => {
                let known = self.library().list_export_presets().await?.into_iter().map(|preset| preset.key);
                Some(known.filter(|key| asked.contains(key)).collect())
            }
        };
        let changed = self.library().change_profile_settings(self.profile_id(), |settings| {
            if let Some(folder) = output_folder {
                settings.output_folder = folder;
            }
            if let Some(presets) = render_presets {
                settings.render_presets = presets;
            }
            if let Some(clip_files) = patch.clip_files {
                settings.clip_files = clip_files;
            }
            Ok(())
        });
        let profile = changed.await?;
        self.studio().announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }
}
