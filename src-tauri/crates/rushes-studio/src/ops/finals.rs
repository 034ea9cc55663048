//! Finals: presets, estimates, rendering.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use futures::future::join_all;
use rushes_library::model::{
    Clip, ClipContent, Export, ExportPreset, ItemOutcome, Job, Profile, SourceState,
};
use rushes_library::{NewJob, limits};
use rushes_media::{Piece, RunContext, SafeArea, estimate_bytes, expected_duration_us};
use rushes_model::captions::CaptionStyle;
use rushes_model::ids::{ClipId, ExportId, ProjectId, SourceId};
use rushes_model::notice::{Field, Invalid};
use rushes_model::spec::VideoEncoding;
use serde::Serialize;

use super::sources::outcome;
use crate::error::{StudioError, StudioResult};
use crate::files::folders::{FinalsFolder, file_stem};
use crate::queue::disk;
use crate::queue::kinds::{Subject, new_job};
use crate::session::ProfileSession;
use crate::tasks::finals::{RenderPayload, final_name, folder_missing};
use crate::tasks::pieces;

/// Maximum number of finals queued per call.
const RENDERS_MAX: usize = 1_000;

/// What a final will roughly be, before it is rendered.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct RenderEstimate {
    /// The clip.
    pub clip_id: ClipId,
    /// Key of the preset that it is rendered with.
    pub preset: String,
    /// Length of the final in microseconds.
    pub duration_us: i64,
    /// Size in bytes, by the model of `rushes_media::estimate_bytes`.
    pub bytes: i64,
    /// Encoding time in seconds, by the pixels to encode on this many cores.
    pub seconds: u32,
    /// Name that the file gets where it is free.
    pub file_name: String,
    /// What to look at before rendering.
    pub warnings: Vec<RenderWarning>,
    /// Names of the sources that are not where they were, in the clip's order. While
    /// there are any, the final cannot be rendered.
    pub missing: Vec<String>,
    /// The newest final of this preset that shows the clip as it is and lies
    /// where it was put: rendering again would make the same once more.
    pub up_to_date: Option<ExportId>,
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
    /// The platform lays its own buttons and words over the captions.
    CaptionsCovered,
    /// The font of the captions is not installed: another one is taken.
    FontMissing,
    /// The source is not where it was.
    SourceMissing,
    /// Nothing is heard of what is used of the sound.
    Silent,
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
        let mut fonts: HashMap<String, bool> = HashMap::new();
        let mut planned = Vec::with_capacity(ids.len());
        for id in ids {
            let clip = self.library().live_clip(self.profile_id(), *id).await?;
            let (rows, pieces): (Vec<_>, Vec<_>) =
                pieces::planned(self, &clip.cuts).await?.into_iter().unzip();
            planned.push((clip, rows, pieces, self.current_finals(*id).await?));
        }
        // In parallel: any of the drives may be slow.
        let rows = planned.iter().flat_map(|(_, rows, ..)| rows.clone()).collect();
        let finals: Vec<PathBuf> =
            planned.iter().flat_map(|(.., finals)| finals.iter().map(|(_, path)| path.clone())).collect();
        let is_there = self.studio().disks().of_each(finals, |disk, path| disk.is_file(path));
        let (sources, is_there) = tokio::join!(self.looked_up(rows), is_there);
        let gone: HashSet<SourceId> = sources
            .iter()
            .filter(|source| source.state == SourceState::Missing)
            .map(|source| source.id)
            .collect();
        for (clip, rows, pieces, mut current) in planned {
            let content = self.library().clip_content(self.profile_id(), clip.id).await?;
            let has_font = content.captions.is_empty() || self.has_font(&content.style, &mut fonts).await;
            let missing = rows.into_iter().filter(|row| gone.contains(&row.source.id));
            let mut missing: Vec<String> = missing.map(|row| row.source.name).collect();
            missing.dedup();
            // A file on a drive that does not respond is assumed to be there.
            current.retain(|(_, path)| is_there.get(path) != Some(&false));
            for key in presets {
                let preset = self.library().get_export_preset(key).await?;
                let newest = current.iter().find(|(export, _)| export.preset == *key);
                let up_to_date = newest.map(|(export, _)| export.id);
                let estimate = estimate(&clip, &preset, &content, has_font, &pieces, &missing);
                estimates.push(RenderEstimate { up_to_date, ..estimate });
            }
        }
        Ok(estimates)
    }

    /// Whether the captions' font is installed; looked up once per font.
    async fn has_font(&self, style: &CaptionStyle, known: &mut HashMap<String, bool>) -> bool {
        if let Some(has) = known.get(&style.font) {
            return *has;
        }
        let has = match self.studio().tools().await {
            Ok(tools) => rushes_media::font_instead(&tools, style, &RunContext::quiet()).await.is_none(),
            // Nothing is rendered without ffmpeg.
            Err(_) => true,
        };
        known.insert(style.font.clone(), has);
        has
    }

    /// Renders a final of a clip, in the background. Target, in this order:
    /// `folder`; the profile's output folder; a folder named after the project
    /// inside the profile's folder in the machine's default output folder; the
    /// profile's own media folder.
    pub async fn render_final_clip(
        &self,
        id: ClipId,
        preset: &str,
        folder: Option<&Path>,
    ) -> StudioResult<Job> {
        self.studio().tools().await?;
        let folder = self.output_folder(folder).await?;
        let (job, payload) = self.plan_render(id, preset, folder.as_ref()).await?;
        self.require_room([&payload]).await?;
        self.queue(job).await
    }

    /// Renders every clip with every preset; each is answered individually.
    /// Everything that can be queued is queued in one transaction.
    pub async fn bulk_render_clips(
        &self,
        ids: &[ClipId],
        presets: &[String],
        folder: Option<&Path>,
    ) -> StudioResult<Vec<ItemOutcome<Job>>> {
        check_count(ids.len() * presets.len())?;
        self.studio().tools().await?;
        let folder = self.output_folder(folder).await?;
        let mut names = Vec::with_capacity(ids.len() * presets.len());
        let mut planned = Vec::with_capacity(ids.len() * presets.len());
        let mut payloads = Vec::new();
        for id in ids {
            for preset in presets {
                names.push(format!("{id} {preset}"));
                let plan = self.plan_render(*id, preset, folder.as_ref()).await;
                planned.push(plan.map(|(job, payload)| {
                    payloads.push(payload);
                    job
                }));
            }
        }
        self.require_room(&payloads).await?;
        let queued = self.queue_all(planned).await?;
        Ok(names.into_iter().zip(queued).map(|(name, job)| outcome(name, job)).collect())
    }

    /// Finals of a project or of the profile, newest first.
    pub async fn list_exports(&self, project: Option<ProjectId>) -> StudioResult<Vec<Export>> {
        Ok(self.library().list_exports(self.profile_id(), project, None).await?)
    }

    /// Where a final is stored.
    pub async fn export_path(&self, id: ExportId) -> StudioResult<PathBuf> {
        Ok(self.library().export_row(self.profile_id(), id).await?.1)
    }

    /// Finals that match the clip, newest first, with where each was written;
    /// no disk is queried.
    async fn current_finals(&self, id: ClipId) -> StudioResult<Vec<(Export, PathBuf)>> {
        let mut exports = self.library().list_exports(self.profile_id(), None, Some(id)).await?;
        exports.retain(|export| !export.stale);
        let mut current = Vec::with_capacity(exports.len());
        for export in exports {
            let path = self.export_path(export.id).await?;
            current.push((export, path));
        }
        Ok(current)
    }

    /// Refuses finals whose target disks lack space.
    async fn require_room<'a>(
        &self,
        payloads: impl IntoIterator<Item = &'a RenderPayload>,
    ) -> StudioResult<()> {
        let mut needed: BTreeMap<&Path, u64> = BTreeMap::new();
        let folders = self.folders();
        for payload in payloads {
            // The profile's own folder is on one disk, whatever the project.
            let folder = payload.folder.as_deref().unwrap_or(folders.root());
            *needed.entry(folder).or_default() += payload.needed_bytes.max(0) as u64;
        }
        // In parallel: any of the drives may be slow.
        let asked = needed.into_iter().map(|(folder, bytes)| disk::require(self.studio(), folder, bytes));
        join_all(asked).await.into_iter().collect()
    }

    /// Builds the queue entry of a render. Without a folder it goes to the
    /// profile's own media folder.
    async fn plan_render(
        &self,
        id: ClipId,
        preset: &str,
        folder: Option<&OutputFolder>,
    ) -> StudioResult<(NewJob, RenderPayload)> {
        let clip = self.library().live_clip(self.profile_id(), id).await?;
        let preset = self.library().get_export_preset(preset).await?;
        let pieces: Vec<Piece> =
            pieces::planned(self, &clip.cuts).await?.into_iter().map(|(_, piece)| piece).collect();
        let payload = RenderPayload {
            needed_bytes: estimate_bytes(&preset.spec, &pieces),
            light: preset.spec.video == VideoEncoding::Copy,
            preset: preset.key,
            folder: folder.map(|folder| folder.of_project(&clip.project_name)),
            root: folder.and_then(|folder| folder.root.clone()),
        };
        let subject = Subject {
            title: format!("{} · {}", clip.name, preset.name),
            project_id: Some(clip.project_id),
            clip_id: Some(id),
            ..Subject::default()
        };
        Ok((new_job(&payload, subject)?, payload))
    }

    async fn output_folder(&self, asked: Option<&Path>) -> StudioResult<Option<OutputFolder>> {
        let profile = self.profile().await?;
        let own = profile.settings.output_folder.as_deref().map(Path::new);
        if let Some(folder) = asked.or(own) {
            let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
            self.require_folder(&path).await?;
            return Ok(Some(OutputFolder { path, root: None }));
        }
        let Some(FinalsFolder { path, root }) = self.studio().default_output_folder().await else {
            return Ok(None);
        };
        self.require_folder(&root).await?;
        Ok(Some(OutputFolder { path: path.join(folder_name(&profile)), root: Some(root) }))
    }

    /// Refuses a missing folder. If its drive does not answer at once, the job
    /// checks it.
    async fn require_folder(&self, folder: &Path) -> StudioResult<()> {
        if self.studio().is_there(folder).await == Some(false) { Err(folder_missing()) } else { Ok(()) }
    }
}

