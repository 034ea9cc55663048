//! Where finals go: the requested folder, the profile's, the machine's, the
//! profile's own; and no file there is ever overwritten.
#![allow(clippy::unwrap_used)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::*;
use rushes_model::captions::Cue;
use rushes_model::choice::ScoreWeights;
use rushes_model::notice::{MissingFolder, Notice};
use rushes_studio::model::{
    CaptionStylePatch, Clip, ClipPatch, ContentPatch, JobState, PauseReason, ProfileSettingsPatch,
    ScoreWeightsPatch,
};
use rushes_studio::{Closing, FinalsFolder, ProfileSession, RenderEstimate, RenderWarning};

/// Renders a quick final and returns its path.
async fn rendered(session: &ProfileSession, clip: &Clip, folder: Option<&Path>) -> PathBuf {
    let job = session.render_final_clip(clip.id, QUICK, folder).await.unwrap();
    done(session, job.id).await;
    let newest = session.list_exports(None).await.unwrap().remove(0);
    session.export_path(newest.id).await.unwrap()
}

#[tokio::test]
async fn a_final_goes_to_the_nearest_folder_that_was_named() {
    let room = Room::new().await;
    let session = room.profile("A/B: Films").await;
    let clip = one_clip(&room, &session, 1).await;

    let own = rendered(&session, &clip, None).await;
    assert!(own.starts_with(room.data_dir().join("profiles").join(session.profile_id().to_string())));

    let machine = room.beside("machine");
    room.studio.set_default_output_folder(Some(FinalsFolder::chosen(&machine))).await;
    let third = rendered(&session, &clip, None).await;
    let own_folder = |file: &Path| file.parent().unwrap().parent().unwrap().to_owned();
    assert_eq!(third.parent().unwrap().file_name().unwrap(), "Long takes", "that of the project");
    let folder = own_folder(&third);
    assert_eq!(folder.parent().unwrap(), machine, "made when it is needed");
    let start = &session.profile_id().to_string()[..13];
    assert_eq!(folder.file_name().unwrap().to_string_lossy(), format!("A B Films {start}"));

    // A default folder is created with its parents, below what exists.
    let videos = FinalsFolder { path: machine.join("Videos/Rushes"), root: machine.clone() };
    room.studio.set_default_output_folder(Some(videos)).await;
    let among = rendered(&session, &clip, None).await;
    assert_eq!(own_folder(&among).parent().unwrap(), machine.join("Videos/Rushes"));
    room.studio.set_default_output_folder(Some(FinalsFolder::chosen(&machine))).await;

    let profiles = room.beside("profiles own");
    let settings = ProfileSettingsPatch {
        output_folder: Some(profiles.to_string_lossy().into_owned()),
        ..Default::default()
    };
    session.update_profile_settings(&settings).await.unwrap();
    assert_eq!(rendered(&session, &clip, None).await.parent().unwrap(), profiles);

    let asked = room.beside("asked");
    assert_eq!(rendered(&session, &clip, Some(&asked)).await.parent().unwrap(), asked);

    // A profile that reuses the name of a renamed one has its own folder.
    room.studio.rename_profile(session.profile_id(), "Renamed").await.unwrap();
    let other = room.profile("A/B: Films").await;
    let others = rendered(&other, &one_clip(&room, &other, 1).await, None).await;
    assert_eq!(own_folder(&others).parent().unwrap(), machine);
    assert_ne!(own_folder(&others), folder);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_and_waited_for_and_never_made() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let gone = room.folder.path().join("unplugged drive");

    let told = async |folder: Option<&Path>| {
        session.render_final_clip(clip.id, QUICK, folder).await.unwrap_err().notice
    };
    let missing = Notice::FolderMissing { why: MissingFolder::Gone };
    assert_eq!(told(Some(&gone)).await, missing);
    room.studio.set_default_output_folder(Some(FinalsFolder::chosen(&gone))).await;
    assert_eq!(told(None).await, missing);
    room.studio.set_default_output_folder(None).await;
    let settings = ProfileSettingsPatch {
        output_folder: Some(gone.to_string_lossy().into_owned()),
        ..Default::default()
    };
    let refused = session.update_profile_settings(&settings).await.unwrap_err();
    assert_eq!(refused.detail, "field: output_folder");
    std::fs::create_dir(&gone).unwrap();
    session.update_profile_settings(&settings).await.unwrap();

    // It disappears between the request and the work.
    let job = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    std::fs::remove_dir(&gone).unwrap();
    let job = session.wait_for_job(job.id).await.unwrap();
    assert_eq!((job.state, job.pause_reason), (JobState::Paused, Some(PauseReason::FolderMissing)));
    assert_eq!(told(None).await, missing);
    assert!(!gone.exists());

    // The drive is connected again.
    std::fs::create_dir(&gone).unwrap();
    until("it goes on by itself", async || session.get_job(job.id).await.unwrap().state == JobState::Done)
        .await;
    assert_eq!(files_in(&gone).len(), 1);
}

