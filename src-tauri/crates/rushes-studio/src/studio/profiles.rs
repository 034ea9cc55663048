//! Profiles: creating, changing, deleting and opening them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rushes_files::private;
use rushes_library::LibraryError;
use rushes_library::model::{Profile, ProfileSettings};
use rushes_model::ids::ProfileId;
use rushes_model::notice::{Failed, Field, Invalid};
use serde::Serialize;

use crate::error::{StudioError, StudioResult};
use crate::events::AppEvent;
use crate::files::folders::ProfileFolders;
use crate::queue::recovery;
use crate::session::{ProfileSession, Studio};

/// What a deleted profile leaves on the disk: its finals in folders that are not its
/// own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct LeftBehind {
    /// How many finals.
    pub finals: u32,
    /// The folders that they lie in.
    pub folders: Vec<String>,
}

impl Studio {
    /// All profiles, oldest first, with their public data only. Settings of a
    /// profile need its session.
    pub async fn list_profiles(&self) -> StudioResult<Vec<Profile>> {
        let mut profiles = self.library().list_profiles().await?;
        for profile in &mut profiles {
            profile.settings = ProfileSettings::default();
        }
        Ok(profiles)
    }

    /// Creates a profile and its folders.
    pub async fn create_profile(&self, name: &str, colour: &str) -> StudioResult<Profile> {
        let profile = self.library().create_profile(name, colour).await?;
        let folders = ProfileFolders::new(self.data_dir(), profile.id);
        private::create_dir_all(folders.root())
            .map_err(|error| StudioError::io(Failed::MakeProfileFolder, &error))?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Gives a profile another name.
    pub async fn rename_profile(&self, id: ProfileId, name: &str) -> StudioResult<Profile> {
        let profile = self.library().rename_profile(id, name).await?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Gives a profile another colour.
    pub async fn recolour_profile(&self, id: ProfileId, colour: &str) -> StudioResult<Profile> {
        let profile = self.library().recolour_profile(id, colour).await?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Makes a profile the default of the application.
    pub async fn set_default_profile(&self, id: ProfileId) -> StudioResult<Profile> {
        let profile = self.library().set_default_profile(id).await?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Deletes a profile with everything in its folders. Sources that were not
    /// copied in and finals in other folders stay; the paths of those finals
    /// are returned.
    ///
    /// # Errors
    /// For the only profile, and if `confirm_name` is not its name.
    pub async fn delete_profile(&self, id: ProfileId, confirm_name: &str) -> StudioResult<LeftBehind> {
        let profile = self.library().get_profile(id).await?;
        if profile.name != confirm_name.trim() {
            return Err(StudioError::invalid(Field::ConfirmName, Invalid::OtherName));
        }
        if self.library().list_profiles().await?.len() == 1 {
            return Err(LibraryError::LastProfile.into());
        }
        self.active_jobs().close_profile(id).await;
        let deleted = async {
            let left = self.finals_elsewhere(id).await?;
            self.library().delete_profile(id, confirm_name).await?;
            Ok(left)
        };
        let left = match deleted.await {
            Ok(left) => left,
            Err(error) => {
                self.active_jobs().reopen_profile(id);
                return Err(error);
            }
        };
        self.announce(AppEvent::ProfilesChanged);
        recovery::remove_profile_folder(self, id).await?;
        Ok(left)
    }

    /// The finals of a profile outside its own folder. On a drive that does not
    /// respond they are assumed to exist.
    async fn finals_elsewhere(&self, id: ProfileId) -> StudioResult<LeftBehind> {
        let (folders, rows) =
            (ProfileFolders::new(self.data_dir(), id), self.library().media_rows(id).await?);
        let mut elsewhere: Vec<PathBuf> = rows.exports.into_iter().map(|(_, path)| path).collect();
        elsewhere.retain(|path| folders.relative(path).is_none());
        let is_there = self.disks().of_each(elsewhere.clone(), |disk, path| disk.is_file(path)).await;
        elsewhere.retain(|path| is_there.get(path) != Some(&false));
        let places: BTreeSet<_> = elsewhere.iter().filter_map(|path| path.parent()).collect();
        Ok(LeftBehind {
            finals: u32::try_from(elsewhere.len()).unwrap_or(u32::MAX),
            folders: places.iter().map(|place| place.to_string_lossy().into_owned()).collect(),
        })
    }

    /// The session that gives access to a profile's data.
    pub async fn open_profile(&self, id: ProfileId) -> StudioResult<ProfileSession> {
        let profile = self.library().get_profile(id).await?;
        let session = ProfileSession::of(self, profile.id);
        private::create_dir_all(session.folders().root())
            .map_err(|error| StudioError::io(Failed::MakeProfileFolder, &error))?;
        Ok(session)
    }
}
