//! One clip with everything that belongs to it, read from several tables.

use rushes_model::ids::{ClipId, ProfileId};

use crate::db::Library;
use crate::error::LibraryResult;
use crate::model::ClipDetail;
use crate::{clips, finals};

impl Library {
    /// One clip with everything that belongs to it, read in one transaction, so that its
    /// captions match its edit list.
    pub async fn clip_detail(&self, profile: ProfileId, id: ClipId) -> LibraryResult<ClipDetail> {
        let mut tx = self.reader.begin().await?;
        Ok(ClipDetail {
            clip: clips::find(&mut tx, profile, id).await?,
            framing: clips::framing(&mut tx, profile, id).await?,
            content: clips::content(&mut tx, profile, id).await?,
            exports: finals::list(&self.data_dir, &mut tx, profile, None, Some(id)).await?,
        })
    }
}
