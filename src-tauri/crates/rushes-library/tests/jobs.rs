//! Job rows: terminal states are final, work is exclusive, and the end of a job updates
//! what it worked on.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rstest::rstest;
use rushes_library::model::{
    ClipPatch, FinalStatus, Flag, Job, JobEventKind, JobKind, JobQuery, JobResult, JobState, NewClip,
    PauseReason,
};
use rushes_library::{ClipFile, JobEnd, Library, LibraryError};
use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Activity, Notice, RowKind};

const HUNG: Notice = Notice::FfmpegStalled { activity: Activity::Rendering, silent_s: 60 };
const DONE: JobEnd = JobEnd::Done { notes: Vec::new(), result: None };

fn failed() -> JobEnd {
    JobEnd::Failed { error: Notice::FULL, detail: "ENOSPC".into() }
}

async fn one_project() -> (Shelf, ProfileId, ProjectId, SourceId) {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await.id;
    let project = shelf.project(profile, "Wedding").await.id;
    let source = shelf.source(profile, project, "/footage/a.mp4").await.id;
    (shelf, profile, project, source)
}

async fn state(library: &Library, profile: ProfileId, job: &Job) -> JobState {
    library.job_row(profile, job.id).await.unwrap().job.state
}

async fn final_status(library: &Library, profile: ProfileId, clip: ClipId) -> FinalStatus {
    library.get_clip(profile, clip).await.unwrap().final_status
}

#[rstest]
#[case(DONE, JobState::Done)]
#[case(failed(), JobState::Failed)]
#[case(JobEnd::Cancelled, JobState::Cancelled)]
#[tokio::test]
async fn a_job_that_is_over_keeps_its_state(#[case] end: JobEnd, #[case] kept: JobState) {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let job = shelf.running(profile, &making(project)).await;
    let over = library.end_job(profile, job.id, &end).await.unwrap();
    assert_eq!(over.state, kept);
    for other in [DONE, failed(), JobEnd::Cancelled] {
        assert_eq!(library.end_job(profile, job.id, &other).await.unwrap(), over);
    }
    assert!(!library.start_job(profile, job.id, WORKER).await.unwrap());
    assert!(!library.requeue_job(profile, job.id, WORKER).await.unwrap());
    assert!(!library.interrupt_job(profile, job.id, WORKER).await.unwrap());
    assert!(!library.try_job_again(profile, job.id, &Notice::Suspended).await.unwrap());
    library.note_job_progress(profile, job.id, "cutting", 9_000).await.unwrap();
    library.pause_job(profile, job.id, PauseReason::Editor).await.unwrap();
    library.resume_job(profile, job.id, WORKER, true).await.unwrap();
    assert_eq!(library.job_row(profile, job.id).await.unwrap().job, over);
    // The schema enforces it too.
    let sql = format!("UPDATE jobs SET state = 'running' WHERE id = {}", blob(job.id.0));
    let refused = run_sql(&mut shelf.raw().await, sql).await.unwrap_err();
    assert!(refused.to_string().contains("keeps its state"), "{refused}");
}

#[tokio::test]
async fn an_outcome_is_written_with_all_that_it_tells() {
    let (shelf, profile, project, _) = one_project().await;
    let job = shelf.running(profile, &making(project)).await;
    let over = shelf.library.end_job(profile, job.id, &failed()).await.unwrap();
    assert_eq!(over.error, Some(Notice::FULL));
    assert_eq!(over.error_detail.as_deref(), Some("ENOSPC"));
    assert!(over.ended_at_ms.is_some() && over.stage.is_none());
    let job = shelf.running(profile, &making(project)).await;
    let notes = vec![Notice::SegmentsShort, Notice::Rejoined { name: "match.ts".into(), parts: 2 }];
    let end = JobEnd::Done { notes: notes.clone(), result: Some(JobResult::Clips { made: 2 }) };
    let over = shelf.library.end_job(profile, job.id, &end).await.unwrap();
    assert_eq!((over.progress_bp, over.notes), (10_000, notes));
    assert_eq!(over.result, Some(JobResult::Clips { made: 2 }));
}

