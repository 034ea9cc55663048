//! Opening a library: its settings, the snapshot before a migration, and restoring a
//! damaged file or refusing a newer one.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use common::{Shelf, WORKER, adding, belongings, blob, filing, raw, run_sql};
use rushes_library::model::{Job, JobEventKind, JobKind, JobQuery, JobResult, JobState, PauseReason};
use rushes_library::{JobEnd, Library};
use rushes_model::analysis::Detail;
use rushes_model::ids::{JobId, ProfileId, ProjectId, SourceId};
use rushes_model::notice::{Activity, Engaged, LostLibrary, Notice, RowKind, WayBack};
use rushes_model::parts::{Part, PicturePart, SoundPart};
use serde_json::json;
use sqlx::Row;

const CORRUPT: Notice = Notice::LibraryCorrupt { why: WayBack::Window };

fn snapshots(data_dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(data_dir.join("backups")) else { return Vec::new() };
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Makes the library look like one from before the latest migrations.
async fn set_back(data_dir: &Path) {
    let mut connection = raw(data_dir).await;
    for sql in [
        "PRAGMA foreign_keys = OFF",
        "DROP TABLE job_kinds",
        "DROP TABLE deleted_profiles",
        "DROP TABLE chores",
        "DROP TABLE analyses",
        "CREATE TABLE analyses (
             profile_id  BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
             fingerprint TEXT NOT NULL,
             version     INTEGER NOT NULL,
             data        TEXT NOT NULL CHECK (json_valid(data)),
             made_at     INTEGER NOT NULL,
             PRIMARY KEY (profile_id, fingerprint)
         ) STRICT",
        "DROP TABLE job_events",
        "DROP TABLE held_queues",
        "DROP TRIGGER jobs_log_that_they_were_queued",
        "DROP TRIGGER jobs_log_their_states",
        "DROP TRIGGER jobs_log_their_stages",
        "ALTER TABLE jobs ADD COLUMN error_code TEXT",
        "ALTER TABLE jobs ADD COLUMN error_message TEXT",
        "ALTER TABLE jobs ADD COLUMN note TEXT",
        "DROP TRIGGER clips_count_their_changes",
        "ALTER TABLE clips ADD COLUMN raw_state TEXT NOT NULL DEFAULT 'pending'
             CHECK (raw_state IN ('pending', 'ready', 'failed'))",
        "ALTER TABLE clips RENAME COLUMN file_revision TO raw_revision",
        "ALTER TABLE clips DROP COLUMN changes",
        "ALTER TABLE clips DROP COLUMN provisional",
        "ALTER TABLE clips DROP COLUMN edit_hash",
        "ALTER TABLE exports DROP COLUMN edit_hash",
        "ALTER TABLE exports ADD COLUMN clip_revision INTEGER NOT NULL DEFAULT 1",
        "DELETE FROM export_presets",
        "DELETE FROM _sqlx_migrations WHERE version >= 2",
    ] {
        run_sql(&mut connection, sql.into()).await.unwrap();
    }
}

/// Jobs without their revision, which older versions did not have.
fn unnumbered(jobs: Vec<Job>) -> Vec<Job> {
    jobs.into_iter().map(|job| Job { revision: 0, ..job }).collect()
}

