//! Opening a data directory, managing profiles, and the session through which
//! everything of a profile is reached.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use rushes_files::private;
use rushes_library::model::{JobState, Profile, ProfileSettings, ProfileSettingsPatch};
use rushes_library::{Library, LibraryError};
use rushes_media::HardwareEncoder;
use rushes_media::Toolchain;
use rushes_model::ids::ProfileId;
use serde::Serialize;
use tokio::sync::{Mutex, OnceCell, RwLock, Semaphore, broadcast};

use crate::cache::CACHE_LIMIT_MB;
use crate::disks::{Disk, Disks, SystemDisk};
use crate::error::{StudioError, StudioResult};
use crate::events::{AppEvent, StudioEvent, StudioEventEnvelope};
use crate::folders::{FinalsFolder, ProfileFolders};
use crate::locks::KeyedLocks;
use crate::prints::Prints;
use crate::recovery;
use crate::runner::Runner;
use crate::scheduler::Limits;
use crate::tasks::Descriptor;
use crate::worker::Worker;

/// How often it is asked whether a snapshot of the library is due.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(60 * 60);

/// How a studio is opened.
#[derive(Clone)]
pub struct StudioOptions {
    /// The data directory; made where it does not exist.
    pub data_dir: PathBuf,
    /// ffmpeg, or a folder that holds it; searched in the usual places where absent.
    pub ffmpeg: Option<PathBuf>,
    /// Whether this process stays: waiting jobs of processes that are gone, and
    /// clips whose files wait to be made, are taken over.
    pub take_over: bool,
    /// Answers what is asked of disks; the system where absent.
    pub disk: Option<Arc<dyn Disk>>,
}

/// What happens to work that is under way when the application ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It was interrupted, and is offered again.
    Interrupt,
    /// It goes on by itself with the next start.
    GoOnLater,
    /// It is cancelled, with all that waits. What was deleted stays deleted: that
    /// goes on with the next start.
    Cancel,
}

/// How much is under way in all profiles together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct WorkUnderWay {
    /// Jobs at work in this process.
    pub running: u32,
    /// Jobs that wait for this process.
    pub waiting: u32,
}

/// Whether ffmpeg was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct FfmpegStatus {
    /// Whether it can be used.
    pub found: bool,
    /// Where it is.
    pub path: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What is wrong, with the next step.
    pub problem: Option<String>,
}

/// What a deleted profile leaves on the disk: its finals in folders that are not its
/// own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct LeftBehind {
    /// How many finals.
    pub finals: u32,
    /// The folders that they lie in.
    pub folders: Vec<String>,
}

/// An open data directory.
#[derive(Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

/// Pictures of sources that are made at once.
const PICTURES_AT_ONCE: usize = 2;

struct Inner {
    library: Library,
    data_dir: PathBuf,
    /// Where ffmpeg was named to be.
    ffmpeg: Option<PathBuf>,
    /// Absent until it was looked for: much of what is done needs no ffmpeg,
    /// and asking one what it can do takes longer than most of that.
    tools: RwLock<Option<StudioResult<Toolchain>>>,
    events: broadcast::Sender<StudioEventEnvelope>,
    app_events: broadcast::Sender<AppEvent>,
    runner: Runner,
    worker: Worker,
    /// Contents of profiles that are looked at, by `Source::content_key`.
    looking: KeyedLocks<(ProfileId, String)>,
    /// Pictures of sources that are being made, by where they are kept.
    pictures: KeyedLocks<PathBuf>,
    picture_places: Semaphore,
    default_output: RwLock<Option<FinalsFolder>>,
    disks: Disks,
    prints: Arc<Prints>,
    hardware: std::sync::Mutex<Hardware>,
    /// What the caches may take together, in megabytes.
    cache_limit_mb: AtomicU32,
    stays: bool,
    /// Whether a process ended without letting go since the last start.
    after_crash: bool,
    /// What is wrong with the library, once that was found.
    damage: std::sync::Mutex<Option<StudioError>>,
}

