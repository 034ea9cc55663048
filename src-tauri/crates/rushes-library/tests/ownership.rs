//! Ownership: the schema refuses children of another profile's rows, and every function
//! answers another profile's id like one that never existed.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;

use common::*;
use rstest::rstest;
use rushes_library::model::{
    ClipPatch, ClipQuery, ContentPatch, Flag, ItemOutcome, JobQuery, JobResult, JobState, NewSegment,
    PauseReason, ProjectPatch, SegmentPatch, Source, SourceState, TrackUse,
};
use rushes_library::{JobEnd, Library, LibraryError, LibraryResult, NewJob, SourceRow, StoredPart};
use rushes_model::choice::ClipKind;
use rushes_model::edit::Cut;
use rushes_model::ids::{BatchId, ClipId, ExportId, JobId, ProfileId, ProjectId, SegmentId, SourceId};
use rushes_model::notice::{Field, Notice};
use rushes_model::parts::Part;

/// One row of each kind.
#[derive(Clone, Copy)]
struct Ids {
    project: ProjectId,
    source: SourceId,
    segment: SegmentId,
    clip: ClipId,
    /// A job that is running.
    job: JobId,
    export: ExportId,
    batch: BatchId,
}

impl Ids {
    async fn of(shelf: &Shelf, profile: ProfileId, name: &str) -> Self {
        let project = shelf.project(profile, name).await.id;
        let source = shelf.source(profile, project, &format!("/footage/{name}.mp4")).await.id;
        let segment = shelf.segment(profile, source).await;
        let clip = shelf.clips(profile, project, source, 1).await[0];
        let export = shelf.export(profile, project, clip, &format!("/finals/{name}.mp4")).await.id;
        let job = shelf.running(profile, &making(project)).await.id;
        let batch = [rendering(project, clip, "square"), rendering(project, clip, "reel")];
        let queued = shelf.library.queue_jobs(profile, WORKER, &batch).await.unwrap();
        let batch = queued[0].as_ref().unwrap().batch_id.unwrap();
        Self { project, source, segment, clip, job, export, batch }
    }

    fn that_never_existed() -> Self {
        Self {
            project: ProjectId::new(),
            source: SourceId::new(),
            segment: SegmentId::new(),
            clip: ClipId::new(),
            job: JobId::new(),
            export: ExportId::new(),
            batch: BatchId::new(),
        }
    }
}

#[rstest]
#[case("UPDATE sources SET project_id = {project}")]
#[case("UPDATE segments SET project_id = {project}")]
#[case("UPDATE segments SET source_id = {source}")]
#[case("UPDATE clips SET project_id = {project}")]
#[case("UPDATE clip_cuts SET clip_id = {clip}")]
#[case("UPDATE clip_cuts SET source_id = {source}")]
#[case("UPDATE jobs SET project_id = {project}")]
#[case("UPDATE jobs SET clip_id = {clip}")]
#[case("UPDATE exports SET clip_id = {clip}")]
#[case("UPDATE exports SET project_id = {project}")]
#[tokio::test]
async fn a_child_cannot_hang_on_another_profiles_row(#[case] statement: &str) {
    let shelf = Shelf::new().await;
    let (ana, ben) = (shelf.profile("Ana").await.id, shelf.profile("Ben").await.id);
    let anas = Ids::of(&shelf, ana, "a").await;
    Ids::of(&shelf, ben, "b").await;
    let sql = statement
        .replace("{project}", &blob(anas.project.0))
        .replace("{source}", &blob(anas.source.0))
        .replace("{clip}", &blob(anas.clip.0));
    let mut connection = shelf.raw().await;
    let refused =
        run_sql(&mut connection, format!("{sql} WHERE profile_id = {}", blob(ben.0))).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
}

#[rstest]
#[case("sources")]
#[case("segments")]
#[case("clips")]
#[case("clip_cuts")]
#[case("jobs")]
#[case("exports")]
#[tokio::test]
async fn a_row_cannot_be_handed_to_another_profile(#[case] table: &str) {
    let shelf = Shelf::new().await;
    let (ana, ben) = (shelf.profile("Ana").await.id, shelf.profile("Ben").await.id);
    Ids::of(&shelf, ana, "a").await;
    let sql = format!("UPDATE {table} SET profile_id = {} WHERE profile_id = {}", blob(ben.0), blob(ana.0));
    let refused = run_sql(&mut shelf.raw().await, sql).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
}

