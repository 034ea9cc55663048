//! A drive that hangs: whoever needs it waits, and nobody else.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use common::*;
use rushes_studio::model::{JobState, SourceState};
use rushes_studio::{Closing, Disk, MediaKind, StudioEvent, SystemDisk};

/// What a command may take while a drive hangs: ours is 80 ms, and the rest is for
/// a machine that does much else. It would be a minute and more.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Disks of which one drive answers only while it is awake.
#[derive(Clone)]
struct Sleepy {
    drive: PathBuf,
    awake: Arc<(Mutex<bool>, Condvar)>,
}

impl Sleepy {
    fn set_awake(&self, awake: bool) {
        *self.awake.0.lock().unwrap() = awake;
        self.awake.1.notify_all();
    }

    fn answer<T>(&self, path: &Path, answer: impl FnOnce() -> T) -> T {
        if path.starts_with(&self.drive) {
            let awake = self.awake.0.lock().unwrap();
            drop(self.awake.1.wait_while(awake, |awake| !*awake).unwrap());
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

/// Wakes the drive up where a test fails: its threads would be waited for.
struct InTheEnd(Sleepy);

impl Drop for InTheEnd {
    fn drop(&mut self) {
        self.0.set_awake(true);
    }
}

async fn at_once<T>(what: &str, command: impl Future<Output = T>) -> T {
    let since = Instant::now();
    let answer = tokio::time::timeout(AT_ONCE, command).await;
    println!("{what}: {:?}", since.elapsed());
    answer.unwrap_or_else(|_| panic!("{what} waits for the drive"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_hangs_holds_up_nobody_who_does_not_need_it() {
    let folder = tempfile::tempdir().unwrap();
    let drive = folder.path().join("drive");
    std::fs::create_dir(&drive).unwrap();
    let disk = Sleepy { drive: drive.clone(), awake: Arc::new((Mutex::new(true), Condvar::new())) };
    let _in_the_end = InTheEnd(disk.clone());
    let studio = open_on(folder.path(), disk.clone()).await;
    let mut room = Room { studio, footage: footage(), folder, ffmpeg: None };
    let film = drive.join("film.mp4");
    std::fs::copy(&room.footage.long, &film).unwrap();
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    // Ben's footage lies elsewhere.
    let bens = one_clip(&room, &ben, 1).await;
    let elsewhere = std::mem::replace(&mut room.footage.long, film.clone());
    let clip = one_clip(&room, &ana, 1).await;
    let bens_source = ben.list_all_sources().await.unwrap().remove(0);
    let presets = [QUICK.to_owned()];
    let sound = ana.estimate_render(&[clip.id], &presets).await.unwrap().remove(0);
    assert_eq!(sound.missing, [] as [String; 0]);

    disk.set_awake(false);
    let sources = at_once("sources", ana.list_all_sources()).await.unwrap();
    assert_eq!(sources[0].state, SourceState::Ready, "it is not known to be gone");
    at_once("a source", ana.get_source(sources[0].id)).await.unwrap();
    let estimate = at_once("an estimate", ana.estimate_render(&[clip.id], &presets)).await.unwrap().remove(0);
    assert_eq!((estimate.bytes, &estimate.missing), (sound.bytes, &sound.missing));
    let stuck = at_once("a render", ana.render_final_clip(clip.id, QUICK, Some(&drive))).await.unwrap();
    until("it waits for its source", async || {
        ana.get_job(stuck.id).await.unwrap().state == JobState::Running
    })
    .await;
    // Thumbnails, finals and pauses of all others go on.
    let thumb = ben.media_file(MediaKind::SourceThumb, bens_source.id.0).await.unwrap();
    assert!(thumb.path.is_file());
    let out = room.beside("out");
    let his = ben.render_final_clip(bens.id, QUICK, Some(&out)).await.unwrap();
    done(&ben, his.id).await;
    at_once("the queue", ana.queue_status()).await.unwrap();
    at_once("jobs", ana.list_jobs(&Default::default())).await.unwrap();
    at_once("a pause", ana.pause_job(stuck.id)).await.unwrap();
    at_once("a resume", ana.resume_job(stuck.id)).await.unwrap();
    let ended = at_once("a cancel", ana.cancel_job(stuck.id)).await.unwrap();
    assert_eq!(ended.state, JobState::Cancelled);

    // A job that needs the drive goes on when it wakes up.
    let waits = ana.render_final_clip(clip.id, QUICK, Some(&drive)).await.unwrap();
    until("it waits, too", async || ana.get_job(waits.id).await.unwrap().state == JobState::Running).await;
    disk.set_awake(true);
    done(&ana, waits.id).await;
    assert!(elsewhere.is_file());
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
    assert_eq!(job.error_code.as_deref(), Some("source_missing"));
    assert_eq!(told(), 0, "it was told already");

    std::fs::rename(film.with_extension("away"), &film).unwrap();
    let again = session.retry_job(job.id).await.unwrap();
    done(&session, again.id).await;
    assert_eq!(told(), 1, "it is back");
    let source = session.list_all_sources().await.unwrap().remove(0);
    assert_eq!(source.state, SourceState::Ready);
}
