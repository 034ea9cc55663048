//! One clip with all that belongs to it, put together from the rooms that know it.

use rushes_model::ids::{ClipId, ProfileId};

use crate::db::Library;
use crate::error::LibraryResult;
use crate::model::ClipDetail;
use crate::{clips, finals};

impl Library {
    /// One clip with all that belongs to it, as of one moment: captions are those of
    /// the edit list beside them.
    pub async fn clip_detail(&self, profile: ProfileId, id: ClipId) -> LibraryResult<ClipDetail> {
        let mut tx = self.reader.begin().await?;
        Ok(ClipDetail {
            clip: clips::find(&mut tx, profile, id).await?,
            cuts: clips::cuts(&mut tx, profile, id).await?,
            framing: clips::framing(&mut tx, profile, id).await?,
            content: clips::content(&mut tx, profile, id).await?,
            exports: finals::list(&self.data_dir, &mut tx, profile, None, Some(id)).await?,
        })
    }
}
