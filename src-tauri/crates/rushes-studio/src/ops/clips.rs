//! Clips: listing, rating, trimming, sound, texts, trash.

use std::path::Path;

use rushes_library::model::{
    Clip, ClipContent, ClipDetail, ClipPatch, ClipQuery, ContentPatch, Flag, ItemOutcome, Page,
};
use rushes_model::captions::Cue;
use rushes_model::ids::{ClipId, ProjectId};
use rushes_model::notice::{BadCaptions, Failed, Notice};

use rushes_media::CaptionEncoding;
use serde::Serialize;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::session::ProfileSession;

/// Maximum number of clips in one event; for more, windows ask for the lists again.
const TOLD_MAX: usize = 200;

/// What was taken from a caption file.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub struct ImportedCaptions {
    /// The words of the clip as they are now.
    pub content: ClipContent,
    /// The encoding that the file was read in.
    pub encoding: CaptionEncoding,
    /// Captions that begin after the clip ends, and were left out.
    pub left_out: u32,
}

impl ProfileSession {
    /// A page of the clips of a project.
    pub async fn list_project_clips(
        &self,
        project: ProjectId,
        query: &ClipQuery,
    ) -> StudioResult<Page<Clip>> {
        Ok(self.library().list_clips(self.profile_id(), Some(project), query).await?)
    }

    /// A page of all clips.
    pub async fn list_all_clips(&self, query: &ClipQuery) -> StudioResult<Page<Clip>> {
        Ok(self.library().list_clips(self.profile_id(), None, query).await?)
    }

    /// Every tag in use.
    pub async fn list_all_tags(&self) -> StudioResult<Vec<String>> {
        Ok(self.library().list_tags(self.profile_id()).await?)
    }

    /// One clip with all that belongs to it.
    pub async fn get_clip(&self, id: ClipId) -> StudioResult<ClipDetail> {
        Ok(self.library().clip_detail(self.profile_id(), id).await?)
    }

    /// Changes a clip; absent fields stay.
    pub async fn update_clip(&self, id: ClipId, patch: &ClipPatch) -> StudioResult<ClipDetail> {
        let clip = self.library().update_clip(self.profile_id(), id, patch).await?;
        self.changed(&clip);
        self.get_clip(id).await
    }

    /// Picks a clip, or takes the pick back.
    pub async fn toggle_clip_selection(&self, id: ClipId) -> StudioResult<Clip> {
        let clip = self.library().toggle_clip(self.profile_id(), id).await?;
        self.changed(&clip);
        Ok(clip)
    }

    /// Gives many clips one verdict; each is answered on its own.
    pub async fn bulk_select_clips(
        &self,
        ids: &[ClipId],
        flag: Flag,
    ) -> StudioResult<Vec<ItemOutcome<Clip>>> {
        let outcomes = self.library().flag_clips(self.profile_id(), ids, flag).await?;
        let clips: Vec<Clip> = outcomes.iter().filter_map(|outcome| outcome.done.clone()).collect();
        match clips.len() {
            0 => {}
            1..=TOLD_MAX => self.emit(StudioEvent::ClipsUpdated { clips }),
            _ => self.came_or_went(&outcomes),
        }
        Ok(outcomes)
    }

    /// Mutes a clip. This only changes the edit list, so the sound can be restored.
    pub async fn remove_clip_audio(&self, id: ClipId) -> StudioResult<Clip> {
        self.set_muted(id, true).await
    }

    /// Brings a clip's sound back.
    pub async fn restore_clip_audio(&self, id: ClipId) -> StudioResult<Clip> {
        self.set_muted(id, false).await
    }

    /// Puts a clip into the trash.
    pub async fn delete_clip(&self, id: ClipId) -> StudioResult<Clip> {
        let outcome = self.bulk_delete_clips(&[id]).await?.pop();
        match outcome.and_then(|outcome| outcome.done) {
            Some(clip) => Ok(clip),
            // Already in the trash: a second click changes nothing.
            None => Ok(self.library().get_clip(self.profile_id(), id).await?),
        }
    }

