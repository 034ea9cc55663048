//! Adding files: it is a job that can be paused, cancelled and killed. In the
//! end each file is there once and complete, or was refused with a reason.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use common::*;
use rushes_library::{Library, NewJob};
use rushes_model::ids::{JobId, ProjectId};
use rushes_model::notice::{FullDisk, Interruption, NotVideo, Notice};
use rushes_studio::model::{
    HoldReason, ItemOutcome, Job, JobClass, JobKind, JobQuery, JobResult, JobState, PauseReason, Source,
};
use rushes_studio::{Closing, ProfileSession};

/// Set in the process that is killed: the folder of its room.
const VICTIM: &str = "RUSHES_TEST_VICTIM";
/// Large enough for its copy to be caught halfway.
const HEAVY_MB: u32 = 384;

/// A card with a small video, a large one, and another small one.
fn card(room: &Room) -> Vec<PathBuf> {
    let card = room.beside("card");
    let paths = ["a.mp4", "b.mp4", "c.mp4"].map(|name| card.join(name));
    std::fs::copy(&room.footage.silent, &paths[0]).unwrap();
    heavy(&room.footage.scenes, &paths[1], HEAVY_MB);
    std::fs::copy(&room.footage.others, &paths[2]).unwrap();
    paths.to_vec()
}

/// The copies in their final places.
fn copies(data_dir: &Path) -> Vec<PathBuf> {
    let mut all = files_in(&data_dir.join("profiles"));
    all.retain(|path| path.iter().any(|part| part == "sources"));
    all
}

async fn adding_job(session: &ProfileSession) -> Option<Job> {
    let jobs = session.list_jobs(&JobQuery::default()).await.unwrap();
    jobs.into_iter().find(|job| job.kind == JobKind::Ingest)
}

/// Waits until the large video is partly copied.
async fn half_copied(session: &ProfileSession) -> JobId {
    let root = session.studio().data_dir().join("profiles").join(session.profile_id().to_string());
    until("a half copy", async || {
        let sizes =
            files_in(&root.join("temp")).into_iter().map(|path| path.metadata().map_or(0, |f| f.len()));
        sizes.max().is_some_and(|size| size > 16 << 20)
    })
    .await;
    adding_job(session).await.unwrap().id
}

fn codes(outcomes: &[ItemOutcome<Source>]) -> Vec<String> {
    outcomes.iter().map(code_of).collect()
}

/// Adds in the background, as a window does.
fn adds(
    session: &ProfileSession,
    project: ProjectId,
    paths: &[PathBuf],
) -> tokio::task::JoinHandle<rushes_studio::StudioResult<Vec<ItemOutcome<Source>>>> {
    let (session, paths) = (session.clone(), paths.to_vec());
    tokio::spawn(async move { session.add_sources(project, &paths, true).await })
}

