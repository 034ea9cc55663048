//! Rendering a final: always from the sources through the clip's edit list, so
//! that it is one generation from the camera.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rushes_files::private;
use rushes_library::NewExport;
use rushes_library::model::{ExportPreset, JobClass, JobKind, JobResult};
use rushes_media::{FinalRequest, MediaError, Rendered};
use rushes_model::ids::ProjectId;
use rushes_model::notice::{Failed, MissingFolder, Notice, RowKind};
use rushes_model::spec::{Container, ExportSpec};
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::folders::file_stem;
use crate::queue::kinds::{Payload, Subject, Writes};
use crate::queue::recovery::forget_lost;
use crate::queue::task::{Outcome, Task};
use crate::session::ProfileSession;

/// Allowed deviation from the target loudness, in thousandths of LU: the
/// tolerance of EBU R 128 for programmes that cannot be normalised exactly.
const LOUDNESS_TOLERANCE_MLU: i32 = 1_000;
/// Payload of a render.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RenderPayload {
    pub preset: String,
    /// Target folder, if not the profile's own.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// The folder that must exist: anything missing below it is created.
    /// Otherwise, if a drive is not connected, its mount point would fill up
    /// instead.
    #[serde(default)]
    pub root: Option<PathBuf>,
    /// Whether streams are only copied.
    #[serde(default)]
    pub light: bool,
    /// Estimated size of the file, in bytes.
    #[serde(default)]
    pub needed_bytes: i64,
}

impl Payload for RenderPayload {
    const KIND: JobKind = JobKind::Render;
    // Finals keep the order chosen by the editor.
    const FOLLOWS_FOCUS: bool = false;

    fn class(&self) -> JobClass {
        if self.light { JobClass::Light } else { JobClass::Encode }
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        let clip = subject.clip_id.map(|id| id.to_string()).unwrap_or_default();
        format!("render:{clip}:{}", self.preset)
    }

    fn writes(&self, session: &ProfileSession, project: Option<ProjectId>) -> Writes {
        let mut writes = Writes {
            bytes: self.needed_bytes.max(0) as u64,
            outside: self.root.clone().or_else(|| self.folder.clone()),
            ..Writes::within(session)
        };
        let folder = self.folder.clone().or_else(|| Some(session.folders().finals(project?)));
        writes.folders.extend(folder);
        writes
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        render(task, self).await
    }
}

async fn render(task: &Task<'_>, asked: RenderPayload) -> StudioResult<Outcome> {
    let clip_id = task.row.job.clip_id.ok_or(Notice::NotFound { row: RowKind::Clip })?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    // Interrupted after the final was moved into place: nothing left to do.
    forget_lost(task.session, task.row.job.id).await?;
    if let Some(export_id) = library.export_of_job(profile, task.row.job.id).await? {
        return Ok(Outcome { notes: Vec::new(), result: Some(JobResult::Final { export_id }) });
    }
    let preset = library.get_export_preset(&asked.preset).await?;
    let plan = library.render_plan(profile, clip_id).await?;
    let pieces = pieces::resolve(task, &plan.clip.cuts).await?;
    let tools = task.session.studio().tools().await?;
    let folder = folder_of(task, &asked, plan.clip.project_id).await?;
    let container = rushes_media::final_container(&preset.spec, &pieces);

    let request = FinalRequest {
        pieces,
        muted: plan.clip.muted,
        framing: plan.framing,
        cues: plan.content.captions,
        style: plan.content.style,
        spec: preset.spec.clone(),
        hardware: task.wait_for(task.session.studio().hardware()).await?,
        temp_dir: task.temp.clone(),
        destination: task.temp.join(final_name("final", &preset, container, 1)),
    };
    let context = task.context("encoding", 0.0, 0.99);
    let rendered = rushes_media::render_final(&tools, &request, &context).await?;
    // Do not publish a final that may have been cut from a changed file.
    pieces::require_unchanged_since(task, &plan.clip.cuts).await?;
    let export = loop {
        // The name is reserved until the file exists, so that no other job of
        // this process takes it. If another program takes it, another name is
        // used.
        let runner = task.session.studio().active_jobs();
        let name = runner
            .reserve_name(|number| folder.join(final_name(&plan.clip.name, &preset, container, number)));
        let name = task.wait_for(name).await?;
        let new = NewExport {
            clip_id,
            job_id: task.row.job.id,
            preset: preset.key.clone(),
            path: name.path().to_owned(),
            size_bytes: rendered.bytes,
            duration_us: rendered.facts.duration_us,
            width: rendered.facts.video.width,
            height: rendered.facts.video.height,
            edit_hash: plan.edit_hash.clone(),
        };
        // Write the row first: a final without a row looks like any other file,
        // while a row without a file is detected.
        let export = library.add_export(profile, &new).await?;
        let Err(error) = rushes_media::put_in_place(&request.destination, name.path()).await else {
            break export;
        };
        library.forget_export(profile, export.id).await?;
        match error {
            // Taken by another program while the job ran.
            MediaError::Exists { .. } => task.check()?,
            // The drive was disconnected while the job ran.
            error => {
                return Err(if is_there(task, &folder).await? { error.into() } else { folder_missing() });
            }
        }
    };
    task.session.emit(StudioEvent::ExportsChanged { project_id: plan.clip.project_id });
    let notes = [
        rendered.fell_back.as_ref().map(|_| Notice::EncodedInSoftware),
        loudness_missed(&rendered, &preset.spec),
        rendered
            .font_instead
            .as_ref()
            .map(|taken| Notice::FontReplaced { font: request.style.font.clone(), taken: taken.clone() }),
    ];
    if let Some(why) = &rendered.fell_back {
        library.remark_on_job(profile, task.row.job.id, why).await?;
    }
    let notes = notes.into_iter().flatten().collect();
    Ok(Outcome { notes, result: Some(JobResult::Final { export_id: export.id }) })
}

