//! The jobs of this process, and the state that decides which others may start.
//!
//! There is a single lock, and it is a leaf: it is held to read or change these
//! fields and released before anything else happens. Code that acts on a job
//! (pauses its ffmpeg, queries its disk, reads its progress) works on a copy of
//! its handles.

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
    /// Jobs whose disks refuse writes while reporting free space.
    refusals: HashMap<JobId, Refusals>,
    /// Whether the application is shutting down with the work to resume at the
    /// next start.
    goes_on_later: bool,
}

/// A job of this process.
#[derive(Clone)]
pub(crate) struct Active {
    pub id: JobId,
    pub profile: ProfileId,
    pub class: JobClass,
    /// Shared via `Arc`, because cloning a token takes its lock.
    pub cancel: Arc<CancellationToken>,
    pub control: RunControl,
    /// `None` until its row says that it runs.
    pub begun: Option<Begun>,
    /// Whether the editor cancelled it.
    pub unwanted: bool,
}

/// Handles of a job once it runs.
#[derive(Clone)]
pub(crate) struct Begun {
    pub live: LiveJob,
    /// Where it writes.
    pub folders: Arc<[PathBuf]>,
}

impl Active {
    /// Whether it is running and not suspended.
    pub fn is_working(&self) -> bool {
        !self.control.is_paused()
    }

    /// Suspends its ffmpeg and its clock.
    pub fn hold(&self) {
        self.control.pause();
        if let Some(begun) = &self.begun {
            begun.live.hold();
        }
    }
}

impl Jobs {
    /// All jobs of this process.
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

    /// Adds a job. Returns false if it is already there.
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

    /// Records that a job is running and returns its pause control.
    pub fn begin(&self, id: JobId, begun: Begun) -> Option<RunControl> {
        let mut state = self.lock();
        let active = state.active.get_mut(&id)?;
        active.begun = Some(begun);
        Some(active.control.clone())
    }

    /// Records that the editor cancelled a job; the caller stops it.
    pub fn disown(&self, id: JobId) -> Option<Active> {
        let mut state = self.lock();
        let active = state.active.get_mut(&id)?;
        active.unwanted = true;
        Some(active.clone())
    }

    /// Stops jobs of a profile from starting and returns those to cancel.
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

    /// Records that a job's disk refused it. Returns false after too many times.
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