#[tokio::test]
async fn a_job_cannot_name_another_profiles_source() {
    let shelf = Shelf::new().await;
    let (ana, ben) = (shelf.profile("Ana").await.id, shelf.profile("Ben").await.id);
    let anas = Ids::of(&shelf, ana, "a").await;
    let bens = Ids::of(&shelf, ben, "b").await;
    let new = NewJob { source_id: Some(anas.source), ..making(bens.project) };
    assert!(shelf.library.queue_job(ben, WORKER, &new).await.is_err());
    let sql =
        format!("UPDATE jobs SET source_id = {} WHERE profile_id = {}", blob(anas.source.0), blob(ben.0));
    let refused = run_sql(&mut shelf.raw().await, sql).await.unwrap_err();
    assert!(refused.to_string().contains("of its own profile"), "{refused}");
}

#[tokio::test]
async fn deleting_a_profile_takes_its_rows_and_no_others() {
    let shelf = Shelf::new().await;
    let (ana, ben) = (shelf.profile("Ana").await.id, shelf.profile("Ben").await.id);
    Ids::of(&shelf, ana, "a").await;
    Ids::of(&shelf, ben, "b").await;
    let mut connection = shelf.raw().await;
    let bens = belongings(&mut connection, ben).await;
    shelf.library.delete_profile(ana, "Ana").await.unwrap();
    let nothing = belongings(&mut connection, ProfileId::new()).await;
    assert_eq!(belongings(&mut connection, ana).await, nothing);
    assert_eq!(belongings(&mut connection, ben).await, bens);
    shelf.library.verify().await.unwrap();
    // Its folder is removed later; until then the profile is remembered.
    assert_eq!(shelf.library.deleted_profiles().await.unwrap(), [ana]);
    shelf.library.forget_deleted_profile(ana).await.unwrap();
    assert!(shelf.library.deleted_profiles().await.unwrap().is_empty());
}

/// Functions that take no id of an owned row, and so are not in the table below.
const WITHOUT_IDS: &[&str] = &[
    "open",
    "close",
    "verify",
    "snapshot",
    "restore_newest_snapshot", // The file.
    "verify_and_mend",
    "look_after", // The file.
    "list_profiles",
    "get_profile",
    "create_profile",
    "rename_profile",
    "recolour_profile",
    "change_profile_settings",
    "set_default_profile",
    "delete_profile",
    "deleted_profiles",
    "erase_deleted_profile",
    "forget_deleted_profile", // The profiles themselves.
    "list_export_presets",
    "get_export_preset", // Shared.
    "create_project",
    "list_projects",
    "list_tags",
    "profile_counts",
    "empty_trash",
    "trashed_jobs",
    "has_media_in",
    "analysis_part",
    "put_analysis_part",
    "clear_clip_files",
    "running_jobs",
    "open_failures",
    "hold_queue",
    "release_queue",
    "media_rows",
    "is_queue_held",
    "jobs_paused_with_queue",
    "waits_for_room",
    "queue_counts", // All of one profile.
    "jobs_under_way",
    "waiting_jobs",
    "jobs_of_worker",
    "jobs_paused_for",
    "held_queues", // The scheduler.
];

/// A source row as another caller may have read it.
fn a_row(id: SourceId) -> SourceRow {
    let new = new_source("/footage/a.mp4");
    let source = Source {
        id,
        project_id: ProjectId::new(),
        name: new.name,
        path: "/footage/a.mp4".into(),
        facts: new.facts,
        state: SourceState::Ready,
        fingerprint: new.fingerprint,
        added_at_ms: 0,
        copied: false,
        plays_from_us: 0,
    };
    SourceRow { source, path: new.path, removed: false }
}

