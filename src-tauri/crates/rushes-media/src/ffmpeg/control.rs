//! A hand on work that runs: hold it, let it go on, have it stand back.

use tokio::sync::watch;

/// Holds, releases and quietens the work of every context that shares it.
///
/// What is held stays where it is, with all that it has done, and goes on from
/// there. Clones are the same hand.
#[derive(Debug, Clone, Default)]
pub struct RunControl {
    wish: watch::Sender<Wish>,
}

/// What is asked of the work at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub paused: bool,
    pub quiet: bool,
}

impl RunControl {
    /// Stops the running ffmpeg where it is; no other starts meanwhile. Where
    /// the system cannot stop a process (Windows), the work ends with
    /// [`MediaError::Suspended`](crate::MediaError::Suspended) instead.
    pub fn pause(&self) {
        self.wish(|wish| wish.paused = true);
    }

    /// Lets the work go on.
    pub fn resume(&self) {
        self.wish(|wish| wish.paused = false);
    }

    /// Whether the work is held.
    pub fn is_paused(&self) -> bool {
        self.wish.borrow().paused
    }

    /// Whether ffmpeg leaves the processor to others first. Switched on, it also
    /// reaches what runs; switched off, only what starts afterwards, for no
    /// system lets a program raise itself again. Of no effect on Windows.
    pub fn set_quiet(&self, quiet: bool) {
        self.wish(|wish| wish.quiet = quiet);
    }

    /// Waits until the work is not held, which may be at once.
    pub async fn resumed(&self) {
        // It fails only without a sender, and this is one.
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
