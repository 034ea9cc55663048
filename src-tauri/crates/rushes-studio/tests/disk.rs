//! Disks that get full while finals are made: what has no room waits and goes
//! on by itself, what has room goes on, and nothing half made is left.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::*;
use rushes_studio::ids::JobId;
use rushes_studio::model::{HoldReason, JobEventKind, JobState, PauseReason};
use rushes_studio::{Closing, FreeSpace, ProfileSession, Studio, StudioOptions};

const PLENTY: u64 = 1 << 40;

/// A room whose folder `small` has as much space as the test says.
async fn room() -> (Room, PathBuf, Arc<AtomicU64>) {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let free = Arc::new(AtomicU64::new(PLENTY));
    let (told, watched) = (free.clone(), small.clone());
    let free_space: FreeSpace = Arc::new(move |path: &Path| {
        Ok(if path.starts_with(&watched) { told.load(Ordering::Relaxed) } else { PLENTY })
    });
    let data_dir = folder.path().join("data");
    let options = StudioOptions { data_dir, ffmpeg: None, take_over: true, free_space: Some(free_space) };
    let studio = Studio::open(options).await.unwrap();
    (Room { studio, footage: footage(), folder, ffmpeg: None }, small, free)
}

async fn waits_for_room(session: &ProfileSession, job: JobId) {
    until("the job waits for room", async || {
        let job = session.get_job(job).await.unwrap();
        assert!(!job.state.is_over(), "{job:?}");
        job.pause_reason == Some(PauseReason::DiskFull)
    })
    .await;
    assert_eq!(session.get_job(job).await.unwrap().state, JobState::Paused);
    let held = async || session.queue_status().await.unwrap().held;
    until("the queue is held", async || held().await == Some(HoldReason::DiskFull)).await;
}

async fn goes_on_by_itself(session: &ProfileSession, job: JobId) {
    until("the job goes on", async || session.get_job(job).await.unwrap().state.is_over()).await;
    done(session, job).await;
    assert_eq!(session.queue_status().await.unwrap().held, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_room_waits_for_it_and_what_has_room_goes_on() {
    let (room, small, free) = room().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let long = one_clip(&room, &ana, 4).await;
    let short = one_clip(&room, &ben, 1).await;
    let job = ana.render_final_clip(long.id, SLOW, Some(&small)).await.unwrap().id;
    in_the_middle(&ana, job).await;
    free.store(1 << 20, Ordering::Relaxed);
    waits_for_room(&ana, job).await;
    assert!(files_in(&small).is_empty());
    let refused = ana.render_final_clip(long.id, BRISK, Some(&small)).await.unwrap_err();
    assert_eq!(refused.code, "disk_short");

    let out = room.beside("out");
    let others = ben.render_final_clip(short.id, QUICK, Some(&out)).await.unwrap();
    done(&ben, others.id).await;
    assert_eq!(ben.queue_status().await.unwrap().held, None);

    free.store(PLENTY, Ordering::Relaxed);
    goes_on_by_itself(&ana, job).await;
    assert_eq!(ana.get_job(job).await.unwrap().attempts, 1, "it went on where it stood");
    assert_eq!((files_in(&small).len(), files_in(&out).len()), (1, 1));
    room.studio.close(Closing::Interrupt).await;
}

/// A disk of its own, as large as a few finals.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> Option<Self> {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder).output();
        mount.is_ok_and(|mount| mount.status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_to_the_last_byte_loses_nothing_and_keeps_nothing_half_made() {
    let (room, small, free) = room().await;
    let Some(_disk) = SmallDisk::mount(&small) else {
        eprintln!("skipped: a disk of its own can be mounted by root only");
        return;
    };
    let filler = small.join("somebody's");
    std::fs::write(&filler, vec![7; (4 << 20) - (32 << 10)]).unwrap();
    let ana = room.profile("Ana").await;
    let clip = one_clip(&room, &ana, 3).await;
    // What is told of the space comes too late.
    let job = ana.render_final_clip(clip.id, BRISK, Some(&small)).await.unwrap().id;
    waits_for_room(&ana, job).await;
    free.store(0, Ordering::Relaxed);
    assert_eq!(files_in(&small), std::slice::from_ref(&filler));
    assert!(ana.list_exports(None).await.unwrap().is_empty());
    assert!(scratch(&room.data_dir()).is_empty());
    let log = ana.job_log(job).await.unwrap();
    assert!(log.iter().any(|line| line.event == JobEventKind::Remark), "{log:?}");

    std::fs::remove_file(filler).unwrap();
    free.store(PLENTY, Ordering::Relaxed);
    goes_on_by_itself(&ana, job).await;
    let files = files_in(&small);
    assert_eq!(files.len(), 1, "{files:?}");
    assert!((probed(&files[0]).2 - clip.duration_us as f64 / 1e6).abs() < 0.1);
    room.studio.close(Closing::Interrupt).await;
}
