//! Bulk changes and the trash: clips are restored as they were, and emptying the trash
//! deletes nothing that is still in use.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::PathBuf;

use common::*;
use rushes_library::model::{ClipQuery, Flag, ItemOutcome, ProjectQuery, Refusal, SegmentPatch};
use rushes_library::{Emptied, JobEnd, LibraryError};
use rushes_model::ids::{ClipId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Engaged, Field, Notice, RowKind};

async fn one_project() -> (Shelf, ProfileId, ProjectId, SourceId, Vec<ClipId>) {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await.id;
    let project = shelf.project(profile, "Wedding").await.id;
    let source = shelf.source(profile, project, "/footage/a.mp4").await.id;
    let clips = shelf.clips(profile, project, source, 4).await;
    (shelf, profile, project, source, clips)
}

fn verdicts<T>(outcomes: &[ItemOutcome<T>]) -> Vec<&'static str> {
    let verdict = |refused: &Refusal| match refused.notice {
        Notice::NotFound { row: RowKind::Clip } => "not_found",
        _ => panic!("{refused:?}"),
    };
    outcomes.iter().map(|outcome| outcome.refused.as_ref().map_or("done", verdict)).collect()
}

#[tokio::test]
async fn a_bulk_call_does_what_can_be_done_and_answers_item_by_item() {
    let (shelf, profile, _, _, clips) = one_project().await;
    shelf.library.trash_clips(profile, &[clips[1]]).await.unwrap();
    let stranger = ClipId::new();
    let asked = [clips[0], clips[1], stranger, clips[2], clips[0]];
    let outcomes = shelf.library.flag_clips(profile, &asked, Flag::Picked).await.unwrap();
    assert_eq!(verdicts(&outcomes), ["done", "not_found", "not_found", "done", "done"]);
    assert_eq!(
        outcomes.iter().map(|o| &o.item).collect::<Vec<_>>(),
        asked.map(|id| id.to_string()).each_ref()
    );
    assert!(outcomes.iter().filter_map(|o| o.done.as_ref()).all(|clip| clip.flag == Flag::Picked));
    assert_eq!(shelf.library.get_clip(profile, clips[3]).await.unwrap().flag, Flag::Unflagged);
}

#[tokio::test]
async fn a_bulk_call_with_too_many_items_is_refused_as_a_whole() {
    let (shelf, profile, _, _, clips) = one_project().await;
    let asked = vec![clips[0]; 10_001];
    let refused = shelf.library.flag_clips(profile, &asked, Flag::Picked).await.unwrap_err();
    assert!(matches!(refused, LibraryError::Invalid { field: Field::Ids, .. }));
    assert_eq!(shelf.library.get_clip(profile, clips[0]).await.unwrap().flag, Flag::Unflagged);
}

#[tokio::test]
async fn many_jobs_are_queued_at_once_and_those_under_way_are_refused_one_by_one() {
    let (shelf, profile, project, _, clips) = one_project().await;
    shelf.library.queue_job(profile, WORKER, &rendering(project, clips[1], "x")).await.unwrap();
    let new = [
        rendering(project, clips[0], "x"),
        rendering(project, clips[1], "x"),
        rendering(project, ClipId::new(), "x"),
        rendering(project, clips[2], "x"),
    ];
    let queued = shelf.library.queue_jobs(profile, WORKER, &new).await.unwrap();
    let [Ok(_), Err(second), Err(third), Ok(_)] = &*queued else { panic!("{queued:?}") };
    assert_eq!(second.notice(), Notice::Busy { why: Engaged::Rendering });
    assert_eq!(third.notice(), Notice::NotFound { row: RowKind::Item });
    let jobs = shelf.library.list_jobs(profile, &Default::default()).await.unwrap();
    assert_eq!(jobs.len(), 4, "the generation, the one before and two new ones");
}

