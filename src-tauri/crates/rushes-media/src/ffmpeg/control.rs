//! Controls running work: pause, resume, and lower its priority.

use tokio::sync::watch;

/// Pauses, resumes and deprioritises the work of every context that shares it.
///
/// Paused work keeps all its progress and continues from there. Clones control the same
/// work.
#[derive(Debug, Clone, Default)]
pub struct RunControl {
    wish: watch::Sender<Wish>,
}

/// The requested state of the work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub paused: bool,
    pub quiet: bool,
}

impl RunControl {
    /// Suspends the running ffmpeg and prevents others from starting. If the system
    /// cannot suspend a process (Windows), the work ends with
    /// [`MediaError::Suspended`](crate::MediaError::Suspended) instead.
    pub fn pause(&self) {
        self.wish(|wish| wish.paused = true);
    }

    /// Resumes the work.
    pub fn resume(&self) {
        self.wish(|wish| wish.paused = false);
    }

    /// Whether the work is paused.
    pub fn is_paused(&self) -> bool {
        self.wish.borrow().paused
    }

    /// Whether ffmpeg runs at low CPU priority. Switching it on also affects running
    /// processes. Switching it off affects only new ones, because no system lets a
    /// program raise its own priority again. Has no effect on Windows.
    pub fn set_quiet(&self, quiet: bool) {
        self.wish(|wish| wish.quiet = quiet);
    }

    /// Waits until the work is not paused, which may be immediately.
    pub async fn resumed(&self) {
        // Fails only without a sender, and this is one.
        let _ = self.watch().wait_for(|wish| !wish.paused).await;
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Wish> {
        self.wish.subscribe()
    }

    fn wish(&self, change: impl FnOnce(&mut Wish)) {
        self.wish.send_if_modified(|wish| {
            let before = *wish;
            change(wish);
            *wish != before
        });
    }
}
