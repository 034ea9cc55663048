//! Sample footage for trying Rushes without a video.

use std::path::Path;

use rushes_studio::StudioResult;
use rushes_studio::media::{Toolchain, make_sample_footage};

use crate::args::Global;
use crate::output::Output;
use crate::progress::with_bar;

/// Writes the videos into `dir`; existing ones are left alone.
pub async fn write(dir: &Path, global: &Global, output: &Output) -> StudioResult<bool> {
    let tools = Toolchain::discover(global.ffmpeg.as_deref()).await?;
    let made = with_bar(async |context| make_sample_footage(&tools, dir, &context).await).await;
    let paths: Vec<String> = made?.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    output.show(&paths, |paths| paths.join("\n"));
    Ok(true)
}
