//! The size limit of the caches of all profiles, and enforcing it.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use rushes_model::notice::Field;

use super::Studio;
use crate::error::StudioResult;
use crate::files::cache::{CACHE_LIMIT_MIN_MB, trim};
use crate::files::folders::ProfileFolders;

impl Studio {
    /// Checks a limit as [`Self::set_cache_limit`] would.
    pub fn check_cache_limit(&self, megabytes: u32) -> StudioResult<()> {
        rushes_library::limits::within(Field::CacheLimitMb, megabytes, CACHE_LIMIT_MIN_MB, u32::MAX)?;
        Ok(())
    }

    /// Sets the total size limit of the caches of all profiles, in megabytes,
    /// and trims them to it.
    ///
    /// # Errors
    /// If it is below [`CACHE_LIMIT_MIN_MB`].
    pub async fn set_cache_limit(&self, megabytes: u32) -> StudioResult<()> {
        self.check_cache_limit(megabytes)?;
        self.inner.cache_limit_mb.store(megabytes, Ordering::Relaxed);
        self.trim_caches().await
    }

    /// Trims the caches after one grew. A short-lived command leaves that to
    /// the application, which knows the limit.
    pub(crate) async fn cache_grew(&self) {
        if self.stays()
            && let Err(error) = self.trim_caches().await
        {
            tracing::warn!(%error, "the caches were not looked through");
        }
    }

    async fn trim_caches(&self) -> StudioResult<()> {
        let limit = u64::from(self.inner.cache_limit_mb.load(Ordering::Relaxed)) * 1_000_000;
        let folders: Vec<PathBuf> = self
            .library()
            .list_profiles()
            .await?
            .iter()
            .map(|profile| ProfileFolders::new(self.data_dir(), profile.id).cache())
            .collect();
        let trimmed = tokio::task::spawn_blocking(move || trim(&folders, limit, SystemTime::now())).await;
        if let Ok(freed @ 1..) = trimmed {
            tracing::info!(freed, limit, "what was not used for longest left the caches");
        }
        Ok(())
    }
}
