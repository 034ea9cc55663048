//! Settings of the application: windows change them by field, and the file is
//! complete at every moment.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{Bench, call};
use serde_json::{Value, json};
use tauri::WebviewWindow;
use tauri::test::MockRuntime;

fn file(data_dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(data_dir.join("settings.json")).unwrap()).unwrap()
}

fn change(window: &WebviewWindow<MockRuntime>, patch: Value) -> Result<Value, Value> {
    call(window, "update_settings", json!({ "patch": patch }))
}

#[test]
fn two_windows_that_change_two_settings_at_once_both_have_their_way() {
    let bench = Bench::new();
    let profile = bench.profile("Ana").profile_id().to_string();
    let (main, other) = (bench.window("main"), bench.window("profile-1"));
    for round in 0..20 {
        let (quiet, zoom) = (round % 2 == 0, 100 + round);
        std::thread::scope(|threads| {
            threads.spawn(|| change(&main, json!({ "quiet": quiet })).unwrap());
            threads.spawn(|| change(&other, json!({ "zoom_percent": zoom })).unwrap());
            threads.spawn(|| call(&main, "open_profile", json!({ "id": profile })).unwrap());
        });
        let now = call(&main, "get_settings", json!({})).unwrap();
        assert_eq!((&now["quiet"], &now["zoom_percent"]), (&json!(quiet), &json!(zoom)), "{round}");
        assert_eq!(file(bench.data.path())["last_profile"], json!(profile));
    }
}

#[test]
fn a_setting_is_unset_by_null_and_stays_where_it_is_not_named() {
    let bench = Bench::new();
    let window = bench.window("main");
    change(&window, json!({ "jobs_at_once": 3, "cache_limit_mb": 700, "theme": "dark" })).unwrap();
    let now = change(&window, json!({ "jobs_at_once": null })).unwrap();
    assert_eq!(now["jobs_at_once"], Value::Null);
    assert_eq!((&now["cache_limit_mb"], &now["theme"]), (&json!(700), &json!("dark")));
    assert_eq!(call(&window, "get_settings", json!({})).unwrap(), now);
}

#[test]
fn a_setting_out_of_bounds_is_refused_and_nothing_is_kept_of_it() {
    let bench = Bench::new();
    let window = bench.window("main");
    let before = call(&window, "get_settings", json!({})).unwrap();
    for patch in [
        json!({ "quiet": true, "zoom_percent": 10 }),
        json!({ "jobs_at_once": 17 }),
        json!({ "cache_limit_mb": 1 }),
        json!({ "output_folder": "/nowhere" }),
    ] {
        assert_eq!(change(&window, patch.clone()).unwrap_err()["notice"]["code"], "invalid", "{patch}");
    }
    assert_eq!(call(&window, "get_settings", json!({})).unwrap(), before);
}

#[test]
fn what_another_version_wrote_stays_in_the_file_and_harms_nothing() {
    let bench = Bench::new();
    let window = bench.window("main");
    let path = bench.data.path().join("settings.json");
    let newer = json!({ "settings": { "language": "fr", "theme": "light", "later": 1 }, "more": [2] });
    std::fs::write(&path, newer.to_string()).unwrap();
    let now = change(&window, json!({ "quiet": true })).unwrap();
    assert_eq!((&now["language"], &now["theme"]), (&json!("system"), &json!("light")));
    let kept = file(bench.data.path());
    assert_eq!(
        kept,
        json!({
            "settings": { "language": "fr", "theme": "light", "later": 1, "quiet": true }, "more": [2]
        })
    );
    // A truncated file is started again.
    std::fs::write(&path, "{ \"settings\": {").unwrap();
    assert_eq!(call(&window, "get_settings", json!({})).unwrap()["theme"], json!("system"));
    change(&window, json!({ "theme": "dark" })).unwrap();
    assert_eq!(file(bench.data.path())["settings"], json!({ "theme": "dark" }));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let names = std::fs::read_dir(bench.data.path()).unwrap();
    let drafts =
        names.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(drafts.count(), 0, "nothing is left beside it");
}
