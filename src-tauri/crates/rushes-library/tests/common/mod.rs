//! A library in a temporary folder, opened by the production code, and rows to fill it.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::Path;

use rushes_library::model::{
    ClipOrigin, Export, Job, JobClass, JobKind, NewClip, NewProject, NewSegment, Profile, Project, Source,
};
use rushes_library::{JobEnd, Library, NewExport, NewJob, NewSource};
use rushes_model::edit::Cut;
use rushes_model::facts::{SourceFacts, VideoFacts};
use rushes_model::ids::{ClipId, JobId, ProfileId, ProjectId, SegmentId, SourceId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

/// The worker of the jobs in these tests.
pub const WORKER: &str = "this process";
/// Length of every source.
pub const SOURCE_US: i64 = 60_000_000;

pub struct Shelf {
    pub library: Library,
    pub folder: tempfile::TempDir,
}

impl Shelf {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { library: Library::open(folder.path()).await.unwrap(), folder }
    }

    /// A connection outside the library, as any SQL client would have it.
    pub async fn raw(&self) -> SqliteConnection {
        raw(self.folder.path()).await
    }

    pub async fn profile(&self, name: &str) -> Profile {
        self.library.create_profile(name, "#3B82F6").await.unwrap()
    }

    pub async fn project(&self, profile: ProfileId, name: &str) -> Project {
        let new = NewProject { name: name.into(), ..NewProject::default() };
        self.library.create_project(profile, &new).await.unwrap()
    }

    pub async fn source(&self, profile: ProfileId, project: ProjectId, path: &str) -> Source {
        self.library.add_source(profile, project, &new_source(path)).await.unwrap()
    }

    pub async fn segment(&self, profile: ProfileId, source: SourceId) -> SegmentId {
        let new = NewSegment {
            source_id: source,
            in_us: 0,
            out_us: 5_000_000,
            name: None,
            keywords: Vec::new(),
            weight: None,
        };
        self.library.add_segment(profile, &new).await.unwrap().id
    }

    /// A running job.
    pub async fn running(&self, profile: ProfileId, new: &NewJob) -> Job {
        let job = self.library.queue_job(profile, WORKER, new).await.unwrap();
        assert!(self.library.start_job(profile, job.id, WORKER).await.unwrap());
        self.library.job_row(profile, job.id).await.unwrap().job
    }

    /// Clips of a source, made by a finished job.
    pub async fn clips(
        &self,
        profile: ProfileId,
        project: ProjectId,
        source: SourceId,
        count: usize,
    ) -> Vec<ClipId> {
        let job = self.running(profile, &making(project)).await;
        let new: Vec<NewClip> = (0..count as i64).map(|n| new_clip(source, n * 1_000)).collect();
        let ids = self.library.add_clips(profile, project, job.id, &new).await.unwrap();
        self.library
            .end_job(profile, job.id, &JobEnd::Done { notes: Vec::new(), result: None })
            .await
            .unwrap();
        ids
    }

    /// Publishes the file of a clip's revision.
    pub async fn clip_file(&self, profile: ProfileId, clip: ClipId, revision: u32) {
        let placed: Result<(), ()> =
            self.library.publish_clip_file(profile, clip, revision, || Ok(())).await.unwrap();
        placed.unwrap();
    }

    /// A final of a clip, with its job finished.
    pub async fn export(&self, profile: ProfileId, project: ProjectId, clip: ClipId, path: &str) -> Export {
        let job = self.running(profile, &rendering(project, clip, "tiktok")).await;
        let hash = self.library.render_plan(profile, clip).await.unwrap().edit_hash;
        let new = new_export(clip, job.id, path, &hash);
        let export = self.library.add_export(profile, &new).await.unwrap();
        self.library
            .end_job(profile, job.id, &JobEnd::Done { notes: Vec::new(), result: None })
            .await
            .unwrap();
        export
    }
}

