//! Finals: presets, estimates before rendering, rendering.

use std::path::{Path, PathBuf};

use rushes_library::NewJob;
use rushes_library::ids::{ClipId, ExportId, ProjectId};
use rushes_library::model::{Clip, Export, ExportPreset, ItemOutcome, Job, JobKind};
use rushes_media::spec::VideoEncoding;
use rushes_media::{Piece, estimate_bytes, expected_duration_us};
use serde::Serialize;

use crate::error::{StudioError, StudioResult};
use crate::ops::making::to_json;
use crate::ops::sources::outcome;
use crate::studio::ProfileSession;
use crate::tasks::{RenderPayload, final_name, resolve_pieces};

/// Most finals queued in one call.
const RENDERS_MAX: usize = 1_000;

/// What a final will roughly be, before it is rendered.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct RenderEstimate {
    /// The clip.
    pub clip_id: ClipId,
    /// Key of the preset.
    pub preset: String,
    /// Length in microseconds.
    pub duration_us: i64,
    /// Size in bytes, by the model of `rushes_media::estimate_bytes`.
    pub bytes: i64,
    /// Encoding time in seconds, by the pixels to encode on this many cores.
    pub seconds: u32,
    /// Name that the file gets where it is free.
    pub file_name: String,
    /// What to look at before rendering.
    pub warnings: Vec<RenderWarning>,
}

/// Something to look at before rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum RenderWarning {
    /// Longer than the platform takes.
    TooLong,
    /// Likely larger than the platform takes.
    TooLarge,
    /// The source is smaller than the frame.
    Upscaled,
    /// This preset copies packets: captions and framing are left out.
    CaptionsIgnored,
    /// The source is not where it was.
    SourceMissing,
}

impl ProfileSession {
    /// All export presets.
    pub async fn list_export_presets(&self) -> StudioResult<Vec<ExportPreset>> {
        Ok(self.library().list_export_presets().await?)
    }

    /// What finals will roughly be.
    pub async fn estimate_render(
        &self,
        ids: &[ClipId],
        presets: &[String],
    ) -> StudioResult<Vec<RenderEstimate>> {
        check_count(ids.len() * presets.len())?;
        let mut estimates = Vec::with_capacity(ids.len() * presets.len());
        for id in ids {
            let clip = self.library().live_clip(self.profile_id(), *id).await?;
            let cuts = self.library().clip_cuts(self.profile_id(), *id).await?;
            let captions = !self.library().clip_content(self.profile_id(), *id).await?.captions.is_empty();
            let pieces = resolve_pieces(self, &cuts).await;
            for key in presets {
                let preset = self.library().get_export_preset(key).await?;
                estimates.push(estimate(&clip, &preset, captions, pieces.as_deref().unwrap_or_default()));
            }
        }
        Ok(estimates)
    }

    /// Renders a final of a clip, in the background. It goes into `folder`, or
    /// the profile's output folder, or the profile's own media folder.
    pub async fn render_final_clip(
        &self,
        id: ClipId,
        preset: &str,
        folder: Option<&Path>,
    ) -> StudioResult<Job> {
        self.studio().tools().await?;
        let clip = self.library().live_clip(self.profile_id(), id).await?;
        let preset = self.library().get_export_preset(preset).await?;
        let folder = self.output_folder(clip.project_id, folder).await?;
        self.queue(NewJob {
            kind: JobKind::Render,
            project_id: Some(clip.project_id),
            clip_id: Some(id),
            title: format!("{} · {}", clip.name, preset.name),
            exclusive_key: Some(format!("render:{id}:{}", preset.key)),
            payload: to_json(&RenderPayload { preset: preset.key, folder })?,
        })
        .await
    }

    /// Renders every clip with every preset; each is answered on its own.
    pub async fn bulk_render_clips(
        &self,
        ids: &[ClipId],
        presets: &[String],
        folder: Option<&Path>,
    ) -> StudioResult<Vec<ItemOutcome<Job>>> {
        check_count(ids.len() * presets.len())?;
        let mut outcomes = Vec::with_capacity(ids.len() * presets.len());
        for id in ids {
            for preset in presets {
                let queued = self.render_final_clip(*id, preset, folder).await;
                outcomes.push(outcome(format!("{id} {preset}"), queued));
            }
        }
        Ok(outcomes)
    }