#[tokio::test]
async fn progress_never_goes_back() {
    let (shelf, profile, project, _) = one_project().await;
    let job = shelf.running(profile, &making(project)).await;
    for (told, kept) in [(3_000, 3_000), (2_000, 3_000), (99_999, 10_000)] {
        shelf.library.note_job_progress(profile, job.id, "cutting", told).await.unwrap();
        assert_eq!(shelf.library.job_row(profile, job.id).await.unwrap().job.progress_bp, kept);
    }
}

#[tokio::test]
async fn each_change_of_a_job_counts_and_what_it_reports_fits_in_between() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let mut job = library.queue_job(profile, WORKER, &making(project)).await.unwrap();
    assert!(job.revision > 0);
    let mut newer = async |what: &str| {
        let now = library.job_row(profile, job.id).await.unwrap().job;
        assert!(now.revision > job.revision + 1_000_000, "{what}: {} {}", job.revision, now.revision);
        job = now;
    };
    let id = library.list_jobs(profile, &JobQuery::default()).await.unwrap()[0].id;
    library.start_job(profile, id, WORKER).await.unwrap();
    newer("started").await;
    library.pause_job(profile, id, PauseReason::Editor).await.unwrap();
    newer("paused").await;
    library
        .move_job(
            profile,
            library.queue_job(profile, WORKER, &adding(project, 0)).await.unwrap().id,
            Some(id),
        )
        .await
        .unwrap();
    newer("moved").await;
    library.resume_job(profile, id, WORKER, true).await.unwrap();
    newer("resumed").await;
    library.continue_job(profile, id, WORKER).await.unwrap();
    newer("continued").await;
    library.end_job(profile, id, &DONE).await.unwrap();
    newer("ended").await;
    // A running process orders its own reports. The row lags behind and must not look
    // newer.
    let other = shelf.running(profile, &deleting()).await;
    library.note_job_progress(profile, other.id, "deleting", 5_000).await.unwrap();
    library.note_job_result(profile, other.id, &JobResult::Deleted { files: 1, bytes: 1 }).await.unwrap();
    assert_eq!(library.job_row(profile, other.id).await.unwrap().job.revision, other.revision);
}

#[tokio::test]
async fn the_same_work_is_under_way_only_once() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let first = library.queue_job(profile, WORKER, &making(project)).await.unwrap();
    for _ in 0..2 {
        let refused = library.queue_job(profile, WORKER, &making(project)).await.unwrap_err();
        assert!(matches!(refused, LibraryError::Busy { .. }), "{refused}");
        library.start_job(profile, first.id, WORKER).await.unwrap();
    }
    // Another project or profile is not the same work.
    let other = shelf.project(profile, "Trailer").await.id;
    library.queue_job(profile, WORKER, &making(other)).await.unwrap();
    library.end_job(profile, first.id, &JobEnd::Cancelled).await.unwrap();
    library.queue_job(profile, WORKER, &making(project)).await.unwrap();
}

#[tokio::test]
async fn an_interrupted_job_does_not_come_back_while_the_same_work_is_under_way() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let old = shelf.running(profile, &making(project)).await;
    assert!(library.interrupt_job(profile, old.id, WORKER).await.unwrap());
    let new = library.queue_job(profile, WORKER, &making(project)).await.unwrap();
    let refused = library.requeue_job(profile, old.id, WORKER).await.unwrap_err();
    assert!(matches!(refused, LibraryError::Busy { .. }), "{refused}");
    library.end_job(profile, new.id, &JobEnd::Cancelled).await.unwrap();
    assert!(library.requeue_job(profile, old.id, WORKER).await.unwrap());
}

#[tokio::test]
async fn a_job_is_started_by_one_worker_only_and_belongs_to_it() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let job = library.queue_job(profile, "one", &making(project)).await.unwrap();
    let (a, b) =
        tokio::join!(library.start_job(profile, job.id, "one"), library.start_job(profile, job.id, "two"));
    assert!(a.unwrap() != b.unwrap());
    let worker = library.job_row(profile, job.id).await.unwrap().worker;
    let other = if worker == "one" { "two" } else { "one" };
    // Recovery after the other worker's death does not touch it.
    assert!(!library.interrupt_job(profile, job.id, other).await.unwrap());
    assert_eq!(state(library, profile, &job).await, JobState::Running);
    assert!(library.interrupt_job(profile, job.id, &worker).await.unwrap());
}

