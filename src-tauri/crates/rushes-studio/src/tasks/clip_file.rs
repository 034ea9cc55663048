//! Making the file of a clip, on demand: a clip is played from its sources, and its file is
//! for other programs.

use std::path::{Path, PathBuf};

use rushes_files::private;
use rushes_library::model::{Clip, JobClass, JobKind};
use rushes_library::{ClipPlan, LibraryError, NewJob};
use rushes_media::render_clip_file;
use rushes_model::ids::ClipId;
use rushes_model::notice::{Failed, Notice, RowKind};
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::queue::kinds::{Payload, Subject, new_job};
use crate::queue::task::{Outcome, Task};
use crate::session::ProfileSession;

/// The job's clip is all it needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ClipFilePayload;

impl Payload for ClipFilePayload {
    const KIND: JobKind = JobKind::ClipFile;

    fn class(&self) -> JobClass {
        JobClass::Encode
    }

    fn exclusive_key(&self, subject: &Subject) -> String {
        let clip = subject.clip_id.map(|id| id.to_string()).unwrap_or_default();
        format!("clip_file:{clip}")
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        make(task).await?;
        Ok(Outcome::PLAIN)
    }
}

/// The job that makes the file of a clip.
pub(crate) fn new_clip_file(clip: &Clip) -> StudioResult<NewJob> {
    let subject = Subject {
        title: clip.name.clone(),
        project_id: Some(clip.project_id),
        clip_id: Some(clip.id),
        ..Subject::default()
    };
    new_job(&ClipFilePayload, subject)
}

/// Makes the file of a clip until it shows the clip as it is: it may be trimmed meanwhile.
/// A clip that was deleted meanwhile is left alone.
async fn make(task: &Task<'_>) -> StudioResult<()> {
    let clip = task.row.job.clip_id.ok_or(Notice::NotFound { row: RowKind::Clip })?;
    let session = task.session;
    let (library, profile, folders) = (session.library(), session.profile_id(), session.folders());
    loop {
        let plan = match library.clip_plan(profile, clip).await {
            Err(LibraryError::NotFound { .. }) => return Ok(()),
            plan => plan?,
        };
        let revision = plan.cut_revision;
        let file = folders.clip_file(plan.project_id, clip, revision);
        if plan.file_revision == revision && file.is_file() {
            return Ok(());
        }
        let draft = render(task, &plan).await?;
        let place = || put_in_place(&draft, &file);
        match library.publish_clip_file(profile, clip, revision, place).await {
            Err(LibraryError::NotFound { .. }) => return Ok(()),
            published => published??,
        }
        folders.remove_clip_files_before(plan.project_id, clip, revision);
        match library.get_clip(profile, clip).await {
            Err(LibraryError::NotFound { .. }) => return Ok(()),
            clip => session.emit(StudioEvent::ClipsUpdated { clips: vec![clip?] }),
        }
        task.check()?;
    }
}

/// Renders the file in the scratch folder.
async fn render(task: &Task<'_>, plan: &ClipPlan) -> StudioResult<PathBuf> {
    let draft = task.temp.join(format!("{}.mp4", plan.cut_revision));
    let tools = task.session.studio().tools().await?;
    let pieces = pieces::resolve(task, &plan.cuts).await?;
    let context = task.context("encoding", 0.0, 1.0);
    render_clip_file(&tools, &pieces, plan.muted, &draft, &context).await?;
    pieces::require_unchanged_since(task, &plan.cuts).await?;
    task.check()?;
    Ok(draft)
}

fn put_in_place(draft: &Path, file: &Path) -> StudioResult<()> {
    if let Some(folder) = file.parent() {
        private::create_dir_all(folder).map_err(|error| StudioError::io(Failed::MakeClipsFolder, &error))?;
    }
    std::fs::rename(draft, file).map_err(|error| StudioError::io(Failed::PlaceClip, &error))
}

impl ProfileSession {
    /// Queues making the files of the clips that have none. One that is waiting or being
    /// made already is left alone, and so is a clip in the trash.
    pub(crate) async fn queue_clip_files(&self, ids: &[ClipId]) -> StudioResult<()> {
        let mut lacking = Vec::new();
        for id in ids {
            match self.library().live_clip(self.profile_id(), *id).await {
                Err(LibraryError::NotFound { .. }) => {}
                clip => {
                    let clip = clip?;
                    if !clip.has_file {
                        lacking.push(new_clip_file(&clip));
                    }
                }
            }
        }
        self.queue_all(lacking).await.map(|_| ())
    }
}
