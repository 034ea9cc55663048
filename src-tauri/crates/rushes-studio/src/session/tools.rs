//! ffmpeg, and the encoder of the graphics card: found once, and again when the
//! settings change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use rushes_media::{HardwareEncoder, Toolchain};
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
    /// What is wrong, with the next step.
    pub problem: Option<String>,
}

/// What a studio knows of its tools.
pub(super) struct Tools {
    /// Where ffmpeg was named to be.
    named: Option<PathBuf>,
    /// Absent until it was looked for: much of what is done needs no ffmpeg,
    /// and asking one what it can do takes longer than most of that.
    found: RwLock<Option<StudioResult<Toolchain>>>,
    hardware: std::sync::Mutex<Hardware>,
}

/// Whether the graphics card may encode finals, and with what.
#[derive(Default)]
struct Hardware {
    wanted: bool,
    /// Empty until it was looked for; whoever needs it first does that.
    found: Arc<OnceCell<Option<HardwareEncoder>>>,
}

impl Tools {
    /// Those of a studio that was told where ffmpeg is, or not.
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
                FfmpegStatus { found: false, path: None, version: None, problem: Some(error.message) }
            }
        }
    }

    /// Looks for ffmpeg again, in the place given or the usual ones.
    pub async fn look_again(&self, explicit: Option<&Path>) -> FfmpegStatus {
        let found = Toolchain::discover(explicit).await.map_err(StudioError::from);
        *self.found.write().await = Some(found);
        self.lock().found = Arc::default();
        self.status().await
    }

    /// Sets whether the graphics card may encode finals. What it has is tried
    /// at once; where nothing works, the processor goes on encoding them.
    pub async fn use_hardware(&self, wanted: bool) {
        self.lock().wanted = wanted;
        if let Some(encoder) = self.hardware().await {
            tracing::info!(encoder = encoder.name(), "the graphics card encodes finals");
        }
    }

    /// The encoder of the graphics card, where it works and may be used. It is tried
    /// once; where that is given up, who waits as well goes on with it.
    pub async fn hardware(&self) -> Option<HardwareEncoder> {
        let found = {
            let hardware = self.lock();
            hardware.wanted.then(|| hardware.found.clone())?
        };
        let tools = self.ffmpeg().await.ok()?;
        *found.get_or_init(|| rushes_media::hardware_h264(&tools)).await
    }

    /// ffmpeg, or why it cannot be used.
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
