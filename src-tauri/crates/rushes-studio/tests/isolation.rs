//! Two profiles on one machine: they work at once and stay separate, and
//! nothing one sees reveals the other.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use common::*;
use rushes_model::ids::{BatchId, ClipId, ExportId, JobId, OrphanId, ProjectId, SegmentId, SourceId};
use rushes_model::notice::{Notice, RowKind};
use rushes_studio::logs::ProfileLogs;
use rushes_studio::model::{
    ClipPatch, ClipQuery, ContentPatch, Flag, JobQuery, NewProject, NewSegment, ProjectQuery, SegmentPatch,
    TrackUse,
};
use rushes_studio::{Focus, MediaKind, ProfileSession, StudioResult};
use tracing_subscriber::layer::SubscriberExt;

/// A word in every name and path of the first profile, and nowhere else.
const SECRET: &str = "Zebra";

/// What a profile has after it used every feature.
struct Traces {
    project: ProjectId,
    source: SourceId,
    segment: SegmentId,
    clip: ClipId,
    job: JobId,
    export: ExportId,
    batch: BatchId,
    /// Texts that no one else may see: ids, names, paths.
    all: Vec<String>,
}

impl Traces {
    fn that_never_existed() -> Self {
        Self {
            project: ProjectId::new(),
            source: SourceId::new(),
            segment: SegmentId::new(),
            clip: ClipId::new(),
            job: JobId::new(),
            export: ExportId::new(),
            batch: BatchId::new(),
            all: Vec::new(),
        }
    }
}

/// Uses every feature once, with the profile's word in every name.
async fn does_everything(session: &ProfileSession, film: &Path, out: &Path, word: &str) -> Traces {
    let new = NewProject {
        name: format!("{word} wedding"),
        description: format!("{word} description"),
        ..NewProject::default()
    };
    let project = session.create_project(&new).await.unwrap().id;
    let own = out.join(format!("{word} film.mp4"));
    std::fs::copy(film, &own).unwrap();
    let source = add(session, project, &[&own]).await[0].id;
    session.media_file(MediaKind::SourceThumb, source.0).await.unwrap();
    let segment = NewSegment {
        source_id: source,
        in_us: 0,
        out_us: 2_000_000,
        name: Some(format!("{word} segment")),
        keywords: vec![word.into()],
        weight: None,
    };
    let segment = session.add_segment(&segment).await.unwrap().id;
    let clip = generate(session, project, &asking_for(2, 1)).await.remove(0).id;
    let patch = ClipPatch { tags: Some(vec![format!("{word} tag")]), ..ClipPatch::default() };
    session.update_clip(clip, &patch).await.unwrap();
    let words = ContentPatch { script: Some(format!("{word} script")), ..ContentPatch::default() };
    session.update_clip_content(clip, &words).await.unwrap();
    file_of(session, &session.get_clip(clip).await.unwrap().clip).await;
    let job = session.render_final_clip(clip, QUICK, Some(out)).await.unwrap().id;
    done(session, job).await;
    let export = session.list_exports(None).await.unwrap()[0].id;
    let both = session.bulk_render_clips(&[clip], &[QUICK.into(), SLOW.into()], Some(out)).await.unwrap();
    let batch = both[0].done.as_ref().unwrap().batch_id.unwrap();
    session.cancel_batch(batch).await.unwrap();
    let ids = [project.0, source.0, segment.0, clip.0, job.0, export.0, batch.0, session.profile_id().0];
    let all = ids
        .iter()
        .flat_map(|id| [id.to_string(), id.simple().to_string()])
        .chain([word.to_owned(), out.to_string_lossy().into_owned()])
        .collect();
    Traces { project, source, segment, clip, job, export, batch, all }
}

