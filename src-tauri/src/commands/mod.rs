//! The API of the page. Each command takes the session of the window that
//! calls, calls the studio and hands on its answer; whatever is longer belongs
//! below.

mod app;
mod clips;
mod dialogs;
mod finals;
mod jobs;
pub mod names;
mod profiles;
mod projects;
mod segments;
mod sources;

use std::path::{Path, PathBuf};

use rushes_studio::media::{SAFE_AREAS, TITLE_SAFE};
use rushes_studio::{AppEvent, StudioError, StudioResult};
use tauri::Runtime;
use tauri::plugin::TauriPlugin;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands};

/// Every command with its types.
pub fn api<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .plugin_name(names::PLUGIN)
        .error_handling(ErrorHandlingMode::Throw)
        // Microseconds and bytes stay far below 2^53.
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
        .typ::<AppEvent>()
        .constant("SAFE_AREAS", SAFE_AREAS)
        .constant("TITLE_SAFE", TITLE_SAFE)
        .commands(collect_commands![
            app::app_info,
            app::get_settings::<tauri::Wry>,
            app::update_settings::<tauri::Wry>,
            app::recheck_ffmpeg::<tauri::Wry>,
            app::restore_library::<tauri::Wry>,
            app::watch,
            app::quit::<tauri::Wry>,
            app::take_asked_files,
            app::notify::<tauri::Wry>,
            app::show_progress::<tauri::Wry>,
            profiles::list_profiles,
            profiles::create_profile,
            profiles::rename_profile,
            profiles::recolour_profile,
            profiles::set_default_profile,
            profiles::delete_profile,
            profiles::open_profile::<tauri::Wry>,
            profiles::current_profile::<tauri::Wry>,
            profiles::open_profile_window::<tauri::Wry>,
            profiles::profile_overview,
            profiles::update_profile_settings,
            projects::create_project,
            projects::list_projects,
            projects::get_project,
            projects::get_project_progress,
            projects::update_project,
            projects::delete_project,
            projects::restore_project,
            projects::create_sample_project,
            sources::add_sources,
            sources::list_sources,
            sources::list_all_sources,
            sources::get_source,
            sources::remove_source,
            sources::restore_source,
            sources::relink_source,
            sources::set_source_sound,
            sources::reveal_source,
            sources::generate_raw_clips,
            sources::get_source_analysis,
            sources::analyse_source,
            sources::get_source_waveform,
            sources::get_score_weights,
            sources::set_score_weights,
            segments::add_segment,
            segments::list_segments,
            segments::update_segment,
            segments::remove_segment,
            segments::reorder_segments,
            segments::generate_from_segments,
            clips::list_project_clips,
            clips::list_all_clips,
            clips::get_clip,
            clips::update_clip,
            clips::toggle_clip_selection,
            clips::bulk_select_clips,
            clips::remove_clip_audio,
            clips::restore_clip_audio,
            clips::delete_clip,
            clips::bulk_delete_clips,
            clips::restore_clips,
            clips::empty_trash,
            clips::update_clip_content,
            clips::import_clip_captions,
            clips::list_all_tags,
            clips::reveal_clip,
            finals::list_export_presets,
            finals::estimate_render,
            finals::render_final_clip,
            finals::bulk_render_clips,
            finals::list_exports,
            finals::reveal_export,
            jobs::list_jobs,
            jobs::get_job,
            jobs::cancel_job,
            jobs::retry_job,
            jobs::get_job_log,
            jobs::pause_job,
            jobs::resume_job,
            jobs::move_job,
            jobs::cancel_batch,
            jobs::retry_failed_jobs,
            jobs::get_queue,
            jobs::hold_queue,
            jobs::release_queue,
            jobs::look_at,
            jobs::list_orphans,
            jobs::settle_orphans,
            dialogs::pick_videos::<tauri::Wry>,
            dialogs::pick_folder::<tauri::Wry>,
            dialogs::pick_captions::<tauri::Wry>,
            dialogs::pick_ffmpeg::<tauri::Wry>,
            dialogs::pick_file_for_relink::<tauri::Wry>,
        ])
}

/// The commands as a plugin of the application's own, so that each has a
/// permission that a capability can give to a window.
pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new(names::PLUGIN).invoke_handler(api().invoke_handler()).build()
}

/// Shows a file in the system's file manager. Its drive is asked where it may hang.
async fn reveal(path: PathBuf) -> StudioResult<()> {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        tauri_plugin_opener::reveal_item_in_dir(&path).map_err(|error| not_shown(&path, &error))
    });
    shown.await.map_err(|error| StudioError::new("internal", error.to_string()))?
}

/// What is said of a file that could not be shown: where it lies is of use all the same.
fn not_shown(path: &Path, error: &dyn std::error::Error) -> StudioError {
    let there = path.display();
    let message = if path.exists() {
        format!("The file manager could not be opened. The file is {there}")
    } else {
        format!("The file is not there any more: {there}")
    };
    StudioError { code: "reveal".into(), message, detail: error.to_string() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_shown_is_named_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Beach day - TikTok.mp4");
        let error = std::io::Error::other("no file manager");
        assert!(not_shown(&file, &error).message.starts_with("The file is not there any more: "));
        std::fs::write(&file, "film").unwrap();
        let told = not_shown(&file, &error);
        assert!(told.message.ends_with(&file.display().to_string()), "{}", told.message);
        assert_eq!(told.detail, "no file manager");
    }
}