#[tokio::test]
async fn many_sources_are_added_at_once_and_doubles_are_refused_one_by_one() {
    let (shelf, profile, project, _, _) = one_project().await;
    let new = [new_source("/footage/b.mp4"), new_source("/footage/a.mp4"), new_source("/footage/b.mp4")];
    let added = shelf.library.add_sources(profile, project, &new).await.unwrap();
    let [Ok(_), Err(second), Err(third)] = &*added else { panic!("{added:?}") };
    for (refused, name) in [(second, "a.mp4"), (third, "b.mp4")] {
        assert_eq!(refused.notice(), Notice::AlreadyAdded { name: name.into() });
    }
    assert_eq!(shelf.library.list_sources(profile, Some(project)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn clips_in_the_trash_are_in_no_list_and_come_back_as_they_were() {
    let (shelf, profile, project, _, clips) = one_project().await;
    shelf.library.flag_clips(profile, &[clips[0]], Flag::Picked).await.unwrap();
    let before = shelf.library.get_clip(profile, clips[0]).await.unwrap();
    shelf.library.trash_clips(profile, &[clips[0]]).await.unwrap();

    let listed = shelf.library.list_clips(profile, Some(project), &ClipQuery::default()).await.unwrap();
    assert_eq!((listed.items.len(), listed.total), (3, 3));
    let trash = ClipQuery { trashed: true, ..ClipQuery::default() };
    assert_eq!(shelf.library.list_clips(profile, None, &trash).await.unwrap().items[0].id, clips[0]);
    assert_eq!(shelf.library.get_project(profile, project).await.unwrap().counts.clips, 3);
    assert!(matches!(shelf.library.live_clip(profile, clips[0]).await, Err(LibraryError::NotFound { .. })));

    let outcomes = shelf.library.restore_clips(profile, &[clips[0], clips[1]]).await.unwrap();
    assert_eq!(verdicts(&outcomes), ["done", "not_found"], "the second was in no trash");
    let after = shelf.library.get_clip(profile, clips[0]).await.unwrap();
    assert_eq!(after.flag, before.flag);
    assert_eq!(after.variant_number, before.variant_number);
}

#[tokio::test]
async fn a_project_in_the_trash_takes_its_clips_out_of_sight_and_brings_them_back() {
    let (shelf, profile, project, source, clips) = one_project().await;
    let library = &shelf.library;
    library.set_project_trashed(profile, project, true).await.unwrap();
    assert_eq!(library.list_projects(profile, &ProjectQuery::default()).await.unwrap().total, 0);
    assert_eq!(library.list_clips(profile, None, &ClipQuery::default()).await.unwrap().total, 0);
    assert!(library.list_sources(profile, None).await.unwrap().is_empty());
    assert!(matches!(library.live_clip(profile, clips[0]).await, Err(LibraryError::NotFound { .. })));
    let outcomes = library.flag_clips(profile, &[clips[0]], Flag::Picked).await.unwrap();
    assert_eq!(verdicts(&outcomes), ["not_found"]);
    let refused = library.add_source(profile, project, &new_source("/b.mp4")).await.unwrap_err();
    assert!(matches!(refused, LibraryError::NotFound { .. }), "{refused}");

    library.set_project_trashed(profile, project, false).await.unwrap();
    assert_eq!(library.list_clips(profile, None, &ClipQuery::default()).await.unwrap().total, 4);
    assert!(library.source_row(profile, source).await.is_ok());
}

#[tokio::test]
async fn emptying_the_trash_ends_what_is_in_it_and_tells_whose_files_can_go() {
    let (shelf, profile, project, _, clips) = one_project().await;
    let kept = shelf.export(profile, project, clips[2], "/finals/kept.mp4").await;
    shelf.export(profile, project, clips[0], "/finals/gone.mp4").await;
    let gone = shelf.project(profile, "Old").await.id;
    let source = shelf.source(profile, gone, "/footage/old.mp4").await.id;
    let old = shelf.clips(profile, gone, source, 1).await;
    shelf.export(profile, gone, old[0], "/finals/old.mp4").await;
    let trashed = shelf.library.get_clip(profile, clips[0]).await.unwrap();
    shelf.library.trash_clips(profile, &[clips[0]]).await.unwrap();
    shelf.library.set_project_trashed(profile, gone, true).await.unwrap();

    let queued = |emptied: &Emptied| {
        assert_eq!(emptied.projects, [gone], "it is told before the job is made");
        Some(deleting())
    };
    let (mut emptied, job) = shelf.library.empty_trash(profile, WORKER, queued).await.unwrap();
    assert_eq!(shelf.library.waiting_jobs(WORKER).await.unwrap()[0].id, job.unwrap().id);
    emptied.finals.sort();
    assert_eq!(emptied.names, ["Old".to_owned(), trashed.name]);
    assert_eq!(emptied.clips, [(project, clips[0]), (gone, old[0])]);
    assert_eq!(emptied.projects, [gone]);
    assert_eq!(emptied.finals, [PathBuf::from("/finals/gone.mp4"), "/finals/old.mp4".into()]);
    assert!(matches!(shelf.library.get_clip(profile, clips[0]).await, Err(LibraryError::NotFound { .. })));
    assert!(matches!(shelf.library.get_project(profile, gone).await, Err(LibraryError::NotFound { .. })));
    assert_eq!(shelf.library.list_exports(profile, None, None).await.unwrap(), [kept]);
    shelf.library.verify().await.unwrap();
    let (nothing, job) = shelf.library.empty_trash(profile, WORKER, |_| None).await.unwrap();
    assert!(job.is_none());
    assert!(nothing.clips.is_empty() && nothing.projects.is_empty() && nothing.finals.is_empty());
}

#[tokio::test]
async fn a_trash_whose_job_cannot_be_queued_is_not_emptied() {
    let (shelf, profile, _, _, clips) = one_project().await;
    shelf.library.trash_clips(profile, &[clips[0]]).await.unwrap();
    let strange = |_: &Emptied| Some(rendering(ProjectId::new(), clips[0], "x"));
    let refused = shelf.library.empty_trash(profile, WORKER, strange).await.unwrap_err();
    assert!(matches!(refused, LibraryError::NotFound { .. }), "{refused}");
    assert!(shelf.library.get_clip(profile, clips[0]).await.is_ok());
}

#[tokio::test]
async fn a_file_that_a_row_speaks_of_is_told_from_its_neighbours() {
    let (shelf, profile, project, _, clips) = one_project().await;
    shelf.export(profile, project, clips[0], "/own/finals/a.mp4").await;
    let ben = shelf.profile("Ben").await.id;
    for (path, is_there) in [
        ("/footage", true),
        ("/footage/a.mp4", true),
        ("/own/finals/a.mp4", true),
        ("/own", true),
        ("/own/finals/a", false),
        ("/own/fin", false),
        ("/footage/a.mp4/x", false),
    ] {
        assert_eq!(shelf.library.has_media_in(profile, path.as_ref()).await.unwrap(), is_there, "{path}");
        assert!(!shelf.library.has_media_in(ben, path.as_ref()).await.unwrap());
    }
}

#[tokio::test]
async fn footage_that_another_project_uses_survives_its_own_project() {
    let (shelf, profile, project, _, _) = one_project().await;
    let library = &shelf.library;
    let gone = shelf.project(profile, "Old").await.id;
    let [used, marked, unused] = ["used", "marked", "unused"].map(|name| format!("/footage/{name}.mp4"));
    let used = shelf.source(profile, gone, &used).await.id;
    let marked = shelf.source(profile, gone, &marked).await.id;
    let unused = shelf.source(profile, gone, &unused).await.id;
    let clip = shelf.clips(profile, project, used, 1).await[0];
    let segment = shelf.segment(profile, marked).await;
    let patch = SegmentPatch { project_id: Some(project), ..SegmentPatch::default() };
    library.update_segment(profile, segment, &patch).await.unwrap();

    library.set_project_trashed(profile, gone, true).await.unwrap();
    library.empty_trash(profile, WORKER, |_| None).await.unwrap();
    assert_eq!(library.get_clip(profile, clip).await.unwrap().cuts[0].source_id, used);
    assert_eq!(library.get_segment(profile, segment).await.unwrap().source_id, marked);
    assert!(library.source_row(profile, used).await.unwrap().removed, "kept, but in no list");
    assert!(matches!(library.source_row(profile, unused).await, Err(LibraryError::NotFound { .. })));
    library.verify().await.unwrap();
}

#[tokio::test]
async fn a_variant_number_is_never_given_twice() {
    let (shelf, profile, project, source, clips) = one_project().await;
    shelf.library.trash_clips(profile, &clips).await.unwrap();
    shelf.library.empty_trash(profile, WORKER, |_| None).await.unwrap();
    let next = shelf.clips(profile, project, source, 1).await[0];
    assert_eq!(shelf.library.get_clip(profile, next).await.unwrap().variant_number, 5);
}

#[tokio::test]
async fn jobs_on_what_is_in_the_trash_are_found() {
    let (shelf, profile, project, _, clips) = one_project().await;
    let job = shelf.running(profile, &rendering(project, clips[0], "x")).await.id;
    let other = shelf.running(profile, &rendering(project, clips[1], "x")).await.id;
    shelf.library.trash_clips(profile, &[clips[0]]).await.unwrap();
    assert_eq!(shelf.library.trashed_jobs(profile).await.unwrap(), [job]);
    shelf.library.end_job(profile, other, &JobEnd::Cancelled).await.unwrap();
}