async fn copy_until_killed(folder: &Path) {
    let studio = open(folder).await;
    let session = studio.open_profile(studio.list_profiles().await.unwrap()[0].id).await.unwrap();
    let project = project(&session, "Wedding").await;
    let card = folder.join("card");
    let added = adds(&session, project, &["a.mp4", "b.mp4", "c.mp4"].map(|name| card.join(name)));
    let job = half_copied(&session).await;
    println!("\nin the middle {project} {job}");
    added.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_that_is_killed_while_it_copies_is_finished_by_the_next_start() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        return copy_until_killed(Path::new(&folder)).await;
    }
    let room = Room::new().await;
    let profile = room.profile("Ana").await.profile_id();
    let paths = card(&room);
    room.studio.close(Closing::Interrupt).await;
    let told = kill_another(
        "an_add_that_is_killed_while_it_copies_is_finished_by_the_next_start",
        VICTIM,
        room.folder.path(),
    );
    let (project, job) = told.split_once(' ').unwrap();
    let (project, job): (ProjectId, JobId) = (project.parse().unwrap(), job.parse().unwrap());
    assert_eq!(scratch(&room.data_dir()).len(), 1, "what it left");
    let whole = copies(&room.data_dir());
    let sizes = |name: &str| room.folder.path().join("card").join(name).metadata().unwrap().len();
    for copy in &whole {
        let name = copy.file_name().unwrap().to_str().unwrap();
        assert_eq!(copy.metadata().unwrap().len(), sizes(name), "no half copy is in its place");
    }
    assert!(whole.len() < 3, "{whole:?}");
    let marks = || -> Vec<_> {
        let facts = whole.iter().map(|copy| copy.metadata().unwrap());
        facts.map(|facts| (facts.ino(), facts.mtime(), facts.mtime_nsec())).collect()
    };
    let before = marks();

    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    let over = done(&session, job).await;
    assert_eq!((over.attempts, over.title.as_str()), (2, "Wedding"));
    assert_eq!(over.result, Some(JobResult::Sources { added: 3, refused: Vec::new() }));
    let sources = session.list_sources(project).await.unwrap();
    let names: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["a.mp4", "b.mp4", "c.mp4"], "in their order");
    for (source, path) in sources.iter().zip(&paths) {
        let own = session.source_path(source.id).await.unwrap();
        assert!(source.copied && own.starts_with(room.data_dir()));
        assert!(std::fs::read(own).unwrap() == std::fs::read(path).unwrap(), "{}", path.display());
    }
    assert_eq!(copies(&room.data_dir()).len(), 3);
    assert!(scratch(&room.data_dir()).is_empty());
    assert_eq!(marks(), before, "what was whole is not copied again");
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_held_stands_still_and_one_that_is_cancelled_keeps_what_was_added() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let project = project(&session, "Wedding").await;
    let paths = card(&room);
    let added = adds(&session, project, &paths);
    let job = half_copied(&session).await;
    let told = session.get_job(job).await.unwrap();
    assert_eq!((told.state, told.stage.as_deref()), (JobState::Running, Some("copying")));
    assert!((1..9_999).contains(&told.progress_bp), "{told:?}");
    session.pause_job(job).await.unwrap();
    let temp = scratch(&room.data_dir()).remove(0);
    let size = || files_in(&temp)[0].metadata().unwrap().len();
    // The current chunk is finished.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let held = size();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(held == size() && held < paths[1].metadata().unwrap().len());
    assert!(!added.is_finished(), "whoever asked waits with it");
    // Complete files are added anyway.
    until("what is whole", async || {
        session.list_sources(project).await.unwrap().len() == copies(&room.data_dir()).len()
    })
    .await;

    session.cancel_job(job).await.unwrap();
    let outcomes = added.await.unwrap().unwrap();
    let there = session.list_sources(project).await.unwrap().len();
    assert_eq!(codes(&outcomes)[1], "cancelled");
    assert_eq!(codes(&outcomes).iter().filter(|code| **code == "done").count(), there);
    assert_eq!(outcomes[1].item, paths[1].to_string_lossy());
    let over = session.get_job(job).await.unwrap();
    assert_eq!(over.state, JobState::Cancelled);
    assert_eq!(over.result, Some(JobResult::Sources { added: there as u32, refused: Vec::new() }));
    assert!(scratch(&room.data_dir()).is_empty());
    assert_eq!(copies(&room.data_dir()).len(), there);

    let again = session.retry_job(job).await.unwrap();
    done(&session, again.id).await;
    assert_eq!(session.list_sources(project).await.unwrap().len(), 3);
    assert_eq!(copies(&room.data_dir()).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_that_is_cut_off_by_the_end_says_so_and_goes_on_with_the_next_start() {
    for closing in [Closing::Interrupt, Closing::GoOnLater] {
        let room = Room::new().await;
        let session = room.profile("Ana").await;
        let (profile, project) = (session.profile_id(), project(&session, "Wedding").await);
        let added = adds(&session, project, &card(&room));
        let job = half_copied(&session).await;
        room.studio.close(closing).await;
        let told = added.await.unwrap().unwrap_err();
        assert_eq!(told.notice, Notice::Interrupted { why: Interruption::AddsLater });

        // A command line leaves it to the application.
        let terminal = open_with(room.folder.path(), None, false).await;
        let there = terminal.open_profile(profile).await.unwrap();
        assert!(!matches!(there.get_job(job).await.unwrap().state, JobState::Queued | JobState::Running));
        terminal.close(Closing::Interrupt).await;
        let studio = open(room.folder.path()).await;
        let session = studio.open_profile(profile).await.unwrap();
        done(&session, job).await;
        assert_eq!(session.list_sources(project).await.unwrap().len(), 3);
        assert_eq!(copies(&room.data_dir()).len(), 3);
        studio.close(Closing::Interrupt).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_profiles_add_at_once_and_what_is_refused_is_told_also_later() {
    let mut room = Room::new().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let (wedding, trailer) = (project(&ana, "Wedding").await, project(&ben, "Trailer").await);
    let drop = room.beside("drop");
    let text = drop.join("notes.mov");
    std::fs::write(&text, "no video").unwrap();
    let odd = drop.join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"odd \xff.mp4"));
    std::fs::copy(&room.footage.silent, &odd).unwrap();
    let anas = [room.footage.scenes.clone(), text.clone(), odd, room.footage.scenes.clone()];
    let bens = [text.clone(), room.footage.others.clone()];
    let (hers, his) =
        tokio::join!(ana.add_sources(wedding, &anas, true), ben.add_sources(trailer, &bens, false));
    assert_eq!(codes(&hers.unwrap()), ["done", "not_a_video", "done", "done"]);
    assert_eq!(codes(&his.unwrap()), ["not_a_video", "done"]);

    let job = adding_job(&ana).await.unwrap().id;
    let profile = ana.profile_id();
    room.reopen().await;
    let ana = room.studio.open_profile(profile).await.unwrap();
    let over = ana.get_job(job).await.unwrap();
    assert_eq!((over.state, over.progress_bp), (JobState::Done, 10_000));
    let Some(JobResult::Sources { added: 3, refused }) = over.result else { panic!("{:?}", over.result) };
    let told = Notice::NotAVideo { name: "notes.mov".into(), why: NotVideo::Unrecognised };
    assert_eq!((&*refused[0].name, &refused[0].notice), ("notes.mov", &told));
    let stages: Vec<_> = ana.job_log(job).await.unwrap().into_iter().filter_map(|line| line.words).collect();
    assert_eq!(stages, ["probing", "copying"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_a_file_that_never_answers_is_ended_with_its_job() {
    let folder = tempfile::tempdir().unwrap();
    let tools = folder.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    let probe = "#!/bin/sh\ncase \"$*\" in *asleep*) exec sleep 61.25;; esac\nexec ffprobe \"$@\"\n";
    for (name, script) in [("ffmpeg", "#!/bin/sh\nexec ffmpeg \"$@\"\n"), ("ffprobe", probe)] {
        std::fs::write(tools.join(name), script).unwrap();
        std::fs::set_permissions(tools.join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let studio = open_with(folder.path(), Some(tools), true).await;
    let room = Room { studio, footage: footage(), folder, ffmpeg: None };
    let session = room.profile("Ana").await;
    let project = project(&session, "Wedding").await;
    let asleep = room.beside("drive").join("asleep.mp4");
    std::fs::copy(&room.footage.others, &asleep).unwrap();
    let added = adds(&session, project, &[asleep, room.footage.silent.clone()]);
    until("the other one", async || session.list_sources(project).await.unwrap().len() == 1).await;
    let sleeps = || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let commands = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        commands.filter(|command| command == b"sleep\x0061.25\0").count()
    };
    assert_eq!(sleeps(), 1);
    let since = std::time::Instant::now();
    session.cancel_job(adding_job(&session).await.unwrap().id).await.unwrap();
    assert_eq!(codes(&added.await.unwrap().unwrap()), ["cancelled", "done"]);
    assert!(since.elapsed() < Duration::from_secs(10));
    assert_eq!(sleeps(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_that_was_killed_and_then_cancelled_leaves_no_copy_of_nobody() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let (profile, project) = (session.profile_id(), project(&session, "Wedding").await);
    let added = adds(&session, project, &card(&room));
    let job = half_copied(&session).await;
    room.studio.close(Closing::Interrupt).await;
    added.await.unwrap().unwrap_err();
    // It had made one more copy when it was killed.
    let library = Library::open(&room.data_dir()).await.unwrap();
    let payload = library.job_row(profile, job).await.unwrap().payload;
    let known = library.list_sources(profile, Some(project)).await.unwrap().len();
    library.close().await;
    let id = payload["files"][1]["id"].as_str().unwrap().parse().unwrap();
    let folders = rushes_studio::ProfileFolders::new(&room.data_dir(), profile);
    let copy = folders.copied_source(project, id, "b.mp4");
    std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
    std::fs::copy(&room.footage.scenes, &copy).unwrap();

    let terminal = open_with(room.folder.path(), None, false).await;
    let session = terminal.open_profile(profile).await.unwrap();
    assert_eq!(session.cancel_job(job).await.unwrap().state, JobState::Cancelled);
    assert!(!copy.exists());
    assert_eq!(copies(&room.data_dir()).len(), known);
    terminal.close(Closing::Interrupt).await;
}

#[tokio::test]
async fn one_file_gives_the_job_its_name_and_nothing_makes_no_job() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let project = project(&session, "Wedding").await;
    assert!(session.add_sources(project, &[], false).await.unwrap().is_empty());
    assert!(adding_job(&session).await.is_none());
    add(&session, project, &[&room.footage.silent]).await;
    assert_eq!(adding_job(&session).await.unwrap().title, "silent.mp4");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_held_adds_and_deletes_all_the_same() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    session.hold_queue().await.unwrap();
    let render = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    let project = project(&session, "Wedding").await;
    let added = session.add_sources(project, &card(&room), true).await.unwrap();
    assert_eq!(codes(&added), ["done", "done", "done"]);
    session.delete_project(project).await.unwrap();
    let (files, bytes) = emptied(&session).await;
    assert!(files == 3 && bytes > i64::from(HEAVY_MB) << 20, "{files} files, {bytes} bytes");
    assert_eq!(session.get_job(render.id).await.unwrap().state, JobState::Queued);
    // A running one is not paused with the queue.
    session.release_queue().await.unwrap();
    let project = common::project(&session, "Trailer").await;
    let added = adds(&session, project, &card(&room));
    let job = half_copied(&session).await;
    session.hold_queue().await.unwrap();
    assert_ne!(session.get_job(job).await.unwrap().state, JobState::Paused);
    assert_eq!(codes(&added.await.unwrap().unwrap()), ["done", "done", "done"]);
    assert_eq!(session.queue_status().await.unwrap().held, Some(HoldReason::Editor));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_a_cut_off_add_knows_of_is_left_as_it_is() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let (profile, project) = (session.profile_id(), project(&session, "Wedding").await);
    let paths = [room.footage.silent.clone(), room.footage.others.clone()];
    let outcomes = session.add_sources(project, &paths[..1], true).await.unwrap();
    let first = outcomes[0].done.clone().unwrap();
    session.remove_source(first.id).await.unwrap();
    let own = session.source_path(first.id).await.unwrap();
    room.studio.close(Closing::Interrupt).await;
    // It was killed after writing that, and the editor removed the source.
    let library = Library::open(&room.data_dir()).await.unwrap();
    let second = rushes_model::ids::SourceId::new();
    let job = NewJob {
        kind: JobKind::Ingest,
        class: JobClass::Brief,
        project_id: Some(project),
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "Wedding".into(),
        payload: serde_json::json!({
            "files": [
                { "id": first.id, "path": paths[0], "bytes": 1 },
                { "id": second, "path": paths[1], "bytes": 1 },
            ],
            "copy": true,
        }),
        payload_version: 1,
        exclusive_key: None,
    };
    let job = library.queue_job(profile, "gone", &job).await.unwrap().id;
    library.start_job(profile, job, "gone").await.unwrap();
    library.close().await;

    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    let over = done(&session, job).await;
    assert_eq!(over.result, Some(JobResult::Sources { added: 2, refused: Vec::new() }));
    let listed = session.list_sources(project).await.unwrap();
    assert_eq!(listed.iter().map(|source| source.id).collect::<Vec<_>>(), [second]);
    assert!(own.is_file(), "what clips may need stays");
    studio.close(Closing::Interrupt).await;
}

/// A separate disk for the data directory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder);
        mount.output().is_ok_and(|mount| mount.status.success()).then(|| Self(folder.to_owned()))
    }

    fn grow(&self) {
        let mut mount = std::process::Command::new("mount");
        assert!(mount.args(["-o", "remount,size=2g"]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_meets_a_full_disk_waits_for_room_and_says_so() {
    use std::sync::atomic::{AtomicU64, Ordering};
    const PLENTY: u64 = 1 << 40;
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let Some(disk) = SmallDisk::mount(&data_dir, "size=128m") else {
        eprintln!("skipped: a disk of its own can be mounted by root only");
        return;
    };
    let free = Arc::new(AtomicU64::new(1 << 20));
    let told = free.clone();
    let studio = open_on(folder.path(), ToldRoom(move |_: &Path| told.load(Ordering::Relaxed))).await;
    let room = Room { studio, footage: footage(), folder, ffmpeg: None };
    let session = room.profile("Ana").await;
    let project = project(&session, "Wedding").await;
    let paths = card(&room);
    // If it is known in advance, nothing starts; without copies no space is needed.
    let refused = session.add_sources(project, &paths, true).await.unwrap_err();
    assert!(matches!(refused.notice, Notice::DiskShort { .. }), "{refused:?}");
    assert!(adding_job(&session).await.is_none());
    let linked =
        session.add_sources(project, std::slice::from_ref(&room.footage.scenes), false).await.unwrap();
    assert_eq!(codes(&linked), ["done"]);

    // The reported space comes too late.
    free.store(PLENTY, Ordering::Relaxed);
    let told = session.add_sources(project, &paths, true).await.unwrap_err();
    free.store(0, Ordering::Relaxed);
    assert_eq!(told.notice, Notice::DiskFull { why: FullDisk::AddsLater });
    let job = adding_job(&session).await.unwrap();
    assert_eq!((job.state, job.pause_reason), (JobState::Paused, Some(PauseReason::DiskFull)));
    assert!(scratch(&room.data_dir()).is_empty(), "the half copy went");

    // The editor's own hold does not block it.
    session.hold_queue().await.unwrap();
    disk.grow();
    free.store(PLENTY, Ordering::Relaxed);
    until("it goes on", async || session.get_job(job.id).await.unwrap().state.is_over()).await;
    done(&session, job.id).await;
    assert_eq!(copies(&room.data_dir()).len(), 3);
    room.studio.close(Closing::Interrupt).await;
}