#[tokio::test]
async fn jobs_under_way_are_listed_for_recovery_and_for_their_profile() {
    let (shelf, profile, project, _) = one_project().await;
    let running = shelf.running(profile, &making(project)).await;
    let other = shelf.project(profile, "Trailer").await.id;
    let over = shelf.running(profile, &making(other)).await;
    shelf.library.end_job(profile, over.id, &DONE).await.unwrap();
    let rows = shelf.library.jobs_under_way().await.unwrap();
    assert_eq!(rows.iter().map(|row| row.job.id).collect::<Vec<_>>(), [running.id]);
    let active = JobQuery { active: true, ..JobQuery::default() };
    assert_eq!(shelf.library.list_jobs(profile, &active).await.unwrap().len(), 1);
    assert_eq!(shelf.library.list_jobs(profile, &JobQuery::default()).await.unwrap().len(), 2);
}

#[rstest]
#[case(JobEnd::Cancelled)]
#[case(failed())]
#[tokio::test]
async fn a_generation_that_ended_early_leaves_its_clips_and_moves_their_ends_no_more(#[case] end: JobEnd) {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let job = shelf.running(profile, &making(project)).await;
    let new: Vec<_> = (0..3).map(|n| NewClip { provisional: true, ..new_clip(source, n * 1_000) }).collect();
    let ids = library.add_clips(profile, project, job.id, &new).await.unwrap();
    let render = library.queue_job(profile, WORKER, &rendering(project, ids[2], "tiktok")).await.unwrap();
    library.flag_clips(profile, &[ids[1]], Flag::Picked).await.unwrap();

    library.end_job(profile, job.id, &end).await.unwrap();
    for (number, (id, new)) in ids.iter().zip(&new).enumerate() {
        let clip = library.get_clip(profile, *id).await.unwrap();
        assert!(!clip.provisional);
        assert_eq!((&clip.cuts, clip.flag == Flag::Picked), (&new.cuts, number == 1));
    }
    assert_eq!(state(library, profile, &render).await, JobState::Queued, "a final goes on without");
}

#[tokio::test]
async fn clips_of_a_generation_that_was_interrupted_may_still_settle() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let job = shelf.running(profile, &making(project)).await;
    let new = NewClip { provisional: true, ..new_clip(source, 0) };
    let clip = library.add_clips(profile, project, job.id, &[new]).await.unwrap()[0];
    library.interrupt_job(profile, job.id, WORKER).await.unwrap();
    assert!(library.clip_is_provisional(profile, clip).await.unwrap());
    library.end_job(profile, job.id, &JobEnd::Cancelled).await.unwrap();
    assert!(!library.clip_is_provisional(profile, clip).await.unwrap());
}

#[tokio::test]
async fn a_job_that_was_cancelled_adds_neither_clips_nor_finals() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clip = shelf.clips(profile, project, source, 1).await[0];
    for new in [making(project), rendering(project, clip, "tiktok")] {
        let job = shelf.running(profile, &new).await;
        library.end_job(profile, job.id, &JobEnd::Cancelled).await.unwrap();
        let clips = library.add_clips(profile, project, job.id, &[new_clip(source, 0)]).await;
        assert!(matches!(clips.unwrap_err(), LibraryError::JobOver));
        let export = library.add_export(profile, &new_export(clip, job.id, "/x.mp4", "")).await;
        assert!(matches!(export.unwrap_err(), LibraryError::JobOver));
    }
    assert_eq!(library.get_project(profile, project).await.unwrap().counts.clips, 1);
}