/// Where finals go.
#[derive(Debug, Clone)]
struct OutputFolder {
    path: PathBuf,
    /// See [`RenderPayload::root`]. If set, each project has its own folder.
    root: Option<PathBuf>,
}

impl OutputFolder {
    fn of_project(&self, project: &str) -> PathBuf {
        if self.root.is_some() { self.path.join(file_stem(project)) } else { self.path.clone() }
    }
}

/// Name of a profile's folder in the machine's folder for finals. Names can be
/// reused after a profile was renamed or deleted, and two names can map to the
/// same file name (`A/B` and `A:B`), so the start of the id keeps clients
/// apart. That part is the creation time in milliseconds.
fn folder_name(profile: &Profile) -> String {
    let id = profile.id.to_string();
    format!("{} {}", file_stem(&profile.name), &id[..13])
}

fn check_count(count: usize) -> StudioResult<()> {
    if count > RENDERS_MAX {
        return Err(StudioError::invalid(
            Field::Ids,
            Invalid::TooManyFinals { most: limits::number(RENDERS_MAX) },
        ));
    }
    Ok(())
}

fn estimate(
    clip: &Clip,
    preset: &ExportPreset,
    content: &ClipContent,
    has_font: bool,
    pieces: &[Piece],
    missing: &[String],
) -> RenderEstimate {
    let spec = &preset.spec;
    let captions = content.captions.iter().any(|cue| !cue.text.trim().is_empty());
    let copies = spec.video == VideoEncoding::Copy;
    // A master has no frame of its own and is edited further.
    let shown = spec.frame.is_some().then(|| SafeArea::of_preset(&preset.key));
    let bytes = estimate_bytes(spec, pieces);
    let duration_us = expected_duration_us(pieces);
    let smaller = |piece: &Piece| {
        let (width, height) = (piece.facts.video.width, piece.facts.video.height);
        spec.frame.is_some_and(|frame| width.min(height) * 10 < frame.width.min(frame.height) * 8)
    };
    let mut warnings = Vec::new();
    let checks = [
        (RenderWarning::SourceMissing, !missing.is_empty()),
        (RenderWarning::TooLong, spec.max_duration_us.is_some_and(|most| duration_us > most)),
        (RenderWarning::TooLarge, spec.max_bytes.is_some_and(|most| bytes > most)),
        (RenderWarning::Upscaled, pieces.iter().any(smaller)),
        (RenderWarning::Silent, !pieces.is_empty() && silent(clip, pieces)),
        (RenderWarning::CaptionsIgnored, captions && copies),
        (RenderWarning::CaptionsCovered, captions && shown.is_some_and(|area| !area.holds(&content.style))),
        (RenderWarning::FontMissing, captions && !copies && !has_font),
    ];
    warnings.extend(checks.iter().filter(|(_, applies)| *applies).map(|(warning, _)| *warning));
    let container = rushes_media::final_container(spec, pieces);
    RenderEstimate {
        clip_id: clip.id,
        preset: preset.key.clone(),
        duration_us,
        bytes,
        seconds: seconds(preset, pieces, duration_us),
        file_name: final_name(&clip.name, preset, container, 1).to_string_lossy().into_owned(),
        warnings,
        missing: missing.to_vec(),
        up_to_date: None,
    }
}

