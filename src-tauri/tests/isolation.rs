//! A window sees its own profile and nothing of another, whatever its page requests.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Bench, Ids, call, everything, fill, footage};
use rushes::commands::{api, names::COMMANDS};
use serde_json::{Value, json};

/// How a command could reach another profile's data.
enum Reach {
    /// Takes ids: the answer must be the one for ids that never existed.
    Ids(fn(&Ids) -> Value),
    /// Takes none: its answer must reveal nothing of the other profile.
    Own(Value),
    /// Concerns the application or manages profiles: meant to work across them.
    Across,
    /// Opens a system dialog and touches no library.
    Dialog,
}

use Reach::{Across, Dialog, Own};

/// Every command. The test below fails if a new one is missing.
fn table() -> Vec<(&'static str, Reach)> {
    let ids = Reach::Ids;
    vec![
        ("app_info", Across),
        ("ffmpeg_status", Across),
        ("get_settings", Across),
        ("update_settings", Across),
        ("recheck_ffmpeg", Across),
        ("restore_library", Across),
        ("watch", Across),
        ("quit", Across),
        ("take_asked_files", Across),
        ("notify", Across),
        ("show_progress", Across),
        ("list_profiles", Across),
        ("create_profile", Across),
        ("rename_profile", Across),
        ("recolour_profile", Across),
        ("set_default_profile", Across),
        ("delete_profile", Across),
        ("open_profile", Across),
        ("current_profile", Across),
        ("open_profile_window", Across),
        ("profile_overview", Own(json!({}))),
        ("update_profile_settings", Own(json!({ "settings": { "output_folder": null } }))),
        ("create_project", Own(json!({ "project": { "name": "Mine" } }))),
        ("list_projects", Own(json!({ "query": {} }))),
        ("get_project", ids(|o| json!({ "id": o.project }))),
        ("get_project_progress", ids(|o| json!({ "id": o.project }))),
        ("update_project", ids(|o| json!({ "id": o.project, "patch": { "name": "Taken" } }))),
        ("delete_project", ids(|o| json!({ "id": o.project }))),
        ("restore_project", ids(|o| json!({ "id": o.project }))),
        ("create_sample_project", Across),
        ("add_sources", ids(|o| json!({ "projectId": o.project, "paths": ["/nowhere.mp4"], "copy": false }))),
        ("list_sources", ids(|o| json!({ "projectId": o.project }))),
        ("list_all_sources", Own(json!({}))),
        ("get_source", ids(|o| json!({ "id": o.source }))),
        ("remove_source", ids(|o| json!({ "id": o.source }))),
        ("restore_source", ids(|o| json!({ "id": o.source }))),
        (
            "relink_source",
            ids(|o| json!({ "id": o.source, "path": "/nowhere.mp4", "acceptDifferent": true })),
        ),
        ("set_source_sound", ids(|o| json!({ "id": o.source, "tracks": [] }))),
        ("reveal_source", ids(|o| json!({ "id": o.source }))),
        (
            "generate_raw_clips",
            ids(|o| json!({ "projectId": o.project, "request": { "kind": "highlight", "count": 1 } })),
        ),
        ("get_source_analysis", ids(|o| json!({ "id": o.source }))),
        ("analyse_source", ids(|o| json!({ "id": o.source }))),
        (
            "get_source_waveform",
            ids(|o| json!({ "id": o.source, "fromUs": 0, "toUs": 1000000, "columns": 10 })),
        ),
        ("get_score_weights", Own(json!({}))),
        ("set_score_weights", Own(json!({ "weights": null }))),
        (
            "add_segment",
            ids(|o| json!({ "segment": { "source_id": o.source, "in_us": 0, "out_us": 500000 } })),
        ),
        ("list_segments", ids(|o| json!({ "projectId": o.project }))),
        ("update_segment", ids(|o| json!({ "id": o.segment, "patch": { "name": "Taken" } }))),
        ("remove_segment", ids(|o| json!({ "id": o.segment }))),
        ("reorder_segments", ids(|o| json!({ "projectId": o.project, "ids": [o.segment] }))),
        (
            "generate_from_segments",
            ids(|o| {
                json!({ "projectId": o.project, "request": {
                    "segment_ids": [o.segment], "variant_count": 1,
                    "selection_mode": "sequential", "target_duration_us": 1000000 } })
            }),
        ),
        ("list_project_clips", ids(|o| json!({ "projectId": o.project, "query": {} }))),
        ("list_all_clips", Own(json!({ "query": {} }))),
        ("get_clip", ids(|o| json!({ "id": o.clip }))),
        ("update_clip", ids(|o| json!({ "id": o.clip, "patch": { "name": "Taken" } }))),
        ("toggle_clip_selection", ids(|o| json!({ "id": o.clip }))),
        ("bulk_select_clips", ids(|o| json!({ "ids": [o.clip], "flag": "rejected" }))),
        ("remove_clip_audio", ids(|o| json!({ "id": o.clip }))),
        ("restore_clip_audio", ids(|o| json!({ "id": o.clip }))),
        ("delete_clip", ids(|o| json!({ "id": o.clip }))),
        ("bulk_delete_clips", ids(|o| json!({ "ids": [o.clip] }))),
        ("restore_clips", ids(|o| json!({ "ids": [o.clip] }))),
        ("empty_trash", Own(json!({}))),
        ("update_clip_content", ids(|o| json!({ "id": o.clip, "patch": { "script": "Taken" } }))),
        ("import_clip_captions", ids(|o| json!({ "id": o.clip, "path": "/nowhere.srt" }))),
        ("list_all_tags", Own(json!({}))),
        ("make_clip_files", ids(|o| json!({ "ids": [o.clip] }))),
        ("clear_clip_files", Own(json!({}))),
        ("reveal_clip", ids(|o| json!({ "id": o.clip }))),
        ("list_export_presets", Own(json!({}))),
        ("estimate_render", ids(|o| json!({ "ids": [o.clip], "presets": ["tiktok"] }))),
        ("render_final_clip", ids(|o| json!({ "id": o.clip, "preset": "tiktok", "folder": null }))),
        ("bulk_render_clips", ids(|o| json!({ "ids": [o.clip], "presets": ["tiktok"], "folder": null }))),
        ("list_exports", ids(|o| json!({ "projectId": o.project }))),
        ("reveal_export", ids(|o| json!({ "id": o.export }))),
        ("list_jobs", ids(|o| json!({ "query": { "project_id": o.project } }))),
        ("get_job", ids(|o| json!({ "id": o.job }))),
        ("cancel_job", ids(|o| json!({ "id": o.job }))),
        ("retry_job", ids(|o| json!({ "id": o.job }))),
        ("get_job_log", ids(|o| json!({ "id": o.job }))),
        ("pause_job", ids(|o| json!({ "id": o.job }))),
        ("resume_job", ids(|o| json!({ "id": o.job }))),
        ("move_job", ids(|o| json!({ "id": o.job, "before": null }))),
        ("cancel_batch", ids(|o| json!({ "batchId": o.batch }))),
        ("retry_failed_jobs", Own(json!({}))),
        ("get_queue", Own(json!({}))),
        ("hold_queue", Own(json!({}))),
        ("release_queue", Own(json!({}))),
        (
            "look_at",
            ids(|o| json!({ "focus": { "project_id": null, "clip_id": null, "source_id": o.source } })),
        ),
        ("list_orphans", Own(json!({}))),
        ("settle_orphans", ids(|o| json!({ "ids": [o.export] }))),
        ("pick_videos", Dialog),
        ("pick_folder", Dialog),
        ("pick_captions", Dialog),
        ("pick_ffmpeg", Dialog),
        ("pick_file_for_relink", Dialog),
    ]
}

