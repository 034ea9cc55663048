//! Recovery between any two steps; a late cancel either takes effect completely
//! or not at all.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rstest::rstest;
use rushes_library::{Library, NewExport, NewJob};
use rushes_model::ids::{JobId, ProfileId};
use rushes_studio::Closing;
use rushes_studio::model::{JobClass, JobKind, JobState};

#[tokio::test(flavor = "multi_thread")]
async fn a_final_that_is_cancelled_at_any_moment_is_whole_or_not_there() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let out = room.beside("out");
    // How long one takes on this machine now, to spread the moments over it.
    let since = std::time::Instant::now();
    let whole = session.render_final_clip(clip.id, QUICK, Some(&out)).await.unwrap();
    done(&session, whole.id).await;
    let takes = since.elapsed();
    let mut finished = 1;
    for moment in 0..8 {
        let job = session.render_final_clip(clip.id, QUICK, Some(&out)).await.unwrap();
        tokio::time::sleep(takes * moment / 7).await;
        let told = session.cancel_job(job.id).await.unwrap();
        let kept = session.get_job(job.id).await.unwrap();
        assert_eq!(told.state, kept.state);
        assert!(matches!(kept.state, JobState::Done | JobState::Cancelled), "{kept:?}");
        finished += usize::from(kept.state == JobState::Done);
        let exports = session.list_exports(None).await.unwrap();
        assert_eq!(exports.iter().any(|export| export.job_id == job.id), kept.state == JobState::Done);
        assert_eq!((exports.len(), files_in(&out).len()), (finished, finished), "a file for each row");
        assert!(scratch(&room.data_dir()).is_empty());
    }
}

#[tokio::test]
async fn scratch_space_of_nobody_is_swept_and_what_is_not_ours_stays() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let temp = room.data_dir().join("profiles").join(session.profile_id().to_string()).join("temp");
    for name in [JobId::new().to_string(), format!("worker-{}", JobId::new()), "notes".to_owned()] {
        std::fs::create_dir_all(temp.join(&name)).unwrap();
        std::fs::write(temp.join(&name).join("half.mp4"), "half").unwrap();
    }
    room.reopen().await;
    assert_eq!(scratch(&room.data_dir()), [temp.join("notes")]);
}

#[tokio::test]
async fn a_profile_whose_folder_was_still_being_removed_is_swept() {
    let mut room = Room::new().await;
    let (ana, _ben) = (room.profile("Ana").await.profile_id(), room.profile("Ben").await);
    room.studio.delete_profile(ana, "Ana").await.unwrap();
    let left = room.data_dir().join("profiles").join(format!("{ana}.deleted"));
    assert!(!left.exists());
    std::fs::create_dir_all(left.join("media")).unwrap();
    room.reopen().await;
    assert!(!left.exists());
}

#[tokio::test]
async fn a_profile_that_was_killed_between_its_rows_and_its_folder_is_finished_off() {
    let room = Room::new().await;
    let (ana, _ben) = (room.profile("Ana").await.profile_id(), room.profile("Ben").await);
    room.studio.close(Closing::Interrupt).await;
    let library = Library::open(&room.data_dir()).await.unwrap();
    library.delete_profile(ana, "Ana").await.unwrap();
    library.close().await;
    let folder = |id: &str| room.data_dir().join("profiles").join(id);
    assert!(folder(&ana.to_string()).exists());
    // A folder that was not deleted by us must stay: its library may have been lost.
    let unknown = folder(&ProfileId::new().to_string());
    std::fs::create_dir_all(unknown.join("media")).unwrap();
    let studio = open(room.folder.path()).await;
    assert!(!folder(&ana.to_string()).exists() && unknown.join("media").exists());
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_that_ends_the_application_each_time_is_only_offered_in_the_end() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let (profile, takes) = (session.profile_id(), project(&session, "Takes").await);
    room.studio.close(Closing::Interrupt).await;
    let library = Library::open(&room.data_dir()).await.unwrap();
    let mut adding = Vec::new();
    for attempts in [1, 5] {
        let new = NewJob {
            kind: JobKind::Ingest,
            class: JobClass::Brief,
            project_id: Some(takes),
            clip_id: None,
            source_id: None,
            batch_id: None,
            title: "Takes".into(),
            payload: serde_json::json!({ "files": [], "copy": false }),
            payload_version: 1,
            exclusive_key: None,
        };
        let id = library.queue_job(profile, "gone", &new).await.unwrap().id;
        for _ in 0..attempts {
            library.requeue_job(profile, id, "gone").await.unwrap();
            assert!(library.start_job(profile, id, "gone").await.unwrap());
            library.interrupt_job(profile, id, "gone").await.unwrap();
        }
        adding.push(id);
    }
    library.close().await;
    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    assert_eq!(session.wait_for_job(adding[0]).await.unwrap().state, JobState::Done);
    assert_eq!(session.get_job(adding[1]).await.unwrap().state, JobState::Interrupted);
    studio.close(Closing::Interrupt).await;
}

#[rstest]
#[case::before_its_file_came(false)]
#[case::after_its_file_came(true)]
#[tokio::test(flavor = "multi_thread")]
async fn a_final_that_was_cut_off_at_its_row_is_there_once_in_the_end(#[case] came: bool) {
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let clip = one_clip(&room, &session, 5).await;
    let out = room.beside("out");
    let job = session.render_final_clip(clip.id, BRISK, Some(&out)).await.unwrap().id;
    in_the_middle(&session, job).await;
    room.studio.close(Closing::Interrupt).await;
    // Another process resumed it, and died at the row of the final.
    let library = Library::open(&room.data_dir()).await.unwrap();
    library.requeue_job(profile, job, "gone").await.unwrap();
    library.start_job(profile, job, "gone").await.unwrap();
    let new = NewExport {
        clip_id: clip.id,
        job_id: job,
        preset: BRISK.into(),
        path: out.join("Final.mp4"),
        size_bytes: 1,
        duration_us: clip.duration_us,
        width: 1280,
        height: 720,
        edit_hash: library.render_plan(profile, clip.id).await.unwrap().edit_hash,
    };
    library.add_export(profile, &new).await.unwrap();
    library.close().await;
    if came {
        std::fs::write(&new.path, "whole").unwrap();
    }

    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    assert_eq!(session.get_job(job).await.unwrap().state, JobState::Interrupted);
    assert_eq!(session.list_exports(None).await.unwrap().len(), usize::from(came));
    session.retry_job(job).await.unwrap();
    done(&session, job).await;
    let (exports, files) = (session.list_exports(None).await.unwrap(), files_in(&out));
    assert_eq!((exports.len(), files.len()), (1, 1), "{files:?}");
    assert_eq!(session.export_path(exports[0].id).await.unwrap(), files[0]);
    assert_eq!(files[0] == new.path, came, "what is whole is not made again");
    studio.close(Closing::Interrupt).await;
}