/// Whether the graphics card may encode finals, and with what.
#[derive(Default)]
struct Hardware {
    wanted: bool,
    /// Empty until it was looked for; whoever needs it first does that.
    found: Arc<OnceCell<Option<HardwareEncoder>>>,
}

impl Inner {
    fn hardware(&self) -> std::sync::MutexGuard<'_, Hardware> {
        self.hardware.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A studio that may be gone.
pub(crate) struct WeakStudio(Weak<Inner>);

impl WeakStudio {
    /// The studio, while there is one.
    pub fn upgrade(&self) -> Option<Studio> {
        self.0.upgrade().map(|inner| Studio { inner })
    }
}

impl Studio {
    /// Opens a data directory: the library, and this process as a worker on it.
    /// Jobs of processes that are gone become interrupted, and their scratch
    /// space is swept.
    ///
    /// # Errors
    /// Those of [`Library::open`]. A missing ffmpeg is no error here.
    pub async fn open(options: StudioOptions) -> StudioResult<Self> {
        // What lies in it is known by whole paths, whatever folder becomes the
        // working one.
        let data_dir = std::path::absolute(&options.data_dir).unwrap_or(options.data_dir);
        let unusable = |error| StudioError::io("The data directory cannot be used.", &error);
        if !data_dir.is_dir() {
            private::make_own_folder(&data_dir).map_err(unusable)?;
        }
        Library::make_room_if_full(&data_dir);
        let after_crash = Worker::remove_dead(&data_dir);
        // First a worker, so that nobody exchanges the library once it is open.
        let worker = Worker::register(&data_dir).map_err(unusable)?;
        let library = Library::open(&data_dir).await?;
        let studio = Self {
            inner: Arc::new(Inner {
                library,
                data_dir,
                ffmpeg: options.ffmpeg,
                tools: RwLock::new(None),
                events: broadcast::channel(1024).0,
                app_events: broadcast::channel(64).0,
                runner: Runner::new(),
                worker,
                looking: KeyedLocks::default(),
                pictures: KeyedLocks::default(),
                picture_places: Semaphore::new(PICTURES_AT_ONCE),
                default_output: RwLock::new(None),
                disks: Disks::new(options.disk.unwrap_or_else(|| Arc::new(SystemDisk))),
                prints: Arc::default(),
                hardware: std::sync::Mutex::default(),
                cache_limit_mb: AtomicU32::new(CACHE_LIMIT_MB),
                stays: options.take_over,
                after_crash,
                damage: std::sync::Mutex::default(),
            }),
        };
        recovery::recover(&studio, options.take_over).await?;
        studio.inner.runner.serve(WeakStudio(Arc::downgrade(&studio.inner)));
        if options.take_over {
            studio.keep_looking_after_library();
        }
        Ok(studio)
    }

    /// Looks after the library in the background, now and then: the application
    /// may stay open for weeks.
    fn keep_looking_after_library(&self) {
        let (weak, mut after_crash) = (WeakStudio(Arc::downgrade(&self.inner)), self.inner.after_crash);
        tokio::spawn(async move {
            while let Some(studio) = weak.upgrade().filter(|studio| !studio.runner().is_shutting_down()) {
                studio.look_after_library(after_crash).await;
                drop(studio);
                after_crash = false;
                tokio::time::sleep(LOOK_AFTER_EVERY).await;
            }
        });
    }

    /// Takes the snapshot of the day, and checks the library with it and after a
    /// crash. Damage is told to every window.
    async fn look_after_library(&self, after_crash: bool) {
        match self.library().look_after(after_crash).await {
            Ok(done) if done.mended.is_empty() => {}
            Ok(done) => {
                tracing::warn!(indexes = ?done.mended, "the library hid rows and was mended");
                // What was hidden may be anything.
                for profile in self.list_profiles().await.unwrap_or_default() {
                    self.emit(profile.id, StudioEvent::Missed);
                }
            }
            Err(error @ LibraryError::Corrupt { .. }) => {
                let error = StudioError::from(error);
                tracing::error!(detail = error.detail, "the library file is damaged");
                *self.inner.damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                self.announce(AppEvent::LibraryDamaged);
            }
            Err(error) => tracing::warn!(%error, "no snapshot of the library was taken"),
        }
    }