    /// Finals of a project or of the profile, newest first.
    pub async fn list_exports(&self, project: Option<ProjectId>) -> StudioResult<Vec<Export>> {
        Ok(self.library().list_exports(self.profile_id(), project, None).await?)
    }

    /// Where a final lies.
    pub async fn export_path(&self, id: ExportId) -> StudioResult<PathBuf> {
        Ok(self.library().export_row(self.profile_id(), id).await?.1)
    }

    async fn output_folder(&self, project: ProjectId, asked: Option<&Path>) -> StudioResult<PathBuf> {
        let folder = match asked {
            Some(folder) => Some(std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())),
            None => self.profile().await?.settings.output_folder.map(PathBuf::from),
        };
        match folder {
            None => Ok(self.folders().finals(project)),
            Some(folder) if folder.is_dir() => Ok(folder),
            Some(_) => Err(StudioError::new(
                "folder_missing",
                "The output folder is not there. Connect its drive or choose another folder.",
            )),
        }
    }
}

fn check_count(count: usize) -> StudioResult<()> {
    if count > RENDERS_MAX {
        return Err(StudioError::invalid("ids", format!("Render at most {RENDERS_MAX} finals at once.")));
    }
    Ok(())
}

fn estimate(clip: &Clip, preset: &ExportPreset, captions: bool, pieces: &[Piece]) -> RenderEstimate {
    let spec = &preset.spec;
    let bytes = if pieces.is_empty() { 0 } else { estimate_bytes(spec, pieces) };
    let duration_us = if pieces.is_empty() { clip.duration_us } else { expected_duration_us(pieces) };
    let smaller = |piece: &Piece| {
        let (width, height) = (piece.facts.video.width, piece.facts.video.height);
        spec.frame.is_some_and(|frame| width.min(height) * 10 < frame.width.min(frame.height) * 8)
    };
    let mut warnings = Vec::new();
    let checks = [
        (RenderWarning::SourceMissing, pieces.is_empty()),
        (RenderWarning::TooLong, spec.max_duration_us.is_some_and(|most| duration_us > most)),
        (RenderWarning::TooLarge, spec.max_bytes.is_some_and(|most| bytes > most)),
        (RenderWarning::Upscaled, pieces.iter().any(smaller)),
        (RenderWarning::CaptionsIgnored, captions && spec.video == VideoEncoding::Copy),
    ];
    warnings.extend(checks.iter().filter(|(_, applies)| *applies).map(|(warning, _)| *warning));
    RenderEstimate {
        clip_id: clip.id,
        preset: preset.key.clone(),
        duration_us,
        bytes,
        seconds: seconds(preset, pieces, duration_us),
        file_name: final_name(&clip.name, preset, 1).to_string_lossy().into_owned(),
        warnings,
    }
}

/// Encoding time by the number of pixels: x264 at preset medium encodes about
/// 30 million pixels a second on one core of a 2020s machine, the intra-only
/// masters about 60, and copying is bound by the disk.
fn seconds(preset: &ExportPreset, pieces: &[Piece], duration_us: i64) -> u32 {
    let Some(first) = pieces.first() else { return 0 };
    let video = &first.facts.video;
    let (width, height) =
        preset.spec.frame.map_or((video.width, video.height), |frame| (frame.width, frame.height));
    let rate = f64::from(video.frame_rate_milli.min(preset.spec.max_frame_rate_milli)) / 1_000.0;
    let pixels = f64::from(width) * f64::from(height) * rate * duration_us as f64 / 1e6;
    let per_core = match preset.spec.video {
        VideoEncoding::H264 { .. } => 30e6,
        VideoEncoding::Prores | VideoEncoding::Dnxhr => 60e6,
        VideoEncoding::Copy => return 1,
    };
    let cores = std::thread::available_parallelism().map_or(2, usize::from) as f64;
    (pixels / per_core / cores).ceil().max(1.0) as u32
}