/// Overwrites every page after the first, as a failing disk might.
fn damage(data_dir: &Path) {
    let file = data_dir.join("rushes.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].iter_mut().step_by(3).for_each(|byte| *byte = 0x5a);
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_new_library_uses_wal_and_strict_tables_and_enforces_foreign_keys() {
    let shelf = Shelf::new().await;
    let mut connection = shelf.raw().await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
    let tables = sqlx::query("PRAGMA table_list").fetch_all(&mut connection).await.unwrap();
    let mut ours = 0;
    for table in tables {
        let name: String = table.get("name");
        let is_ours = table.get::<String, _>("schema") == "main"
            && table.get::<String, _>("type") == "table"
            && !name.starts_with("sqlite_")
            && !name.starts_with("_sqlx");
        if is_ours {
            ours += 1;
            assert!(table.get::<bool, _>("strict"), "{name} is not strict");
        }
    }
    assert!(ours >= 9, "{ours}");
    // Through the library itself: a child without its parent is refused.
    let nobody = rushes_model::ids::ProfileId::new();
    let new = rushes_library::model::NewProject { name: "Stray".into(), ..Default::default() };
    assert_eq!(
        shelf.library.create_project(nobody, &new).await.unwrap_err().notice(),
        Notice::NotFound { row: RowKind::Item }
    );
    shelf.library.verify().await.unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again_and_makes_no_snapshot() {
    let shelf = Shelf::new().await;
    let profile = shelf.profile("Ana").await;
    shelf.library.close().await;
    let again = Library::open(shelf.folder.path()).await.unwrap();
    assert_eq!(again.list_profiles().await.unwrap(), [profile]);
    assert!(snapshots(shelf.folder.path()).is_empty());
}

#[tokio::test]
async fn two_processes_that_start_at_once_both_get_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = tokio::join!(Library::open(folder.path()), Library::open(folder.path()));
    let (one, two) = (one.unwrap(), two.unwrap());
    one.create_profile("Ana", "#112233").await.unwrap();
    two.create_profile("Ben", "#445566").await.unwrap();
    assert_eq!(one.list_profiles().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_library_is_copied_before_it_is_migrated_and_loses_nothing() {
    let shelf = Shelf::new().await;
    let ana = shelf.profile("Ana").await.id;
    let project = shelf.project(ana, "Summer").await.id;
    let source = shelf.source(ana, project, "/footage/summer.mp4").await.id;
    let clips = shelf.clips(ana, project, source, 3).await;
    let jobs = shelf.library.list_jobs(ana, &JobQuery::default()).await.unwrap();
    assert!(!jobs.is_empty());
    shelf.library.close().await;
    set_back(shelf.folder.path()).await;

    let again = Library::open(shelf.folder.path()).await.unwrap();
    assert!(again.list_export_presets().await.unwrap().len() >= 13);
    let jobs_again = again.list_jobs(ana, &JobQuery::default()).await.unwrap();
    assert_eq!(unnumbered(jobs_again), unnumbered(jobs));
    for clip in clips {
        assert!(!again.clip_is_provisional(ana, clip).await.unwrap());
    }
    let made = snapshots(shelf.folder.path());
    assert_eq!(made.len(), 1);
    // The copy is older: it lacks the rows that the migration adds.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&made[0]).read_only(true);
    let mut copy = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    let presets: i64 =
        sqlx::query_scalar("SELECT count(*) FROM export_presets").fetch_one(&mut copy).await.unwrap();
    let profiles: i64 =
        sqlx::query_scalar("SELECT count(*) FROM profiles").fetch_one(&mut copy).await.unwrap();
    assert_eq!((presets, profiles), (0, 1));
}

/// The source in the payloads of version 4's jobs.
const OLD_SOURCE: uuid::Uuid = uuid::uuid!("01900000-0000-7000-8000-0123456789ab");

/// A library as an older version wrote it, with a profile.
async fn of_version(version: i64, data_dir: &Path, profile: ProfileId) -> sqlx::SqliteConnection {
    let mut old = sqlx::migrate!("../../../migrations");
    old.migrations = old.iter().filter(|migration| migration.version <= version).cloned().collect();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(data_dir.join("rushes.db"))
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .foreign_keys(true);
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    old.run(&mut connection).await.unwrap();
    run_sql(
        &mut connection,
        format!(
            "INSERT INTO profiles (id, name, name_folded, colour, created_at)
             VALUES ({}, 'Ana', 'ana', '#112233', 1)",
            blob(profile.0)
        ),
    )
    .await
    .unwrap();
    connection
}

/// The same with jobs in every state: queued, running, paused for each reason,
/// interrupted, done, failed and cancelled.
async fn with_jobs_of_version(version: i64, data_dir: &Path, profile: ProfileId) {
    let mut connection = of_version(version, data_dir, profile).await;
    let (owner, project) = (blob(profile.0), blob(ProjectId::new().0));
    run_sql(
        &mut connection,
        format!(
            "INSERT INTO projects (profile_id, id, name, description, context, search_text, target_duration_us,
                                   status, created_at, updated_at)
             VALUES ({owner}, {project}, 'Summer', '', '', 'summer', 20000000, 'active', 1, 1)"
        ),
    )
    .await
    .unwrap();
    let ways: [&[&str]; 12] = [
        &[],
        &["running"],
        &["running", "interrupted"],
        &["running", "done"],
        &["running", "failed"],
        &["cancelled"],
        &["paused:editor"],
        &["running", "paused:queue"],
        &["running", "paused:disk_full"],
        &["running", "paused:folder_missing"],
        &["running", "paused:quit"],
        &["running", "paused:editor", "queued", "running"],
    ];
    let kinds = ["analyse", "generate", "generate_from_segments", "proxy", "render", "refresh", "sample"];
    for (number, way) in ways.iter().enumerate() {
        let job = blob(JobId::new().0);
        let source = SourceId(OLD_SOURCE);
        run_sql(
            &mut connection,
            format!(
                "INSERT INTO jobs (profile_id, id, project_id, batch_id, kind, title, payload, payload_version,
                                   exclusive_key, position, worker, created_at)
                 VALUES ({owner}, {job}, {project}, {job}, '{}', 'Job {number}',
                         '{{\"seed\":{number},\"source_id\":\"{source}\"}}', 1,
                         'key {number}', {number}, 'gone', {number})",
                kinds[number % kinds.len()]
            ),
        )
        .await
        .unwrap();
        for state in *way {
            let (state, reason) = state.split_once(':').unwrap_or((state, ""));
            run_sql(
                &mut connection,
                format!(
                    "UPDATE jobs SET state = '{state}', pause_reason = nullif('{reason}', ''), stage = 'cutting',
                            progress_bp = 1234, attempts = 2, error_code = 'code', error_message = 'message',
                            error_detail = 'detail', note = 'note', result = '{{\"type\":\"clips\",\"made\":3}}',
                            started_at = 5, ended_at = 6
                      WHERE id = {job}"
                ),
            )
            .await
            .unwrap();
        }
        run_sql(
            &mut connection,
            format!("INSERT INTO job_events VALUES ({owner}, {job}, 99, 7, 'remark', 'it''s slow')"),
        )
        .await
        .unwrap();
    }
    run_sql(&mut connection, format!("INSERT INTO held_queues VALUES ({owner}, 'editor', 1)")).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

/// The part of the schema that concerns jobs and their log.
async fn schema_of_jobs(connection: &mut sqlx::SqliteConnection) -> Vec<(String, String)> {
    sqlx::query_as(
        "SELECT name, sql FROM sqlite_schema
          WHERE tbl_name IN ('jobs', 'job_events') AND type IN ('index', 'trigger') AND sql IS NOT NULL
          ORDER BY name",
    )
    .fetch_all(connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn jobs_in_every_state_come_with_their_logs_through_the_change_to_kinds_as_rows() {
    let folder = tempfile::tempdir().unwrap();
    let ana = ProfileId::new();
    with_jobs_of_version(4, folder.path(), ana).await;
    let mut before = raw(folder.path()).await;
    let (rows, schema) = (belongings(&mut before, ana).await, schema_of_jobs(&mut before).await);
    sqlx::Connection::close(before).await.unwrap();
    assert!(rows.contains("it''s slow") && schema.len() >= 12, "{rows}");

    let library = Library::open(folder.path()).await.unwrap();
    let mut after = raw(folder.path()).await;
    // New since then: each job has a revision and a class, those that only work on a source
    // name it, and what is told of it are notices.
    let (others, rest) = rows.split_once("\njobs\n").unwrap();
    let (jobs, log) = rest.split_once("\njob_events\n").unwrap();
    let is_of = |job: &str, kinds: &[&str]| kinds.iter().any(|kind| job.contains(&format!(" '{kind}' ")));
    let jobs: Vec<String> = jobs
        .lines()
        .map(|job| {
            let class = if is_of(job, &["analyse", "generate"]) { "decode" } else { "encode" };
            let source = if is_of(job, &["analyse", "proxy"]) {
                blob(OLD_SOURCE).to_uppercase()
            } else {
                "NULL".into()
            };
            let (error, notes) = match job.contains(" 'message' ") {
                true => (written("message"), format!("'[{}]'", written("note").trim_matches('\''))),
                false => ("NULL".into(), "'[]'".into()),
            };
            let job = job.replace(" 'code' 'message' 'detail' 'note' ", " 'detail' ");
            let job = job.replace(" 0 0 NULL NULL NULL NULL NULL ", " 0 0 NULL NULL ");
            let job = job.replace(" 'refresh' ", " 'clip_file' ");
            format!("{job} 1 '{class}' {source} {error} {notes}")
        })
        .collect();
    let (log, later) = log.split_once("\nheld_queues\n").unwrap();
    let log: Vec<String> = log
        .lines()
        .map(|line| {
            let told = [
                ("remark", "it''s slow", "it''s slow"),
                ("failed", "code", "message"),
                ("done", "note", "note"),
            ];
            let of = |(event, words, text): &(&str, &str, &str)| {
                let line = line.strip_suffix(&format!(" '{event}' '{words}'"))?;
                Some(format!("{line} '{event}' NULL '[{}]'", written(text).trim_matches('\'')))
            };
            told.iter().find_map(of).unwrap_or_else(|| format!("{line} '[]'"))
        })
        .collect();
    let (jobs, log) = (jobs.join("\n"), log.join("\n"));
    let due = format!("{others}\njobs\n{jobs}\njob_events\n{log}\nheld_queues\n{later}");
    assert_eq!(belongings(&mut after, ana).await, due);
    let mut migrated = schema_of_jobs(&mut after).await;
    let mut schema = schema;
    let changed = [
        "jobs_count_their_changes",
        "jobs_keep_owning_their_source",
        "jobs_log_their_states",
        "jobs_own_their_source",
    ];
    for triggers in [&mut migrated, &mut schema] {
        triggers.retain(|(name, _)| !changed.contains(&&**name));
    }
    assert_eq!(migrated, schema);
    library.verify().await.unwrap();
    let jobs = library.list_jobs(ana, &JobQuery::default()).await.unwrap();
    assert_eq!(jobs.len(), 12);
    for state in JobState::ALL {
        assert!(jobs.iter().any(|job| job.state == state), "{state:?}");
    }
    // Rules and log are in force again, for old and new rows.
    let running = jobs.iter().find(|job| job.state == JobState::Running).unwrap().id;
    assert!(library.interrupt_job(ana, running, "gone").await.unwrap());
    let log = library.job_log(ana, running).await.unwrap();
    assert_eq!(log.last().unwrap().event, JobEventKind::Interrupted);
    let project = jobs[0].project_id.unwrap();
    library.queue_job(ana, "gone", &adding(project, 0)).await.unwrap();
    let strange = format!("UPDATE jobs SET kind = 'dance' WHERE id = {}", blob(running.0));
    let refused = run_sql(&mut after, strange).await.unwrap_err();
    assert!(refused.as_database_error().unwrap().is_foreign_key_violation(), "{refused}");
    let refused = run_sql(&mut after, "DELETE FROM job_events".into()).await.unwrap_err();
    assert!(refused.to_string().contains("only added to"), "{refused}");
    // A log is deleted with its job.
    run_sql(&mut after, format!("DELETE FROM jobs WHERE id = {}", blob(running.0))).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM job_events WHERE job_id = ?")
        .bind(running)
        .fetch_one(&mut after)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

/// A sentence of an older version, as SQL.
fn written(text: &str) -> String {
    format!("'{{\"code\":\"written\",\"text\":\"{text}\"}}'")
}

#[tokio::test]
async fn what_the_version_before_told_of_jobs_is_kept_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let ana = ProfileId::new();
    with_jobs_of_version(11, folder.path(), ana).await;
    let refused = r#"{"type":"sources","added":1,"refused":[{"source_id":"01900000-0000-7000-8000-0123456789ab",
        "name":"notes.mov","code":"not_a_video","message":"“notes.mov” is no \"video\"."}]}"#;
    let mut before = raw(folder.path()).await;
    run_sql(&mut before, format!("UPDATE jobs SET result = '{refused}' WHERE state = 'done'")).await.unwrap();
    sqlx::Connection::close(before).await.unwrap();

    let library = Library::open(folder.path()).await.unwrap();
    library.verify().await.unwrap();
    let written = |text: &str| Notice::Written { text: text.into() };
    let jobs = library.list_jobs(ana, &JobQuery::default()).await.unwrap();
    for state in JobState::ALL {
        let job = jobs.iter().find(|job| job.state == state).unwrap();
        if state == JobState::Queued && job.attempts == 0 {
            assert_eq!((&job.error, &*job.notes), (&None, &[][..]));
            continue;
        }
        assert_eq!(
            (&job.error, &*job.notes),
            (&Some(written("message")), &[written("note")][..]),
            "{state:?}"
        );
        assert_eq!(job.error_detail.as_deref(), Some("detail"));
        let log = library.job_log(ana, job.id).await.unwrap();
        assert_eq!(log.last().unwrap().notices, [written("it's slow")]);
        let told = |event| log.iter().find(|line| line.event == event).map(|line| line.notices.clone());
        assert!(told(JobEventKind::Started).is_none_or(|notices| notices.is_empty()), "{state:?}");
        match state {
            JobState::Failed => assert_eq!(told(JobEventKind::Failed), Some(vec![written("message")])),
            JobState::Done => assert_eq!(told(JobEventKind::Done), Some(vec![written("note")])),
            _ => {}
        }
    }
    let done = jobs.iter().find(|job| job.state == JobState::Done).unwrap();
    let Some(JobResult::Sources { added: 1, refused }) = &done.result else { panic!("{done:?}") };
    assert_eq!(refused[0].notice, written("“notes.mov” is no \"video\"."));
    // What is told from now on is a notice.
    let running = jobs.iter().find(|job| job.state == JobState::Running).unwrap();
    let end = JobEnd::Failed { error: Notice::FULL, detail: String::new() };
    let over = library.end_job(ana, running.id, &end).await.unwrap();
    assert_eq!((over.error, over.revision > running.revision), (Some(Notice::FULL), true));
    assert_eq!(library.job_log(ana, running.id).await.unwrap().last().unwrap().notices, [Notice::FULL]);
}

#[tokio::test]
async fn previews_of_the_version_before_stay_as_files_and_none_is_made_any_more() {
    let shelf = Shelf::new().await;
    let (library, ana) = (&shelf.library, shelf.profile("Ana").await.id);
    let project = shelf.project(ana, "Summer").await.id;
    let source = shelf.source(ana, project, "/footage/summer.mp4").await.id;
    let clips = shelf.clips(ana, project, source, 5).await;
    shelf.clip_file(ana, clips[0], 1).await;
    shelf.clip_file(ana, clips[1], 1).await;
    library.set_clip_muted(ana, clips[1], true).await.unwrap();
    let mut left = Vec::new();
    // Interrupted twice: their keys are the same.
    for _ in 0..2 {
        let job = shelf.running(ana, &filing(project, clips[1])).await.id;
        library.interrupt_job(ana, job, WORKER).await.unwrap();
        left.push(job);
    }
    left.push(library.queue_job(ana, WORKER, &filing(project, clips[1])).await.unwrap().id);
    left.push(shelf.running(ana, &filing(project, clips[2])).await.id);
    for (clip, reason) in [(clips[3], PauseReason::Editor), (clips[4], PauseReason::Quit)] {
        let job = shelf.running(ana, &filing(project, clip)).await.id;
        library.pause_job(ana, job, reason).await.unwrap();
        left.push(job);
    }
    let failed = shelf.running(ana, &filing(project, clips[0])).await.id;
    let error = Notice::FfmpegFailed { activity: Activity::MakingClipFile };
    let end = JobEnd::Failed { error: error.clone(), detail: String::new() };
    library.end_job(ana, failed, &end).await.unwrap();
    shelf.library.close().await;
    // As the version before had it.
    let mut old = shelf.raw().await;
    for sql in [
        "ALTER TABLE clips RENAME COLUMN file_revision TO preview_revision",
        "ALTER TABLE clips ADD COLUMN preview_state TEXT NOT NULL DEFAULT 'ready'
             CHECK (preview_state IN ('pending', 'ready', 'failed'))",
        "INSERT INTO job_kinds (kind) VALUES ('preview')",
        "UPDATE jobs SET kind = 'preview', exclusive_key = replace(exclusive_key, 'clip_file:', 'preview:'),
                error = replace(error, 'making_clip_file', 'making_preview')
          WHERE kind = 'clip_file'",
        "DELETE FROM job_kinds WHERE kind = 'clip_file'",
        "DROP TRIGGER job_events_are_kept_as_they_are",
        "UPDATE job_events SET notices = replace(notices, 'making_clip_file', 'making_preview')",
        "CREATE TRIGGER job_events_are_kept_as_they_are BEFORE UPDATE ON job_events
         BEGIN SELECT RAISE(ABORT, 'the log of a job is only added to'); END",
        "DELETE FROM _sqlx_migrations WHERE version >= 17",
    ] {
        run_sql(&mut old, sql.into()).await.unwrap();
    }
    sqlx::Connection::close(old).await.unwrap();

    let library = Library::open(shelf.folder.path()).await.unwrap();
    library.verify().await.unwrap();
    for id in left {
        let row = library.job_row(ana, id).await.unwrap();
        assert_eq!((row.job.kind, row.job.state), (JobKind::ClipFile, JobState::Done));
        assert!(
            row.job.progress_bp == 10_000 && row.job.ended_at_ms.is_some() && row.job.pause_reason.is_none()
        );
        assert_eq!(library.job_log(ana, id).await.unwrap().last().unwrap().event, JobEventKind::Done);
    }
    assert!(library.waiting_jobs(WORKER).await.unwrap().is_empty());
    // One that failed can be tried again: what it makes is the file.
    let row = library.job_row(ana, failed).await.unwrap();
    assert_eq!(
        (row.job.kind, row.job.state, row.job.error),
        (JobKind::ClipFile, JobState::Failed, Some(error.clone()))
    );
    assert_eq!(row.exclusive_key, filing(project, clips[0]).exclusive_key);
    assert_eq!(library.job_log(ana, failed).await.unwrap().last().unwrap().notices, [error]);
    let mut files = Vec::new();
    for clip in clips {
        files.push((
            library.clip_plan(ana, clip).await.unwrap().file_revision,
            library.get_clip(ana, clip).await.unwrap().has_file,
        ));
    }
    assert_eq!(files, [(1, true), (1, false), (0, false), (0, false), (0, false)]);
    let refused =
        run_sql(&mut shelf.raw().await, "UPDATE job_events SET words = 'x'".into()).await.unwrap_err();
    assert!(refused.to_string().contains("only added to"), "{refused}");
}

/// An analysis as version 14 stored it, with a hash beyond SQLite's integers.
fn old_analysis(detail: &str, has_sound: bool) -> serde_json::Value {
    let measures = json!({ "motion_milli": 4, "camera_milli": 1, "subject_milli": 2, "sharpness_milli": 50,
                           "colour_milli": 60, "brightness_milli": 500, "contrast_milli": 200 });
    let window = |start_us: i64, loudness: Option<i32>| {
        json!({ "start_us": start_us, "measures": measures, "hash": u64::MAX - 1,
                "loudness_mlufs": loudness.filter(|_| has_sound) })
    };
    let sound = json!({ "loudness": { "integrated_mlufs": -23_100, "true_peak_mdb": -1_200 },
                        "silences": [], "speech": [{ "start_us": 0, "end_us": 900_000 }],
                        "onsets": [250_000], "clipped": [] });
    json!({
        "analysis": {
            "version": 5, "detail": detail, "duration_us": 1_200_000,
            "shots": [{ "start_us": 0, "end_us": 1_200_000, "in": { "kind": "start", "length_us": 0 },
                        "measures": measures, "hash": u64::MAX }],
            "windows": [window(0, Some(-23_000)), window(500_000, None), window(1_000_000, Some(-40_500))],
            "blanks": [], "flashes": [], "frozen": [{ "start_us": 0, "end_us": 1_200_000 }],
            "bars": { "top_milli": 100, "bottom_milli": 100, "left_milli": 0, "right_milli": 0 },
            "sound": if has_sound { sound } else { json!(null) },
            "damage": [],
        },
        "sheet": { "tiles": 3, "columns": 3, "rows": 1, "step_us": 500_000, "tile_width": 160, "tile_height": 90 },
    })
}

#[tokio::test]
async fn an_analysis_of_the_version_before_is_kept_as_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let ana = ProfileId::new();
    let mut before = of_version(14, folder.path(), ana).await;
    for (key, version, data, made_at) in [
        ("single", 5, old_analysis("full", true), 1),
        ("silent", 5, old_analysis("survey", false), 2),
        ("tracks-sound-1", 5, old_analysis("full", true), 3),
        ("tracks-sound-1-2", 5, old_analysis("survey", true), 4),
        ("tracks-sound", 5, old_analysis("full", false), 5),
        ("older", 4, old_analysis("full", true), 6),
        ("strange", 5, json!({ "analysis": { "windows": [3], "detail": "full", "sound": null } }), 7),
        ("empty", 5, json!([]), 8),
    ] {
        let sql =
            format!("INSERT INTO analyses VALUES ({}, '{key}', {version}, '{data}', {made_at})", blob(ana.0));
        run_sql(&mut before, sql).await.unwrap();
    }
    sqlx::Connection::close(before).await.unwrap();
    let cache = folder.path().join("profiles").join(ana.to_string()).join("cache");
    std::fs::create_dir_all(&cache).unwrap();
    for name in ["single.sheet.jpg", "tracks-sound-1.sheet.jpg", "tracks-sound-1.peaks"] {
        std::fs::write(cache.join(name), name).unwrap();
    }

    let library = Library::open(folder.path()).await.unwrap();
    library.verify().await.unwrap();
    let part = async |key: &str, part| {
        let stored = library.analysis_part(ana, key, part).await.unwrap()?;
        assert_eq!(stored.version, 1);
        Some(stored.data)
    };
    // What the application reads of them, and nothing else.
    let seen = async |key: &str| -> Option<PicturePart> {
        let data = part(key, Part::Picture).await?;
        assert_eq!(data["sheet"], old_analysis("full", true)["sheet"]);
        let picture: PicturePart = serde_json::from_value(data["picture"].clone()).unwrap();
        assert_eq!(data["picture"], serde_json::to_value(&picture).unwrap());
        Some(picture)
    };
    let heard = async |key: &str| -> Option<SoundPart> {
        let data = part(key, Part::Sound).await?;
        let sound: SoundPart = serde_json::from_value(data.clone()).unwrap();
        assert_eq!(data, serde_json::to_value(&sound).unwrap());
        Some(sound)
    };
    let (picture, sound) = (seen("single").await.unwrap(), heard("single").await.unwrap());
    assert_eq!((picture.shots[0].hash, picture.windows[2].hash), (u64::MAX, u64::MAX - 1));
    assert_eq!(picture.windows.iter().map(|w| w.start_us).collect::<Vec<_>>(), [0, 500_000, 1_000_000]);
    assert_eq!((picture.detail, picture.bars.unwrap().top_milli), (Detail::Full, 100));
    assert_eq!(sound.momentary_mlufs, [Some(-23_000), None, Some(-40_500)]);
    assert_eq!(sound.sound.as_ref().unwrap().onsets, [250_000]);
    assert_eq!(seen("silent").await.unwrap().detail, Detail::Survey);
    assert_eq!(heard("silent").await, Some(SoundPart::default()));
    // One picture with three sounds; of it, the closest look.
    assert_eq!(seen("tracks").await.unwrap(), picture);
    assert_eq!(heard("tracks-sound-1").await.as_ref(), Some(&sound));
    assert_eq!(heard("tracks-sound-1-2").await.as_ref(), Some(&sound));
    assert_eq!(heard("tracks-sound").await, Some(SoundPart::default()));
    for key in ["older", "strange", "empty", "tracks-sound-1"] {
        assert_eq!(seen(key).await, None, "{key}");
    }
    assert_eq!((heard("older").await, heard("strange").await, heard("tracks").await), (None, None, None));
    let mut files: Vec<_> =
        std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["single.sheet.jpg", "tracks-sound-1.peaks", "tracks.sheet.jpg"]);
}

