//! How jobs end: cancelled, closed, or resumed. ffmpeg is really gone, the
//! scratch folder is empty, and the outcome is always recorded.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::PathBuf;

use common::*;
use rushes_model::notice::Notice;
use rushes_studio::Closing;
use rushes_studio::StudioEvent;
use rushes_studio::model::{FinalStatus, JobQuery, JobState};

const NOTHING: [PathBuf; 0] = [];

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_final_ends_ffmpeg_and_leaves_nothing() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let out = room.beside("out");
    let mut events = room.studio.subscribe();
    let job = session.render_final_clip(clip.id, SLOW, Some(&out)).await.unwrap();
    in_the_middle(&session, job.id).await;
    assert!(!ffmpegs_in(&room.data_dir()).is_empty());

    let ended = session.cancel_job(job.id).await.unwrap();
    assert_eq!(ended.state, JobState::Cancelled);
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    assert_eq!(scratch(&room.data_dir()), NOTHING);
    assert_eq!(files_in(&out), NOTHING);
    assert!(session.list_exports(None).await.unwrap().is_empty());
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::None);
    let last = drained(&mut events).into_iter().rev().find_map(|(_, event)| match event {
        StudioEvent::JobChanged { job } => Some(job.state),
        _ => None,
    });
    assert_eq!(last, Some(JobState::Cancelled), "windows are told");

    // It stays cancelled whatever happens; a retry is another job.
    assert_eq!(session.cancel_job(job.id).await.unwrap(), ended);
    let again = session.retry_job(job.id).await.unwrap();
    assert_ne!(again.id, job.id);
    session.cancel_job(again.id).await.unwrap();
    assert_eq!(session.get_job(job.id).await.unwrap(), ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_generation_leaves_the_clips_that_it_proposed() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    add(&session, takes, &[&large()]).await;
    let job = session.generate_raw_clips(takes, &asking_for(2, 10)).await.unwrap();
    until("provisional clips", async || clips(&session, takes).await.len() == 2).await;
    let proposed = clips(&session, takes).await;
    assert_eq!(session.cancel_job(job.id).await.unwrap().state, JobState::Cancelled);
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    assert_eq!(scratch(&room.data_dir()), NOTHING);
    let left = clips(&session, takes).await;
    assert_eq!(left.len(), 2);
    for (left, proposed) in left.iter().zip(&proposed) {
        assert_eq!((left.provisional, &left.cuts), (false, &proposed.cuts));
    }
    // They can be rendered, and the project is free again.
    let render = session.render_final_clip(left[0].id, "lossless_cut", None).await.unwrap();
    done(&session, render.id).await;
    assert!(!generate(&session, takes, &asking_for(1, 1)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_is_cancelled_without_ever_starting() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let presets = [SLOW, "youtube_1080p", "linkedin", "x"].map(String::from);
    let queued = session.bulk_render_clips(&[clip.id], &presets, None).await.unwrap();
    let jobs: Vec<_> = queued.into_iter().map(|outcome| outcome.done.unwrap()).collect();
    let waiting = jobs.last().unwrap();
    let ended = session.cancel_job(waiting.id).await.unwrap();
    assert_eq!((ended.state, ended.attempts), (JobState::Cancelled, 0));
    // All at once, in whatever state they are.
    for job in &jobs {
        session.cancel_job(job.id).await.unwrap();
    }
    room.studio.idle().await.unwrap();
    let states: Vec<_> = session.list_jobs(&JobQuery { active: true, ..JobQuery::default() }).await.unwrap();
    assert!(states.is_empty(), "{states:?}");
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::None);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_interrupts_and_the_next_start_offers_the_job_again() {
    let mut room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let clip = one_clip(&room, &session, 5).await;
    let job = session.render_final_clip(clip.id, BRISK, None).await.unwrap();
    in_the_middle(&session, job.id).await;
    room.reopen().await;
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    assert_eq!(scratch(&room.data_dir()), NOTHING);

    let session = room.studio.open_profile(profile).await.unwrap();
    assert_eq!(session.get_job(job.id).await.unwrap().state, JobState::Interrupted);
    assert_eq!(session.get_clip(clip.id).await.unwrap().clip.final_status, FinalStatus::None);
    let retried = session.retry_job(job.id).await.unwrap();
    assert_eq!(retried.id, job.id, "the same job goes on");
    let over = done(&session, job.id).await;
    assert_eq!(over.attempts, 2);
    assert_eq!(session.list_exports(None).await.unwrap().len(), 1);
    assert_eq!(session.retry_job(job.id).await.unwrap_err().notice, Notice::JobOver);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_generation_goes_on_with_what_was_chosen() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let takes = project(&session, "Takes").await;
    add(&session, takes, &[&room.footage.long]).await;
    let job = session.generate_raw_clips(takes, &asking_for(6, 2)).await.unwrap();
    until("clips", async || !clips(&session, takes).await.is_empty()).await;
    room.reopen().await;

    let session = room.studio.open_profile(profile).await.unwrap();
    let before: Vec<_> = clips(&session, takes).await.into_iter().map(|clip| clip.id).collect();
    let state = session.get_job(job.id).await.unwrap().state;
    assert!(state == JobState::Interrupted || state == JobState::Done, "{state:?}");
    if state == JobState::Interrupted {
        session.retry_job(job.id).await.unwrap();
        done(&session, job.id).await;
    }
    let after = clips(&session, takes).await;
    assert_eq!(after.iter().map(|clip| clip.id).collect::<Vec<_>>(), before);
    assert!(after.iter().all(|clip| !clip.provisional));
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_jobs_are_taken_over_by_the_next_start_that_is_asked_to() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let clip = one_clip(&room, &session, SLOW_S).await;
    // Every slot is taken, so that one more waits.
    let slots = std::thread::available_parallelism().map_or(2, |cores| (cores.get() / 4).max(2));
    let heavy = ["youtube_1080p", "square", "linkedin", "feed_4x5", "x", "tiktok", "youtube_shorts"];
    let heavy: Vec<String> = heavy.iter().take(slots).map(|preset| (*preset).to_owned()).collect();
    assert_eq!(heavy.len(), slots, "this machine needs more of them");
    let queued = session.bulk_render_clips(&[clip.id], &heavy, None).await.unwrap();
    let working: Vec<_> = queued.into_iter().map(|outcome| outcome.done.unwrap().id).collect();
    for job in &working {
        in_the_middle(&session, *job).await;
    }
    let waiting = session.render_final_clip(clip.id, QUICK, None).await.unwrap().id;
    room.studio.close(Closing::Interrupt).await;
    // A command line that starts meanwhile leaves them alone, and may cancel some.
    let terminal = open_with(room.folder.path(), None, false).await;
    let there = terminal.open_profile(profile).await.unwrap();
    assert_eq!(there.get_job(waiting).await.unwrap().state, JobState::Queued);
    for job in &working {
        assert_eq!(there.cancel_job(*job).await.unwrap().state, JobState::Cancelled);
    }
    terminal.close(Closing::Interrupt).await;
    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    done(&session, waiting).await;
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_leaves_the_work_of_the_first_alone_and_can_cancel_it() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let job = session.render_final_clip(clip.id, SLOW, None).await.unwrap();
    in_the_middle(&session, job.id).await;

    // Another studio on the same directory acts as another process.
    let second = open(room.folder.path()).await;
    let there = second.open_profile(session.profile_id()).await.unwrap();
    assert_eq!(there.get_job(job.id).await.unwrap().state, JobState::Running);
    assert!(!scratch(&room.data_dir()).is_empty(), "its scratch space is not swept");
    assert_eq!(there.retry_job(job.id).await.unwrap().state, JobState::Running);
    assert_eq!(there.cancel_job(job.id).await.unwrap().state, JobState::Cancelled);
    let over = session.wait_for_job(job.id).await.unwrap();
    assert_eq!(over.state, JobState::Cancelled, "the first one finds out");
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    assert!(session.list_exports(None).await.unwrap().is_empty());
    second.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_trashed_while_it_is_worked_on_can_be_emptied() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let job = session.render_final_clip(clip.id, SLOW, None).await.unwrap();
    in_the_middle(&session, job.id).await;
    session.delete_project(clip.project_id).await.unwrap();
    let ended = session.empty_trash().await.unwrap();
    assert_eq!((ended.projects, ended.clips), (1, 1));
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    done(&session, ended.job_id.unwrap()).await;
    let root = room.data_dir().join("profiles").join(session.profile_id().to_string());
    assert_eq!(files_in(&root), NOTHING);
}