/// Everything a session can query, as text.
async fn seen(session: &ProfileSession, projects: &[ProjectId]) -> String {
    let mut text = String::new();
    let mut see = |what: &dyn Debug| text.push_str(&format!("{what:?}\n"));
    for trashed in [false, true] {
        see(&session.list_projects(&ProjectQuery { trashed, ..Default::default() }).await);
        see(&session.list_all_clips(&ClipQuery { trashed, ..Default::default() }).await);
    }
    for search in ["", SECRET, "wedding"] {
        let search = Some(search.to_owned());
        see(&session
            .list_all_clips(&ClipQuery { search: search.clone(), ..Default::default() })
            .await
            .unwrap()
            .items);
        see(&session.list_projects(&ProjectQuery { search, ..Default::default() }).await.unwrap().items);
    }
    see(&session.profile().await);
    see(&session.list_all_tags().await);
    see(&session.list_all_sources().await);
    see(&session.list_jobs(&JobQuery::default()).await);
    see(&session.queue_status().await);
    see(&session.list_orphans().await);
    see(&session.list_exports(None).await);
    see(&session.list_export_presets().await);
    see(&session.profile_overview().await);
    for project in projects {
        see(&session.get_project(*project).await);
        see(&session.get_project_progress(*project).await);
        see(&session.list_sources(*project).await);
        see(&session.list_segments(*project).await);
        see(&session.list_exports(Some(*project)).await);
        for clip in session.list_project_clips(*project, &ClipQuery::default()).await.unwrap().items {
            see(&session.get_clip(clip.id).await);
        }
    }
    text
}

/// The answers of a session to each operation that takes an id.
async fn answers(session: &ProfileSession, ids: &Traces, film: &Path) -> Vec<(&'static str, String)> {
    fn told<T>(answer: StudioResult<T>) -> String {
        answer.map_or_else(|error| format!("{:?} ({})", error.notice, error.detail), |_| "done".into())
    }
    let mut all = Vec::new();
    macro_rules! ask {
        ($($name:ident($($argument:expr),*)),* $(,)?) => {
            $( all.push((stringify!($name), told(session.$name($($argument),*).await))); )*
        };
    }
    let (project, source, segment, clip, job) = (ids.project, ids.source, ids.segment, ids.clip, ids.job);
    let marked = NewSegment {
        source_id: source,
        in_us: 0,
        out_us: 1_000_000,
        name: None,
        keywords: Vec::new(),
        weight: None,
    };
    let from_segments = rushes_studio::model::FromSegments {
        segment_ids: Vec::new(),
        variant_count: 1,
        selection_mode: rushes_studio::model::SelectionMode::Random,
        target_duration_us: 1_000_000,
        muted: false,
        seed: None,
    };
    ask!(
        get_project(project),
        get_project_progress(project),
        update_project(project, &Default::default()),
        delete_project(project),
        restore_project(project),
        add_sources(project, &[film.to_owned()], true),
        list_sources(project),
        get_source(source),
        remove_source(source),
        restore_source(source),
        relink_source(source, film, true),
        set_source_sound(source, &[TrackUse { stream_index: 1, used: true }]),
        source_path(source),
        generate_raw_clips(project, &asking_for(1, 1)),
        choose_clips(project, &asking_for(1, 1)),
        get_source_analysis(source),
        analyse_source(source),
        get_source_waveform(source, 0, 1_000_000, 10),
        generate_from_segments(project, &from_segments),
        add_segment(&marked),
        list_segments(project),
        update_segment(segment, &SegmentPatch::default()),
        remove_segment(segment),
        reorder_segments(project, &[segment]),
        list_project_clips(project, &ClipQuery::default()),
        get_clip(clip),
        clip_path(clip),
        update_clip(clip, &ClipPatch::default()),
        toggle_clip_selection(clip),
        remove_clip_audio(clip),
        restore_clip_audio(clip),
        delete_clip(clip),
        update_clip_content(clip, &ContentPatch::default()),
        import_clip_captions(clip, film, None),
        estimate_render(&[clip], &[QUICK.into()]),
        render_final_clip(clip, QUICK, None),
        list_exports(Some(project)),
        export_path(ids.export),
        list_jobs(&JobQuery { project_id: Some(project), ..JobQuery::default() }),
        get_job(job),
        job_log(job),
        is_ours(job),
        pause_job(job),
        resume_job(job),
        move_job(job, None),
        cancel_batch(ids.batch),
        look_at(Focus { source_id: Some(source), ..Focus::default() }),
        list_job_clips(job),
        cancel_job(job),
        retry_job(job),
        wait_for_job(job),
        media_file(MediaKind::Source, source.0),
        media_file(MediaKind::SourceThumb, source.0),
        media_file(MediaKind::SourceFilmstrip, source.0),
        media_file(MediaKind::ClipStill, clip.0),
        media_file(MediaKind::ClipThumb, clip.0),
        media_file(MediaKind::ClipFilmstrip, clip.0),
        media_file(MediaKind::ClipSound, clip.0),
        media_file(MediaKind::Export, ids.export.0),
        media_file(MediaKind::ExportThumb, ids.export.0),
    );
    let mut one = |name, refused: Option<rushes_studio::model::Refusal>| {
        all.push((
            name,
            refused.map_or("done".into(), |refused| format!("{:?} ({})", refused.notice, refused.detail)),
        ));
    };
    one(
        "bulk_select_clips",
        session.bulk_select_clips(&[clip], Flag::Picked).await.unwrap().remove(0).refused,
    );
    one("settle_orphans", session.settle_orphans(&[OrphanId(ids.export.0)]).await.unwrap().remove(0).refused);
    one("make_clip_files", session.make_clip_files(&[clip]).await.unwrap().remove(0).refused);
    one("bulk_delete_clips", session.bulk_delete_clips(&[clip]).await.unwrap().remove(0).refused);
    one("restore_clips", session.restore_clips(&[clip]).await.unwrap().remove(0).refused);
    one(
        "bulk_render_clips",
        session.bulk_render_clips(&[clip], &[QUICK.into()], None).await.unwrap().remove(0).refused,
    );
    all
}

