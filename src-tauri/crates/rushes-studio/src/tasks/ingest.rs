//! Adding files to a project: probing several in parallel, and copying them one
//! by one if requested. A file that consists of several recordings with
//! separate clocks is always copied, with one continuous clock. Complete files
//! are added as they arrive; files already there after a crash are left alone.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use rushes_files::private;
use rushes_library::model::{JobClass, JobKind, JobResult, RefusedFile};
use rushes_library::{JobRow, LibraryError, NewSource};
use rushes_media::RunContext;
use rushes_model::facts::Rejoined;
use rushes_model::ids::{ProjectId, SourceId};
use rushes_model::notice::{Failed, Notice, RowKind};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::{StudioError, StudioResult};
use crate::events::StudioEvent;
use crate::files::folders::ProfileFolders;
use crate::queue::disk;
use crate::queue::kinds::{Payload, Subject, Writes};
use crate::queue::task::{Outcome, Task};
use crate::session::ProfileSession;

/// Files probed in parallel.
const PROBES_AT_ONCE: usize = 4;
/// Interval between writes of completed files: thousands of files need not
/// cause thousands of events.
const WRITE_EVERY: Duration = Duration::from_millis(500);
/// Bytes copied between checks for pause and cancel: a third of a second from a
/// slow card.
const CHUNK: u64 = 8 << 20;

/// Payload of a job that adds files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IngestPayload {
    pub files: Vec<Arriving>,
    /// Whether the profile keeps its own copies.
    pub copy: bool,
}

/// A file to add.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Arriving {
    /// The id its source gets, which identifies it after a crash.
    pub id: SourceId,
    #[serde(with = "rushes_library::paths")]
    pub path: PathBuf,
    /// Bytes to copy; 0 if it is not copied.
    pub bytes: u64,
}

impl Arriving {
    /// Its file name.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    fn copy_in(&self, folders: &ProfileFolders, project: ProjectId) -> PathBuf {
        folders.copied_source(project, self.id, &self.name())
    }
}

impl Payload for IngestPayload {
    const KIND: JobKind = JobKind::Ingest;
    const ATTEMPTS_AFTER_CRASH: u32 = 5;

    fn class(&self) -> JobClass {
        JobClass::Brief
    }

    /// Each ingest is independent; a retry of it has the same key.
    fn exclusive_key(&self, _subject: &Subject) -> String {
        let first = self.files.first().map(|file| file.id.to_string()).unwrap_or_default();
        format!("add:{first}")
    }

    fn writes(&self, session: &ProfileSession, project: Option<ProjectId>) -> Writes {
        let (true, Some(project)) = (self.copy, project) else { return Writes::default() };
        let folders = session.folders();
        let left = self.files.iter().filter(|file| !file.copy_in(&folders, project).exists());
        Writes { bytes: left.map(|file| file.bytes).sum(), ..Writes::within(session) }
    }

    async fn perform(self, task: &Task<'_>) -> StudioResult<Outcome> {
        let added = add(task, &self).await;
        // A cancelled job keeps the files that are complete, and jobs waiting
        // for space continue.
        if added.as_ref().is_err_and(|error| !is_for_later(error)) {
            self.discard(task.session, task.row).await;
        }
        added
    }

    /// Removes the copies that were made but not added.
    async fn discard(self, session: &ProfileSession, row: &JobRow) {
        let Some(project) = row.job.project_id else { return };
        for file in &self.files {
            let known = session.library().source_row(session.profile_id(), file.id).await;
            if matches!(known, Err(LibraryError::NotFound { .. })) {
                forget_copy(session, project, file.id);
            }
        }
    }
}

