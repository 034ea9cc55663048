//! The files of clips: made on demand or after a generation, whole or not there
//! however a job ends, each profile's own, and deleted to make room.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use common::*;
use rushes_library::Library;
use rushes_model::ids::{ClipId, JobId, ProfileId};
use rushes_model::notice::{Engaged, Notice};
use rushes_studio::model::{
    ClipPatch, JobKind, JobQuery, JobState, NewSegment, ProfileSettingsPatch, SelectionMode,
};
use rushes_studio::{ClipFilesCleared, Closing, OrphanKind, ProfileSession};

/// Set in the process that is killed: the folder of its room.
const VICTIM: &str = "RUSHES_TEST_VICTIM";

async fn has_file(session: &ProfileSession, clip: ClipId) -> bool {
    session.get_clip(clip).await.unwrap().clip.has_file
}

/// The films in a profile's own folder.
fn films(room: &Room, session: &ProfileSession) -> Vec<PathBuf> {
    let own = room.data_dir().join("profiles").join(session.profile_id().to_string());
    let is_film = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "mp4");
    files_in(&own).into_iter().filter(is_film).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_profiles_make_files_at_once_and_each_clears_its_own() {
    let room = Room::new().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let (anas, bens) = (one_clip(&room, &ana, 2).await, one_clip(&room, &ben, 2).await);
    let (hers, his) = tokio::join!(file_of(&ana, &anas), file_of(&ben, &bens));
    for (session, file) in [(&ana, &hers), (&ben, &his)] {
        assert_eq!(films(&room, session), std::slice::from_ref(file));
        assert!((probed(file).2 - 2.0).abs() < 0.1 && is_heard(file));
    }

    // One that shows the clip as it is is not made again, whoever asks.
    let nothing = ana.make_clip_files(&[anas.id]).await.unwrap().remove(0);
    assert!(nothing.done.is_none() && nothing.refused.is_none());
    let foreign = ana.make_clip_files(&[bens.id, anas.id]).await.unwrap();
    assert_eq!((code_of(&foreign[0]), code_of(&foreign[1])), ("not_found".into(), "done".into()));

    let bytes = hers.metadata().unwrap().len() as i64;
    assert_eq!(ana.clear_clip_files().await.unwrap(), ClipFilesCleared { files: 1, bytes });
    assert!(!has_file(&ana, anas.id).await && films(&room, &ana).is_empty());
    assert_eq!(ana.clip_path(anas.id).await.unwrap_err().notice, Notice::NoClipFile);
    assert!(has_file(&ben, bens.id).await && his.is_file());
    assert_eq!(ana.clear_clip_files().await.unwrap(), ClipFilesCleared::default());
    assert_eq!(file_of(&ana, &anas).await, hers);
    assert_eq!(ana.list_orphans().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_cancelled_is_not_there_and_is_made_when_tried_again() {
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 3).await;
    let job = session.make_clip_files(&[clip.id]).await.unwrap().remove(0).done.unwrap();
    assert_eq!((job.kind, job.clip_id, job.title.as_str()), (JobKind::ClipFile, Some(clip.id), &*clip.name));
    in_the_middle(&session, job.id).await;
    let busy = session.make_clip_files(&[clip.id]).await.unwrap().remove(0);
    assert_eq!(busy.refused.unwrap().notice, Notice::Busy { why: Engaged::SameWork });
    assert_eq!(session.cancel_job(job.id).await.unwrap().state, JobState::Cancelled);
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    assert!(scratch(&room.data_dir()).is_empty() && films(&room, &session).is_empty());
    assert!(!has_file(&session, clip.id).await);
    let again = session.retry_job(job.id).await.unwrap();
    done(&session, again.id).await;
    assert!(has_file(&session, clip.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_that_is_changed_while_its_file_is_made_gets_one_that_shows_it_as_it_is_now() {
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 2).await;
    let job = session.make_clip_files(&[clip.id]).await.unwrap().remove(0).done.unwrap();
    in_the_middle(&session, job.id).await;
    let mut cuts = clip.cuts.clone();
    cuts[0].out_us -= 1_000_000;
    let patch = ClipPatch { cuts: Some(cuts), ..ClipPatch::default() };
    session.update_clip(clip.id, &patch).await.unwrap();
    session.remove_clip_audio(clip.id).await.unwrap();
    done(&session, job.id).await;
    let file = session.clip_path(clip.id).await.unwrap();
    assert!((probed(&file).2 - 1.0).abs() < 0.1 && !is_heard(&file));
    assert_eq!(films(&room, &session), [file]);
}

/// The killed process: it makes a file, and reports when it is halfway.
async fn make_until_killed(folder: &Path) {
    let ffmpeg = Some(folder.join("ffmpeg"));
    let studio = open_with(folder, ffmpeg, true).await;
    let session = studio.open_profile(studio.list_profiles().await.unwrap()[0].id).await.unwrap();
    let clip = session.list_all_clips(&Default::default()).await.unwrap().items.remove(0);
    let job = session.make_clip_files(&[clip.id]).await.unwrap().remove(0).done.unwrap();
    in_the_middle(&session, job.id).await;
    println!("\nin the middle {} {}", session.profile_id(), job.id);
    session.wait_for_job(job.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_there_is_no_half_file_and_it_is_made_when_tried_again() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        return make_until_killed(Path::new(&folder)).await;
    }
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 3).await;
    room.studio.close(Closing::Interrupt).await;
    let test = "after_a_kill_there_is_no_half_file_and_it_is_made_when_tried_again";
    let told = kill_another(test, VICTIM, room.folder.path());
    let (profile, job) = told.split_once(' ').unwrap();
    let (profile, job): (ProfileId, JobId) = (profile.parse().unwrap(), job.parse().unwrap());

    let studio = open(room.folder.path()).await;
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0], "no encoder outlives it");
    assert!(scratch(&room.data_dir()).is_empty());
    let session = studio.open_profile(profile).await.unwrap();
    assert_eq!(session.get_job(job).await.unwrap().state, JobState::Interrupted);
    assert!(films(&room, &session).is_empty() && !has_file(&session, clip.id).await);
    session.retry_job(job).await.unwrap();
    done(&session, job).await;
    assert!((probed(&session.clip_path(clip.id).await.unwrap()).2 - 3.0).abs() < 0.1);
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_whose_deletion_was_cut_off_are_left_over() {
    let mut room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let file = file_of(&session, &clip).await;
    room.studio.close(Closing::Interrupt).await;
    // The process died between the rows and the files.
    let library = Library::open(&room.data_dir()).await.unwrap();
    library.clear_clip_files(session.profile_id(), |_| {}).await.unwrap();
    library.close().await;
    room.studio = open(room.folder.path()).await;
    let session = room.studio.open_profile(session.profile_id()).await.unwrap();
    assert!(!has_file(&session, clip.id).await);
    for file in files_in(file.parent().unwrap()) {
        age(&file);
    }
    let orphans = session.list_orphans().await.unwrap();
    let named: Vec<_> = orphans.iter().map(|orphan| (orphan.kind, orphan.name.as_str())).collect();
    let name = file.file_name().unwrap().to_str().unwrap();
    assert_eq!(named, [(OrphanKind::FileWithoutRow, name)], "its pictures are no left-overs");
    session.settle_orphans(&[orphans[0].id]).await.unwrap();
    assert!(!file.exists());
    assert_eq!(file_of(&session, &clip).await, file);
    room.studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_wants_files_gets_one_of_each_new_clip() {
    let room = Room::new().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let wanted = ProfileSettingsPatch { clip_files: Some(true), ..ProfileSettingsPatch::default() };
    assert!(ana.update_profile_settings(&wanted).await.unwrap().settings.clip_files);
    assert!(!ben.profile().await.unwrap().settings.clip_files, "it is of one profile only");
    // Another setting leaves it as it is.
    assert!(ana.update_profile_settings(&Default::default()).await.unwrap().settings.clip_files);

    for (session, wants) in [(&ana, true), (&ben, false)] {
        let takes = project(session, "Takes").await;
        let source_id = add(session, takes, &[&room.footage.scenes]).await[0].id;
        let found = generate(session, takes, &asking_for(2, 2)).await;
        let segment = NewSegment {
            source_id,
            in_us: 0,
            out_us: 1_000_000,
            name: None,
            keywords: Vec::new(),
            weight: None,
        };
        session.add_segment(&segment).await.unwrap();
        let request = rushes_studio::model::FromSegments {
            segment_ids: Vec::new(),
            variant_count: 1,
            selection_mode: SelectionMode::Sequential,
            target_duration_us: 1_000_000,
            muted: false,
            seed: None,
        };
        let job = session.generate_from_segments(takes, &request).await.unwrap();
        done(session, job.id).await;
        room.studio.idle().await.unwrap();
        let made = clips(session, takes).await;
        assert_eq!(made.len(), found.len() + 1);
        assert!(made.iter().all(|clip| clip.has_file == wants), "{made:?}");
        let jobs = session.list_jobs(&JobQuery::default()).await.unwrap();
        let files = jobs.iter().filter(|job| job.kind == JobKind::ClipFile);
        assert_eq!(files.count(), if wants { made.len() } else { 0 });
    }
}
