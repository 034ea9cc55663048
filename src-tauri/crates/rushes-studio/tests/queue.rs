//! Controlling the queue: paused jobs and queues resume where they were, even
//! after a restart; leftovers are reported.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::process::Command;

use common::*;
use rushes_model::ids::ClipId;
use rushes_model::notice::{Notice, RowKind};
use rushes_studio::model::{HoldReason, JobEventKind, JobResult, JobState, PauseReason};
use rushes_studio::{Closing, Focus, Limits, MediaKind, OrphanKind, Studio, StudioEvent};

/// The kernel's state of a process: `T` if it is stopped.
fn state_of(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(')').next().unwrap().trim().chars().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_final_stands_still_and_goes_on_where_it_stood() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let mut events = room.studio.subscribe();
    let job = session.render_final_clip(clip.id, BRISK, None).await.unwrap();
    in_the_middle(&session, job.id).await;

    let held = session.pause_job(job.id).await.unwrap();
    assert_eq!((held.state, held.pause_reason), (JobState::Paused, Some(PauseReason::Editor)));
    let pids = ffmpegs_in(&room.data_dir());
    until("ffmpeg is stopped", async || pids.iter().all(|pid| state_of(*pid) == 'T')).await;
    let before = session.get_job(job.id).await.unwrap().progress_bp;
    // A suspended job frees its slot.
    let other = session.render_final_clip(clip.id, "lossless_cut", None).await.unwrap();
    done(&session, other.id).await;
    assert_eq!(session.get_job(job.id).await.unwrap().progress_bp, before);

    session.resume_job(job.id).await.unwrap();
    let over = done(&session, job.id).await;
    assert_eq!(over.attempts, 1, "it was not begun anew");
    assert!(matches!(over.result, Some(JobResult::Final { .. })));
    let log: Vec<_> = session.job_log(job.id).await.unwrap().into_iter().map(|line| line.event).collect();
    let expected = [JobEventKind::Queued, JobEventKind::Started, JobEventKind::Paused, JobEventKind::Resumed];
    let told: Vec<_> = log.iter().copied().filter(|event| *event != JobEventKind::Stage).collect();
    assert_eq!(told[..4], expected);
    assert_eq!(told.last(), Some(&JobEventKind::Done));
    // In whatever order events and answers arrive, the newest one says that it
    // is over.
    let mut of_it: Vec<_> = drained(&mut events)
        .into_iter()
        .filter_map(|(_, event)| match event {
            StudioEvent::JobChanged { job: told } if told.id == job.id => Some(told),
            _ => None,
        })
        .collect();
    assert!(of_it.iter().all(|told| told.revision >= job.revision));
    of_it.sort_by_key(|told| told.revision);
    assert_eq!(of_it.last(), Some(&over));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_reaches_the_ffmpegs_that_make_clip_files() {
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 3).await;
    let job = session.make_clip_files(&[clip.id]).await.unwrap().remove(0).done.unwrap();
    in_the_middle(&session, job.id).await;
    session.pause_job(job.id).await.unwrap();
    // Whatever was being started stops too, and a suspended process carries the
    // job's id.
    let mark = format!("RUSHES_JOB={}", job.id);
    until("all are stopped", async || {
        let pids = ffmpegs_in(&room.data_dir());
        !pids.is_empty() && pids.iter().all(|pid| state_of(*pid) == 'T')
    })
    .await;
    let pids = ffmpegs_in(&room.data_dir());
    for pid in &pids {
        let marks = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
        assert!(String::from_utf8_lossy(&marks).split('\0').any(|variable| variable == mark));
    }
    // Longer than a clip takes.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(ffmpegs_in(&room.data_dir()), pids, "none ended, none began");

    session.resume_job(job.id).await.unwrap();
    assert_eq!(done(&session, job.id).await.attempts, 1);
    assert!(session.get_clip(clip.id).await.unwrap().clip.has_file);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_at_work_goes_on_first_when_its_queue_is_released() {
    let room = Room::unhurried().await;
    let session = room.profile("Ana").await;
    room.studio.set_limits(Limits { at_once: Some(1), quiet: false }).unwrap();
    let clip = one_clip(&room, &session, 3).await;
    let begun = session.render_final_clip(clip.id, BRISK, None).await.unwrap();
    in_the_middle(&session, begun.id).await;
    session.hold_queue().await.unwrap();
    let other = session.render_final_clip(clip.id, SLOW, None).await.unwrap();
    session.move_job(other.id, Some(begun.id)).await.unwrap();
    session.release_queue().await.unwrap();
    let over = done(&session, begun.id).await;
    assert_eq!(over.attempts, 1);
    let after = done(&session, other.id).await;
    assert!(after.started_at_ms >= over.ended_at_ms, "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_final_can_be_cancelled() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let job = session.render_final_clip(clip.id, SLOW, None).await.unwrap();
    in_the_middle(&session, job.id).await;
    session.pause_job(job.id).await.unwrap();
    assert_eq!(session.cancel_job(job.id).await.unwrap().state, JobState::Cancelled);
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    assert!(scratch(&room.data_dir()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_queue_stays_held_over_a_restart_and_is_of_one_profile_only() {
    let mut room = Room::new().await;
    let (ana, ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let (anas, bens) = (one_clip(&room, &ana, SLOW_S).await, one_clip(&room, &ben, 1).await);
    let job = ana.render_final_clip(anas.id, BRISK, None).await.unwrap();
    in_the_middle(&ana, job.id).await;
    let status = ana.hold_queue().await.unwrap();
    assert_eq!((status.held, status.running), (Some(HoldReason::Editor), 0));
    let waiting = ana.render_final_clip(anas.id, "lossless_cut", None).await.unwrap();
    let his = ben.render_final_clip(bens.id, QUICK, None).await.unwrap();
    done(&ben, his.id).await;
    assert_eq!(ben.queue_status().await.unwrap().others_waiting, 2, "figures without a name");
    assert_eq!(ana.get_job(waiting.id).await.unwrap().state, JobState::Queued);

    let profile = ana.profile_id();
    room.reopen().await;
    let ana = room.studio.open_profile(profile).await.unwrap();
    assert_eq!(ana.queue_status().await.unwrap().held, Some(HoldReason::Editor));
    assert_eq!(ana.get_job(waiting.id).await.unwrap().state, JobState::Queued);
    ana.release_queue().await.unwrap();
    done(&ana, waiting.id).await;
    done(&ana, job.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_shall_go_on_later_goes_on_by_itself_with_the_next_start() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let clip = one_clip(&room, &session, SLOW_S).await;
    let job = session.render_final_clip(clip.id, BRISK, None).await.unwrap();
    in_the_middle(&session, job.id).await;
    let work = room.studio.work_under_way().await.unwrap();
    assert_eq!((work.running, work.waiting), (1, 0));
    room.studio.close(Closing::GoOnLater).await;
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);

    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    done(&session, job.id).await;
    assert_eq!(session.list_exports(None).await.unwrap().len(), 1);
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_is_cancelled_with_the_end_does_not_come_back() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let profile = session.profile_id();
    let clip = one_clip(&room, &session, SLOW_S).await;
    let presets = [SLOW, "youtube_1080p", "linkedin"].map(String::from);
    let jobs = session.bulk_render_clips(&[clip.id], &presets, None).await.unwrap();
    in_the_middle(&session, jobs[0].done.as_ref().unwrap().id).await;
    room.studio.close(Closing::Cancel).await;
    let studio = open(room.folder.path()).await;
    let session = studio.open_profile(profile).await.unwrap();
    for job in jobs {
        let job = session.get_job(job.done.unwrap().id).await.unwrap();
        assert_eq!(job.state, JobState::Cancelled);
    }
    assert!(studio.work_under_way().await.unwrap() == Default::default());
    studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_finals_are_queued_at_once_moved_and_cancelled_as_one() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    session.hold_queue().await.unwrap();
    let presets: Vec<String> =
        session.list_export_presets().await.unwrap().into_iter().map(|preset| preset.key).collect();
    let clips = [clip.id];
    let queued = session.bulk_render_clips(&clips, &presets, None).await.unwrap();
    let jobs: Vec<_> = queued.into_iter().map(|outcome| outcome.done.unwrap()).collect();
    let batch = jobs[0].batch_id.unwrap();
    assert!(jobs.iter().all(|job| job.batch_id == Some(batch)));

    let (last, first) = (jobs.last().unwrap().id, jobs[0].id);
    let moved = session.move_job(last, Some(first)).await.unwrap();
    assert!(moved.position < session.get_job(first).await.unwrap().position);
    let ended = session.cancel_batch(batch).await.unwrap();
    assert_eq!(ended.len(), jobs.len());
    assert!(ended.iter().all(|job| job.state == JobState::Cancelled));
    assert_eq!(session.queue_status().await.unwrap().waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn footage_that_the_window_cannot_play_gets_a_version_that_it_can() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let film = room.beside("camera").join("broadcast.mxf");
    transcode(&room.footage.silent, &film, &["-c:v", "mpeg2video", "-q:v", "4"]);
    let project = project(&session, "Broadcast").await;
    let source = add(&session, project, &[&film]).await.remove(0);
    room.studio.idle().await.unwrap();
    let played = session.media_file(MediaKind::Source, source.id.0).await.unwrap().path;
    assert!(played.to_string_lossy().ends_with(".proxy.mp4"), "{}", played.display());
    assert!((probed(&played).2 - source.facts.duration_us as f64 / 1e6).abs() < 0.1);
    assert_eq!(session.source_path(source.id).await.unwrap(), film, "the source itself is what is shown");

    // Its cache was cleared: looking at the source makes it again.
    std::fs::remove_file(&played).unwrap();
    assert_eq!(session.media_file(MediaKind::Source, source.id.0).await.unwrap().path, film);
    session.look_at(Focus { source_id: Some(source.id), ..Focus::default() }).await.unwrap();
    room.studio.idle().await.unwrap();
    assert!(played.is_file());

    // So do clips of it, when they are found and when they are looked at.
    std::fs::remove_file(&played).unwrap();
    let clip = generate(&session, project, &asking_for(1, 3)).await.remove(0);
    room.studio.idle().await.unwrap();
    assert!(played.is_file());
    std::fs::remove_file(&played).unwrap();
    session.look_at(Focus { clip_id: Some(clip.id), ..Focus::default() }).await.unwrap();
    room.studio.idle().await.unwrap();
    assert!(played.is_file());
    session.look_at(Focus { clip_id: Some(ClipId::new()), ..Focus::default() }).await.unwrap();
}

fn transcode(film: &Path, to: &Path, codec: &[&str]) {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-i"]).arg(film).args(codec).arg(to);
    assert!(command.status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_over_is_listed_and_settled_one_by_one() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let job = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    done(&session, job.id).await;
    assert_eq!(session.list_orphans().await.unwrap(), []);

    let viewing = file_of(&session, &clip).await;
    let export = session.list_exports(None).await.unwrap().remove(0);
    let final_file = session.export_path(export.id).await.unwrap();
    std::fs::remove_file(&viewing).unwrap();
    std::fs::remove_file(&final_file).unwrap();
    let stray = viewing.with_file_name("stray.mp4");
    std::fs::write(&stray, "somebody's").unwrap();
    assert_eq!(session.list_orphans().await.unwrap().len(), 2, "a young file may get its row yet");
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().append(true).open(&stray).unwrap().set_modified(hour_ago).unwrap();

    let orphans = session.list_orphans().await.unwrap();
    let kinds: Vec<_> = orphans.iter().map(|orphan| orphan.kind).collect();
    let all = [OrphanKind::FileWithoutRow, OrphanKind::ClipWithoutFile, OrphanKind::FinalWithoutFile];
    assert_eq!(kinds, all);
    assert_eq!(orphans[0].name, "stray.mp4");
    let ids: Vec<_> = orphans.iter().map(|orphan| orphan.id).collect();
    let settled = session.settle_orphans(&ids).await.unwrap();
    assert!(settled.iter().all(|outcome| outcome.done.is_some()));
    assert!(!stray.exists());
    assert!(session.list_exports(None).await.unwrap().is_empty());
    assert!(!session.get_clip(clip.id).await.unwrap().clip.has_file);
    assert_eq!(session.clip_path(clip.id).await.unwrap_err().notice, Notice::NoClipFile);
    assert_eq!(file_of(&session, &clip).await, viewing);
    let again = session.settle_orphans(&ids).await.unwrap();
    let gone = Notice::NotFound { row: RowKind::LeftOver };
    assert!(again.iter().all(|outcome| outcome.refused.as_ref().unwrap().notice == gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_holds_a_job_of_the_window_and_lets_it_go_on() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, SLOW_S).await;
    let job = session.render_final_clip(clip.id, BRISK, None).await.unwrap();
    in_the_middle(&session, job.id).await;
    let terminal: Studio = open_with(room.folder.path(), None, false).await;
    let there = terminal.open_profile(session.profile_id()).await.unwrap();
    there.pause_job(job.id).await.unwrap();
    let pids = ffmpegs_in(&room.data_dir());
    until("the window follows", async || pids.iter().all(|pid| state_of(*pid) == 'T')).await;
    assert!(!there.is_ours(job.id).await.unwrap());
    there.resume_job(job.id).await.unwrap();
    terminal.close(Closing::Interrupt).await;
    assert_eq!(done(&session, job.id).await.attempts, 1);
}
