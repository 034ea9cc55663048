//! A hanging drive: only what needs it waits.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use common::*;
use rushes_model::ids::ProjectId;
use rushes_model::notice::Notice;
use rushes_studio::model::{Clip, ClipPatch, Flag, JobState, ProfileSettingsPatch, SourceState};
use rushes_studio::{Closing, Disk, Focus, MediaKind, ProfileSession, StudioEvent, SystemDisk};

/// Time limit of a command while a drive hangs.
const AT_ONCE: Duration = Duration::from_millis(100);
/// How often a command may try: a busy machine may delay a few tries, but a
/// hanging drive delays all of them.
const TRIES: usize = 5;
/// After this long a command will not return.
const NEVER: Duration = Duration::from_secs(20);

/// Disks with one drive that only answers while it is awake.
#[derive(Clone)]
struct Sleepy {
    drive: PathBuf,
    state: Arc<(Mutex<State>, Condvar)>,
}

struct State {
    awake: bool,
    /// Queries that wait for an answer.
    waiting: usize,
}

impl Sleepy {
    fn awake(drive: PathBuf) -> Self {
        Self { drive, state: Arc::new((Mutex::new(State { awake: true, waiting: 0 }), Condvar::new())) }
    }

    fn set_awake(&self, awake: bool) {
        self.state.0.lock().unwrap().awake = awake;
        self.state.1.notify_all();
    }

    /// Answers all pending queries and hangs from now on, which is not known yet.
    async fn hang_anew(&self) {
        self.set_awake(true);
        until("all is answered", async || self.state.0.lock().unwrap().waiting == 0).await;
        // The answers have arrived by then.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.set_awake(false);
    }

    fn answer<T>(&self, path: &Path, answer: impl FnOnce() -> T) -> T {
        if path.starts_with(&self.drive) {
            let mut state = self.state.0.lock().unwrap();
            state.waiting += 1;
            let mut state = self.state.1.wait_while(state, |state| !state.awake).unwrap();
            state.waiting -= 1;
        }
        answer()
    }
}

impl Disk for Sleepy {
    fn is_file(&self, path: &Path) -> bool {
        self.answer(path, || SystemDisk.is_file(path))
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.answer(path, || SystemDisk.is_dir(path))
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        self.answer(folder, || Ok(1 << 40))
    }

    fn try_to_write(&self, folder: &Path) -> io::Result<()> {
        self.answer(folder, || SystemDisk.try_to_write(folder))
    }
}

/// Wakes up the drive if a test fails, because its threads would be waited for.
struct InTheEnd(Sleepy);

impl Drop for InTheEnd {
    fn drop(&mut self) {
        self.0.set_awake(true);
    }
}

/// Requires a command to answer at once, calling `before` each time.
async fn at_once<T>(what: &str, before: impl AsyncFn(), within: Duration, command: impl AsyncFn() -> T) -> T {
    let mut took = Vec::new();
    while took.len() < TRIES {
        before().await;
        let since = Instant::now();
        let answer = tokio::time::timeout(NEVER, command()).await;
        let answer = answer.unwrap_or_else(|_| panic!("{what} waits for the drive"));
        took.push(since.elapsed());
        if took.last() < Some(&within) {
            println!("{what}: {took:?}");
            return answer;
        }
    }
    panic!("{what} waits for the drive: {took:?}");
}

/// Ana's footage and one of her finals are on a drive that may hang, Ben's are not.
struct Two {
    room: Room,
    disk: Sleepy,
    drive: PathBuf,
    ana: ProfileSession,
    ben: ProfileSession,
    clip: Clip,
    bens: Clip,
    _in_the_end: InTheEnd,
}

