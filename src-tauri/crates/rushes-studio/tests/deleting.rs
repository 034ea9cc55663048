//! Permanent deletion: files are deleted after their rows, even across a kill,
//! and nothing else is deleted with them.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::*;
use rushes_library::Library;
use rushes_model::ids::{JobId, ProjectId};
use rushes_model::notice::Notice;
use rushes_studio::model::{FromSegments, JobResult, JobState, NewSegment, SegmentPatch, SelectionMode};
use rushes_studio::{Closing, ProfileFolders, ProfileSession};

/// Set in the process that is killed: the folder of its room.
const VICTIM: &str = "RUSHES_TEST_VICTIM";
/// Enough for their deletion to be caught halfway.
const MANY: usize = 6_000;

fn folders(session: &ProfileSession) -> ProfileFolders {
    ProfileFolders::new(session.studio().data_dir(), session.profile_id())
}

fn size(path: &Path) -> i64 {
    files_in(path).iter().map(|path| path.symlink_metadata().unwrap().len() as i64).sum()
}

/// A project with many files of its own in its folder.
async fn littered(session: &ProfileSession) -> ProjectId {
    let project = project(session, "Old").await;
    let pictures = folders(session).media(project).join("pictures");
    std::fs::create_dir_all(&pictures).unwrap();
    for number in 0..MANY {
        std::fs::write(pictures.join(format!("{number:05}.jpg")), "picture").unwrap();
    }
    project
}