#[tokio::test]
async fn a_long_name_leaves_room_for_that_of_the_preset() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let patch = ClipPatch { name: Some("ß".repeat(200)), ..ClipPatch::default() };
    session.update_clip(clip.id, &patch).await.unwrap();
    let presets = ["square".to_owned(), "feed_4x5".to_owned()];
    let estimates = session.estimate_render(&[clip.id], &presets).await.unwrap();
    let endings = ["ß - Square 1x1.mp4", "ß - Feed 4x5.mp4"];
    for (estimate, ending) in estimates.iter().zip(endings) {
        let name = &estimate.file_name;
        assert!(name.ends_with(ending) && name.len() < 240, "{name}");
    }
}

#[tokio::test]
async fn captions_that_a_platform_covers_are_told_before() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let presets = ["tiktok".to_owned(), "instagram_story".to_owned(), "prores_master".to_owned()];
    let covered = async |margin_permille: Option<u32>| {
        let style = Some(CaptionStylePatch { margin_permille, ..Default::default() });
        let captions = Some(vec![Cue { start_us: 0, end_us: 500_000, text: "Nobody told us".into() }]);
        let patch = ContentPatch { captions, style, ..Default::default() };
        session.update_clip_content(clip.id, &patch).await.unwrap();
        let estimates = session.estimate_render(&[clip.id], &presets).await.unwrap();
        let warned = |one: &RenderEstimate| one.warnings.contains(&RenderWarning::CaptionsCovered);
        estimates.iter().map(warned).collect::<Vec<_>>()
    };
    assert_eq!(covered(None).await, [false, false, false], "new captions stand clear");
    assert_eq!(covered(Some(300)).await, [true, false, false]);
    assert_eq!(covered(Some(180)).await, [true, true, false]);
}

#[tokio::test]
async fn a_final_is_up_to_date_while_it_shows_the_clip_and_is_there() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let up_to_date = async || {
        let estimates = session.estimate_render(&[clip.id], &[QUICK.into(), "tiktok".into()]).await.unwrap();
        assert_eq!(estimates[1].up_to_date, None, "of another preset");
        estimates[0].up_to_date
    };
    assert_eq!(up_to_date().await, None);
    let path = rendered(&session, &clip, None).await;
    let export = session.list_exports(None).await.unwrap().remove(0);
    assert_eq!(up_to_date().await, Some(export.id));
    let aside = room.beside("aside").join("moved");
    std::fs::rename(&path, &aside).unwrap();
    assert_eq!(up_to_date().await, None, "its file is gone");
    std::fs::rename(&aside, &path).unwrap();
    session.remove_clip_audio(clip.id).await.unwrap();
    assert_eq!(up_to_date().await, None, "the clip has changed");
    session.restore_clip_audio(clip.id).await.unwrap();
    assert_eq!(up_to_date().await, Some(export.id), "and back");
}

#[tokio::test]
async fn presets_are_remembered_in_their_order_and_only_such_as_there_are() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let render_presets = ["square", "tiktok", "square", "no such thing"].map(String::from).to_vec();
    let settings = ProfileSettingsPatch { render_presets: Some(render_presets), ..Default::default() };
    let kept = session.update_profile_settings(&settings).await.unwrap().settings;
    assert_eq!(kept.render_presets, ["tiktok", "square"]);
    assert!(room.profile("Ben").await.profile().await.unwrap().settings.render_presets.is_empty());
}

#[tokio::test]
async fn a_file_that_is_there_is_never_overwritten() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let out = room.beside("out");
    let name = session.estimate_render(&[clip.id], &[QUICK.into()]).await.unwrap().remove(0).file_name;
    std::fs::write(out.join(&name), "somebody's").unwrap();
    let second = rendered(&session, &clip, Some(&out)).await;
    let stem = name.strip_suffix(".mov").unwrap();
    assert_eq!(second, out.join(format!("{stem} (2).mov")));
    // A dangling link takes a name, too.
    #[cfg(unix)]
    std::os::unix::fs::symlink(out.join("nowhere"), out.join(format!("{stem} (3).mov"))).unwrap();
    #[cfg(unix)]
    assert_eq!(rendered(&session, &clip, Some(&out)).await, out.join(format!("{stem} (4).mov")));
    assert_eq!(std::fs::read_to_string(out.join(&name)).unwrap(), "somebody's");
    assert!(!out.join("nowhere").exists());
}