async fn add(task: &Task<'_>, asked: &IngestPayload) -> StudioResult<Outcome> {
    let project = task.row.job.project_id.ok_or(LibraryError::NotFound { row: RowKind::Project })?;
    let parts = asked.files.iter().map(|file| if asked.copy { file.bytes } else { 1 });
    let desk = Desk {
        task,
        project,
        copy: asked.copy,
        stop: task.stop_token(),
        copying: Mutex::default(),
        has_copied: AtomicBool::new(false),
        done: AtomicU64::new(0),
        total: parts.sum(),
    };
    desk.report();
    // Without copies a project has each file once. A duplicate waits until the
    // outcome of the first is known.
    let mut seen = HashSet::new();
    let (firsts, doubles): (Vec<_>, Vec<_>) =
        asked.files.iter().partition(|file| asked.copy || seen.insert(&file.path));
    let mut added =
        Added { desk: &desk, count: 0, refused: Vec::new(), rejoined: Vec::new(), whole: Vec::new() };
    let mut broken = None;
    for files in [firsts, doubles] {
        let takings: Vec<_> = files
            .into_iter()
            .map(|file| desk.take_in(file).map(move |taken| (file, taken)).boxed())
            .collect();
        let mut taken = stream::iter(takings).buffer_unordered(PROBES_AT_ONCE);
        let mut write_at = Instant::now() + WRITE_EVERY;
        loop {
            let next = tokio::select! {
                next = taken.next() => Some(next),
                () = tokio::time::sleep_until(write_at), if !added.whole.is_empty() => None,
            };
            match next {
                Some(None) => break,
                Some(Some((_, Ok(None)))) => added.count += 1,
                Some(Some((_, Ok(Some(source))))) => added.whole.push(source),
                Some(Some((file, Err(error)))) if !ends_all(&error) => {
                    added.refuse(file.id, file.name(), error)
                }
                // Running ones are cancelled, not dropped, so that each cleans
                // up or completes.
                Some(Some((_, Err(error)))) => {
                    desk.stop.cancel();
                    broken.get_or_insert(error);
                }
                None => {}
            }
            if Instant::now() >= write_at && !added.whole.is_empty() {
                added.write().await?;
                write_at = Instant::now() + WRITE_EVERY;
            }
        }
        added.write().await?;
    }
    match broken {
        Some(error) => Err(error),
        None => {
            let result = Some(added.result());
            Ok(Outcome { notes: added.rejoined, result })
        }
    }
}

/// Removes a copy without a row. One that cannot be removed is listed as a leftover.
fn forget_copy(session: &ProfileSession, project: ProjectId, source: SourceId) {
    let folder = session.folders().copy_folder(project, source);
    if session.folders().holds(&folder) {
        // Usually there is none.
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// Whether the job keeps what it has copied: it was cancelled, or continues later.
fn is_for_later(error: &StudioError) -> bool {
    matches!(error.notice, Notice::Cancelled | Notice::DiskFull { .. } | Notice::Suspended)
}

/// Whether an error concerns all files rather than the current one.
fn ends_all(error: &StudioError) -> bool {
    is_for_later(error) || error.notice == Notice::Library
}

/// Turns the probe of a file into a source that can be added.
pub(crate) async fn examined(
    session: &ProfileSession,
    id: SourceId,
    path: &Path,
    context: &RunContext,
) -> StudioResult<NewSource> {
    let tools = session.studio().tools().await?;
    let facts = rushes_media::probe_within(&tools, path, context).await?;
    let fingerprint = fingerprint_of(path, &context.cancel).await?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(NewSource { id, name, path: path.to_owned(), facts, fingerprint, copied: false })
}

async fn fingerprint_of(path: &Path, stop: &CancellationToken) -> StudioResult<String> {
    let path = path.to_owned();
    Ok(blocking(stop, move || rushes_media::fingerprint(&path)).await??)
}

/// Runs something on a drive that may never respond; stops waiting when the job
/// is cancelled.
async fn blocking<T: Send + 'static>(
    stop: &CancellationToken,
    work: impl FnOnce() -> T + Send + 'static,
) -> StudioResult<T> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(StudioError::cancelled()),
        done = tokio::task::spawn_blocking(work) => {
            done.map_err(StudioError::internal)
        }
    }
}

/// State shared by the files being added.
struct Desk<'a> {
    task: &'a Task<'a>,
    project: ProjectId,
    copy: bool,
    /// Cancels the others when an error concerns them all.
    stop: CancellationToken,
    /// Held while copying: parallel copies are slower on most disks.
    copying: Mutex<()>,
    has_copied: AtomicBool,
    /// Files, or bytes if they are copied.
    done: AtomicU64,
    total: u64,
}