    /// Puts many clips into the trash; each is answered on its own.
    pub async fn bulk_delete_clips(&self, ids: &[ClipId]) -> StudioResult<Vec<ItemOutcome<Clip>>> {
        let outcomes = self.library().trash_clips(self.profile_id(), ids).await?;
        self.came_or_went(&outcomes);
        Ok(outcomes)
    }

    /// Takes many clips out of the trash; each is answered on its own.
    pub async fn restore_clips(&self, ids: &[ClipId]) -> StudioResult<Vec<ItemOutcome<Clip>>> {
        let outcomes = self.library().restore_clips(self.profile_id(), ids).await?;
        self.came_or_went(&outcomes);
        Ok(outcomes)
    }

    /// Changes the words of a clip; absent fields stay.
    pub async fn update_clip_content(&self, id: ClipId, patch: &ContentPatch) -> StudioResult<ClipContent> {
        let content = self.library().update_clip_content(self.profile_id(), id, patch).await?;
        let clip = self.library().get_clip(self.profile_id(), id).await?;
        self.changed(&clip);
        Ok(content)
    }

    /// Imports the captions of a clip from an SRT file, in the given or
    /// detected encoding. Captions after the end of the clip are dropped and
    /// counted.
    ///
    /// # Errors
    /// `bad_captions` if the file has none, or none within the clip; the
    /// captions stay as they were.
    pub async fn import_clip_captions(
        &self,
        id: ClipId,
        path: &Path,
        encoding: Option<CaptionEncoding>,
    ) -> StudioResult<ImportedCaptions> {
        let clip = self.library().live_clip(self.profile_id(), id).await?;
        let file = path.to_owned();
        let reading = tokio::task::spawn_blocking(move || {
            let failed = |error: std::io::Error| StudioError::io(Failed::ReadCaptions, &error);
            let bytes = rushes_media::read_caption_file(&file).map_err(failed)??;
            Ok::<_, StudioError>(rushes_media::parse_srt(&bytes, encoding)?)
        });
        let read = reading.await.map_err(StudioError::internal)??;
        let in_file = read.cues.len();
        let captions = until(read.cues, clip.duration_us);
        let left_out = in_file - captions.len();
        if captions.is_empty() {
            return Err(Notice::BadCaptions { reason: BadCaptions::AfterClip }.into());
        }
        let patch = ContentPatch { captions: Some(captions), ..ContentPatch::default() };
        let content = self.update_clip_content(id, &patch).await?;
        let left_out = u32::try_from(left_out).unwrap_or(u32::MAX);
        Ok(ImportedCaptions { content, encoding: read.encoding, left_out })
    }

    async fn set_muted(&self, id: ClipId, muted: bool) -> StudioResult<Clip> {
        let clip = self.library().set_clip_muted(self.profile_id(), id, muted).await?;
        self.changed(&clip);
        Ok(clip)
    }

    fn changed(&self, clip: &Clip) {
        self.emit(StudioEvent::ClipsUpdated { clips: vec![clip.clone()] });
    }

    fn came_or_went(&self, outcomes: &[ItemOutcome<Clip>]) {
        let mut projects: Vec<_> =
            outcomes.iter().filter_map(|o| o.done.as_ref()).map(|clip| clip.project_id).collect();
        projects.sort();
        projects.dedup();
        for project_id in projects {
            self.emit(StudioEvent::ClipsChanged { project_id });
        }
    }
}

/// The captions that start before the end of a clip; the last is cut to end with it.
fn until(mut cues: Vec<Cue>, end_us: i64) -> Vec<Cue> {
    cues.retain(|cue| cue.start_us < end_us);
    for cue in &mut cues {
        cue.end_us = cue.end_us.min(end_us);
    }
    cues
}
