//! Sample footage for machines without a video at hand.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use rushes_studio::StudioResult;
use rushes_studio::media::{RunContext, Toolchain, make_sample_footage};
use tokio_util::sync::CancellationToken;

use crate::args::Global;
use crate::output::Output;
use crate::progress::interrupted;

/// Writes the films into `dir`; those that are there already are left alone.
pub async fn write(dir: &Path, global: &Global, output: &Output) -> StudioResult<bool> {
    let tools = Toolchain::discover(global.ffmpeg.as_deref()).await?;
    // Drawn on a terminal only.
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %") {
        bar.set_style(style);
    }
    let cancel = CancellationToken::new();
    let shown = bar.clone();
    let context = RunContext {
        cancel: cancel.clone(),
        threads: None,
        on_progress: std::sync::Arc::new(move |now| {
            shown.set_position((now.done_us * 100 / now.total_us.max(1)).max(0) as u64);
        }),
    };
    let making = make_sample_footage(&tools, dir, &context);
    tokio::pin!(making);
    let made = tokio::select! {
        made = &mut making => made,
        () = interrupted() => {
            // ffmpeg is ended and half a film removed before this returns.
            cancel.cancel();
            making.await
        }
    };
    bar.finish_and_clear();
    let paths: Vec<String> = made?.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    output.show(&paths, |paths| paths.join("\n"));
    Ok(true)
}