impl Two {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let drive = folder.path().join("drive");
        std::fs::create_dir(&drive).unwrap();
        let disk = Sleepy::awake(drive.clone());
        let studio = open_on(folder.path(), disk.clone()).await;
        let room = Room { studio, footage: footage(), folder, ffmpeg: None };
        let film = drive.join("film.mp4");
        std::fs::copy(&room.footage.long, &film).unwrap();
        let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
        let bens = one_clip(&room, &ben, 1).await;
        let clip = clip_of(&film, &ana, 1).await;
        let job = ana.render_final_clip(clip.id, QUICK, Some(&drive)).await.unwrap();
        done(&ana, job.id).await;
        Self { _in_the_end: InTheEnd(disk.clone()), room, disk, drive, ana, ben, clip, bens }
    }
}

macro_rules! all_at_once {
    ($before:expr, { $($command:expr;)* }) => {
        $(at_once(stringify!($command), $before, AT_ONCE, async || $command.await.unwrap()).await;)*
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_of_the_window_waits_for_a_drive_that_hangs() {
    let two = Two::new().await;
    let Two { room, disk, drive, ana, clip, .. } = &two;
    let project = clip.project_id;
    let source = ana.list_all_sources().await.unwrap().remove(0).id;
    let presets = [QUICK.to_owned(), BRISK.to_owned()];
    let sound = ana.estimate_render(&[clip.id], &presets).await.unwrap().remove(0);
    assert_eq!((&sound.missing, sound.up_to_date.is_some()), (&Vec::new(), true));

    let hang = async || disk.hang_anew().await;
    all_at_once!(hang, {
        room.studio.list_profiles();
        room.studio.open_profile(ana.profile_id());
        ana.profile_overview();
        ana.list_projects(&Default::default());
        ana.get_project(project);
        ana.get_project_progress(project);
        ana.list_sources(project);
        ana.get_source(source);
        ana.get_source_analysis(source);
        ana.get_source_waveform(source, 0, 1_000_000, 100);
        ana.list_segments(project);
        ana.list_project_clips(project, &Default::default());
        ana.list_all_clips(&Default::default());
        ana.get_clip(clip.id);
        ana.list_all_tags();
        ana.list_exports(None);
        ana.list_jobs(&Default::default());
        ana.list_orphans();
        ana.queue_status();
        ana.look_at(Focus { source_id: Some(source), ..Focus::default() });
        ana.toggle_clip_selection(clip.id);
        ana.bulk_select_clips(&[clip.id], Flag::Rejected);
        ana.update_clip(clip.id, &ClipPatch { rating: Some(3), ..ClipPatch::default() });
        ana.update_clip_content(clip.id, &Default::default());
        ana.delete_clip(clip.id);
        ana.restore_clips(&[clip.id]);
        ana.delete_project(project);
        ana.restore_project(project);
        ana.estimate_render(&[clip.id, clip.id], &presets);
        room.studio.require_output_folder(drive);
        room.studio.set_cache_limit(1_000);
        ana.update_profile_settings(&output_into(drive));
    });
    let sources = ana.list_all_sources().await.unwrap();
    assert_eq!(sources[0].state, SourceState::Ready, "it is not known to be gone");
    let estimate = ana.estimate_render(&[clip.id], &presets).await.unwrap().remove(0);
    assert_eq!((estimate.bytes, estimate.missing), (sound.bytes, sound.missing));
    assert_eq!(estimate.up_to_date, sound.up_to_date, "nor is the final");

    // Adding from another drive takes as long as probing the file.
    let (elsewhere, into) = (&room.footage.scenes, project_of_its_own(ana));
    let since = Instant::now();
    add(ana, into().await, &[elsewhere]).await;
    let within = since.elapsed() + AT_ONCE;
    at_once("adding", hang, within, async || add(ana, into().await, &[elsewhere]).await).await;

    // One that is queued meanwhile waits for its source; none of these queries it.
    let stuck = at_once("a render", hang, AT_ONCE, async || {
        let queued = ana.bulk_render_clips(&[clip.id], &presets[..1], None).await.unwrap().remove(0);
        match queued.done {
            Some(job) => job.id,
            None => ana.list_jobs(&Default::default()).await.unwrap().remove(0).id,
        }
    })
    .await;
    until("it waits for its source", async || ana.get_job(stuck).await.unwrap().state == JobState::Running)
        .await;
    let go_on = async || {};
    let second = ana.render_final_clip(clip.id, BRISK, None).await.unwrap().id;
    all_at_once!(go_on, {
        ana.get_job(stuck);
        ana.job_log(stuck);
        ana.list_jobs(&Default::default());
        ana.pause_job(stuck);
        ana.resume_job(stuck);
        ana.pause_job(second);
        ana.move_job(second, None);
        ana.resume_job(second);
        ana.hold_queue();
        ana.queue_status();
        ana.release_queue();
        ana.cancel_job(stuck);
        ana.cancel_job(second);
        ana.make_clip_files(&[clip.id]);
        ana.clear_clip_files();
        ana.retry_failed_jobs();
        ana.empty_trash();
    });
    assert_eq!(ana.get_job(stuck).await.unwrap().state, JobState::Cancelled);
    disk.set_awake(true);
    room.studio.close(Closing::Interrupt).await;
}

fn output_into(folder: &Path) -> ProfileSettingsPatch {
    let output_folder = Some(folder.to_string_lossy().into_owned());
    ProfileSettingsPatch { output_folder, ..ProfileSettingsPatch::default() }
}

/// Projects a video has not been added to.
fn project_of_its_own(session: &ProfileSession) -> impl AsyncFn() -> ProjectId {
    async move || project(session, "Another drive").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_hangs_holds_up_no_work_that_does_not_need_it() {
    let two = Two::new().await;
    let Two { room, disk, drive, ana, ben, clip, bens, .. } = &two;
    let bens_source = ben.list_all_sources().await.unwrap().remove(0);
    disk.set_awake(false);
    let waits = ana.render_final_clip(clip.id, QUICK, Some(drive)).await.unwrap();
    until("it waits for its source", async || {
        ana.get_job(waits.id).await.unwrap().state == JobState::Running
    })
    .await;
    // Thumbnails and finals of all others continue.
    let thumb = ben.media_file(MediaKind::SourceThumb, bens_source.id.0).await.unwrap();
    assert!(thumb.path.is_file());
    let his = ben.render_final_clip(bens.id, QUICK, Some(&room.beside("out"))).await.unwrap();
    done(ben, his.id).await;
    // What needs the drive continues when it wakes up.
    disk.set_awake(true);
    done(ana, waits.id).await;
    room.studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_gone_is_told_whoever_finds_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Room { studio: open(folder.path()).await, footage: footage(), folder, ffmpeg: None };
    let film = room.beside("drive").join("film.mp4");
    std::fs::copy(&room.footage.long, &film).unwrap();
    room.footage.long = film.clone();
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let presets = [QUICK.to_owned()];
    let mut events = room.studio.subscribe();
    let mut told = || {
        let told = drained(&mut events).into_iter();
        told.filter(|(_, event)| matches!(event, StudioEvent::SourcesChanged { .. })).count()
    };
    assert_eq!(told(), 0);

    std::fs::rename(&film, film.with_extension("away")).unwrap();
    until("the estimate says what is missing", async || {
        let estimate = session.estimate_render(&[clip.id], &presets).await.unwrap().remove(0);
        estimate.missing == ["film.mp4"]
    })
    .await;
    assert_eq!(told(), 1);
    let job = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    let job = session.wait_for_job(job.id).await.unwrap();
    assert!(matches!(job.error, Some(Notice::SourceMissing { .. })), "{job:?}");
    assert_eq!(told(), 0, "it was told already");

    std::fs::rename(film.with_extension("away"), &film).unwrap();
    let again = session.retry_job(job.id).await.unwrap();
    done(&session, again.id).await;
    assert_eq!(told(), 1, "it is back");
    let source = session.list_all_sources().await.unwrap().remove(0);
    assert_eq!(source.state, SourceState::Ready);
}