/// The remark for a final that misses its target loudness: some sound cannot be
/// made louder without clipping.
fn loudness_missed(rendered: &Rendered, spec: &ExportSpec) -> Option<Notice> {
    let (heard, target) = (rendered.loudness?, spec.loudness?);
    let apart = (heard.integrated_mlufs - target.integrated_mlufs).abs();
    (apart > LOUDNESS_TOLERANCE_MLU).then_some(Notice::LoudnessMissed {
        heard_mlufs: heard.integrated_mlufs,
        target_mlufs: target.integrated_mlufs,
    })
}

/// The folder of a final, created if allowed. A drive that does not respond
/// counts as disconnected: the job waits for it.
async fn folder_of(task: &Task<'_>, asked: &RenderPayload, project: ProjectId) -> StudioResult<PathBuf> {
    let Some(folder) = asked.folder.clone() else {
        let own = task.session.folders().finals(project);
        private::create_dir_all(&own).map_err(|error| not_usable(&error))?;
        return Ok(own);
    };
    if is_there(task, &folder).await? {
        return Ok(folder);
    }
    match &asked.root {
        Some(root) if is_there(task, root).await? => {}
        _ => return Err(folder_missing()),
    }
    match task.wait_for(tokio::fs::create_dir_all(&folder)).await? {
        Ok(()) => Ok(folder),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(folder_missing()),
        Err(error) => Err(not_usable(&error)),
    }
}

async fn is_there(task: &Task<'_>, folder: &Path) -> StudioResult<bool> {
    let asked = folder.to_owned();
    match task.ask_disk(folder, move |disk| disk.is_dir(&asked)).await {
        Err(error) if matches!(error.notice, Notice::DriveSilent { .. }) => Ok(false),
        other => other,
    }
}

fn not_usable(error: &std::io::Error) -> StudioError {
    StudioError::io(Failed::UseFinalsFolder, error)
}

/// The error for a missing folder for finals.
pub(crate) fn folder_missing() -> StudioError {
    Notice::FolderMissing { why: MissingFolder::Gone }.into()
}

/// File name of a final; `number` counts from 1 if the name is taken.
pub(crate) fn final_name(clip: &str, preset: &ExportPreset, container: Container, number: u32) -> PathBuf {
    let ending = match container {
        Container::Mp4 => "mp4",
        Container::Mov => "mov",
        Container::Mkv => "mkv",
    };
    // Keeps a preset named after its aspect, such as 4:5, readable.
    let preset = file_stem(&preset.name.replace(':', "x"));
    let numbered = if number > 1 { format!("{preset} ({number})") } else { preset };
    // The same for a time, such as 1:23.
    let clip = file_stem(&clip.replace(':', "."));
    Path::new(&format!("{clip} - {numbered}.{ending}")).to_owned()
}
