//! One encoding pass over an edit, and the check of its output.

use std::path::Path;

use rushes_model::{
    facts::SourceFacts,
    framing::{FrameSize, Framing},
    notice::Activity,
};

use super::{encode::Encoding, graph::PicturePlan, join::Footage};
use crate::{
    error::MediaError,
    ffmpeg::{
        args,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::{Draft, absolute},
    probe,
};

/// A private folder inside the temp folder, deleted when dropped.
pub(super) fn scratch(temp_dir: &Path) -> Result<tempfile::TempDir, MediaError> {
    let told = |error| MediaError::io(Activity::MakingFolder, temp_dir, error);
    std::fs::create_dir_all(temp_dir).map_err(told)?;
    tempfile::Builder::new().prefix("render-").tempdir_in(absolute(temp_dir)).map_err(told)
}

/// One encode of an edit.
pub(super) struct Encode<'a> {
    pub what: Activity,
    pub footage: &'a Footage,
    pub total_us: i64,
    pub muted: bool,
    pub encoding: Encoding<'a>,
    pub plan: PicturePlan,
    pub sound_filter: Option<String>,
    /// Working directory of ffmpeg, which contains the captions.
    pub folder: Option<&'a Path>,
}

pub(super) fn plan(
    tools: &Toolchain,
    encoding: &Encoding,
    framing: Framing,
    overlay: Option<String>,
) -> PicturePlan {
    PicturePlan {
        frame: encoding.frame,
        rate: encoding.rate,
        framing,
        pixel_format: encoding.format.pixels,
        colour: encoding.format.colour.clone(),
        converts: tools.converts_colours,
        overlay,
        output: encoding.pixels(),
    }
}

impl Encode<'_> {
    /// Encodes into the draft and checks the output.
    pub async fn run(
        &self,
        tools: &Toolchain,
        draft: &Draft,
        ctx: &RunContext,
    ) -> Result<SourceFacts, MediaError> {
        let mut command = run::ffmpeg(tools);
        if let (true, Some(hardware)) = (self.encoding.in_hardware(), self.encoding.hardware) {
            hardware.add_device(&mut command);
        }
        self.footage.add_inputs(&mut command);
        let sound_filter = self.sound_filter.as_deref();
        command.filter_complex(self.footage.picture_and_sound(&self.plan, self.muted, sound_filter));
        command.args(["-map", "[v]", "-map", "[a]"]);
        self.encoding.add(&mut command);
        command.arg(args::file_url(draft.path()));
        if let Some(folder) = self.folder {
            command.as_inner_mut().current_dir(folder);
        }
        run::run(tools, self.what, command, self.total_us, ctx).await?;
        let facts = probe::probe_made(tools, draft.path(), self.what, ctx).await?;
        self.check(&facts)?;
        Ok(facts)
    }

    pub fn check(&self, facts: &SourceFacts) -> Result<(), MediaError> {
        let (total_us, FrameSize { width, height }) = (self.total_us, self.plan.frame);
        let video = &facts.video;
        if (video.width, video.height) != (width, height) {
            let found = format!("{}×{}", video.width, video.height);
            return Err(self.wrong(format!("{width}×{height}"), found));
        }
        // One frame, plus the rounding of a container's own clock.
        let tolerance = self.plan.rate.micros(1) + 2000;
        if (facts.duration_us - total_us).abs() > tolerance {
            let found = format!("{} µs", facts.duration_us);
            return Err(self.wrong(format!("{total_us} µs"), found));
        }
        if facts.audio.is_empty() {
            return Err(self.wrong("a sound track".into(), "none".into()));
        }
        Ok(())
    }

    pub fn wrong(&self, expected: String, found: String) -> MediaError {
        MediaError::WrongOutput { what: self.what, expected, found }
    }
}
