//! ffmpeg and the hardware encoder: detected once, and again when the settings change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use rushes_media::{HardwareEncoder, Toolchain};
use rushes_model::notice::Notice;
use serde::Serialize;
use tokio::sync::{OnceCell, RwLock};

use crate::error::{StudioError, StudioResult};

/// Whether ffmpeg was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct FfmpegStatus {
    /// Whether it can be used.
    pub found: bool,
    /// Where it is.
    pub path: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What is wrong.
    pub problem: Option<Notice>,
}

/// The detected tools of a studio.
pub(super) struct Tools {
    /// The configured location of ffmpeg.
    named: Option<PathBuf>,
    /// `None` until it was looked for: many commands need no ffmpeg, and
    /// probing its features takes longer than most of them.
    found: RwLock<Option<StudioResult<Toolchain>>>,
    hardware: std::sync::Mutex<Hardware>,
}

/// Whether finals may be encoded by the graphics card, and with which encoder.
#[derive(Default)]
struct Hardware {
    wanted: bool,
    /// Detected by the first caller that needs it.
    found: Arc<OnceCell<Option<HardwareEncoder>>>,
}

impl Tools {
    /// Tools with an optional location of ffmpeg.
    pub fn new(named: Option<PathBuf>) -> Self {
        Self { named, found: RwLock::new(None), hardware: std::sync::Mutex::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Hardware> {
        self.hardware.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether ffmpeg was found.
    pub async fn status(&self) -> FfmpegStatus {
        match self.ffmpeg().await {
            Ok(tools) => FfmpegStatus {
                found: true,
                path: Some(tools.ffmpeg.to_string_lossy().into_owned()),
                version: Some(tools.version),
                problem: None,
            },
            Err(error) => {
                FfmpegStatus { found: false, path: None, version: None, problem: Some(error.notice) }
            }
        }
    }

    /// Looks for ffmpeg again, in the given or the usual places.
    pub async fn look_again(&self, explicit: Option<&Path>) -> FfmpegStatus {
        let found = Toolchain::discover(explicit).await.map_err(StudioError::from);
        *self.found.write().await = Some(found);
        self.lock().found = Arc::default();
        self.status().await
    }

    /// Sets whether finals may be encoded by the graphics card. Its encoders
    /// are tried at once; if none works, encoding stays on the CPU.
    pub async fn use_hardware(&self, wanted: bool) {
        self.lock().wanted = wanted;
        if let Some(encoder) = self.hardware().await {
            tracing::info!(encoder = encoder.name(), "the graphics card encodes finals");
        }
    }

    /// The hardware encoder, if it works and may be used. It is tried once; if
    /// the caller trying it is dropped, another waiting caller continues.
    pub async fn hardware(&self) -> Option<HardwareEncoder> {
        let found = {
            let hardware = self.lock();
            hardware.wanted.then(|| hardware.found.clone())?
        };
        let tools = self.ffmpeg().await.ok()?;
        *found.get_or_init(|| rushes_media::hardware_h264(&tools)).await
    }

    /// ffmpeg, or why it is not usable.
    pub async fn ffmpeg(&self) -> StudioResult<Toolchain> {
        if let Some(found) = &*self.found.read().await {
            return found.clone();
        }
        let mut tools = self.found.write().await;
        if let Some(found) = &*tools {
            return found.clone();
        }
        let found = Toolchain::discover(self.named.as_deref()).await.map_err(StudioError::from);
        tools.insert(found).clone()
    }
}