/// The answer of each function to a profile that names these rows.
async fn answers(library: &Library, asking: ProfileId, ids: Ids) -> Vec<(&'static str, String)> {
    async fn told<T>(answer: impl Future<Output = LibraryResult<T>>) -> String {
        match answer.await {
            Ok(_) => "done".into(),
            Err(error) => format!("{:?}", error.notice()),
        }
    }
    async fn one<T>(answer: impl Future<Output = LibraryResult<Vec<ItemOutcome<T>>>>) -> String {
        let outcome = answer.await.unwrap().pop().unwrap();
        outcome.refused.map_or("done".into(), |refused| format!("{:?}", refused.notice))
    }
    let mut all = Vec::new();
    macro_rules! ask {
        ($($name:ident($($argument:expr),*)),* $(,)?) => {
            $( all.push((stringify!($name), told(library.$name(asking, $($argument),*)).await)); )*
        };
    }
    let (project, source, segment, clip, job) = (ids.project, ids.source, ids.segment, ids.clip, ids.job);
    let cut = Cut { source_id: source, in_us: 0, out_us: 5_000_000 };
    let patch = ClipPatch { name: Some("Mine".into()), ..ClipPatch::default() };
    let words = ContentPatch { script: Some("Mine".into()), ..ContentPatch::default() };
    let marked = NewSegment {
        source_id: source,
        in_us: 0,
        out_us: 1_000_000,
        name: None,
        keywords: Vec::new(),
        weight: None,
    };
    ask!(
        get_project(project),
        live_project(project),
        update_project(project, &ProjectPatch::default()),
        set_project_trashed(project, true),
        add_source(project, &new_source("/b.mp4")),
        add_sources(project, &[new_source("/c.mp4")]),
        has_source(project, Path::new("/footage/a.mp4")),
        source_row(source),
        list_sources(Some(project)),
        set_source_removed(source, true),
        set_source_sound(source, &[TrackUse { stream_index: 1, used: true }]),
        set_source_state(&a_row(source), SourceState::Missing),
        relink_source(source, &new_source("/d.mp4"), true),
        add_segment(&marked),
        get_segment(segment),
        list_segments(project),
        update_segment(segment, &SegmentPatch::default()),
        reorder_segments(project, &[segment]),
        list_clips(Some(project), &ClipQuery::default()),
        get_clip(clip),
        clip_detail(clip),
        live_clip(clip),
        clip_framing(clip),
        clip_content(clip),
        used_footage(project, ClipKind::Highlight, false),
        settle_clip(clip, &[]),
        clip_is_provisional(clip),
        update_clip(clip, &patch),
        set_clip_muted(clip, true),
        toggle_clip(clip),
        update_clip_content(clip, &words),
        clip_plan(clip),
        publish_clip_file(clip, 1, || LibraryResult::Ok(())),
        forget_clip_file(clip, 1),
        forget_export(ids.export),
        clips_of_job(job),
        add_clips(project, job, &[new_clip(source, 0)]),
        render_plan(clip),
        add_export(&new_export(clip, job, "/e.mp4", "")),
        export_row(ids.export),
        export_of_job(job),
        list_exports(Some(project), None),
        list_exports(None, Some(clip)),
        job_row(job),
        list_jobs(&JobQuery { project_id: Some(project), ..JobQuery::default() }),
        queue_job(WORKER, &rendering(project, clip, "square")),
        start_job(job, WORKER),
        note_job_progress(job, "cutting", 5_000),
        continue_job(job, WORKER),
        pause_job(job, PauseReason::Editor),
        resume_job(job, WORKER, false),
        try_job_again(job, &Notice::Suspended),
        note_job_result(job, &JobResult::Clips { made: 1 }),
        note_job_payload(job, &serde_json::Value::Null),
        remark_on_job(job, &Notice::Suspended),
        job_log(job),
        move_job(job, None),
        cancel_batch(ids.batch),
        requeue_job(job, WORKER),
        interrupt_job(job, WORKER),
        end_job(job, &JobEnd::Cancelled),
        remove_segment(segment),
    );
    all.push(("flag_clips", one(library.flag_clips(asking, &[clip], Flag::Picked)).await));
    all.push(("trash_clips", one(library.trash_clips(asking, &[clip])).await));
    all.push(("restore_clips", one(library.restore_clips(asking, &[clip])).await));
    let queued = library.queue_jobs(asking, WORKER, &[rendering(project, clip, "x")]).await.unwrap();
    all.push(("queue_jobs", told(async { queued.into_iter().next().unwrap() }).await));
    // Ids inside other values.
    let own = library.list_clips(asking, None, &ClipQuery::default()).await.unwrap().items.pop();
    if let Some(own) = own {
        let patch = ClipPatch { cuts: Some(vec![cut]), ..ClipPatch::default() };
        all.push(("update_clip", told(library.update_clip(asking, own.id, &patch)).await));
        let segment = library.list_segments(asking, own.project_id).await.unwrap().pop().unwrap();
        let patch = SegmentPatch { project_id: Some(project), ..SegmentPatch::default() };
        all.push(("update_segment", told(library.update_segment(asking, segment.id, &patch)).await));
        all.push((
            "reorder_segments",
            told(library.reorder_segments(asking, own.project_id, &[ids.segment])).await,
        ));
    }
    all
}

#[tokio::test]
async fn every_function_answers_anothers_id_as_one_that_never_existed_and_changes_nothing() {
    let shelf = Shelf::new().await;
    let (ana, ben) = (shelf.profile("Ana").await.id, shelf.profile("Ben").await.id);
    let anas = Ids::of(&shelf, ana, "a").await;
    Ids::of(&shelf, ben, "b").await;
    let mut connection = shelf.raw().await;
    let before = (belongings(&mut connection, ana).await, belongings(&mut connection, ben).await);

    let to_anas = answers(&shelf.library, ben, anas).await;
    let to_none = answers(&shelf.library, ben, Ids::that_never_existed()).await;
    assert_eq!(to_anas, to_none);
    for (name, answer) in &to_anas {
        assert!(answer.starts_with("NotFound"), "{name} answers {answer}");
    }
    let after = (belongings(&mut connection, ana).await, belongings(&mut connection, ben).await);
    assert_eq!(before, after);
}

