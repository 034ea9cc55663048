//! Locks under stress, and a disk that refuses forever.
#![allow(clippy::unwrap_used)]

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rushes_library::NewJob;
use rushes_library::model::{Job, JobClass, JobKind, JobState, PauseReason};
use rushes_media::RunControl;
use rushes_model::notice::Notice;
use tokio_util::sync::CancellationToken;

use super::Runner;
use crate::error::StudioError;
use crate::files::disks::Disk;
use crate::queue::progress::JobProgress;
use crate::session::{ProfileSession, Studio, StudioOptions};
use crate::tasks::KINDS;
use crate::worker::ActiveJobs;
use crate::worker::jobs::{Active, Begun};
use crate::worker::lock::Worker;

const TIMES: usize = 10_000;
/// Far longer than ten thousand locks take on any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A disk that always reports free space.
struct Roomy;

impl Disk for Roomy {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(1 << 40)
    }
}

async fn session(folder: &Path) -> ProfileSession {
    let options = StudioOptions {
        data_dir: folder.to_owned(),
        ffmpeg: None,
        take_over: false,
        disk: Some(Arc::new(Roomy)),
    };
    let studio = Studio::open(options).await.unwrap();
    let profile = studio.create_profile("Ana", "#3B82F6").await.unwrap();
    studio.open_profile(profile.id).await.unwrap()
}

fn new_job() -> NewJob {
    NewJob {
        kind: JobKind::Sample,
        class: JobClass::Encode,
        project_id: None,
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "Sample footage".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: None,
    }
}

/// Another live process: the studio's own runner leaves its jobs alone.
fn another(folder: &Path) -> Worker {
    Worker::register(folder).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pausing_reporting_looking_and_cancelling_never_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path()).await;
    let worker = another(folder.path());
    let queued = session.library().queue_job(session.profile_id(), &worker.name, &new_job()).await.unwrap();
    let row = Job { state: JobState::Running, ..queued };
    let active_jobs = ActiveJobs::new();
    let progress = JobProgress::new(session.clone(), row.clone());
    let active = |id, begun| Active {
        id,
        profile: session.profile_id(),
        class: JobClass::Encode,
        cancel: Arc::new(CancellationToken::new()),
        control: RunControl::default(),
        begun,
        unwanted: false,
    };
    let begun = Begun { live: progress.live().clone(), folders: Vec::new().into() };
    assert!(active_jobs.jobs().insert(active(row.id, Some(begun))));
    let others: Vec<Active> = (0..TIMES).map(|_| active(rushes_model::ids::JobId::new(), None)).collect();

    let handle = tokio::runtime::Handle::current();
    let repeated = |work: Box<dyn Fn(usize) + Send>| {
        let handle = handle.clone();
        tokio::task::spawn_blocking(move || {
            let _inside = handle.enter();
            (0..TIMES).for_each(&*work);
        })
    };
    let (holds, looks, cancels) = (active_jobs.clone(), active_jobs.clone(), active_jobs.clone());
    let (held, id) = (row.clone(), row.id);
    let threads = [
        repeated(Box::new(move |_| {
            holds.hold(id);
            holds.release(id, &held);
        })),
        repeated(Box::new(move |time| progress.report("encoding", time as f64 / TIMES as f64, None))),
        repeated(Box::new(move |_| {
            let live = looks.live(id).unwrap();
            assert_eq!(live.state, JobState::Running);
            looks.stands_still(id);
            looks.is_idle();
        })),
        repeated(Box::new(move |time| {
            let other = &others[time];
            assert!(cancels.jobs().insert(other.clone()));
            assert!(cancels.cancel(other.id));
            cancels.jobs().remove(other.id);
            assert!(other.cancel.is_cancelled());
        })),
    ];
    let all = futures::future::join_all(threads);
    let over = tokio::time::timeout(PATIENCE, all).await.expect("one waits for another for ever");
    over.into_iter().for_each(Result::unwrap);
    assert!(!active_jobs.stands_still(row.id));
    assert_eq!(active_jobs.live(row.id).unwrap().revision, row.revision + TIMES as i64);
    assert_eq!(active_jobs.jobs().all().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_disk_refuses_it_and_says_it_has_room_fails_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path()).await;
    let (library, profile) = (session.library(), session.profile_id());
    let worker = another(folder.path());
    let worker = &worker.name;
    let id = library.queue_job(profile, worker, &new_job()).await.unwrap().id;
    let runner = Runner::new(ActiveJobs::new(), KINDS);
    let full = StudioError::with_detail(Notice::FULL, "ENOSPC");
    for _ in 1..5 {
        assert!(library.start_job(profile, id, worker).await.unwrap());
        runner.finish(&session, id, Err(full.clone())).await;
        let job = library.job_row(profile, id).await.unwrap().job;
        assert_eq!((job.state, job.pause_reason), (JobState::Paused, Some(PauseReason::DiskFull)));
        assert!(runner.active.is_pausing(id));
        library.resume_job(profile, id, worker, false).await.unwrap();
    }
    library.start_job(profile, id, worker).await.unwrap();
    runner.finish(&session, id, Err(full.clone())).await;
    let job = library.job_row(profile, id).await.unwrap().job;
    assert_eq!((job.state, job.error), (JobState::Failed, Some(Notice::DiskRefuses { tries: 5 })));
    assert_eq!(job.error_detail.as_deref(), Some("ENOSPC"));
    assert!(!runner.active.is_pausing(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_admits_to_be_full_is_waited_for_as_long_as_it_takes() {
    struct Full(AtomicBool);
    impl Disk for Full {
        fn try_to_write(&self, _: &Path) -> io::Result<()> {
            if self.0.load(Ordering::Relaxed) { Err(io::ErrorKind::QuotaExceeded.into()) } else { Ok(()) }
        }

        fn free_bytes(&self, _: &Path) -> io::Result<u64> {
            Ok(1 << 40)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Full(AtomicBool::new(true)));
    let options = StudioOptions {
        data_dir: folder.path().to_owned(),
        ffmpeg: None,
        take_over: false,
        disk: Some(disk.clone()),
    };
    let studio = Studio::open(options).await.unwrap();
    let profile = studio.create_profile("Ana", "#3B82F6").await.unwrap();
    let session = studio.open_profile(profile.id).await.unwrap();
    let id = session.queue(new_job()).await.unwrap().id;
    let job = session.wait_for_job(id).await.unwrap();
    assert_eq!((job.state, job.pause_reason), (JobState::Paused, Some(PauseReason::DiskFull)));
    let runner = Runner::new(studio.active_jobs().clone(), KINDS);
    // However often it is checked, it is not started.
    for _ in 0..20 {
        runner.look_at_disks(&studio).await.unwrap();
    }
    assert_eq!(session.get_job(id).await.unwrap().attempts, 0);
    disk.0.store(false, Ordering::Relaxed);
    while session.get_job(id).await.unwrap().state == JobState::Paused {
        runner.look_at_disks(&studio).await.unwrap();
    }
    let job = session.wait_for_job(id).await.unwrap();
    // Its project does not exist, which it reports once started.
    assert_eq!((job.state, job.attempts), (JobState::Failed, 1));
}