#[tokio::test]
async fn a_clips_final_status_follows_its_jobs_and_its_changes() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clip = shelf.clips(profile, project, source, 1).await[0];
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::None);
    let first = shelf.running(profile, &rendering(project, clip, "tiktok")).await;
    let second = shelf.running(profile, &rendering(project, clip, "square")).await;
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Rendering);

    let hash = library.render_plan(profile, clip).await.unwrap().edit_hash;
    library.add_export(profile, &new_export(clip, first.id, "/x.mp4", &hash)).await.unwrap();
    library.end_job(profile, first.id, &DONE).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Rendering, "another one goes on");
    library.end_job(profile, second.id, &JobEnd::Cancelled).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Done);

    let cuts = vec![Cut { source_id: source, in_us: 1_000_000, out_us: 6_000_000 }];
    let trim = ClipPatch { cuts: Some(cuts), ..ClipPatch::default() };
    library.update_clip(profile, clip, &trim).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Stale);
    assert!(library.list_exports(profile, None, Some(clip)).await.unwrap()[0].stale);

    let third = shelf.running(profile, &rendering(project, clip, "tiktok")).await;
    library.interrupt_job(profile, third.id, WORKER).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Stale, "nothing renders any more");
    library.requeue_job(profile, third.id, WORKER).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Rendering);
    library.end_job(profile, third.id, &failed()).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Failed);
}

#[tokio::test]
async fn a_clip_that_is_trimmed_while_its_final_is_rendered_has_a_stale_final() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clip = shelf.clips(profile, project, source, 1).await[0];
    let job = shelf.running(profile, &rendering(project, clip, "tiktok")).await;
    let hash = library.render_plan(profile, clip).await.unwrap().edit_hash;
    library.set_clip_muted(profile, clip, true).await.unwrap();
    let export = library.add_export(profile, &new_export(clip, job.id, "/x.mp4", &hash)).await.unwrap();
    assert!(export.stale);
    assert_eq!(library.export_of_job(profile, job.id).await.unwrap(), Some(export.id));
    library.end_job(profile, job.id, &DONE).await.unwrap();
    assert_eq!(final_status(library, profile, clip).await, FinalStatus::Stale);
}

#[tokio::test]
async fn a_file_counts_for_the_revision_it_was_made_from_only() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clip = shelf.clips(profile, project, source, 1).await[0];
    let has_file = async || library.get_clip(profile, clip).await.unwrap().has_file;
    let made = library.clip_plan(profile, clip).await.unwrap();
    assert_eq!((made.cut_revision, made.file_revision, has_file().await), (1, 0, false));
    library.set_clip_muted(profile, clip, true).await.unwrap();
    // The file was being made when the sound was muted.
    shelf.clip_file(profile, clip, made.cut_revision).await;
    assert!(!has_file().await);

    let now = library.clip_plan(profile, clip).await.unwrap();
    assert_eq!((now.muted, now.cut_revision, now.file_revision), (true, 2, 1));
    let before = library.get_clip(profile, clip).await.unwrap().revision;
    shelf.clip_file(profile, clip, now.cut_revision).await;
    assert!(has_file().await);
    let after = library.get_clip(profile, clip).await.unwrap().revision;
    assert_eq!(before, after, "what is seen and heard is the same");
    // A late one of the revision before does not undo that: the job that made the second
    // file removes the first, so the row must not name it again.
    shelf.clip_file(profile, clip, 1).await;
    assert_eq!(library.clip_plan(profile, clip).await.unwrap().file_revision, 2);
}

#[tokio::test]
async fn a_file_is_moved_into_place_only_while_its_clip_exists_and_has_no_newer_one() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clips = shelf.clips(profile, project, source, 2).await;
    let moved = async |clip, revision| {
        let mut moved = false;
        let place = || -> Result<(), ()> {
            moved = true;
            Ok(())
        };
        library.publish_clip_file(profile, clip, revision, place).await.map(|_| moved)
    };
    library.set_clip_muted(profile, clips[0], true).await.unwrap();
    assert!(moved(clips[0], 2).await.unwrap());
    assert!(!moved(clips[0], 1).await.unwrap(), "it would stay behind the newer one");
    let failed = library.publish_clip_file(profile, clips[1], 1, || Err("full")).await.unwrap();
    assert_eq!(failed, Err("full"));
    assert!(!library.get_clip(profile, clips[1]).await.unwrap().has_file);

    library.trash_clips(profile, &clips).await.unwrap();
    library.empty_trash(profile, WORKER, |_| None).await.unwrap();
    assert_eq!(moved(clips[1], 1).await.unwrap_err().notice(), Notice::NotFound { row: RowKind::Clip });
}

