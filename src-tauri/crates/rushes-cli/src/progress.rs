//! Progress on stderr: a bar on a terminal, one line per stage otherwise.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rushes_model::ids::{JobId, ProjectId};
use rushes_model::notice::{Interruption, Notice};
use rushes_studio::media::RunContext;
use rushes_studio::model::{ItemOutcome, Job, JobKind, JobState, Source};
use rushes_studio::{Closing, ProfileSession, StudioEvent, StudioResult};
use tokio_util::sync::CancellationToken;

use crate::output::plain;

/// Runs work on files without a library, with a bar on a terminal. Ctrl+C
/// cancels it: ffmpeg is stopped and partial output removed before this
/// returns.
pub async fn with_bar<T>(work: impl AsyncFnOnce(RunContext) -> T) -> T {
    // Only drawn on a terminal.
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %") {
        bar.set_style(style);
    }
    let cancel = CancellationToken::new();
    let shown = bar.clone();
    let context = RunContext {
        cancel: cancel.clone(),
        on_progress: Arc::new(move |now| {
            shown.set_position((now.done_us * 100 / now.total_us.max(1)).max(0) as u64);
        }),
        ..RunContext::quiet()
    };
    let working = work(context);
    tokio::pin!(working);
    let done = tokio::select! {
        done = &mut working => done,
        () = interrupted() => {
            cancel.cancel();
            working.await
        }
    };
    bar.finish_and_clear();
    done
}

/// Waits for jobs with progress and returns them in the same order. Ctrl+C
/// interrupts them so that they can be retried.
pub async fn wait(session: &ProfileSession, jobs: &[JobId]) -> StudioResult<Vec<Job>> {
    let finished = async {
        let mut over = Vec::with_capacity(jobs.len());
        for id in jobs {
            over.push(session.wait_for_job(*id).await?);
        }
        Ok(over)
    };
    shown(session, |job| jobs.contains(&job.id), finished).await
}

/// Adds files with progress. Ctrl+C interrupts it.
pub async fn adding(
    session: &ProfileSession,
    project: ProjectId,
    paths: &[PathBuf],
    copy: bool,
) -> StudioResult<Vec<ItemOutcome<Source>>> {
    let is_it = |job: &Job| job.kind == JobKind::Ingest && job.project_id == Some(project);
    shown(session, is_it, session.add_sources(project, paths, copy)).await
}

/// Waits for work while showing the progress of its jobs.
async fn shown<T>(
    session: &ProfileSession,
    is_about: impl Fn(&Job) -> bool,
    work: impl Future<Output = StudioResult<T>>,
) -> StudioResult<T> {
    let mut events = session.studio().subscribe();
    let mut shown = Shown::new();
    tokio::pin!(work);
    let interrupt = interrupted();
    tokio::pin!(interrupt);
    loop {
        tokio::select! {
            done = &mut work => {
                shown.clear();
                return done;
            }
            () = &mut interrupt => {
                shown.clear();
                session.studio().close(Closing::Interrupt).await;
                return Err(Notice::Interrupted { why: Interruption::Terminal }.into());
            }
            event = events.recv() => {
                if let Ok(envelope) = event
                    && let StudioEvent::JobChanged { job } = envelope.event
                    && is_about(&job)
                {
                    shown.tell(&job);
                }
            }
        }
    }
}

/// Returns when this process is asked to stop, by Ctrl+C or by the system.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler, the signal ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

struct Shown {
    bars: Option<MultiProgress>,
    each: HashMap<JobId, ProgressBar>,
    stages: HashMap<JobId, String>,
}

impl Shown {
    fn new() -> Self {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        Self { bars, each: HashMap::new(), stages: HashMap::new() }
    }

    fn tell(&mut self, job: &Job) {
        let stage = job.stage.clone().unwrap_or_default();
        let Some(bars) = &self.bars else {
            if job.state == JobState::Running
                && !stage.is_empty()
                && self.stages.insert(job.id, stage.clone()).as_ref() != Some(&stage)
            {
                // A closed stderr does not stop the work.
                let _ = writeln!(std::io::stderr(), "{}: {}", plain(&job.title), plain(&stage));
            }
            return;
        };
        let bar = self.each.entry(job.id).or_insert_with(|| {
            let bar = ProgressBar::new(10_000);
            if let Ok(style) = ProgressStyle::with_template("{prefix:30!} {bar:30} {percent:>3} % {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(plain(&job.title));
            bars.add(bar)
        });
        bar.set_position(u64::from(job.progress_bp));
        let eta = job.eta_s.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
        bar.set_message(format!("{}{eta}", plain(&stage)));
    }

    fn clear(&self) {
        if let Some(bars) = &self.bars {
            // Fails only if the terminal is gone.
            let _ = bars.clear();
        }
    }
}
