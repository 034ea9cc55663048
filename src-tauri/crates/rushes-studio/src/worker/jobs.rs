//! The jobs that this process is at, and what it was told about starting others.
//!
//! There is one lock, and it is a leaf: it is held to read or change these fields,
//! and released before anything else happens. Whoever does something with a job
//! (stops its ffmpeg, asks its disk, reads how far it is) works on a copy of its
//! handles.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rushes_library::model::JobClass;
use rushes_media::RunControl;
use rushes_model::ids::{JobId, ProfileId};
use tokio_util::sync::CancellationToken;

use super::limits::{Focus, Limits};
use super::live::LiveJob;
use super::refusals::Refusals;

/// The jobs of this process.
#[derive(Default)]
pub(crate) struct Jobs {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    active: HashMap<JobId, Active>,
    limits: Option<Limits>,
    focus: HashMap<ProfileId, Focus>,
    closing: HashSet<ProfileId>,
    /// Jobs whose disks refuse them though they say that they have room.
    refusals: HashMap<JobId, Refusals>,
    /// Whether the application ends to go on with the next start.
    goes_on_later: bool,
}

/// A job that this process is at.
#[derive(Clone)]
pub(crate) struct Active {
    pub id: JobId,
    pub profile: ProfileId,
    pub class: JobClass,
    /// Shared as it is: to clone a token takes a lock of its own.
    pub cancel: Arc<CancellationToken>,
    pub control: RunControl,
    /// Absent until its row says that it works.
    pub begun: Option<Begun>,
    /// Whether it is the editor who wants it to end.
    pub unwanted: bool,
}

/// What is known of a job once it works.
#[derive(Clone)]
pub(crate) struct Begun {
    pub live: LiveJob,
    /// Where it writes.
    pub folders: Arc<[PathBuf]>,
}

impl Active {
    /// Whether it works, and is not stopped in its middle.
    pub fn is_working(&self) -> bool {
        !self.control.is_paused()
    }

    /// Stops its ffmpeg and its clock.
    pub fn hold(&self) {
        self.control.pause();
        if let Some(begun) = &self.begun {
            begun.live.hold();
        }
    }
}

impl Jobs {
    /// All that this process is at.
    pub fn all(&self) -> Vec<Active> {
        self.lock().active.values().cloned().collect()
    }

    pub fn get(&self, id: JobId) -> Option<Active> {
        self.lock().active.get(&id).cloned()
    }

    pub fn contains(&self, id: JobId) -> bool {
        self.lock().active.contains_key(&id)
    }

    pub fn is_empty(&self) -> bool {
        self.lock().active.is_empty()
    }

    /// Takes up a job. False where it is there already.
    pub fn insert(&self, job: Active) -> bool {
        let mut state = self.lock();
        let is_new = !state.active.contains_key(&job.id);
        if is_new {
            state.active.insert(job.id, job);
        }
        is_new
    }

    pub fn remove(&self, id: JobId) {
        self.lock().active.remove(&id);
    }

    /// Notes that a job works by now, and gives what holds it.
    pub fn begin(&self, id: JobId, begun: Begun) -> Option<RunControl> {
        let mut state = self.lock();
        let active = state.active.get_mut(&id)?;
        active.begun = Some(begun);
        Some(active.control.clone())
    }

    /// Notes that the editor wants a job to end; whoever asks ends it.
    pub fn disown(&self, id: JobId) -> Option<Active> {
        let mut state = self.lock();
        let active = state.active.get_mut(&id)?;
        active.unwanted = true;
        Some(active.clone())
    }

    /// Lets no job of a profile start, and gives those that have to end.
    pub fn close(&self, profile: ProfileId) -> Vec<Active> {
        let mut state = self.lock();
        state.closing.insert(profile);
        let of_profile = state.active.values_mut().filter(|active| active.profile == profile);
        of_profile
            .map(|active| {
                active.unwanted = true;
                active.clone()
            })
            .collect()
    }

    pub fn reopen(&self, profile: ProfileId) {
        self.lock().closing.remove(&profile);
    }

    pub fn closing(&self) -> HashSet<ProfileId> {
        self.lock().closing.clone()
    }

    pub fn limits(&self) -> Limits {
        self.lock().limits.unwrap_or(Limits::AUTOMATIC)
    }

    pub fn set_limits(&self, limits: Limits) {
        self.lock().limits = Some(limits);
    }

    pub fn focus(&self) -> HashMap<ProfileId, Focus> {
        self.lock().focus.clone()
    }

    pub fn look_at(&self, profile: ProfileId, focus: Focus) {
        self.lock().focus.insert(profile, focus);
    }

    /// Notes that a job's disk refused it; false where it was often enough.
    pub fn refused(&self, id: JobId, now: Instant) -> bool {
        let mut state = self.lock();
        let before = state.refusals.remove(&id);
        let next = Refusals::after(before, now);
        state.refusals.extend(next.map(|next| (id, next)));
        next.is_some()
    }

    /// Whether it is too early to try a job again.
    pub fn is_pausing(&self, id: JobId, now: Instant) -> bool {
        self.lock().refusals.get(&id).is_some_and(|refusals| refusals.is_pausing(now))
    }

    pub fn forget_refusals(&self, id: JobId) {
        self.lock().refusals.remove(&id);
    }

    pub fn goes_on_later(&self) -> bool {
        self.lock().goes_on_later
    }

    pub fn set_goes_on_later(&self, goes_on_later: bool) {
        self.lock().goes_on_later = goes_on_later;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