#[tokio::test]
async fn two_clips_of_one_name_give_two_files_at_once() {
    let room = Room::new().await;
    let session = room.profile("Ana").await;
    let takes = project(&session, "Takes").await;
    add(&session, takes, &[&room.footage.scenes]).await;
    let made = generate(&session, takes, &asking_for(2, 1)).await;
    for clip in &made {
        let patch = rushes_studio::model::ClipPatch { name: Some("Same".into()), ..Default::default() };
        session.update_clip(clip.id, &patch).await.unwrap();
    }
    let out = room.beside("out");
    let ids: Vec<_> = made.iter().map(|clip| clip.id).collect();
    let mut asked = ids.clone();
    asked.push(rushes_model::ids::ClipId::new());
    let presets = [QUICK.to_owned(), "no such preset".to_owned()];
    let outcomes = session.bulk_render_clips(&asked, &presets, Some(&out)).await.unwrap();
    let codes: Vec<_> = outcomes.iter().map(code_of).collect();
    assert_eq!(codes, ["done", "not_found", "done", "not_found", "not_found", "not_found"]);
    // Requested again while they are running.
    let again = session.bulk_render_clips(&ids, &presets[..1], Some(&out)).await.unwrap();
    assert!(again.iter().all(|outcome| ["busy", "done"].contains(&&*code_of(outcome))));
    room.studio.idle().await.unwrap();
    let names: Vec<_> = files_in(&out).into_iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert!(names.len() >= 2, "{names:?}");
    assert_eq!(session.list_exports(None).await.unwrap().len(), names.len());

    // Emptying the trash deletes the rows and leaves the editor's folder alone;
    // finals in the profile's own folder are deleted.
    let own = rendered(&session, &made[0], None).await;
    session.bulk_delete_clips(&ids).await.unwrap();
    emptied(&session).await;
    assert!(!own.exists());
    assert_eq!(files_in(&out).len(), names.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_that_change_two_settings_of_a_profile_at_once_both_have_their_way() {
    let room = Room::new().await;
    let one = room.profile("Ana").await;
    // Another process has the library open as well.
    let terminal = open_with(room.folder.path(), None, false).await;
    let two = terminal.open_profile(one.profile_id()).await.unwrap();
    let folder = room.beside("out").to_string_lossy().into_owned();
    for round in 0..25 {
        let output_folder = (round % 2 == 0).then(|| folder.clone());
        let asked = output_folder.clone().unwrap_or_default();
        let settings = ProfileSettingsPatch { output_folder: Some(asked), ..Default::default() };
        let weights = ScoreWeights { motion: round, ..ScoreWeights::default() };
        let (set, weighed) =
            tokio::join!(one.update_profile_settings(&settings), two.set_score_weights(Some(weights.into())));
        set.unwrap();
        weighed.unwrap();
        let now = one.profile().await.unwrap().settings;
        assert_eq!((now.output_folder, now.score_weights), (output_folder, Some(weights)), "{round}");
        let pace = ScoreWeightsPatch { pace: Some(round), ..Default::default() };
        let speech = ScoreWeightsPatch { speech: Some(round), ..Default::default() };
        let (one_weight, other_weight) =
            tokio::join!(one.set_score_weights(Some(pace)), two.set_score_weights(Some(speech)));
        one_weight.unwrap();
        other_weight.unwrap();
        let now = two.get_score_weights().await.unwrap();
        assert_eq!((now.motion, now.pace, now.speech), (round, round, round));
    }
    terminal.close(Closing::Interrupt).await;
    room.studio.close(Closing::Interrupt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_ends_at_once_while_the_graphics_card_is_tried_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (ffmpeg, tried) = (folder.path().join("ffmpeg"), folder.path().join("tried"));
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n\
         *-encoders*) ffmpeg \"$@\"; echo ' V....D h264_nvenc the card'; exit;;\n\
         *h264_nvenc*) echo $$ > {}; exec sleep 600;;\nesac\nexec ffmpeg \"$@\"\n",
        tried.display()
    );
    std::fs::write(&ffmpeg, script).unwrap();
    std::fs::set_permissions(&ffmpeg, std::fs::Permissions::from_mode(0o755)).unwrap();
    let studio = open_with(folder.path(), Some(ffmpeg.clone()), true).await;
    let room = Room { studio, footage: footage(), folder, ffmpeg: Some(ffmpeg) };
    let session = room.profile("Ana").await;
    let clip = one_clip(&room, &session, 1).await;
    let trial = || std::fs::read_to_string(&tried).unwrap_or_default().trim().to_owned();
    let studio = room.studio.clone();
    let trying = tokio::spawn(async move { studio.use_hardware(true).await });
    until("the card is tried", async || !trial().is_empty()).await;

    // The job waits for that trial, and takes over if it is dropped.
    let job = session.render_final_clip(clip.id, QUICK, None).await.unwrap();
    until("it works", async || session.get_job(job.id).await.unwrap().state == JobState::Running).await;
    let first = trial();
    trying.abort();
    until("the job tries the card", async || !["", &first].contains(&&*trial())).await;
    let since = Instant::now();
    assert_eq!(session.cancel_job(job.id).await.unwrap().state, JobState::Cancelled);
    assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
    let process = Path::new("/proc").join(trial());
    until("nothing is left of the trial", async || !process.exists()).await;
    room.studio.close(Closing::Interrupt).await;
}