#[test]
fn every_command_has_a_permission_and_a_row_in_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let bindings = folder.path().join("bindings.ts");
    api::<tauri::Wry>().export(specta_typescript::Typescript::default(), &bindings).unwrap();
    let text = std::fs::read_to_string(bindings).unwrap();
    let mut registered: Vec<&str> =
        text.split("plugin:rushes|").skip(1).filter_map(|rest| rest.split(['"', '\'']).next()).collect();
    registered.sort();
    registered.dedup();
    let mut permitted = COMMANDS.to_vec();
    permitted.sort();
    let mut tabled: Vec<&str> = table().iter().map(|(name, _)| *name).collect();
    tabled.sort();
    assert_eq!(registered, permitted, "commands/names.rs");
    assert_eq!(registered, tabled, "the table of this test");
}

#[test]
fn ids_of_another_profile_are_answered_like_ids_that_never_existed() {
    let bench = Bench::new();
    let (ana, ben) = (bench.profile("Ana"), bench.profile("Ben"));
    let film = footage(bench.data.path(), "secret film.mp4");
    let of_ben = fill(&ben, &film);
    let window = bench.window("main");
    bench.shell.show("main", ana.clone());
    bench.shell.chosen().add("main", ["/nowhere.srt".into()]);
    let before = everything(&ben);

    for (command, reach) in table() {
        match reach {
            Reach::Ids(arguments) => {
                let nothing = Ids::of_nothing();
                let reached = call(&window, command, arguments(&of_ben));
                let vain = call(&window, command, arguments(&nothing));
                let (reached, vain) = (without(reached, &of_ben), without(vain, &nothing));
                assert_eq!(reached, vain, "{command}");
                assert!(
                    vain.contains("not_found") || vain == "Ok([])" || vain.contains(r#""total":0"#),
                    "{command}: {vain}"
                );
            }
            Own(arguments) => {
                let answer = format!("{:?}", call(&window, command, arguments).expect(command));
                for hidden in of_ben.all().iter().map(String::as_str).chain(["ecret", "Ben"]) {
                    assert!(!answer.contains(hidden), "{command} shows {hidden}: {answer}");
                }
            }
            Across | Dialog => {}
        }
    }
    assert_eq!(everything(&ben), before, "something of the other profile changed");
}

/// An answer as text, with the requested ids removed.
fn without(answer: Result<Value, Value>, ids: &Ids) -> String {
    let mut text = match answer {
        Ok(value) => format!("Ok({value})"),
        Err(value) => format!("Err({value})"),
    };
    for id in ids.all() {
        text = text.replace(&id, "…");
    }
    text
}

#[test]
fn what_another_profile_set_for_itself_and_its_projects_do_not_show_in_lists() {
    let bench = Bench::new();
    let (ana, ben) = (bench.profile("Ana"), bench.profile("Ben"));
    let folder = bench.data.path().join("secret output");
    std::fs::create_dir(&folder).unwrap();
    let settings = rushes_studio::model::ProfileSettingsPatch {
        output_folder: Some(folder.to_string_lossy().into_owned()),
        ..Default::default()
    };
    tauri::async_runtime::block_on(ben.update_profile_settings(&settings)).unwrap();
    let window = bench.window("main");
    bench.shell.show("main", ana);
    let listed = call(&window, "list_profiles", json!({})).unwrap().to_string();
    assert!(listed.contains("Ben") && !listed.contains("secret output"), "{listed}");
    bench.shell.show("main", ben.clone());
    let listed = call(&window, "list_profiles", json!({})).unwrap().to_string();
    assert!(listed.contains("secret output"), "a window knows its own: {listed}");

    let project =
        tauri::async_runtime::block_on(ben.create_project(&rushes_studio::model::NewProject {
            name: "Quiet".into(),
            ..Default::default()
        }))
        .unwrap();
    let ana = bench.profile("Anna");
    bench.shell.show("main", ana);
    let ask = |id: String| call(&window, "list_all_clips", json!({ "query": { "project_id": id } }));
    let reached = ask(project.id.to_string()).unwrap_err();
    assert_eq!(reached, ask(Ids::of_nothing().project.to_string()).unwrap_err());
    assert_eq!(reached["notice"]["code"], "not_found");
}

#[test]
fn a_window_without_a_profile_is_told_so() {
    let bench = Bench::new();
    let window = bench.window("main");
    let refused = call(&window, "list_projects", json!({ "query": {} })).unwrap_err();
    assert_eq!(refused["notice"]["code"], "no_profile");
}

#[test]
fn a_window_that_no_capability_names_may_call_nothing() {
    let bench = Bench::new();
    let window = bench.window("stranger");
    let refused = call(&window, "list_profiles", json!({})).unwrap_err();
    assert!(refused.to_string().contains("not allowed"), "{refused}");
}

#[test]
fn events_reach_the_windows_of_their_profile_only() {
    let bench = Bench::new();
    let (ana, ben) = (bench.profile("Ana"), bench.profile("Ben"));
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    for (label, session) in [("main", &ana), ("profile-1", &ben)] {
        bench.shell.show(label, session.clone());
        let heard = heard.clone();
        bench.shell.listen(
            label,
            tauri::ipc::Channel::new(move |body| {
                heard.lock().unwrap().push((label, format!("{body:?}")));
                Ok(())
            }),
        );
    }
    tauri::async_runtime::block_on(
        ben.create_project(&rushes_studio::model::NewProject { name: "Quiet".into(), ..Default::default() }),
    )
    .unwrap();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while heard.lock().unwrap().is_empty() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::thread::sleep(std::time::Duration::from_millis(100));
    let heard = heard.lock().unwrap();
    assert!(!heard.is_empty());
    assert!(heard.iter().all(|(label, _)| *label == "profile-1"), "{heard:?}");
}

#[test]
fn a_page_cannot_name_a_file_that_the_editor_did_not_choose() {
    let bench = Bench::new();
    let ana = bench.profile("Ana");
    let ids = fill(&ana, &footage(bench.data.path(), "film.mp4"));
    let window = bench.window("main");
    bench.shell.show("main", ana);
    let captions = bench.data.path().join("secret.srt");
    std::fs::write(&captions, "1\n00:00:00,000 --> 00:00:01,000\nHello\n").unwrap();
    let import = || call(&window, "import_clip_captions", json!({ "id": ids.clip, "path": captions }));
    assert_eq!(import().unwrap_err()["notice"]["code"], "not_chosen");
    bench.shell.chosen().add("main", [captions.clone()]);
    assert!(import().is_ok());

    let ffmpeg = bench.data.path().join("ffmpeg");
    let use_ffmpeg = || call(&window, "update_settings", json!({ "patch": { "ffmpeg_path": ffmpeg } }));
    assert_eq!(use_ffmpeg().unwrap_err()["notice"]["code"], "not_chosen");
    bench.shell.chosen().add("main", [ffmpeg.clone()]);
    assert!(use_ffmpeg().is_ok());
    assert!(use_ffmpeg().is_ok(), "what is set already need not be chosen again");
}
