//! Disks that fill up while finals are made: jobs without space wait and resume
//! by themselves, others continue, and no partial file is left.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::*;
use rushes_model::ids::JobId;
use rushes_model::notice::Notice;
use rushes_studio::model::{HoldReason, JobEventKind, JobState, PauseReason};
use rushes_studio::{Closing, ProfileSession};

const PLENTY: u64 = 1 << 40;

/// A room whose folder `small` has as much space as the test sets.
async fn room() -> (Room, PathBuf, Arc<AtomicU64>) {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let free = Arc::new(AtomicU64::new(PLENTY));
    let (told, watched) = (free.clone(), small.clone());
    let disk = ToldRoom(
        move |path: &Path| {
            if path.starts_with(&watched) { told.load(Ordering::Relaxed) } else { PLENTY }
        },
    );
    let studio = open_on(folder.path(), disk).await;
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
    assert!(matches!(refused.notice, Notice::DiskShort { .. }), "{refused:?}");

    // Other disks have space, for the same profile and for others.
    let out = room.beside("out");
    let beside = ana.render_final_clip(long.id, "lossless_cut", Some(&out)).await.unwrap();
    done(&ana, beside.id).await;
    let others = ben.render_final_clip(short.id, QUICK, Some(&out)).await.unwrap();
    done(&ben, others.id).await;
    assert_eq!(ben.queue_status().await.unwrap().held, None);

    free.store(PLENTY, Ordering::Relaxed);
    goes_on_by_itself(&ana, job).await;
    assert_eq!(ana.get_job(job).await.unwrap().attempts, 1, "it went on where it stood");
    assert_eq!((files_in(&small).len(), files_in(&out).len()), (1, 2));
    room.studio.close(Closing::Interrupt).await;
}

/// A separate disk with space for a few finals.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, limits: &str) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", limits, "tmpfs"]).arg(folder).output();
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
    let Some(_disk) = SmallDisk::mount(&small, "size=4m") else {
        eprintln!("skipped: a disk of its own can be mounted by root only");
        return;
    };
    let filler = small.join("somebody's");
    std::fs::write(&filler, vec![7; (4 << 20) - (32 << 10)]).unwrap();
    let ana = room.profile("Ana").await;
    let clip = one_clip(&room, &ana, 3).await;
    // The reported space comes too late.
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

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_more_files_is_waited_for_without_trying_again_and_again() {
    let (room, small, _free) = room().await;
    let Some(_disk) = SmallDisk::mount(&small, "size=64m,nr_inodes=5") else {
        eprintln!("skipped: a disk of its own can be mounted by root only");
        return;
    };
    // The root of the disk is one of the five.
    let fillers: Vec<PathBuf> = (1..5).map(|number| small.join(number.to_string())).collect();
    fillers.iter().for_each(|filler| std::fs::write(filler, "").unwrap());
    let ana = room.profile("Ana").await;
    let clip = one_clip(&room, &ana, 1).await;
    let job = ana.render_final_clip(clip.id, QUICK, Some(&small)).await.unwrap().id;
    waits_for_room(&ana, job).await;
    let out = room.beside("out");
    let beside = ana.render_final_clip(clip.id, BRISK, Some(&out)).await.unwrap();
    done(&ana, beside.id).await;
    // Longer than the interval between checks.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    let waiting = ana.get_job(job).await.unwrap();
    assert_eq!((waiting.state, waiting.attempts), (JobState::Paused, 0), "it is not even started");

    fillers.iter().for_each(|filler| std::fs::remove_file(filler).unwrap());
    goes_on_by_itself(&ana, job).await;
    assert_eq!((files_in(&small).len(), files_in(&out).len()), (1, 1));
    room.studio.close(Closing::Interrupt).await;
}