/// Whether a final is silent although the clip is not muted and its sources have sound.
fn silent(clip: &Clip, pieces: &[Piece]) -> bool {
    let has_sound = pieces.iter().any(|piece| !piece.facts.audio.is_empty());
    !clip.muted && has_sound && !pieces.iter().any(|piece| piece.facts.is_heard())
}

/// Encoding time from the number of pixels: x264 at preset medium encodes about
/// 30 million pixels a second per core on a 2020s machine, the intra-only
/// masters about 60; stream copy is limited by the disk.
fn seconds(preset: &ExportPreset, pieces: &[Piece], duration_us: i64) -> u32 {
    let Some(first) = pieces.first() else { return 0 };
    let video = &first.facts.video;
    let (width, height) =
        preset.spec.frame.map_or((video.width, video.height), |frame| (frame.width, frame.height));
    let spec = &preset.spec;
    let rate = video.frame_rate_milli.max(spec.min_frame_rate_milli).min(spec.max_frame_rate_milli);
    let rate = f64::from(rate) / 1_000.0;
    let pixels = f64::from(width) * f64::from(height) * rate * duration_us as f64 / 1e6;
    let per_core = match preset.spec.video {
        VideoEncoding::H264 { .. } => 30e6,
        VideoEncoding::Prores | VideoEncoding::Dnxhr => 60e6,
        VideoEncoding::Copy => return 1,
    };
    let cores = std::thread::available_parallelism().map_or(2, usize::from) as f64;
    (pixels / per_core / cores).ceil().max(1.0) as u32
}