/// Operations that take no id of an owned row, and are not in that table.
const WITHOUT_IDS: &[&str] = &[
    "clear_clip_files",
    "create_project",
    "create_sample_project",
    "empty_trash",
    "get_score_weights",
    "list_all_clips",
    "list_all_sources",
    "list_all_tags",
    "list_export_presets",
    "list_orphans",
    "list_projects",
    "hold_queue",
    "profile_overview",
    "queue_status",
    "release_queue",
    "retry_failed_jobs",
    "set_score_weights",
    "update_profile_settings",
];

#[tokio::test]
async fn no_operation_that_takes_an_id_is_missing_from_the_table_of_answers() {
    let room = Room::new().await;
    let ben = room.profile("Ben").await;
    let never = Traces::that_never_existed();
    let mut asked: BTreeSet<String> = WITHOUT_IDS.iter().map(|name| (*name).to_owned()).collect();
    asked.extend(
        answers(&ben, &never, &room.footage.silent).await.into_iter().map(|(name, _)| name.to_owned()),
    );
    let mut written = BTreeSet::new();
    for path in files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ops")) {
        let text = std::fs::read_to_string(path).unwrap();
        written.extend(
            text.lines()
                .filter_map(|line| line.trim_start().strip_prefix("pub async fn "))
                .map(|rest| rest.split(['(', '<']).next().unwrap().to_owned()),
        );
    }
    assert_eq!(written, asked);
}