impl Desk<'_> {
    /// A file as a source to add; `None` if it was already added.
    async fn take_in(&self, file: &Arriving) -> StudioResult<Option<NewSource>> {
        let counted = AtomicU64::new(0);
        let taken = self.examine(file, &counted).await;
        let whole = if self.copy { file.bytes } else { 1 };
        self.advance(whole.saturating_sub(counted.into_inner()));
        taken
    }

    async fn examine(&self, file: &Arriving, counted: &AtomicU64) -> StudioResult<Option<NewSource>> {
        self.clear().await?;
        let session = self.task.session;
        let (library, profile) = (session.library(), session.profile_id());
        match library.source_row(profile, file.id).await {
            Ok(_) => return Ok(None),
            Err(LibraryError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let own = file.copy_in(&session.folders(), self.project);
        // An existing copy is complete, and the card may be gone by now.
        let is_copied = own.is_file();
        if !is_copied && library.has_source(profile, self.project, &file.path).await? {
            return Err(LibraryError::AlreadyAdded { name: file.name() }.into());
        }
        let context = RunContext { cancel: self.stop.clone(), ..self.task.context("probing", 0.0, 0.0) };
        let path = if is_copied { &own } else { &file.path };
        let mut new = match examined(session, file.id, path, &context).await {
            Err(error) if matches!(error.notice, Notice::UnevenClock { .. }) && !is_copied => {
                return self.rejoin(file, own, &context).await.map(Some);
            }
            new => new?,
        };
        if self.copy && !is_copied {
            self.copy(file, &new, &own, counted).await?;
        }
        if self.copy || is_copied {
            (new.path, new.copied) = (own, true);
        }
        Ok(Some(new))
    }

    /// Makes a copy with a continuous clock if the file's own is not.
    async fn rejoin(&self, file: &Arriving, own: PathBuf, context: &RunContext) -> StudioResult<NewSource> {
        let session = self.task.session;
        let _turn = self.turn().await?;
        let fingerprint = fingerprint_of(&file.path, &self.stop).await?;
        let known = session.library().list_sources(session.profile_id(), Some(self.project)).await?;
        let is_it = |rejoined: &Rejoined| rejoined.fingerprint == fingerprint;
        if known.iter().any(|row| row.source.facts.rejoined.as_ref().is_some_and(is_it)) {
            return Err(LibraryError::AlreadyAdded { name: file.name() }.into());
        }
        let path = file.path.clone();
        let bytes = blocking(&self.stop, move || path.metadata().map_or(0, |facts| facts.len())).await?;
        disk::require(session.studio(), session.folders().root(), bytes).await?;
        let tools = session.studio().tools().await?;
        let scratch = self.task.temp.join(file.id.to_string());
        let facts = rushes_media::rejoin(&tools, &file.path, &scratch, context).await?;
        let fingerprint = fingerprint_of(&scratch, &self.stop).await?;
        put_in_place(&scratch, &own)?;
        Ok(NewSource { id: file.id, name: file.name(), path: own, facts, fingerprint, copied: true })
    }

    /// Makes a copy, in the scratch folder first, so that a copy in its final
    /// place is always complete, and partial ones are swept.
    async fn copy(
        &self,
        file: &Arriving,
        new: &NewSource,
        own: &Path,
        counted: &AtomicU64,
    ) -> StudioResult<()> {
        let _turn = self.turn().await?;
        let scratch = self.task.temp.join(file.id.to_string());
        let copied = self.copy_to(file, &scratch, counted).await;
        let placed = match copied {
            Ok(()) if fingerprint_of(&scratch, &self.stop).await? != new.fingerprint => {
                Err(Notice::CopyChanged { name: new.name.clone() }.into())
            }
            Ok(()) => put_in_place(&scratch, own),
            Err(error) => Err(error),
        };
        if placed.is_err() {
            // The space is needed now, not at the end of the job; the file may
            // not exist yet.
            let _ = std::fs::remove_file(&scratch);
        }
        placed
    }

    /// Waits until no other copy is running.
    async fn turn(&self) -> StudioResult<MutexGuard<'_, ()>> {
        let turn = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(StudioError::cancelled()),
            turn = self.copying.lock() => turn,
        };
        self.has_copied.store(true, Ordering::Relaxed);
        self.report();
        Ok(turn)
    }

    async fn copy_to(&self, file: &Arriving, to: &Path, counted: &AtomicU64) -> StudioResult<()> {
        let (from, to) = (file.path.clone(), to.to_owned());
        let opened = blocking(&self.stop, move || {
            let from = File::open(from)?;
            Ok::<_, io::Error>((from, private::options().write(true).create(true).truncate(true).open(to)?))
        });
        let files = Arc::new(opened.await?.map_err(|error| not_copied(&error))?);
        loop {
            self.clear().await?;
            let pair = files.clone();
            // The system copies from file to file directly if it can.
            let part =
                blocking(&self.stop, move || io::copy(&mut (&pair.0).take(CHUNK), &mut &pair.1)).await?;
            let part = part.map_err(|error| not_copied(&error))?;
            if part == 0 {
                break;
            }
            // A growing file does not count for more than its announced size.
            let before = counted.fetch_add(part, Ordering::Relaxed);
            self.advance(part.min(file.bytes.saturating_sub(before)));
        }
        blocking(&self.stop, move || files.1.sync_all()).await?.map_err(|error| not_copied(&error))
    }

    /// Waits while the job is paused; returns an error if it was cancelled or
    /// has to stop.
    async fn clear(&self) -> StudioResult<()> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(StudioError::cancelled()),
            cleared = self.task.clear() => cleared,
        }
    }

    fn advance(&self, by: u64) {
        self.done.fetch_add(by, Ordering::Relaxed);
        self.report();
    }

    fn report(&self) {
        // Stages never go back.
        let stage = if self.has_copied.load(Ordering::Relaxed) { "copying" } else { "probing" };
        let done = self.done.load(Ordering::Relaxed) as f64;
        self.task.progress.report(stage, done / self.total.max(1) as f64, None);
    }
}

