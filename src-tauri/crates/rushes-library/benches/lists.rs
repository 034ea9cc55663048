//! How long a page of a list takes in a library of 100 profiles with 1,000
//! clips each. Run by `make bench`.

use std::time::{Duration, Instant};

use rushes_library::model::{
    ClipOrigin, ClipQuery, ClipSort, Flag, JobClass, JobKind, NewClip, NewProject, ProjectQuery,
};
use rushes_library::{JobEnd, Library, NewJob, NewSource};
use rushes_model::edit::Cut;
use rushes_model::facts::{SourceFacts, VideoFacts};
use rushes_model::ids::{ProfileId, ProjectId, SourceId};

const PROFILES: u32 = 100;
const CLIPS: usize = 1_000;
/// Clips of one project of a profile.
const CLIPS_A_PROJECT: usize = 100;
const ROUNDS: usize = 200;
/// Target time for one page.
const AIM: Duration = Duration::from_millis(5);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temp folder");
    let library = Library::open(folder.path()).await.expect("a library");
    let mut last = None;
    for number in 0..PROFILES {
        last = Some(fill(&library, number).await);
    }
    let (profile, project) = last.expect("profiles were made");
    println!("lists, {PROFILES} profiles × {CLIPS} clips, {ROUNDS} rounds each, aim {AIM:?} a page");

    for (name, query) in clip_queries() {
        let times = rounds(async || {
            library.list_clips(profile, None, &query).await.expect("a page");
        });
        report(&format!("clips of the profile, {name}"), times.await);
    }
    let of_project = ClipQuery::default();
    let times = rounds(async || {
        library.list_clips(profile, Some(project), &of_project).await.expect("a page");
    });
    report("clips of a project", times.await);
    let projects = ProjectQuery::default();
    let times = rounds(async || {
        library.list_projects(profile, &projects).await.expect("a page");
    });
    report("projects", times.await);
    let deep = deep_cursor(&library, profile).await;
    let times = rounds(async || {
        library.list_clips(profile, None, &deep).await.expect("a page");
    });
    report("clips of the profile, ninth page", times.await);
    library.close().await;
}

fn clip_queries() -> Vec<(&'static str, ClipQuery)> {
    let sorted = |sort| ClipQuery { sort, ..ClipQuery::default() };
    vec![
        ("newest first", sorted(ClipSort::Newest)),
        ("best first", sorted(ClipSort::Score)),
        ("by name", sorted(ClipSort::Name)),
        ("by stars", sorted(ClipSort::Rating)),
        ("picked", ClipQuery { flag: Some(Flag::Picked), ..ClipQuery::default() }),
        ("search", ClipQuery { search: Some("Campaign 7".into()), ..ClipQuery::default() }),
    ]
}

async fn deep_cursor(library: &Library, profile: ProfileId) -> ClipQuery {
    let mut query = ClipQuery { sort: ClipSort::Newest, ..ClipQuery::default() };
    for _ in 0..8 {
        query.cursor = library.list_clips(profile, None, &query).await.expect("a page").next_cursor;
    }
    query
}

async fn rounds(page: impl AsyncFn()) -> Vec<Duration> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        page().await;
        times.push(start.elapsed());
    }
    times.sort();
    times
}

fn report(what: &str, times: Vec<Duration>) {
    let (median, p95) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    let verdict = if p95 <= AIM { "met" } else { "missed" };
    println!("  {what:40} median {median:>9.2?}  p95 {p95:>9.2?}  {verdict}");
}

async fn fill(library: &Library, number: u32) -> (ProfileId, ProjectId) {
    let profile = library.create_profile(&format!("Client {number}"), "#3B82F6").await.expect("a profile").id;
    let mut project = None;
    for part in 0..CLIPS / CLIPS_A_PROJECT {
        let new = NewProject { name: format!("Campaign {part}"), ..NewProject::default() };
        let id = library.create_project(profile, &new).await.expect("a project").id;
        let source = library.add_source(profile, id, &source(number, part)).await.expect("a source").id;
        let clips: Vec<NewClip> = (0..CLIPS_A_PROJECT).map(|clip| self::clip(source, clip)).collect();
        let job = library.queue_job(profile, "bench", &making(id)).await.expect("a job").id;
        assert!(library.start_job(profile, job, "bench").await.expect("a job starts"));
        library.add_clips(profile, id, job, &clips).await.expect("clips");
        library
            .end_job(profile, job, &JobEnd::Done { notes: Vec::new(), result: None })
            .await
            .expect("a job ends");
        project = Some(id);
    }
    let picked: Vec<_> = library
        .list_clips(profile, None, &ClipQuery { limit: Some(200), ..ClipQuery::default() })
        .await
        .expect("a page")
        .items
        .into_iter()
        .map(|clip| clip.id)
        .collect();
    library.flag_clips(profile, &picked, Flag::Picked).await.expect("picks");
    (profile, project.expect("projects were made"))
}

fn making(project: ProjectId) -> NewJob {
    NewJob {
        kind: JobKind::Generate,
        class: JobClass::Decode,
        project_id: Some(project),
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "clips".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: None,
    }
}

fn clip(source_id: SourceId, number: usize) -> NewClip {
    let in_us = number as i64 * 1_000_000;
    NewClip {
        origin: ClipOrigin::Highlight,
        cuts: vec![Cut { source_id, in_us, out_us: in_us + 20_000_000 }],
        muted: false,
        score_bp: (number * 7919 % 10_000) as u32,
        score_parts: None,
        provisional: false,
    }
}

fn source(profile: u32, part: usize) -> NewSource {
    NewSource {
        id: SourceId::new(),
        name: format!("Campaign {part}.mp4"),
        path: format!("/footage/{profile}/Campaign {part}.mp4").into(),
        facts: SourceFacts {
            duration_us: 600_000_000,
            size_bytes: 1_000_000_000,
            container: "mov,mp4,m4a,3gp,3g2,mj2".into(),
            video: VideoFacts {
                stream_index: 0,
                codec: "h264".into(),
                pixel_format: "yuv420p".into(),
                width: 1920,
                height: 1080,
                coded_width: 1920,
                coded_height: 1080,
                rotation_deg: 0,
                frame_rate_milli: 25_000,
                variable_frame_rate: false,
                hdr: false,
                fields: None,
                has_rivals: false,
                transfer: None,
                matrix: None,
                primaries: None,
                alpha: false,
                x264_build: None,
            },
            audio: Vec::new(),
            start_us: 0,
            picture_lag_us: 0,
            rejoined: None,
        },
        fingerprint: format!("{profile}-{part}"),
        copied: false,
    }
}
