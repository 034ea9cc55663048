//! A shell without a display, with real permissions, and a profile that has one
//! of everything.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};
use std::process::Command;

use rushes::media_server::Tokens;
use rushes::shell::Shell;
use rushes_model::choice::{ClipKind, MontageOrder};
use rushes_model::ids::{BatchId, ClipId, ExportId, JobId, ProjectId, SegmentId, SourceId};
use rushes_studio::model::{ClipQuery, Flag, GenerateRequest, NewProject, NewSegment, ProjectQuery};
use rushes_studio::{ProfileSession, Studio};
use serde_json::Value;
use tauri::async_runtime::block_on;
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::{App, WebviewWindow, WebviewWindowBuilder};

/// An application in its own data directory.
pub struct Bench {
    pub data: tempfile::TempDir,
    pub app: App<MockRuntime>,
    pub shell: Shell,
    pub tokens: Tokens,
    pub studio: Studio,
}

impl Bench {
    pub fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let tokens = Tokens::default();
        let shell = Shell::new(data.path().to_owned(), 1, tokens.clone());
        let app = rushes::app::build(mock_builder(), shell.clone())
            .build(tauri::generate_context!(test = true))
            .unwrap();
        block_on(rushes::start::start_studio(app.handle()));
        let studio = block_on(shell.studio()).unwrap();
        Self { data, app, shell, tokens, studio }
    }

    pub fn window(&self, label: &str) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.app, label, Default::default()).build().unwrap()
    }

    pub fn profile(&self, name: &str) -> ProfileSession {
        block_on(async {
            let profile = self.studio.create_profile(name, "#3B82F6").await.unwrap();
            self.studio.open_profile(profile.id).await.unwrap()
        })
    }
}

/// Calls a command as the page of a window does.
pub fn call(window: &WebviewWindow<MockRuntime>, command: &str, arguments: Value) -> Result<Value, Value> {
    let request = tauri::webview::InvokeRequest {
        cmd: format!("plugin:rushes|{command}"),
        callback: tauri::ipc::CallbackFn(0),
        error: tauri::ipc::CallbackFn(1),
        url: "tauri://localhost".parse().unwrap(),
        body: tauri::ipc::InvokeBody::Json(arguments),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_string(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

/// One of everything that a profile can hold.
#[derive(Debug, Clone, Copy)]
pub struct Ids {
    pub project: ProjectId,
    pub source: SourceId,
    pub segment: SegmentId,
    pub clip: ClipId,
    pub export: ExportId,
    pub job: JobId,
    pub batch: BatchId,
}

impl Ids {
    /// Ids that never existed.
    pub fn of_nothing() -> Self {
        Self {
            project: ProjectId::new(),
            source: SourceId::new(),
            segment: SegmentId::new(),
            clip: ClipId::new(),
            export: ExportId::new(),
            job: JobId::new(),
            batch: BatchId::new(),
        }
    }

    pub fn all(&self) -> [String; 7] {
        [
            self.project.to_string(),
            self.source.to_string(),
            self.segment.to_string(),
            self.clip.to_string(),
            self.export.to_string(),
            self.job.to_string(),
            self.batch.to_string(),
        ]
    }
}

/// Fills a profile with one of everything, including real footage and a real final.
pub fn fill(session: &ProfileSession, footage: &Path) -> Ids {
    block_on(async {
        let project = session
            .create_project(&NewProject { name: "Secret campaign".into(), ..NewProject::default() })
            .await
            .unwrap();
        let added = session.add_sources(project.id, &[footage.to_owned()], false).await.unwrap();
        let source = added[0].done.clone().unwrap();
        let segment = session
            .add_segment(&NewSegment {
                source_id: source.id,
                in_us: 0,
                out_us: 1_000_000,
                name: Some("Secret segment".into()),
                keywords: Vec::new(),
                weight: None,
            })
            .await
            .unwrap();
        let job = session
            .generate_raw_clips(
                project.id,
                &GenerateRequest {
                    source_ids: Vec::new(),
                    kind: ClipKind::Highlight,
                    count: 1,
                    target_duration_us: Some(1_000_000),
                    seed: Some(1),
                    order: MontageOrder::default(),
                    include_used: false,
                },
            )
            .await
            .unwrap();
        session.wait_for_job(job.id).await.unwrap();
        let clips = session.list_project_clips(project.id, &ClipQuery::default()).await.unwrap();
        let clip = clips.items.first().expect("a clip was made").id;
        session.bulk_select_clips(&[clip], Flag::Picked).await.unwrap();
        let files = session.make_clip_files(&[clip]).await.unwrap();
        session.wait_for_job(files[0].done.as_ref().unwrap().id).await.unwrap();
        let render = session.render_final_clip(clip, "square", None).await.unwrap();
        let render = session.wait_for_job(render.id).await.unwrap();
        let presets = ["square", "tiktok"].map(String::from);
        let queued = session.bulk_render_clips(&[clip], &presets, None).await.unwrap();
        let batch = queued[0].done.as_ref().and_then(|job| job.batch_id).unwrap();
        session.cancel_batch(batch).await.unwrap();
        let exports = session.list_exports(None).await.unwrap();
        let export = exports.first().unwrap_or_else(|| panic!("no final: {render:?}")).id;
        Ids { project: project.id, source: source.id, segment: segment.id, clip, export, job: job.id, batch }
    })
}

/// Everything a session can see, as text.
pub fn everything(session: &ProfileSession) -> String {
    block_on(async {
        let mut seen = vec![
            serde_json::to_string(&session.profile().await.unwrap()).unwrap(),
            serde_json::to_string(&session.list_projects(&ProjectQuery::default()).await.unwrap()).unwrap(),
            serde_json::to_string(
                &session
                    .list_projects(&ProjectQuery { trashed: true, ..ProjectQuery::default() })
                    .await
                    .unwrap(),
            )
            .unwrap(),
            serde_json::to_string(&session.list_all_sources().await.unwrap()).unwrap(),
            serde_json::to_string(&session.list_exports(None).await.unwrap()).unwrap(),
            serde_json::to_string(&session.list_jobs(&Default::default()).await.unwrap()).unwrap(),
            serde_json::to_string(&session.list_all_tags().await.unwrap()).unwrap(),
        ];
        for trashed in [false, true] {
            let query = ClipQuery { trashed, ..ClipQuery::default() };
            let clips = session.list_all_clips(&query).await.unwrap();
            for clip in &clips.items {
                seen.push(serde_json::to_string(&session.get_clip(clip.id).await.unwrap()).unwrap());
            }
        }
        for project in session.list_projects(&ProjectQuery::default()).await.unwrap().items {
            seen.push(serde_json::to_string(&session.list_segments(project.id).await.unwrap()).unwrap());
        }
        seen.join("\n")
    })
}

/// Three seconds of moving video with sound.
pub fn footage(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=3"])
        .args(["-f", "lavfi", "-i", "sine=f=440:d=3", "-c:v", "libx264", "-preset", "ultrafast"])
        .args(["-c:a", "aac", "-shortest"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    path
}
