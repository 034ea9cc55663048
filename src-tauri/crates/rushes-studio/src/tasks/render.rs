//! Rendering a final: always from the sources themselves, through the clip's
//! edit list, so that it is one generation away from the camera.

use std::path::{Path, PathBuf};

use rushes_library::NewExport;
use rushes_library::model::ExportPreset;
use rushes_media::spec::Container;
use rushes_media::{FinalRequest, MediaError};
use serde::{Deserialize, Serialize};

use super::{Task, pieces};
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::folders::file_stem;

/// What a final is rendered for, and where it goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RenderPayload {
    pub preset: String,
    pub folder: PathBuf,
}

pub(super) async fn perform(task: &Task<'_>) -> StudioResult<()> {
    let asked: RenderPayload = task.payload()?;
    let clip_id = task.row.job.clip_id.ok_or_else(|| StudioError::new("not_found", "There is no clip."))?;
    let (library, profile) = (task.session.library(), task.session.profile_id());
    let preset = library.get_export_preset(&asked.preset).await?;
    let clip = library.live_clip(profile, clip_id).await?;
    let content = library.clip_content(profile, clip_id).await?;
    let pieces = pieces::resolve(task.session, &library.clip_cuts(profile, clip_id).await?).await?;
    let tools = task.session.studio().tools().await?;
    std::fs::create_dir_all(&asked.folder)
        .map_err(|error| StudioError::io("The folder for finals cannot be used.", &error))?;

    let mut request = FinalRequest {
        pieces,
        muted: clip.muted,
        framing: library.clip_framing(profile, clip_id).await?,
        cues: content.captions,
        style: content.style,
        spec: preset.spec.clone(),
        fonts_dir: None,
        temp_dir: task.temp.clone(),
        destination: PathBuf::new(),
    };
    let context = task.progress.context(&task.cancel, "encoding", 0.0, 0.99);
    let (rendered, path) = loop {
        // The name is held for as long as the job works, so that no other job
        // of this process takes it; a stranger's file of that name means
        // another name.
        let name = task
            .session
            .studio()
            .runner()
            .reserve_name(|number| asked.folder.join(final_name(&clip.name, &preset, number)));
        request.destination = name.path().to_owned();
        match rushes_media::render_final(&tools, &request, &context).await {
            Ok(rendered) => break (rendered, request.destination),
            Err(MediaError::Exists { .. }) => task.check()?,
            Err(error) => return Err(error.into()),
        }
    };
    let recorded = library
        .add_export(
            profile,
            &NewExport {
                clip_id,
                job_id: task.row.job.id,
                preset: preset.key,
                path: path.clone(),
                size_bytes: rendered.bytes,
                duration_us: rendered.facts.duration_us,
                width: rendered.facts.video.width,
                height: rendered.facts.video.height,
                clip_revision: clip.revision,
            },
        )
        .await;
    if let Err(error) = recorded {
        // A final that the library does not know would be an orphan.
        let _ = std::fs::remove_file(&path);
        return Err(error.into());
    }
    task.session.emit(StudioEvent::ExportsChanged { project_id: clip.project_id });
    Ok(())
}

/// The name that a final gets; `number` counts from 1 where the name is taken.
pub(crate) fn final_name(clip: &str, preset: &ExportPreset, number: u32) -> PathBuf {
    let ending = match preset.spec.container {
        Container::Mp4 => "mp4",
        Container::Mov => "mov",
        Container::Mkv => "mkv",
    };
    let stem = file_stem(&format!("{clip} - {}", preset.name));
    let numbered = if number > 1 { format!("{stem} ({number})") } else { stem };
    Path::new(&format!("{numbered}.{ending}")).to_owned()
}