    /// The damage that was found in the library since it was opened.
    pub fn known_damage(&self) -> Option<StudioError> {
        self.inner.damage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends running work and closes the library.
    pub async fn close(&self, closing: Closing) {
        if closing == Closing::Cancel
            && let Err(error) = self.cancel_all().await
        {
            tracing::error!(%error, detail = error.detail, "not all work could be cancelled");
        }
        self.inner.runner.shut_down(closing != Closing::Interrupt).await;
        // A short command does in the end what the application does meanwhile.
        if !self.inner.stays {
            self.look_after_library(self.inner.after_crash).await;
        }
        self.inner.library.close().await;
        self.inner.worker.release();
    }

    /// Cancels all that works in this process or waits for it, of all profiles, as
    /// far as its kind may be cancelled.
    async fn cancel_all(&self) -> StudioResult<()> {
        for row in self.library().jobs_under_way().await? {
            if row.worker == self.worker_name() && Descriptor::of(row.job.kind).cancelled_on_close {
                ProfileSession::of(self, row.profile_id).cancel_job(row.job.id).await?;
            }
        }
        Ok(())
    }

    /// How much is under way here, of all profiles.
    pub async fn work_under_way(&self) -> StudioResult<WorkUnderWay> {
        let mut under_way = WorkUnderWay::default();
        for row in self.library().jobs_under_way().await? {
            match row.job.state {
                _ if row.worker != self.worker_name() => {}
                JobState::Running => under_way.running += 1,
                JobState::Queued => under_way.waiting += 1,
                _ => {}
            }
        }
        Ok(under_way)
    }

    /// Sets how much goes on at once on this machine.
    ///
    /// # Errors
    /// Refused outside of 1 to 16 jobs.
    pub fn set_limits(&self, limits: Limits) -> StudioResult<()> {
        if let Some(at_once) = limits.at_once {
            rushes_library::limits::within("at_once", at_once, 1, crate::scheduler::AT_ONCE_MAX)?;
        }
        self.inner.runner.set_limits(limits);
        Ok(())
    }

    /// Waits until no job of this process works or waits for its turn.
    ///
    /// # Errors
    /// Where the library cannot be read.
    pub async fn idle(&self) -> StudioResult<()> {
        let mut changes = self.runner().changes();
        loop {
            changes.mark_unchanged();
            let waiting = self.library().waiting_jobs(self.worker_name()).await?;
            if waiting.is_empty() && self.runner().is_idle() {
                return Ok(());
            }
            // The sender lives as long as the studio.
            let _ = changes.changed().await;
        }
    }

    /// Events of all profiles. Whoever hands them on has to keep them apart.
    pub fn subscribe(&self) -> broadcast::Receiver<StudioEventEnvelope> {
        self.inner.events.subscribe()
    }

    /// Events that every window may see.
    pub fn subscribe_app(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.app_events.subscribe()
    }

    /// Tells every window something.
    pub fn announce(&self, event: AppEvent) {
        // Nobody listening is fine.
        let _ = self.inner.app_events.send(event);
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// Whether ffmpeg was found.
    pub async fn ffmpeg_status(&self) -> FfmpegStatus {
        match self.tools().await {
            Ok(tools) => FfmpegStatus {
                found: true,
                path: Some(tools.ffmpeg.to_string_lossy().into_owned()),
                version: Some(tools.version),
                problem: None,
            },
            Err(error) => {
                FfmpegStatus { found: false, path: None, version: None, problem: Some(error.message) }
            }
        }
    }

    /// Looks for ffmpeg again, in the place given or the usual ones.
    pub async fn use_ffmpeg(&self, explicit: Option<&Path>) -> FfmpegStatus {
        let found = Toolchain::discover(explicit).await.map_err(StudioError::from);
        *self.inner.tools.write().await = Some(found);
        self.inner.hardware().found = Arc::default();
        self.ffmpeg_status().await
    }

    /// Sets whether the graphics card may encode finals. What it has is tried
    /// at once; where nothing works, the processor goes on encoding them.
    pub async fn use_hardware(&self, wanted: bool) {
        self.inner.hardware().wanted = wanted;
        if let Some(encoder) = self.hardware().await {
            tracing::info!(encoder = encoder.name(), "the graphics card encodes finals");
        }
    }

    /// The encoder of the graphics card, where it works and may be used. It is tried
    /// once; where that is given up, who waits as well goes on with it.
    pub(crate) async fn hardware(&self) -> Option<HardwareEncoder> {
        let found = {
            let hardware = self.inner.hardware();
            hardware.wanted.then(|| hardware.found.clone())?
        };
        let tools = self.tools().await.ok()?;
        *found.get_or_init(|| rushes_media::hardware_h264(&tools)).await
    }

    pub(crate) fn cache_limit_mb(&self) -> &AtomicU32 {
        &self.inner.cache_limit_mb
    }

    /// Sets the folder on this machine in which each profile that has no output
    /// folder of its own gets one of its name. Without it, finals stay in the
    /// profiles' media folders.
    pub async fn set_default_output_folder(&self, folder: Option<FinalsFolder>) {
        *self.inner.default_output.write().await = folder;
    }

    /// Refuses a folder for finals that does not exist. Of one on a drive that does not
    /// answer at once that is not known: the first final for it sees to it.
    ///
    /// # Errors
    /// `invalid` with the field.
    pub async fn require_output_folder(&self, folder: &Path) -> StudioResult<()> {
        if self.is_there(folder).await == Some(false) {
            return Err(StudioError::invalid(
                "output_folder",
                "This folder does not exist. Choose one that does.",
            ));
        }
        Ok(())
    }

    /// Whether there is a folder, where its drive says so at once.
    pub(crate) async fn is_there(&self, folder: &Path) -> Option<bool> {
        let asked = folder.to_owned();
        self.disks().quickly(folder, move |disk| disk.is_dir(&asked)).await
    }

    pub(crate) async fn default_output_folder(&self) -> Option<FinalsFolder> {
        self.inner.default_output.read().await.clone()
    }

    /// All profiles, oldest first, as everybody may see them: without what each
    /// sets for itself, which is reached through its session.
    pub async fn list_profiles(&self) -> StudioResult<Vec<Profile>> {
        let mut profiles = self.inner.library.list_profiles().await?;
        for profile in &mut profiles {
            profile.settings = ProfileSettings::default();
        }
        Ok(profiles)
    }

    /// Makes a profile and its folders.
    pub async fn create_profile(&self, name: &str, colour: &str) -> StudioResult<Profile> {
        let profile = self.inner.library.create_profile(name, colour).await?;
        let folders = ProfileFolders::new(&self.inner.data_dir, profile.id);
        private::create_dir_all(folders.root())
            .map_err(|error| StudioError::io("The profile's folder cannot be made.", &error))?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Gives a profile another name.
    pub async fn rename_profile(&self, id: ProfileId, name: &str) -> StudioResult<Profile> {
        let profile = self.inner.library.rename_profile(id, name).await?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Gives a profile another colour.
    pub async fn recolour_profile(&self, id: ProfileId, colour: &str) -> StudioResult<Profile> {
        let profile = self.inner.library.recolour_profile(id, colour).await?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Makes a profile the one that the application opens with.
    pub async fn set_default_profile(&self, id: ProfileId) -> StudioResult<Profile> {
        let profile = self.inner.library.set_default_profile(id).await?;
        self.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    /// Deletes a profile with everything in its folders. Its sources, which
    /// were never copied in, and finals in other folders stay; where those lie is
    /// returned.
    ///
    /// # Errors
    /// Refused for the only profile, and unless `confirm_name` is its name.
    pub async fn delete_profile(&self, id: ProfileId, confirm_name: &str) -> StudioResult<LeftBehind> {
        let profile = self.inner.library.get_profile(id).await?;
        if profile.name != confirm_name.trim() {
            return Err(StudioError::invalid(
                "confirm_name",
                "Type the profile's name exactly as it is written to delete it.",
            ));
        }
        if self.inner.library.list_profiles().await?.len() == 1 {
            return Err(LibraryError::LastProfile.into());
        }
        self.inner.runner.close_profile(id).await;
        let deleted = async {
            let left = self.finals_elsewhere(id).await?;
            self.inner.library.delete_profile(id, confirm_name).await?;
            Ok(left)
        };
        let left = match deleted.await {
            Ok(left) => left,
            Err(error) => {
                self.inner.runner.reopen_profile(id);
                return Err(error);
            }
        };
        self.announce(AppEvent::ProfilesChanged);
        self.remove_profile_folder(id).await?;
        Ok(left)
    }

    /// The finals of a profile that lie elsewhere than in its own folder. On a drive
    /// that does not answer they may well lie still.
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

    /// Removes the folder of a profile that was deleted. What cannot be removed
    /// now, or after a kill, is swept by the next start.
    pub(crate) async fn remove_profile_folder(&self, id: ProfileId) -> StudioResult<()> {
        let folders = ProfileFolders::new(&self.inner.data_dir, id);
        // Out of the way in one step.
        let doomed = folders.doomed();
        match std::fs::rename(folders.root(), &doomed) {
            Ok(()) => remove_folder(&doomed)?,
            Err(_) => remove_folder(folders.root())?,
        }
        self.inner.library.erase_deleted_profile(id).await?;
        Ok(self.inner.library.forget_deleted_profile(id).await?)
    }

    /// The session through which a profile's data is reached.
    pub async fn open_profile(&self, id: ProfileId) -> StudioResult<ProfileSession> {
        let profile = self.inner.library.get_profile(id).await?;
        let session = ProfileSession { studio: self.clone(), profile_id: profile.id };
        private::create_dir_all(session.folders().root())
            .map_err(|error| StudioError::io("The profile's folder cannot be made.", &error))?;
        // What a command line beside this process left to it.
        let opened = session.clone();
        tokio::spawn(async move {
            if let Err(error) = opened.refresh_left_pending().await {
                tracing::warn!(%error, "clips may wait for their files until the next start");
            }
        });
        Ok(session)
    }

    /// Checks the library file thoroughly, which takes longer than opening it.
    /// Indexes that lost entries are made anew; their names are returned.
    ///
    /// # Errors
    /// `library_corrupt` with what was found.
    pub async fn check_library(&self) -> StudioResult<Vec<String>> {
        Ok(self.library().verify_and_mend().await?)
    }

    /// Copies the library, consistent as of now, to where the other snapshots lie.
    pub async fn take_snapshot(&self) -> StudioResult<PathBuf> {
        Ok(self.library().snapshot().await?)
    }

    /// Whether there is a snapshot for [`Studio::restore_newest_snapshot`].
    pub fn can_restore(data_dir: &Path) -> bool {
        Library::has_snapshot(data_dir)
    }

    /// Makes the newest sound snapshot the library again. The file that was the
    /// library is kept; its new path is returned, where there was one.
    ///
    /// # Errors
    /// `busy` while any process works on the library: what it writes would be
    /// lost. Those of [`Library::restore_newest_snapshot`].
    pub async fn restore_newest_snapshot(data_dir: &Path) -> StudioResult<Option<PathBuf>> {
        Ok(Library::restore_newest_snapshot(data_dir, || Worker::any_lives(data_dir)).await?)
    }

    /// Whether this process stays, and takes over what others left.
    pub(crate) fn stays(&self) -> bool {
        self.inner.stays
    }

    pub(crate) fn library(&self) -> &Library {
        &self.inner.library
    }

    /// The fingerprints of sources as they were last read.
    pub(crate) fn prints(&self) -> &Arc<Prints> {
        &self.inner.prints
    }

    pub(crate) fn disks(&self) -> &Disks {
        &self.inner.disks
    }

    pub(crate) fn runner(&self) -> &Runner {
        &self.inner.runner
    }

    pub(crate) fn worker_name(&self) -> &str {
        &self.inner.worker.name
    }

    /// Whether the process of that name, which may be this one, is gone.
    pub(crate) fn is_gone(&self, worker: &str) -> bool {
        worker != self.worker_name() && Worker::is_gone(self.data_dir(), worker)
    }

    /// The lock on looking at all of a content, for one profile.
    pub(crate) fn looking(&self, profile: ProfileId, content: &str) -> Arc<Mutex<()>> {
        self.inner.looking.of((profile, content.to_owned()))
    }

    /// The lock on making one picture of a source.
    pub(crate) fn picture_lock(&self, picture: &Path) -> Arc<Mutex<()>> {
        self.inner.pictures.of(picture.to_owned())
    }

    /// Places for pictures that are being made, of all profiles.
    pub(crate) fn picture_places(&self) -> &Semaphore {
        &self.inner.picture_places
    }

    pub(crate) fn emit(&self, profile_id: ProfileId, event: StudioEvent) {
        // Nobody listening is fine.
        let _ = self.inner.events.send(StudioEventEnvelope { profile_id, event });
    }

    /// ffmpeg, or why it cannot be used.
    pub(crate) async fn tools(&self) -> StudioResult<Toolchain> {
        if let Some(found) = &*self.inner.tools.read().await {
            return found.clone();
        }
        let mut tools = self.inner.tools.write().await;
        if let Some(found) = &*tools {
            return found.clone();
        }
        let found = Toolchain::discover(self.inner.ffmpeg.as_deref()).await.map_err(StudioError::from);
        tools.insert(found).clone()
    }
}

/// The way to everything of one profile.
#[derive(Clone)]
pub struct ProfileSession {
    studio: Studio,
    profile_id: ProfileId,
}

impl ProfileSession {
    /// The session of a profile that is known to exist.
    pub(crate) fn of(studio: &Studio, profile_id: ProfileId) -> Self {
        Self { studio: studio.clone(), profile_id }
    }
}

impl ProfileSession {
    /// Whose session it is.
    pub fn profile_id(&self) -> ProfileId {
        self.profile_id
    }

    /// The studio that it belongs to.
    pub fn studio(&self) -> &Studio {
        &self.studio
    }

    /// The profile as it is now.
    pub async fn profile(&self) -> StudioResult<Profile> {
        Ok(self.library().get_profile(self.profile_id).await?)
    }

    /// Changes what the profile sets for itself; absent fields stay as they are by
    /// then, so that two windows that change two settings at once both have their way.
    pub async fn update_profile_settings(&self, patch: &ProfileSettingsPatch) -> StudioResult<Profile> {
        let output_folder = match patch.output_folder.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(folder) => {
                // A relative one would be another folder after the next start.
                let whole = std::path::absolute(folder).unwrap_or_default();
                self.studio.require_output_folder(&whole).await?;
                Some(Some(whole.to_string_lossy().into_owned()))
            }
        };
        // In their order, each once, and none that is no preset.
        let render_presets: Option<Vec<String>> = match &patch.render_presets {
            None => None,
            Some(asked) => {
                let known = self.library().list_export_presets().await?.into_iter().map(|preset| preset.key);
                Some(known.filter(|key| asked.contains(key)).collect())
            }
        };
        let changed = self.library().change_profile_settings(self.profile_id, |settings| {
            if let Some(folder) = output_folder {
                settings.output_folder = folder;
            }
            if let Some(presets) = render_presets {
                settings.render_presets = presets;
            }
            Ok(())
        });
        let profile = changed.await?;
        self.studio.announce(AppEvent::ProfilesChanged);
        Ok(profile)
    }

    pub(crate) fn library(&self) -> &Library {
        self.studio.library()
    }

    pub(crate) fn folders(&self) -> ProfileFolders {
        ProfileFolders::new(self.studio.data_dir(), self.profile_id)
    }

    pub(crate) fn emit(&self, event: StudioEvent) {
        self.studio.emit(self.profile_id, event);
    }
}

/// Removes a folder with all in it; one that is not there is fine.
pub(crate) fn remove_folder(folder: &Path) -> StudioResult<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StudioError::io("A folder of Rushes could not be removed.", &error))
        }
        _ => Ok(()),
    }
}