#[tokio::test]
async fn no_function_that_takes_an_id_is_missing_from_that_table() {
    let shelf = Shelf::new().await;
    let ben = shelf.profile("Ben").await.id;
    Ids::of(&shelf, ben, "b").await;
    let asked: BTreeSet<String> = answers(&shelf.library, ben, Ids::that_never_existed())
        .await
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .chain(WITHOUT_IDS.iter().map(|name| (*name).to_owned()))
        .collect();
    let mut written = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            written.extend(
                text.lines()
                    .filter_map(|line| line.trim_start().strip_prefix("pub async fn "))
                    .map(|rest| rest.split(['(', '<']).next().unwrap().to_owned()),
            );
        }
    }
    assert_eq!(written, asked);
}

#[tokio::test]
async fn a_profiles_own_ids_are_answered() {
    // The opposite of the table above: only the profile makes the difference.
    let shelf = Shelf::new().await;
    let ana = shelf.profile("Ana").await.id;
    let ids = Ids::of(&shelf, ana, "a").await;
    assert!(shelf.library.get_project(ana, ids.project).await.is_ok());
    assert!(shelf.library.source_row(ana, ids.source).await.is_ok());
    assert!(shelf.library.get_segment(ana, ids.segment).await.is_ok());
    assert!(shelf.library.render_plan(ana, ids.clip).await.is_ok());
    assert!(shelf.library.export_row(ana, ids.export).await.is_ok());
    let job = shelf.library.job_row(ana, ids.job).await.unwrap().job;
    assert_eq!(job.state, JobState::Running);
}

#[tokio::test]
async fn what_was_measured_is_shared_within_a_profile_only() {
    let shelf = Shelf::new().await;
    let (ana, ben) = (shelf.profile("Ana").await.id, shelf.profile("Ben").await.id);
    let stored = |shots: u32| StoredPart { version: 1, data: serde_json::json!({ "shots": shots }) };
    let library = &shelf.library;
    let put =
        async |shots| library.put_analysis_part(ana, "footage", Part::Picture, &stored(shots)).await.unwrap();
    put(2).await;
    put(3).await;
    assert_eq!(library.analysis_part(ana, "footage", Part::Picture).await.unwrap(), Some(stored(3)));
    assert_eq!(library.analysis_part(ana, "footage", Part::Sound).await.unwrap(), None);
    assert_eq!(library.analysis_part(ana, "other footage", Part::Picture).await.unwrap(), None);
    assert_eq!(library.analysis_part(ben, "footage", Part::Picture).await.unwrap(), None);
    let mut connection = shelf.raw().await;
    let sql = format!("UPDATE analyses SET profile_id = {}", blob(ProfileId::new().0));
    let refused = run_sql(&mut connection, sql).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
    library.delete_profile(ana, "Ana").await.unwrap();
    assert_eq!(library.analysis_part(ana, "footage", Part::Picture).await.unwrap(), None);
}

#[tokio::test]
async fn the_last_profile_stays_and_deleting_asks_for_the_name() {
    let shelf = Shelf::new().await;
    let ana = shelf.profile("Ana").await;
    assert!(ana.is_default, "the first is the default");
    let refused = shelf.library.delete_profile(ana.id, "Ana").await.unwrap_err();
    assert!(matches!(refused, LibraryError::LastProfile));
    let ben = shelf.profile("Ben").await;
    let refused = shelf.library.delete_profile(ana.id, "ana").await.unwrap_err();
    assert!(matches!(refused, LibraryError::Invalid { field: Field::ConfirmName, .. }));
    shelf.library.delete_profile(ana.id, "Ana").await.unwrap();
    assert!(shelf.library.get_profile(ben.id).await.unwrap().is_default, "another takes its place");
}

#[tokio::test]
async fn profile_names_are_unique_regardless_of_case_in_any_script() {
    let shelf = Shelf::new().await;
    for (first, second) in [("Ärzte", "ÄRZTE"), ("ΟΔΟΣ", "οδος"), ("Straße", "STRASSE"), ("Борис", "БОРИС")]
    {
        shelf.profile(first).await;
        let refused = shelf.library.create_profile(second, "#000000").await.unwrap_err();
        assert!(matches!(refused, LibraryError::NameTaken), "{second}: {refused}");
    }
}