#[tokio::test]
async fn the_ten_newest_snapshots_are_kept() {
    let shelf = Shelf::new().await;
    let mut last = PathBuf::new();
    for _ in 0..12 {
        last = shelf.library.snapshot().await.unwrap();
    }
    let kept = snapshots(shelf.folder.path());
    assert_eq!(kept.len(), 10);
    assert_eq!(kept.last(), Some(&last));
    assert!(kept.iter().all(|path| path.extension().unwrap() == "db"), "nothing half made is left");
}

#[tokio::test]
async fn a_library_of_a_newer_version_is_refused_and_left_as_it_is() {
    let shelf = Shelf::new().await;
    shelf.library.close().await;
    let mut connection = shelf.raw().await;
    run_sql(
        &mut connection,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)"
            .into(),
    )
    .await
    .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    let before = std::fs::read(shelf.folder.path().join("rushes.db")).unwrap();

    assert_eq!(Library::open(shelf.folder.path()).await.unwrap_err().notice(), Notice::LibraryNewer);
    assert_eq!(std::fs::read(shelf.folder.path().join("rushes.db")).unwrap(), before);
    assert!(snapshots(shelf.folder.path()).is_empty());
}

#[tokio::test]
async fn a_damaged_library_is_told_and_left_as_it_is() {
    let shelf = Shelf::new().await;
    shelf.profile("Ana").await;
    shelf.library.close().await;
    damage(shelf.folder.path());
    let before = std::fs::read(shelf.folder.path().join("rushes.db")).unwrap();

    assert_eq!(Library::open(shelf.folder.path()).await.unwrap_err().notice(), CORRUPT);
    assert_eq!(std::fs::read(shelf.folder.path().join("rushes.db")).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_library_at_all_is_told_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rushes.db"), "this is a diary, not a database\n".repeat(50)).unwrap();
    assert_eq!(Library::open(folder.path()).await.unwrap_err().notice(), CORRUPT);
}

#[tokio::test]
async fn the_newest_sound_snapshot_is_restored_and_the_broken_file_kept() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    shelf.profile("Ana").await;
    shelf.library.snapshot().await.unwrap();
    shelf.profile("Ben").await;
    let newest = shelf.library.snapshot().await.unwrap();
    shelf.library.close().await;
    // The newest is damaged, and an even newer one is empty: neither is used.
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes[4096..].iter_mut().for_each(|byte| *byte = 0x5a);
    std::fs::write(&newest, bytes).unwrap();
    let empty = "backups/rushes-00009999-01900000-0000-7000-8000-000000000000.db";
    std::fs::write(data_dir.join(empty), "").unwrap();
    damage(data_dir);
    let broken_bytes = std::fs::read(data_dir.join("rushes.db")).unwrap();
    // A journal of the broken file must not be applied to the restored one.
    std::fs::write(data_dir.join("rushes.db-wal"), "junk").unwrap();

    assert!(Library::has_snapshot(data_dir));
    let broken = Library::restore_newest_snapshot(data_dir, || false).await.unwrap().unwrap();
    assert_eq!(std::fs::read(&broken).unwrap(), broken_bytes);
    let again = Library::open(data_dir).await.unwrap();
    let names: Vec<_> = again.list_profiles().await.unwrap().into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["Ana"]);
    again.verify().await.unwrap();
}

