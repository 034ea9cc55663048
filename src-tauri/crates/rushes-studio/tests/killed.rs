//! kill -9 in the middle of a final: no partial file is left, and the next
//! start finishes it.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::*;
use rushes_model::ids::{JobId, ProfileId};
use rushes_studio::Closing;
use rushes_studio::model::{FinalStatus, JobState};

/// Set in the process that is killed: the folder of its room.
const VICTIM: &str = "RUSHES_TEST_VICTIM";

/// The killed process: it renders, and reports when it is halfway.
async fn render_until_killed(folder: &Path) {
    let studio = open(folder).await;
    let session = studio.open_profile(studio.list_profiles().await.unwrap()[0].id).await.unwrap();
    let clip = session.list_all_clips(&Default::default()).await.unwrap().items.remove(0);
    let job = session.render_final_clip(clip.id, BRISK, Some(&folder.join("out"))).await.unwrap();
    in_the_middle(&session, job.id).await;
    println!("\nin the middle {} {}", session.profile_id(), job.id);
    session.wait_for_job(job.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_the_job_is_interrupted_the_scratch_space_swept_and_a_retry_finishes() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        return render_until_killed(Path::new(&folder)).await;
    }
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 8).await;
    let out = room.beside("out");
    room.studio.close(Closing::Interrupt).await;

    let told = kill_another(
        "after_a_kill_the_job_is_interrupted_the_scratch_space_swept_and_a_retry_finishes",
        VICTIM,
        room.folder.path(),
    );
    let (profile, job) = told.split_once(' ').unwrap();
    let (profile, job): (ProfileId, JobId) = (profile.parse().unwrap(), job.parse().unwrap());
    assert_eq!(scratch(&room.data_dir()).len(), 1, "what it left");
    assert!(files_in(&out).is_empty());

    let studio = open(room.folder.path()).await;
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0], "no encoder outlives it");
    assert!(scratch(&room.data_dir()).is_empty());
    let session = studio.open_profile(profile).await.unwrap();
    let interrupted = session.get_job(job).await.unwrap();
    assert_eq!((interrupted.state, interrupted.attempts), (JobState::Interrupted, 1));
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::None);
    assert!(session.list_exports(None).await.unwrap().is_empty());

    session.retry_job(job).await.unwrap();
    done(&session, job).await;
    let files = files_in(&out);
    assert_eq!(files.len(), 1, "{files:?}");
    assert!((probed(&files[0]).2 - clip.duration_us as f64 / 1e6).abs() < 0.1);
    studio.close(Closing::Interrupt).await;
}