#[tokio::test]
async fn files_of_clips_are_forgotten_one_by_one_or_all_of_a_profile() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clips = shelf.clips(profile, project, source, 3).await;
    let ben = shelf.profile("Ben").await.id;
    let bens = shelf.project(ben, "Trailer").await.id;
    let footage = shelf.source(ben, bens, "/footage/b.mp4").await.id;
    let other = shelf.clips(ben, bens, footage, 1).await[0];
    shelf.clip_file(ben, other, 1).await;
    let has_file = async |clip| library.get_clip(profile, clip).await.unwrap().has_file;
    for clip in &clips[..2] {
        shelf.clip_file(profile, *clip, 1).await;
    }

    library.forget_clip_file(profile, clips[0], 7).await.unwrap();
    assert!(has_file(clips[0]).await, "another one was made meanwhile");
    library.forget_clip_file(profile, clips[0], 1).await.unwrap();
    assert!(!has_file(clips[0]).await);
    shelf.clip_file(profile, clips[0], 1).await;

    let (remove, removed) = std::sync::mpsc::channel();
    library.clear_clip_files(profile, move |file| remove.send(file).unwrap()).await.unwrap();
    let named = |clip: &ClipId| ClipFile { project_id: project, clip_id: *clip, file_revision: 1 };
    assert_eq!(removed.iter().collect::<Vec<_>>(), clips[..2].iter().map(named).collect::<Vec<_>>());
    assert!(!has_file(clips[0]).await && !has_file(clips[1]).await);
    assert!(library.get_clip(ben, other).await.unwrap().has_file);
}

#[tokio::test]
async fn the_database_keeps_the_same_rules_as_the_code() {
    let (shelf, profile, project, _) = one_project().await;
    let mut raw = shelf.raw().await;
    let word = |state: JobState| serde_json::to_value(state).unwrap().as_str().unwrap().to_owned();
    // The path into each state.
    let ways: [(JobState, &[JobState]); 7] = [
        (JobState::Queued, &[]),
        (JobState::Running, &[JobState::Running]),
        (JobState::Paused, &[JobState::Paused]),
        (JobState::Interrupted, &[JobState::Running, JobState::Interrupted]),
        (JobState::Done, &[JobState::Running, JobState::Done]),
        (JobState::Failed, &[JobState::Running, JobState::Failed]),
        (JobState::Cancelled, &[JobState::Cancelled]),
    ];
    for (from, way) in ways {
        for to in JobState::ALL.into_iter().filter(|to| *to != from) {
            let other = shelf.project(profile, "One").await.id;
            let job = shelf.library.queue_job(profile, WORKER, &making(other)).await.unwrap();
            let mut go = async |to: JobState| {
                let reason = if to == JobState::Paused { "'editor'" } else { "NULL" };
                let sql = format!(
                    "UPDATE jobs SET state = '{}', pause_reason = {reason} WHERE id = {}",
                    word(to),
                    blob(job.id.0)
                );
                run_sql(&mut raw, sql).await
            };
            for state in way {
                go(*state).await.unwrap();
            }
            assert_eq!(go(to).await.is_ok(), from.may_become(to), "{from:?} to {to:?}");
        }
    }
    let _ = project;
}

