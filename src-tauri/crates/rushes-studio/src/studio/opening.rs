//! Opening a data directory, with what a start makes good, and closing it.

use rushes_files::private;
use rushes_library::Library;

use crate::error::{StudioError, StudioResult};
use crate::queue::recovery;
use crate::queue::runner::Runner;
use crate::session::{ProfileSession, Studio, StudioOptions};
use crate::tasks::KINDS;
use crate::worker::lock::Worker;

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
        let take_over = options.take_over;
        let studio = Self::new(library, worker, StudioOptions { data_dir, ..options }, after_crash);
        recovery::recover(&studio, KINDS, take_over).await?;
        Runner::new(studio.active_jobs().clone(), KINDS).serve(studio.downgrade());
        if take_over {
            studio.keep_looking_after_library();
        }
        Ok(studio)
    }

    /// Ends running work and closes the library.
    pub async fn close(&self, closing: Closing) {
        if closing == Closing::Cancel
            && let Err(error) = self.cancel_all().await
        {
            tracing::error!(%error, detail = error.detail, "not all work could be cancelled");
        }
        self.active_jobs().shut_down(closing != Closing::Interrupt).await;
        // A short command does in the end what the application does meanwhile.
        if !self.stays() {
            self.look_after_library(self.after_crash()).await;
        }
        self.library().close().await;
        self.worker().release();
    }

    /// Cancels all that works in this process or waits for it, of all profiles, as
    /// far as its kind may be cancelled.
    async fn cancel_all(&self) -> StudioResult<()> {
        for row in self.library().jobs_under_way().await? {
            if row.worker == self.worker_name() && (KINDS.descriptor)(row.job.kind).cancelled_on_close {
                ProfileSession::of(self, row.profile_id).cancel_job(row.job.id).await?;
            }
        }
        Ok(())
    }
}