pub async fn raw(data_dir: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(data_dir.join("rushes.db")).foreign_keys(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Changes rows without updating an index.
pub async fn behind_the_back_of(index: &str, data_dir: &Path, sql: &str) {
    let mut connection = raw(data_dir).await;
    run_sql(&mut connection, "PRAGMA writable_schema = ON".into()).await.unwrap();
    let keep = format!("CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = '{index}'");
    run_sql(&mut connection, keep).await.unwrap();
    let hide = format!("DELETE FROM sqlite_schema WHERE name = '{index}'");
    run_sql(&mut connection, hide).await.unwrap();
    connection.close().await.unwrap();
    let mut connection = raw(data_dir).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    run_sql(&mut connection, "PRAGMA writable_schema = ON".into()).await.unwrap();
    run_sql(&mut connection, "INSERT INTO sqlite_schema SELECT * FROM kept".into()).await.unwrap();
    run_sql(&mut connection, "DROP TABLE kept".into()).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs SQL that the test assembled.
pub async fn run_sql(connection: &mut SqliteConnection, sql: String) -> Result<u64, sqlx::Error> {
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.map(|done| done.rows_affected())
}

pub fn new_source(path: &str) -> NewSource {
    NewSource {
        id: SourceId::new(),
        name: Path::new(path).file_name().unwrap().to_string_lossy().into_owned(),
        path: path.into(),
        facts: facts(SOURCE_US),
        fingerprint: format!("fingerprint of {path}"),
        copied: false,
    }
}

pub fn facts(duration_us: i64) -> SourceFacts {
    SourceFacts {
        duration_us,
        size_bytes: 1,
        container: "mov".into(),
        video: VideoFacts {
            stream_index: 0,
            codec: "h264".into(),
            pixel_format: "yuv420p".into(),
            width: 320,
            height: 180,
            coded_width: 320,
            coded_height: 180,
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
    }
}

pub fn new_clip(source: SourceId, in_us: i64) -> NewClip {
    NewClip {
        origin: ClipOrigin::Highlight,
        cuts: vec![Cut { source_id: source, in_us, out_us: in_us + 10_000_000 }],
        muted: false,
        score_bp: 5_000,
        score_parts: None,
        provisional: false,
    }
}

pub fn new_export(clip: ClipId, job: JobId, path: &str, edit_hash: &str) -> NewExport {
    NewExport {
        clip_id: clip,
        job_id: job,
        preset: "tiktok".into(),
        path: path.into(),
        size_bytes: 1_000,
        duration_us: 10_000_000,
        width: 1080,
        height: 1920,
        edit_hash: edit_hash.to_owned(),
    }
}

pub fn making(project: ProjectId) -> NewJob {
    NewJob {
        kind: JobKind::Generate,
        class: JobClass::Decode,
        project_id: Some(project),
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "Making clips".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: Some(format!("make:{project}")),
    }
}

pub fn rendering(project: ProjectId, clip: ClipId, preset: &str) -> NewJob {
    NewJob {
        kind: JobKind::Render,
        class: JobClass::Encode,
        project_id: Some(project),
        clip_id: Some(clip),
        source_id: None,
        batch_id: None,
        title: "Rendering".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: Some(format!("render:{clip}:{preset}")),
    }
}

pub fn filing(project: ProjectId, clip: ClipId) -> NewJob {
    NewJob {
        kind: JobKind::ClipFile,
        class: JobClass::Encode,
        project_id: Some(project),
        clip_id: Some(clip),
        source_id: None,
        batch_id: None,
        title: "Making a file".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: Some(format!("clip_file:{clip}")),
    }
}

/// A job that adds files to a project; `number` makes it distinct.
pub fn adding(project: ProjectId, number: usize) -> NewJob {
    NewJob {
        kind: JobKind::Ingest,
        class: JobClass::Brief,
        project_id: Some(project),
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "Adding files".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: Some(format!("add:{project}:{number}")),
    }
}

/// A job that deletes files from the trash.
pub fn deleting() -> NewJob {
    NewJob {
        kind: JobKind::DeleteFiles,
        class: JobClass::Brief,
        project_id: None,
        clip_id: None,
        source_id: None,
        batch_id: None,
        title: "Old".into(),
        payload: serde_json::Value::Null,
        payload_version: 1,
        exclusive_key: None,
    }
}

/// Everything that a profile owns, as text, to detect changes.
pub async fn belongings(connection: &mut SqliteConnection, profile: ProfileId) -> String {
    let mut all = String::new();
    for table in [
        "projects",
        "sources",
        "segments",
        "clips",
        "clip_cuts",
        "jobs",
        "job_events",
        "held_queues",
        "exports",
        "analyses",
    ] {
        let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"
        )))
        .fetch_all(&mut *connection)
        .await
        .unwrap();
        let sql = format!(
            "SELECT {} FROM {table} WHERE profile_id = {} ORDER BY 1",
            columns.join(" || ' ' || "),
            blob(profile.0)
        );
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await.unwrap();
        all.push_str(&format!("{table}\n{}\n", rows.join("\n")));
    }
    all
}

/// An id as a SQL literal.
pub fn blob(id: uuid::Uuid) -> String {
    format!("x'{}'", id.simple())
}
