//! An open data directory, and the way to everything of one profile: the two
//! handles that all rooms above share, with what they hold.
//!
//! [`Studio`] and [`ProfileSession`] are values here, with access to what lies
//! below: the library, the disks, the tools, the jobs of this process. What is done
//! with them lives above, mostly as further methods: `queue/`, `tasks/`, `ops/`, and
//! `studio/`, which opens and closes a data directory.
//!
//! - `tools.rs`: ffmpeg, and the encoder of the graphics card.
//! - `output.rs`: folders that finals go to.
//! - `caches.rs`, `analyses.rs`: what is kept that can be made again.
//! - `locks.rs`: locks by key.

pub(crate) mod analyses;
mod caches;
mod locks;
mod output;
pub(crate) mod tools;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, PoisonError, Weak};

use rushes_library::Library;
use rushes_library::model::Profile;
use rushes_media::{HardwareEncoder, Toolchain};
use rushes_model::ids::ProfileId;
use tokio::sync::{Mutex, RwLock, Semaphore, broadcast};

use crate::error::{StudioError, StudioResult};
use crate::events::{AppEvent, StudioEvent, StudioEventEnvelope};
use crate::files::cache::CACHE_LIMIT_MB;
use crate::files::disks::{Disk, Disks, SystemDisk};
use crate::files::folders::{FinalsFolder, ProfileFolders};
use crate::files::prints::Prints;
use crate::worker::ActiveJobs;
use crate::worker::lock::Worker;
use locks::KeyedLocks;
use tools::{FfmpegStatus, Tools};

/// Pictures of sources that are made at once.
const PICTURES_AT_ONCE: usize = 2;

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

/// An open data directory.
#[derive(Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

struct Inner {
    library: Library,
    data_dir: PathBuf,
    tools: Tools,
    events: broadcast::Sender<StudioEventEnvelope>,
    app_events: broadcast::Sender<AppEvent>,
    active_jobs: ActiveJobs,
    worker: Worker,
    /// Contents of profiles that are looked at, by `Source::content_key`.
    looking: KeyedLocks<(ProfileId, String)>,
    /// Pictures of sources that are being made, by where they are kept.
    pictures: KeyedLocks<PathBuf>,
    picture_places: Semaphore,
    default_output: RwLock<Option<FinalsFolder>>,
    disks: Disks,
    prints: Arc<Prints>,
    /// What the caches may take together, in megabytes.
    cache_limit_mb: AtomicU32,
    stays: bool,
    /// Whether a process ended without letting go since the last start.
    after_crash: bool,
    /// What is wrong with the library, once that was found.
    damage: std::sync::Mutex<Option<StudioError>>,
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
    /// The handle of a data directory whose library is open, for this process as
    /// `worker`. `after_crash` tells whether a process ended without letting go since
    /// the last start.
    pub(crate) fn new(library: Library, worker: Worker, options: StudioOptions, after_crash: bool) -> Self {
        Self {
            inner: Arc::new(Inner {
                library,
                data_dir: options.data_dir,
                tools: Tools::new(options.ffmpeg),
                events: broadcast::channel(1024).0,
                app_events: broadcast::channel(64).0,
                active_jobs: ActiveJobs::new(),
                worker,
                looking: KeyedLocks::default(),
                pictures: KeyedLocks::default(),
                picture_places: Semaphore::new(PICTURES_AT_ONCE),
                default_output: RwLock::new(None),
                disks: Disks::new(options.disk.unwrap_or_else(|| Arc::new(SystemDisk))),
                prints: Arc::default(),
                cache_limit_mb: AtomicU32::new(CACHE_LIMIT_MB),
                stays: options.take_over,
                after_crash,
                damage: std::sync::Mutex::default(),
            }),
        }
    }

    /// The same, for who must not keep it open.
    pub(crate) fn downgrade(&self) -> WeakStudio {
        WeakStudio(Arc::downgrade(&self.inner))
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

    /// The damage that was found in the library since it was opened.
    pub fn known_damage(&self) -> Option<StudioError> {
        self.inner.damage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn note_damage(&self, error: StudioError) {
        *self.inner.damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// Whether ffmpeg was found.
    pub async fn ffmpeg_status(&self) -> FfmpegStatus {
        self.inner.tools.status().await
    }

    /// Looks for ffmpeg again, in the place given or the usual ones.
    pub async fn use_ffmpeg(&self, explicit: Option<&Path>) -> FfmpegStatus {
        self.inner.tools.look_again(explicit).await
    }

    /// Sets whether the graphics card may encode finals. What it has is tried
    /// at once; where nothing works, the processor goes on encoding them.
    pub async fn use_hardware(&self, wanted: bool) {
        self.inner.tools.use_hardware(wanted).await;
    }

    /// The encoder of the graphics card, where it works and may be used.
    pub(crate) async fn hardware(&self) -> Option<HardwareEncoder> {
        self.inner.tools.hardware().await
    }

    /// ffmpeg, or why it cannot be used.
    pub(crate) async fn tools(&self) -> StudioResult<Toolchain> {
        self.inner.tools.ffmpeg().await
    }

    /// Whether this process stays, and takes over what others left.
    pub(crate) fn stays(&self) -> bool {
        self.inner.stays
    }

    /// Whether a process ended without letting go since the last start.
    pub(crate) fn after_crash(&self) -> bool {
        self.inner.after_crash
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

    /// The jobs that this process is at.
    pub(crate) fn active_jobs(&self) -> &ActiveJobs {
        &self.inner.active_jobs
    }

    /// This process as a worker on the library.
    pub(crate) fn worker(&self) -> &Worker {
        &self.inner.worker
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