#[tokio::test]
async fn restoring_without_a_snapshot_moves_nothing() {
    let shelf = Shelf::new().await;
    shelf.library.close().await;
    damage(shelf.folder.path());
    let before = std::fs::read(shelf.folder.path().join("rushes.db")).unwrap();
    let refused = Library::restore_newest_snapshot(shelf.folder.path(), || false).await.unwrap_err();
    assert_eq!(refused.notice(), Notice::NotFound { row: RowKind::Snapshot });
    assert_eq!(std::fs::read(shelf.folder.path().join("rushes.db")).unwrap(), before);
}

#[tokio::test]
async fn a_library_that_became_empty_is_told_where_there_are_snapshots() {
    let shelf = Shelf::new().await;
    shelf.library.snapshot().await.unwrap();
    shelf.library.close().await;
    std::fs::write(shelf.folder.path().join("rushes.db"), "").unwrap();
    assert_eq!(Library::open(shelf.folder.path()).await.unwrap_err().notice(), CORRUPT);
}

#[tokio::test]
async fn a_library_that_is_missing_is_told_and_restored_where_there_are_snapshots() {
    let shelf = Shelf::new().await;
    let data_dir = shelf.folder.path();
    shelf.profile("Ana").await;
    shelf.library.snapshot().await.unwrap();
    shelf.library.close().await;
    std::fs::remove_file(data_dir.join("rushes.db")).unwrap();
    assert_eq!(
        Library::open(data_dir).await.unwrap_err().notice(),
        Notice::LibraryMissing { why: LostLibrary::HasSnapshot }
    );
    assert!(!data_dir.join("rushes.db").exists());

    let refused = Library::restore_newest_snapshot(data_dir, || true).await.unwrap_err();
    assert_eq!(refused.notice(), Notice::Busy { why: Engaged::LibraryUsed });
    assert_eq!(Library::restore_newest_snapshot(data_dir, || false).await.unwrap(), None);
    let again = Library::open(data_dir).await.unwrap();
    assert_eq!(again.list_profiles().await.unwrap()[0].name, "Ana");
}
