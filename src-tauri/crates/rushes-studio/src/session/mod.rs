//! An open data directory and access to one profile in it: the two handles
//! shared by all modules above, and what they hold.
//!
//! [`Studio`] and [`ProfileSession`] are plain handles here, with access to the
//! layers below: the library, the disks, the tools, the jobs of this process.
//! What is done with them is implemented above, mostly as methods: in `queue/`,
//! `tasks/`, `ops/`, and `studio/`, which opens and closes a data directory.
//!
//! - `tools.rs`: ffmpeg, and the hardware encoder.
//! - `output.rs`: folders for finals.
//! - `caches.rs`, `analyses.rs`: stored data that can be made again.
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
use rushes_model::parts::Part;
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

/// Images of sources and clips made in parallel.
const PICTURES_AT_ONCE: usize = 2;

/// Options for opening a studio.
#[derive(Clone)]
pub struct StudioOptions {
    /// The data directory; created if it does not exist.
    pub data_dir: PathBuf,
    /// ffmpeg, or the folder it is in; searched for in the usual places if `None`.
    pub ffmpeg: Option<PathBuf>,
    /// Whether this process is long-lived: it takes over waiting jobs of dead
    /// processes.
    pub take_over: bool,
    /// Answers disk queries; the system if `None`.
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
    /// Parts being analysed, by the content that they are kept under.
    looking: KeyedLocks<(ProfileId, Part, String)>,
    /// Images of sources and clips, and sounds of clips, being made, by path.
    pictures: KeyedLocks<PathBuf>,
    picture_places: Semaphore,
    default_output: RwLock<Option<FinalsFolder>>,
    disks: Disks,
    prints: Arc<Prints>,
    /// Size limit of the caches, in megabytes.
    cache_limit_mb: AtomicU32,
    stays: bool,
    /// Whether a process crashed since the last start.
    after_crash: bool,
    /// What is wrong with the library, once detected.
    damage: std::sync::Mutex<Option<StudioError>>,
}

/// A weak handle of a studio.
pub(crate) struct WeakStudio(Weak<Inner>);

impl WeakStudio {
    /// The studio, if it still exists.
    pub fn upgrade(&self) -> Option<Studio> {
        self.0.upgrade().map(|inner| Studio { inner })
    }
}

impl Studio {
    /// The handle of a data directory whose library is open, with this process
    /// as `worker`. `after_crash` is whether a process crashed since the last
    /// start.
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

    /// A weak handle, for tasks that must not keep it open.
    pub(crate) fn downgrade(&self) -> WeakStudio {
        WeakStudio(Arc::downgrade(&self.inner))
    }

    /// Events of all profiles. Receivers must keep them apart.
    pub fn subscribe(&self) -> broadcast::Receiver<StudioEventEnvelope> {
        self.inner.events.subscribe()
    }

    /// Events every window may see.
    pub fn subscribe_app(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.app_events.subscribe()
    }

    /// Sends an event to every window.
    pub fn announce(&self, event: AppEvent) {
        // Fails if there are no receivers, which is fine.
        let _ = self.inner.app_events.send(event);
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// Damage detected in the library since it was opened.
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

    /// Looks for ffmpeg again, in the given or the usual places.
    pub async fn use_ffmpeg(&self, explicit: Option<&Path>) -> FfmpegStatus {
        self.inner.tools.look_again(explicit).await
    }

    /// Sets whether finals may be encoded by the graphics card. Its encoders
    /// are tried at once; if none works, encoding stays on the CPU.
    pub async fn use_hardware(&self, wanted: bool) {
        self.inner.tools.use_hardware(wanted).await;
    }

    /// The hardware encoder, if it works and may be used.
    pub(crate) async fn hardware(&self) -> Option<HardwareEncoder> {
        self.inner.tools.hardware().await
    }

    /// ffmpeg, or why it is not usable.
    pub(crate) async fn tools(&self) -> StudioResult<Toolchain> {
        self.inner.tools.ffmpeg().await
    }

    /// Whether this process is long-lived and takes over work of others.
    pub(crate) fn stays(&self) -> bool {
        self.inner.stays
    }

    /// Whether a process crashed since the last start.
    pub(crate) fn after_crash(&self) -> bool {
        self.inner.after_crash
    }

    pub(crate) fn library(&self) -> &Library {
        &self.inner.library
    }

    /// The last known fingerprints of sources.
    pub(crate) fn prints(&self) -> &Arc<Prints> {
        &self.inner.prints
    }

    pub(crate) fn disks(&self) -> &Disks {
        &self.inner.disks
    }

    /// The jobs of this process.
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

    /// Whether the worker process with a name, possibly this one, is gone.
    pub(crate) fn is_gone(&self, worker: &str) -> bool {
        worker != self.worker_name() && Worker::is_gone(self.data_dir(), worker)
    }

    /// The lock for analysing a part of some content, per profile. The key is
    /// that of the part in the library.
    pub(crate) fn looking(&self, profile: ProfileId, part: Part, key: &str) -> Arc<Mutex<()>> {
        self.inner.looking.of((profile, part, key.to_owned()))
    }

    /// The lock for making one image of a source or a clip, or the sound of a clip.
    pub(crate) fn picture_lock(&self, picture: &Path) -> Arc<Mutex<()>> {
        self.inner.pictures.of(picture.to_owned())
    }

    /// Slots for making images, shared by all profiles.
    pub(crate) fn picture_places(&self) -> &Semaphore {
        &self.inner.picture_places
    }

    pub(crate) fn emit(&self, profile_id: ProfileId, event: StudioEvent) {
        // Fails if there are no receivers, which is fine.
        let _ = self.inner.events.send(StudioEventEnvelope { profile_id, event });
    }
}

/// Access to everything of one profile.
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

    /// The profile of this session.
    pub fn profile_id(&self) -> ProfileId {
        self.profile_id
    }

    /// The studio it belongs to.
    pub fn studio(&self) -> &Studio {
        &self.studio
    }

    /// The current profile data.
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