fn logged(data_dir: &Path, session: &ProfileSession) -> String {
    let root = data_dir.join("profiles").join(session.profile_id().to_string()).join("logs");
    files_in(&root).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_profiles_work_at_once_and_nothing_that_one_sees_tells_of_the_other() {
    let room = Room::new().await;
    let subscriber = tracing_subscriber::registry().with(ProfileLogs::new(room.data_dir()));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let (ana, ben) = (room.profile(&format!("{SECRET} Films")).await, room.profile("Ben").await);
    let mut events = room.studio.subscribe();
    let (anas_out, bens_out) = (room.beside(&format!("{SECRET} out")), room.beside("ben out"));
    let (anas, bens) = tokio::join!(
        does_everything(&ana, &room.footage.scenes, &anas_out, SECRET),
        does_everything(&ben, &room.footage.others, &bens_out, "Ben")
    );

    let free_of = |what: &str, text: &str| {
        assert!(!text.is_empty(), "{what} is empty");
        for trace in &anas.all {
            assert!(!text.contains(trace), "{what} tells {trace}:\n{text}");
        }
    };
    free_of("what he can list", &seen(&ben, &[bens.project]).await);
    free_of("his log", &logged(&room.data_dir(), &ben));
    assert!(logged(&room.data_dir(), &ana).contains(&anas.job.to_string()), "hers is written");
    let bens_events: Vec<_> =
        drained(&mut events).into_iter().filter(|(profile, _)| *profile == ben.profile_id()).collect();
    free_of("his events", &format!("{bens_events:?}"));

    // With her ids he gets exactly the answers for ids that never existed.
    let never = Traces::that_never_existed();
    let hers_before = seen(&ana, &[anas.project]).await;
    let (to_hers, to_none) =
        (answers(&ben, &anas, &room.footage.silent).await, answers(&ben, &never, &room.footage.silent).await);
    assert_eq!(to_hers, to_none);
    for (name, answer) in &to_hers {
        assert!(answer.starts_with("NotFound"), "{name} answers {answer}");
    }
    free_of("what he is told", &format!("{to_hers:?}"));
    assert_eq!(seen(&ana, &[anas.project]).await, hers_before);

    // Each file is in its profile's folder.
    let folder =
        |session: &ProfileSession| room.data_dir().join("profiles").join(session.profile_id().to_string());
    let his = files_in(&folder(&ben));
    free_of("his folder", &format!("{his:?}"));
    assert_eq!(files_in(&bens_out).len(), 2, "his film and his final");
    assert_eq!(files_in(&anas_out).len(), 2);

    // Only her profile and its folders are deleted.
    let outside = (files_in(&anas_out), his);
    let name = ana.profile().await.unwrap().name;
    let refused = room.studio.delete_profile(ana.profile_id(), "wrong").await.unwrap_err();
    assert_eq!(refused.detail, "field: confirm_name");
    room.studio.delete_profile(ana.profile_id(), &name).await.unwrap();
    assert!(!folder(&ana).exists());
    assert_eq!((files_in(&anas_out), files_in(&folder(&ben))), outside);
    let gone = Notice::NotFound { row: RowKind::Profile };
    assert_eq!(ana.profile().await.unwrap_err().notice, gone);
    let late = NewProject { name: "Late".into(), ..Default::default() };
    let refused = ana.create_project(&late).await.unwrap_err();
    assert!(matches!(refused.notice, Notice::NotFound { .. }), "{refused:?}");
    assert!(!folder(&ana).exists());
    let refused = room.studio.delete_profile(ben.profile_id(), "Ben").await.unwrap_err();
    assert_eq!(refused.notice, Notice::LastProfile);
    assert!(seen(&ben, &[bens.project]).await.contains("Ben wedding"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_deleted_while_it_works_leaves_no_process_and_no_folder() {
    let room = Room::new().await;
    let (ana, _ben) = (room.profile("Ana").await, room.profile("Ben").await);
    let clip = one_clip(&room, &ana, SLOW_S).await;
    let presets = [SLOW, "youtube_1080p", "linkedin"].map(String::from);
    let jobs = ana.bulk_render_clips(&[clip.id], &presets, None).await.unwrap();
    in_the_middle(&ana, jobs[0].done.as_ref().unwrap().id).await;
    room.studio.delete_profile(ana.profile_id(), "Ana").await.unwrap();
    assert_eq!(ffmpegs_in(&room.data_dir()), [] as [u32; 0]);
    room.studio.idle().await.unwrap();
    let folder = room.data_dir().join("profiles").join(ana.profile_id().to_string());
    assert!(!folder.exists(), "{:?}", files_in(&folder) as Vec<PathBuf>);
}
