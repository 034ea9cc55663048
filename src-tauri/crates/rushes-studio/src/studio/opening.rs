//! Opening a data directory, including recovery, and closing it.

use rushes_files::private;
use rushes_library::Library;

use rushes_model::notice::Failed;

use crate::error::{StudioError, StudioResult};
use crate::queue::recovery;
use crate::queue::runner::Runner;
use crate::session::{ProfileSession, Studio, StudioOptions};
use crate::tasks::KINDS;
use crate::worker::lock::Worker;

/// What happens to running work when the application ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It is interrupted, and offered again.
    Interrupt,
    /// It resumes by itself at the next start.
    GoOnLater,
    /// It is cancelled, along with everything waiting. Deletions are not
    /// cancelled: they resume at the next start.
    Cancel,
}

impl Studio {
    /// Opens a data directory: the library, and this process as a worker on it.
    /// Jobs of dead processes become interrupted, and their scratch folders are
    /// swept.
    ///
    /// # Errors
    /// Those of [`Library::open`]. A missing ffmpeg is not an error here.
    pub async fn open(options: StudioOptions) -> StudioResult<Self> {
        // Paths must stay valid if the working directory changes.
        let data_dir = std::path::absolute(&options.data_dir).unwrap_or(options.data_dir);
        let unusable = |error| StudioError::io(Failed::DataDirectory, &error);
        if !data_dir.is_dir() {
            private::make_own_folder(&data_dir).map_err(unusable)?;
        }
        Library::make_room_if_full(&data_dir);
        let after_crash = Worker::remove_dead(&data_dir);
        // Register the worker first, so that no process swaps the library once
        // it is open.
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

    /// Stops running work and closes the library.
    pub async fn close(&self, closing: Closing) {
        if closing == Closing::Cancel
            && let Err(error) = self.cancel_all().await
        {
            tracing::error!(%error, detail = error.detail, "not all work could be cancelled");
        }
        self.active_jobs().shut_down(closing != Closing::Interrupt).await;
        // A short-lived command does this at the end; the application does it
        // continuously.
        if !self.stays() {
            self.look_after_library(self.after_crash()).await;
        }
        self.library().close().await;
        self.worker().release();
    }

    /// Cancels all running and waiting jobs of this process, in all profiles,
    /// if their kind allows it.
    async fn cancel_all(&self) -> StudioResult<()> {
        for row in self.library().jobs_under_way().await? {
            if row.worker == self.worker_name() && (KINDS.descriptor)(row.job.kind).cancelled_on_close {
                ProfileSession::of(self, row.profile_id).cancel_job(row.job.id).await?;
            }
        }
        Ok(())
    }
}