#[tokio::test]
async fn all_that_happens_to_a_job_is_in_its_log_and_stays_there() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let job = shelf.running(profile, &making(project)).await;
    library.note_job_progress(profile, job.id, "analysing", 100).await.unwrap();
    library.note_job_progress(profile, job.id, "analysing", 200).await.unwrap();
    library.pause_job(profile, job.id, PauseReason::DiskFull).await.unwrap();
    library.resume_job(profile, job.id, WORKER, true).await.unwrap();
    library.continue_job(profile, job.id, WORKER).await.unwrap();
    library.try_job_again(profile, job.id, &HUNG).await.unwrap();
    library.start_job(profile, job.id, WORKER).await.unwrap();
    library.end_job(profile, job.id, &failed()).await.unwrap();
    let log = library.job_log(profile, job.id).await.unwrap();
    let told: Vec<_> = log.iter().map(|line| (line.event, line.words.as_deref())).collect();
    assert_eq!(
        told,
        [
            (JobEventKind::Queued, None),
            (JobEventKind::Started, None),
            (JobEventKind::Stage, Some("analysing")),
            (JobEventKind::Paused, Some("disk_full")),
            (JobEventKind::Resumed, None),
            (JobEventKind::Started, None),
            (JobEventKind::Remark, None),
            (JobEventKind::Retried, None),
            (JobEventKind::Started, None),
            (JobEventKind::Failed, None),
        ]
    );
    let notices: Vec<_> = log.iter().flat_map(|line| line.notices.clone()).collect();
    assert_eq!(notices, [HUNG, Notice::FULL]);
    assert!(log.iter().zip(1..).all(|(line, number)| line.number == number));
    assert!(log.is_sorted_by_key(|line| line.at_ms));
    assert_eq!(library.job_row(profile, job.id).await.unwrap().job.attempts, 2, "going on is no attempt");

    let mut raw = shelf.raw().await;
    for sql in ["UPDATE job_events SET words = 'x'", "DELETE FROM job_events"] {
        let refused = run_sql(&mut raw, sql.into()).await.unwrap_err();
        assert!(refused.to_string().contains("only added to"), "{refused}");
    }
    // It is deleted with its profile.
    shelf.profile("Ben").await;
    library.delete_profile(profile, "Ana").await.unwrap();
    assert_eq!(run_sql(&mut raw, "DELETE FROM job_events".into()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_project_with_one_job_does_not_wait_for_another_ones_hundred() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clips = shelf.clips(profile, project, source, 5).await;
    let mut expected = Vec::new();
    for clip in &clips {
        expected
            .push(library.queue_job(profile, WORKER, &rendering(project, *clip, "tiktok")).await.unwrap().id);
    }
    let other = shelf.project(profile, "Trailer").await.id;
    let one = library.queue_job(profile, WORKER, &making(other)).await.unwrap();
    expected.insert(1, one.id);
    let order =
        async || -> Vec<_> { library.waiting_jobs(WORKER).await.unwrap().iter().map(|job| job.id).collect() };
    assert_eq!(order().await, expected);

    // A job that the editor moved stays there, and later jobs do not overtake it.
    let last = expected.pop().unwrap();
    let moved = library.move_job(profile, last, Some(expected[0])).await.unwrap();
    expected.insert(0, last);
    assert_eq!(order().await, expected);
    assert!(moved.position <= library.job_row(profile, expected[1]).await.unwrap().job.position);
    library.move_job(profile, last, None).await.unwrap();
    expected.rotate_left(1);
    assert_eq!(order().await, expected);
    library.start_job(profile, expected[0], WORKER).await.unwrap();
    let refused = library.move_job(profile, expected[0], None).await.unwrap_err();
    assert!(matches!(refused, LibraryError::Invalid { .. }), "{refused}");
}

#[tokio::test]
async fn a_queue_that_is_held_starts_nothing_and_another_profiles_goes_on() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let job = library.queue_job(profile, WORKER, &making(project)).await.unwrap();
    let ben = shelf.profile("Ben").await.id;
    let bens = shelf.project(ben, "Trailer").await.id;
    let other = library.queue_job(ben, WORKER, &making(bens)).await.unwrap();
    library.hold_queue(profile).await.unwrap();
    let waiting = library.waiting_jobs(WORKER).await.unwrap();
    assert_eq!(waiting.iter().map(|job| job.id).collect::<Vec<_>>(), [other.id]);
    assert!(library.is_queue_held(profile).await.unwrap());
    assert!(!library.is_queue_held(ben).await.unwrap());
    // A worker that saw it waiting before is too late.
    assert!(!library.start_job(profile, job.id, WORKER).await.unwrap());
    assert!(!library.continue_job(profile, job.id, WORKER).await.unwrap());
    library.release_queue(profile).await.unwrap();
    assert_eq!(library.waiting_jobs(WORKER).await.unwrap()[0].id, job.id);
    let (own, others) = library.queue_counts(profile).await.unwrap();
    assert_eq!((own.waiting, others.waiting), (1, 1));
}