async fn delete_until_killed(folder: &Path) {
    let studio = open(folder).await;
    let session = studio.open_profile(studio.list_profiles().await.unwrap()[0].id).await.unwrap();
    let project = littered(&session).await;
    session.delete_project(project).await.unwrap();
    let job = session.empty_trash().await.unwrap().job_id.unwrap();
    let pictures = folders(&session).media(project).join("pictures");
    while pictures.join("00050.jpg").exists() {
        tokio::task::yield_now().await;
    }
    println!("\nin the middle {project} {job}");
    session.wait_for_job(job).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_killed_is_finished_by_the_next_start() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        return delete_until_killed(Path::new(&folder)).await;
    }
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    room.studio.close(Closing::Interrupt).await;
    let told =
        kill_another("a_deletion_that_is_killed_is_finished_by_the_next_start", VICTIM, room.folder.path());
    let (project, job) = told.split_once(' ').unwrap();
    let (project, job): (ProjectId, JobId) = (project.parse().unwrap(), job.parse().unwrap());
    let media = ProfileFolders::new(&room.data_dir(), profile).media(project);
    let left = files_in(&media).len();
    assert!(left > 0 && left < MANY, "{left} files are left");

    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    let over = done(&session, job).await;
    assert_eq!((over.attempts, over.title.as_str()), (2, "Old"));
    let all = JobResult::Deleted { files: MANY as u32, bytes: 7 * MANY as i64 };
    assert_eq!(over.result, Some(all), "what went before the kill is counted, too");
    assert!(!media.exists());
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_held_stands_still_and_one_that_is_cancelled_can_be_tried_again() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let media = folders(&session).media(littered(&session).await);
    session.delete_project(media.file_name().unwrap().to_str().unwrap().parse().unwrap()).await.unwrap();
    let job = session.empty_trash().await.unwrap().job_id.unwrap();
    until("the first goes", async || !media.join("pictures/00000.jpg").exists()).await;
    session.pause_job(job).await.unwrap();
    until("it stands", async || {
        let before = files_in(&media).len();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        before == files_in(&media).len()
    })
    .await;
    let left = files_in(&media).len();
    assert!(left > 0, "too late");
    assert_eq!(session.cancel_job(job).await.unwrap().state, JobState::Cancelled);
    assert_eq!(files_in(&media).len(), left);
    let told = session.get_job(job).await.unwrap().result;
    let gone = MANY - left;
    assert_eq!(told, Some(JobResult::Deleted { files: gone as u32, bytes: 7 * gone as i64 }));
    let again = session.retry_job(job).await.unwrap();
    let told = done(&session, again.id).await.result;
    assert_eq!(told, Some(JobResult::Deleted { files: left as u32, bytes: 7 * left as i64 }));
    assert!(!media.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_outlives_the_end_that_cancels_all_other_work() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let project = littered(&session).await;
    let media = folders(&session).media(project);
    session.delete_project(project).await.unwrap();
    let job = session.empty_trash().await.unwrap().job_id.unwrap();
    until("the first goes", async || !media.join("pictures/00000.jpg").exists()).await;
    room.studio.close(Closing::Cancel).await;
    assert!(media.exists(), "too late");

    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(session.profile_id()).await.unwrap();
    done(&session, job).await;
    assert!(!media.exists());
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_trash_leaves_no_file_and_its_size_is_told() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let nothing = session.empty_trash().await.unwrap();
    assert_eq!((nothing.clips, nothing.projects, nothing.job_id), (0, 0, None));
    // A project that never had a file.
    let bare = project(&session, "Bare").await;
    session.delete_project(bare).await.unwrap();
    let ended = session.empty_trash().await.unwrap();
    assert_eq!((ended.projects, ended.job_id), (1, None));

    let clip = one_clip(&room, &session, 1).await;
    let media = folders(&session).media(clip.project_id);
    let render = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    done(&session, render.id).await;
    file_of(&session, &clip).await;
    let (files, bytes) = (files_in(&media), size(&media));
    assert!(files.len() >= 4, "a final, the file of the clip and its pictures: {files:?}");
    session.delete_clip(clip.id).await.unwrap();
    let ended = session.empty_trash().await.unwrap();
    let job = done(&session, ended.job_id.unwrap()).await;
    assert_eq!(job.title, clip.name);
    let stages: Vec<_> =
        session.job_log(job.id).await.unwrap().into_iter().filter_map(|line| line.words).collect();
    assert_eq!(stages, ["deleting"]);
    assert_eq!(job.result, Some(JobResult::Deleted { files: files.len() as u32, bytes }));
    assert!(files_in(&media).is_empty());
    assert_eq!(session.list_orphans().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_that_is_deleted_while_its_file_is_made_leaves_nothing() {
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let project = project(&session, "Long takes").await;
    let source_id = add(&session, project, &[&room.footage.long]).await[0].id;
    for start in 0..2 {
        let in_us = start * 10_000_000;
        let out_us = in_us + 3_000_000;
        let mark = NewSegment { source_id, in_us, out_us, name: None, keywords: Vec::new(), weight: None };
        session.add_segment(&mark).await.unwrap();
    }
    let request = FromSegments {
        segment_ids: Vec::new(),
        variant_count: 2,
        selection_mode: SelectionMode::Sequential,
        target_duration_us: 3_000_000,
        muted: false,
        seed: None,
    };
    let making = session.generate_from_segments(project, &request).await.unwrap();
    done(&session, making.id).await;
    let [gone, kept] = clips(&session, project).await.try_into().unwrap();
    let jobs = session.make_clip_files(&[gone.id, kept.id]).await.unwrap();
    until("both are being made", async || {
        scratch(&room.data_dir()).iter().flat_map(|job| files_in(job)).count() == 2
    })
    .await;
    session.delete_clip(gone.id).await.unwrap();
    if let Some(job) = session.empty_trash().await.unwrap().job_id {
        done(&session, job).await;
    }
    done(&session, jobs[1].done.as_ref().unwrap().id).await;
    assert!(session.clip_path(kept.id).await.unwrap().is_file());
    let media = files_in(&folders(&session).media(project));
    let is_of_it = |path: &PathBuf| path.display().to_string().contains(&kept.id.to_string());
    assert!(media.iter().all(is_of_it), "only what belongs to the other: {media:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_that_is_still_used_or_lies_elsewhere() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let (old, new) = (project(&session, "Old").await, project(&session, "New").await);
    let paths = [room.footage.scenes.clone(), room.footage.silent.clone()];
    let added = session.add_sources(old, &paths, true).await.unwrap();
    let [used, unused] = [0, 1].map(|at| added[at].done.clone().unwrap());
    let mark = NewSegment {
        source_id: used.id,
        in_us: 0,
        out_us: 1_000_000,
        name: None,
        keywords: Vec::new(),
        weight: None,
    };
    let segment = session.add_segment(&mark).await.unwrap().id;
    let elsewhere = SegmentPatch { project_id: Some(new), ..SegmentPatch::default() };
    session.update_segment(segment, &elsewhere).await.unwrap();
    // A clip with a final in the editor's own folder and one in the profile's.
    let request = FromSegments {
        segment_ids: Vec::new(),
        variant_count: 1,
        selection_mode: SelectionMode::Sequential,
        target_duration_us: 1_000_000,
        muted: false,
        seed: None,
    };
    let mark = NewSegment { source_id: unused.id, ..mark };
    session.add_segment(&mark).await.unwrap();
    let making = session.generate_from_segments(old, &request).await.unwrap();
    done(&session, making.id).await;
    let clip = session.list_job_clips(making.id).await.unwrap().remove(0);
    let out = room.beside("out");
    for folder in [Some(&*out), None] {
        let render = session.render_final_clip(clip.id, QUICK, folder).await.unwrap();
        done(&session, render.id).await;
    }
    // Links out of the folder, as a user may create them.
    let media = folders(&session).media(old);
    let theirs = room.beside("theirs");
    std::fs::write(theirs.join("letter.txt"), "dear").unwrap();
    symlink(&theirs, media.join("link")).unwrap();
    symlink(theirs.join("letter.txt"), media.join("letter.txt")).unwrap();

    let used_path = session.source_path(used.id).await.unwrap();
    session.delete_project(old).await.unwrap();
    emptied(&session).await;
    assert_eq!(files_in(&media), std::slice::from_ref(&used_path), "footage that another project uses");
    assert_eq!(session.source_path(used.id).await.unwrap(), used_path);
    assert!(theirs.join("letter.txt").is_file());
    assert_eq!(files_in(&out).len(), 1, "the editor's own folder is left alone");
    assert!(paths.iter().all(|path| path.is_file()));
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().append(true).open(&used_path).unwrap().set_modified(hour_ago).unwrap();
    assert_eq!(session.list_orphans().await.unwrap(), [], "nobody is offered to remove it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_became_a_link_is_not_followed() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let old = littered(&session).await;
    let (media, theirs) = (folders(&session).media(old), room.folder.path().join("theirs"));
    std::fs::rename(&media, &theirs).unwrap();
    symlink(&theirs, &media).unwrap();
    session.delete_project(old).await.unwrap();
    emptied(&session).await;
    assert_eq!(files_in(&theirs).len(), MANY);
    assert!(!media.is_symlink(), "the link was its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_names_another_place_deletes_nothing_there() {
    let room = Room::new().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let clip = one_clip(&room, &ben, 1).await;
    let (anas, bens) = (ana.profile_id(), ben.profile_id());
    let his = file_of(&ben, &clip).await;
    room.studio.close(Closing::Interrupt).await;
    let library = Library::open(&room.data_dir()).await.unwrap();
    let within = |path: &Path| path.strip_prefix(room.data_dir().join("profiles")).unwrap().to_owned();
    let new = rushes_library::NewJob {
        kind: rushes_studio::model::JobKind::DeleteFiles,
        class: rushes_studio::model::JobClass::Brief,
        project_id: None,
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "Strange".into(),
        payload: serde_json::json!({
            "clips": [[clip.project_id, clip.id]],
            "projects": [clip.project_id],
            "finals": [PathBuf::from("..").join(within(&his)), his],
        }),
        payload_version: 1,
        exclusive_key: None,
    };
    let job = library.queue_job(anas, "gone", &new).await.unwrap().id;
    library.close().await;
    let studio = open(room.folder.path()).await;
    let ana = studio.open_profile(anas).await.unwrap();
    assert_eq!(done(&ana, job).await.result, Some(JobResult::Deleted { files: 0, bytes: 0 }));
    let ben = studio.open_profile(bens).await.unwrap();
    assert!(ben.clip_path(clip.id).await.unwrap().is_file());
    studio.close(Closing::Interrupt).await;
}

/// A file that exists as long as this does, whatever deletes it.
struct Pinned(PathBuf);

impl Pinned {
    fn at(path: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.arg("--bind").arg(path).arg(path);
        mount.output().is_ok_and(|mount| mount.status.success()).then(|| Self(path.to_owned()))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_deleted_is_told_and_all_others_go() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let old = littered(&session).await;
    let media = folders(&session).media(old);
    let kept = media.join("pictures/00100.jpg");
    let Some(pinned) = Pinned::at(&kept) else {
        eprintln!("skipped: a file can be pinned by root only");
        return;
    };
    session.delete_project(old).await.unwrap();
    let job = session.empty_trash().await.unwrap().job_id.unwrap();
    let over = session.wait_for_job(job).await.unwrap();
    assert_eq!((over.state, over.error), (JobState::Failed, Some(Notice::FilesLeft { count: 1 })));
    assert!(over.error_detail.unwrap().contains("00100.jpg"));
    assert_eq!(files_in(&media), [kept]);
    let gone = MANY as u32 - 1;
    assert_eq!(over.result, Some(JobResult::Deleted { files: gone, bytes: 7 * i64::from(gone) }));
    drop(pinned);
    let again = session.retry_job(job).await.unwrap();
    assert_eq!(done(&session, again.id).await.result, Some(JobResult::Deleted { files: 1, bytes: 7 }));
    assert!(!media.exists());
}