/// Renames a complete copy to its final name.
fn put_in_place(scratch: &Path, own: &Path) -> StudioResult<()> {
    let made = own.parent().map_or(Ok(()), private::create_dir_all);
    made.and_then(|()| std::fs::rename(scratch, own)).map_err(|error| not_copied(&error))
}

fn not_copied(error: &io::Error) -> StudioError {
    StudioError::io(Failed::CopySource, error)
}

/// The result so far.
struct Added<'a> {
    desk: &'a Desk<'a>,
    count: u32,
    refused: Vec<RefusedFile>,
    /// Remarks on files whose clock was not continuous.
    rejoined: Vec<Notice>,
    /// Complete, and not in the library yet.
    whole: Vec<NewSource>,
}

impl Added<'_> {
    fn refuse(&mut self, source_id: SourceId, name: String, error: StudioError) {
        self.refused.push(RefusedFile { source_id, name, notice: error.notice });
    }

    fn result(&self) -> JobResult {
        let mut refused = self.refused.clone();
        // Ids sort in the order the files were named.
        refused.sort_by_key(|file| file.source_id);
        JobResult::Sources { added: self.count, refused }
    }

    /// Adds complete files to the library and stores the result.
    async fn write(&mut self) -> StudioResult<()> {
        let (task, project) = (self.desk.task, self.desk.project);
        let (session, new) = (task.session, std::mem::take(&mut self.whole));
        if !new.is_empty() {
            let answers = session.library().add_sources(session.profile_id(), project, &new).await;
            for (index, source) in new.iter().enumerate().filter(|(_, source)| source.copied) {
                if !answers.as_ref().is_ok_and(|answers| answers[index].is_ok()) {
                    forget_copy(session, project, source.id);
                }
            }
            for (source, answer) in new.into_iter().zip(answers?) {
                match answer {
                    Ok(source) => {
                        self.count += 1;
                        if let Some(rejoined) = &source.facts.rejoined {
                            let name = source.name.clone();
                            self.rejoined.push(Notice::Rejoined { name, parts: rejoined.parts });
                        }
                        if session.studio().stays() {
                            session.queue_proxy(&source).await?;
                        }
                    }
                    Err(error) => self.refuse(source.id, source.name, error.into()),
                }
            }
            session.emit(StudioEvent::SourcesChanged { project_id: project });
            session.emit(StudioEvent::ProjectsChanged);
        }
        task.note(&self.result()).await
    }
}