#[tokio::test]
async fn adding_and_deleting_wait_for_no_held_queue() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    library.queue_job(profile, WORKER, &making(project)).await.unwrap();
    let adds = library.queue_job(profile, WORKER, &adding(project, 0)).await.unwrap().id;
    let deletes = library.queue_job(profile, WORKER, &deleting()).await.unwrap().id;
    library.hold_queue(profile).await.unwrap();
    let mut waiting: Vec<_> = library.waiting_jobs(WORKER).await.unwrap().iter().map(|job| job.id).collect();
    waiting.sort();
    assert_eq!(waiting, [adds, deletes]);
    assert!(library.start_job(profile, adds, WORKER).await.unwrap());
}

#[tokio::test]
async fn what_came_of_a_job_so_far_is_kept_however_it_ends() {
    let (shelf, profile, project, _) = one_project().await;
    let library = &shelf.library;
    let so_far = JobResult::Clips { made: 2 };
    for end in [JobEnd::Cancelled, failed(), DONE] {
        let job = shelf.running(profile, &making(project)).await;
        library.note_job_result(profile, job.id, &so_far).await.unwrap();
        library.note_job_payload(profile, job.id, &"found".into()).await.unwrap();
        let over = library.end_job(profile, job.id, &end).await.unwrap();
        assert_eq!(over.result.as_ref(), Some(&so_far));
        assert_eq!(library.job_row(profile, job.id).await.unwrap().payload, "found");
        let late = library.note_job_result(profile, job.id, &so_far).await.unwrap_err();
        assert!(matches!(late, LibraryError::JobOver));
    }
}

#[tokio::test]
async fn the_kinds_of_jobs_are_those_that_the_library_knows() {
    let shelf = Shelf::new().await;
    let known: Vec<String> = sqlx::query_scalar("SELECT kind FROM job_kinds ORDER BY kind")
        .fetch_all(&mut shelf.raw().await)
        .await
        .unwrap();
    let word = |kind: &JobKind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
    assert_eq!(JobKind::ALL.iter().map(word).collect::<Vec<_>>(), known);
    // A failed parse names every variant.
    let told = serde_json::from_str::<JobKind>("\"none\"").unwrap_err().to_string();
    let declared: Vec<&str> = told.split('`').skip(3).step_by(2).collect();
    assert_eq!(declared, known, "all of them are in the list of all");
}

#[tokio::test]
async fn a_batch_is_cancelled_whole_and_what_is_over_stays() {
    let (shelf, profile, project, source) = one_project().await;
    let library = &shelf.library;
    let clips = shelf.clips(profile, project, source, 3).await;
    let new: Vec<_> = clips.iter().map(|clip| rendering(project, *clip, "tiktok")).collect();
    let queued = library.queue_jobs(profile, WORKER, &new).await.unwrap();
    let jobs: Vec<Job> = queued.into_iter().map(Result::unwrap).collect();
    let batch = jobs[0].batch_id.unwrap();
    assert!(jobs.iter().all(|job| job.batch_id == Some(batch)));
    library.start_job(profile, jobs[0].id, WORKER).await.unwrap();
    library.end_job(profile, jobs[0].id, &DONE).await.unwrap();
    library.start_job(profile, jobs[1].id, WORKER).await.unwrap();
    let ended = library.cancel_batch(profile, batch).await.unwrap();
    assert_eq!(ended.iter().map(|job| job.id).collect::<Vec<_>>(), [jobs[1].id, jobs[2].id]);
    assert_eq!(state(library, profile, &jobs[0]).await, JobState::Done);
    assert_eq!(final_status(library, profile, clips[1]).await, FinalStatus::None);
    assert!(library.cancel_batch(profile, batch).await.unwrap().is_empty());
    let ben = shelf.profile("Ben").await.id;
    assert_eq!(
        library.cancel_batch(ben, batch).await.unwrap_err().notice(),
        Notice::NotFound { row: RowKind::Batch }
    );
}
